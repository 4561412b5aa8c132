#include "deal/dependence.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace capstake {

namespace {

constexpr std::size_t kMostDraws = 32;

void read_correlation(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
                      Number& out) {
  read(value, rule, path, issues, out);
  if (!out.is_constant()) {
    issues.push_back({path, "must be one number: a correlation is not drawn", text(out), ""});
    out = Number(0.0);
  }
}

void read_pair(const List& row, const Rule& rule, const std::string& path, Issues& issues,
               Correlations& out) {
  auto& [a, b, r] = out.pairs.emplace_back();
  if (row.size() != 3) {
    issues.push_back(
        {path, "must be [name, name, correlation]", "a list of " + std::to_string(row.size()), ""});
    return;
  }
  const Rule name{.is_required = true};
  read(row[0], name, path + "[0]", issues, a);
  read(row[1], name, path + "[1]", issues, b);
  read_correlation(row[2], rule, path + "[2]", issues, r);
}

void read_row(const List& row, const Rule& rule, const std::string& path, Issues& issues,
              Correlations& out) {
  std::vector<Number>& numbers = out.matrix.emplace_back();
  for (std::size_t j = 0; j < row.size(); ++j) {
    read_correlation(row[j], rule, element_path(path, j), issues, numbers.emplace_back());
  }
}

Matrix values(const Correlations& given) {
  Matrix m;
  for (const std::vector<Number>& row : given.matrix) {
    m.emplace_back();
    std::ranges::transform(row, std::back_inserter(m.back()), &Number::central);
  }
  return m;
}

std::size_t position(const std::vector<std::string>& draws, const std::string& name) {
  return static_cast<std::size_t>(std::find(draws.begin(), draws.end(), name) - draws.begin());
}

void check_matrix(const Correlations& given, std::size_t n, const std::string& path,
                  Issues& issues) {
  const Matrix m = values(given);
  if (m.size() != n ||
      std::any_of(m.begin(), m.end(), [&](const auto& row) { return row.size() != n; })) {
    issues.push_back({path, "must have a row and a column for each of the draws", "", ""});
    return;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const std::string row = element_path(path, i);
    if (m[i][i] != 1.0) {
      issues.push_back({element_path(row, i), "must be 1", brief(m[i][i]), ""});
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (m[i][j] != m[j][i]) {
        issues.push_back({element_path(row, j), "must be the same above and below the diagonal",
                          brief(m[i][j]) + " and " + brief(m[j][i]), ""});
      }
    }
  }
}

void check_pairs(const Dependence& d, const std::string& path, Issues& issues) {
  std::set<std::pair<std::string, std::string>> seen;
  for (std::size_t i = 0; i < d.correlation.pairs.size(); ++i) {
    const auto& [a, b, r] = d.correlation.pairs[i];
    const std::string place = element_path(path, i);
    for (const auto& [k, name] : {std::pair{"[0]", a}, std::pair{"[1]", b}}) {
      if (position(d.draws, name) == d.draws.size()) {
        const std::string close = nearest(name, d.draws);
        issues.push_back({place + k, "must be one of draws", brief(Value(name)),
                          close.empty() ? "" : "did you mean \"" + close + "\"?"});
      }
    }
    if (a == b || !seen.insert(std::minmax(a, b)).second) {
      issues.push_back({place, "must be two draws that no other pair names", a + ", " + b, ""});
    }
  }
}

}  // namespace

void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          Correlations& out) {
  Rule number = rule;
  number.unit = {};  // no per cent: a text that starts a row is a name
  const List* rows = as_list(value, path, issues);
  for (std::size_t i = 0; rows != nullptr && i < rows->size(); ++i) {
    const std::string place = element_path(path, i);
    const List* row = as_list((*rows)[i], place, issues);
    if (row == nullptr) {
      return;
    }
    const bool is_pair = !row->empty() && row->front().get<std::string>() != nullptr;
    (is_pair ? read_pair : read_row)(*row, number, place, issues, out);
  }
  if (!out.matrix.empty() && !out.pairs.empty()) {
    issues.push_back({path, "must be either rows of a matrix or pairs", "", ""});
  }
}

Value write(const Correlations& correlations) {
  List rows;
  for (const std::vector<Number>& row : correlations.matrix) {
    List written;
    for (const Number& r : row) {
      written.push_back(write(r));
    }
    rows.emplace_back(std::move(written));
  }
  for (const auto& [a, b, r] : correlations.pairs) {
    rows.emplace_back(List{a, b, write(r)});
  }
  return rows;
}

void Dependence::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  if (!sound.contain({"draws", "correlation"})) {
    return;
  }
  if (draws.size() < 2 || draws.size() > kMostDraws) {
    issues.push_back(
        {join_path(path, "draws"), "must name 2 to 32 draws", std::to_string(draws.size()), ""});
    return;
  }
  for (std::size_t i = 0; i < draws.size(); ++i) {
    if (position(draws, draws[i]) != i) {
      issues.push_back(
          {element_path(join_path(path, "draws"), i), "stands twice", brief(Value(draws[i])), ""});
    }
  }
  const std::string place = join_path(path, "correlation");
  if (correlation.pairs.empty()) {
    check_matrix(correlation, draws.size(), place, issues);
  } else {
    check_pairs(*this, place, issues);
  }
  if ((copula == Copula::t) != degrees_of_freedom.has_value()) {
    issues.push_back(
        {join_path(path, "degrees_of_freedom"),
         copula == Copula::t ? "is required for a t copula" : "goes with a t copula only", "", ""});
  }
  if (kind == CorrelationKind::spearman && degrees_of_freedom &&
      !degrees_of_freedom->is_constant()) {
    issues.push_back({join_path(path, "degrees_of_freedom"),
                      "must be one number where correlations are Spearman's",
                      text(*degrees_of_freedom), "give Kendall's"});
  }
}

Matrix Dependence::given() const {
  if (correlation.pairs.empty()) {
    return values(correlation);
  }
  Matrix m(draws.size(), std::vector<double>(draws.size(), 0.0));
  for (std::size_t i = 0; i < draws.size(); ++i) {
    m[i][i] = 1.0;
  }
  for (const auto& [a, b, r] : correlation.pairs) {
    m[position(draws, a)][position(draws, b)] = r.central();
    m[position(draws, b)][position(draws, a)] = r.central();
  }
  return m;
}

Matrix Dependence::of_normals() const {
  Matrix m = given();
  const std::optional<SpearmanOfT> of_t = spearman_of_t();
  for (std::size_t i = 0; i < m.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      m[i][j] = of_t ? of_t->normals(m[i][j]) : capstake::of_normals(kind, m[i][j]);
      m[j][i] = m[i][j];
    }
    m[i][i] = 1.0;
  }
  return m;
}

std::optional<SpearmanOfT> Dependence::spearman_of_t() const {
  if (kind != CorrelationKind::spearman || !degrees_of_freedom) {
    return std::nullopt;
  }
  return SpearmanOfT(degrees_of_freedom->central());
}

std::size_t Dependence::pair_of(std::size_t i, std::size_t j) const {
  const auto is_these = [&](const auto& pair) {
    return std::minmax(std::get<0>(pair), std::get<1>(pair)) == std::minmax(draws[i], draws[j]);
  };
  const auto& pairs = correlation.pairs;
  return static_cast<std::size_t>(std::find_if(pairs.begin(), pairs.end(), is_these) -
                                  pairs.begin());
}

Number Dependence::number_of(std::size_t i, std::size_t j) const {
  if (correlation.pairs.empty()) {
    const auto& m = correlation.matrix;
    return m[i][j] == Number(m[i][j].central()) ? m[j][i] : m[i][j];
  }
  const std::size_t k = pair_of(i, j);
  return k < correlation.pairs.size() ? std::get<2>(correlation.pairs[k]) : Number(0.0);
}

std::string Dependence::key_of(std::size_t i, std::size_t j) const {
  if (correlation.pairs.empty()) {
    return element_path(element_path("correlation", std::min(i, j)), std::max(i, j));
  }
  const std::size_t k = pair_of(i, j);
  return k < correlation.pairs.size() ? element_path(element_path("correlation", k), 2) : "";
}

std::vector<std::vector<std::size_t>> linked_in(const Matrix& m, bool links_all) {
  std::vector<std::vector<std::size_t>> groups;
  std::set<std::size_t> seen;
  for (std::size_t first = 0; first < m.size(); ++first) {
    std::vector<std::size_t> group;
    std::vector<std::size_t> waiting = {first};
    while (!waiting.empty()) {
      const std::size_t i = waiting.back();
      waiting.pop_back();
      if (!seen.insert(i).second) {
        continue;
      }
      group.push_back(i);
      for (std::size_t j = 0; j < m.size(); ++j) {
        if (m[i][j] != 0.0 || links_all) {
          waiting.push_back(j);
        }
      }
    }
    std::sort(group.begin(), group.end());
    if (group.size() > 1) {
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

std::optional<Repair> repair(const std::string& name, const Dependence& dependence) {
  constexpr double kRounding = 1e-10;
  const Matrix given = dependence.of_normals();
  if (least_eigenvalue(given) >= -kRounding) {
    return std::nullopt;
  }
  NearestCorrelation nearest = nearest_correlation(given);
  return Repair{name, dependence.draws, nearest.distance, given, std::move(nearest.matrix)};
}

}  // namespace capstake

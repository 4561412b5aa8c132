#include "deal/couple.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "deal/lower.hpp"

namespace capstake {

namespace {

// A pivot whose square is below this is none: the draw is a combination of those before it.
constexpr double kLeastPivot = 1e-10;

// Cholesky's factor of correlations, as expressions; the numbers tell which pivots are none.
std::vector<std::vector<Expr>> factor(const std::vector<std::vector<Expr>>& r, const Matrix& m) {
  std::vector<std::vector<Expr>> lower;
  Matrix numbers(m.size());
  for (std::size_t i = 0; i < m.size(); ++i) {
    lower.emplace_back();
    for (std::size_t j = 0; j <= i; ++j) {
      Expr rest = r[i][j];
      double left = m[i][j];
      for (std::size_t k = 0; k < j; ++k) {
        rest = rest - lower[i][k] * lower[j][k];
        left -= numbers[i][k] * numbers[j][k];
      }
      const double pivot = i == j ? left : numbers[j][j] * numbers[j][j];
      if (pivot <= kLeastPivot) {
        lower[i].push_back(rest.constant(0.0));
        numbers[i].push_back(0.0);
      } else {
        lower[i].push_back(i == j ? sqrt(rest) : rest / lower[j][j]);
        numbers[i].push_back(i == j ? std::sqrt(left) : left / numbers[j][j]);
      }
    }
  }
  return lower;
}

// Spearman's correlations of a t copula as those of normals. Their values are numbers; a Taylor
// polynomial about them has the right derivatives: by the rank correlation of the first and second
// order (of the first where it is -1 or 1), by the degrees of freedom of the first.
class RankOfT {
 public:
  RankOfT(SpearmanOfT rule, Expr degrees_of_freedom)
      : rule_(std::move(rule)),
        below_(rule_.degrees_of_freedom() * (1.0 - kStep)),
        above_(rule_.degrees_of_freedom() * (1.0 + kStep)),
        degrees_of_freedom_(degrees_of_freedom) {}

  Expr normals(Expr rank, double at, double found) const {
    const double slope = rule_.slope(found);
    const Expr moved = rank - at;
    Expr result = moved * (1.0 / slope) + found;
    if (std::abs(at) < 1.0) {
      const double bend = -0.5 * rule_.curvature(found) / (slope * slope * slope);
      result = result + bend * (moved * moved);
    }
    const double by_freedom = (above_.rank(found) - below_.rank(found)) /
                              (above_.degrees_of_freedom() - below_.degrees_of_freedom());
    return result - (by_freedom / slope) * (degrees_of_freedom_ - rule_.degrees_of_freedom());
  }

 private:
  static constexpr double kStep = 0x1p-10;
  SpearmanOfT rule_;
  SpearmanOfT below_;
  SpearmanOfT above_;
  Expr degrees_of_freedom_;
};

using Steps = std::map<std::string, std::set<std::uint32_t>>;

// The draws of the deal as it would be without dependence, with their steps.
Steps independent_draws(const Deal& deal) {
  Deal bare = deal;
  bare.dependence.clear();
  Graph graph;
  lower(graph, bare);
  Steps found;
  for (const Draw& draw : graph.draws()) {
    found[draw.name].insert(draw.step);
  }
  return found;
}

bool is_once_a_path(const std::set<std::uint32_t>& steps) {
  return steps == std::set<std::uint32_t>{0};
}

std::string hint_for(const std::string& name, const Steps& known) {
  constexpr std::size_t kMostListed = 12;
  std::vector<std::string> names;
  for (const auto& [each, steps] : known) {
    names.push_back(each);
  }
  const std::string close = nearest(name, names);
  if (!close.empty()) {
    return "did you mean \"" + close + "\"?";
  }
  return names.empty()                 ? "there are none"
         : names.size() <= kMostListed ? "known: " + listed(names)
                                       : "";
}

// Draws that a correlation of their own stream or company makes part of another's.
std::set<std::string> correlated_already(const Deal& deal) {
  std::set<std::string> found;
  for (const auto& [name, company] : deal.companies) {
    if (!company.correlation.is_zero()) {
      found.insert(name + ".multiple");
    }
  }
  for (const auto& entry : deal.streams) {
    std::visit(
        [&](const auto& stream) {
          if constexpr (requires { stream.correlation.is_zero(); }) {
            if (!stream.correlation.is_zero()) {
              found.insert(entry.first + ".growth");
            }
          }
        },
        entry.second);
  }
  return found;
}

bool share_a_step(const std::set<std::uint32_t>& a, const std::set<std::uint32_t>& b) {
  return std::ranges::any_of(a, [&](std::uint32_t step) { return b.contains(step); });
}

// Checks the draws of a deal's dependences.
class DrawCheck {
 public:
  DrawCheck(const Deal& deal, Issues& issues)
      : issues_(issues), known_(independent_draws(deal)), correlated_(correlated_already(deal)) {}

  void check(const std::string& name, const Dependence& dependence, const std::string& place) {
    std::vector<std::size_t> sound;
    for (std::size_t i = 0; i < dependence.draws.size(); ++i) {
      if (is_free(name, dependence.draws[i], element_path(place, i))) {
        sound.push_back(i);
      }
    }
    const Matrix m = dependence.given();
    for (std::size_t k = 1; k < sound.size(); ++k) {
      for (std::size_t l = 0; l < k; ++l) {
        const bool is_linked = m[sound[k]][sound[l]] != 0.0 || dependence.copula == Copula::t;
        const std::string& draw = dependence.draws[sound[k]];
        const std::string& other = dependence.draws[sound[l]];
        if (is_linked && !share_a_step(known_.at(draw), known_.at(other))) {
          issues_.push_back({element_path(place, sound[k]), apart(draw, other), brief(Value(draw)),
                             "draws depend on each other period by period, or once a path"});
          break;
        }
      }
    }
  }

 private:
  bool is_free(const std::string& name, const std::string& draw, const std::string& place) {
    const std::size_t before = issues_.size();
    if (!known_.contains(draw)) {
      issues_.push_back(
          {place, "must name a draw of this deal", brief(Value(draw)), hint_for(draw, known_)});
    } else if (const auto [first, is_new] = taken_.emplace(draw, name); !is_new) {
      issues_.push_back({place, "depends on others by dependence \"" + first->second + "\" already",
                         brief(Value(draw)), "put all of them into one dependence"});
    } else if (correlated_.contains(draw)) {
      issues_.push_back({place, "is correlated already, by the field `correlation` of its owner",
                         brief(Value(draw)), "give one of the two"});
    }
    return issues_.size() == before;
  }

  std::string apart(const std::string& draw, const std::string& other) const {
    const bool once = is_once_a_path(known_.at(draw));
    if (once != is_once_a_path(known_.at(other))) {
      return once ? "is drawn once a path, and \"" + other + "\" by period"
                  : "is drawn by period, and \"" + other + "\" once a path";
    }
    return "is never drawn in the same period as \"" + other + "\"";
  }

  Issues& issues_;
  Steps known_;
  std::set<std::string> correlated_;
  std::map<std::string, std::string> taken_;  // by draw, the dependence that names it
};

}  // namespace

std::vector<Coupling> couplings(Context& context, const std::string& name,
                                const Dependence& dependence) {
  const std::string path = "dependence." + name;
  const std::optional<Repair> repaired = repair(name, dependence);
  const Matrix given = dependence.given();
  const Matrix numbers = repaired ? repaired->used : dependence.of_normals();
  std::optional<Expr> degrees_of_freedom;
  if (dependence.degrees_of_freedom) {
    degrees_of_freedom =
        context.number(path + ".degrees_of_freedom", *dependence.degrees_of_freedom);
  }
  std::optional<RankOfT> of_t;
  if (std::optional<SpearmanOfT> rule = dependence.spearman_of_t()) {
    of_t.emplace(std::move(*rule), *degrees_of_freedom);
  }
  const auto correlation = [&](std::size_t i, std::size_t j) {
    const std::string key = i == j ? "" : dependence.key_of(i, j);
    if (repaired || key.empty()) {
      return context.constant(numbers[i][j]);
    }
    const Expr r = context.parameter(path + "." + key, given[i][j]);
    return of_t ? of_t->normals(r, given[i][j], numbers[i][j]) : of_normals(dependence.kind, r);
  };
  std::vector<Coupling> found;
  for (const std::vector<std::size_t>& group : dependence.linked()) {
    Coupling coupling{path + ".mixing", {}, {}, std::nullopt};
    std::vector<std::vector<Expr>> r;
    Matrix m;
    for (const std::size_t i : group) {
      coupling.draws.push_back(dependence.draws[i]);
      r.emplace_back();
      m.emplace_back();
      for (const std::size_t j : group) {
        r.back().push_back(correlation(i, j));
        m.back().push_back(numbers[i][j]);
      }
    }
    coupling.factor = factor(r, m);
    coupling.degrees_of_freedom = degrees_of_freedom;
    found.push_back(std::move(coupling));
  }
  return found;
}

void check_dependence(const Deal& deal, const std::string& path, Issues& issues) {
  DrawCheck check(deal, issues);
  for (const auto& [name, dependence] : deal.dependence) {
    const std::string place = join_path(join_path(join_path(path, "dependence"), name), "draws");
    check.check(name, dependence, place);
  }
}

bool are_linked(const Deal& deal, const std::vector<std::string>& draws) {
  for (const auto& [name, dependence] : deal.dependence) {
    for (const std::vector<std::size_t>& group : dependence.linked()) {
      const auto is_in = [&](std::size_t i) {
        return std::ranges::find(draws, dependence.draws[i]) != draws.end();
      };
      if (std::ranges::count_if(group, is_in) > 1) {
        return true;
      }
    }
  }
  return false;
}

std::vector<Repair> repairs(const Deal& deal) {
  std::vector<Repair> found;
  for (const auto& [name, dependence] : deal.dependence) {
    if (std::optional<Repair> repaired = repair(name, dependence)) {
      found.push_back(std::move(*repaired));
    }
  }
  return found;
}

}  // namespace capstake

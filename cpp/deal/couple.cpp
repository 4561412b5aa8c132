#include "deal/couple.hpp"

#include <algorithm>
#include <cmath>

#include "deal/known_draws.hpp"
#include "revenue/forecast_noise.hpp"

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

// The steps from the valuation date until a date, whether the deal's grid goes so far or not.
std::vector<DrawStep> steps_until(const Context& context, const Deal& deal, const std::string& draw,
                                  Date until) {
  std::vector<DrawStep> steps;
  if (const Forecast* forecast = forecast_revised_by(deal, draw)) {
    for (const auto& [date, size] : forecast->revisions) {
      if (date <= until) {
        steps.push_back({revision_step(date)});
      }
    }
    return steps;
  }
  for (const Period& period : periods_covering(deal.frequency, deal.valuation_date, until)) {
    if (const double years = context.years_ahead(period); years > 0.0) {
      steps.push_back({Context::draw_step(period), years});
    }
  }
  return steps;
}

// The couplings of one dependence of a deal.
class CouplingLowering {
 public:
  CouplingLowering(Context& context, const Deal& deal, const std::string& name,
                   const Dependence& dependence)
      : context_(context),
        deal_(deal),
        path_("dependence." + name),
        dependence_(dependence),
        given_(dependence_.given()),
        numbers_(dependence_.of_normals()) {
    if (std::optional<Repair> repaired = repair(name, dependence_)) {
      is_repaired_ = true;
      numbers_ = std::move(repaired->used);
    }
    if (dependence_.degrees_of_freedom) {
      degrees_of_freedom_ =
          context.number(path_ + ".degrees_of_freedom", *dependence_.degrees_of_freedom);
    }
    if (std::optional<SpearmanOfT> rule = dependence_.spearman_of_t()) {
      of_t_.emplace(std::move(*rule), *degrees_of_freedom_);
    }
    if (dependence_.until) {
      known_ = independent_draws(deal);
    }
  }

  // Draws by period depend on each other as they would by themselves, and draws made once a path
  // on these and on each other.
  std::vector<Coupling> run() const {
    std::vector<Coupling> found;
    for (const Places& group : dependence_.linked()) {
      Places once;
      Places by_period;
      for (const std::size_t i : group) {
        (is_by_period(i) ? by_period : once).push_back(i);
      }
      if (once.empty() || by_period.empty()) {
        found.push_back(coupling({}, group));
        continue;
      }
      for (const Places& linked : linked_in(part(by_period))) {
        Places draws;
        for (const std::size_t k : linked) {
          draws.push_back(by_period[k]);
        }
        found.push_back(coupling({}, draws));
      }
      found.push_back(coupling(by_period, once));
    }
    return found;
  }

 private:
  using Places = std::vector<std::size_t>;  // in the dependence's draws

  bool is_by_period(std::size_t i) const {
    return dependence_.until && !known_.at(dependence_.draws[i]).is_once_a_path();
  }

  Matrix part(const Places& of) const {
    Matrix m;
    for (const std::size_t i : of) {
      m.emplace_back();
      for (const std::size_t j : of) {
        m.back().push_back(numbers_[i][j]);
      }
    }
    return m;
  }

  Expr correlation(std::size_t i, std::size_t j) const {
    const std::string key = i == j ? "" : dependence_.key_of(i, j);
    if (is_repaired_ || key.empty()) {
      return context_.constant(numbers_[i][j]);
    }
    const Expr r = context_.parameter(path_ + "." + key, given_[i][j]);
    return of_t_ ? of_t_->normals(r, given_[i][j], numbers_[i][j])
                 : of_normals(dependence_.kind, r);
  }

  Coupling coupling(const Places& paths, const Places& draws) const {
    Coupling result{path_ + ".mixing", {}, {}, {}, degrees_of_freedom_};
    Places all = paths;
    all.insert(all.end(), draws.begin(), draws.end());
    std::vector<std::vector<Expr>> r;
    for (const std::size_t i : all) {
      r.emplace_back();
      for (const std::size_t j : all) {
        r.back().push_back(correlation(i, j));
      }
    }
    const std::vector<std::vector<Expr>> rows = factor(r, part(all));
    result.factor.assign(rows.begin() + static_cast<std::ptrdiff_t>(paths.size()), rows.end());
    for (const std::size_t i : draws) {
      result.draws.push_back(dependence_.draws[i]);
    }
    for (const std::size_t i : paths) {
      const std::string& draw = dependence_.draws[i];
      result.paths.push_back(
          {draw, known_.at(draw).law, steps_until(context_, deal_, draw, *dependence_.until)});
    }
    return result;
  }

  Context& context_;
  const Deal& deal_;
  std::string path_;
  const Dependence& dependence_;
  bool is_repaired_ = false;
  Matrix given_;
  Matrix numbers_;  // of the normals, repaired where that is needed
  std::optional<Expr> degrees_of_freedom_;
  std::optional<RankOfT> of_t_;
  KnownDraws known_;  // where some draws are by period and others once a path
};

}  // namespace

std::vector<Coupling> couplings(Context& context, const Deal& deal, const std::string& name,
                                const Dependence& dependence) {
  return CouplingLowering(context, deal, name, dependence).run();
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

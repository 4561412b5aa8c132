#include "deal/check_dependence.hpp"

#include <algorithm>
#include <optional>

#include "deal/day_of_period.hpp"
#include "deal/known_draws.hpp"

namespace capstake {

namespace {

std::string hint_for(const std::string& name, const KnownDraws& known) {
  constexpr std::size_t kMostListed = 12;
  std::vector<std::string> names;
  for (const auto& [each, draw] : known) {
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

bool share_a_step(const KnownDraw& a, const KnownDraw& b) {
  return std::ranges::any_of(a.steps, [&](std::uint32_t step) { return b.steps.contains(step); });
}

// Checks the draws of a deal's dependences.
class DrawCheck {
 public:
  DrawCheck(const Deal& deal, Issues& issues)
      : deal_(deal),
        issues_(issues),
        known_(independent_draws(deal)),
        correlated_(correlated_already(deal)) {}

  void check(const std::string& name, const Dependence& dependence, const std::string& place) {
    const std::string draws_place = join_path(place, "draws");
    std::vector<std::size_t> sound;
    for (std::size_t i = 0; i < dependence.draws.size(); ++i) {
      if (is_free(name, dependence.draws[i], element_path(draws_place, i))) {
        sound.push_back(i);
      }
    }
    check_horizon(dependence, sound, place);
    const Matrix m = dependence.given();
    for (std::size_t k = 1; k < sound.size(); ++k) {
      for (std::size_t l = 0; l < k; ++l) {
        const bool is_linked = m[sound[k]][sound[l]] != 0.0 || dependence.copula == Copula::t;
        const std::string& draw = dependence.draws[sound[k]];
        const std::string& other = dependence.draws[sound[l]];
        if (is_linked && is_once(draw) == is_once(other) &&
            !share_a_step(known_.at(draw), known_.at(other))) {
          issues_.push_back({element_path(draws_place, sound[k]),
                             "is never drawn in the same period as \"" + other + "\"",
                             brief(Value(draw)),
                             "draws by period depend on each other period by period"});
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

  bool is_once(const std::string& draw) const { return known_.at(draw).is_once_a_path(); }

  // A draw made once a path and one by period; those of the pairs that are linked come first.
  struct Mixed {
    std::string once;
    std::string by_period;
    bool is_linked;
  };

  std::optional<Mixed> mixed(const Dependence& dependence,
                             const std::vector<std::size_t>& draws) const {
    const Matrix m = dependence.given();
    std::optional<Mixed> found;
    for (const std::size_t i : draws) {
      for (const std::size_t j : draws) {
        const std::string& once = dependence.draws[i];
        const std::string& other = dependence.draws[j];
        const bool is_linked = m[i][j] != 0.0 || dependence.copula == Copula::t;
        if (is_once(once) && !is_once(other) && (!found || (is_linked && !found->is_linked))) {
          found = {once, other, is_linked};
        }
      }
    }
    return found;
  }

  void check_horizon(const Dependence& dependence, const std::vector<std::size_t>& draws,
                     const std::string& place) {
    const std::optional<Mixed> both = mixed(dependence, draws);
    const auto n_by_period =
        std::ranges::count_if(draws, [&](std::size_t i) { return !is_once(dependence.draws[i]); });
    if (both && dependence.copula == Copula::t && n_by_period > 1) {
      issues_.push_back({join_path(place, "copula"),
                         "must be \"gaussian\" where draws made once a path depend on several "
                         "draws by period: their paths are normal together",
                         "\"t\"", ""});
    } else if (both && both->is_linked && !dependence.until) {
      issues_.push_back({join_path(place, "until"),
                         "is required: \"" + both->once + "\" is drawn once a path, and \"" +
                             both->by_period + "\" by period",
                         "", "give the last day of the periods that are to count"});
    } else if (!both && dependence.until && draws.size() == dependence.draws.size()) {
      issues_.push_back({join_path(place, "until"),
                         "goes with draws made once a path beside draws by period only",
                         iso(*dependence.until), ""});
    } else if (both && dependence.until) {
      check_date(*dependence.until, join_path(place, "until"));
      check_revisions(dependence, draws, place);
    }
  }

  void check_date(Date until, const std::string& place) {
    if (year_fraction(deal_.day_count, deal_.valuation_date, until) <= 0.0) {
      issues_.push_back(
          {place, "must come after valuation_date " + iso(deal_.valuation_date), iso(until), ""});
      return;
    }
    const std::vector<Period> periods =
        periods_covering(deal_.frequency, deal_.valuation_date, until);
    if (const Date last = periods.back().last; until != last) {
      issues_.push_back({place, rule_of_day("last", deal_.frequency), iso(until),
                         hint_of_day(last, until == month_of(until).last)});
    }
    if (periods.size() > kMostPeriods) {
      issues_.push_back(
          {place,
           "must come at most " + std::to_string(kMostPeriods) + " periods after valuation_date",
           std::to_string(periods.size()) + " periods", ""});
    }
  }

  void check_revisions(const Dependence& dependence, const std::vector<std::size_t>& draws,
                       const std::string& place) {
    for (const std::size_t i : draws) {
      const Forecast* forecast = forecast_revised_by(deal_, dependence.draws[i]);
      if (forecast != nullptr && forecast->revisions.front().first > *dependence.until) {
        issues_.push_back({join_path(place, "until"),
                           "must not come before the first draw of \"" + dependence.draws[i] +
                               "\" on " + iso(forecast->revisions.front().first),
                           iso(*dependence.until), ""});
      }
    }
  }

  const Deal& deal_;
  Issues& issues_;
  KnownDraws known_;
  std::set<std::string> correlated_;
  std::map<std::string, std::string> taken_;  // by draw, the dependence that names it
};

}  // namespace

void check_dependence(const Deal& deal, const std::string& path, Issues& issues) {
  DrawCheck check(deal, issues);
  for (const auto& [name, dependence] : deal.dependence) {
    check.check(name, dependence, join_path(join_path(path, "dependence"), name));
  }
}

}  // namespace capstake

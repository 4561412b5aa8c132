// What must hold between the fields of a forecast.
#include <cmath>

#include "revenue/forecast.hpp"
#include "revenue/seasonal.hpp"

namespace capstake {

namespace {

// Keelin (2016), section 5: the median's place between P10 and P90, in logarithms, at which a
// metalog of three terms still has a density: (1 -+ 0.8 * 0.833555) / 2.
constexpr double kLowestPlace = 0.166578;

class PercentileCheck {
 public:
  PercentileCheck(const Forecast& forecast, const std::string& path, Issues& issues)
      : forecast_(forecast), path_(path), issues_(issues), figures_(forecast.all_figures()) {}

  void run() {
    const Figures& p10 = forecast_.p10;
    const Figures& p90 = forecast_.p90;
    if (p10.empty() && p90.empty()) {
      return;
    }
    if (p10.size() != p90.size() || p10.front().first != p90.front().first) {
      add("p90", "must have the same periods as p10");
      return;
    }
    if (!forecast_.volatility.is_zero() || !forecast_.revisions.empty()) {
      add("p10", "cannot stand beside volatility or revisions");
    }
    const auto first = std::find_if(figures_.begin(), figures_.end(), [&](const auto& entry) {
      return entry.first == p10.front().first;
    });
    if (static_cast<std::size_t>(figures_.end() - first) != p10.size()) {
      add("p10", "must have the periods of the last figures, to the end");
      return;
    }
    for (std::size_t i = 0; i < p10.size(); ++i) {
      check_one(p10[i].first.label(), p10[i].second.central(),
                (first + static_cast<long>(i))->second.central(), p90[i].second.central());
    }
  }

 private:
  void add(const std::string& field, const std::string& rule, const std::string& got = {},
           const std::string& hint = {}) {
    issues_.push_back({join_path(path_, field), rule, got, hint});
  }

  void check_one(const std::string& label, double low, double median, double high) {
    const std::string found = brief(low) + ", " + brief(median) + ", " + brief(high);
    if (median == 0.0 && low == 0.0 && high == 0.0) {
      return;
    }
    if (low == 0.0 || median == 0.0) {
      add("p10", label + ": must be 0 with the figure and p90, or none of them", found);
      return;
    }
    if (!(low < median && median < high)) {
      add("p10", label + ": must have P10 < P50 < P90", found);
      return;
    }
    const double spread = std::log(high / low);
    const double place = std::log(median / low) / spread;
    const double tail =
        spread / (2 * kLogOdds90) + std::log(low / median * (high / median)) / (1.6 * kLogOdds90);
    if (forecast_.percentile_fit != PercentileFit::metalog) {
      return;
    }
    if (place < kLowestPlace || place > 1.0 - kLowestPlace) {
      add("p10", label + ": no metalog of three terms is so skewed", found);
    } else if (tail >= 0.5) {
      // exp(s L) has a variance while s < 1/2; without one no standard error is true.
      add("p10", label + ": spread so wide that the metalog has no variance", found,
          "closer percentiles, or percentile_fit = \"lognormal\"");
    }
  }

  const Forecast& forecast_;
  const std::string& path_;
  Issues& issues_;
  Figures figures_;
};

// Growth is counted from the launch on.
void check_launch(const Forecast& forecast, const std::string& path, Issues& issues) {
  const std::string field = forecast.annual.empty() ? "figures" : "annual";
  bool is_launched = false;
  for (const auto& [period, number] : forecast.all_figures()) {
    if (is_launched && number.is_zero()) {
      issues.push_back({join_path(join_path(path, field), period.label()),
                        "must be > 0: figures are 0 only before the first revenue", "0", ""});
    }
    is_launched = is_launched || !number.is_zero();
  }
  if (!is_launched) {
    issues.push_back({join_path(path, field), "must have a figure > 0", "", ""});
  }
}

}  // namespace

Figures Forecast::all_figures() const {
  Figures all = figures;
  for (const auto& [year, number] : annual) {
    all.emplace_back(FigurePeriod{year, 0, 1}, number);
  }
  return all;
}

void Forecast::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  if (!sound.contain({"annual", "figures"})) {
    return;
  }
  if (annual.empty() && figures.empty()) {
    issues.push_back({join_path(path, "annual"), "is required where there are no figures", "", ""});
    return;
  }
  if (!annual.empty() && !figures.empty()) {
    issues.push_back({join_path(path, "figures"), "cannot stand beside annual figures", "", ""});
    return;
  }
  check_launch(*this, path, issues);
  if (sound.contain({"seasonality"}) && !seasonality.empty()) {
    check_season_weights(seasonality, join_path(path, "seasonality"), issues);
  }
  if (sound.contain({"p10", "p90", "volatility", "revisions", "percentile_fit"})) {
    PercentileCheck(*this, path, issues).run();
  }
}

}  // namespace capstake

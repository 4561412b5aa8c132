#include "revenue/forecast.hpp"

#include <cmath>
#include <limits>

namespace capstake {

namespace {

class ForecastLowering {
 public:
  ForecastLowering(Context& context, const std::string& name, const Forecast& forecast)
      : context_(context), path_("streams." + name), name_(name), forecast_(forecast) {}

  LoweredStream lower() {
    const std::vector<Expr> cut = cut_figures();
    const Expr volatility = context_.number(path_ + ".volatility", forecast_.volatility);
    LoweredStream stream;
    Expr log_level = context_.constant(0.0);
    Expr variance = context_.constant(0.0);
    for (std::size_t t = 0; t < context_.n_periods(); ++t) {
      const Period& period = context_.periods()[t];
      const Expr shock = context_.normal(name_ + ".shock", context_.draw_step(t));
      stream.shock.push_back(shock);
      const Expr step = volatility * std::sqrt(context_.years_ahead(t));
      log_level = fma(step, shock, log_level);
      variance = variance + step * step;
      const int y = period.year - forecast_.annual.front().first;
      if (y < 0 || y >= static_cast<int>(forecast_.annual.size())) {
        stream.revenue.push_back(context_.constant(std::numeric_limits<double>::quiet_NaN()));
        continue;
      }
      const auto year = static_cast<std::size_t>(y);
      const Expr weight = weight_in_year(year, t);
      if (context_.is_past(t)) {
        stream.revenue.push_back(figure(year) * weight);
        continue;
      }
      const Expr mean_correction = exp(-0.5 * variance);
      stream.revenue.push_back(cut[year] * (weight * mean_correction) * exp(log_level));
    }
    return stream;
  }

 private:
  Expr figure(std::size_t year) {
    const auto& [calendar_year, number] = forecast_.annual[year];
    return context_.number(path_ + ".annual." + std::to_string(calendar_year), number);
  }

  Expr growth(std::size_t year) { return figure(year) / figure(year - 1); }

  // Annual figures when growth g to a year that is still to come is cut to (1 - haircut) g.
  std::vector<Expr> cut_figures() {
    const Expr haircut = context_.number(path_ + ".growth_haircut", forecast_.growth_haircut);
    std::vector<Expr> figures = {figure(0)};
    for (std::size_t year = 1; year < forecast_.annual.size(); ++year) {
      const Date year_end = make_date(forecast_.annual[year].first, 12, 31);
      const Expr kept = 1.0 + (1.0 - haircut) * (growth(year) - 1.0);
      figures.push_back(year_end <= context_.valuation_date() ? figure(year)
                                                              : figures.back() * kept);
    }
    return figures;
  }

  // Logarithm of the growth from period to period within a year.
  Expr log_step(std::size_t year) {
    const std::size_t last = forecast_.annual.size() - 1;
    if (last == 0) {
      return context_.constant(0.0);
    }
    const Expr before = log(growth(year == 0 ? 1 : year));
    const Expr after = log(growth(year == last ? last : year + 1));
    return (before + after) / (2.0 * context_.per_year());
  }

  // The period's part of its year; the parts of a year add up to one.
  Expr weight_in_year(std::size_t year, std::size_t period) {
    const int n = context_.per_year();
    if (n == 1) {
      return context_.constant(1.0);
    }
    const Expr step = log_step(year);
    const auto month =
        unsigned{std::chrono::year_month_day{context_.periods()[period].first}.month()};
    const int index = (static_cast<int>(month) - 1) * n / 12;
    Expr sum = context_.constant(1.0);
    for (int i = 1; i < n; ++i) {
      sum = sum + exp(step * static_cast<double>(i));
    }
    return exp(step * static_cast<double>(index)) / sum;
  }

  Context& context_;
  std::string path_;
  std::string name_;
  const Forecast& forecast_;
};

}  // namespace

LoweredStream lower_stream(StreamLowering& lowering, const Forecast& forecast) {
  return ForecastLowering(lowering.context, lowering.name, forecast).lower();
}

Span covered(const Forecast& forecast, const Coverage&) {
  return {make_date(forecast.annual.front().first, 1, 1),
          make_date(forecast.annual.back().first, 12, 31)};
}

}  // namespace capstake

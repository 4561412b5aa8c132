#include "revenue/forecast_noise.hpp"

#include <cmath>

namespace capstake {

namespace {

constexpr double kNormal90 = 1.2815515655446004;  // the normal distribution's 0.9 quantile

}  // namespace

std::uint32_t revision_step(Date date) {
  return static_cast<std::uint32_t>((date - make_date(1900, 1, 1)).count());
}

ForecastNoise::ForecastNoise(StreamLowering& lowering, const Forecast& forecast)
    : lowering_(lowering),
      context_(lowering.context),
      forecast_(forecast),
      level_(lower_level(lowering, lowering.number("volatility", forecast.volatility))),
      shock_(level_.shock),
      revised_(lowering.context.constant(1.0)) {
  if (!forecast.revisions.empty()) {
    add_revisions();
  }
  if (!forecast.p10.empty()) {
    add_percentiles();
  }
}

void ForecastNoise::add_revisions() {
  for (std::size_t t = 0; t < context_.n_periods(); ++t) {
    revise(t);
  }
}

// The factor of a period is the mean of its days': a revision holds from the day after it on.
void ForecastNoise::revise(std::size_t t) {
  const Period& period = context_.periods()[t];
  const Expr step =
      lowering_.number("volatility", forecast_.volatility) * std::sqrt(context_.years_ahead(t));
  Expr moved = step * shock_[t];
  Expr variance = step * step;
  Expr factor = context_.constant(0.0);
  Date since = period.first;
  bool is_revised = false;
  for (const auto& [date, number] : forecast_.revisions) {
    if (date < period.first || date > period.last) {
      continue;
    }
    factor = factor + revised_ * overlap(period, since, date);
    since = date + std::chrono::days{1};
    const Expr s = lowering_.number("revisions[" + iso(date) + "]", number);
    const Expr z = context_.normal(lowering_.name + ".revision", revision_step(date));
    revised_ = revised_ * exp(fma(s, z, -0.5 * (s * s)));
    moved = fma(s, z, moved);
    variance = variance + s * s;
    is_revised = true;
  }
  if (is_revised) {
    shock_[t] = moved / sqrt(variance);
  }
  revision_.push_back(is_revised ? factor + revised_ * overlap(period, since, period.last)
                                 : revised_);
}

void ForecastNoise::add_percentiles() {
  Expr brownian = context_.constant(0.0);
  for (std::size_t t = 0; t < context_.n_periods(); ++t) {
    const double step = context_.years_ahead(t);
    brownian = fma(context_.constant(std::sqrt(step)), shock_[t], brownian);
    const double time = step == 0.0 ? 1.0 : context_.time(context_.periods()[t].last);
    normal_.push_back(brownian / std::sqrt(time));
  }
}

Expr ForecastNoise::random(std::size_t t, const FigurePeriod& figure, Expr median) {
  if (forecast_.p10.empty()) {
    const Expr level = exp(level_.log_level[t]);
    return revision_.empty() ? level : level * revision_[t];
  }
  for (std::size_t i = 0; i < forecast_.p10.size(); ++i) {
    if (forecast_.p10[i].first != figure) {
      continue;
    }
    const Expr low = lowering_.number("p10." + figure.label(), forecast_.p10[i].second);
    const Expr high = lowering_.number("p90." + figure.label(), forecast_.p90[i].second);
    const Expr z = normal_[t];
    const Expr spread = log(high / low);
    if (forecast_.percentile_fit == PercentileFit::lognormal) {
      return exp(spread / (2.0 * kNormal90) * z);
    }
    const Expr skew = log(low / median * (high / median)) / (0.8 * kLogOdds90);
    const Expr u = normal_cdf(z);
    const Expr log_odds = log(u) - log(normal_cdf(-z));
    return exp(log_odds * fma(skew, u - 0.5, spread / (2.0 * kLogOdds90)));
  }
  return context_.constant(1.0);
}

}  // namespace capstake

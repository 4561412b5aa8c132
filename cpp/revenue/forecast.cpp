#include "revenue/forecast.hpp"

#include <optional>

#include "revenue/forecast_noise.hpp"
#include "revenue/seasonal.hpp"

namespace capstake {

namespace {

class ForecastLowering {
 public:
  ForecastLowering(StreamLowering& lowering, const Forecast& forecast)
      : lowering_(lowering),
        context_(lowering.context),
        forecast_(forecast),
        figures_(forecast.all_figures()),
        launch_(forecast.fields_to_launch().size() - 1) {}

  LoweredStream lower() {
    const std::vector<Expr> cut = cut_figures();
    ForecastNoise noise(lowering_, forecast_);
    LoweredStream stream;
    for (std::size_t t = 0; t < context_.n_periods(); ++t) {
      std::optional<Expr> sum;
      const auto [begin, end] = figures_of(context_.periods()[t]);
      for (std::size_t k = begin; k < end; ++k) {
        const Expr weight = weight_in_figure(k, t);
        const bool is_sure = context_.is_past(t) || k < launch_;
        const Expr part = is_sure ? figure(k) * weight
                                  : cut[k] * (weight * noise.sure(t)) *
                                        noise.random(t, figures_[k].first, figure(k));
        sum = sum ? *sum + part : part;
      }
      stream.revenue.push_back(sum ? *sum : no_figure(context_));
      stream.shock.push_back(noise.shock(t));
    }
    return stream;
  }

 private:
  Expr figure(std::size_t k) {
    const auto& [period, number] = figures_[k];
    return lowering_.number(forecast_.field_of(period), number);
  }

  Expr growth(std::size_t k) { return figure(k) / figure(k - 1); }

  // Indices of the first figure of a period of the grid and behind the last; none if not covered.
  std::pair<std::size_t, std::size_t> figures_of(const Period& period) const {
    const auto [first, last] =
        std::pair{figures_.front().first.first(), figures_.back().first.last()};
    if (period.first < first || period.last > last) {
      return {0, 0};
    }
    std::size_t begin = 0;
    while (figures_[begin].first.last() < period.first) {
      ++begin;
    }
    std::size_t end = begin + 1;
    while (end < figures_.size() && figures_[end].first.first() <= period.last) {
      ++end;
    }
    return {begin, end};
  }

  // Figures when growth g to a year (or quarter, or month) that is still to come is cut to
  // (1 - haircut) g.
  std::vector<Expr> cut_figures() {
    const Expr haircut = lowering_.number("growth_haircut", forecast_.growth_haircut);
    std::vector<Expr> cut = {figure(0)};
    for (std::size_t k = 1; k < figures_.size(); ++k) {
      const bool is_given = k <= launch_ || figures_[k].first.last() <= context_.valuation_date();
      cut.push_back(is_given ? figure(k)
                             : cut.back() * (1.0 + (1.0 - haircut) * (growth(k) - 1.0)));
    }
    return cut;
  }

  int parts() const { return forecast_.parts(context_.frequency()); }

  // Logarithm of the growth from period to period within a figure.
  Expr log_step(std::size_t k) {
    const std::size_t last = figures_.size() - 1;
    if (k < launch_ || last == launch_) {
      return context_.constant(0.0);
    }
    const Expr before = log(growth(k == launch_ ? k + 1 : k));
    const Expr after = log(growth(k == last ? last : k + 1));
    return (before + after) / (2.0 * parts());
  }

  // The period's part of its figure; the parts of a figure add up to one.
  Expr weight_in_figure(std::size_t k, std::size_t t) {
    const int n = parts();
    if (n == 1) {
      return context_.constant(1.0);
    }
    const Expr step = log_step(k);
    const auto size = [&](int i) {
      const Expr grown = i == 0 ? context_.constant(1.0) : exp(step * static_cast<double>(i));
      return forecast_.seasonality.empty() ? grown : grown * season(k, i);
    };
    Expr sum = size(0);
    for (int i = 1; i < n; ++i) {
      sum = sum + size(i);
    }
    return size(index_in_figure(t)) / sum;
  }

  int index_in_figure(std::size_t t) const {
    const int month = static_cast<int>(context_.draw_step(t) % 12);
    return month * context_.per_year() / 12 % parts();
  }

  // The season's weight of the i-th period of a figure.
  Expr season(std::size_t k, int i) {
    const FigurePeriod& period = figures_[k].first;
    const int month = period.index * 12 / period.per_year + i * 12 / context_.per_year();
    return season_weight(lowering_, "seasonality", forecast_.seasonality,
                         static_cast<std::size_t>(month));
  }

  StreamLowering& lowering_;
  Context& context_;
  const Forecast& forecast_;
  Figures figures_;
  std::size_t launch_;  // the first figure that is not 0
};

}  // namespace

LoweredStream lower_stream(StreamLowering& lowering, const Forecast& forecast) {
  return ForecastLowering(lowering, forecast).lower();
}

std::vector<std::string> Forecast::fields_to_launch() const {
  std::vector<std::string> fields;
  for (const auto& [period, number] : all_figures()) {
    fields.push_back(field_of(period));
    if (!number.is_zero()) {
      break;
    }
  }
  return fields;
}

std::string Forecast::field_of(const FigurePeriod& figure) const {
  return (annual.empty() ? "figures." : "annual.") + figure.label();
}

int Forecast::parts(Frequency of_periods) const {
  return std::max(periods_per_year(of_periods) / all_figures().front().first.per_year, 1);
}

Span covered(const Forecast& forecast, const Coverage&) {
  const Figures figures = forecast.all_figures();
  return {figures.front().first.first(), figures.back().first.last()};
}

}  // namespace capstake

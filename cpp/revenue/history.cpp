#include "revenue/history.hpp"

#include <optional>

namespace capstake {

namespace {

// The figures' revenue of a period, or nothing where they do not fill it.
std::optional<Expr> actual(StreamLowering& lowering, const Figures& figures, const Period& period) {
  if (period.first < figures.front().first.first() || period.last > figures.back().first.last()) {
    return std::nullopt;
  }
  Expr sum = lowering.context.constant(0.0);
  for (const auto& [figure, number] : figures) {
    if (figure.last() < period.first || figure.first() > period.last) {
      continue;
    }
    // Both are parts of a calendar year, so one of them holds the other.
    const int per_year = lowering.context.per_year();
    const double part = std::min(1.0, static_cast<double>(figure.per_year) / per_year);
    sum = sum + lowering.number("figures." + figure.label(), number) * part;
  }
  return sum;
}

}  // namespace

LoweredStream lower_stream(StreamLowering& lowering, const History& stream) {
  LoweredStream result = lowering.parent(stream.of);
  for (std::size_t t = 0; t < lowering.context.n_periods(); ++t) {
    if (const auto figure = actual(lowering, stream.figures, lowering.context.periods()[t])) {
      result.revenue[t] = *figure;
    }
  }
  return result;
}

Span covered(const History& stream, const Coverage& coverage) {
  const Span later = coverage.parent(stream.of);
  const Span actual =
      whole_periods({stream.figures.front().first.first(), stream.figures.back().first.last()},
                    coverage.frequency);
  if (actual.is_empty()) {
    return later;
  }
  const bool is_joined = later.first <= actual.last + std::chrono::days{1};
  return is_joined ? Span{std::min(actual.first, later.first), std::max(actual.last, later.last)}
                   : later;
}

}  // namespace capstake

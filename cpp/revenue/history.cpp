#include "revenue/history.hpp"

#include <algorithm>

namespace capstake {

namespace {

// The figures of a period; where they do not fill it, with an even part of the other stream's.
Expr with_actual(StreamLowering& lowering, const Figures& figures, const Period& period,
                 Expr other) {
  // Both are parts of a calendar year, so one of them holds the other.
  const int n = std::max(figures.front().first.per_year / lowering.context.per_year(), 1);
  const double part = std::min(
      1.0, static_cast<double>(figures.front().first.per_year) / lowering.context.per_year());
  Expr sum = lowering.context.constant(0.0);
  int n_missing = n;
  for (const auto& [figure, number] : figures) {
    if (figure.last() >= period.first && figure.first() <= period.last) {
      sum = sum + lowering.number("figures." + figure.label(), number) * part;
      --n_missing;
    }
  }
  if (n_missing == n) {
    return other;
  }
  return n_missing == 0 ? sum : sum + other * (static_cast<double>(n_missing) / n);
}

}  // namespace

LoweredStream lower_stream(StreamLowering& lowering, const History& stream) {
  LoweredStream result = lowering.parent(stream.of);
  for (std::size_t t = 0; t < lowering.context.n_periods(); ++t) {
    result.revenue[t] =
        with_actual(lowering, stream.figures, lowering.context.periods()[t], result.revenue[t]);
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

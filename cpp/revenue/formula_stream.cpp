#include "revenue/formula_stream.hpp"

#include <algorithm>
#include <optional>

#include "formula/lower.hpp"
#include "revenue/level.hpp"

namespace capstake {

void FormulaStream::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  if (sound.contain({"formula", "numbers"})) {
    check_formula_numbers(formula, fixed_names(), numbers, path, issues);
  }
  if (sound.contain({"formula", "start"}) && start && !looks_back(formula.parsed)) {
    issues.push_back({join_path(path, "start"),
                      "is where totals and lags begin, but the formula has none", iso(*start), ""});
  }
}

LoweredStream lower_stream(StreamLowering& lowering, const FormulaStream& stream) {
  Context& context = lowering.context;
  const auto value_of = [&](const std::string& name, std::size_t t) {
    if (name == "time") {
      return context.constant(context.time(context.periods()[t].last));
    }
    for (const auto& [number_name, number] : stream.numbers) {
      if (number_name == name) {
        return lowering.number("numbers." + name, number, context.periods()[t].first);
      }
    }
    return lowering.parent(name).revenue[t];
  };
  LoweredStream result;
  if (stream.stream_names().empty()) {
    result.shock = lower_level(lowering, context.constant(0.0)).shock;
  }
  std::optional<FormulaSeries> series;
  for (std::size_t t = 0; t < context.n_periods(); ++t) {
    const Period& period = context.periods()[t];
    if (period.first < lowering.span.first || period.last > lowering.span.last) {
      result.revenue.push_back(no_figure(context));
      continue;
    }
    if (!series) {
      series.emplace(context, lowering.path("formula"), stream.formula.parsed, value_of, t);
    }
    result.revenue.push_back(series->next());
  }
  return result;
}

Span covered(const FormulaStream& stream, const Coverage& coverage) {
  Span shared = Span::without_end(make_date(1900, 1, 1));
  for (const std::string& name : stream.stream_names()) {
    shared = common(shared, coverage.parent(name));
  }
  if (looks_back(stream.formula.parsed)) {
    const Date from = stream.start.value_or(coverage.now());
    const Date first = periods_covering(coverage.frequency, from, from).front().first;
    shared.first = std::max(shared.first, first);
  }
  return shared;
}

}  // namespace capstake

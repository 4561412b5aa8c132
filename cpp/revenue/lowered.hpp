// What every type of stream is lowered with, and to what.
//
// A type of stream is a header with its field table and
//   LoweredStream lower_stream(StreamLowering&, const T&)   its revenue as expressions;
//   Span covered(const T&, const Coverage&)                 the days it has figures for, unless
//                                                           these are the days of all its parents.
// Its parents are the names in those of its fields that refer to streams, and stream_names(), those
// in its formula; one without parents moves
// by a shock of its own, unless is_random() says that it does not move.
#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "fields/field.hpp"
#include "fields/read.hpp"
#include "schedule/context.hpp"

namespace capstake {

struct LoweredStream {
  // Money in each period; NaN in periods the stream has no figure for.
  std::vector<Expr> revenue;
  // The standard normal that moves the level in each period, for others to correlate with; in past
  // periods it moves nothing. A combination has its only random parent's; see StreamMap.
  std::vector<Expr> shock;
};

// The revenue of a period that a stream has no figure for.
inline Expr no_figure(Context& context) {
  return context.constant(std::numeric_limits<double>::quiet_NaN());
}

// The first and the last day that a stream has figures for.
struct Span {
  Date first;
  Date last;

  bool is_empty() const { return last < first; }
  // Neither the first nor the last day of a stream that goes on as long as the deal.
  static Span without_end(Date first) { return {first, make_date(2300, 12, 31)}; }
  bool has_end() const { return year_of(last) < 2300; }
};

inline Span common(const Span& a, const Span& b) {
  return {std::max(a.first, b.first), std::min(a.last, b.last)};
}

// The part of a span that is whole periods of the grid.
inline Span whole_periods(const Span& span, Frequency frequency) {
  const Period head = periods_covering(frequency, span.first, span.first).front();
  const Period tail = periods_covering(frequency, span.last, span.last).front();
  constexpr std::chrono::days kDay{1};
  return {head.first == span.first ? head.first : head.last + kDay,
          tail.last == span.last ? tail.last : tail.first - kDay};
}

// What a stream's span may depend on.
struct Coverage {
  Date valuation_date;
  Frequency frequency;
  std::function<Span(const std::string&)> parent;

  // First day of the period in which the days to come begin.
  Date now() const {
    const Date tomorrow = valuation_date + std::chrono::days{1};
    return periods_covering(frequency, tomorrow, tomorrow).front().first;
  }
};

// What revenue means. A deal that does not tell measures apart leaves prices of risk, where a type
// of stream has them, as they stand, and knows no risk premiums.
enum class Probability : std::uint8_t { as_stated, real_world, risk_neutral };

// One stream on its way to expressions: its names in the graph, and its parents.
struct StreamLowering {
  Context& context;
  std::string name;
  Probability probability;
  Span span;  // the days it has figures for: whole periods
  std::function<const LoweredStream&(const std::string&)> parent;

  std::string path(std::string_view field) const {
    return "streams." + name + "." + std::string(field);
  }
  Expr number(std::string_view field, const Number& number) {
    return context.number(path(field), number);
  }
  Expr number(std::string_view field, const Number& number, Date on) {
    return context.number(path(field), number, on);
  }
  // The stream's draws by period: `<stream>.<what>`.
  Expr normal(std::string_view what, std::size_t t) {
    return context.normal(name + "." + std::string(what), context.draw_step(t),
                          context.years_ahead(t));
  }
  Expr uniform(std::string_view what, std::size_t t) {
    return context.uniform(name + "." + std::string(what), context.draw_step(t));
  }
};

}  // namespace capstake

#include "revenue/ramp.hpp"

namespace capstake {

namespace {

// The mean over a period's days of the part of the way from start to end that lies behind.
double mean_part(const Period& period, Date start, Date end) {
  const auto days = [&](Date date) { return static_cast<double>((date - start).count()); };
  const double way = days(end);
  const double from = days(period.first) - 1.0;  // the end of the day before
  const double to = days(period.last);
  const double inside_from = std::clamp(from, 0.0, way);
  const double inside_to = std::clamp(to, 0.0, way);
  const double climbing = 0.5 * (inside_from + inside_to) / way * (inside_to - inside_from);
  const double arrived = to - std::max(std::min(way, to), from);
  return (climbing + arrived) / (to - from);
}

void check_positive(const Number& factor, const std::string& path, Issues& issues) {
  if (factor.is_zero()) {
    issues.push_back({path, "must be > 0 where the ramp is log-linear", "0", ""});
  }
}

}  // namespace

void Ramp::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  if (sound.contain({"start", "end"}) && end <= start) {
    issues.push_back({join_path(path, "end"), "must come after start " + iso(start), iso(end), ""});
  }
  if (sound.contain({"at_start", "at_end", "interpolation"}) &&
      interpolation == Interpolation::log_linear) {
    check_positive(at_start, join_path(path, "at_start"), issues);
    check_positive(at_end, join_path(path, "at_end"), issues);
  }
}

LoweredStream lower_stream(StreamLowering& lowering, const Ramp& stream) {
  LoweredStream result = lowering.parent(stream.of);
  const Expr from = lowering.number("at_start", stream.at_start);
  const Expr to = lowering.number("at_end", stream.at_end);
  for (std::size_t t = 0; t < lowering.context.n_periods(); ++t) {
    const double part = mean_part(lowering.context.periods()[t], stream.start, stream.end);
    const Expr factor = stream.interpolation == Interpolation::linear
                            ? from + (to - from) * part
                            : from * exp(log(to / from) * part);
    result.revenue[t] = result.revenue[t] * factor;
  }
  return result;
}

}  // namespace capstake

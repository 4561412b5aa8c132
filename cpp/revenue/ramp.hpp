// Ramp: a share that grows or shrinks between two dates.
#pragma once

#include "revenue/lowered.hpp"

namespace capstake {

enum class Interpolation : std::uint8_t { linear, log_linear };
template <>
struct Names<Interpolation> {
  static constexpr std::string_view kNames[] = {"linear", "log_linear"};
};

struct Ramp {
  std::string of;
  Number at_start;
  Number at_end;
  Date start;
  Date end;
  Interpolation interpolation = Interpolation::linear;

  static constexpr std::string_view kType = "ramp";
  static constexpr std::string_view kName = "Ramp";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Another stream's revenue times a factor that moves from one value to another.\n\n"
      "The factor is `at_start` up to the end of day `start` and `at_end` from the end of day "
      "`end`.\n"
      "Between them it moves by the same amount each day (linear) or by the same ratio\n"
      "(log_linear). A period has the mean of its days: with w the mean over the period of the "
      "part\n"
      "of the way that is behind, the factor is a + (b - a) w or, as a geometric mean, a (b / "
      "a)^w.\n\n"
      "Examples\n"
      "--------\n"
      "What is lost to others grows from nothing to a quarter by 2030:\n\n"
      ">>> leakage = Ramp(of=\"total\", at_start=0, at_end=0.25, start=\"2026-04-27\", "
      "end=\"2030-12-31\")";

  static constexpr auto fields() {
    return std::tuple{
        Field{"of", &Ramp::of, name_in("streams"), "Stream that is scaled."},
        Field{"at_start", &Ramp::at_start, multiple().at_least(0.0),
              "Factor up to the start; above 0 if the ramp is log-linear."},
        Field{"at_end", &Ramp::at_end, multiple().at_least(0.0),
              "Factor from the end on; above 0 if the ramp is log-linear."},
        Field{"start", &Ramp::start, date(), "Day at whose end the factor begins to move."},
        Field{"end", &Ramp::end, date(), "Day at whose end it has come to rest."},
        Field{"interpolation", &Ramp::interpolation, choice().or_else("linear"),
              "How the factor moves in between."},
    };
  }
  bool operator==(const Ramp&) const = default;

  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;
};

LoweredStream lower_stream(StreamLowering& lowering, const Ramp& stream);

}  // namespace capstake

// A rate that is reset by a test of what came about.
#pragma once

#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct RevenueShare;

enum class TestOf : std::uint8_t { revenue, payments };
template <>
struct Names<TestOf> {
  static constexpr std::string_view kNames[] = {"revenue", "payments"};
};

// What becomes of a leg's tiers when its rate is reset.
enum class TiersAfter : std::uint8_t { replaced, scaled };
template <>
struct Names<TiersAfter> {
  static constexpr std::string_view kNames[] = {"replaced", "scaled"};
};

struct SpringingRate {
  Date test_date;
  Number target;
  TestOf measure = TestOf::revenue;
  std::optional<Number> rate_if_missed;
  std::optional<Number> rate_if_met;
  Number revenue_before;
  TiersAfter tiers = TiersAfter::replaced;

  // Tests reset the rate in the order of their dates.
  double turn(const RevenueShare&) const {
    return static_cast<double>(test_date.time_since_epoch().count());
  }

  static constexpr Stage kStage = Stage::rate;
  static constexpr std::string_view kType = "springing_rate";
  static constexpr std::string_view kName = "SpringingRate";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "A rate that is reset at a test date, by whether a target has been met.\n"
      "\n"
      "What the leg has measured is compared with the target: the revenue shared by the end of\n"
      "the period that the test date is in, with revenue_before; or what has been paid by the\n"
      "test date, before any deferral, with already_paid. In later periods the rate is\n"
      "rate_if_missed if it is below, else rate_if_met. Without rate_if_missed a missed test of\n"
      "payments raises the rate r to the level that would have met the target,\n"
      "min(r * (target - already_paid) / (paid - already_paid), 1); from a rate of 0 it needs\n"
      "rate_if_missed. Of several tests each resets the rate that the ones before have left;\n"
      "all but the first need rate_if_missed. The value jumps where the target is just met, as "
      "the\n"
      "terms do.\n"
      "\n"
      "A rate that is reset takes the place of all tiers, so that what would have met the target\n"
      "is (target - already_paid) / revenue, at most 1, on the revenue of which was paid by the\n"
      "test date. With tiers \"scaled\" each tier's rate changes as the leg's own: by the new "
      "rate\n"
      "over the old one.\n"
      "\n"
      "Example: ImmunityBio and Oberland, 29 Dec 2023: if payments by 31 Dec 2029 reach the\n"
      "investment the rate falls, else it rises to the level that would have repaid it: measure\n"
      "payments, rate_if_met 0.015; in place of the tiers of 3% to 7%. Spero and HealthCare\n"
      "Royalty, 29 Sep 2021: tiers from 12% down to 1% whose rates all step down once: tiers\n"
      "scaled.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"test_date", &SpringingRate::test_date, date(), "Day of the test."},
        Field{"target", &SpringingRate::target, money().positive(),
              "What is to be reached by then."},
        Field{"measure", &SpringingRate::measure, choice().or_else("revenue"), "What is measured."},
        Field{"rate_if_missed", &SpringingRate::rate_if_missed,
              share().by_date().or_else("what would have met the target"),
              "Rate after a missed test."},
        Field{"rate_if_met", &SpringingRate::rate_if_met, share().by_date().or_else("unchanged"),
              "Rate after a test that was met."},
        Field{"revenue_before", &SpringingRate::revenue_before, money().at_least(0.0).or_else(0.0),
              "Revenue before the leg's start that counts in the test."},
        Field{"tiers", &SpringingRate::tiers, choice().or_else("replaced"),
              "What becomes of the leg's tiers when the rate is reset."},
    };
  }
  bool operator==(const SpringingRate&) const = default;
};

}  // namespace capstake

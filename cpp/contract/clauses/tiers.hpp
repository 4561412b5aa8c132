// Rates that depend on how much revenue there has been.
#pragma once

#include "contract/per.hpp"
#include "contract/stage.hpp"
#include "fields/read.hpp"

namespace capstake {

struct Tiers {
  Numbers above;
  Numbers rates;
  Per per = Per::year;
  bool whole_amount = false;
  Number revenue_before;

  static constexpr Stage kStage = Stage::tiers;
  static constexpr std::string_view kType = "tiers";
  static constexpr std::string_view kName = "Tiers";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Rates by level of revenue; the leg's own rate holds below the first level.\n\n"
      "With Y_t the shared revenue since the span began (the year, the whole term, or "
      "the\n"
      "period alone), levels b_1 < b_2 < ..., the leg's rate r_0 and rates r_1, r_2, ..., period "
      "t\n"
      "accrues, besides r_0 on all its revenue,\n"
      "sum_i (r_i - r_{i-1}) (max(Y_t - b_i, 0) - max(Y_{t-1} - b_i, 0)):\n"
      "each rate applies to the revenue within its tier. With whole_amount the rate of the tier "
      "that\n"
      "Y_t is in applies to all that was shared in the span; what has accrued in a span is not\n"
      "taken back when a rate is lower, but later accruals of the span make it up first.\n\n"
      "Example: BioCryst and OMERS, purchase agreement of 22 Nov 2021: 7.5% of annual net sales up "
      "to\n"
      "350, 6% from there to 550 and nothing above, in USD million:\n"
      "rate 0.075, above [350, 550], rates [0.06, 0].";

  static constexpr auto fields() {
    return std::tuple{
        Field{"above", &Tiers::above, money().positive(),
              "Levels of revenue at which the rate changes, ascending."},
        Field{"rates", &Tiers::rates, share().by_date(), "Rate above each level."},
        Field{"per", &Tiers::per, choice().or_else("year"),
              "Stretch of time whose revenue is measured against the levels."},
        Field{"whole_amount", &Tiers::whole_amount, flag().or_else(0.0),
              "Whether a tier's rate applies to all of the span's revenue."},
        Field{"revenue_before", &Tiers::revenue_before, money().at_least(0.0).or_else(0.0),
              "Revenue of the span, before the leg's start, that counts towards the levels."},
    };
  }
  bool operator==(const Tiers&) const = default;

  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;
};

}  // namespace capstake

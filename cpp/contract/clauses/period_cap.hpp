// The most that is paid in a period or a year.
#pragma once

#include "contract/per.hpp"
#include "contract/stage.hpp"
#include "fields/read.hpp"

namespace capstake {

struct RevenueShare;

struct PeriodCap {
  Number amount;
  Per per = Per::year;
  bool carry_forward = false;
  bool prorated = true;

  // A period's limit comes before a year's.
  double turn(const RevenueShare&) const { return static_cast<double>(per); }

  static constexpr Stage kStage = Stage::limit;
  static constexpr std::string_view kType = "period_cap";
  static constexpr std::string_view kName = "PeriodCap";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "The most that is earned in a period or year.\n\n"
      "With S_t the accruals since the span began and limit L, period t keeps\n"
      "min(S_t, L) - min(S_{t-1}, L); what is cut is lost. With carry_forward S_t begins with "
      "what\n"
      "the spans before have cut, so it is paid as soon as there is room; what is left at the end "
      "of\n"
      "the term lapses. A limit by date is, in each span, that of its first period's first day.\n"
      "A leg may have a limit a period besides one a year, which acts after it and carries "
      "nothing\n"
      "forward. What a minimum tops up is bound by the limit too.\n\n"
      "Example: Omeros and DRI, 30 Sep 2022: at most 1.67 for the rest of 2022, then 13, 20, 25 "
      "...\n"
      "USD million a year, without carry-forward: amount by date, prorated false.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"amount", &PeriodCap::amount, money().at_least(0.0).by_date(),
              "Most that is earned in a span."},
        Field{"per", &PeriodCap::per, choice().or_else("year"), "Stretch of time: period or year."},
        Field{"carry_forward", &PeriodCap::carry_forward, flag().or_else(0.0),
              "Whether what is cut is owed in later spans."},
        Field{"prorated", &PeriodCap::prorated, flag().or_else(1.0),
              "Whether a span of which only some days are shared has only their part of the "
              "amount."},
    };
  }
  bool operator==(const PeriodCap&) const = default;

  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;
};

}  // namespace capstake

// The least that is paid, topped up at the end of a period, a year or the term.
#pragma once

#include <limits>

#include "contract/per.hpp"
#include "contract/stage.hpp"
#include "fields/read.hpp"

namespace capstake {

struct RevenueShare;

struct MinimumGuarantee {
  Number amount;
  Per per = Per::year;
  bool prorated = true;
  bool recoupable = false;
  std::optional<Date> until;

  // Minimums of shorter spans come first, and add to what the longer ones count.
  double turn(const RevenueShare&) const {
    constexpr double kLast = std::numeric_limits<double>::infinity();
    return per != Per::term ? static_cast<double>(per)
           : until          ? static_cast<double>(until->time_since_epoch().count())
                            : kLast;
  }

  static constexpr Stage kStage = Stage::floor;
  static constexpr std::string_view kType = "minimum_guarantee";
  static constexpr std::string_view kName = "MinimumGuarantee";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "The least that is earned in a period, a year or the term.\n\n"
      "When a span ends with accruals A below the guarantee G, its last shared period earns the\n"
      "true-up G - A besides. After a stop event G counts in the proportion of the span's shared "
      "days\n"
      "that came before it. With recoupable the true-ups are credited against later spans: of what "
      "a\n"
      "span earns above G, as much is withheld as true-ups have not been recouped, from its last\n"
      "period and at most all that this period earns.\n"
      "A guarantee by date is, in each span, that of its first period's first day.\n\n"
      "A minimum of the term may be of its days until a date alone: what is short by the end of "
      "the\n"
      "period that this day is in is made up with that period. A leg may have several minimums, of "
      "a\n"
      "period, a year and the term until different dates; each counts what the shorter ones have\n"
      "topped up. A limit a period or a year acts after them, on what they top up as well: where\n"
      "it leaves no room, less is made up. Minimums that the limits never let be met are refused.\n"
      "\n"
      "Example: Liquidia and HealthCare Royalty, 9 Jan 2023: a tiered share of net revenue, but "
      "at\n"
      "least the payments of a fixed schedule: amount by date. A licence that pays 5% of sales "
      "but\n"
      "at least 10 a year, recoupable against later royalties: amount 10, recoupable true. An "
      "investor "
      "who\n"
      "is to have received 100 by the end of 2028: amount 100, per term, until 2028-12-31.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"amount", &MinimumGuarantee::amount, money().at_least(0.0).by_date(),
              "Least that is earned in a span."},
        Field{"per", &MinimumGuarantee::per, choice().or_else("year"),
              "Stretch of time at whose end the true-up is earned."},
        Field{"prorated", &MinimumGuarantee::prorated, flag().or_else(1.0),
              "Whether a year of which only some days are shared has only their part of the "
              "amount."},
        Field{"recoupable", &MinimumGuarantee::recoupable, flag().or_else(0.0),
              "Whether true-ups are credited against what later spans earn above the amount."},
        Field{"until", &MinimumGuarantee::until, date().or_else("the end of the term"),
              "Last day of a minimum of the term."},
    };
  }
  bool operator==(const MinimumGuarantee&) const = default;

  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;
};

}  // namespace capstake

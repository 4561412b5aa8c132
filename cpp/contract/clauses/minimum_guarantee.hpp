// The least that is paid, topped up at the end of a period, a year or the term.
#pragma once

#include "contract/per.hpp"
#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct MinimumGuarantee {
  Number amount;
  Per per = Per::year;
  bool prorated = true;
  bool recoupable = false;

  static constexpr Stage kStage = Stage::floor;
  static constexpr std::string_view kType = "minimum_guarantee";
  static constexpr std::string_view kName = "MinimumGuarantee";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "The least that is earned in a period, a calendar year or the term.\n\n"
      "When a span ends with accruals A below the guarantee G, its last shared period earns the\n"
      "true-up G - A besides. After a stop event G counts in the proportion of the span's shared "
      "days\n"
      "that came before it. With recoupable the true-ups are credited against later spans: of what "
      "a\n"
      "span earns above G, as much is withheld as true-ups have not been recouped, from its last\n"
      "period and at most all that this period earns.\n"
      "A guarantee by date is, in each span, that of its first period's first day.\n\n"
      "Example: Liquidia and HealthCare Royalty, 9 Jan 2023: a tiered share of net revenue, but "
      "at\n"
      "least the payments of a fixed schedule: amount by date. A licence that pays 5% of sales "
      "but\n"
      "at least 10 a year, recoupable against later royalties: amount 10, recoupable true.";

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
    };
  }
  bool operator==(const MinimumGuarantee&) const = default;
};

}  // namespace capstake

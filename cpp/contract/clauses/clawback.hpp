// What the receiver gives back when an event comes.
#pragma once

#include <optional>

#include "contract/stage.hpp"
#include "fields/field.hpp"

namespace capstake {

struct Clawback {
  std::string event;
  Number part;
  int look_back = 0;
  std::optional<Date> until;

  static constexpr Stage kStage = Stage::clawback;
  static constexpr std::string_view kType = "clawback";
  static constexpr std::string_view kName = "Clawback";
  static constexpr bool kIsTagged = true;
  // Where their events come in the same period the first takes its part first.
  static constexpr bool kActsAsListed = true;
  static constexpr std::string_view kSummary =
      "When an event comes, the receiver gives back a part of what it has received.\n"
      "\n"
      "If the event comes in a period, part * (what was paid by the period's last day) is paid\n"
      "back, on the day on which the period's own payment falls due; with look_back only what\n"
      "was paid within so many days before the period's end, else all, already_paid included.\n"
      "The event can come on any day after the valuation date until the stated one, or else\n"
      "until the day on which the last period's own payment falls due, before any deferral.\n"
      "Loss events do not spare the receiver. Clawbacks on several events are of what is left\n"
      "after what was given back for the others: at most all that was received less that. Where\n"
      "two events come in the same period, the clause that stands first takes first.\n"
      "\n"
      "Example: payments of the last 90 days before an insolvency can be avoided as preferences\n"
      "(11 U.S.C. 547(b)): part 1, look_back 90.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"event", &Clawback::event, name_in("events"),
              "Event on which the receiver gives back."},
        Field{"part", &Clawback::part, share(), "Part of what it has received."},
        Field{"look_back", &Clawback::look_back,
              days().at_least(0.0).at_most(36600.0).or_else("no limit"),
              "Days to look back from the end of the period of the event; 0 for no limit."},
        Field{"until", &Clawback::until, date().or_else("the last payment"),
              "Last day on which the event counts."},
    };
  }
  bool operator==(const Clawback&) const = default;
};

}  // namespace capstake

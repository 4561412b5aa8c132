// The company whose equity is valued, and stakes in it.
#pragma once

#include <optional>
#include <string>

#include "revenue/risk.hpp"

namespace capstake {

struct Company {
  std::string party;
  std::string revenue;
  Number multiple;
  std::optional<Number> long_run_multiple;
  Number reversion;
  Number multiple_volatility;
  Number correlation;
  Number risk_premium;
  Date exit_date;
  std::string exit;
  std::string failure;
  Number recovery;
  bool charges_legs = false;
  Number cash_rate;
  std::optional<Number> last_round;

  static constexpr std::string_view kType = "company";
  static constexpr std::string_view kName = "Company";
  static constexpr bool kIsTagged = false;
  static constexpr std::string_view kSummary =
      "A company whose equity is worth its annualised revenue times a multiple.\n\n"
      "The multiple's mean goes from multiple to long_run_multiple as\n"
      "exp(log L + (log M - log L) exp(-k t)), k the reversion; around it the logarithm follows "
      "an\n"
      "Ornstein-Uhlenbeck process with the same k and volatility multiple_volatility (exact\n"
      "transition law), whose shocks correlate with those of the revenue. Equity is sold at\n"
      "exit_date, or at the end of the period of the exit event if that comes first. On failure\n"
      "before that, or in the same period as an early exit, holders get recovery times the equity "
      "at\n"
      "the end of that period. With\n"
      "charges_legs, what the company has paid (less what it received) under the deal's legs,\n"
      "compounded at cash_rate, and what it will still pay on the same path, discounted at each\n"
      "leg's rate, is taken off the equity, never below zero. Knowing the path's later payments "
      "is\n"
      "exact for the mean while the claim is linear, an approximation where equity would fall\n"
      "below zero.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"party", &Company::party, name_in("parties"),
              "The company itself as a party to the deal's legs."},
        Field{"revenue", &Company::revenue, name_in("streams"), "The company's revenue."},
        Field{"multiple", &Company::multiple, capstake::multiple().positive(),
              "Equity value over annualised revenue at the valuation date."},
        Field{"long_run_multiple", &Company::long_run_multiple,
              capstake::multiple().positive().or_else("same as multiple"),
              "Multiple that the mean reverts to."},
        Field{"reversion", &Company::reversion,
              rate_per_year().at_least(0.0).at_most(100.0).or_else(0.0),
              "Speed of reversion: half of the distance goes in log(2) / reversion years."},
        Field{"multiple_volatility", &Company::multiple_volatility, volatility().or_else(0.0),
              "Volatility of the logarithm of the multiple."},
        Field{"correlation", &Company::correlation, capstake::correlation().or_else(0.0),
              "Correlation of the multiple's shocks with those of the revenue."},
        Field{"risk_premium", &Company::risk_premium, premium_per_year(),
              "Risk premium of the multiple, besides that of the revenue, under the deal's "
              "risk-neutral measure; compounds continuously."},
        Field{"exit_date", &Company::exit_date, date(),
              "Day of the exit, or the latest one if there is an exit event; the last day of a "
              "period."},
        Field{"exit", &Company::exit, name_in("events").or_else("only at exit_date"),
              "Event at which the equity is sold early."},
        Field{"failure", &Company::failure, name_in("events").or_else("cannot fail"),
              "Event at which the company fails."},
        Field{"recovery", &Company::recovery, share().or_else(0.0),
              "Part of the equity value, as the model has it after charges, that holders keep on "
              "failure."},
        Field{"charges_legs", &Company::charges_legs, flag().or_else(0.0),
              "Whether legs that the company pays lower its equity (and legs it receives raise "
              "it)."},
        Field{"cash_rate", &Company::cash_rate,
              rate_per_year().at_least(-0.5).at_most(3.0).by_date().or_else(0.0),
              "Rate at which payments made before the exit are compounded to it."},
        Field{"last_round", &Company::last_round, money().positive().or_else("not given"),
              "Equity value in the last financing round, shown beside the model's value."},
    };
  }
  bool operator==(const Company&) const = default;
};

struct Stake {
  std::string holder;
  std::string company;
  Number fraction;
  Number dilution;
  Number issue_at_exit;
  std::optional<Number> discount_rate;

  static constexpr std::string_view kType = "stake";
  static constexpr std::string_view kName = "Stake";
  static constexpr bool kIsTagged = false;
  static constexpr std::string_view kSummary =
      "A holding in a company: fraction * (1 - dilution)^t of its equity at time t, of which an\n"
      "exit leaves (1 - issue_at_exit).";

  static constexpr auto fields() {
    return std::tuple{
        Field{"holder", &Stake::holder, name_in("parties"), "Party that owns the stake."},
        Field{"company", &Stake::company, name_in("companies"), "Company it is a stake in."},
        Field{"fraction", &Stake::fraction, share(), "Part of the equity owned today."},
        Field{"dilution", &Stake::dilution, share().at_most(0.99).or_else(0.0),
              "Part of the stake lost to new shares each year."},
        Field{"issue_at_exit", &Stake::issue_at_exit, share().or_else(0.0),
              "Part of the stake lost to shares issued at exit."},
        Field{"discount_rate", &Stake::discount_rate,
              rate_per_year().at_least(-0.5).at_most(3.0).by_date().or_else("the deal's rate"),
              "Rate at which the stake's proceeds are discounted."},
    };
  }
  bool operator==(const Stake&) const = default;
};

}  // namespace capstake

// The order in which the clauses of a revenue share act on what a period earns.
#pragma once

#include <cstdint>

namespace capstake {

// Each period passes through the stages in this order; a clause belongs to one. In brackets what it
// keeps from period to period.
enum class Stage : std::uint8_t {
  rate,        // the leg's rate, by date, or reset at a test [revenue and payments to the test]
  accrual,     // rate times the revenue of the shared days before any stop event
  tiers,       // rates by level of revenue, thresholds [revenue of the span]
  recoupment,  // another rate once a hurdle has been received [received to date]
  catch_up,    // a higher share while payments lag behind a plan [accrued and planned to date]
  floor,       // minimum guarantee and its true-up [accrued in the span; top-ups to recoup]
  limit,       // most that is paid a period or year [accrued in the span]
  custom,      // a formula in place of what has accrued [what the formula keeps]
  cap,  // the total cap: in money, a multiple, by date, accreting, or reset by tests [accrued to
        // date]
  true_up,         // what is missing to a return when the cap is reached [its balance]
  tail,            // a share of the revenue beyond the cap
  maturity,        // balloon at the end of the term
  ending,          // buy-out and change of control [paid to date]
  custom_payment,  // a formula in place of what falls due [what the formula keeps]
  deferral,        // a part of what falls due is paid later
  grace,           // nothing is paid before a date
  credit,          // the payer may have failed by then; loss events
  clawback,        // what the receiver gives back [paid to date]
};

}  // namespace capstake

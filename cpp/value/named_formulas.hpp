// What a run that failed owes to a formula: which one, in which period, and what it was to compute.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "deal/deal.hpp"
#include "simulate/simulate.hpp"

namespace capstake {

// Where a formula of the deal is first not finite on the path that the run failed on, such as
// "legs.share.clauses.c.formula computes log(-1.5) in 2027-Q1"; empty if none is. Draws that the
// run had no need of, as of events that were integrated out, are tried at a few values.
std::string formula_that_failed(const Deal& deal, const NotFinite& failure);

// Runs, and throws NotFinite with the formula's name in its message. Deals that run together are
// told apart by what they are called.
struct CalledDeal {
  std::string name;
  const Deal& deal;
};
template <class Run>
auto naming_formulas(const std::vector<CalledDeal>& deals, Run run) {
  try {
    return run();
  } catch (const NotFinite& failure) {
    for (const CalledDeal& called : deals) {
      if (const std::string found = formula_that_failed(called.deal, failure); !found.empty()) {
        throw NotFinite(failure.what() + (", where " + called.name) + found, failure.draws(),
                        failure.values());
      }
    }
    throw;
  }
}

}  // namespace capstake

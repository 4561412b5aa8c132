// In which stage a clause acts, and what the stages are called.
#pragma once

#include "contract/clause.hpp"

namespace capstake {

// For people: the memo and the documentation list them, in this order.
template <>
struct Names<Stage> {
  static constexpr std::string_view kNames[] = {"rates",
                                                "accrual",
                                                "tiers and thresholds",
                                                "recoupment",
                                                "catch-up",
                                                "minimum guarantee",
                                                "limit a period",
                                                "formulas of accruals",
                                                "total cap",
                                                "true-up",
                                                "tail",
                                                "balloon",
                                                "endings",
                                                "formulas of payments",
                                                "deferral",
                                                "grace period",
                                                "payer's credit",
                                                "clawback"};
};

// A custom clause says itself where it acts.
template <class T>
Stage stage_of(const T& clause) {
  if constexpr (requires { clause.acts_in(); }) {
    return clause.acts_in();
  } else {
    return T::kStage;
  }
}

}  // namespace capstake

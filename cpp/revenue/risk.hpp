// Under which measure revenue is read, and what its risk costs.
#pragma once

#include "revenue/lowered.hpp"

namespace capstake {

// The measure of a deal.
enum class ProbabilityMeasure : std::uint8_t { real_world, risk_neutral };
template <>
struct Names<ProbabilityMeasure> {
  static constexpr std::string_view kNames[] = {"real_world", "risk_neutral"};
};

// Whether what a leg pays moves with the market: then its base carries a risk premium.
enum class Risk : std::uint8_t { systematic, diversifiable };
template <>
struct Names<Risk> {
  static constexpr std::string_view kNames[] = {"systematic", "diversifiable"};
};

constexpr Rule premium_per_year() {
  return rate_per_year().at_least(-0.5).at_most(3.0).by_date().or_else(0.0);
}

// The row of every type of stream that can carry a premium of its own.
template <class T>
constexpr auto risk_premium_field() {
  return Field{"risk_premium", &T::risk_premium, premium_per_year(),
               "Risk premium that is taken off its growth under the deal's risk-neutral measure, "
               "compounded continuously; a stream that is made of others has theirs besides."};
}

// The meaning of a leg's field `risk`.
constexpr auto kRiskMeaning =
    "Under the deal's risk-neutral measure: whether the base is read with its risk premium "
    "(systematic) or, for risk that diversifies away, as it is in the real world.";

// Multiplies the revenue of the periods to come by exp(-mean of P_t), P_t the integral of the
// premium from the valuation date: the mean over the period's days, of which those that are past
// count with 0; or P at its end for revenue that is a rate seen there.
void take_premium(StreamLowering& lowering, const Number& premium, bool is_seen_at_end,
                  LoweredStream& stream);

}  // namespace capstake

// Gbm: a run rate that grows and moves at random.
#pragma once

#include "revenue/risk.hpp"

namespace capstake {

// What a period's revenue is of the rate that moves continuously.
enum class Sampling : std::uint8_t { period_end, period_mean };
template <>
struct Names<Sampling> {
  static constexpr std::string_view kNames[] = {"period_end", "period_mean"};
};

struct Gbm {
  Number level;
  Number growth;
  Number volatility;
  Sampling sampling = Sampling::period_end;
  Number risk_premium;

  static constexpr std::string_view kType = "gbm";
  static constexpr std::string_view kName = "Gbm";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Revenue whose annual rate X is a geometric Brownian motion from the valuation date on.\n\n"
      "dX / X = mu dt + s dW, drawn without discretisation error at each period's end:\n"
      "X_t = X_0 exp(M_t - s^2 t / 2 + s W_t), M_t the integral of mu, so that E X_t = X_0 "
      "exp(M_t).\n"
      "A period is an n-th of a year, whatever its days. Its revenue is X_t / n with X at its end\n"
      "(period_end) or, with (period_mean), the mean of exp(M) over the period in place of exp(M) "
      "at\n"
      "its end: the expected revenue is then the exact integral of the expected rate, while the "
      "noise\n"
      "is still that at the period's end. Days up to the valuation date count with X_0.\n\n"
      "Draws: `<stream>.shock`, a normal each period, which others correlate with.\n\n"
      "Examples\n"
      "--------\n"
      ">>> sales = Gbm(level=25, growth=0.3, volatility=0.35)\n\n"
      "References\n"
      "----------\n"
      "Glasserman (2003), Monte Carlo Methods in Financial Engineering, section 3.2.1.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"level", &Gbm::level, money().positive(),
              "Revenue a year at the valuation date: the run rate."},
        Field{"growth", &Gbm::growth, rate_per_year().at_least(-5.0).at_most(5.0).by_date(),
              "Drift of the rate, compounded continuously: 0.3 means that its mean grows by 35% a "
              "year."},
        Field{"volatility", &Gbm::volatility, capstake::volatility(), "Volatility of the rate."},
        Field{"sampling", &Gbm::sampling, choice().or_else("period_end"),
              "Whether a period's revenue is the rate at its end or, in the mean, its integral."},
        risk_premium_field<Gbm>(),
    };
  }
  bool operator==(const Gbm&) const = default;

  bool is_seen_at_end() const { return sampling == Sampling::period_end; }
  bool is_random() const { return !volatility.is_zero(); }
};

LoweredStream lower_stream(StreamLowering& lowering, const Gbm& stream);

}  // namespace capstake

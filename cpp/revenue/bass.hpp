// Bass: a new product's way through its market.
#pragma once

#include "revenue/risk.hpp"

namespace capstake {

// What brings revenue: each adoption once, or all adopters as long as they are there.
enum class BassRevenue : std::uint8_t { adoptions, adopters };
template <>
struct Names<BassRevenue> {
  static constexpr std::string_view kNames[] = {"adoptions", "adopters"};
};

struct Bass {
  Number market;
  Number innovation;
  Number imitation;
  Date launch;
  BassRevenue revenue_from = BassRevenue::adoptions;
  Number volatility;
  Number risk_premium;

  static constexpr std::string_view kType = "bass";
  static constexpr std::string_view kName = "Bass";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Revenue by the diffusion model of Bass: who has not adopted does so by himself or after "
      "others.\n\n"
      "The part F of the market that has adopted has dF/dt = (p + q F) (1 - F) from the launch, "
      "so\n"
      "F_t = (1 - E) / (1 + (q / p) E) with E = exp(-(p + q) t). With revenue from adoptions, a "
      "period\n"
      "brings M (F_b - F_a), a and b the ends of the days before and of its last day, and M is all "
      "that\n"
      "is ever sold. With revenue from adopters it brings M / n times the mean of F over its days, "
      "from\n"
      "integral F dt = t + log((p + q E) / (p + q)) / q, and M is the revenue a year when all "
      "have\n"
      "adopted. It is multiplied by exp(s W_t - s^2 t / 2), W a Brownian motion from the "
      "valuation\n"
      "date. The market's size may be uncertain, drawn once a path.\n\n"
      "Draws: `<stream>.shock`, a normal each period, which others correlate with.\n\n"
      "Examples\n"
      "--------\n"
      ">>> licences = Bass(market=Number(triangular=[2, 4, 9]), innovation=0.03, imitation=0.38,\n"
      "...     launch=\"2026-07-01\")\n\n"
      "References\n"
      "----------\n"
      "Bass (1969), A New Product Growth for Model Consumer Durables, Management Science 15(5), "
      "215-227.";

  static constexpr auto fields() {
    return std::tuple{
        Field{"market", &Bass::market, money().positive(),
              "Revenue of all adoptions together, or a year's of all adopters (M)."},
        Field{"innovation", &Bass::innovation, rate_per_year().positive().at_most(10.0),
              "Rate at which people adopt by themselves (p)."},
        Field{"imitation", &Bass::imitation, rate_per_year().at_least(0.0).at_most(20.0),
              "Rate at which they adopt after others (q); 0 leaves F_t = 1 - exp(-p t)."},
        Field{"launch", &Bass::launch, date(), "Day at whose end adoption begins."},
        Field{"revenue_from", &Bass::revenue_from, choice().or_else("adoptions"),
              "Whether each adoption brings revenue once or each adopter all the time."},
        Field{"volatility", &Bass::volatility, capstake::volatility().or_else(0.0),
              "Volatility of the level around the curve."},
        risk_premium_field<Bass>(),
    };
  }
  bool operator==(const Bass&) const = default;

  bool is_random() const { return !volatility.is_zero(); }
};

LoweredStream lower_stream(StreamLowering& lowering, const Bass& stream);
Span covered(const Bass& stream, const Coverage& coverage);

}  // namespace capstake

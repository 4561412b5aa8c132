// Seasonal: strong and weak months or quarters.
#pragma once

#include "revenue/lowered.hpp"

namespace capstake {

struct Seasonal {
  std::string of;
  Numbers weights;

  static constexpr std::string_view kType = "seasonal";
  static constexpr std::string_view kName = "Seasonal";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "Another stream's revenue with the weight of its season.\n\n"
      "R_t = n w_t R_t[of], with n the periods a year and w_t the period's part of the weights, "
      "which\n"
      "add up to 1: four of them for quarters or twelve for months. Months of a quarter share its\n"
      "weight evenly; a year has all of them. A year of even revenue keeps its total; in a year "
      "of\n"
      "growth the total moves with the weight of its later part.\n\n"
      "Examples\n"
      "--------\n"
      ">>> sales = Seasonal(of=\"even\", weights=[0.2, 0.2, 0.2, 0.4])";

  static constexpr auto fields() {
    return std::tuple{
        Field{"of", &Seasonal::of, name_in("streams"), "Stream without seasons."},
        Field{
            "weights", &Seasonal::weights, share(),
            "Each quarter's or month's part of a year, from January on; they are divided by their "
            "sum, which must be 1."},
    };
  }
  bool operator==(const Seasonal&) const = default;

  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;
};

LoweredStream lower_stream(StreamLowering& lowering, const Seasonal& stream);

// Four or twelve weights that add up to 1.
void check_season_weights(const Numbers& weights, const std::string& path, Issues& issues);
// The part of a year, by the weights in the field named, of the period of the grid that begins with
// a month counted from 0.
Expr season_weight(StreamLowering& lowering, std::string_view field, const Numbers& weights,
                   std::size_t first_month);

}  // namespace capstake

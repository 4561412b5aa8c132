// Product: a quantity times prices or rates, each a stream.
#pragma once

#include "revenue/lowered.hpp"

namespace capstake {

struct Product {
  std::string of;
  std::vector<std::string> times;

  static constexpr std::string_view kType = "product";
  static constexpr std::string_view kName = "Product";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "A stream times the levels of others: R_t = R_t[of] * product of (n R_t[times]), n the "
      "periods\n"
      "a year.\n\n"
      "The stream `of` is an amount by period, such as users won; each of `times` counts by its\n"
      "annual rate, such as the price a user pays a year. Only one of them should be in money: "
      "the\n"
      "product of two amounts of money is not one. It has figures where all of them have.\n\n"
      "Examples\n"
      "--------\n"
      ">>> sales = Product(of=\"licences\", times=[\"price\"])";

  static constexpr auto fields() {
    return std::tuple{
        Field{"of", &Product::of, name_in("streams"), "Stream whose amounts are multiplied."},
        Field{"times", &Product::times, name_in("streams"),
              "Streams whose annual rates multiply them."},
    };
  }
  bool operator==(const Product&) const = default;

  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;
};

LoweredStream lower_stream(StreamLowering& lowering, const Product& stream);

}  // namespace capstake

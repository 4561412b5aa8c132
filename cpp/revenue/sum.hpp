// Sum: several streams added up, others taken off.
#pragma once

#include "revenue/lowered.hpp"

namespace capstake {

struct Sum {
  std::vector<std::string> of;
  std::vector<std::string> less;

  static constexpr std::string_view kType = "sum";
  static constexpr std::string_view kName = "Sum";
  static constexpr bool kIsTagged = true;
  static constexpr std::string_view kSummary =
      "The sum of streams, less others: R_t = sum of R_t[of] - sum of R_t[less], period by "
      "period.\n\n"
      "It has figures where all of them have. A difference may be negative; a revenue share of it\n"
      "is then negative too, in those periods.\n\n"
      "Examples\n"
      "--------\n"
      ">>> total = Sum(of=[\"own\", \"hosted\"], less=[\"leakage\"])";

  static constexpr auto fields() {
    return std::tuple{
        Field{"of", &Sum::of, name_in("streams"), "Streams that are added up."},
        Field{"less", &Sum::less, name_in("streams").or_else("none"),
              "Streams that are taken off."},
    };
  }
  bool operator==(const Sum&) const = default;

  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;
};

LoweredStream lower_stream(StreamLowering& lowering, const Sum& stream);

}  // namespace capstake

// Over what stretch of time a clause measures: each starts at zero again.
#pragma once

#include <cstdint>

#include "fields/field.hpp"

namespace capstake {

enum class Per : std::uint8_t { period, year, term };
template <>
struct Names<Per> {
  static constexpr std::string_view kNames[] = {"period", "year", "term"};
};

}  // namespace capstake

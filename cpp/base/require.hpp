// The one way to reject input: a message that names the place, the rule and what was found.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace capstake {

// Throws std::invalid_argument "place: rule, got value" unless ok.
inline void require(bool ok, std::string_view place, std::string_view rule,
                    const std::string& got = {}) {
  if (ok) {
    return;
  }
  std::string message = std::string(place) + ": " + std::string(rule);
  if (!got.empty()) {
    message += ", got " + got;
  }
  throw std::invalid_argument(message);
}

// The mathematics went wrong on input that was accepted, e.g. paths that are not finite.
class NumericalError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace capstake

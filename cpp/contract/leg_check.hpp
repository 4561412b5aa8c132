// What is checked of legs of all types.
#pragma once

#include <algorithm>

#include "fields/read.hpp"

namespace capstake {

// A leg ends after it starts, and its parties differ.
template <class T>
void check_term_and_parties(const T& leg, const std::string& path, const SoundFields& sound,
                            Issues& issues) {
  if (sound.contain({"start", "end"}) && leg.end < leg.start) {
    issues.push_back(
        {join_path(path, "end"), "must not come before start " + iso(leg.start), iso(leg.end), ""});
  }
  if (sound.contain({"payer", "receiver"}) && leg.payer == leg.receiver) {
    issues.push_back({join_path(path, "receiver"), "must differ from the payer", leg.receiver, ""});
  }
}

// What falls due on acceleration belongs to an event, which is none of the stop events.
template <class T>
void check_acceleration(const T& leg, const std::string& path, const SoundFields& sound,
                        Issues& issues) {
  if (!sound.contain({"acceleration", "acceleration_amount", "stop_events"})) {
    return;
  }
  if (leg.acceleration.empty() && leg.acceleration_amount) {
    issues.push_back({join_path(path, "acceleration_amount"),
                      "falls due when an event comes, but `acceleration` names none", "", ""});
  }
  if (!leg.acceleration.empty() &&
      std::ranges::find(leg.stop_events, leg.acceleration) != leg.stop_events.end()) {
    issues.push_back({join_path(path, "acceleration"),
                      "is a stop event as well: it either pays or does not", leg.acceleration, ""});
  }
}

}  // namespace capstake

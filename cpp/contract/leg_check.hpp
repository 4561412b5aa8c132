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

// A leg that has a year_start counts years.
template <class T>
void check_year_start(const T& leg, bool measures_years, const std::string& remedy,
                      const std::string& path, Issues& issues) {
  if (leg.year_start && !measures_years) {
    issues.push_back({join_path(path, "year_start"),
                      "has no effect: this leg measures nothing by the year", iso(*leg.year_start),
                      remedy});
  }
}

inline bool names(const std::vector<std::string>& events, const std::string& event) {
  return !event.empty() && std::ranges::find(events, event) != events.end();
}

// What an event makes due is paid after it.
template <class T>
void check_is_no_loss(const T& leg, const std::string& event, const std::string& place,
                      Issues& issues) {
  if (names(leg.loss_events, event)) {
    issues.push_back(
        {place, "is a loss event as well: what it makes due would never be paid", event, ""});
  }
}

// What falls due on acceleration belongs to an event, which is none of the stop events.
template <class T>
void check_acceleration(const T& leg, const std::string& path, const SoundFields& sound,
                        Issues& issues) {
  if (!sound.contain({"acceleration", "acceleration_amount", "stop_events", "loss_events"})) {
    return;
  }
  if (leg.acceleration.empty() && leg.acceleration_amount) {
    issues.push_back({join_path(path, "acceleration_amount"),
                      "falls due when an event comes, but `acceleration` names none", "", ""});
  }
  if (names(leg.stop_events, leg.acceleration)) {
    issues.push_back({join_path(path, "acceleration"),
                      "is a stop event as well: it either pays or does not", leg.acceleration, ""});
  }
  check_is_no_loss(leg, leg.acceleration, join_path(path, "acceleration"), issues);
}

}  // namespace capstake

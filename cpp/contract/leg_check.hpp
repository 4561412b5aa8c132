// What is checked of legs of all types.
#pragma once

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

}  // namespace capstake

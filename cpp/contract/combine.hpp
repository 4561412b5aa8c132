// Which clauses of a revenue share cannot stand together, or not without something else.
#pragma once

#include "fields/read.hpp"

namespace capstake {

struct RevenueShare;

void check_clauses(const RevenueShare& leg, const std::string& path, const SoundFields& sound,
                   Issues& issues);

}  // namespace capstake

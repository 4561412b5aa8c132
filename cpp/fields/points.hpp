// Distributions on points: given values with weights, and data of which each is as likely.
#pragma once

#include "fields/distribution.hpp"

namespace capstake {

FamilyRow discrete_row();
FamilyRow empirical_row();

}  // namespace capstake

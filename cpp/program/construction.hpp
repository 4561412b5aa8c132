// Constructions: how independent normals become the steps of a factor. A factor is all steps of one
// normal variable, taken as increments of a Brownian motion over their spans, in units of their
// deviations. Each construction is an orthogonal transform, so the steps are as independent and
// normal as what they are made from; what differs is how much of the motion the first coordinates
// decide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "program/transform.hpp"

namespace capstake {

enum class Construction : std::uint8_t {
  identity,   // coordinate k is step k
  bridge,     // coordinate 0 is the end of the motion, then middles of intervals, level by level
  principal,  // coordinate k has the k-th largest variance of the motion, integrated over time
};

// Immutable; shared by threads.
struct Transform {
  Construction construction = Construction::identity;
  std::size_t n_steps = 0;
  std::vector<std::uint32_t> row_of_coordinate;  // where a coordinate is put before the transform
  std::vector<BridgeSplit> splits;               // bridge
  std::vector<double> matrix;                    // principal: (n_steps, n_steps)
};

// Principal components are dense, so of more than kMaxRotation steps the bridge is made instead.
Transform make_transform(Construction construction, std::span<const double> spans);

// The transform of one path: coordinates in their rows to steps, with the bits of the kernels.
void apply(const Transform& transform, std::vector<double>& rows);

}  // namespace capstake

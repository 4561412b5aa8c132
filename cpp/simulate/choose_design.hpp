// Chooses how Sobol points drive a program, by a short pilot: which construction of the factors,
// and which coordinates come first. A function of the program and the seed alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "program/design.hpp"

namespace capstake {

inline constexpr std::size_t kMaxPilotOutputs = 64;

struct PilotSpec {
  std::uint64_t seed = 1;
  // Of the program, that are to be sharp; none: all. Of those that depend on a draw the first
  // kMaxPilotOutputs count.
  std::vector<std::size_t> outputs;
  std::uint32_t max_dimensions = 256;
};

// Coordinates are ordered by the squared correlation of the outputs with them, estimated on plain
// paths; those that are not told from noise come last, level by level. Then each construction runs
// on a few small replicates, and the one with the smallest variance of replicate means, as a
// geometric mean over outputs, is taken.
Design choose_design(const Program& program, const PilotSpec& spec);

}  // namespace capstake

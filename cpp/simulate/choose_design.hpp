// Chooses how Sobol points drive a program, by a short pilot: which construction of the factors,
// which coordinates come first, and which controls serve an output. A function of the program and
// the seed alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "program/design.hpp"
#include "simulate/choose_controls.hpp"

namespace capstake {

inline constexpr std::size_t kMaxPilotOutputs = 64;

struct PilotSpec {
  std::uint64_t seed = 1;
  // Of the program, that are to be sharp; none: all. Of those that depend on a draw the first
  // kMaxPilotOutputs count.
  std::vector<std::size_t> outputs;
  // Outputs whose exact means are known. What of the others they explain does not count.
  std::vector<std::size_t> controls;
  std::vector<double> control_means = {};    // one each, or none: not compared with the paths
  std::vector<std::size_t> controlled = {};  // outputs that may use controls over replicates
  std::uint32_t max_dimensions = 256;
};

struct Pilot {
  Design design;
  std::vector<Subset> in_use;  // by controlled output: places among the controls
};

// No output uses a control whose mean is far from that of the paths: what carries it, such as an
// exponential of an exponential, no run of any size would see.
//
// Counted is what controls leave of the outputs, by a regression on plain paths. Coordinates are
// ordered by how much that moves when they are moved, on a few of the same paths; those that move
// nothing come last, level by level. Then each construction runs on a few small replicates, and the
// one with the smallest variance of replicate means, as a geometric mean over outputs, is taken;
// principal components unless another has a quarter of theirs. Controls are chosen on the same
// paths and replicates (choose_controls.hpp).
Pilot run_pilot(const Program& program, const PilotSpec& spec);
Design choose_design(const Program& program, const PilotSpec& spec);

}  // namespace capstake

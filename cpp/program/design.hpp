// A Design says where each draw of a Program comes from: a generator's stream, or a coordinate of a
// scrambled Sobol point set, perhaps through a transform of a factor. Immutable; threads share it.
//
// Under Sobol a run has replicates, independent randomisations of the same points, and a path is
// (replicate, point). Coordinates beyond the budget are padded from the plain stream of the
// replicate, and estimates stay unbiased: every replicate's points are uniform, one by one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "program/construction.hpp"
#include "program/program.hpp"
#include "random/philox.hpp"
#include "random/sobol.hpp"

namespace capstake {

enum class Sampler : std::uint8_t { philox, philox4x32, sobol };

// Not a Sobol coordinate but the plain stream.
inline constexpr std::uint32_t kPadded = ~std::uint32_t{0};

// Draws that are made together: all steps of a normal variable, or one uniform draw.
struct Factor {
  std::vector<std::uint16_t> draws;       // indices of Program::draws, in the order of their steps
  std::vector<std::uint32_t> dimensions;  // by coordinate of the transform: of Sobol, or kPadded
  Transform transform;
};

Transform transform_of(const Program& program, const Factor& factor, Construction construction);

struct Design {
  Sampler sampler = Sampler::philox;
  std::vector<Draw> draws;               // of the Program
  std::vector<Factor> factors;           // every draw is in one
  std::vector<SobolColumns> directions;  // of the Sobol dimensions in use
};

// Every draw from a stream.
Design stream_design(const Program& program, Sampler sampler = Sampler::philox);

struct SobolPlan {
  // Of all factors.
  Construction construction = Construction::principal;
  // Sobol dimensions in use, at most kSobolDimensions; further coordinates are padded.
  std::uint32_t max_dimensions = 256;
  // How much a coordinate matters: by factor, then by coordinate of its transform; the greatest
  // gets the first dimension. Where equal, or if there are none, lower coordinates come first, and
  // within these earlier factors.
  std::vector<std::vector<double>> importance;
};

// Draws from Sobol points. Factors are in the order in which the program first draws of them.
Design sobol_design(const Program& program, const SobolPlan& plan = {});

// The plain stream of a draw, in a replicate. Counter word 1 is step + 2^32 replicate, so replicate
// 0 has the draws that random/draws.hpp documents.
constexpr DrawKey in_replicate(const DrawKey& key, std::uint64_t seed, std::uint32_t replicate) {
  return {seed, key.name, key.step | std::uint64_t{replicate} << 32};
}

struct PathId {
  std::uint64_t seed = 0;
  std::uint32_t replicate = 0;  // 0 for streams
  std::uint64_t point = 0;      // of the replicate; a stream's path
};

// The value of each of design.draws on one path, one by one: the oracle of the block kernels.
std::vector<double> draws_on_path(const Design& design, const PathId& path);

}  // namespace capstake

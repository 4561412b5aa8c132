// Runs a Program on one block of kBlock consecutive paths.
#pragma once

#include <cstdint>
#include <span>

#include "base/block.hpp"
#include "program/program.hpp"

namespace capstake {

// One thread's memory for one Program. Slots are filled with NaN in builds with assertions, so that
// a value read before it is written shows.
class Workspace {
 public:
  explicit Workspace(const Program& program);
  double* slot(std::uint16_t index) { return slots_.data() + index * kBlock; }

 private:
  AlignedVector slots_;  // n_slots + one block for each scalar output (filled once)
  friend void run_block(const Program&, std::uint64_t, std::uint64_t, Workspace&,
                        std::span<const double*>);
};

// Computes paths [block * kBlock, (block + 1) * kBlock). On return results[i] points at the kBlock
// values of output i, valid until the next call with this workspace.
void run_block(const Program& program, std::uint64_t seed, std::uint64_t block,
               Workspace& workspace, std::span<const double*> results);

}  // namespace capstake

// Runs a Program on one block of kBlock consecutive paths.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/block.hpp"
#include "program/kernels.hpp"
#include "program/program.hpp"

namespace capstake {

// One thread's memory for one Program, which must outlive it, with the addresses that each
// instruction works on. Slots are filled with NaN in builds with assertions, so that a value read
// before it is written shows. Not copied: it points into itself.
class Workspace {
 public:
  explicit Workspace(const Program& program);
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  double* slot(std::uint16_t index) { return slots_.data() + index * kBlock; }

 private:
  // An instruction, ready to run.
  struct Call {
    Kernel kernel = nullptr;  // or, for draws:
    FillKernel fill = nullptr;
    DrawKey key = {};  // of a draw; the seed comes with the run
    double* to = nullptr;
    const double* args[3] = {};
  };

  Call call(const Program& program, const Instruction& instruction);
  Call draw_call(const Draw& draw, std::uint16_t to);

  AlignedVector slots_;  // n_slots + one block for each scalar output (filled once)
  std::vector<Call> calls_;
  std::vector<const double*> outputs_;
  friend void run_block(const Program&, std::uint64_t, std::uint64_t, Workspace&,
                        std::span<const double*>);
};

// Computes paths [block * kBlock, (block + 1) * kBlock). On return results[i] points at the kBlock
// values of output i, valid until the next call with this workspace, which must be the program's.
void run_block(const Program& program, std::uint64_t seed, std::uint64_t block,
               Workspace& workspace, std::span<const double*> results);

}  // namespace capstake

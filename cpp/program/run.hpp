// Runs a Program on one block of kBlock consecutive paths.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/block.hpp"
#include "program/design.hpp"
#include "program/kernels.hpp"
#include "program/program.hpp"

namespace capstake {

// Points [block * kBlock, (block + 1) * kBlock) of a replicate; paths, where draws are of a stream.
struct BlockId {
  std::uint64_t seed = 0;
  std::uint32_t replicate = 0;  // 0 for streams
  std::uint64_t block = 0;
};

// A law's place among the kernels of a generator (program/kernels.hpp).
constexpr std::size_t law_index(Law law) { return law == Law::normal ? 0 : 1; }

// One thread's memory for one Program and Design, which must outlive it, with the addresses that
// each instruction works on. Slots are filled with NaN in builds with assertions, so that a value
// read before it is written shows. Not copied: it points into itself.
class Workspace {
 public:
  Workspace(const Program& program, const Design& design);
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  double* slot(std::size_t index) { return memory_.data() + index * kBlock; }

 private:
  // An instruction, ready to run: an operation, a fill with draws, or a transform.
  struct Call {
    enum class Kind : std::uint8_t { operation, stream, sobol, bridge, rotate };
    Kind kind = Kind::operation;
    Kernel kernel = nullptr;
    const double* args[3] = {};
    double* to = nullptr;
    FillKernel fill = nullptr;    // of a stream
    DrawKey key = {};             // of a stream; the seed comes with the run
    SobolKernel sobol = nullptr;  // of Sobol points
    std::uint32_t dimension = 0;  // of Sobol points
    std::size_t draw = 0;         // of a stream, among the program's
    const Transform* transform = nullptr;
  };

  class Builder;
  void run_calls(const BlockId& id, std::span<const double* const> given) noexcept;
  void run(const Call& call, const BlockId& id) noexcept;
  void randomise(const BlockId& id);

  const Design& design_;
  AlignedVector memory_;  // slots, then blocks of scalar outputs (filled once), then factors' rows
  std::vector<Call> calls_;
  std::vector<const double*> outputs_;
  // The point set of the replicate that is being run, for blocks of up to index_bits_ bits.
  std::vector<SobolCoordinate> coordinates_;
  std::uint64_t seed_ = 0;
  std::uint32_t replicate_ = 0;
  unsigned index_bits_ = 0;
  friend void run_block(const BlockId&, Workspace&, std::span<const double*>);
  friend void run_block_on(std::span<const double* const>, Workspace&, std::span<const double*>);
};

// Computes a block. On return results[i] points at the kBlock values of output i of the workspace's
// program, valid until the next call with this workspace.
void run_block(const BlockId& id, Workspace& workspace, std::span<const double*> results);

// The same on given draws, by draw of the program kBlock values; of a workspace whose draws are all
// of a stream.
void run_block_on(std::span<const double* const> draws, Workspace& workspace,
                  std::span<const double*> results);

}  // namespace capstake

// The kernels: for each operation and each pattern of scalar operands one loop over a block, and
// the loops that fill a block with draws. They are compiled once an instruction set, from the same
// source (kernels_impl.inc), into objects that define nothing but one table of function pointers
// each. Hence this header includes next to nothing (see math/arithmetic.hpp).
#pragma once

#include <cstdint>

#include "base/block_size.hpp"
#include "program/code.hpp"
#include "program/transform.hpp"
#include "random/philox4x32.hpp"

namespace capstake {

// to[i] = op(a[i], b[i], c[i]) for a block, or op(a[0], ...) for operands that are scalars. Slots
// are aligned to 64 bytes and `to` may be one of the operands. Unused operands are null.
using Kernel = void (*)(double* to, const double* a, const double* b, const double* c) noexcept;

// to[i] = the draw of path block * kBlock + i.
using FillKernel = void (*)(double* to, const DrawKey& key, std::uint64_t block) noexcept;

// A Sobol coordinate's points in a block, as words whose upper 52 bits count: the first of them,
// and the steps (random/sobol.hpp) of the index bits within a block.
inline constexpr unsigned kBlockBits = 9;
static_assert(kBlock == 1 << kBlockBits);
struct SobolBlock {
  std::uint64_t first = 0;
  std::uint64_t steps[kBlockBits] = {};
};
using SobolKernel = void (*)(double* to, const SobolBlock& points) noexcept;

// Transforms of a factor's rows, in place (program/transform.hpp).
using BridgeKernel = void (*)(double* rows, const BridgeSplit* splits, std::size_t n) noexcept;
using RotateKernel = void (*)(double* rows, const double* matrix, std::size_t n) noexcept;

struct KernelTable {
  // By row of ops.def, then of supers.def, and by scalar_mask (bit k set: operand k is a scalar).
  // Null where the mask has bits beyond the arity, makes all operands of an operation scalars, or
  // has the scalar of a pair's inner commutative operation first.
  Kernel ops[kOps + kSupers][8];
  FillKernel philox[2][2];  // by generator (4x64, 4x32) and law
  SobolKernel sobol[2];     // by law
  BridgeKernel bridge;
  RotateKernel rotate;

  Kernel at(Code code, std::uint8_t scalar_mask) const {
    return ops[code.kernel_row()][scalar_mask];
  }
};

extern const KernelTable kKernelsBaseline;
extern const KernelTable kKernelsAvx2;
extern const KernelTable kKernelsAvx512;

// The table of the instruction set in use (base/isa.hpp).
const KernelTable& kernels();

}  // namespace capstake

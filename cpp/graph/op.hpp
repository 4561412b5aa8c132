// The operations, by the rows of ops.def: what a node of the Graph and an instruction of the
// Program can be. Includes next to nothing, as kernels include it (see math/arithmetic.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

namespace capstake {

enum class Op : std::uint8_t {
  constant,
  parameter,
  draw,
#define OP(name, arity, smoothness) name,
#include "graph/ops.def"
#undef OP
};

enum class Smoothness : std::uint8_t { smooth, kink, jump };

inline constexpr std::size_t kLeafOps = 3;  // constant, parameter, draw: no row in ops.def
inline constexpr std::size_t kOps = 0
#define OP(name, arity, smoothness) +1
#include "graph/ops.def"
#undef OP
    ;

// Number of arguments; 0 for leaves.
constexpr int arity(Op op) {
  switch (op) {
    case Op::constant:
    case Op::parameter:
    case Op::draw:
      return 0;
#define OP(name, arity, smoothness) \
  case Op::name:                    \
    return arity;
#include "graph/ops.def"
#undef OP
  }
  return 0;
}

}  // namespace capstake

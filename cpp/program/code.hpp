// What an instruction computes: an operation of the Graph, or a super-instruction (supers.def).
// Includes next to nothing, as kernels include it (see math/arithmetic.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "graph/op.hpp"

namespace capstake {

enum class Super : std::uint8_t {
#define SUPER(name, inner, outer) name,
#include "program/supers.def"
#undef SUPER
};

struct SuperRow {
  Super super;
  Op inner, outer;
};

inline constexpr SuperRow kSuperRows[] = {
#define SUPER(name, inner, outer) {Super::name, Op::inner, Op::outer},
#include "program/supers.def"
#undef SUPER
};

inline constexpr std::size_t kSupers = sizeof(kSuperRows) / sizeof(SuperRow);

constexpr const SuperRow& row(Super super) { return kSuperRows[static_cast<std::size_t>(super)]; }

constexpr int arity(Super super) { return arity(row(super).inner) + arity(row(super).outer) - 1; }

// Whether op(a, b) is op(b, a) to the last bit. Not min and max: zeros of either sign, and NaN.
constexpr bool is_commutative(Op op) { return op == Op::add || op == Op::mul; }

class Code {
 public:
  constexpr Code(Op op) : value_(static_cast<std::uint8_t>(op)) {}
  constexpr Code(Super super)
      : value_(static_cast<std::uint8_t>(kFirstSuper + static_cast<std::size_t>(super))) {}

  constexpr bool is_super() const { return value_ >= kFirstSuper; }
  constexpr Op op() const { return static_cast<Op>(value_); }
  constexpr Super super() const { return static_cast<Super>(value_ - kFirstSuper); }
  // Among the kernels: rows of ops.def, then of supers.def.
  constexpr std::size_t kernel_row() const { return value_ - kLeafOps; }

  friend constexpr bool operator==(Code, Code) = default;

 private:
  static constexpr std::size_t kFirstSuper = kLeafOps + kOps;
  std::uint8_t value_;
};

constexpr int arity(Code code) { return code.is_super() ? arity(code.super()) : arity(code.op()); }

}  // namespace capstake

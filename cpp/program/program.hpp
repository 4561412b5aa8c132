// The Program: a Graph compiled for a block of paths. Straight-line instructions over slots; a slot
// holds one value a path of the block. What does not depend on a draw is computed once, when the
// Program is compiled, and enters the instructions as a scalar. Immutable; threads share it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "program/code.hpp"

namespace capstake {

// An operand is a slot (a value a path) or, if its bit in scalar_mask is set, a scalar.
struct Instruction {
  Code op = Op::constant;
  std::uint8_t scalar_mask = 0;
  std::uint16_t to = 0;        // slot written
  std::uint16_t args[3] = {};  // slots or scalars; for Op::draw, args[0] indexes Program::draws
  std::uint16_t reserved[3] = {};
};
static_assert(sizeof(Instruction) == 16);

struct ProgramOutput {
  std::string name;
  std::uint16_t index = 0;  // slot, or scalar if it does not depend on a draw
  bool is_scalar = false;
};

struct Program {
  std::vector<Instruction> instructions;
  std::vector<double> scalars;
  std::vector<Draw> draws;
  std::vector<ProgramOutput> outputs;  // in the order of Graph::outputs()
  std::uint16_t n_slots = 0;
};

std::string text(const Program& program);

}  // namespace capstake

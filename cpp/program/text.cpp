// A program's instructions as text, one a line.
#include "graph/text.hpp"

#include <sstream>

#include "program/program.hpp"

namespace capstake {

namespace {

std::string_view name(Code code) {
  constexpr std::string_view kNames[] = {
#define SUPER(name, inner, outer) #name,
#include "program/supers.def"
#undef SUPER
  };
  return code.is_super() ? kNames[static_cast<std::size_t>(code.super())] : name(code.op());
}

std::string operand_text(const Program& program, const Instruction& instruction, int k) {
  const std::uint16_t argument = instruction.args[k];
  return (instruction.scalar_mask >> k & 1) != 0 ? number_text(program.scalars[argument])
                                                 : "s" + std::to_string(argument);
}

}  // namespace

std::string text(const Program& program) {
  std::ostringstream out;
  out << program.n_slots << " slots\n";
  for (const Instruction& instruction : program.instructions) {
    out << "s" << instruction.to << " = " << name(instruction.op);
    if (instruction.op == Op::draw) {
      out << " " << draw_text(program.draws[instruction.args[0]]);
    }
    for (int k = 0; k < arity(instruction.op); ++k) {
      out << " " << operand_text(program, instruction, k);
    }
    out << '\n';
  }
  for (const ProgramOutput& output : program.outputs) {
    out << "output " << output.name << " = "
        << (output.is_scalar ? number_text(program.scalars[output.index])
                             : "s" + std::to_string(output.index))
        << '\n';
  }
  return out.str();
}

}  // namespace capstake

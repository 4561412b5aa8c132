#include "program/run.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "random/draws.hpp"

namespace capstake {
namespace {

std::size_t n_blocks(const Program& program) {
  const auto n_scalar_outputs = std::ranges::count_if(program.outputs, &ProgramOutput::is_scalar);
  return program.n_slots + static_cast<std::size_t>(n_scalar_outputs);
}

}  // namespace

Workspace::Workspace(const Program& program) : slots_(n_blocks(program) * kBlock) {
#ifndef NDEBUG
  std::ranges::fill(slots_, std::numeric_limits<double>::quiet_NaN());
#endif
  for (const Instruction& instruction : program.instructions) {
    calls_.push_back(call(program, instruction));
  }
  double* next_constant = slots_.data() + program.n_slots * kBlock;
  for (const ProgramOutput& output : program.outputs) {
    if (output.is_scalar) {
      std::fill_n(next_constant, kBlock, program.scalars[output.index]);
      outputs_.push_back(next_constant);
      next_constant += kBlock;
    } else {
      outputs_.push_back(slot(output.index));
    }
  }
}

Workspace::Call Workspace::call(const Program& program, const Instruction& instruction) {
  if (instruction.op == Op::draw) {
    return draw_call(program.draws[instruction.args[0]], instruction.to);
  }
  Call call{.kernel = kernels().at(instruction.op, instruction.scalar_mask),
            .to = slot(instruction.to)};
  for (int k = 0; k < arity(instruction.op); ++k) {
    const bool is_scalar = (instruction.scalar_mask >> k & 1) != 0;
    call.args[k] = is_scalar ? &program.scalars[instruction.args[k]] : slot(instruction.args[k]);
  }
  return call;
}

Workspace::Call Workspace::draw_call(const Draw& draw, std::uint16_t to) {
  const KernelTable& table = kernels();
  return {.fill = draw.law == Law::normal ? table.fill_normal : table.fill_uniform,
          .key = draw_key(0, draw.name, draw.step),
          .to = slot(to)};
}

void run_block([[maybe_unused]] const Program& program, std::uint64_t seed, std::uint64_t block,
               Workspace& workspace, std::span<const double*> results) {
  assert(workspace.calls_.size() == program.instructions.size());
  assert(results.size() == program.outputs.size());
  for (const Workspace::Call& call : workspace.calls_) {
    if (call.kernel != nullptr) {
      call.kernel(call.to, call.args[0], call.args[1], call.args[2]);
    } else {
      call.fill(call.to, {seed, call.key.name, call.key.step}, block);
    }
  }
  std::ranges::copy(workspace.outputs_, results.begin());
}

}  // namespace capstake

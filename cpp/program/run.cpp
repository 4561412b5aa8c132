#include "program/run.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>

#include "random/draws.hpp"

namespace capstake {
namespace {

std::size_t n_scalar_outputs(const Program& program) {
  return static_cast<std::size_t>(
      std::ranges::count_if(program.outputs, &ProgramOutput::is_scalar));
}

bool is_transformed(const Factor& factor) {
  return factor.transform.construction != Construction::identity;
}

std::size_t n_rows(const Design& design) {
  std::size_t n = 0;
  for (const Factor& factor : design.factors) {
    n += is_transformed(factor) ? factor.draws.size() : 0;
  }
  return n;
}

std::size_t memory_size(const Program& program, const Design& design) {
  return (program.n_slots + n_scalar_outputs(program)) * kBlock + n_rows(design) * kRowStride;
}

}  // namespace

// Makes the calls of a workspace. A factor is made as a whole, in rows of its own, where its first
// draw stands in the program; its draws are then read from there, not copied to their slots.
class Workspace::Builder {
 public:
  Builder(Workspace& workspace, const Program& program, const Design& design)
      : workspace_(workspace),
        program_(program),
        design_(design),
        factor_of_(program.draws.size()),
        row_of_(program.draws.size(), nullptr) {
    for (std::size_t i = 0; i < program.n_slots; ++i) {
      where_.push_back(workspace_.slot(i));
    }
    for (const Factor& factor : design.factors) {
      for (const std::uint16_t draw : factor.draws) {
        factor_of_[draw] = &factor;
      }
    }
    next_ = workspace_.slot(program.n_slots);
  }

  void build() {
    for (const Instruction& instruction : program_.instructions) {
      if (instruction.op == Op::draw) {
        add_draw(instruction.args[0], instruction.to);
      } else {
        add_operation(instruction);
      }
    }
    // Rows that follow are aligned like these blocks.
    for (const ProgramOutput& output : program_.outputs) {
      workspace_.outputs_.push_back(output.is_scalar ? block_of(program_.scalars[output.index])
                                                     : where_[output.index]);
    }
  }

 private:
  const double* block_of(double value) {
    double* block = next_;
    std::fill_n(block, kBlock, value);
    next_ += kBlock;
    return block;
  }

  void add_operation(const Instruction& instruction) {
    Call call{.kernel = kernels().at(instruction.op, instruction.scalar_mask),
              .to = workspace_.slot(instruction.to)};
    for (int k = 0; k < arity(instruction.op); ++k) {
      const std::uint16_t argument = instruction.args[k];
      const bool is_scalar = (instruction.scalar_mask >> k & 1) != 0;
      call.args[k] = is_scalar ? &program_.scalars[argument] : where_[argument];
    }
    workspace_.calls_.push_back(call);
    where_[instruction.to] = call.to;
  }

  void add_draw(std::size_t draw, std::uint16_t to) {
    const Factor& factor = *factor_of_[draw];
    if (!is_transformed(factor)) {
      const auto level = std::ranges::find(factor.draws, draw) - factor.draws.begin();
      add_fill(factor, static_cast<std::size_t>(level), workspace_.slot(to));
      where_[to] = workspace_.slot(to);
      return;
    }
    if (row_of_[draw] == nullptr) {
      add_factor(factor);
    }
    where_[to] = row_of_[draw];
  }

  void add_fill(const Factor& factor, std::size_t level, double* to) {
    const KernelTable& table = kernels();
    const Draw& draw = design_.draws[factor.draws[level]];
    const std::size_t law = law_index(draw.law);
    if (factor.dimensions[level] != kPadded) {
      workspace_.calls_.push_back({.kind = Call::Kind::sobol,
                                   .to = to,
                                   .sobol = table.sobol[law],
                                   .dimension = factor.dimensions[level]});
    } else {
      const std::size_t generator = design_.sampler == Sampler::philox4x32 ? 1 : 0;
      workspace_.calls_.push_back({.kind = Call::Kind::stream,
                                   .to = to,
                                   .fill = table.philox[generator][law],
                                   .key = draw_key(0, draw.name, draw.step),
                                   .draw = factor.draws[level]});
    }
  }

  void add_factor(const Factor& factor) {
    const Transform& transform = factor.transform;
    double* rows = rows_;
    rows_ += factor.draws.size() * kRowStride;
    for (std::size_t level = 0; level < factor.draws.size(); ++level) {
      add_fill(factor, level, rows + transform.row_of_coordinate[level] * kRowStride);
      row_of_[factor.draws[level]] = rows + level * kRowStride;
    }
    workspace_.calls_.push_back({.kind = transform.construction == Construction::bridge
                                             ? Call::Kind::bridge
                                             : Call::Kind::rotate,
                                 .to = rows,
                                 .transform = &transform});
  }

  Workspace& workspace_;
  const Program& program_;
  const Design& design_;
  std::vector<const Factor*> factor_of_;  // by draw
  std::vector<const double*> row_of_;     // by draw, of factors that are made
  std::vector<const double*> where_;      // by slot: where its value is
  double* next_ = nullptr;                // block for a scalar output
  double* rows_ = workspace_.slot(program_.n_slots + n_scalar_outputs(program_));
};

Workspace::Workspace(const Program& program, const Design& design)
    : design_(design), memory_(memory_size(program, design)) {
  assert(design.draws.size() == program.draws.size());
#ifndef NDEBUG
  std::ranges::fill(memory_, std::numeric_limits<double>::quiet_NaN());
#endif
  Builder(*this, program, design).build();
}

// Makes the point set of the block's replicate, unless it is there. Few bits of index mean few
// columns of the scrambling matrices to make.
void Workspace::randomise(const BlockId& id) {
  constexpr unsigned kLeastBits = kBlockBits + 7;
  const unsigned bits =
      std::max(kLeastBits, kBlockBits + static_cast<unsigned>(std::bit_width(id.block)));
  if (coordinates_.size() == design_.directions.size() && seed_ == id.seed &&
      replicate_ == id.replicate && bits <= index_bits_) {
    return;
  }
  assert(bits <= kSobolBits);
  coordinates_.clear();
  for (std::uint32_t dimension = 0; dimension < design_.directions.size(); ++dimension) {
    const Scramble random = scramble(id.seed, id.replicate, dimension, bits);
    coordinates_.push_back(sobol_coordinate(design_.directions[dimension], random, bits));
  }
  seed_ = id.seed;
  replicate_ = id.replicate;
  index_bits_ = bits;
}

void Workspace::run(const Call& call, const BlockId& id) noexcept {
  switch (call.kind) {
    case Call::Kind::operation:
      call.kernel(call.to, call.args[0], call.args[1], call.args[2]);
      return;
    case Call::Kind::stream:
      call.fill(call.to, in_replicate(call.key, id.seed, id.replicate), id.block);
      return;
    case Call::Kind::sobol: {
      const SobolCoordinate& coordinate = coordinates_[call.dimension];
      constexpr unsigned kToTop = 64 - kSobolBits;
      SobolBlock points{.first = coordinate.at(id.block << kBlockBits) << kToTop};
      for (unsigned b = 0; b < kBlockBits; ++b) {
        points.steps[b] = coordinate.steps[b] << kToTop;
      }
      call.sobol(call.to, points);
      return;
    }
    case Call::Kind::bridge:
      kernels().bridge(call.to, call.transform->splits.data(), call.transform->splits.size());
      return;
    case Call::Kind::rotate:
      kernels().rotate(call.to, call.transform->matrix.data(), call.transform->n_steps);
      return;
  }
}

void Workspace::run_calls(const BlockId& id, std::span<const double* const> given) noexcept {
  for (const Call& call : calls_) {
    if (call.kind == Call::Kind::operation) [[likely]] {
      call.kernel(call.to, call.args[0], call.args[1], call.args[2]);
    } else if (!given.empty()) {
      std::copy_n(given[call.draw], kBlock, call.to);
    } else {
      run(call, id);
    }
  }
}

void run_block(const BlockId& id, Workspace& workspace, std::span<const double*> results) {
  assert(results.size() == workspace.outputs_.size());
  if (!workspace.design_.directions.empty()) {
    workspace.randomise(id);
  }
  workspace.run_calls(id, {});
  std::ranges::copy(workspace.outputs_, results.begin());
}

void run_block_on(std::span<const double* const> draws, Workspace& workspace,
                  std::span<const double*> results) {
  assert(results.size() == workspace.outputs_.size());
  assert(draws.size() == workspace.design_.draws.size() && workspace.design_.directions.empty());
  workspace.run_calls({}, draws);
  std::ranges::copy(workspace.outputs_, results.begin());
}

}  // namespace capstake

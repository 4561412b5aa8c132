// The compiler: passes on small graphs, and Program == interpreter bit for bit on random ones.
#include <algorithm>
#include <array>
#include <set>

#include "close.hpp"
#include "graph/expr.hpp"
#include "graph/interpret.hpp"
#include "graph/text.hpp"
#include "isas.hpp"
#include "program/compile.hpp"
#include "program/interpret_path.hpp"
#include "program/run.hpp"
#include "random_graph.hpp"

namespace capstake::testing {
namespace {

Expr normal(Graph& graph, std::string_view name, std::uint32_t step = 0) {
  return {graph, graph.draw(name, step)};
}

// A sum of terms over steps that holds one running value, for n steps.
Graph running_sum(std::uint32_t n) {
  Graph graph;
  Expr sum(graph, graph.constant(0.0));
  for (std::uint32_t step = 0; step < n; ++step) {
    sum = sum + exp(normal(graph, "x", step));
  }
  graph.output("sum", sum.id());
  return graph;
}

TEST(Compile, Text) {
  Graph graph;
  const Expr rate(graph, graph.parameter("rate", 0.25));
  const Expr x = normal(graph, "x", 2);
  const Expr scale = rate * 2.0;
  const Expr unused = exp(x);
  graph.output("share", min(x * scale, 3.0).id());
  graph.output("scale", scale.id());
  EXPECT_GT(static_cast<int>(unused.id()), 0);
  EXPECT_EQ(text(compile(graph)),
            "1 slots\n"
            "s0 = draw x[2] normal\n"
            "s0 = mul s0 0.5\n"
            "s0 = min s0 3\n"
            "output share = s0\n"
            "output scale = 0.5\n");
}

TEST(Compile, SlotsAreReused) {
  const Program program = compile(running_sum(1000));
  EXPECT_EQ(program.n_slots, 3);  // the sum, and two terms that are added at once
  EXPECT_EQ(program.draws.size(), 1000u);
}

// In the order of making, draws made first would all be held; depth first, one at a time.
TEST(Compile, DrawsAreMadeWhenTheyAreNeeded) {
  Graph graph;
  std::vector<Expr> draws;
  for (std::uint32_t step = 0; step < 100; ++step) {
    draws.push_back(normal(graph, "x", step));
  }
  Expr sum = draws[0];
  for (std::size_t step = 1; step < draws.size(); ++step) {
    sum = sum + draws[step];
  }
  graph.output("sum", sum.id());
  EXPECT_LE(compile(graph).n_slots, 3);  // two terms are added at once
}

TEST(Compile, DepthDoesNotOverflowTheStack) {
  Graph graph;
  Expr x = normal(graph, "x");
  for (int i = 0; i < 300'000; ++i) {
    x = abs(-x);
  }
  graph.output("x", x.id());
  EXPECT_EQ(compile(graph).n_slots, 1);
}

TEST(Compile, OutputsKeepTheirSlots) {
  Graph graph;
  const Expr x = normal(graph, "x");
  Expr y = x;
  graph.output("x", x.id());
  for (int i = 0; i < 5; ++i) {
    y = exp(y) * 0.1;
    graph.output("y" + std::to_string(i), y.id());
  }
  std::set<std::uint16_t> slots;
  for (const ProgramOutput& output : compile(graph).outputs) {
    EXPECT_TRUE(slots.insert(output.index).second) << output.name;
  }
}

template <class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST(Compile, Limits) {
  Graph graph;
  EXPECT_EQ(message_of([&] { compile(graph); }), "compile: must have an output");
  Expr sum = normal(graph, "x");
  for (std::uint32_t step = 1; step < 65'536; ++step) {
    sum = sum + normal(graph, "x", step);
  }
  graph.output("sum", sum.id());
  EXPECT_EQ(message_of([&] { compile(graph); }), "compile: must need fewer than 65,535 draws");
}

// As many scalars as there are places for, and the first of them once more.
TEST(Compile, KnownScalarsNeedNoPlace) {
  Graph graph;
  const Expr x = normal(graph, "x");
  Expr sum = x * 0.5;
  for (int i = 1; i < 65'535; ++i) {
    sum = sum + x * (0.5 + i);
  }
  graph.output("sum", (sum + x * x * 0.5).id());
  EXPECT_EQ(message_of([&] { compile(graph); }), "nothing thrown");
  graph.output("one more", (sum + x * 0.25).id());
  EXPECT_EQ(message_of([&] { compile(graph); }), "compile: must need fewer than 65,535 scalars");
}

// Runs one block of the program of a graph and compares it with the interpreter on some paths.
void check_block(const Graph& graph, const Program& program, Workspace& workspace,
                 std::uint64_t seed, std::uint64_t block) {
  std::vector<const double*> results(program.outputs.size());
  run_block({.seed = seed, .block = block}, workspace, results);
  for (std::size_t i = 0; i < kBlock; i += 37) {
    const std::vector<double> expected = interpret_path(graph, seed, block * kBlock + i);
    for (std::size_t k = 0; k < results.size(); ++k) {
      const double value = expected[static_cast<std::size_t>(graph.outputs()[k].node)];
      ASSERT_TRUE(same_bits(results[k][i], value))
          << program.outputs[k].name << " on path " << block * kBlock + i << ": " << results[k][i]
          << ", not " << value << "\n"
          << text(graph) << text(program);
    }
  }
}

TEST(RandomGraphs, ProgramIsTheInterpreterBitForBit) {
  on_every_isa([] {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      SCOPED_TRACE("graph seed " + std::to_string(seed));
      const RandomGraph random(seed);
      const Program program = compile(random.graph());
      const Design design = stream_design(program);
      Workspace workspace(program, design);
      check_block(random.graph(), program, workspace, seed, 0);
      // Whatever a block leaves behind, or anything else, is not seen by the next.
      for (std::uint16_t slot = 0; slot < program.n_slots; ++slot) {
        std::fill_n(workspace.slot(slot), kBlock, std::numeric_limits<double>::quiet_NaN());
      }
      check_block(random.graph(), program, workspace, seed, 1'000'003);
      if (HasFatalFailure()) {
        return;
      }
    }
  });
}

// The random graphs do what they are for: a good part of what they compute is finite and varies.
TEST(RandomGraphs, AreNotMostlyNaN) {
  std::size_t n_finite = 0;
  std::size_t n_varying = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const RandomGraph random(seed);
    const Program program = compile(random.graph());
    const Design design = stream_design(program);
    Workspace workspace(program, design);
    std::vector<const double*> results(program.outputs.size());
    run_block({.seed = 1, .block = 0}, workspace, results);
    for (const double* values : results) {
      n_finite += std::isfinite(values[0]) ? 1 : 0;
      n_varying += std::isfinite(values[0]) && !same_bits(values[0], values[1]) ? 1 : 0;
    }
  }
  EXPECT_GT(n_finite, 300u);
  EXPECT_GT(n_varying, 150u);
}

// ... and every super-instruction occurs in them, with each pattern of scalars.
TEST(RandomGraphs, HaveEveryFusedPair) {
  std::array<std::array<std::size_t, 8>, kSupers> count{};
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    for (const Instruction& instruction : compile(RandomGraph(seed).graph()).instructions) {
      if (instruction.op.is_super()) {
        ++count[static_cast<std::size_t>(instruction.op.super())][instruction.scalar_mask];
      }
    }
  }
  for (const SuperRow& each : kSuperRows) {
    for (std::uint8_t mask = 0; mask < 8; ++mask) {
      const std::size_t n = count[static_cast<std::size_t>(each.super)][mask];
      const bool has_kernel = kernels().at(each.super, mask) != nullptr;
      EXPECT_EQ(n > 0, has_kernel)
          << name(each.inner) << ", " << name(each.outer) << ", mask " << static_cast<int>(mask);
    }
  }
}

TEST(Compile, PairsAreFused) {
  Graph graph;
  const Expr x = normal(graph, "x");
  const Expr y = normal(graph, "y");
  const Expr twice_used = x * y;
  graph.output("scaled", (3.0 + 0.5 * x).id());
  graph.output("grown", (2.0 * exp(y)).id());
  graph.output("kept", (twice_used + 1.0).id());
  graph.output("product", twice_used.id());
  graph.output("difference", (x - twice_used).id());
  EXPECT_EQ(text(compile(graph)),
            "5 slots\n"
            "s0 = draw x[0] normal\n"
            "s1 = mul_add s0 0.5 3\n"
            "s2 = draw y[0] normal\n"
            "s3 = exp_mul s2 2\n"
            "s2 = mul s0 s2\n"
            "s4 = add s2 1\n"
            "s0 = sub s0 s2\n"
            "output scaled = s1\n"
            "output grown = s3\n"
            "output kept = s4\n"
            "output product = s2\n"
            "output difference = s0\n");
}

TEST(RandomGraphs, NoSlotIsReadBeforeItIsWritten) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Program program = compile(RandomGraph(seed).graph());
    std::vector<int> written_by(program.n_slots, -1);
    for (std::size_t at = 0; at < program.instructions.size(); ++at) {
      const Instruction& instruction = program.instructions[at];
      for (int k = 0; k < arity(instruction.op); ++k) {
        if ((instruction.scalar_mask >> k & 1) == 0) {
          EXPECT_GE(written_by[instruction.args[k]], 0) << "read before written, seed " << seed;
        }
      }
      written_by[instruction.to] = static_cast<int>(at);
    }
  }
}

TEST(RunBlock, AnyOrderOfBlocksGivesTheSameBits) {
  const RandomGraph random(11);
  const Program program = compile(random.graph());
  const Design design = stream_design(program);
  Workspace one(program, design);
  Workspace other(program, design);
  std::vector<const double*> results(program.outputs.size());
  std::vector<std::vector<double>> forward(8);
  for (std::size_t block = 0; block < 8; ++block) {
    run_block({.seed = 3, .block = block}, one, results);
    forward[block].assign(results.back(), results.back() + kBlock);
  }
  for (const std::size_t block : {5u, 0u, 7u, 7u, 2u, 1u, 6u, 3u, 4u}) {
    run_block({.seed = 3, .block = block}, other, results);
    EXPECT_TRUE(
        std::equal(forward[block].begin(), forward[block].end(), results.back(), same_bits));
  }
}

TEST(RunBlock, SeedsGiveOtherDraws) {
  const Program program = compile(running_sum(1));
  const Design design = stream_design(program);
  Workspace workspace(program, design);
  std::array<const double*, 1> results{};
  run_block({.seed = 1, .block = 0}, workspace, results);
  const double first = results[0][0];
  run_block({.seed = 2, .block = 0}, workspace, results);
  EXPECT_FALSE(same_bits(first, results[0][0]));
}

}  // namespace
}  // namespace capstake::testing

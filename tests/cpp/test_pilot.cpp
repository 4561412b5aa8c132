// The pilot: which construction, which coordinates first, which controls.
#include <map>
#include <string>

#include "close.hpp"
#include "graph/expr.hpp"
#include "program/compile.hpp"
#include "simulate/choose_design.hpp"

namespace capstake::testing {
namespace {

// Revenue over 20 periods: the sum of all likes principal components, a jump at the end likes the
// bridge, whose first coordinate decides it alone.
struct Revenue {
  Expr sum;
  Expr digital;
};
Revenue revenue(Graph& graph, const char* name = "revenue") {
  Expr log_revenue(graph, graph.constant(0.0));
  Expr sum = log_revenue;
  for (std::uint32_t step = 0; step < 20; ++step) {
    log_revenue = log_revenue + Expr(graph, graph.draw(name, step)) * 0.15;
    sum = min(sum + exp(log_revenue), log_revenue.constant(22.0));
  }
  return {sum, less(log_revenue, log_revenue.constant(0.3))};
}

Program revenue_program(bool is_digital) {
  Graph graph;
  const Revenue of = revenue(graph);
  graph.output("x", (is_digital ? of.digital : of.sum).id());
  return compile(graph);
}

TEST(Pilot, ChoosesByThePayoff) {
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    const PilotSpec spec{.seed = seed, .outputs = {}, .controls = {}};
    const Design sum = choose_design(revenue_program(false), spec);
    EXPECT_EQ(sum.factors[0].transform.construction, Construction::principal);
    const Design digital = choose_design(revenue_program(true), spec);
    EXPECT_EQ(digital.factors[0].transform.construction, Construction::bridge);
    EXPECT_EQ(digital.factors[0].dimensions[0], 0u);
  }
}

// Of a payoff that is mostly a jump, a control that is the jump leaves the sum.
TEST(Pilot, CountsWhatControlsLeave) {
  Graph graph;
  const Expr digital = revenue(graph, "other").digital;
  graph.output("x", (revenue(graph).sum + 100.0 * digital).id());
  graph.output("control", digital.id());
  const Program program = compile(graph);
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    PilotSpec spec{.seed = seed, .outputs = {0}, .controls = {}};
    EXPECT_EQ(choose_design(program, spec).factors[0].transform.construction, Construction::bridge);
    spec.controls = {1};
    EXPECT_EQ(choose_design(program, spec).factors[0].transform.construction,
              Construction::principal);
  }
}

TEST(Pilot, UsesNoControlWhoseMeanNoPathShows) {
  Graph graph;
  const Expr sum = revenue(graph).sum;
  graph.output("x", min(sum, 100.0).id());
  graph.output("control", sum.id());
  const Program program = compile(graph);
  PilotSpec spec{.outputs = {0}, .controls = {1}, .controlled = {0}};
  EXPECT_FALSE(run_pilot(program, spec).in_use[0].empty());
  spec.control_means = {1e9};
  EXPECT_TRUE(run_pilot(program, spec).in_use[0].empty());
}

// Of a program whose outputs are all known, nothing is to be ordered.
TEST(Pilot, TakesOutputsThatAreTheSameOnAllPaths) {
  Graph graph;
  graph.output("x", graph.constant(2.0));
  graph.output("control", revenue(graph).sum.id());
  const PilotSpec spec{.outputs = {0}, .controls = {1}, .controlled = {0}};
  EXPECT_EQ(run_pilot(compile(graph), spec).in_use.size(), 1u);
}

// Squares and jumps have no slope on average, or nearly none.
TEST(Pilot, OrdersByWhatDrawsMove) {
  Graph graph;
  const Expr still(graph, graph.draw("still", 0));
  const Expr weak(graph, graph.draw("weak", 0));
  const Expr slope(graph, graph.draw("slope", 0));
  const Expr even(graph, graph.draw("even", 0));
  const Expr jump(graph, graph.draw("jump", 0, Law::uniform));
  const Expr sum = 4.0 * even * even + 10.0 * less(jump, jump.constant(0.1)) + 3.0 * slope +
                   0.1 * weak + max(still - 9.0, 0.0);
  graph.output("x", sum.id());
  const Program program = compile(graph);
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    const Design design = choose_design(program, {.seed = seed, .outputs = {}, .controls = {}});
    std::map<std::uint32_t, std::string> order;
    for (const Factor& factor : design.factors) {
      order[factor.dimensions[0]] = design.draws[factor.draws[0]].name;
    }
    const std::map<std::uint32_t, std::string> expected = {
        {0, "even"}, {1, "jump"}, {2, "slope"}, {3, "weak"}, {4, "still"}};
    EXPECT_EQ(order, expected);
  }
}

}  // namespace
}  // namespace capstake::testing

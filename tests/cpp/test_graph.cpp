// Graph: one node for one meaning, exact folding only, errors that name what is wrong.
#include <array>

#include "close.hpp"
#include "graph/expr.hpp"
#include "graph/interpret.hpp"
#include "graph/text.hpp"
#include "program/interpret_path.hpp"
#include "random/draws.hpp"

namespace capstake::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class GraphTest : public ::testing::Test {
 protected:
  Expr constant(double value) { return {graph_, graph_.constant(value)}; }
  Expr normal(std::string_view name, std::uint32_t step = 0) {
    return {graph_, graph_.draw(name, step)};
  }
  Expr parameter(std::string_view name, double value) {
    return {graph_, graph_.parameter(name, value)};
  }
  double value_of(NodeId id) { return interpret_path(graph_, 1, 0)[static_cast<std::size_t>(id)]; }
  bool is_constant(Expr x, double value) {
    const Node& node = graph_.node(x.id());
    return node.op == Op::constant && same_bits(graph_.constants()[node.leaf], value);
  }

  Graph graph_;
};

// The message of what is thrown.
template <class Error = std::invalid_argument, class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST_F(GraphTest, OneNodeForOneMeaning) {
  const Expr x = normal("x");
  const Expr y = normal("y");
  EXPECT_EQ(normal("x").id(), x.id());
  EXPECT_NE(normal("x", 1).id(), x.id());
  EXPECT_EQ((x * y).id(), (x * y).id());
  EXPECT_EQ((x * y).id(), (y * x).id());
  EXPECT_EQ((x + y).id(), (y + x).id());
  EXPECT_NE((x - y).id(), (y - x).id());
  EXPECT_NE(min(x, y).id(), min(y, x).id());  // they differ for NaN and signed zeros
  EXPECT_EQ(constant(2.0).id(), constant(2.0).id());
  EXPECT_NE(constant(0.0).id(), constant(-0.0).id());
  EXPECT_EQ(parameter("cap", 3.0).id(), parameter("cap", 3.0).id());
  EXPECT_NE(parameter("floor", 3.0).id(), parameter("cap", 3.0).id());
}

TEST_F(GraphTest, ConstantsFoldAsTheInterpreterComputes) {
  EXPECT_TRUE(is_constant(constant(2.0) + 3.0, 5.0));
  EXPECT_TRUE(is_constant(constant(0.1) * 3.0, 0.1 * 3.0));
  EXPECT_TRUE(is_constant(exp(constant(0.7)), evaluate(Op::exp, 0.7)));
  EXPECT_TRUE(is_constant(log(constant(-1.0)), std::numeric_limits<double>::quiet_NaN()));
  EXPECT_TRUE(is_constant(fma(constant(0.1), constant(10.0), constant(-1.0)), 0x1p-54));
}

TEST_F(GraphTest, ParametersDoNotFold) {
  EXPECT_FALSE(is_constant(parameter("rate", 0.2) * 2.0, 0.4));
}

TEST_F(GraphTest, ExactIdentitiesVanish) {
  const Expr x = normal("x");
  const Expr c = normal("c");
  for (const Expr same : {x * 1.0, 1.0 * x, x / 1.0, x - 0.0, x + -0.0, -0.0 + x, min(x, x),
                          max(x, x), select(c, x, x), select(constant(2.0), x, c),
                          select(constant(0.0), c, x), select(constant(-0.0), c, x)}) {
    EXPECT_EQ(same.id(), x.id());
  }
}

TEST_F(GraphTest, InexactIdentitiesStay) {
  const Expr x = normal("x");
  for (const Expr other :
       {x + 0.0, x - -0.0, 0.0 - x, x * 0.0, x - x, x / x, x * -1.0, 1.0 / x, 1.0 - x, -(-x)}) {
    EXPECT_NE(other.id(), x.id());
    EXPECT_NE(graph_.node(other.id()).op, Op::constant);
  }
}

// The identities hold on every awkward value, bit for bit.
TEST(GraphIdentities, HoldForAllValues) {
  for (const double x : {0.0, -0.0, 1.0, -1.0, 0x1p-1074, -0x1p-1074, 1e308, kInfinity, -kInfinity,
                         std::numeric_limits<double>::quiet_NaN()}) {
    for (const double same :
         {evaluate(Op::mul, x, 1.0), evaluate(Op::mul, 1.0, x), evaluate(Op::div, x, 1.0),
          evaluate(Op::sub, x, 0.0), evaluate(Op::add, x, -0.0), evaluate(Op::add, -0.0, x),
          evaluate(Op::min, x, x), evaluate(Op::max, x, x)}) {
      EXPECT_TRUE(same_bits(same, x)) << x << " became " << same;
    }
  }
}

TEST_F(GraphTest, ArgumentsPrecedeTheirNode) {
  const Expr x = normal("x");
  const Expr y = exp(x * 2.0 + parameter("drift", 0.1));
  for (std::uint32_t i = 0; i <= static_cast<std::uint32_t>(y.id()); ++i) {
    for (const NodeId argument : graph_.args(NodeId{i})) {
      EXPECT_LT(static_cast<std::uint32_t>(argument), i);
    }
  }
}

TEST_F(GraphTest, ErrorsNameTheCulprit) {
  const Expr x = normal("x");
  parameter("cap", 3.0);
  graph_.output("value", x.id());
  EXPECT_EQ(message_of([&] { graph_.parameter("cap", 4.0); }),
            "cap: must be one number, here 3, got 4");
  EXPECT_EQ(message_of([&] { graph_.draw("x", 0, Law::uniform); }),
            "x: must be drawn from one law, here x[0] normal, got x[0] uniform");
  EXPECT_EQ(message_of([&] { graph_.output("value", x.id()); }),
            "value: must be the name of one output only");
  EXPECT_EQ(message_of([&] { graph_.output("other", NodeId{99}); }),
            "other: must be a node of this graph, got node 99");
  EXPECT_EQ(message_of([&] { graph_.apply(Op::add, std::array{x.id()}); }),
            "add: must be an operation with 2 arguments, got 1");
  EXPECT_EQ(message_of([&] { graph_.apply(Op::neg, std::array{NodeId{99}}); }),
            "neg: must have arguments of this graph, got node 99");
  EXPECT_EQ(message_of([&] { graph_.apply(Op::draw, std::span<const NodeId>{}); }),
            "draw: must be an operation with 0 arguments, got 0");
  EXPECT_EQ(message_of([&] { interpret(graph_, std::span<const double>{}); }),
            "interpret: needs one value for each draw, got 0 for 1");
}

TEST_F(GraphTest, InterpreterComputesEveryNode) {
  const Expr share = parameter("rate", 0.2) * constant(50.0);
  const Expr paid = min(share, constant(8.0)) + normal("z");
  const std::array draws{0.25};
  const std::vector<double> values = interpret(graph_, draws);
  EXPECT_TRUE(same_bits(values[static_cast<std::size_t>(share.id())], 10.0));
  EXPECT_TRUE(same_bits(values[static_cast<std::size_t>(paid.id())], 8.25));
}

TEST_F(GraphTest, InterpreterDrawsByName) {
  const Expr z = normal("openai_revenue.shock", 7);
  const Expr u{graph_, graph_.draw("exit", 0, Law::uniform)};
  const std::vector<double> values = interpret_path(graph_, 5, 1234);
  EXPECT_TRUE(same_bits(values[static_cast<std::size_t>(z.id())],
                        normal_draw(draw_key(5, "openai_revenue.shock", 7), 1234)));
  EXPECT_TRUE(same_bits(values[static_cast<std::size_t>(u.id())],
                        uniform_draw(draw_key(5, "exit", 0), 1234)));
}

TEST_F(GraphTest, Text) {
  const Expr rate =
      parameter("microsoft_share.rate", 0.2);  // C++ leaves the order of operands open
  const Expr share = rate * exp(normal("openai_revenue.shock", 3));
  const Expr exit{graph_, graph_.draw("exit", 0, Law::uniform)};
  graph_.output("royalty", min(share, constant(1.5)).id());
  graph_.output("exit", exit.id());
  EXPECT_EQ(text(graph_),
            "n0 = parameter microsoft_share.rate = 0.2\n"
            "n1 = draw openai_revenue.shock[3] normal\n"
            "n2 = exp n1\n"
            "n3 = mul n0 n2\n"
            "n4 = draw exit[0] uniform\n"
            "n5 = constant 1.5\n"
            "n6 = min n3 n5\n"
            "output royalty = n6\n"
            "output exit = n4\n");
  EXPECT_EQ(number_text(-kInfinity), "-inf");
  EXPECT_EQ(number_text(0.1), "0.1");
}

TEST(OpTable, NamesAndSmoothness) {
  EXPECT_EQ(name(Op::normal_quantile), "normal_quantile");
  EXPECT_EQ(name(Op::draw), "draw");
  EXPECT_EQ(arity(Op::select), 3);
  EXPECT_EQ(arity(Op::parameter), 0);
  EXPECT_EQ(smoothness(Op::min), Smoothness::kink);
  EXPECT_EQ(smoothness(Op::less), Smoothness::jump);
  EXPECT_EQ(smoothness(Op::exp), Smoothness::smooth);
}

}  // namespace
}  // namespace capstake::testing

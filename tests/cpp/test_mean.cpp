// Exact means against closed forms, and linear controls of small graphs.
#include "close.hpp"
#include "graph/expr.hpp"
#include "graph/gradient.hpp"
#include "graph/interpret.hpp"
#include "graph/mean.hpp"
#include "graph/relax.hpp"

namespace capstake::testing {
namespace {

struct Fixture {
  Graph graph;

  Expr parameter(const char* name, double value) { return {graph, graph.parameter(name, value)}; }
  Expr constant(double value) { return {graph, graph.constant(value)}; }
  Expr normal(const char* name, std::uint32_t step = 0) {
    return {graph, graph.draw(name, step, Law::normal)};
  }
  Expr uniform(const char* name) { return {graph, graph.draw(name, 0, Law::uniform)}; }

  // The value of a node that depends on no draw.
  double value(NodeId node) {
    const std::vector<double> draws(graph.draws().size(), 0.5);
    return interpret(graph, draws)[static_cast<std::size_t>(node)];
  }
  double mean(Expr node) {
    const Mean found = Means(graph).of(node.id());
    EXPECT_TRUE(found.node) << found.reason;
    return found.node ? value(*found.node) : std::numeric_limits<double>::quiet_NaN();
  }
  std::string why_not(Expr node) {
    const Mean found = Means(graph).of(node.id());
    EXPECT_FALSE(found.node);
    return found.reason;
  }
};

// 1 until the event comes, as the alive part of a period from hazard `from` to `to`.
Expr alive(Expr threshold, double from, double to) {
  return min(max((threshold - from) / threshold.constant(to - from), 0.0), 1.0);
}

TEST(Mean, OfExponentialsOfAffineForms) {
  Fixture f;
  const Expr s = f.parameter("s", 0.3);
  const Expr z = f.normal("z", 0);
  const Expr w = f.normal("z", 1);
  const Expr a = fma(s, z, f.constant(0.1));
  const Expr b = a - 0.5 * w;
  EXPECT_TRUE(close(f.mean(exp(a)), std::exp(0.1 + 0.045), 1e-14));
  EXPECT_TRUE(close(f.mean(exp(a) * exp(b)), std::exp(0.2 + (0.36 + 0.25) / 2.0), 1e-14));
  EXPECT_TRUE(close(f.mean(exp(a) / exp(b)), std::exp(0.125), 1e-14));
  EXPECT_TRUE(close(f.mean(3.0 * a - b / 2.0), 0.25, 1e-14));
  // (e^a - 1)^2 = e^2a - 2 e^a + 1
  const Expr gain = exp(a) - 1.0;
  const double square = std::exp(0.2 + 0.18) - 2.0 * std::exp(0.145) + 1.0;
  EXPECT_TRUE(close(f.mean(gain * gain), square, 1e-13));
}

TEST(Mean, IsDifferentiable) {
  Fixture f;
  const Expr s = f.parameter("s", 0.3);
  const Expr x = exp(s * f.normal("z"));
  const NodeId mean = *Means(f.graph).of(x.id()).node;
  const NodeId by_s = gradient(f.graph, mean, std::array{s.id()}).front();
  EXPECT_TRUE(close(f.value(by_s), 0.3 * std::exp(0.045), 1e-14));
}

// A mean-reverting form x' = q x + b z over n steps has variance b^2 (1 - q^2n) / (1 - q^2).
TEST(Mean, CostsAFewNodesAPeriod) {
  for (const int n : {20, 120}) {
    Fixture f;
    const Expr q = f.parameter("q", 0.9);
    const Expr b = f.parameter("b", 0.2);
    Expr level = f.constant(0.0);
    Expr x = f.constant(0.0);
    Expr sum = f.constant(0.0);
    double expected = 0.0;
    for (int t = 1; t <= n; ++t) {
      const Expr z = f.normal("z", static_cast<std::uint32_t>(t));
      level = fma(b, z, level);
      x = fma(b, z, x * q);
      sum = sum + exp(level) * exp(x);
      const double level_variance = 0.04 * t;
      const double x_variance = 0.04 * (1.0 - std::pow(0.81, t)) / 0.19;
      const double both = 0.04 * (1.0 - std::pow(0.9, t)) / 0.1;
      expected += std::exp((level_variance + x_variance) / 2.0 + both);
    }
    const std::size_t before = f.graph.size();
    EXPECT_TRUE(close(f.mean(sum), expected, 1e-12));
    EXPECT_LT(f.graph.size() - before, static_cast<std::size_t>(30 * n));
  }
}

TEST(Mean, OfEvents) {
  Fixture f;
  const Expr threshold = -log(f.uniform("failure"));
  const Expr other = -log(f.uniform("exit"));
  const Expr x = exp(f.normal("z") * 0.2);
  const auto survives = [&](double hazard) { return less_equal(f.constant(hazard), threshold); };
  EXPECT_TRUE(close(f.mean(survives(0.3)), std::exp(-0.3), 1e-14));
  EXPECT_TRUE(close(f.mean(survives(0.3) * survives(0.5) * x), std::exp(-0.5 + 0.02), 1e-14));
  EXPECT_TRUE(close(f.mean((survives(0.3) - survives(0.5)) * less_equal(f.constant(0.1), other)),
                    (std::exp(-0.3) - std::exp(-0.5)) * std::exp(-0.1), 1e-13));
  const double part = (std::exp(-0.3) - std::exp(-0.5)) / 0.2;
  EXPECT_TRUE(close(f.mean(alive(threshold, 0.3, 0.5)), part, 1e-13));
  EXPECT_TRUE(
      close(f.mean(min(alive(threshold, 0.3, 0.5), 1.0) * x), part * std::exp(0.02), 1e-13));
  // In the same event's terms: alive after 0.5 means all of the period; before 0.3, nothing lost.
  EXPECT_TRUE(close(f.mean(alive(threshold, 0.3, 0.5) * survives(0.6)), std::exp(-0.6), 1e-13));
  EXPECT_TRUE(close(f.mean(alive(threshold, 0.3, 0.5) * survives(0.2)), part, 1e-13));
  EXPECT_TRUE(close(f.mean(alive(threshold, 0.3, 0.5) * alive(threshold, 0.1, 0.3)), part, 1e-13));
}

// Triangular on [0, 1/2] with mode 1/4: mean 1/4, and E h^2 = 1/16 + 1/96 (variance (b-a)^2 / 24).
TEST(Mean, OfAnUncertainNumberDrawnOnce) {
  Fixture f;
  const Expr u = f.uniform("haircut");
  const Expr mode = f.parameter("mode", 0.5);
  const Expr h = sqrt(min(u, mode) * 0.125) + 0.5 - sqrt((1.0 - max(u, mode)) * 0.125) - 0.25;
  EXPECT_TRUE(close(f.mean(h), 0.25, 1e-13));
  EXPECT_TRUE(close(f.mean(h * h), 0.0625 + 0.25 / 24.0, 1e-13));
  EXPECT_TRUE(close(f.mean((1.0 - h) * exp(f.normal("z"))), 0.75 * std::exp(0.5), 1e-13));
  // The normal distribution of a normal draw is uniform.
  const Expr y = normal_cdf(f.normal("y"));
  EXPECT_TRUE(close(f.mean(y * y), 1.0 / 3.0, 1e-12));
}

// E cdf(A) = cdf(m / sqrt(1 + v)) for A of mean m and variance v, and exp(X) moves m by Cov(A, X).
TEST(Mean, OfAFunctionOfOneAffineForm) {
  for (const Quadrature quadrature : {Quadrature::number, Quadrature::expression}) {
    Fixture f;
    const Expr z = f.normal("z", 0);
    const Expr w = f.normal("z", 1);
    const Expr a = fma(f.parameter("s", 0.6), z, 0.8 * w) + 0.3;
    const Expr x = 0.5 * w - 0.2 * f.normal("own");
    // Seen from both ends, as a level fitted to percentiles is, and the growth of a multiple.
    const Expr seen = normal_cdf(a) / normal_cdf(-a) * normal_cdf(-a);
    const auto mean = [&](Expr node) {
      return f.value(Means(f.graph, quadrature).of(node.id()).node.value());
    };
    const double root = std::sqrt(2.0);
    EXPECT_TRUE(close(mean(seen), evaluate(Op::normal_cdf, 0.3 / root), 1e-13));
    const double expected = std::exp(0.145) * evaluate(Op::normal_cdf, 0.7 / root);
    EXPECT_TRUE(close(mean(seen * exp(x)), expected, 1e-13));
    EXPECT_TRUE(close(mean(exp(x) * (seen - exp(x))), expected - std::exp(0.58), 1e-13));
  }
  Fixture f;
  const Expr product = normal_cdf(f.normal("z", 0) + f.normal("z", 1)) * normal_cdf(f.normal("z"));
  EXPECT_EQ(f.why_not(product), "a kink, a jump or a product of several draws is in the way");
}

TEST(Mean, IsNotInvented) {
  Fixture f;
  const Expr z = f.normal("z");
  const Expr w = f.normal("w");
  EXPECT_NE(f.why_not(min(exp(z), 1.0)), "");
  EXPECT_NE(f.why_not(less(z, w)), "");
  const Expr u = f.uniform("u");
  EXPECT_EQ(f.why_not(min(u, u * u + 0.1)), "a jump of an uncertain number is in the way");
  EXPECT_NE(f.why_not(exp(z) / (exp(z) + exp(w))), "");
  EXPECT_NE(f.why_not(exp(f.constant(800.0) + z)), "");
  EXPECT_NE(f.why_not(less(u, f.constant(0.3)) * min(exp(w), 1.0)), "");
  EXPECT_NE(f.why_not(exp(0.5 * exp(0.4 * z))), "");
}

TEST(LinearControls, DropTheCapAndTheFloor) {
  Fixture f;
  const Expr cap = f.parameter("cap", 2.0);
  const Expr x = exp(0.5 * f.normal("z", 0));
  const Expr y = exp(0.5 * f.normal("z", 1));
  const Expr paid = min(x, cap) + (min(x + y, cap) - min(x, cap));
  const Expr stake = max(5.0 * y - paid, 0.0);
  const std::array nodes = {paid.id(), stake.id()};
  const std::vector<LinearControl> controls = linear_controls(f.graph, nodes);
  ASSERT_EQ(controls.size(), 3u);
  const double one = std::exp(0.125);
  EXPECT_TRUE(close(f.value(controls[0].mean), 2.0 * one, 1e-14));  // x + y
  EXPECT_TRUE(close(f.value(controls[1].mean), 3.0 * one, 1e-14));  // 5 y - (x + y)
  EXPECT_TRUE(close(f.value(controls[2].mean), 5.0 * one, 1e-14));  // 5 y
}

TEST(LinearControls, KeepWhatHasNoKinkAndSkipWhatHasNoMean) {
  Fixture f;
  const Expr x = exp(f.normal("z"));
  const Expr ratio = x / (1.0 + x);
  const std::array nodes = {x.id(), ratio.id(), f.constant(3.0).id(), x.id()};
  const std::vector<LinearControl> controls = linear_controls(f.graph, nodes);
  // ratio depends on one draw, so quadrature knows it.
  ASSERT_EQ(controls.size(), 2u);
  EXPECT_EQ(controls[0].node, x.id());
  EXPECT_EQ(controls[1].node, ratio.id());
  EXPECT_TRUE(close(f.value(controls[1].mean), 0.5, 1e-13));
}

// Revenue of which a part saturates: the sum has no known mean, its first part and a third of its
// second do.
TEST(LinearControls, OfASumWithoutAMeanThePartThatHasOne) {
  Fixture f;
  const Expr rate = f.parameter("rate", 0.2);
  const Expr x = exp(0.5 * f.normal("z", 0));
  const Expr y = exp(0.5 * f.normal("z", 1));
  const Expr saturating = x * y / (1.0 + x * y);
  const Expr paid = rate * (x + (2.0 * y - saturating) / 3.0) - 1.0;
  const std::array nodes = {paid.id()};
  const std::vector<LinearControl> controls = linear_controls(f.graph, nodes);
  ASSERT_EQ(controls.size(), 1u);
  const double one = std::exp(0.125);
  EXPECT_TRUE(close(f.value(controls[0].mean), 0.2 * (one + 2.0 * one / 3.0), 1e-14));
  EXPECT_TRUE(
      close(f.value(controls[0].node), 0.2 * (std::exp(0.25) + 2.0 * std::exp(0.25) / 3.0), 1e-14));
}

TEST(LinearControls, NoneOfASumThatKnowsNothing) {
  Fixture f;
  const Expr x = exp(f.normal("z", 0)) / (1.0 + exp(f.normal("w", 0)) * exp(f.normal("z", 0)));
  const std::array nodes = {(3.0 + 2.0 * x).id()};
  EXPECT_TRUE(linear_controls(f.graph, nodes).empty());
}

TEST(LinearControls, AreAFewHoweverManyOutputs) {
  Fixture f;
  std::vector<NodeId> nodes;
  for (std::uint32_t i = 0; i < 20; ++i) {
    nodes.push_back(exp(f.normal("z", i)).id());
  }
  EXPECT_EQ(linear_controls(f.graph, nodes).size(), kMostControls);
}

}  // namespace
}  // namespace capstake::testing

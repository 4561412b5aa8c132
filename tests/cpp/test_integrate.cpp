// Events integrated out of small graphs, against closed forms.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <stdexcept>

#include "close.hpp"
#include "graph/expr.hpp"
#include "graph/gradient.hpp"
#include "graph/integrate.hpp"
#include "graph/interpret.hpp"

namespace capstake::testing {
namespace {

double value_of(const Graph& graph, NodeId node, std::span<const double> draws) {
  return interpret(graph, draws)[static_cast<std::size_t>(node)];
}

// A graph with one event X, a hazard h of which thresholds h t are made, and another draw z.
struct EventGraph {
  explicit EventGraph(double hazard) : h(graph, graph.parameter("h", hazard)) {}
  Expr survives(double t) { return less_equal(h * t, x); }
  // Part of [t, s] that passes before the event.
  Expr part(double t, double s) {
    const Expr from = h * t;
    return min(max((x - from) / max(h * s - from, 1e-30), 0.0), 1.0);
  }
  // The mean over the event for z = log(2), the derivative by h, and what became of the draw.
  struct Result {
    double mean;
    double slope;
    IntegratedDraw draw;
  };
  Result mean(Expr of) {
    const Integrated found = integrate_out(graph, std::array{of.id()});
    const NodeId slope = gradient(graph, found.outputs[0], std::array{h.id()})[0];
    const std::vector<double> draws = {NAN, std::log(2.0)};
    return {value_of(graph, found.outputs[0], draws), value_of(graph, slope, draws),
            found.draws.at(0)};
  }

  Graph graph;
  Expr x{graph, (-log(Expr(graph, graph.draw("event", 0, Law::uniform)))).id()};
  Expr z{graph, graph.draw("other", 0)};
  Expr h;
};

constexpr double kHazards[] = {0.0, 1e-9, 0.03, 0.4, 3.0};

TEST(IntegrateTest, SurvivalIsExponentialInTheHazard) {
  for (const double h : kHazards) {
    EventGraph event(h);
    const auto [mean, slope, draw] = event.mean(event.survives(2.0));
    EXPECT_TRUE(close(mean, std::exp(-2.0 * h), 1e-15)) << h;
    EXPECT_TRUE(close(slope, -2.0 * std::exp(-2.0 * h), 1e-15)) << h;
    EXPECT_EQ(draw.integrated, 1u);
    EXPECT_EQ(draw.sampled + draw.placed, 0u);
  }
}

// E[part of [1, 2] before the event] = integral of exp(-h t) over it.
TEST(IntegrateTest, PartOfAPeriodBeforeTheEvent) {
  for (const double h : kHazards) {
    EventGraph event(h);
    const auto [mean, slope, draw] = event.mean(event.part(1.0, 2.0));
    const double exact = h == 0.0 ? 1.0 : std::exp(-h) * -std::expm1(-h) / h;
    // d/dh of the integral of exp(-h t) over [1, 2] is minus that of t exp(-h t).
    const double exact_slope =
        h < 1e-3 ? -1.5 + 7.0 / 3.0 * h
                 : (std::exp(-2 * h) * (1 + 2 * h) - std::exp(-h) * (1 + h)) / (h * h);
    EXPECT_TRUE(close(mean, exact, 1e-14)) << h << ": " << mean << " and " << exact;
    EXPECT_TRUE(close(slope, exact_slope, 1e-11)) << h << ": " << slope << " and " << exact_slope;
    EXPECT_EQ(draw.integrated, 1u);
  }
}

// A capped total of two payments, each for a part of a period that passes before the event.
TEST(IntegrateTest, CapWithinAPeriod) {
  for (const double h : {0.03, 0.4, 3.0}) {
    for (const double cap : {0.5, 1.0, 1.7, 2.5, 3.0, 4.0}) {
      EventGraph event(h);
      const Expr total = 1.0 * event.part(0.0, 1.0) + exp(event.z) * event.part(1.0, 2.0);
      const double mean = event.mean(min(total, cap)).mean;
      // min(total, cap) rises at rate 1 in [0, 1] and 2 in [1, 2] up to the cap.
      const auto integral = [&](double from, double to) {
        return to <= from ? 0.0 : (std::exp(-h * from) - std::exp(-h * to)) / h;
      };
      const double exact = integral(0.0, std::min(cap, 1.0)) +
                           2.0 * integral(1.0, std::min(2.0, 1.0 + (cap - 1.0) / 2.0));
      EXPECT_TRUE(close(mean, exact, 1e-14)) << h << " " << cap << ": " << mean << ", " << exact;
    }
  }
}

// The mean is smooth in the hazard though the sampled value jumps with it.
TEST(IntegrateTest, DerivativesByTheHazardAreThoseOfTheMean) {
  const auto mean_at = [](double hazard) {
    EventGraph event(hazard);
    const Expr total = event.part(0.0, 1.0) + exp(event.z) * event.part(1.0, 2.0);
    return event.mean(min(total, 2.2) * event.survives(2.5) + total);
  };
  for (const double h : {0.03, 0.4, 3.0}) {
    const double step = 1e-5 * h;
    const double slope = (mean_at(h + step).mean - mean_at(h - step).mean) / (2.0 * step);
    // Truncation is of the order step^2, rounding of the order 1e-16 / step.
    EXPECT_TRUE(close(mean_at(h).slope, slope, 1e-7, 1e-9)) << h << ": " << mean_at(h).slope;
  }
}

// What calls it may end it there.
TEST(IntegrateTest, AsksBeforeEachTry) {
  EventGraph event(0.03);
  const std::array outputs = {event.survives(2.0).id()};
  int calls = 0;
  integrate_out(event.graph, outputs, {.only = {}, .group = {}, .checkpoint = [&] { ++calls; }});
  EXPECT_EQ(calls, 1);
  const auto stop = [] { throw std::runtime_error("stopped"); };
  EXPECT_THROW(integrate_out(event.graph, outputs, {.only = {}, .group = {}, .checkpoint = stop}),
               std::runtime_error);
}

// Of two versions of an output, one of which is too long for the limits, neither is integrated.
TEST(IntegrateTest, GroupsAreIntegratedAlikeOrNotAtAll) {
  EventGraph event(0.4);
  const NodeId little = (exp(event.z) * event.survives(2.0)).id();
  Expr total = event.part(0.0, 1.0);
  for (int t = 1; t < 60; ++t) {
    total = min(total + exp(event.z * t) * event.part(t, t + 1.0), 5.0 + t);
  }
  const std::array outputs{little, total.id()};
  IntegrationLimits limits{.growth = 1, .only = {}, .group = {}};
  const Integrated apart = integrate_out(event.graph, outputs, limits);
  EXPECT_NE(apart.outputs[0], little);
  EXPECT_EQ(apart.outputs[1], total.id());
  limits.group = {3, 3};
  const Integrated together = integrate_out(event.graph, outputs, limits);
  EXPECT_EQ(together.outputs[0], little);
  EXPECT_EQ(together.outputs[1], total.id());
  EXPECT_EQ(together.draws.at(0).sampled, 2u);
}

TEST(IntegrateTest, DrawsThatAreNoEventsStay) {
  Graph graph;
  const Expr u(graph, graph.draw("u", 0, Law::uniform));
  const NodeId output = (u * u).id();
  const Integrated found = integrate_out(graph, std::array{output});
  EXPECT_EQ(found.outputs[0], output);
  EXPECT_EQ(found.draws.at(0).sampled, 1u);
  EXPECT_EQ(found.draws.at(0).reason, "is not used as the time of an event");
}

// E[X^2; X <= h] is not made of lines: the period of the event is integrated out, its place is not.
TEST(IntegrateTest, WhatIsNoLineKeepsThePlaceWithinThePeriod) {
  EventGraph event(0.5);
  const Integrated found =
      integrate_out(event.graph, std::array{((1.0 - event.survives(1.0)) * event.x * event.x).id()},
                    {.growth = 1000, .only = {}});
  EXPECT_EQ(found.draws.at(0).placed, 1u);
  constexpr int kPoints = 4000;
  double mean = 0.0;
  for (int i = 0; i < kPoints; ++i) {
    const std::vector<double> draws = {(i + 0.5) / kPoints, 0.0};
    mean += value_of(event.graph, found.outputs[0], draws) / kPoints;
  }
  // By parts: 2 - exp(-a) (a^2 + 2 a + 2). The midpoint rule errs by f'' / (24 n^2) or less.
  const double exact = 2.0 - std::exp(-0.5) * (0.25 + 1.0 + 2.0);
  EXPECT_TRUE(close(mean, exact, 1e-6)) << mean << " and " << exact;
}

// Any operations on an event, thresholds and another draw: nothing is lost, whatever is given up.
class RandomEventGraph {
 public:
  explicit RandomEventGraph(std::uint64_t seed) : random_(seed), event_(0.7) {
    for (const Expr x : {event_.x, event_.z, event_.survives(1.0), event_.part(1.0, 2.0),
                         event_.h * 3.0, event_.h.constant(0.3)}) {
      pool_.push_back(x);
    }
    for (int i = 0; i < 25; ++i) {
      pool_.push_back(step());
    }
  }
  Graph& graph() { return event_.graph; }
  NodeId last() const { return pool_.back().id(); }

 private:
  Expr any() {
    return pool_[pool_.size() - 1 - random_() % std::min<std::size_t>(pool_.size(), 9)];
  }
  Expr step() {
    constexpr Op kOps[] = {Op::add, Op::sub, Op::min, Op::max, Op::less, Op::less_equal, Op::mul};
    switch (random_() % 12) {
      case 0:
        return abs(any());
      case 1:
        return select(less(any(), any()), any(), any());
      case 2:
        return exp(-abs(any()));
      case 3:
        return fma(any(), pool_.back().constant(0.5), any());
      default:
        return apply(kOps[random_() % std::size(kOps)], any(), any());
    }
  }

  std::mt19937_64 random_;
  EventGraph event_;
  std::vector<Expr> pool_;
};

TEST(IntegrateTest, RandomGraphsKeepTheirMeans) {
  constexpr int kPoints = 4000;
  int n_exact = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    RandomEventGraph random(seed);
    Graph& graph = random.graph();
    const NodeId before = random.last();
    const Integrated found = integrate_out(graph, std::array{before}, {.growth = 1000, .only = {}});
    double sampled = 0.0;
    double mean = 0.0;
    double size = 1e-9;
    for (int i = 0; i < kPoints; ++i) {
      const std::vector<double> values = interpret(graph, std::array{(i + 0.5) / kPoints, 0.4});
      sampled += values[static_cast<std::size_t>(before)] / kPoints;
      size += std::abs(values[static_cast<std::size_t>(before)]) / kPoints;
      mean += values[static_cast<std::size_t>(found.outputs[0])] / kPoints;
    }
    n_exact += found.draws.empty() || found.draws[0].integrated == 1 ? 1 : 0;
    // A jump costs the midpoint rule up to its size / kPoints, the unbounded tail somewhat more.
    EXPECT_TRUE(close(mean, sampled, 3e-3, 3e-3 * size)) << seed << ": " << mean << ", " << sampled;
  }
  EXPECT_GT(n_exact, 20);
}

}  // namespace
}  // namespace capstake::testing

// Runs over Sobol points: replicates, their errors, ranges of points, limits.
#include <algorithm>
#include <cmath>

#include "base/require.hpp"
#include "close.hpp"
#include "graph/expr.hpp"
#include "program/compile.hpp"
#include "simulate/simulate.hpp"

namespace capstake::testing {
namespace {

// Outputs "mean of 12 lognormals", whose mean is 1, "capped", "square" of a uniform, whose mean is
// 1/3 (that of the uniform itself is 1/2 without any error: every digit of the points is balanced).
Program lognormals() {
  Graph graph;
  Expr log_revenue(graph, graph.constant(0.0));
  Expr sum = log_revenue;
  for (std::uint32_t step = 0; step < 12; ++step) {
    log_revenue = log_revenue + Expr(graph, graph.draw("revenue", step)) * 0.2 - 0.02;
    sum = sum + exp(log_revenue) / 12.0;
  }
  graph.output("mean", sum.id());
  graph.output("capped", min(sum, sum.constant(1.1)).id());
  const Expr u(graph, graph.draw("u", 0, Law::uniform));
  graph.output("square", (u * u).id());
  return compile(graph);
}

const std::vector<OutputSpec> kOutputs = {
    {.joint = true, .samples = true}, {.joint = true}, {.samples = true}};

void expect_same(const std::vector<double>& a, const std::vector<double>& b) {
  EXPECT_TRUE(std::ranges::equal(a, b, same_bits));
}

void expect_same(const Estimates& a, const Estimates& b) {
  EXPECT_EQ(a.paths, b.paths);
  expect_same(a.mean, b.mean);
  expect_same(a.variance, b.variance);
  expect_same(a.standard_error, b.standard_error);
  expect_same(a.covariance, b.covariance);
  ASSERT_EQ(a.replicate_means.size(), b.replicate_means.size());
  for (std::size_t r = 0; r < a.replicate_means.size(); ++r) {
    expect_same(a.replicate_means[r], b.replicate_means[r]);
  }
  ASSERT_EQ(a.samples.size(), b.samples.size());
  for (std::size_t i = 0; i < a.samples.size(); ++i) {
    expect_same(a.samples[i], b.samples[i]);
  }
}

TEST(Replicates, ThreadsDoNotChangeABit) {
  const Program program = lognormals();
  for (const std::uint64_t paths : {1u << 13, 1u << 16, 1u << 19}) {
    RunSpec spec{.paths = paths, .seed = 3, .threads = 1, .sampler = Sampler::sobol};
    spec.sample_paths = 1 << 15;
    const Estimates one = simulate(program, kOutputs, spec);
    EXPECT_EQ(one.n_samples, std::min<std::uint64_t>(paths, 1u << 15));
    for (const unsigned threads : {2u, 7u, 0u}) {
      spec.threads = threads;
      expect_same(one, simulate(program, kOutputs, spec));
    }
  }
}

TEST(Replicates, TwoHalvesAreTheWhole) {
  const Program program = lognormals();
  const Design design = sobol_design(program);
  for (const std::uint64_t points : {512u, 8192u, 32'768u}) {
    PointRange range{.seed = 5, .replicates = 4, .points = points, .sample_points = 3 * points / 2};
    Sums sums = sum_points(program, design, kOutputs, range);
    range.first_point = points;
    extend(sums, sum_points(program, design, kOutputs, range));
    range.first_point = 0;
    range.points = 2 * points;
    const Sums whole = sum_points(program, design, kOutputs, range);
    expect_same(estimates_of(program, design, range.seed, std::move(sums)),
                estimates_of(program, design, range.seed, whole));
  }
}

TEST(Replicates, ErrorIsThatOfIndependentMeans) {
  const Estimates e =
      simulate(lognormals(), kOutputs, {.paths = 1 << 14, .sampler = Sampler::sobol});
  ASSERT_EQ(e.replicate_means.size(), 16u);
  EXPECT_TRUE(same_bits(e.degrees_of_freedom, 15.0));
  for (std::size_t output = 0; output < 3; ++output) {
    double mean = 0.0;
    for (const auto& row : e.replicate_means) {
      mean += row[output] / 16.0;
    }
    double squares = 0.0;
    for (const auto& row : e.replicate_means) {
      squares += (row[output] - mean) * (row[output] - mean);
    }
    EXPECT_TRUE(close(e.mean[output], mean, 1e-14));
    // The means differ in their sixth digit, so their differences have ten.
    EXPECT_TRUE(close(e.standard_error[output], std::sqrt(squares / 15.0 / 16.0), 1e-8));
  }
}

// Of probabilities of one uniform draw to be below a limit, 95% intervals hold at least 93.5%, also
// where every replicate has as many points below it as the others.
TEST(Replicates, JumpsOfOneDrawHaveErrors) {
  constexpr int kLimits = 2000;
  int held = 0;
  int agreed = 0;
  Graph graph;
  const Expr u(graph, graph.draw("u", 0, Law::uniform));
  for (int i = 0; i < kLimits; ++i) {
    graph.output(std::to_string(i), less(u, u.constant((i + 0.5) / kLimits)).id());
  }
  const Program program = compile(graph);
  const Estimates e = simulate(program, std::vector<OutputSpec>(kLimits),
                               {.paths = 1 << 13, .sampler = Sampler::sobol});
  for (std::size_t i = 0; i < kLimits; ++i) {
    const double exact = (static_cast<double>(i) + 0.5) / kLimits;
    const double t95 = 2.1314495455597742;  // Student's t, 15 degrees of freedom
    held += std::abs(e.mean[i] - exact) <= t95 * e.standard_error[i] ? 1 : 0;
    agreed += std::ranges::all_of(e.replicate_means, [&](const auto& row) {
      return same_bits(row[i], e.replicate_means[0][i]);
    });
    EXPECT_TRUE(e.standard_error[i] > 0.0 || e.variance[i] == 0.0);  // no point, or all
    EXPECT_LT(e.standard_error[i], 1.0 / 512.0);
  }
  EXPECT_GT(agreed, kLimits / 20);
  EXPECT_GT(held, 0.935 * kLimits);
}

TEST(Replicates, EstimatesAreSharpAndHonest) {
  const Program program = lognormals();
  const Estimates plain = simulate(program, kOutputs, {.paths = 1 << 16});
  EXPECT_TRUE(std::isinf(plain.degrees_of_freedom));
  EXPECT_EQ(plain.replicate_means.size(), 1u);
  const Estimates e = simulate(program, kOutputs, {.paths = 1 << 16, .sampler = Sampler::sobol});
  for (const std::size_t output : {0u, 2u}) {
    const double exact = output == 0 ? 1.0 : 1.0 / 3.0;
    // Five errors of a t with 15 degrees of freedom have probability 2e-4.
    EXPECT_LT(std::abs(e.mean[output] - exact), 5.0 * e.standard_error[output]);
    EXPECT_LT(e.standard_error[output], plain.standard_error[output] / 20.0);
    EXPECT_TRUE(close(e.variance[output], plain.variance[output], 0.05));
  }
}

// With four dimensions for thirteen coordinates the rest comes from streams, and does no harm.
TEST(Replicates, PaddedDimensionsAreUnbiased) {
  const Program program = lognormals();
  const Design design = sobol_design(program, {.max_dimensions = 4, .importance = {}});
  const Estimates e =
      simulate(program, design, kOutputs, {.paths = 1 << 18, .sampler = Sampler::sobol});
  EXPECT_LT(std::abs(e.mean[0] - 1.0), 5.0 * e.standard_error[0]);
  EXPECT_LT(e.standard_error[0], 3e-4);
}

TEST(Replicates, WhatIsNotRandomHasNoError) {
  Graph graph;
  graph.output("two", graph.constant(2.0));
  const Estimates e = simulate(compile(graph), {{}}, {.paths = 1 << 13, .sampler = Sampler::sobol});
  EXPECT_TRUE(same_bits(e.mean[0], 2.0));
  EXPECT_TRUE(same_bits(e.standard_error[0], 0.0));
}

template <class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing thrown";
}

std::string message_for(RunSpec spec) {
  spec.sampler = Sampler::sobol;
  return message_of([&] { check_paths(spec); });
}

TEST(Replicates, Errors) {
  const std::string rule =
      "RunSpec.paths: must be a power of two for Sobol points, which are balanced at no other "
      "number, and at least 512 for each of 16 replicates; ";
  EXPECT_EQ(message_for({.paths = 100'000}), rule + "the nearest are 65536 and 131072, got 100000");
  EXPECT_EQ(message_for({.paths = 4096}), rule + "the least is 8192, got 4096");
  EXPECT_EQ(message_for({.paths = 1 << 13}), "nothing thrown");
  EXPECT_EQ(message_for({.paths = 1 << 13, .replicates = 6}),
            "RunSpec.replicates: must be a power of two in [2, 65536], got 6");
  EXPECT_EQ(message_for({.paths = 1 << 13, .replicates = 1}),
            "RunSpec.replicates: must be a power of two in [2, 65536], got 1");
  EXPECT_EQ(message_for({.paths = 1 << 13, .first_path = 512}),
            "RunSpec.first_path: must be 0 for Sobol points, got 512");
  const Program program = lognormals();
  EXPECT_EQ(message_of([&] {
              simulate(program, stream_design(program), kOutputs,
                       {.paths = 1 << 13, .sampler = Sampler::sobol});
            }),
            "simulate: must have a design of RunSpec.sampler");
}

TEST(Replicates, FirstPathThatIsNotFiniteIsNamed) {
  Graph graph;
  const Expr u(graph, graph.draw("u", 0, Law::uniform));
  graph.output("inverse", (1.0 / less(u, u.constant(0.9995))).id());
  const Program program = compile(graph);
  const RunSpec spec{.paths = 1 << 14, .sampler = Sampler::sobol};
  const Estimates samples = simulate(program, {{.moments = false, .samples = true}}, spec);
  std::size_t count = 0;
  std::size_t first = spec.paths;
  for (std::size_t path = spec.paths; path-- > 0;) {
    if (std::isinf(samples.samples[0][path])) {
      ++count;
      first = path;
    }
  }
  const std::size_t points = spec.paths / spec.replicates;
  EXPECT_EQ(message_of([&] { simulate(program, {{}}, spec); }),
            "inverse: not finite on " + std::to_string(count) + " of 16384 paths, first on point " +
                std::to_string(first % points) + " of replicate " + std::to_string(first / points));
  try {
    simulate(program, {{}}, spec);
    FAIL() << "nothing thrown";
  } catch (const NotFinite& failure) {
    ASSERT_EQ(failure.draws().size(), 1u);
    EXPECT_EQ(failure.draws()[0].name, "u");
    EXPECT_GE(failure.values()[0], 0.9995);
  }
}

}  // namespace
}  // namespace capstake::testing

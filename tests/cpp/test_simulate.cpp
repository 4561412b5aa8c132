// simulate(): against closed forms, same bits on any number of threads, errors, stopping.
#include <algorithm>
#include <array>
#include <thread>

#include "base/block.hpp"
#include "base/require.hpp"
#include "close.hpp"
#include "graph/expr.hpp"
#include "graph/interpret.hpp"
#include "isas.hpp"
#include "program/compile.hpp"
#include "program/interpret_path.hpp"
#include "simulate/simulate.hpp"

namespace capstake::testing {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// A quarterly revenue share with a cap: outputs "value", "revenue" (at the end), "year" (not
// random), "infinite" (on some paths).
Program capped_share() {
  Graph graph;
  const Expr rate(graph, graph.parameter("share.rate", 0.2));
  const Expr cap(graph, graph.parameter("share.cap", 2.0));
  const Expr volatility(graph, graph.parameter("revenue.volatility", 0.4));
  Expr log_revenue(graph, graph.constant(0.0));
  Expr paid(graph, graph.constant(0.0));
  for (std::uint32_t step = 0; step < 12; ++step) {
    const Expr shock(graph, graph.draw("revenue.shock", step));
    log_revenue = log_revenue + volatility * 0.5 * shock - volatility * volatility * 0.125;
    paid = min(paid + rate * exp(log_revenue), cap);
  }
  graph.output("value", paid.id());
  graph.output("revenue", exp(log_revenue).id());
  graph.output("year", (rate * 5.0).id());
  graph.output("infinite", (1.0 / less(log_revenue, log_revenue.constant(1.0))).id());
  return compile(graph);
}

std::vector<OutputSpec> moments_and_samples() {
  return {
      {.joint = true, .samples = true}, {.joint = true}, {}, {.moments = false, .samples = true}};
}

void expect_same(const std::vector<double>& a, const std::vector<double>& b) {
  EXPECT_TRUE(std::ranges::equal(a, b, same_bits));
}

void expect_same(const Estimates& a, const Estimates& b) {
  expect_same(a.mean, b.mean);
  expect_same(a.variance, b.variance);
  expect_same(a.standard_error, b.standard_error);
  expect_same(a.covariance, b.covariance);
  ASSERT_EQ(a.samples.size(), b.samples.size());
  for (std::size_t i = 0; i < a.samples.size(); ++i) {
    expect_same(a.samples[i], b.samples[i]);
  }
}

TEST(Simulate, ThreadsDoNotChangeABit) {
  const Program program = capped_share();
  // Full batches and a rest; a rest within a block; less than a block.
  for (const std::uint64_t paths : {200'000u, 16'384u * 5u, 777u, 2u}) {
    const Estimates one =
        simulate(program, moments_and_samples(), {.paths = paths, .seed = 3, .threads = 1});
    for (const unsigned threads : {2u, 7u, 0u}) {
      expect_same(one, simulate(program, moments_and_samples(),
                                {.paths = paths, .seed = 3, .threads = threads}));
    }
  }
}

TEST(Simulate, SetsWithFmaDoNotChangeABit) {
  Estimates first;
  for (const Isa each : available_isas()) {
    if (has_fma(each)) {
      const IsaScope scope(each);
      const Estimates here = simulate(capped_share(), moments_and_samples(), {.paths = 20'000});
      if (first.paths != 0) {
        expect_same(first, here);
      }
      first = here;
    }
  }
}

// log of revenue is normal with variance 12 (0.4 / 2)^2 = 0.48, and revenue has mean 1.
TEST(Simulate, EstimatesALognormal) {
  const Estimates estimates = simulate(capped_share(), moments_and_samples(), {.paths = 400'000});
  const double variance = std::exp(0.48) - 1.0;
  EXPECT_LT(std::abs(estimates.mean[1] - 1.0) / estimates.standard_error[1], 4.0);
  EXPECT_LT(estimates.standard_error[1], 0.0014);
  EXPECT_TRUE(close(estimates.variance[1], variance, 0.05));  // heavy tail: about 1% of noise
  EXPECT_TRUE(
      close(estimates.standard_error[1], std::sqrt(estimates.variance[1] / 400'000), 1e-15));
  EXPECT_LE(estimates.mean[0], 2.0);
}

TEST(Simulate, MomentsAreThoseOfTheSamples) {
  const std::uint64_t paths = 40'001;
  std::vector<OutputSpec> outputs(4, {.joint = true, .samples = true});
  outputs[3] = {.moments = false, .samples = true};
  const Estimates estimates = simulate(capped_share(), outputs, {.paths = paths, .threads = 2});
  EXPECT_EQ(estimates.n_samples, paths);
  const auto mean = [&](std::size_t a) {
    long double sum = 0.0L;
    for (const double x : estimates.samples[a]) {
      sum += x;
    }
    return sum / static_cast<long double>(paths);
  };
  const std::array means{mean(0), mean(1), mean(2)};
  for (std::size_t a = 0; a < 3; ++a) {
    EXPECT_TRUE(close(estimates.mean[a], static_cast<double>(means[a]), 1e-14));
    for (std::size_t b = 0; b < 3; ++b) {
      long double product = 0.0L;
      for (std::size_t i = 0; i < paths; ++i) {
        product += (estimates.samples[a][i] - means[a]) * (estimates.samples[b][i] - means[b]);
      }
      const auto expected = static_cast<double>(product / static_cast<long double>(paths - 1));
      EXPECT_TRUE(close(estimates.covariance[a * 3 + b], expected, 1e-12, 1e-15)) << a << " " << b;
    }
  }
}

TEST(Simulate, SamplesAreByPath) {
  Graph graph;
  graph.output("z", graph.draw("z", 4));
  const Estimates estimates = simulate(compile(graph), {{.samples = true}},
                                       {.paths = 30'000, .seed = 8, .sample_paths = 17'001});
  ASSERT_EQ(estimates.samples[0].size(), 17'001u);
  EXPECT_EQ(estimates.n_samples, 17'001u);
  for (const std::size_t path : {0u, 1u, 511u, 512u, 16'383u, 16'384u, 17'000u}) {
    EXPECT_TRUE(same_bits(estimates.samples[0][path], interpret_path(graph, 8, path)[0])) << path;
  }
}

TEST(Simulate, WhatIsNotAskedForIsNaN) {
  const Estimates estimates = simulate(capped_share(), moments_and_samples(), {.paths = 1000});
  EXPECT_TRUE(same_bits(estimates.mean[3], kNaN));
  EXPECT_TRUE(same_bits(estimates.variance[3], kNaN));
  EXPECT_TRUE(estimates.samples[1].empty());
  EXPECT_EQ(estimates.joint, (std::vector<std::size_t>{0, 1}));
  // An output that is the same on all paths.
  EXPECT_TRUE(same_bits(estimates.mean[2], 1.0));
  EXPECT_TRUE(same_bits(estimates.standard_error[2], 0.0));
}

TEST(Simulate, PathsThatAreNotFiniteAreAnError) {
  const Program program = capped_share();
  const std::uint64_t paths = 100'000;
  const Estimates samples = simulate(program, moments_and_samples(), {.paths = paths});
  const std::vector<double>& infinite = samples.samples[3];
  const auto is_infinite = [](double x) { return std::isinf(x); };
  const auto count = std::ranges::count_if(infinite, is_infinite);
  const auto first = std::ranges::find_if(infinite, is_infinite) - infinite.begin();
  ASSERT_GT(count, 0);
  for (const unsigned threads : {1u, 3u}) {
    try {
      simulate(program, std::vector<OutputSpec>(4), {.paths = paths, .threads = threads});
      FAIL() << "nothing thrown";
    } catch (const NumericalError& error) {
      EXPECT_EQ(std::string(error.what()), "infinite: not finite on " + std::to_string(count) +
                                               " of 100000 paths, first on path " +
                                               std::to_string(first));
    }
  }
}

// Only paths that were asked for count, though blocks are computed whole.
TEST(Simulate, PathsBeyondTheLastAreNotSeen) {
  Graph graph;
  const Expr u(graph, graph.draw("u", 0, Law::uniform));
  graph.output("inverse", (1.0 / less(u, u.constant(0.999))).id());
  const Program program = compile(graph);
  const Estimates all = simulate(program, {{.moments = false, .samples = true}}, {.paths = 20'000});
  const auto first = static_cast<std::uint64_t>(
      std::ranges::find_if(all.samples[0], [](double x) { return std::isinf(x); }) -
      all.samples[0].begin());
  ASSERT_LT(first, 20'000u);
  ASSERT_NE(first % kBlock, 0u);
  EXPECT_NO_THROW(simulate(program, {{}}, {.paths = first}));
  EXPECT_THROW(simulate(program, {{}}, {.paths = first + 1}), NumericalError);
}

TEST(Simulate, SumsThatOverflowAreAnError) {
  Graph graph;
  const Expr z(graph, graph.draw("z", 0));
  graph.output("big", (abs(z) * 1e308).id());
  EXPECT_THROW(simulate(compile(graph), {{}}, {.paths = 1000}), NumericalError);
}

TEST(Simulate, PollStopsAndSeesProgress) {
  const Program program = capped_share();
  std::uint64_t last = 0;
  const Poll stop = [&](std::uint64_t done, std::uint64_t total) {
    EXPECT_EQ(total, std::uint64_t{1} << 40);
    EXPECT_GE(done, last);
    last = done;
    return done == 0;
  };
  EXPECT_THROW(simulate(program, {{}, {}, {}, {.moments = false}},
                        {.paths = std::uint64_t{1} << 40, .threads = 2, .sample_paths = 0}, stop),
               Cancelled);
  EXPECT_GT(last, 0u);
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

TEST(Simulate, Errors) {
  const Program program = capped_share();
  EXPECT_EQ(message_of([&] { simulate(program, {{}}, {}); }),
            "simulate: must have one OutputSpec for each output, got 1 for 4");
  EXPECT_EQ(message_of([&] { simulate(program, moments_and_samples(), {.paths = 1}); }),
            "RunSpec.paths: must be in [2, 2^48], got 1");
  EXPECT_EQ(
      message_of([&] { simulate(program, moments_and_samples(), {.paths = (1ull << 48) + 1}); }),
      "RunSpec.paths: must be in [2, 2^48], got 281474976710657");
}

}  // namespace
}  // namespace capstake::testing

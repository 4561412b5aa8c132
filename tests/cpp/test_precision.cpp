// simulate_to(): targets are met, and what stopped a run is told and can be repeated.
#include <algorithm>
#include <cmath>

#include "close.hpp"
#include "graph/expr.hpp"
#include "program/compile.hpp"
#include "simulate/precision.hpp"

namespace capstake::testing {
namespace {

// Outputs "x", lognormal with mean 1 and variance e^0.04 - 1, "zero" with mean 0 and mean absolute
// value sqrt(2 / pi), "two".
Program lognormal() {
  Graph graph;
  const Expr z(graph, graph.draw("z", 0));
  graph.output("x", exp(z * 0.2 - 0.02).id());
  graph.output("zero", z.id());
  graph.output("two", graph.constant(2.0));
  return compile(graph);
}

const std::vector<OutputSpec> kOutputs(3);

PreciseEstimates run(const PrecisionSpec& precision, RunSpec spec) {
  const Program program = lognormal();
  const Design design =
      spec.sampler == Sampler::sobol ? sobol_design(program) : stream_design(program);
  return simulate_to(precision, program, design, kOutputs, spec);
}

TEST(Precision, PlainRunsAsManyPathsAsAreNeeded) {
  const PreciseEstimates p = run({.targets = {{.absolute = 4e-4}, {}, {}}}, {});
  const double variance = std::exp(0.04) - 1.0;
  EXPECT_EQ(p.stopped_by, StoppedBy::precision);
  // The pilot's variance is good to 4 sqrt(2 / 2^13) = 6%, and some more for its kurtosis.
  EXPECT_TRUE(close(static_cast<double>(p.estimates.paths), 1.2 * variance / 16e-8, 0.1));
  EXPECT_LT(p.estimates.standard_error[0], 4e-4);
  EXPECT_LT(std::abs(p.estimates.mean[0] - 1.0), 4.0 * p.estimates.standard_error[0]);
  EXPECT_EQ(p.worst_output, 0u);
  EXPECT_TRUE(close(p.worst_ratio, p.estimates.standard_error[0] / 4e-4, 1e-12));
}

TEST(Precision, RunsCanBeRepeated) {
  for (const double max_seconds : {0.0, 100.0}) {  // in one run and in chunks
    const PreciseEstimates p =
        run({.targets = {{.relative = 2e-4}, {}, {}}, .max_seconds = max_seconds}, {.seed = 4});
    EXPECT_EQ(p.first_path, 8192u);
    EXPECT_GT(p.estimates.paths, 1u << 19);
    const Estimates again = simulate(
        lognormal(), kOutputs, {.paths = p.estimates.paths, .seed = 4, .first_path = p.first_path});
    EXPECT_TRUE(std::ranges::equal(again.mean, p.estimates.mean, same_bits));
    EXPECT_TRUE(std::ranges::equal(again.standard_error, p.estimates.standard_error, same_bits));
  }
  const RunSpec spec{.seed = 4, .sampler = Sampler::sobol};
  const PreciseEstimates p = run({.targets = {{.relative = 1e-7}, {}, {}}}, spec);
  RunSpec same = spec;
  same.paths = p.estimates.paths;
  const Program program = lognormal();
  const Estimates again = simulate(program, sobol_design(program), kOutputs, same);
  EXPECT_TRUE(std::ranges::equal(again.mean, p.estimates.mean, same_bits));
  EXPECT_TRUE(std::ranges::equal(again.standard_error, p.estimates.standard_error, same_bits));
}

TEST(Precision, SobolPointsDoubleUntilTheTargetIsMet) {
  const PreciseEstimates p =
      run({.targets = {{.relative = 1e-6}, {}, {}}}, {.sampler = Sampler::sobol});
  EXPECT_EQ(p.stopped_by, StoppedBy::precision);
  EXPECT_LE(p.worst_ratio, 1.0);
  // 1.15 t / z with t = 2.131 (15 degrees of freedom), z = 1.960 (tables, three decimals).
  EXPECT_TRUE(
      close(p.worst_ratio, 1.15 * 2.131 / 1.960 * p.estimates.standard_error[0] / 1e-6, 1e-3));
  EXPECT_LT(std::abs(p.estimates.mean[0] - 1.0), 5e-6);
  const PreciseEstimates half =
      run({.targets = {{.relative = 1e-6}, {}, {}}, .max_paths = p.estimates.paths - 1},
          {.sampler = Sampler::sobol});
  EXPECT_EQ(half.stopped_by, StoppedBy::paths);
  EXPECT_EQ(half.estimates.paths, p.estimates.paths / 2);
  EXPECT_GT(half.worst_ratio, 1.0);
}

TEST(Precision, RelativeToAMeanOfZeroIsRelativeToTheSize) {
  const PreciseEstimates p = run({.targets = {{}, {.relative = 0.002}, {}}}, {});
  EXPECT_TRUE(p.is_relative_to_size);
  EXPECT_EQ(p.stopped_by, StoppedBy::precision);
  EXPECT_EQ(p.worst_output, 1u);
  const double size = std::sqrt(2.0 / std::acos(-1.0));
  EXPECT_TRUE(close(p.estimates.mean_absolute[1], size, 0.01));
  EXPECT_TRUE(close(static_cast<double>(p.estimates.paths), 1.2 / std::pow(0.002 * size, 2), 0.1));
  EXPECT_FALSE(run({.targets = {{.relative = 0.01}, {}, {}}}, {}).is_relative_to_size);
}

// A pilot of 2^13 paths sees about 8 of an event of probability 1 in 1,000, so it is as often far
// too low as too high: a run is said to be as precise as asked for only if it is.
TEST(Precision, PilotsThatAreOffDecideNothing) {
  Graph graph;
  const Expr u(graph, graph.draw("u", 0, Law::uniform));
  graph.output("rare", less(u, u.constant(1e-3)).id());
  const Program program = compile(graph);
  int stopped_by_paths = 0;
  for (const std::uint64_t max_paths : {std::uint64_t{1} << 30, std::uint64_t{100'000}}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const RunSpec spec{.seed = seed};
      const PreciseEstimates p =
          simulate_to({.targets = {{.relative = 0.1}}, .max_paths = max_paths}, program,
                      stream_design(program), {{}}, spec);
      EXPECT_EQ(p.stopped_by == StoppedBy::precision, p.worst_ratio <= 1.0) << "seed " << seed;
      EXPECT_TRUE(p.worst_ratio <= 1.0 || p.estimates.paths == max_paths) << "seed " << seed;
      stopped_by_paths += p.stopped_by == StoppedBy::paths;
      RunSpec same = spec;
      same.paths = p.estimates.paths;
      same.first_path = p.first_path;
      EXPECT_TRUE(same_bits(simulate(program, {{}}, same).mean[0], p.estimates.mean[0]));
    }
  }
  EXPECT_GT(stopped_by_paths, 5);  // of about 1,000 / 0.1^2 = 100,000 paths many fall short
}

TEST(Precision, ConstantsMeetAnyTarget) {
  for (const Sampler sampler : {Sampler::philox, Sampler::sobol}) {
    const PreciseEstimates p =
        run({.targets = {{}, {}, {.absolute = 1e-12, .relative = 1e-12}}}, {.sampler = sampler});
    EXPECT_EQ(p.estimates.paths, 8192u);
    EXPECT_EQ(p.stopped_by, StoppedBy::precision);
    EXPECT_TRUE(same_bits(p.worst_ratio, 0.0));
  }
}

TEST(Precision, LimitsOfPathsAndTimeStopARun) {
  const PrecisionSpec few{.targets = {{.absolute = 1e-6}, {}, {}}, .max_paths = 100'000};
  const PreciseEstimates p = run(few, {});
  EXPECT_EQ(p.stopped_by, StoppedBy::paths);
  EXPECT_EQ(p.estimates.paths, 100'000u);
  EXPECT_GT(p.worst_ratio, 100.0);
  for (const Sampler sampler : {Sampler::philox, Sampler::sobol}) {
    const PreciseEstimates short_run =
        run({.targets = {{.absolute = 1e-15}, {}, {}}, .max_seconds = 0.02}, {.sampler = sampler});
    EXPECT_EQ(short_run.stopped_by, StoppedBy::time);
    EXPECT_LT(short_run.estimates.paths, std::uint64_t{1} << 28);
  }
  EXPECT_EQ(name(StoppedBy::time), "time");
  EXPECT_EQ(name(StoppedBy::paths), "paths");
  EXPECT_EQ(name(StoppedBy::precision), "precision");
}

TEST(Precision, Errors) {
  const auto refuses = [](const PrecisionSpec& precision, RunSpec spec = {}) {
    EXPECT_THROW(run(precision, spec), std::invalid_argument);
  };
  refuses({.targets = {}});
  refuses({.targets = {{}, {}, {}}});
  refuses({.targets = {{.absolute = -1.0}, {}, {}}});
  refuses({.targets = {{.absolute = std::nan("")}, {}, {}}});
  refuses({.targets = {{.absolute = 1.0}, {}, {}}, .max_paths = 100});
  refuses({.targets = {{.absolute = 1.0}, {}, {}}, .max_seconds = -1.0});
  refuses({.targets = {{.absolute = 1.0}, {}, {}}}, {.sampler = Sampler::sobol, .replicates = 3});
}

}  // namespace
}  // namespace capstake::testing

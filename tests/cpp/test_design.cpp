// Designs: constructions are orthogonal, and blocks are what single paths are, bit for bit.
#include <cmath>
#include <set>

#include "close.hpp"
#include "graph/expr.hpp"
#include "isas.hpp"
#include "program/compile.hpp"
#include "program/design.hpp"
#include "program/interpret_path.hpp"
#include "program/run.hpp"
#include "random_graph.hpp"
#include "simulate/choose_design.hpp"

namespace capstake::testing {
namespace {

constexpr Construction kConstructions[] = {Construction::identity, Construction::bridge,
                                           Construction::principal};

// Column k: the steps that coordinate k alone makes.
std::vector<std::vector<double>> columns_of(const Transform& transform) {
  std::vector<std::vector<double>> columns;
  for (const std::uint32_t row : transform.row_of_coordinate) {
    std::vector<double>& column = columns.emplace_back(transform.n_steps, 0.0);
    column[row] = 1.0;
    apply(transform, column);
  }
  return columns;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

std::vector<double> equal_spans(std::size_t n) { return std::vector<double>(n, 0.25); }

// A stub at first, a step that is over, one that is long.
std::vector<double> uneven_spans(std::size_t n) {
  std::vector<double> spans = equal_spans(n);
  spans[0] = 1.0 / 366.0;
  spans[n / 3] = 0.0;
  spans[n / 2] = 1.0;
  return spans;
}

TEST(Construction, IsOrthogonal) {
  for (const Construction construction : kConstructions) {
    for (const std::size_t n : {1u, 2u, 3u, 5u, 20u, 48u, 95u, 96u, 97u, 120u}) {
      for (const auto& spans : {equal_spans(n), uneven_spans(n)}) {
        const auto columns = columns_of(make_transform(construction, spans));
        ASSERT_EQ(columns.size(), n);
        for (std::size_t i = 0; i < n; ++i) {
          for (std::size_t k = 0; k < n; ++k) {
            ASSERT_TRUE(close(dot(columns[i], columns[k]), i == k ? 1.0 : 0.0, 0.0, 2e-14));
          }
        }
      }
    }
  }
}

// The motion that coordinate k alone makes, at times 1 .. n.
std::vector<double> motion(std::vector<double> steps) {
  for (std::size_t t = 1; t < steps.size(); ++t) {
    steps[t] += steps[t - 1];
  }
  return steps;
}

TEST(Construction, PrincipalComponentsAreEigenvectorsOfMin) {
  constexpr std::size_t n = 13;
  double last = std::numeric_limits<double>::infinity();
  for (const auto& column : columns_of(make_transform(Construction::principal, equal_spans(n)))) {
    const std::vector<double> vector = motion(column);
    const double eigenvalue = dot(vector, vector);
    EXPECT_LT(eigenvalue, last);
    last = eigenvalue;
    for (std::size_t s = 1; s <= n; ++s) {
      double image = 0.0;
      for (std::size_t t = 1; t <= n; ++t) {
        image += static_cast<double>(std::min(s, t)) * vector[t - 1];
      }
      EXPECT_TRUE(close(image, eigenvalue * vector[s - 1], 1e-12, 1e-12));
    }
  }
}

// The motion over spans v: its covariance C, times diag(v), has the motions of the columns as
// eigenvectors, and their norms by v fall. A last check that the closed form is the same thing.
TEST(Construction, PrincipalComponentsOfUnevenSpans) {
  constexpr std::size_t n = 13;
  const std::vector<double> spans = uneven_spans(n);
  const std::vector<double> times = motion(spans);
  double last = std::numeric_limits<double>::infinity();
  for (std::vector<double> column : columns_of(make_transform(Construction::principal, spans))) {
    for (std::size_t t = 0; t < n; ++t) {
      column[t] *= std::sqrt(spans[t]);
    }
    const std::vector<double> vector = motion(column);
    double eigenvalue = 0.0;
    for (std::size_t t = 0; t < n; ++t) {
      eigenvalue += spans[t] * vector[t] * vector[t];
    }
    EXPECT_LE(eigenvalue, last);
    last = eigenvalue;
    for (std::size_t s = 0; s < n; ++s) {
      double image = 0.0;
      for (std::size_t t = 0; t < n; ++t) {
        image += std::min(times[s], times[t]) * spans[t] * vector[t];
      }
      EXPECT_TRUE(close(image, eigenvalue * vector[s], 1e-12, 1e-12));
    }
  }
  std::vector<double> nearly = equal_spans(n);
  nearly[n / 2] = std::nextafter(nearly[n / 2], 1.0);
  const Transform general = make_transform(Construction::principal, nearly);
  const Transform closed = make_transform(Construction::principal, equal_spans(n));
  for (std::size_t i = 0; i < n * n; ++i) {
    EXPECT_TRUE(close(general.matrix[i], closed.matrix[i], 0.0, 1e-12));
  }
}

TEST(Construction, BridgeOfUnevenSpansDecidesTheEnd) {
  const std::vector<double> spans = uneven_spans(12);
  const auto columns = columns_of(make_transform(Construction::bridge, spans));
  const double total = motion(spans)[11];
  for (std::size_t k = 0; k < 12; ++k) {
    double end = 0.0;
    for (std::size_t t = 0; t < 12; ++t) {
      end += std::sqrt(spans[t]) * columns[k][t];
    }
    EXPECT_TRUE(close(end, k == 0 ? std::sqrt(total) : 0.0, 0.0, 1e-14));
  }
}

TEST(Construction, BridgeDecidesTheEndThenTheMiddle) {
  const auto columns = columns_of(make_transform(Construction::bridge, equal_spans(12)));
  EXPECT_TRUE(close(motion(columns[0])[11], std::sqrt(12.0), 1e-14));
  EXPECT_TRUE(close(motion(columns[0])[5], std::sqrt(12.0) / 2, 1e-14));
  for (std::size_t k = 1; k < 12; ++k) {
    EXPECT_TRUE(close(motion(columns[k])[11], 0.0, 0.0, 1e-14));
  }
  // A Brownian bridge over [0, 12] has the variance 12 / 4 in the middle.
  EXPECT_TRUE(close(motion(columns[1])[5], std::sqrt(3.0), 1e-14));
  for (std::size_t k = 2; k < 12; ++k) {
    EXPECT_TRUE(close(motion(columns[k])[5], 0.0, 0.0, 1e-14));
  }
}

// Factors of several lengths, draws of a path, a uniform, an output that is a draw, one that is not
// random.
Graph some_factors() {
  Graph graph;
  Expr total(graph, graph.constant(0.0));
  const auto add = [&](const char* name, std::uint32_t steps) {
    for (std::uint32_t step = steps; step-- > 0;) {  // not in the order of steps
      total = total + exp(Expr(graph, graph.draw(name, step)) * 0.1) * (1.0 + step);
    }
  };
  add("long", 55);
  add("sales", 20);
  const Expr level(graph, graph.draw("level", 0));
  const Expr time(graph, graph.draw("time", 0, Law::uniform));
  total = total * exp(level) - log(time);
  add("three", 3);
  graph.output("total", total.id());
  graph.output("draw", graph.draw("sales", 7));
  graph.output("level", level.id());
  graph.output("constant", (total.constant(2.0) * 3.0).id());
  return graph;
}

std::vector<Design> designs_of(const Program& program) {
  std::vector<Design> designs = {
      stream_design(program), stream_design(program, Sampler::philox4x32),
      choose_design(program, {.seed = 3, .outputs = {}, .controls = {}})};
  for (const Construction construction : kConstructions) {
    for (const std::uint32_t max_dimensions : {0u, 7u, 256u}) {
      designs.push_back(sobol_design(
          program,
          {.construction = construction, .max_dimensions = max_dimensions, .importance = {}}));
    }
  }
  return designs;
}

void check_blocks(const Graph& graph, const Program& program, const Design& design) {
  Workspace workspace(program, design);
  std::vector<const double*> results(program.outputs.size());
  for (const BlockId& id : {BlockId{7, 0, 0}, BlockId{7, 3, 1}, BlockId{8, 3, 200'000},
                            BlockId{8, 65'535, 1}, BlockId{8, 65'535, 127}}) {
    if (design.sampler != Sampler::sobol && id.replicate != 0) {
      continue;
    }
    run_block(id, workspace, results);
    for (std::size_t i = 0; i < kBlock; i += 73) {
      const std::vector<double> expected =
          interpret_path(graph, design, {id.seed, id.replicate, id.block * kBlock + i});
      for (std::size_t k = 0; k < results.size(); ++k) {
        const double value = expected[static_cast<std::size_t>(graph.outputs()[k].node)];
        ASSERT_TRUE(same_bits(results[k][i], value))
            << program.outputs[k].name << " of block " << id.block << ", lane " << i;
      }
    }
  }
}

TEST(Design, BlocksAreSinglePathsOnEverySet) {
  on_every_isa([] {
    const Graph graph = some_factors();
    const Program program = compile(graph);
    for (const Design& design : designs_of(program)) {
      check_blocks(graph, program, design);
    }
  });
}

TEST(Design, BlocksOfRandomGraphsAreSinglePaths) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    const RandomGraph random(seed);
    const Program program = compile(random.graph());
    const Construction construction = kConstructions[seed % 3];
    check_blocks(random.graph(), program,
                 sobol_design(program, {.construction = construction, .importance = {}}));
  }
}

TEST(Design, StreamsOfReplicateZeroAreThePlainOnes) {
  const Graph graph = some_factors();
  const Program program = compile(graph);
  const Design design = sobol_design(program, {.max_dimensions = 0, .importance = {}});
  const std::vector<double> plain = interpret_path(graph, 5, 1234);
  const std::vector<double> padded =
      interpret_path(graph, design, {.seed = 5, .replicate = 0, .point = 1234});
  for (const Output& output : graph.outputs()) {
    const auto node = static_cast<std::size_t>(output.node);
    EXPECT_TRUE(same_bits(plain[node], padded[node]));
  }
}

TEST(Design, DimensionsGoByImportance) {
  Graph graph;
  const NodeId args[] = {graph.draw("a", 0), graph.draw("b", 0)};
  graph.output("sum", graph.apply(Op::add, args));
  const Program program = compile(graph);
  const Design design = sobol_design(program, {.importance = {{0.1}, {0.2}}});
  EXPECT_EQ(design.factors[0].dimensions[0], 1u);
  EXPECT_EQ(design.factors[1].dimensions[0], 0u);
  EXPECT_THROW(sobol_design(program, {.importance = {{0.1}}}), std::invalid_argument);
  EXPECT_THROW(sobol_design(program, {.importance = {{0.1}, {0.2, 0.3}}}), std::invalid_argument);
  EXPECT_THROW(sobol_design(program, {.max_dimensions = 1025, .importance = {}}),
               std::invalid_argument);
}

TEST(Design, EveryDimensionIsUsedOnceLevelByLevel) {
  const Program program = compile(some_factors());
  const Design design = sobol_design(program, {.max_dimensions = 20, .importance = {}});
  std::multiset<std::uint32_t> used;
  for (const Factor& factor : design.factors) {
    EXPECT_LT(factor.dimensions[0], design.factors.size());
    for (const std::uint32_t dimension : factor.dimensions) {
      used.insert(dimension);
    }
  }
  for (std::uint32_t dimension = 0; dimension < 20; ++dimension) {
    EXPECT_EQ(used.count(dimension), 1u);
  }
  EXPECT_EQ(used.count(kPadded), program.draws.size() - 20);
}

// The draws of another block, in a workspace that would make its own.
TEST(Design, GivenDrawsTakeThePlaceOfStreams) {
  const Program program = compile(some_factors());
  const Design design = stream_design(program);
  const std::size_t n_draws = program.draws.size();
  AlignedVector rows(n_draws * kBlock);
  for (std::size_t lane = 0; lane < kBlock; ++lane) {
    const std::vector<double> draws =
        draws_on_path(design, {.seed = 4, .point = 3 * kBlock + lane});
    for (std::size_t k = 0; k < n_draws; ++k) {
      rows[k * kBlock + lane] = draws[k];
    }
  }
  std::vector<const double*> given;
  for (std::size_t k = 0; k < n_draws; ++k) {
    given.push_back(rows.data() + k * kBlock);
  }
  Workspace one(program, design);
  Workspace other(program, design);
  std::vector<const double*> made(program.outputs.size());
  std::vector<const double*> found(program.outputs.size());
  run_block({.seed = 4, .block = 3}, one, made);
  run_block_on(given, other, found);
  for (std::size_t i = 0; i < program.outputs.size(); ++i) {
    EXPECT_TRUE(std::equal(found[i], found[i] + kBlock, made[i]));
  }
}

}  // namespace
}  // namespace capstake::testing

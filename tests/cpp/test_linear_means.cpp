// Means through the linear part of a graph, against averages over paths.
#include <algorithm>
#include <array>
#include <vector>

#include "close.hpp"
#include "graph/expr.hpp"
#include "graph/interpret.hpp"
#include "graph/linear_means.hpp"

namespace capstake::testing {
namespace {

// x and y are draws; s is the same on all paths.
struct Example {
  Graph graph;
  Expr s{graph, graph.parameter("s", 3.0)};
  Expr x{graph, graph.draw("x", 0)};
  Expr y{graph, graph.draw("y", 0)};
  Expr kink = max(x, y);
  Expr linear = fma(s, kink, x / s) - 2.0 * y + s;
  Expr product = linear * x;
};

TEST(LinearMeansTest, StopsAtTheNearestNodesThatAreNotLinear) {
  Example e;
  const std::vector<NodeId> found =
      nodes_to_average(e.graph, std::array{e.linear.id(), e.product.id(), e.s.id()}, {});
  EXPECT_EQ(found, (std::vector{e.x.id(), e.y.id(), e.kink.id(), e.product.id()}));
}

TEST(LinearMeansTest, PrefersWhatIsPreferredUnlessItFollows) {
  Example e;
  const Expr sum = e.kink + e.y;
  const Expr results = sum * e.s;
  EXPECT_EQ(nodes_to_average(e.graph, std::array{results.id()}, std::array{results.id()}),
            std::vector{sum.id()});
  const std::vector preferred{e.y.id(), e.kink.id(), results.id()};
  EXPECT_EQ(nodes_to_average(e.graph, std::array{results.id()}, preferred),
            (std::vector{e.y.id(), e.kink.id()}));
  EXPECT_EQ(nodes_to_average(e.graph, std::array{e.y.id()}, preferred), std::vector{e.y.id()});
}

TEST(LinearMeansTest, MeansFollowThroughLinearNodes) {
  Example e;
  const std::vector<NodeId> averaged =
      nodes_to_average(e.graph, std::array{e.linear.id(), e.product.id()}, {});
  constexpr std::array<std::array<double, 2>, 3> kPaths = {{{1.5, -0.5}, {-0.25, 2.0}, {0.5, 1.0}}};
  std::vector<double> sums(e.graph.size());
  for (const std::array<double, 2>& draws : kPaths) {
    const std::vector<double> values = interpret(e.graph, draws);
    std::ranges::transform(values, sums, sums.begin(), std::plus{});
  }
  std::vector<double> means;
  for (const NodeId node : averaged) {
    means.push_back(sums[index(node)] / 3.0);
  }
  const std::vector<double> found = means_of_nodes(e.graph, averaged, means);
  for (const Expr expr : {e.linear, e.product, e.kink}) {
    EXPECT_TRUE(close(found[index(expr.id())], sums[index(expr.id())] / 3.0, 1e-15));
  }
  EXPECT_EQ(found[index(e.s.id())], 3.0);
}

}  // namespace
}  // namespace capstake::testing

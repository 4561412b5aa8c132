// What depends on what, on a graph small enough to see.
#include <gtest/gtest.h>

#include <array>

#include "graph/expr.hpp"
#include "graph/reach.hpp"

namespace capstake::testing {
namespace {

// 0: a parameter, 1: b draw, 2: c constant, 3: a + c, 4: b * (a + c), 5: -b
struct SmallGraph {
  SmallGraph() {
    const Expr a(graph, graph.parameter("a", 1.0));
    const Expr b(graph, graph.draw("b", 0));
    const Expr c(graph, graph.constant(2.0));
    product = (b * (a + c)).id();
    opposite = (-b).id();
  }
  Graph graph;
  NodeId product{};
  NodeId opposite{};
};

TEST(ReachTest, UpstreamIsWhatANodeDependsOn) {
  const SmallGraph small;
  const Marks all_but_last = {true, true, true, true, true, false};
  const Marks of_opposite = {false, true, false, false, false, true};
  EXPECT_EQ(upstream(small.graph, marked(small.graph, std::array{small.product})), all_but_last);
  EXPECT_EQ(upstream(small.graph, marked(small.graph, std::array{small.opposite})), of_opposite);
}

TEST(ReachTest, DownstreamIsWhatDependsOnALeaf) {
  const SmallGraph small;
  const Marks of_parameter = {true, false, false, true, true, false};
  const Marks varying = {false, true, false, false, true, true};
  EXPECT_EQ(downstream(small.graph, marked(small.graph, Op::parameter)), of_parameter);
  EXPECT_EQ(varying_nodes(small.graph), varying);
}

}  // namespace
}  // namespace capstake::testing

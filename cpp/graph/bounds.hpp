// Where the value of a node can lie, whatever the draws: interval arithmetic over the graph. Nodes
// that are the same on all paths have a bound of one point, their value.
#pragma once

#include <vector>

#include "graph/graph.hpp"

namespace capstake {

struct Bound {
  double low = 0.0;
  double high = 0.0;
  bool is_point() const { return low == high; }
};

Bound operator+(Bound a, Bound b);
Bound operator*(Bound a, Bound b);  // 0 times infinity is 0

// Grows with the graph it looks at. Bounds hold up to rounding, and leave NaN aside.
class Bounds {
 public:
  // With the parameters' own values, or with others in their place.
  explicit Bounds(const Graph& graph);
  Bounds(const Graph& graph, std::vector<double> parameters);

  Bound of(NodeId id);

 private:
  Bound of_leaf(const Node& node) const;
  Bound of_op(NodeId id) const;

  const Graph* graph_;
  std::vector<double> parameters_;
  std::vector<Bound> bounds_;
};

}  // namespace capstake

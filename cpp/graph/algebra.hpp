// Appends to a graph what is left of an expression once the obvious is struck out: x - x, x * 0,
// a minimum of which one side is never the lesser. For transforms, which put special cases into
// general expressions. Unlike the folding of the Graph it may change the last bits, and the sign of
// a zero, and takes factors of 0 to be finite.
#pragma once

#include "graph/bounds.hpp"
#include "graph/expr.hpp"

namespace capstake {

class Algebra {
 public:
  // With values of the parameters for which the order of path-invariant nodes is decided.
  Algebra(Graph& graph, std::vector<double> parameters);

  Graph& graph() { return *graph_; }
  NodeId constant(double value) { return graph_->constant(value); }
  NodeId apply(Op op, NodeId a);
  NodeId apply(Op op, NodeId a, NodeId b);
  NodeId apply(Op op, NodeId a, NodeId b, NodeId c);
  NodeId apply(Op op, std::span<const NodeId> args);

  bool is_zero(NodeId id) const { return is(id, 0.0); }
  bool is_one(NodeId id) const { return is(id, 1.0); }
  // Whether a <= b, up to rounding, whatever the draws.
  bool never_greater(NodeId a, NodeId b);
  // Where a node can lie: with the parameters as they are, and as they were given.
  Bound now(NodeId id) { return now_.of(id); }
  Bound decided(NodeId id) { return decided_.of(id); }

 private:
  bool is(NodeId id, double value) const;
  NodeId product(NodeId a, NodeId b);
  NodeId quotient(NodeId a, NodeId b);
  NodeId node(Op op, NodeId a, NodeId b);

  Graph* graph_;
  Bounds now_;
  Bounds decided_;
};

}  // namespace capstake

// A graph's nodes as functions of the place x along a direction: the steps s_i of a normal name are
//   s_i = r_i + w_i x,  x = sum w_i s_i,  sum w_i^2 = 1,
// with x standard normal and independent of all r_i.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "graph/direction.hpp"
#include "graph/expr.hpp"

namespace capstake {

// Beyond it there is less probability than a step of 1 in double.
inline constexpr double kFarthest = 8.2;

// 1 / x, and 0 where x is 0.
Expr inverse_or_zero(const Expr& x);

class Along {
 public:
  Along(Graph& graph, const Direction& direction);

  // x on each path.
  const Expr& x() const { return x_; }

  // The nodes at another place, appended.
  std::vector<NodeId> at(const Expr& place, std::span<const NodeId> nodes) const;

  // A comparison's margin at a few places that near its turn, by the secant method: they depend on
  // no x.
  struct Margins {
    std::vector<Expr> places;
    std::vector<Expr> margins;
  };
  Margins margins(NodeId comparison) const;
  Expr margin_at(NodeId comparison, const Expr& place) const;
  // Where the secant through the last two places meets zero.
  Expr turn(const Margins& found) const;

  // Between -kFarthest and kFarthest, also of what is not a number.
  Expr bounded(const Expr& place) const;

 private:
  Expr number(double value) const { return {graph_, graph_.constant(value)}; }
  Expr projection(const Direction& direction) const;
  void find_slopes(const Direction& direction);
  Expr slope(const Node& node) const;

  Graph& graph_;
  Expr x_;
  std::vector<std::optional<Expr>> slopes_;  // of affine forms that x moves, by node
};

}  // namespace capstake

// Jumps of a graph: comparisons, whose derivative is zero almost everywhere,
// and how a derivative can account for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph/expr.hpp"
#include "graph/reach.hpp"

namespace capstake {

// How a derivative accounts for a comparison.
enum class JumpRule : std::uint8_t {
  spread,
  still,  // nothing moves it within the value (graph/jump_sides.hpp)
  drawn,  // by the value where its uniform draw turns it (graph/drawn_jumps.hpp)
};

// How the jump of 1{a < b} is spread when it is differentiated; the value is
// not changed. Its derivative by x = b - a, or by x = log(b / a), is the kernel
// K(x / width) / width with
//   K(u) = 105/64 (1 - u^2)^2 (1 - 3 u^2) for |u| < 1,
// the biweight of order four (Tsybakov 2009, section 1.2.2), so that the bias
// is of the order of the fourth power of the width.
struct JumpWidth {
  double width = 0.0;
  bool is_of_ratio = false;  // x = log(b / a); both are positive
  bool has_ties = false;     // on some path both are the same: no kernel holds for what jumps there
  JumpRule rule = JumpRule::spread;
};

// By less or less_equal node.
using JumpWidths = std::unordered_map<NodeId, JumpWidth>;

bool is_comparison(Op op);

// The derivatives of 1{a < b} by a and by b, spread.
std::pair<Expr, Expr> spread_jump(Expr a, Expr b, const JumpWidth& over);

// The less and less_equal nodes that the output depends on, and that may differ
// by path: the others stay as they are while parameters move a little.
std::vector<NodeId> jumps_of(const Graph& graph, NodeId output);

// What taking jumps out of values may cost.
struct JumpLimits {
  std::size_t jumps = 0;
  std::size_t nodes = 0;  // computed on each path for all values without them
};

// Those of several outputs that normal draws decide, each once.
std::vector<NodeId> normal_jumps(const Graph& graph, std::span<const NodeId> values);

// Whether the output is affine in the value of a less or less_equal node, so
// that its derivative by that value is the height of the jump.
bool is_affine_in(const Graph& graph, NodeId output, NodeId jump);

// Appends the output as it would be if the node were the constant.
NodeId substituted(Graph& graph, NodeId output, NodeId node, double value);

// By node: whether it moves the output across a jump (an argument of less or
// less_equal without a width, a condition of select that is not made of these),
// so that a derivative with respect to it leaves something out.
Marks upstream_of_jumps(const Graph& graph, NodeId output, const JumpWidths& widths = {});

}  // namespace capstake

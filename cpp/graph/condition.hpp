// Conditioning one step ahead: where one normal draw decides a comparison, the
// comparison gives way to its probability given all other draws. The mean is
// the same; the jump is gone, and so is the variance that it brought.
// Glasserman (2003), section 7.2.3.
#pragma once

#include <span>
#include <vector>

#include "graph/graph.hpp"

namespace capstake {

// Nodes with the means of these over all paths. Sums are taken term by term,
// each over a draw of its own: 1{a(z) < b} becomes a normal probability where
// b, and all that the term is made of besides, do not depend on the normal draw
// z, and a is z behind a chain of sums, products of known sign, exp, log and normal or Student
// distribution functions.
// What is not of that kind is left as it is.
std::vector<NodeId> conditioned(Graph& graph, std::span<const NodeId> nodes);

}  // namespace capstake

// Whether nodes rise or fall with one of them, all draws besides held, as far as their making
// shows.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/bounds.hpp"

namespace capstake {

enum class Rise : std::int8_t { falls = -1, none = 0, rises = 1, unknown = 2 };

Rise opposite(Rise rise);
// Of a sum of two.
Rise together(Rise a, Rise b);

// Grows with the graph it looks at.
class Rises {
 public:
  // With the variable, a node that depends on no other one of interest.
  Rises(const Graph& graph, NodeId variable)
      : graph_(&graph), bounds_(graph), variable_(variable) {}

  Rise of(NodeId id);

 private:
  Rise computed(NodeId id);
  Rise of_product(NodeId a, NodeId b);
  Rise of_quotient(NodeId a, NodeId b);
  Rise times_sign(Rise rise, NodeId factor);
  bool is_positive(NodeId id) { return bounds_.of(id).low >= 0.0; }

  const Graph* graph_;
  Bounds bounds_;
  NodeId variable_;
  std::vector<Rise> rises_;
};

}  // namespace capstake

// The mean of nodes over the time of one event, as nodes that do not depend on it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "graph/event_draw.hpp"
#include "graph/segment.hpp"

namespace capstake {

// Means of sums, and of products with what does not depend on the event, are those of their parts;
// other nodes go piece by piece.
class EventMean {
 public:
  // What is left of the draw: nothing, the place within a piece, or all of it somewhere.
  enum class Rest : std::uint8_t { nothing, place, draw };
  struct Mean {
    NodeId node{};
    Rest rest = Rest::nothing;
  };

  // A node stays as it is if its mean would take more than most_parts expressions, or the place
  // within a piece where that may not stay.
  EventMean(Algebra& algebra, const EventDraw& event, std::size_t most_nodes,
            std::size_t most_parts, bool may_place);
  // Nothing once the graph has more than most_nodes.
  std::vector<std::optional<Mean>> of(std::span<const NodeId> outputs);

 private:
  bool depends(NodeId id) const { return dependents_.contains(id); }
  bool is_over() const { return algebra_.graph().size() > most_nodes_; }
  bool is_linear(NodeId id);
  std::size_t runs(NodeId id);
  std::optional<NodeId> constant_on(std::size_t k, NodeId id);
  Marks needed(std::span<const NodeId> outputs, Marks& linear);
  Mean by_parts(NodeId id);
  Mean by_pieces(NodeId id);
  NodeId run_probability(std::size_t first, std::size_t last);
  Mean piece_mean(std::size_t k, NodeId id, std::size_t& parts);

  Algebra& algebra_;
  const EventDraw& event_;
  std::size_t most_nodes_;
  std::size_t most_parts_;
  bool may_place_;
  Dependents dependents_;
  std::vector<Piece> pieces_;
  std::vector<Segment> whole_;   // the variable as a line
  std::vector<Segment> placed_;  // the variable at a quantile of the piece
  std::vector<std::optional<Mean>> means_;
  std::vector<std::uint32_t> runs_;  // by node, once counted
};

}  // namespace capstake

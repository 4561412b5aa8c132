// The mean of nodes over the time of one event, as nodes that do not depend on it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "graph/event_draw.hpp"
#include "graph/segment.hpp"

namespace capstake {

// How far to go with one event.
struct Effort {
  std::size_t most_parts;  // expressions that a mean may take; a node stays where it needs more
  bool may_place;          // whether the draw may stay as the place within a piece
  bool operator==(const Effort&) const = default;
};

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

  // Of nodes that the graph has now.
  EventMean(Algebra& algebra, const EventDraw& event);
  // Nothing once the graph has more than most_nodes. What was found for other outputs is known
  // still.
  std::vector<std::optional<Mean>> of(std::span<const NodeId> outputs, const Effort& effort,
                                      std::size_t most_nodes);
  // Whether the last call for means would have been given up with any effort.
  bool is_hopeless() const { return is_hopeless_; }

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
  Effort effort_{};
  std::size_t most_nodes_ = 0;
  bool is_hopeless_ = false;
  Dependents dependents_;
  std::vector<Piece> pieces_;
  std::vector<Segment> whole_;              // the variable as a line
  std::vector<Segment> placed_;             // the variable at a quantile of the piece
  std::vector<std::optional<Mean>> means_;  // with the effort
  std::vector<std::uint32_t> runs_;         // by node, once counted
};

}  // namespace capstake

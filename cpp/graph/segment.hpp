// A graph seen on a part of one piece of an event's time (graph/piece.hpp): there most nodes that
// depend on the time are lines in it, or do not depend on it at all. Where one has a kink or a jump
// the part is split at it, which may be at another place on each path.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "graph/piece.hpp"
#include "graph/reach.hpp"

namespace capstake {

// The nodes of a graph that depend on one node, numbered.
class Dependents {
 public:
  Dependents(const Graph& graph, NodeId on);

  bool contains(NodeId id) const { return index(id) < rank_.size() && rank_[index(id)] != kNone; }
  std::size_t rank(NodeId id) const { return rank_[index(id)]; }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  std::vector<std::uint32_t> rank_;
  std::size_t size_ = 0;
};

// What a node is on a segment.
struct Shape {
  enum class Kind : std::uint8_t {
    unknown,
    line,
    split,  // a line on both sides of a kink or jump of `at`
    other
  };
  Kind kind = Kind::unknown;
  NodeId at{};
  Line line{};
  std::uint8_t depth = 0;  // of the segment that found it
};

// Shapes by rank. Copies share what neither changes: most parts of a segment look at few nodes.
class Shapes {
 public:
  explicit Shapes(std::size_t n) : pages_((n + kPage - 1) / kPage) {}

  const Shape& operator[](std::size_t rank) const {
    const std::shared_ptr<Page>& page = pages_[rank / kPage];
    return page ? (*page)[rank % kPage] : kUnknown;
  }
  void set(std::size_t rank, const Shape& shape);

 private:
  static constexpr std::size_t kPage = 32;
  static constexpr Shape kUnknown{};
  using Page = std::array<Shape, kPage>;
  std::vector<std::shared_ptr<Page>> pages_;
};

class Segment {
 public:
  // All of a piece. `variable` is the event's node, and what it is here.
  // What it has in common with the segment before it, if one is given, is taken from there.
  Segment(Algebra& algebra, const Dependents& dependents, const Piece& piece, NodeId variable,
          Line line, const Segment* before = nullptr);

  // What the node is here. Nodes that do not depend on the event are themselves.
  Shape shape(NodeId id);
  // Integral of the node over the segment, given that X exceeds the piece's begin; nothing where it
  // is not made of lines, or of more than `most_parts`.
  std::optional<NodeId> integral(NodeId id, int& most_parts);

 private:
  struct Halves {
    std::unique_ptr<Segment> left;
    std::unique_ptr<Segment> right;
  };

  Segment(const Segment& whole, NodeId kink, Line here, Place from, Place to);

  const Shape* known(NodeId id) const;
  void keep(NodeId id, Shape shape);
  struct Arguments {
    std::array<Shape, 3> shapes;  // of the arguments
    std::optional<NodeId> missing;
  };

  const Shape* same_before(NodeId id, const std::array<Shape, 3>& of) const;
  bool is_nothing(const Shape& shape) const;
  Arguments arguments(NodeId id) const;
  Shape computed(NodeId id, const std::array<Shape, 3>& of);
  Shape of_lines(NodeId id, const std::array<Line, 3>& lines, std::size_t n);
  Shape of_product(Line a, Line b);
  Shape of_comparison(NodeId id, Line a, Line b);
  Shape of_selection(Line condition, Line a, Line b);
  std::array<Line, 2> compared(NodeId kink);
  bool never_above(Line a, Line b) const;
  bool never_above(Line a, Line b, const Place& place) const;
  Line combined(Op op, Line a, Line b);
  Line scaled(Line line, Op op, NodeId factor);
  Halves* halves(NodeId kink);

  Algebra* algebra_;
  const Dependents* dependents_;
  const Piece* piece_;
  const Segment* before_ = nullptr;
  Place from_;
  Place to_;
  std::uint8_t depth_ = 0;  // how many segments it is a part of
  Shapes shapes_;
  std::map<NodeId, Halves> halves_;  // by kink; empty where there is no telling them apart
};

}  // namespace capstake

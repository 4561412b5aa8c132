// One piece of the line on which a standard exponential variable X lives: between two thresholds,
// or after the last. On it X = from + gap * w with w in [0, 1], and given X > from the density of w
// is gap * exp(-gap * w). All of these are nodes, so probabilities can be differentiated by what
// the thresholds are made from, also where a gap is zero.
#pragma once

#include <optional>

#include "graph/algebra.hpp"

namespace capstake {

// at_zero + slope * w on a piece; without a slope, the same all over it.
struct Line {
  NodeId at_zero{};
  std::optional<NodeId> slope;
};

// A place w on a piece, and integrals from 0 to it of the density, and of w times the density.
struct Place {
  NodeId w{};
  NodeId mass{};
  NodeId moment{};
};

class Piece {
 public:
  // Without an end, the piece ends where the probability of being beyond is zero in double.
  Piece(Algebra& algebra, NodeId from, std::optional<NodeId> to);

  NodeId from() const { return from_; }
  Line variable() const { return {from_, gap_}; }
  Place begin() const { return begin_; }
  Place end() const { return end_; }
  Place at(NodeId w) const;
  // The place that has the part u of the mass before it.
  NodeId quantile(NodeId u) const;
  // Integral of a line times the density.
  NodeId integral(Line line, const Place& from, const Place& to) const;

 private:
  Algebra* algebra_;
  NodeId from_;
  NodeId gap_;
  Place begin_;
  Place end_;
};

// P(X > from), and of it the part with X <= to.
NodeId survival(Algebra& algebra, NodeId from);
NodeId part_before(Algebra& algebra, NodeId from, NodeId to);

}  // namespace capstake

// What is known of each node without running paths: the draws it depends on, whether it is an
// affine form of normal draws, and its value on the central path (normal draws 0, uniform 0.5),
// which is its value on every path where it depends on no draw. Where it can lie is
// graph/bounds.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "graph/graph.hpp"

namespace capstake {

class Facts {
 public:
  explicit Facts(const Graph& graph);
  // Reads the nodes appended since; none of them may be a new draw.
  void update();

  bool is_invariant(NodeId node) const;
  bool has_normal(NodeId node) const { return has_normal_[index(node)]; }
  bool is_affine(NodeId node) const { return is_affine_[index(node)]; }
  bool are_disjoint(NodeId a, NodeId b) const;         // depend on no common draw
  std::optional<NodeId> only_draw(NodeId node) const;  // where it depends on just one
  double central(NodeId node) const { return central_[index(node)]; }

 private:
  std::span<const std::uint64_t> support(NodeId node) const;
  void read(NodeId id);
  bool affine(const Node& node) const;

  const Graph& graph_;
  std::size_t words_;                   // of 64 draws each
  std::vector<std::uint64_t> support_;  // (size, words_)
  std::vector<bool> has_normal_;
  std::vector<bool> is_affine_;
  std::vector<double> central_;
  std::vector<NodeId> draw_nodes_;  // by index of the draw
};

}  // namespace capstake

#include "graph/tabulated.hpp"

#include <algorithm>
#include <array>

#include "graph/interpret.hpp"

namespace capstake {

namespace {

// Tables that are kept; beyond, all are made anew.
constexpr std::size_t kMostKnown = 10'000;

}  // namespace

std::span<const double> Tabulated::of(NodeId node) {
  if (known_.size() > kMostKnown) {
    known_.clear();
  }
  known_.try_emplace(draw_, at_);
  const auto needs_none = [&](NodeId id) { return known_.contains(id) || facts_.is_invariant(id); };
  for (const NodeId id : cone(graph_, node, needs_none)) {
    known_.emplace(id, computed(id));
  }
  if (facts_.is_invariant(node)) {
    known_.try_emplace(node, std::vector(at_.size(), facts_.central(node)));
  }
  return known_.at(node);
}

std::vector<double> Tabulated::computed(NodeId node) const {
  const Op op = graph_.node(node).op;
  std::array<const double*, 3> from{};  // of arguments that the draw moves
  std::array<double, 3> values{};
  const std::span<const NodeId> args = graph_.args(node);
  for (std::size_t k = 0; k < args.size(); ++k) {
    values[k] = facts_.central(args[k]);
    from[k] = facts_.is_invariant(args[k]) ? nullptr : known_.at(args[k]).data();
  }
  std::vector<double> found;
  found.reserve(at_.size());
  for (std::size_t i = 0; i < at_.size(); ++i) {
    for (std::size_t k = 0; k < args.size(); ++k) {
      values[k] = from[k] ? from[k][i] : values[k];
    }
    found.push_back(evaluate(op, values[0], values[1], values[2]));
  }
  return found;
}

}  // namespace capstake

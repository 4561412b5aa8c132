#include "graph/event_mean.hpp"

#include <algorithm>
#include <array>

namespace capstake {
namespace {

// Of one node on one piece; what needs more is sampled there.
constexpr int kMostParts = 32;
constexpr std::uint32_t kUncounted = UINT32_MAX;

}  // namespace

EventMean::EventMean(Algebra& algebra, const EventDraw& event)
    : algebra_(algebra),
      dependents_(algebra.graph(), event.variable),
      means_(algebra.graph().size()),
      runs_(algebra.graph().size(), kUncounted) {
  NodeId from = algebra.constant(0.0);
  for (const NodeId to : event.thresholds) {
    pieces_.emplace_back(algebra, from, to);
    from = to;
  }
  pieces_.emplace_back(algebra, from, std::nullopt);
  whole_.reserve(pieces_.size());
  for (const Piece& piece : pieces_) {
    const Line line = piece.variable();
    const NodeId place = piece.quantile(event.draw);
    const NodeId at = algebra.apply(Op::fma, *line.slope, place, line.at_zero);
    whole_.emplace_back(algebra, dependents_, piece, event.variable, line,
                        whole_.empty() ? nullptr : &whole_.back());
    placed_.emplace_back(algebra, dependents_, piece, event.variable, Line{at, std::nullopt});
  }
}

// Whether the node's mean is made from its arguments' means.
bool EventMean::is_linear(NodeId id) {
  const Op op = algebra_.graph().node(id).op;
  const std::array<NodeId, 3> of = algebra_.graph().node(id).args;
  switch (op) {
    case Op::neg:
      return true;
    case Op::add:
    case Op::sub:
      // Unless the two cancel on some pieces, as what is paid up to one date and up to another.
      return !depends(of[0]) || !depends(of[1]) || runs(id) >= std::max(runs(of[0]), runs(of[1]));
    case Op::mul:
    case Op::fma:
      return !depends(of[0]) || !depends(of[1]);
    case Op::div:
      return !depends(of[1]);
    case Op::select:
      return !depends(of[0]);
    default:
      return false;
  }
}

// Number of runs of pieces on which the node is one expression other than zero.
std::size_t EventMean::runs(NodeId id) {
  if (runs_[index(id)] != kUncounted) {
    return runs_[index(id)];
  }
  std::uint32_t n = 0;
  std::optional<NodeId> last;
  for (std::size_t k = 0; k < pieces_.size() && !is_over(); ++k) {
    const std::optional<NodeId> value = constant_on(k, id);
    const bool is_nothing = value && algebra_.is_zero(*value);
    n += !is_nothing && (!value || value != last) ? 1 : 0;
    last = value;
  }
  if (!is_over()) {
    runs_[index(id)] = n;
  }
  return n;
}

// What the node is on the whole piece, if it does not depend on the event there.
std::optional<NodeId> EventMean::constant_on(std::size_t k, NodeId id) {
  const Shape shape = whole_[k].shape(id);
  const bool is_constant = shape.kind == Shape::Kind::line && !shape.line.slope;
  return is_constant ? std::optional(shape.line.at_zero) : std::nullopt;
}

// The nodes whose mean is wanted, and of these those that are linear in their arguments.
Marks EventMean::needed(std::span<const NodeId> outputs, Marks& linear) {
  Marks wanted(means_.size());
  for (const NodeId output : outputs) {
    wanted[index(output)] = depends(output);
  }
  for (std::size_t i = wanted.size(); i-- > 0;) {
    if (!wanted[i] || means_[i] || !is_linear(node_id(i))) {
      continue;
    }
    linear[i] = true;
    for (const NodeId argument : algebra_.graph().args(node_id(i))) {
      wanted[index(argument)] = wanted[index(argument)] || depends(argument);
    }
  }
  return wanted;
}

std::vector<std::optional<EventMean::Mean>> EventMean::of(std::span<const NodeId> outputs,
                                                          const Effort& effort,
                                                          std::size_t most_nodes) {
  if (effort != effort_) {
    means_.assign(means_.size(), std::nullopt);
  }
  effort_ = effort;
  most_nodes_ = most_nodes;
  Marks linear(means_.size());
  const Marks wanted = needed(outputs, linear);
  is_hopeless_ = is_over();
  for (std::size_t i = 0; i < wanted.size() && !is_over(); ++i) {
    if (wanted[i] && !means_[i]) {
      const Mean mean = linear[i] ? by_parts(node_id(i)) : by_pieces(node_id(i));
      means_[i] = is_over() ? std::nullopt : std::optional(mean);
    }
  }
  std::vector<std::optional<Mean>> found;
  for (const NodeId output : outputs) {
    found.push_back(is_over()         ? std::nullopt
                    : depends(output) ? means_[index(output)]
                                      : std::optional(Mean{output, Rest::nothing}));
  }
  return found;
}

EventMean::Mean EventMean::by_parts(NodeId id) {
  const Op op = algebra_.graph().node(id).op;
  std::array<NodeId, 3> args = algebra_.graph().node(id).args;
  const std::size_t n = algebra_.graph().args(id).size();
  Rest rest = Rest::nothing;
  for (NodeId& argument : std::span(args).first(n)) {
    if (depends(argument)) {
      const Mean mean = *means_[index(argument)];
      argument = mean.node;
      rest = std::max(rest, mean.rest);
    }
  }
  return {algebra_.apply(op, std::span(args).first(n)), rest};
}

EventMean::Mean EventMean::by_pieces(NodeId id) {
  Mean sum{algebra_.constant(0.0), Rest::nothing};
  std::size_t parts = 0;
  for (std::size_t k = 0; k < pieces_.size() && !is_over(); ++k) {
    const std::optional<NodeId> value = constant_on(k, id);
    if (!value) {
      const Mean part = piece_mean(k, id, parts);
      sum.node =
          algebra_.apply(Op::fma, survival(algebra_, pieces_[k].from()), part.node, sum.node);
      sum.rest = std::max(sum.rest, part.rest);
    } else {
      const std::size_t first = k;
      while (k + 1 < pieces_.size() && constant_on(k + 1, id) == value) {
        ++k;
      }
      parts += algebra_.is_zero(*value) ? 0 : 1;
      sum.node = algebra_.apply(Op::fma, run_probability(first, k), *value, sum.node);
    }
    if (parts > effort_.most_parts || (sum.rest == Rest::place && !effort_.may_place)) {
      return {id, Rest::draw};
    }
  }
  return sum;
}

// P(X is in one of these pieces).
NodeId EventMean::run_probability(std::size_t first, std::size_t last) {
  const NodeId from = pieces_[first].from();
  const NodeId beyond = survival(algebra_, from);
  return last + 1 == pieces_.size()
             ? beyond
             : algebra_.apply(Op::mul, beyond,
                              part_before(algebra_, from, pieces_[last + 1].from()));
}

// The integral over one piece, given that X exceeds its begin.
EventMean::Mean EventMean::piece_mean(std::size_t k, NodeId id, std::size_t& parts) {
  int left = kMostParts;
  const std::optional<NodeId> exact = whole_[k].integral(id, left);
  parts += static_cast<std::size_t>(kMostParts - left) + 1;
  if (exact) {
    return {*exact, Rest::nothing};
  }
  const NodeId value = placed_[k].shape(id).line.at_zero;
  return {algebra_.apply(Op::mul, pieces_[k].end().mass, value), Rest::place};
}

}  // namespace capstake

// Means of events and of their parts of periods, in closed form.
#include "graph/event_draw.hpp"
#include "graph/mean.hpp"

namespace capstake {

// Whether the node is -log of a uniform draw.
bool Means::is_threshold(NodeId node) const { return draw_of_event_time(graph_, node).has_value(); }

std::optional<Means::EventPart> Means::event_part(NodeId node) {
  const Node of = graph_.node(node);
  const auto fixed = [&](NodeId n) { return facts_.is_invariant(n); };
  const auto equals = [&](NodeId n, double value) {
    return fixed(n) && facts_.central(n) == value;
  };
  if (of.op == Op::less_equal && fixed(of.args[0]) && is_threshold(of.args[1])) {
    return EventPart{of.args[0], facts_.central(of.args[0]), std::nullopt};
  }
  // min(max((E - from) / gap, 0), 1)
  if (of.op != Op::min || !equals(of.args[1], 1.0)) {
    return std::nullopt;
  }
  const Node floored = graph_.node(of.args[0]);
  if (floored.op != Op::max || !equals(floored.args[1], 0.0)) {
    return std::nullopt;
  }
  const Node line = graph_.node(floored.args[0]);
  if (line.op != Op::div || !fixed(line.args[1]) || !(facts_.central(line.args[1]) > 0.0)) {
    return std::nullopt;
  }
  const Node gone = graph_.node(line.args[0]);
  if (gone.op == Op::sub && is_threshold(gone.args[0]) && fixed(gone.args[1])) {
    return EventPart{gone.args[1], facts_.central(gone.args[1]) + facts_.central(line.args[1]),
                     line.args[1]};
  }
  if (is_threshold(line.args[0])) {  // from = 0
    return EventPart{constant(0.0), facts_.central(line.args[1]), line.args[1]};
  }
  return std::nullopt;
}

// The product of two parts of one event, where it is a part again.
std::optional<Means::EventPart> Means::joined(const EventPart& a, const EventPart& b) const {
  const double a_from = facts_.central(a.from);
  const double b_from = facts_.central(b.from);
  if (!a.gap && !b.gap) {
    return a_from >= b_from ? a : b;
  }
  if (b_from >= a.to * (1.0 - kRounding)) {
    return b;
  }
  if (a_from >= b.to * (1.0 - kRounding)) {
    return a;
  }
  return std::nullopt;
}

// E exceeds H with probability exp(-H), and the mean of a line from 0 at `from` to 1 at `to` is
// (exp(-from) - exp(-to)) / gap.
Means::Maybe Means::event_product(std::span<const NodeId> factors) {
  std::optional<EventPart> all;
  for (const NodeId factor : factors) {
    std::optional<EventPart> part = event_part(factor);
    if (!part || !(facts_.central(part->from) >= 0.0)) {
      return std::nullopt;
    }
    all = all ? joined(*all, *part) : part;
    if (!all) {
      return std::nullopt;
    }
  }
  const NodeId survival = make(Op::exp, make(Op::neg, all->from));
  if (!all->gap) {
    return survival;
  }
  const NodeId ends = make(Op::neg, make(Op::expm1, make(Op::neg, *all->gap)));
  return make(Op::mul, survival, make(Op::div, ends, *all->gap));
}

}  // namespace capstake

#include "graph/rise.hpp"

namespace capstake {

Rise opposite(Rise rise) {
  switch (rise) {
    case Rise::falls:
      return Rise::rises;
    case Rise::rises:
      return Rise::falls;
    default:
      return rise;
  }
}

Rise together(Rise a, Rise b) {
  return a == Rise::none ? b : b == Rise::none || a == b ? a : Rise::unknown;
}

Rise Rises::of(NodeId id) {
  while (rises_.size() <= index(id)) {
    rises_.push_back(computed(node_id(rises_.size())));
  }
  return rises_[index(id)];
}

Rise Rises::computed(NodeId id) {
  if (id == variable_) {
    return Rise::rises;
  }
  Rise all = Rise::none;
  for (const NodeId argument : graph_->args(id)) {
    all = together(all, of(argument));
  }
  const Node& node = graph_->node(id);
  const auto& [a, b, c] = node.args;
  bool depends = false;
  for (const NodeId argument : graph_->args(id)) {
    depends = depends || of(argument) != Rise::none;
  }
  if (!depends) {
    return Rise::none;
  }
  switch (node.op) {
    case Op::neg:
      return opposite(of(a));
    case Op::sub:
      return together(of(a), opposite(of(b)));
    case Op::mul:
      return of_product(a, b);
    case Op::div:
      return of_quotient(a, b);
    case Op::fma:
      return together(of_product(a, b), of(c));
    case Op::select:
      return of(a) == Rise::none ? all : Rise::unknown;
    case Op::add:
    case Op::min:
    case Op::max:
    case Op::sqrt:
    case Op::exp:
    case Op::log:
    case Op::expm1:
    case Op::log1p:
    case Op::normal_cdf:
    case Op::normal_quantile:
      return all;
    default:
      return Rise::unknown;
  }
}

Rise Rises::times_sign(Rise rise, NodeId factor) {
  const Bound bound = bounds_.of(factor);
  return rise == Rise::none  ? rise
         : bound.low >= 0.0  ? rise
         : bound.high <= 0.0 ? opposite(rise)
                             : Rise::unknown;
}

Rise Rises::of_product(NodeId a, NodeId b) {
  if (of(a) == Rise::none) {
    return times_sign(of(b), a);
  }
  if (of(b) == Rise::none) {
    return times_sign(of(a), b);
  }
  return is_positive(a) && is_positive(b) ? together(of(a), of(b)) : Rise::unknown;
}

Rise Rises::of_quotient(NodeId a, NodeId b) {
  if (of(b) == Rise::none) {
    return times_sign(of(a), b);
  }
  if (!is_positive(b)) {
    return Rise::unknown;
  }
  if (of(a) == Rise::none) {
    return opposite(times_sign(of(b), a));
  }
  return is_positive(a) ? together(of(a), opposite(of(b))) : Rise::unknown;
}

}  // namespace capstake

#include "graph/mean.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace capstake {

namespace {

// A graph this deep or a product this wide has no mean, rather than a stack or a day that ends.
constexpr std::size_t kDeepest = 2500;
constexpr std::size_t kMostSteps = 100'000;
// Nodes that all means of one graph may add: more would take longer than they save.
constexpr std::size_t kMostNodes = 150'000;

bool is_sum(Op op) { return op == Op::add || op == Op::sub || op == Op::fma; }

}  // namespace

Mean Means::of(NodeId node, std::size_t most_nodes) {
  facts_.update();
  reason_.clear();
  depth_ = 0;
  steps_ = 0;
  largest_ = std::min(first_size_ + kMostNodes, graph_.size() + most_nodes);
  const Maybe found = mean(node);
  if (found && !std::isfinite(facts_.central(*found))) {
    return {std::nullopt, "its mean is not finite, or has too many terms"};
  }
  return {found, found ? "" : reason_};
}

NodeId Means::make(Op op, NodeId a) {
  const NodeId made = graph_.apply(op, std::array{a});
  facts_.update();
  return made;
}

NodeId Means::make(Op op, NodeId a, NodeId b) {
  const NodeId made = graph_.apply(op, std::array{a, b});
  facts_.update();
  return made;
}

NodeId Means::constant(double value) {
  const NodeId made = graph_.constant(value);
  facts_.update();
  return made;
}

NodeId Means::sum(NodeId a, NodeId b) {
  const NodeId zero = constant(0.0);
  return a == zero ? b : b == zero ? a : make(Op::add, a, b);
}

NodeId Means::scaled(NodeId coefficient, NodeId a) {
  const NodeId zero = constant(0.0);
  return a == zero || coefficient == zero ? zero : make(Op::mul, coefficient, a);
}

Means::Maybe Means::none(const char* reason) {
  if (reason_.empty()) {
    reason_ = reason;
  }
  return std::nullopt;
}

Means::Maybe Means::mean(NodeId node) {
  if (facts_.is_invariant(node)) {
    return node;
  }
  if (const auto known = known_.find(node); known != known_.end()) {
    return known->second ? known->second : none("a part of it has no known mean");
  }
  if (graph_.size() > largest_ || ++steps_ > kMostSteps || depth_ >= kDeepest) {
    return none("its products have too many terms");
  }
  ++depth_;
  const Maybe found = computed(stripped(node));
  --depth_;
  known_.emplace(node, found);
  return found;
}

Means::Maybe Means::computed(NodeId node) {
  const Node of = graph_.node(node);  // a copy: the graph grows
  switch (of.op) {
    case Op::constant:
    case Op::parameter:
      return node;
    case Op::draw:
      return constant(graph_.draws()[of.leaf].law == Law::normal ? 0.0 : 0.5);
    case Op::neg: {
      const Maybe a = mean(of.args[0]);
      return a ? Maybe(make(Op::neg, *a)) : a;
    }
    // The later part first, as sums grow on the left; without its mean there is none.
    case Op::add:
    case Op::sub: {
      const Maybe b = mean(of.args[1]);
      return b ? linear(of.op, mean(of.args[0]), b) : b;
    }
    case Op::fma: {
      const Maybe c = mean(of.args[2]);
      return c ? linear(Op::add, mean(make(Op::mul, of.args[0], of.args[1])), c) : c;
    }
    case Op::mul:
    case Op::div:
    case Op::exp:
      return product(node);
    default:
      return one_draw(node);
  }
}

Means::Maybe Means::linear(Op op, Maybe a, Maybe b) {
  if (!a || !b) {
    return std::nullopt;
  }
  return op == Op::add ? sum(*a, *b) : make(op, *a, *b);
}

Means::Maybe Means::product(NodeId node) {
  Product all{constant(1.0), std::nullopt, {}};
  collect(node, false, all);
  NodeId result = all.coefficient;
  for (const Product& part : independent_groups(all)) {
    const Maybe of_part = group(part);
    if (!of_part) {
      return std::nullopt;
    }
    result = scaled(result, *of_part);
  }
  return result;
}

// Multiplies by a node, or by its inverse.
void Means::collect(NodeId node, bool inverse, Product& into) {
  node = stripped(node);
  const Node of = graph_.node(node);
  if (facts_.is_invariant(node)) {
    into.coefficient = make(inverse ? Op::div : Op::mul, into.coefficient, node);
  } else if (of.op == Op::mul || of.op == Op::div) {
    collect(of.args[0], inverse, into);
    collect(of.args[1], of.op == Op::div ? !inverse : inverse, into);
  } else if (of.op == Op::neg) {
    into.coefficient = make(Op::neg, into.coefficient);
    collect(of.args[0], inverse, into);
  } else if (of.op == Op::exp && facts_.is_affine(of.args[0])) {
    const NodeId signed_part = inverse ? make(Op::neg, of.args[0]) : of.args[0];
    into.exponent = into.exponent ? make(Op::add, *into.exponent, signed_part) : signed_part;
  } else {
    into.factors.push_back(inverse ? make(Op::div, constant(1.0), node) : node);
  }
}

// Splits into products that share no draw.
std::vector<Means::Product> Means::independent_groups(const Product& product) {
  const NodeId one = constant(1.0);
  std::vector<Product> groups;
  const auto touches = [&](const Product& part, NodeId node) {
    return (part.exponent && !facts_.are_disjoint(*part.exponent, node)) ||
           std::ranges::any_of(part.factors,
                               [&](NodeId f) { return !facts_.are_disjoint(f, node); });
  };
  if (product.exponent) {
    groups.push_back({one, product.exponent, {}});
  }
  for (const NodeId factor : product.factors) {
    Product joined{one, std::nullopt, {factor}};
    std::vector<Product> apart;
    for (const Product& part : groups) {
      if (touches(part, factor)) {
        joined.exponent = part.exponent ? part.exponent : joined.exponent;
        joined.factors.insert(joined.factors.end(), part.factors.begin(), part.factors.end());
      } else {
        apart.push_back(part);
      }
    }
    apart.push_back(joined);
    groups = std::move(apart);
  }
  return groups;
}

Means::Maybe Means::group(const Product& group) {
  if (group.factors.empty()) {
    return lognormal(*group.exponent);
  }
  const auto op_of = [&](NodeId node) { return graph_.node(node).op; };
  if (group.factors.size() == 1 && !group.exponent) {
    const NodeId only = group.factors.front();
    const Op op = op_of(only);
    return op == Op::mul || op == Op::div || op == Op::exp ? one_draw(only) : mean(only);
  }
  if (!group.exponent) {
    if (const Maybe of_event = event_product(group.factors)) {
      return of_event;
    }
  }
  for (std::size_t i = 0; i < group.factors.size(); ++i) {
    if (is_sum(op_of(group.factors[i]))) {
      return distributed(group, i);
    }
  }
  NodeId factors = constant(1.0);
  for (const NodeId factor : group.factors) {
    factors = make(Op::mul, factors, factor);
  }
  return group.exponent ? over_affine(factors, group.exponent) : one_draw(factors);
}

// (a + b) rest = a rest + b rest.
Means::Maybe Means::distributed(const Product& group, std::size_t at) {
  NodeId rest = group.exponent ? make(Op::exp, *group.exponent) : constant(1.0);
  for (std::size_t i = 0; i < group.factors.size(); ++i) {
    rest = i == at ? rest : make(Op::mul, rest, group.factors[i]);
  }
  const Node of = graph_.node(group.factors[at]);
  if (of.op == Op::fma) {
    const Maybe c = mean(make(Op::mul, of.args[2], rest));
    return c ? linear(Op::add, mean(make(Op::mul, make(Op::mul, of.args[0], of.args[1]), rest)), c)
             : c;
  }
  const Maybe b = mean(make(Op::mul, of.args[1], rest));
  return b ? linear(of.op, mean(make(Op::mul, of.args[0], rest)), b) : b;
}

Means::Maybe Means::lognormal(NodeId exponent) {
  const Maybe centre = mean(exponent);
  if (!centre) {
    return std::nullopt;
  }
  return make(Op::exp, sum(*centre, scaled(constant(0.5), covariance(exponent, exponent))));
}

// Of affine forms, by bilinearity: the later node is taken apart, so that forms built period by
// period cost a few nodes a period.
NodeId Means::covariance(NodeId a, NodeId b) {
  if (facts_.are_disjoint(a, b)) {
    return constant(0.0);
  }
  const auto [first, last] = std::minmax(a, b);
  const std::uint64_t key =
      (static_cast<std::uint64_t>(first) << 32) | static_cast<std::uint64_t>(last);
  if (const auto known = covariances_.find(key); known != covariances_.end()) {
    return known->second;
  }
  if (depth_ >= kDeepest) {
    return constant(std::numeric_limits<double>::quiet_NaN());
  }
  ++depth_;
  const NodeId found = expanded_covariance(last, first);
  --depth_;
  covariances_.emplace(key, found);
  return found;
}

NodeId Means::expanded_covariance(NodeId a, NodeId b) {
  const Node of = graph_.node(a);
  const auto with = [&](std::size_t k) { return covariance(of.args[k], b); };
  const auto times = [&] {
    return facts_.is_invariant(of.args[0]) ? scaled(of.args[0], with(1))
                                           : scaled(of.args[1], with(0));
  };
  switch (of.op) {
    case Op::neg:
      return scaled(constant(-1.0), with(0));
    case Op::add:
      return sum(with(0), with(1));
    case Op::sub:
      return sum(with(0), scaled(constant(-1.0), with(1)));
    case Op::mul:
      return times();
    case Op::fma:
      return sum(times(), with(2));
    case Op::div:
      return make(Op::div, with(0), of.args[1]);
    default:  // a draw, and b is the same one: an earlier node does not depend on a later one
      return constant(1.0);
  }
}

}  // namespace capstake

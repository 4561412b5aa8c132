// Means of functions of a single draw or affine form, by quadrature where they are no event's.
#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>

#include "graph/interpret.hpp"
#include "graph/mean.hpp"
#include "graph/quadrature.hpp"

namespace capstake {

namespace {

// A node that draws move through one variable alone, as a function of it: in numbers, and as a node
// where another stands for it.
class Function {
 public:
  Function(Graph& graph, const Facts& facts, NodeId root, NodeId variable) : graph_(graph) {
    std::vector<NodeId> nodes = cone(graph, root, [&](NodeId id) { return id == variable; });
    nodes.insert(std::ranges::lower_bound(nodes, variable), variable);
    for (const NodeId node : nodes) {
      nodes_.push_back(node);
      values_.push_back(facts.central(node));  // of those that the variable does not move
      if (node == variable) {
        variable_ = nodes_.size() - 1;
      } else if (!facts.is_invariant(node)) {
        add_step(node);
      }
    }
  }

  // The nodes that the variable moves.
  std::vector<NodeId> moving() const {
    std::vector<NodeId> found;
    for (const Step& step : steps_) {
      found.push_back(nodes_[step.to]);
    }
    return found;
  }

  double at(double x) {
    values_[variable_] = x;
    for (const Step& step : steps_) {
      values_[step.to] =
          evaluate(step.op, values_[step.from[0]], values_[step.from[1]], values_[step.from[2]]);
    }
    return values_.back();
  }

  NodeId at(NodeId x) const {
    std::vector<NodeId> replaced = nodes_;
    replaced[variable_] = x;
    for (const Step& step : steps_) {
      std::array<NodeId, 3> args{};
      std::ranges::transform(step.from, args.begin(), [&](std::size_t k) { return replaced[k]; });
      const auto n = static_cast<std::size_t>(arity(step.op));
      replaced[step.to] = graph_.apply(step.op, std::span(args).first(n));
    }
    return replaced.back();
  }

 private:
  // A node that the variable moves; places are in nodes_.
  struct Step {
    Op op;
    std::size_t to;
    std::array<std::size_t, 3> from;
  };

  void add_step(NodeId node) {
    Step step{graph_.node(node).op, nodes_.size() - 1, {}};
    const std::span<const NodeId> args = graph_.args(node);
    std::ranges::transform(args, step.from.begin(), [&](NodeId argument) {
      return static_cast<std::size_t>(std::ranges::lower_bound(nodes_, argument) - nodes_.begin());
    });
    steps_.push_back(step);
  }

  Graph& graph_;
  std::vector<NodeId> nodes_;  // in the order of the graph; the last is the function's value
  std::vector<double> values_;
  std::size_t variable_ = 0;
  std::vector<Step> steps_;
};

}  // namespace

// The node without additions of zero and without bounds that never bind.
NodeId Means::stripped(NodeId node) {
  for (;;) {
    const Node& of = graph_.node(node);
    const auto never_binds = [&](std::size_t limit, std::size_t of_what) {
      const auto [low, high] = bounds_.of(of.args[of_what]);
      const auto [least, most] = bounds_.of(of.args[limit]);
      return of.op == Op::min ? high <= least + kRounding * std::abs(least)
                              : low >= most - kRounding * std::abs(most);
    };
    const auto is_zero = [&](std::size_t k) {
      return facts_.is_invariant(of.args[k]) && facts_.central(of.args[k]) == 0.0;
    };
    const bool bounded = of.op == Op::min || of.op == Op::max;
    if ((bounded && never_binds(1, 0)) || (of.op == Op::add && is_zero(1))) {
      node = of.args[0];
    } else if ((bounded && never_binds(0, 1)) || (of.op == Op::add && is_zero(0))) {
      node = of.args[1];
    } else {
      return node;
    }
  }
}

Means::Maybe Means::one_draw(NodeId node) {
  const Maybe draw = facts_.only_draw(node);
  if (!draw) {
    return over_affine(node, std::nullopt);
  }
  if (const Maybe of_event = event_product(std::array{node})) {
    return of_event;
  }
  return facts_.has_normal(node) ? over_affine(node, std::nullopt) : over_uniform(node, *draw);
}

// Min and max of the draw and a fixed number are kinks there; other ones, and jumps, are in the
// way.
const Means::Kinks& Means::kinks_of(NodeId root, NodeId draw) {
  const auto has_none = [&](NodeId id) {
    return id == draw || kinks_.contains(id) || facts_.is_invariant(id);
  };
  for (const NodeId id : cone(graph_, root, has_none)) {
    const Node& of = graph_.node(id);
    Kinks kinks;
    for (const NodeId argument : graph_.args(id)) {
      if (const auto known = kinks_.find(argument); known != kinks_.end()) {
        kinks.has_jump = kinks.has_jump || known->second.has_jump;
        kinks.at.insert(known->second.at.begin(), known->second.at.end());
      }
    }
    const bool is_bound = of.op == Op::min || of.op == Op::max;
    if (is_bound && of.args[0] == draw && facts_.is_invariant(of.args[1])) {
      kinks.at.insert(of.args[1]);
    } else if (is_bound && of.args[1] == draw && facts_.is_invariant(of.args[0])) {
      kinks.at.insert(of.args[0]);
    } else if (smoothness(of.op) != Smoothness::smooth) {
      kinks.has_jump = true;
    }
    kinks_.emplace(id, std::move(kinks));
  }
  return kinks_[root];
}

// Integrates over (0, 1) between the draw's own kinks: min and max of the draw and a fixed number.
Means::Maybe Means::over_uniform(NodeId node, NodeId draw) {
  const Kinks& kinks = kinks_of(node, draw);
  if (kinks.has_jump) {
    return none("a jump of an uncertain number is in the way");
  }
  std::vector<NodeId> ends = {constant(0.0)};
  std::ranges::copy_if(kinks.at, std::back_inserter(ends), [&](NodeId at) {
    return facts_.central(at) > 0.0 && facts_.central(at) < 1.0;
  });
  ends.push_back(constant(1.0));
  std::ranges::sort(ends, {}, [&](NodeId n) { return facts_.central(n); });
  const auto same = [&](NodeId a, NodeId b) { return facts_.central(a) == facts_.central(b); };
  ends.erase(std::unique(ends.begin(), ends.end(), same), ends.end());
  NodeId total = constant(0.0);
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    const double from = facts_.central(ends[i]);
    const double to = facts_.central(ends[i + 1]);
    const auto key = std::tuple{draw, from, to};
    Tabulated& table =
        tables_.try_emplace(key, graph_, facts_, draw, over_unit_.points_between(from, to))
            .first->second;
    const std::optional<double> number = settled(over_unit_, from, to, table.of(node));
    if (!number) {
      return none("the mean of an uncertain number is not known well enough");
    }
    if (quadrature_ == Quadrature::number) {
      total = sum(total, constant(*number));
      continue;
    }
    const NodeId width = make(Op::sub, ends[i + 1], ends[i]);
    NodeId part = constant(0.0);
    const QuadratureRule used = over_unit_.coarser();
    const Function f(graph_, facts_, node, draw);
    for (std::size_t k = 0; k < used.points.size(); ++k) {
      const NodeId u = sum(ends[i], scaled(constant(used.points[k]), width));
      const NodeId value = f.at(u);
      facts_.update();
      part = sum(part, scaled(constant(used.weights[k]), value));
    }
    total = sum(total, scaled(width, part));
  }
  return total;
}

// The affine form of which a node is a function, without the fixed numbers around it (a draw, where
// there is just one); none where there are several, or a uniform draw.
Means::Maybe Means::only_affine_form(NodeId node) const {
  if (const Maybe draw = facts_.only_draw(node)) {
    return facts_.is_affine(*draw) ? draw : std::nullopt;
  }
  const auto core = [&](NodeId form) {
    for (;;) {
      const std::span<const NodeId> args = graph_.args(form);
      const auto moves = [&](NodeId argument) { return !facts_.is_invariant(argument); };
      if (std::ranges::count_if(args, moves) != 1) {
        return form;
      }
      form = *std::ranges::find_if(args, moves);
    }
  };
  Maybe found;
  std::vector<NodeId> waiting = {node};
  std::map<NodeId, bool> seen;
  while (!waiting.empty()) {
    const NodeId next = waiting.back();
    waiting.pop_back();
    if (facts_.is_invariant(next) || !seen.emplace(next, true).second) {
      continue;
    }
    if (!facts_.is_affine(next)) {
      if (graph_.args(next).empty()) {
        return std::nullopt;
      }
      waiting.insert(waiting.end(), graph_.args(next).begin(), graph_.args(next).end());
    } else if (const NodeId form = core(next); found.value_or(form) == form) {
      found = form;
    } else {
      return std::nullopt;
    }
  }
  return found;
}

// E[exp(X) g(A)] = E[exp(X)] E[g(A + Cov(A, X))] for jointly normal A and X (Cameron and Martin
// 1944), so one integral over a standard normal z: A = centre + deviation z.
Means::Maybe Means::over_affine(NodeId node, Maybe exponent) {
  const Maybe form = only_affine_form(node);
  if (!form) {
    return none("a kink, a jump or a product of several draws is in the way");
  }
  Function f(graph_, facts_, node, *form);
  for (const NodeId id : f.moving()) {
    if (smoothness(graph_.node(id).op) != Smoothness::smooth) {
      return none("a kink or a jump of an uncertain number is in the way");
    }
  }
  const Maybe factor = exponent ? lognormal(*exponent) : constant(1.0);
  const Maybe mean_of_form = mean(*form);
  if (!factor || !mean_of_form) {
    return std::nullopt;
  }
  const NodeId centre = exponent ? sum(*mean_of_form, covariance(*form, *exponent)) : *mean_of_form;
  const NodeId deviation = make(Op::sqrt, covariance(*form, *form));
  std::vector<double> values;
  for (const double z : over_normal_.points) {
    values.push_back(f.at(facts_.central(centre) + facts_.central(deviation) * z));
  }
  const std::optional<double> number = settled(over_normal_, 0.0, 1.0, values);
  if (!number) {
    return none("the mean of an uncertain number is not known well enough");
  }
  if (quadrature_ == Quadrature::number) {
    return scaled(*factor, constant(*number));
  }
  NodeId total = constant(0.0);
  const QuadratureRule used = over_normal_.coarser();
  for (std::size_t k = 0; k < used.points.size(); ++k) {
    const NodeId value = f.at(sum(centre, scaled(constant(used.points[k]), deviation)));
    facts_.update();
    total = sum(total, scaled(constant(used.weights[k]), value));
  }
  return scaled(*factor, total);
}

}  // namespace capstake

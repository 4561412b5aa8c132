#include "graph/condition.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <unordered_map>

#include "graph/expr.hpp"
#include "graph/interpret.hpp"
#include "graph/jumps.hpp"
#include "graph/linear_means.hpp"

namespace capstake {
namespace {

// Stands for zero where only a positive number has a logarithm.
constexpr double kTiny = 1e-300;

// 1 or -1 where the node has that sign on every path, as far as its making
// shows, else 0.
class Signs {
 public:
  explicit Signs(const Graph& graph) {
    const std::vector<double> values = invariant_values(graph);
    const Marks drawn = varying_nodes(graph);
    for (std::size_t i = 0; i < graph.size(); ++i) {
      signs_.push_back(drawn[i] ? sign_of(graph.node(node_id(i)))
                                : (values[i] > 0.0 ? 1 : 0) - (values[i] < 0.0 ? 1 : 0));
    }
  }

  int operator()(NodeId id) const { return signs_[index(id)]; }

 private:
  // Arguments come before their node, so their signs are known.
  int sign_of(const Node& node) const {
    const auto sign = [&](std::size_t k) { return signs_[index(node.args[k])]; };
    switch (node.op) {
      case Op::exp:
      case Op::normal_cdf:
        return 1;
      case Op::neg:
        return -sign(0);
      case Op::mul:
      case Op::div:
        return sign(0) * sign(1);
      case Op::add:
      case Op::min:
      case Op::max:
        return sign(0) == sign(1) ? sign(0) : 0;
      default:
        return 0;
    }
  }

  std::vector<int> signs_;
};

// The mean over one normal draw, given all others.
class MeanOverDraw {
 public:
  // `moved` are the nodes that the draw moves.
  MeanOverDraw(Graph& graph, const Signs& signs, NodeId draw, const Marks& moved)
      : graph_(graph), signs_(signs), draw_(draw), depends_(moved) {}

  bool depends(NodeId id) const { return index(id) < depends_.size() && depends_[index(id)]; }

  std::optional<Expr> mean(NodeId id) {
    if (!depends(id)) {
      return Expr(graph_, id);
    }
    // A copy: the graph grows.
    const Node node = graph_.node(id);
    switch (node.op) {
      case Op::less:
      case Op::less_equal:
        return probability(node.args[0], node.args[1]);
      case Op::neg: {
        const std::optional<Expr> a = mean(node.args[0]);
        return a ? std::optional(-*a) : std::nullopt;
      }
      case Op::add:
      case Op::sub:
      case Op::mul:
      case Op::div:
      case Op::fma:
        return is_linear(graph_, id, depends_) ? rebuilt(node) : std::nullopt;
      case Op::select:
        return mean_of_select(node);
      default:
        return std::nullopt;
    }
  }

 private:
  std::optional<Expr> rebuilt(const Node& node) {
    std::array<NodeId, 3> args{};
    const auto n = static_cast<std::size_t>(arity(node.op));
    for (std::size_t k = 0; k < n; ++k) {
      const std::optional<Expr> part = mean(node.args[k]);
      if (!part) {
        return std::nullopt;
      }
      args[k] = part->id();
    }
    return Expr(graph_, graph_.apply(node.op, std::span(args).first(n)));
  }

  std::optional<Expr> mean_of_select(const Node& node) {
    const NodeId condition = node.args[0];
    const bool is_decided = is_comparison(graph_.node(condition).op);
    if (!depends(condition)) {
      return rebuilt(node);
    }
    if (!is_decided || depends(node.args[1]) || depends(node.args[2])) {
      return std::nullopt;
    }
    const std::optional<Expr> p = mean(condition);
    const Expr x(graph_, node.args[1]);
    const Expr y(graph_, node.args[2]);
    return p ? std::optional(fma(*p, x - y, y)) : std::nullopt;
  }

  std::optional<Expr> probability(NodeId a, NodeId b) {
    if (depends(a) && depends(b)) {
      return std::nullopt;
    }
    return depends(a) ? solve(a, Expr(graph_, b), true) : solve(b, Expr(graph_, a), false);
  }

  // The probability that the node lies below (or above) the level, which the
  // draw does not move: takes the node apart and the level along, down to the
  // draw.
  std::optional<Expr> solve(NodeId id, Expr level, bool below) {
    while (id != draw_) {
      const Node node = graph_.node(id);
      const std::size_t k = depends(node.args[0]) ? 0 : depends(node.args[1]) ? 1 : 2;
      const int direction = step(node, k, level);
      if (direction == 0) {
        return std::nullopt;
      }
      below = below == (direction > 0);
      id = node.args[k];
    }
    return normal_cdf(below ? level : -level);
  }

  // Brings the level from a node to its argument k. Returns 1 if the node rises
  // with the argument, -1 if it falls, 0 if it is not to be solved.
  int step(const Node& node, std::size_t k, Expr& level) {
    for (std::size_t other = 0; other < static_cast<std::size_t>(arity(node.op)); ++other) {
      if (other != k && depends(node.args[other])) {
        return 0;
      }
    }
    const auto arg = [&](std::size_t i) { return Expr(graph_, node.args[i]); };
    switch (node.op) {
      case Op::neg:
        level = -level;
        return -1;
      case Op::add:
        level = level - arg(1 - k);
        return 1;
      case Op::sub:
        level = k == 0 ? level + arg(1) : arg(0) - level;
        return k == 0 ? 1 : -1;
      case Op::fma:
        level = k == 2 ? level - arg(0) * arg(1) : level - arg(2);
        return k == 2 ? 1 : divide(level, node.args[1 - k]);
      case Op::mul:
        return divide(level, node.args[1 - k]);
      case Op::div:
        if (k == 1) {
          return 0;
        }
        level = level * arg(1);
        return signs_(node.args[1]);
      case Op::exp:
        level = log(max(level, kTiny));
        return 1;
      case Op::log:
        level = exp(level);
        return 1;
      case Op::normal_cdf:
        level = normal_quantile(inside(level));
        return 1;
      case Op::student_t_cdf:
        if (k == 1) {
          return 0;
        }
        level = student_t_quantile(inside(level), arg(1));
        return 1;
      default:
        return 0;
    }
  }

  // Strictly between 0 and 1.
  static Expr inside(Expr level) { return max(min(level, 1.0 - 0x1p-53), kTiny); }

  int divide(Expr& level, NodeId factor) {
    level = level / Expr(graph_, factor);
    return signs_(factor);
  }

  Graph& graph_;
  const Signs& signs_;
  NodeId draw_;
  const Marks& depends_;
};

Marks comparisons(const Graph& graph) {
  Marks marks(graph.size());
  for (std::size_t i = 0; i < marks.size(); ++i) {
    marks[i] = is_comparison(graph.node(node_id(i)).op);
  }
  return marks;
}

class Conditioning {
 public:
  explicit Conditioning(Graph& graph)
      : graph_(graph),
        signs_(graph),
        drawn_(varying_nodes(graph)),
        has_jump_(downstream(graph, comparisons(graph))),
        known_(graph.size()) {}

  NodeId of(NodeId id) {
    if (!has_jump_[index(id)] || !drawn_[index(id)]) {
      return id;
    }
    std::optional<NodeId>& known = known_[index(id)];
    if (!known) {
      known = is_linear(graph_, id, drawn_) ? by_terms(id) : over_one_draw(id);
    }
    return *known;
  }

 private:
  NodeId by_terms(NodeId id) {
    const Node node = graph_.node(id);
    std::array<NodeId, 3> args{};
    const auto n = static_cast<std::size_t>(arity(node.op));
    for (std::size_t k = 0; k < n; ++k) {
      args[k] = of(node.args[k]);
    }
    return graph_.apply(node.op, std::span(args).first(n));
  }

  // Over the latest draw by which it can be done.
  NodeId over_one_draw(NodeId id) {
    const Marks below = upstream(graph_, marked(graph_, std::array{id}));
    for (std::size_t i = index(id); i-- > 0;) {
      const Node& node = graph_.node(node_id(i));
      if (!below[i] || node.op != Op::draw || graph_.draws()[node.leaf].law != Law::normal) {
        continue;
      }
      MeanOverDraw over(graph_, signs_, node_id(i), moved_by(node_id(i)));
      if (const std::optional<Expr> mean = over.mean(id)) {
        return mean->id();
      }
    }
    return id;
  }

  // Of the nodes given at first, which are all that is asked about; once a draw.
  const Marks& moved_by(NodeId draw) {
    const auto [found, is_new] = moved_.try_emplace(draw);
    if (is_new) {
      found->second = downstream(graph_, marked(graph_, std::array{draw}));
    }
    return found->second;
  }

  Graph& graph_;
  Signs signs_;
  Marks drawn_;
  Marks has_jump_;
  std::vector<std::optional<NodeId>> known_;
  std::unordered_map<NodeId, Marks> moved_;
};

}  // namespace

std::vector<NodeId> conditioned(Graph& graph, std::span<const NodeId> nodes) {
  Conditioning conditioning(graph);
  std::vector<NodeId> found;
  for (const NodeId node : nodes) {
    found.push_back(conditioning.of(node));
  }
  return found;
}

}  // namespace capstake

// Exact means of random nodes, as nodes without draws: expressions of parameters and constants, and
// so differentiable like any other.
//
// Known are the means of sums of products of: path-invariant nodes; exponentials of affine forms of
// normal draws, E exp(A) = exp(E A + Var A / 2); survival indicators and alive parts of an event
// (functions of -log of one uniform draw); and, by quadrature to a relative 1e-11 that is checked,
// functions of one draw that is in no other factor (an uncertain number drawn once a path), and
// those of one affine form of normal draws, times exponentials of others (a level fitted to
// percentiles, times a multiple). Factors that share no draw are independent. There is no mean of
// min, max, select or a quotient where their arguments depend on several draws.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "graph/bounds.hpp"
#include "graph/facts.hpp"
#include "graph/graph.hpp"
#include "graph/quadrature.hpp"
#include "graph/tabulated.hpp"

namespace capstake {

struct Mean {
  std::optional<NodeId> node;
  std::string reason;  // why there is none
};

// What a quadrature leaves in the graph: its sum, term by term, or the number that this comes to,
// which costs no nodes and has no derivatives.
enum class Quadrature : std::uint8_t { expression, number };

class Means {
 public:
  // More nodes for one mean would take longer than it saves.
  static constexpr std::size_t kMostNodesEach = 30'000;

  // Appends to the graph whatever the means need, but no draw.
  explicit Means(Graph& graph, Quadrature quadrature = Quadrature::expression)
      : graph_(graph),
        quadrature_(quadrature),
        first_size_(graph.size()),
        facts_(graph),
        bounds_(graph) {}
  // Appends no more than about so many nodes; without a number, kMostNodesEach.
  Mean of(NodeId node, std::size_t most_nodes = kMostNodesEach);

 private:
  using Maybe = std::optional<NodeId>;

  // Relative; bounds and thresholds are sums and products that were rounded.
  static constexpr double kRounding = 1e-12;

  // A product as coefficient * exp(exponent) * factors.
  struct Product {
    NodeId coefficient;
    Maybe exponent;
    std::vector<NodeId> factors;
  };

  // A function of the threshold E = -log(u) of an event: 1 when E >= to, and from there down to
  // `from` either a jump to 0 (from = to) or a straight line.
  struct EventPart {
    NodeId from;
    double to;
    Maybe gap;  // to - from as the graph has it, of a line
  };

  // Of a function of one uniform draw.
  struct Kinks {
    std::set<NodeId> at;  // the fixed numbers that the draw meets
    bool has_jump = false;
  };

  NodeId make(Op op, NodeId a);
  NodeId make(Op op, NodeId a, NodeId b);
  NodeId constant(double value);
  NodeId sum(NodeId a, NodeId b);
  NodeId scaled(NodeId coefficient, NodeId a);
  Maybe none(const char* reason);

  Maybe mean(NodeId node);
  Maybe computed(NodeId node);
  Maybe linear(Op op, Maybe a, Maybe b);
  Maybe product(NodeId node);
  void collect(NodeId node, bool inverse, Product& into);
  std::vector<Product> independent_groups(const Product& product);
  Maybe group(const Product& group);
  Maybe distributed(const Product& group, std::size_t at);
  Maybe lognormal(NodeId exponent);
  NodeId covariance(NodeId a, NodeId b);
  NodeId expanded_covariance(NodeId a, NodeId b);

  // Events (mean_of_events.cpp).
  std::optional<EventPart> event_part(NodeId node);
  bool is_threshold(NodeId node) const;
  Maybe event_product(std::span<const NodeId> factors);
  std::optional<EventPart> joined(const EventPart& a, const EventPart& b) const;

  // Functions of one draw or one affine form (mean_of_one_draw.cpp).
  NodeId stripped(NodeId node);
  Maybe one_draw(NodeId node);
  const Kinks& kinks_of(NodeId root, NodeId draw);
  Maybe over_uniform(NodeId node, NodeId draw);
  Maybe only_affine_form(NodeId node) const;
  Maybe over_affine(NodeId node, Maybe exponent);

  Graph& graph_;
  Quadrature quadrature_;
  std::size_t first_size_;   // of the graph, before any mean
  std::size_t largest_ = 0;  // size for the one that is asked for
  Facts facts_;
  Bounds bounds_;
  QuadratureRule over_unit_ = tanh_sinh();
  QuadratureRule over_normal_ = normal_trapezoid();
  std::unordered_map<NodeId, Maybe> known_;
  std::unordered_map<NodeId, Kinks> kinks_;
  std::map<std::tuple<NodeId, double, double>, Tabulated> tables_;  // by draw, from and to
  std::unordered_map<std::uint64_t, NodeId> covariances_;
  std::string reason_;
  std::size_t depth_ = 0;
  std::size_t steps_ = 0;
};

}  // namespace capstake

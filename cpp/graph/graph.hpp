// The Graph: what is computed on one path, as an append-only list of hash-consed nodes.
// It knows no dates, no money and no random numbers: its leaves are constants, parameters named
// after the field they came from, and draws named by their variable. Arguments always precede
// their node, so the order of the list is a topological order.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/op.hpp"

namespace capstake {

enum class NodeId : std::uint32_t {};
// A node's place in the list, and the node at a place.
constexpr std::size_t index(NodeId id) { return static_cast<std::size_t>(id); }
constexpr NodeId node_id(std::size_t i) { return NodeId{static_cast<std::uint32_t>(i)}; }

// Law of a draw: standard normal, or uniform on the open interval (0, 1).
enum class Law : std::uint8_t { normal, uniform };

struct Draw {
  std::string name;        // variable, e.g. "openai_revenue.shock"
  std::uint32_t step = 0;  // period index, or 0 for what is drawn once a path
  Law law = Law::normal;
  double span = 1.0;  // length of the step, as long as those of the name's other steps are
};

struct Parameter {
  std::string name;  // the field it came from, e.g. "microsoft_share.cap"
  double value = 0.0;
};

struct Node {
  Op op = Op::constant;
  std::array<NodeId, 3> args{};  // the first arity(op) are used
  std::uint32_t leaf = 0;        // index of a leaf's constant, parameter or draw
};

struct Output {
  std::string name;
  NodeId node{};
};

std::string_view name(Op op);
Smoothness smoothness(Op op);

class Graph {
 public:
  NodeId constant(double value);
  // The same name gives the same node; a second value for it is an error (std::invalid_argument).
  NodeId parameter(std::string_view name, double value);
  // The same (name, step) gives the same node; a second law or span for it is an error.
  NodeId draw(std::string_view name, std::uint32_t step, Law law = Law::normal, double span = 1.0);
  // The node of a draw, if it is in the graph.
  std::optional<NodeId> drawn(std::string_view name, std::uint32_t step) const;
  // Appends op(args) unless it exists. Folds exactly: constant arguments are evaluated as the
  // interpreter would, and x*1, x/1, x-0, min(x,x), max(x,x), select(constant,...) vanish.
  NodeId apply(Op op, std::span<const NodeId> args);
  // Names a result. A name can be given once.
  void output(std::string_view name, NodeId node);

  std::size_t size() const { return nodes_.size(); }
  const Node& node(NodeId id) const { return nodes_[index(id)]; }
  std::span<const NodeId> args(NodeId id) const {
    const Node& of = node(id);
    return {of.args.data(), static_cast<std::size_t>(arity(of.op))};
  }
  std::span<const double> constants() const { return constants_; }
  std::span<const Parameter> parameters() const { return parameters_; }
  std::span<const Draw> draws() const { return draws_; }
  std::span<const Output> outputs() const { return outputs_; }

 private:
  NodeId append(const Node& node);
  void check_applies(Op op, std::span<const NodeId> args) const;
  std::size_t place_of(const Node& node) const;
  void widen();

  std::vector<Node> nodes_;
  std::vector<double> constants_;
  std::vector<Parameter> parameters_;
  std::vector<Draw> draws_;
  std::vector<Output> outputs_;
  // What apply() has appended, by operation and arguments: an open table, empty where it holds
  // kNowhere. A map would take an allocation a node, and so would each copy of a graph.
  std::vector<NodeId> known_;
  std::size_t n_known_ = 0;
  std::unordered_map<std::uint64_t, NodeId> known_constants_;  // by bit pattern, so -0.0 != 0.0
  std::unordered_map<std::string, NodeId> known_parameters_;
  std::unordered_map<std::string, NodeId> known_draws_;  // by "name#step"
  std::unordered_map<std::string, std::size_t> known_outputs_;
};

}  // namespace capstake

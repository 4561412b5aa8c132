#include "program/compile.hpp"

#include <limits>
#include <span>
#include <unordered_map>

#include "base/require.hpp"
#include "graph/interpret.hpp"
#include "graph/reach.hpp"
#include "program/fuse.hpp"
#include "random/draws.hpp"

namespace capstake {
namespace {

// Indices of slots, scalars and draws have 16 bits.
constexpr std::size_t kMaxIndex = std::numeric_limits<std::uint16_t>::max();

using Order = std::vector<NodeId>;

// Pass 1: the nodes that some output depends on and that change with the path.
Marks wanted_nodes(const Graph& graph, const Marks& varying) {
  std::vector<NodeId> outputs;
  for (const Output& output : graph.outputs()) {
    outputs.push_back(output.node);
  }
  Marks wanted = upstream(graph, marked(graph, outputs));
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    wanted[i] = wanted[i] && varying[i];
  }
  return wanted;
}

// Pass 2, fusing pairs of operations, is in fuse.cpp. Nodes that were fused into others are wanted
// no more.

// Pass 3: the order of execution, in one of two ways. As the nodes were made ...
Order order_of_making(const Marks& wanted) {
  Order order;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i]) {
      order.push_back(node_id(i));
    }
  }
  return order;
}

// ... or each node just before the first that needs it: depth first from the outputs, in
// post-order. Chains may be as long as the graph, so the stack is explicit.
Order depth_first_order(const Graph& graph, const Steps& steps, const Marks& wanted) {
  struct Visit {
    NodeId node;
    std::size_t next_argument;
  };
  Order order;
  Marks reached(graph.size());
  std::vector<Visit> stack;
  const auto visit = [&](NodeId node) {
    if (wanted[index(node)] && !reached[index(node)]) {
      reached[index(node)] = true;
      stack.push_back({node, 0});
    }
  };
  for (const Output& output : graph.outputs()) {
    visit(output.node);
    while (!stack.empty()) {
      Visit& top = stack.back();
      const std::span<const NodeId> args = steps[index(top.node)].args();
      if (top.next_argument < args.size()) {
        visit(args[top.next_argument++]);
      } else {
        order.push_back(top.node);
        stack.pop_back();
      }
    }
  }
  return order;
}

struct Slots {
  std::vector<std::size_t> of;  // by node; meaningful for those in the order
  std::size_t n = 0;
};

// Pass 4: a slot for each node of the order. The slot of a node is free again once its last
// consumer runs, and that consumer may write to it. The slot freed last is in the cache
// and used first.
Slots slots_by_liveness(const Graph& graph, const Steps& steps, const Order& order) {
  constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> last_use(graph.size(), 0);
  for (std::size_t at = 0; at < order.size(); ++at) {
    for (const NodeId argument : steps[index(order[at])].args()) {
      last_use[index(argument)] = at;
    }
  }
  for (const Output& output : graph.outputs()) {
    last_use[index(output.node)] = kNever;
  }
  Slots slots{std::vector<std::size_t>(graph.size(), kNever), 0};
  std::vector<std::size_t> free;
  for (std::size_t at = 0; at < order.size(); ++at) {
    for (const NodeId argument : steps[index(order[at])].args()) {
      if (slots.of[index(argument)] != kNever && last_use[index(argument)] == at) {
        free.push_back(slots.of[index(argument)]);
        last_use[index(argument)] = kNever;  // once, though it may be the argument twice
      }
    }
    if (free.empty()) {
      free.push_back(slots.n++);
    }
    slots.of[index(order[at])] = free.back();
    free.pop_back();
  }
  return slots;
}

struct Schedule {
  Order order;
  Slots slots;
};

Schedule schedule(const Graph& graph, const Steps& steps, const Marks& wanted) {
  Order made = order_of_making(wanted);
  Order deep = depth_first_order(graph, steps, wanted);
  Slots made_slots = slots_by_liveness(graph, steps, made);
  Slots deep_slots = slots_by_liveness(graph, steps, deep);
  return made_slots.n < deep_slots.n ? Schedule{std::move(made), std::move(made_slots)}
                                     : Schedule{std::move(deep), std::move(deep_slots)};
}

std::uint16_t checked_index(std::size_t i, std::string_view what) {
  require(i < kMaxIndex, "compile", "must need fewer than 65,535 " + std::string(what));
  return static_cast<std::uint16_t>(i);
}

// Pass 5: instructions. Collects the scalars and draws that they use.
class Emitter {
 public:
  Emitter(const Graph& graph, const Marks& varying, const Slots& slots)
      : graph_(graph), varying_(varying), slots_(slots), values_(invariant_values(graph)) {
    program_.n_slots = checked_index(slots.n, "slots");
  }

  void emit(NodeId id, const Step& step) {
    Instruction instruction{.op = step.code, .to = slot(id)};
    if (step.code == Op::draw) {
      instruction.args[0] = checked_index(program_.draws.size(), "draws");
      program_.draws.push_back(graph_.draws()[graph_.node(id).leaf]);
    }
    const std::span<const NodeId> args = step.args();
    for (std::size_t k = 0; k < args.size(); ++k) {
      const bool is_slot = varying_[index(args[k])];
      instruction.args[k] = is_slot ? slot(args[k]) : scalar(args[k]);
      instruction.scalar_mask |= static_cast<std::uint8_t>(is_slot ? 0 : 1 << k);
    }
    program_.instructions.push_back(instruction);
  }

  void emit_output(const Output& output) {
    const bool is_slot = varying_[index(output.node)];
    program_.outputs.push_back(
        {output.name, is_slot ? slot(output.node) : scalar(output.node), !is_slot});
  }

  Program take() && { return std::move(program_); }

 private:
  std::uint16_t slot(NodeId id) const { return static_cast<std::uint16_t>(slots_.of[index(id)]); }

  std::uint16_t scalar(NodeId id) {
    if (const auto known = scalars_.find(index(id)); known != scalars_.end()) {
      return known->second;
    }
    const std::uint16_t place = checked_index(program_.scalars.size(), "scalars");
    scalars_.emplace(index(id), place);
    program_.scalars.push_back(values_[index(id)]);
    return place;
  }

  const Graph& graph_;
  const Marks& varying_;
  const Slots& slots_;
  std::vector<double> values_;
  std::unordered_map<std::size_t, std::uint16_t> scalars_;  // by node
  Program program_;
};

// Two variables whose names hash alike would be the same random numbers.
void check_draw_names(const Program& program) {
  std::unordered_map<std::uint64_t, std::string_view> names;
  for (const Draw& draw : program.draws) {
    const std::string_view known = names.try_emplace(fnv1a_64(draw.name), draw.name).first->second;
    require(known == draw.name, draw.name, "must not have the hash of another draw's name",
            std::string(known));
  }
}

}  // namespace

Program compile(const Graph& graph) {
  require(!graph.outputs().empty(), "compile", "must have an output");
  const Marks varying = varying_nodes(graph);
  Marks wanted = wanted_nodes(graph, varying);
  const Steps steps = fused_steps(graph, varying, wanted);
  const Schedule plan = schedule(graph, steps, wanted);
  Emitter emitter(graph, varying, plan.slots);
  for (const NodeId id : plan.order) {
    emitter.emit(id, steps[index(id)]);
  }
  for (const Output& output : graph.outputs()) {
    emitter.emit_output(output);
  }
  Program program = std::move(emitter).take();
  check_draw_names(program);
  return program;
}

}  // namespace capstake

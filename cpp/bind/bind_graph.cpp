// The engine by itself, for tests and for looking inside: build a graph, interpret it, run it.
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>

#include "base/cycles.hpp"
#include "base/isa.hpp"
#include "base/require.hpp"
#include "bind/bind_records.hpp"
#include "graph/copy.hpp"
#include "graph/integrate.hpp"
#include "graph/interpret.hpp"
#include "graph/mean.hpp"
#include "graph/relax.hpp"
#include "graph/text.hpp"
#include "program/compile.hpp"
#include "program/interpret_path.hpp"
#include "program/run.hpp"
#include "simulate/choose_design.hpp"
#include "value/value.hpp"

namespace py = pybind11;

namespace capstake {

namespace {

Op op_named(const std::string& wanted) {
  static const std::map<std::string, Op> ops = {
#define OP(name, arity, smoothness) {#name, Op::name},
#include "graph/ops.def"
#undef OP
  };
  const auto found = ops.find(wanted);
  if (found == ops.end()) {
    throw py::key_error("no operation named " + wanted);
  }
  return found->second;
}

NodeId node_id(const Graph& graph, std::uint32_t index) {
  if (index >= graph.size()) {
    throw py::index_error("the graph has " + std::to_string(graph.size()) + " nodes, not node " +
                          std::to_string(index));
  }
  return NodeId{index};
}

std::uint32_t apply_op(Graph& graph, const std::string& op,
                       const std::vector<std::uint32_t>& args) {
  const Op named = op_named(op);
  require(args.size() == static_cast<std::size_t>(arity(named)), "Graph.apply",
          op + " takes " + std::to_string(arity(named)) + " arguments",
          std::to_string(args.size()));
  std::vector<NodeId> nodes;
  for (const std::uint32_t arg : args) {
    nodes.push_back(node_id(graph, arg));
  }
  return static_cast<std::uint32_t>(graph.apply(named, nodes));
}

// "philox", "philox4x32", or Sobol points by a construction: "identity", "bridge", "principal", or
// "chosen", by a pilot with the seed.
Design design_named(const Program& program, const std::string& wanted, std::uint64_t seed) {
  static const std::map<std::string, Sampler> streams = {{"philox", Sampler::philox},
                                                         {"philox4x32", Sampler::philox4x32}};
  static const std::map<std::string, Construction> constructions = {
      {"identity", Construction::identity},
      {"bridge", Construction::bridge},
      {"principal", Construction::principal}};
  if (const auto stream = streams.find(wanted); stream != streams.end()) {
    return stream_design(program, stream->second);
  }
  if (const auto found = constructions.find(wanted); found != constructions.end()) {
    return sobol_design(program, {.construction = found->second, .importance = {}});
  }
  require(wanted == "chosen", "design",
          "must be philox, philox4x32, identity, bridge, principal or chosen", wanted);
  return choose_design(program, {.seed = seed, .outputs = {}, .controls = {}});
}

// The program's outputs on the paths of some blocks: shape (n_outputs, n_blocks * kBlock).
py::array_t<double> run_blocks(const Graph& graph, std::uint64_t seed, std::uint64_t first_block,
                               std::uint32_t n_blocks, const std::string& design,
                               std::uint32_t replicate) {
  const Program program = compile(graph);
  const Design made = design_named(program, design, seed);
  const auto n_outputs = static_cast<py::ssize_t>(program.outputs.size());
  const auto width = static_cast<py::ssize_t>(kBlock);
  py::array_t<double> values({n_outputs, width * static_cast<py::ssize_t>(n_blocks)});
  Workspace workspace(program, made);
  std::vector<const double*> results(program.outputs.size());
  for (std::uint32_t b = 0; b < n_blocks; ++b) {
    run_block({.seed = seed, .replicate = replicate, .block = first_block + b}, workspace, results);
    for (py::ssize_t i = 0; i < n_outputs; ++i) {
      double* row = values.mutable_data(i, width * static_cast<py::ssize_t>(b));
      std::copy_n(results[static_cast<std::size_t>(i)], kBlock, row);
    }
  }
  return values;
}

std::vector<double> output_values(const Graph& graph, const std::vector<double>& nodes) {
  std::vector<double> values;
  for (const Output& output : graph.outputs()) {
    values.push_back(nodes[static_cast<std::size_t>(output.node)]);
  }
  return values;
}

std::vector<double> interpret_outputs(const Graph& graph, std::uint64_t seed, std::uint64_t path,
                                      const std::string& design, std::uint32_t replicate) {
  const Design made = design_named(compile(graph), design, seed);
  return output_values(
      graph, interpret_path(graph, made, {.seed = seed, .replicate = replicate, .point = path}));
}

// Some outputs of the graph, or all, as their means over events; and what became of each draw.
py::tuple integrate_graph(const Graph& graph, const std::vector<std::string>& only,
                          const std::vector<std::string>& outputs, std::size_t growth) {
  Graph with_means = graph;
  std::vector<std::string> names;
  std::vector<NodeId> nodes;
  for (const Output& output : graph.outputs()) {
    if (outputs.empty() || std::ranges::count(outputs, output.name) > 0) {
      names.push_back(output.name);
      nodes.push_back(output.node);
    }
  }
  const Integrated integrated = integrate_out(with_means, nodes, {.growth = growth, .only = only});
  Graph result;
  nodes = copy_nodes(result, with_means, integrated.outputs);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    result.output(names[i], nodes[i]);
  }
  py::list draws;
  for (const IntegratedDraw& draw : integrated.draws) {
    draws.append(
        py::make_tuple(draw.draw.name, draw.integrated, draw.placed, draw.sampled, draw.reason));
  }
  return py::make_tuple(std::move(result), draws);
}

py::list draws_of(const Graph& graph) {
  py::list draws;
  for (const Draw& draw : graph.draws()) {
    draws.append(py::make_tuple(draw.name, draw.step, draw.law == Law::uniform));
  }
  return draws;
}

std::vector<double> outputs_at(const Graph& graph, const std::vector<double>& draws) {
  return output_values(graph, interpret(graph, draws));
}

std::vector<std::string> output_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const Output& output : graph.outputs()) {
    names.push_back(output.name);
  }
  return names;
}

std::vector<std::uint32_t> output_nodes(const Graph& graph) {
  std::vector<std::uint32_t> nodes;
  for (const Output& output : graph.outputs()) {
    nodes.push_back(static_cast<std::uint32_t>(output.node));
  }
  return nodes;
}

py::list controls_of(Graph& graph, const std::vector<std::uint32_t>& nodes) {
  std::vector<NodeId> of;
  for (const std::uint32_t node : nodes) {
    of.push_back(node_id(graph, node));
  }
  py::list pairs;
  for (const LinearControl& control : linear_controls(graph, of)) {
    pairs.append(py::make_tuple(static_cast<std::uint32_t>(control.node),
                                static_cast<std::uint32_t>(control.mean)));
  }
  return pairs;
}

py::tuple mean_of(Graph& graph, std::uint32_t node) {
  const Mean mean = Means(graph).of(node_id(graph, node));
  return py::make_tuple(mean.node ? py::cast(static_cast<std::uint32_t>(*mean.node)) : py::none(),
                        mean.reason);
}

py::dict build_info() {
  py::dict info;
  info["version"] = CAPSTAKE_VERSION;
  info["compiler"] =
#if defined(__clang__)
      "clang " __clang_version__;
#else
      "gcc " __VERSION__;
#endif
  info["instruction_set"] = std::string(name(isa()));
  info["block"] = kBlock;
#ifdef NDEBUG
  info["assertions"] = false;
#else
  info["assertions"] = true;
#endif
  return info;
}

using GraphClass = py::class_<Graph>;

void bind_building(GraphClass& type) {
  type.def(
          "constant",
          [](Graph& g, double value) { return static_cast<std::uint32_t>(g.constant(value)); },
          py::arg("value"), "Append a constant; return its node.")
      .def(
          "parameter",
          [](Graph& g, const std::string& name, double value) {
            return static_cast<std::uint32_t>(g.parameter(name, value));
          },
          py::arg("name"), py::arg("value"), "Append a named input; return its node.")
      .def(
          "draw",
          [](Graph& g, const std::string& name, std::uint32_t step, bool is_uniform) {
            const Law law = is_uniform ? Law::uniform : Law::normal;
            return static_cast<std::uint32_t>(g.draw(name, step, law));
          },
          py::arg("name"), py::arg("step") = 0, py::arg("is_uniform") = false,
          "Append a random draw, normal unless `is_uniform`; return its node.")
      .def("apply", &apply_op, py::arg("op"), py::arg("args"),
           "Append an operation on nodes; return its node.")
      .def(
          "output",
          [](Graph& g, const std::string& name, std::uint32_t node) {
            g.output(name, node_id(g, node));
          },
          py::arg("name"), py::arg("node"), "Name a node as an output.");
}

void bind_looking(GraphClass& type) {
  type.def_property_readonly("size", &Graph::size, "Number of nodes.")
      .def_property_readonly("output_names", &output_names, "Names of the outputs, in order.")
      .def_property_readonly("output_nodes", &output_nodes, "Nodes of the outputs, in order.")
      .def_property_readonly("draws", &draws_of,
                             "Random draws, in order: name, step, and whether it is uniform.")
      .def(
          "text", [](const Graph& g) { return text(g); }, "List the nodes, one a line.")
      .def(
          "program_text", [](const Graph& g) { return text(compile(g)); },
          "List the compiled instructions, one a line.");
}

void bind_running(GraphClass& type) {
  type.def("interpret", &interpret_outputs, py::arg("seed"), py::arg("path"),
           py::arg("design") = "philox", py::arg("replicate") = 0,
           "Compute the outputs on one path, node by node: the plain way, to check the fast one.")
      .def("interpret_at", &outputs_at, py::arg("draws"),
           "Compute the outputs for given values of the draws.")
      .def("run", &run_blocks, py::arg("seed"), py::arg("first_block") = 0, py::arg("n_blocks") = 1,
           py::arg("design") = "philox", py::arg("replicate") = 0,
           "Compute the outputs on blocks of paths: array of shape (n_outputs, n_paths).");
}

void bind_transforms(GraphClass& type) {
  type.def("integrate_out", &integrate_graph, py::arg("only") = std::vector<std::string>{},
           py::arg("outputs") = std::vector<std::string>{},
           py::arg("growth") = IntegrationLimits{}.growth,
           "Return a graph of the outputs' means over events, given the other draws, and for each\n"
           "uniform draw its name, the numbers of outputs that it was integrated out of, that it\n"
           "only places within a period, and that depend on it as before, and why.\n"
           "Looks at the draws named in `only`, and keeps the outputs named in `outputs`, or all.\n"
           "The graph needs at most `growth` times the nodes.")
      .def("linear_controls", &controls_of, py::arg("nodes"),
           "Append companions of nodes without their kinks, of known mean: pairs of (node, mean).")
      .def("mean", &mean_of, py::arg("node"),
           "Append the exact mean of a node; return (its node or None, why there is none).");
}

}  // namespace

void bind_graph(py::module_& m) {
  GraphClass type(m, "Graph", py::is_final(),
                  "A computation on random draws: nodes, each made from earlier ones, by number.");
  type.def(py::init<>()).def("__reduce_ex__", [](const Graph&, int) -> py::object {
    throw py::type_error("a Graph cannot be pickled; pickle the deal it is made from");
  });
  bind_building(type);
  bind_looking(type);
  bind_running(type);
  bind_transforms(type);
  m.def("graph_of", &graph_of, py::arg("deal"), "Return the graph that values a deal.");
  m.def("build_info", &build_info, "Tell version, compiler, instruction set and block size.");
  m.def("cycles_per_nanosecond", &cycles_per_nanosecond,
        "Measure the clock rate of the core by a chain of dependent additions.");
}

}  // namespace capstake

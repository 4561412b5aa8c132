#include "value/pilot_values.hpp"

#include <string>
#include <utility>

#include "program/compile.hpp"

namespace capstake {

PilotValues pilot_values(const RunSpec& spec) {
  constexpr std::uint64_t kPaths = 4096;
  return [run = RunSpec{.paths = kPaths, .seed = spec.seed, .threads = spec.threads}](
             const Graph& graph, std::span<const NodeId> nodes) {
    Graph pilot = graph;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      pilot.output("pilot " + std::to_string(i), nodes[i]);
    }
    const std::vector<OutputSpec> outputs(nodes.size(),
                                          {.moments = false, .joint = false, .samples = true});
    return std::move(simulate(compile(pilot), outputs, run).samples);
  };
}

}  // namespace capstake

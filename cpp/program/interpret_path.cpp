#include "program/interpret_path.hpp"

#include <limits>
#include <map>
#include <string_view>

#include "graph/interpret.hpp"
#include "random/draws.hpp"

namespace capstake {
namespace {

double draw_on_path(const Draw& draw, std::uint64_t seed, std::uint64_t path) {
  const DrawKey key = draw_key(seed, draw.name, draw.step);
  switch (draw.law) {
    case Law::normal:
      return normal_draw(key, path);
    case Law::uniform:
      return uniform_draw(key, path);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::vector<double> interpret_path(const Graph& graph, std::uint64_t seed, std::uint64_t path) {
  std::vector<double> draws;
  for (const Draw& draw : graph.draws()) {
    draws.push_back(draw_on_path(draw, seed, path));
  }
  return interpret(graph, draws);
}

std::vector<double> interpret_path(const Graph& graph, const Design& design, const PathId& path) {
  const std::vector<double> made = draws_on_path(design, path);
  std::map<std::pair<std::string_view, std::uint32_t>, double> known;
  for (std::size_t i = 0; i < made.size(); ++i) {
    known.emplace(std::pair{std::string_view(design.draws[i].name), design.draws[i].step}, made[i]);
  }
  std::vector<double> draws;
  for (const Draw& draw : graph.draws()) {
    const auto found = known.find({draw.name, draw.step});
    draws.push_back(found == known.end() ? std::numeric_limits<double>::quiet_NaN()
                                         : found->second);
  }
  return interpret(graph, draws);
}

}  // namespace capstake

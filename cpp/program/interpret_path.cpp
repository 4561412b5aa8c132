#include "program/interpret_path.hpp"

#include <limits>

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

}  // namespace capstake

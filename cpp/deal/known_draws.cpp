#include "deal/known_draws.hpp"

#include "deal/lower.hpp"

namespace capstake {

KnownDraws independent_draws(const Deal& deal) {
  Deal bare = deal;
  bare.dependence.clear();
  Graph graph;
  lower(graph, bare);
  KnownDraws found;
  for (const Draw& draw : graph.draws()) {
    KnownDraw& known = found[draw.name];
    known.law = draw.law;
    known.steps.insert(draw.step);
  }
  return found;
}

const Forecast* forecast_revised_by(const Deal& deal, const std::string& draw) {
  for (const auto& [name, stream] : deal.streams) {
    if (draw == name + ".revision") {
      return std::get_if<Forecast>(&stream);
    }
  }
  return nullptr;
}

}  // namespace capstake

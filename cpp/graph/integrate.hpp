// Events integrated out, as a transform of the graph: a result that depends on when an event comes
// is replaced by its mean over that, given all other draws. No draw and no jump is left, and the
// mean is an ordinary node: smooth in the hazards, also where one is zero.
//
// An event is a uniform draw u that is used as -log(u) only, a standard exponential X, compared
// with thresholds that are the same on all paths (cumulative hazards). Between two thresholds most
// nodes are constants or lines in X; minima, maxima, comparisons of lines split the piece where
// they turn. So means are exact, up to rounding, for whatever a contract does with the event. What
// is no line, such as a product of two, keeps the draw, but for the place within its piece only:
// which piece it is in is integrated out still (conditional Monte Carlo; Glasserman 2003,
// section 4.4).
//
// For values and sensitivities. Distributions need the event sampled.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/checkpoint.hpp"
#include "graph/graph.hpp"

namespace capstake {

// What became of one uniform draw, counted by outputs that depended on it.
struct IntegratedDraw {
  Draw draw;
  std::size_t integrated = 0;  // outputs that no longer depend on it
  std::size_t placed = 0;      // outputs in which it only gives the place between two thresholds
  std::size_t sampled = 0;     // outputs that depend on it as before
  std::string reason;          // why, where some do
};

struct Integrated {
  std::vector<NodeId> outputs;  // with the same means as the given ones, in their order
  std::vector<IntegratedDraw> draws;
};

struct IntegrationLimits {
  std::size_t growth = 4;       // times the nodes computed on each path before
  std::size_t nodes = 200'000;  // that may be, where that is less
  std::size_t thresholds = 2'000;
  std::vector<std::string> only = {};  // names of the draws to look at; all if there is none
  // By output, a number that is shared by those that keep all of a draw if one keeps any of it, so
  // that the noise of it cancels in their differences. Empty: each output goes by itself.
  std::vector<std::size_t> group = {};
  // Whether to do only what takes a few pieces of each event; the rest stays sampled.
  bool is_cheap = false;
  // The first so many outputs are tried by themselves where not all fit.
  std::size_t preferred = 0;
  // Called before each try; empty: none. After a throw the graph may have nodes that nobody uses.
  Checkpoint checkpoint = {};
};

// Appends to the graph the means of some nodes over all events that they depend on. A node that
// depends on none is itself. Orders of thresholds, and signs, are those at the parameters' values:
// the means are for these, and their derivatives for increasing a hazard that is zero.
Integrated integrate_out(Graph& graph, std::span<const NodeId> outputs,
                         const IntegrationLimits& limits = {});

}  // namespace capstake

// Draws that depend on each other: a copula between named draws, each of which keeps its own law.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/expr.hpp"

namespace capstake {

// A step of a draw, and its length, as long as those of the name's other steps are.
struct DrawStep {
  std::uint32_t number = 0;
  double span = 1.0;
};

// A draw under one law. Where the graph has it under the other, because another deal in it draws
// so, it is made of that one: two deals share their randomness whatever their distributions are,
// and the lengths of their periods.
Expr drawn(Graph& graph, const std::string& name, DrawStep step, Law law);

// All steps of a draw by period up to a date, as one standard normal: the sum of its normals, each
// times the root of its step's length, over the root of the whole length. Of a Brownian motion with
// these increments, its own increment over the time.
struct DrawPath {
  std::string draw;
  Law law = Law::normal;
  std::vector<DrawStep> steps;
};

// z = L w, with w the independent normal draws of these names and L the lower factor of their
// correlations. Step by step where the draws have steps: no law within one name changes. Draws made
// once a path may depend on paths of draws by period as well, which come before them in w.
struct Coupling {
  std::string name;  // of the mixing draw of a t copula
  std::vector<DrawPath> paths;
  std::vector<std::string> draws;
  std::vector<std::vector<Expr>> factor;   // by rows of draws: of all paths, then to the diagonal
  std::optional<Expr> degrees_of_freedom;  // of a t copula; none for a Gaussian one
};

// The coupled draw `member` at a step, as a standard normal and as a uniform, which rounding can
// bring to 1.
Expr coupled_normal(const Coupling& coupling, std::size_t member, DrawStep step, Graph& graph);
Expr coupled_uniform(const Coupling& coupling, std::size_t member, DrawStep step, Graph& graph);
// Within the uniforms nearest to 0 and 1 of plain draws.
Expr inside(Expr u);

}  // namespace capstake

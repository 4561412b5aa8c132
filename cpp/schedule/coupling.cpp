#include "schedule/coupling.hpp"

namespace capstake {

namespace {

// The draw's own part comes first: with correlations of zero the sum is the draw itself.
Expr gaussian(const Coupling& coupling, std::size_t member, DrawStep step, Graph& graph) {
  const std::vector<Expr>& row = coupling.factor[member];
  const auto draw = [&](std::size_t k) {
    return drawn(graph, coupling.draws[k], step, Law::normal);
  };
  Expr z = row[member] * draw(member);
  for (std::size_t k = 0; k < member; ++k) {
    z = fma(row[k], draw(k), z);
  }
  return z;
}

// All members at a step share one chi-square draw (Demarta and McNeil 2005, The t Copula and
// Related Copulas, equation 1).
Expr student(const Coupling& coupling, std::size_t member, DrawStep step, Graph& graph) {
  const Expr dof = *coupling.degrees_of_freedom;
  const Expr u = drawn(graph, coupling.name, step, Law::uniform);
  const Expr chi_square = 2.0 * gamma_quantile(u, 0.5 * dof);
  return gaussian(coupling, member, step, graph) * sqrt(dof / chi_square);
}

}  // namespace

Expr drawn(Graph& graph, const std::string& name, DrawStep step, Law law) {
  const std::optional<NodeId> known = graph.drawn(name, step.number);
  const Expr draw(graph, known ? *known : graph.draw(name, step.number, law, step.span));
  if (graph.draws()[graph.node(draw.id()).leaf].law == law) {
    return draw;
  }
  return law == Law::normal ? normal_quantile(draw) : normal_cdf(draw);
}

Expr coupled_normal(const Coupling& coupling, std::size_t member, DrawStep step, Graph& graph) {
  if (!coupling.degrees_of_freedom) {
    return gaussian(coupling, member, step, graph);
  }
  // Each tail by its own small probability; at 0 both terms are 0, and the slopes agree.
  const Expr t = student(coupling, member, step, graph);
  const auto lower_tail = [&](Expr x) {
    return normal_quantile(student_t_cdf(min(x, 0.0), *coupling.degrees_of_freedom));
  };
  return lower_tail(t) - lower_tail(-t);
}

Expr coupled_uniform(const Coupling& coupling, std::size_t member, DrawStep step, Graph& graph) {
  const Expr x = coupling.degrees_of_freedom ? student(coupling, member, step, graph)
                                             : gaussian(coupling, member, step, graph);
  return coupling.degrees_of_freedom ? student_t_cdf(x, *coupling.degrees_of_freedom)
                                     : normal_cdf(x);
}

Expr inside(Expr u) { return max(min(u, 1.0 - 0x1p-53), 0x1p-53); }

}  // namespace capstake

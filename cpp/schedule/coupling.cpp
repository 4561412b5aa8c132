#include "schedule/coupling.hpp"

#include <cmath>

namespace capstake {

namespace {

bool is_never_other_than_zero(Expr x) {
  const Node& node = x.graph().node(x.id());
  return node.op == Op::constant && x.graph().constants()[node.leaf] == 0.0;
}

// In the draws' own law, so that no bit of them changes.
Expr standardised(const DrawPath& path, Graph& graph) {
  double length = 0.0;
  for (const DrawStep& step : path.steps) {
    length += step.span;
  }
  const auto normal = [&](const DrawStep& step) {
    const Expr draw = drawn(graph, path.draw, step, path.law);
    return path.law == Law::normal ? draw : normal_quantile(draw);
  };
  const auto weight = [&](const DrawStep& step) { return std::sqrt(step.span / length); };
  Expr sum = weight(path.steps.front()) * normal(path.steps.front());
  for (std::size_t k = 1; k < path.steps.size(); ++k) {
    const Expr z = normal(path.steps[k]);
    sum = fma(z.constant(weight(path.steps[k])), z, sum);
  }
  return sum;
}

// What is left of a draw given the paths. The draw's own part comes first: with correlations of
// zero the sum is the draw itself.
Expr given_paths(const Coupling& coupling, std::size_t member, DrawStep step, Graph& graph) {
  const std::vector<Expr>& row = coupling.factor[member];
  const std::size_t n_paths = coupling.paths.size();
  const auto draw = [&](std::size_t k) {
    return drawn(graph, coupling.draws[k], step, Law::normal);
  };
  Expr z = row[n_paths + member] * draw(member);
  for (std::size_t k = 0; k < member; ++k) {
    z = fma(row[n_paths + k], draw(k), z);
  }
  return z;
}

Expr gaussian(const Coupling& coupling, std::size_t member, DrawStep step, Graph& graph) {
  Expr z = given_paths(coupling, member, step, graph);
  for (std::size_t k = 0; k < coupling.paths.size(); ++k) {
    if (const Expr r = coupling.factor[member][k]; !is_never_other_than_zero(r)) {
      z = fma(r, standardised(coupling.paths[k], graph), z);
    }
  }
  return z;
}

// All members at a step share one chi-square draw (Demarta and McNeil 2005, The t Copula and
// Related Copulas, equation 1). Given a path, which is x as a Student t of n degrees of freedom,
// they are t of n + 1 degrees, about r x and wider by (n + x^2) / (n + 1) (Ding 2016, On the
// conditional distribution of the multivariate t distribution, The American Statistician 70:
// 293-295).
Expr student(const Coupling& coupling, std::size_t member, DrawStep step, Graph& graph) {
  const Expr dof = *coupling.degrees_of_freedom;
  const Expr u = drawn(graph, coupling.name, step, Law::uniform);
  const Expr z = given_paths(coupling, member, step, graph);
  if (coupling.paths.empty()) {
    const Expr chi_square = 2.0 * gamma_quantile(u, 0.5 * dof);
    return z * sqrt(dof / chi_square);
  }
  const Expr s = standardised(coupling.paths.front(), graph);
  const auto lower_tail = [&](Expr of) {
    return student_t_quantile(normal_cdf(min(of, 0.0)), dof);
  };
  const Expr x = lower_tail(s) - lower_tail(-s);
  const Expr chi_square = 2.0 * gamma_quantile(u, 0.5 * (dof + 1.0));
  return fma(coupling.factor[member].front(), x, z * sqrt(fma(x, x, dof) / chi_square));
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

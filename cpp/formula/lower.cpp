#include "formula/lower.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace capstake {

namespace {

// The value of an expression that is a constant of its graph.
std::optional<double> constant_of(Expr expr) {
  const Node& node = expr.graph().node(expr.id());
  return node.op == Op::constant ? std::optional(expr.graph().constants()[node.leaf])
                                 : std::nullopt;
}

}  // namespace

FormulaSeries::FormulaSeries(Context& context, Formula formula, Lookup lookup,
                             std::size_t first_period)
    : context_(&context),
      formula_(std::move(formula)),
      lookup_(std::move(lookup)),
      first_period_(first_period),
      period_(first_period),
      history_(formula_.nodes.size()) {}

Expr FormulaSeries::next() {
  for (std::size_t i = 0; i < formula_.nodes.size(); ++i) {
    history_[i].push_back(value(formula_.nodes[i], i));
  }
  ++period_;
  return history_.back().back();
}

Expr FormulaSeries::value(const FormulaNode& node, std::size_t index) {
  const auto arg = [&](std::size_t k) { return history_[node.args[k]].back(); };
  const auto folded = [&](auto&& combine) {
    Expr result = arg(0);
    for (std::size_t k = 1; k < node.args.size(); ++k) {
      result = combine(result, arg(k));
    }
    return result;
  };
  switch (node.op) {
    case FormulaOp::number:
      return context_->constant(node.number);
    case FormulaOp::name:
      return lookup_(node.name, period_);
    case FormulaOp::date:  // looked at by its parent
      return context_->constant(std::numeric_limits<double>::quiet_NaN());
    case FormulaOp::negative:
      return -arg(0);
    case FormulaOp::add:
      return arg(0) + arg(1);
    case FormulaOp::subtract:
      return arg(0) - arg(1);
    case FormulaOp::multiply:
      return arg(0) * arg(1);
    case FormulaOp::divide:
      return arg(0) / arg(1);
    case FormulaOp::power:
      return power(node);
    case FormulaOp::less:
      return less(arg(0), arg(1));
    case FormulaOp::less_equal:
      return less_equal(arg(0), arg(1));
    case FormulaOp::minimum:
      return folded([](Expr a, Expr b) { return min(a, b); });
    case FormulaOp::maximum:
      return folded([](Expr a, Expr b) { return max(a, b); });
    case FormulaOp::where:
      return select(arg(0), arg(1), arg(2));
    case FormulaOp::abs:
      return abs(arg(0));
    case FormulaOp::exp:
      return exp(arg(0));
    case FormulaOp::log:
      return log(arg(0));
    case FormulaOp::sqrt:
      return sqrt(arg(0));
    case FormulaOp::cumulative:
      return running_total(index, arg(0), period_ == first_period_);
    case FormulaOp::year_to_date:
      return running_total(index, arg(0),
                           period_ == first_period_ || context_->periods()[period_].year !=
                                                           context_->periods()[period_ - 1].year);
    case FormulaOp::lag:
      return lagged(node);
    case FormulaOp::step_up:
      return context_->periods()[period_].first < formula_.nodes[node.args[1]].date ? arg(0)
                                                                                    : arg(2);
  }
  return context_->constant(std::numeric_limits<double>::quiet_NaN());
}

Expr FormulaSeries::running_total(std::size_t index, Expr now, bool starts_anew) {
  return starts_anew ? now : history_[index].back() + now;
}

Expr FormulaSeries::lagged(const FormulaNode& node) {
  const std::size_t n =
      node.args.size() == 2 ? static_cast<std::size_t>(formula_.nodes[node.args[1]].number) : 1;
  const std::size_t now = period_ - first_period_;
  return n > now ? context_->constant(0.0) : history_[node.args[0]][now - n];
}

// Small whole powers by repeated squaring; any other by exp(b log(a)), for a > 0.
Expr FormulaSeries::power(const FormulaNode& node) {
  const Expr base = history_[node.args[0]].back();
  const Expr exponent = history_[node.args[1]].back();
  const std::optional<double> constant = constant_of(exponent);
  constexpr double kMostByProducts = 64.0;
  if (!constant || *constant != std::floor(*constant) || std::abs(*constant) > kMostByProducts) {
    return exp(exponent * log(base));
  }
  Expr result = context_->constant(1.0);
  Expr square = base;
  for (auto n = static_cast<unsigned>(std::abs(*constant)); n > 0; n /= 2) {
    result = n % 2 == 1 ? result * square : result;
    square = n > 1 ? square * square : square;
  }
  return *constant < 0.0 ? 1.0 / result : result;
}

}  // namespace capstake

#include "formula/lower.hpp"

#include <algorithm>
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

// In place of what a root, a logarithm or a division cannot take: so small that roots vanish, and
// so large that the square of its inverse is a number.
constexpr double kLeast = 1e-30;
// In place of what an exponential cannot take.
constexpr double kMostExponent = 300.0;
// Larger than any figure, and so that derivatives, where it stands to the fourth power, are
// numbers.
constexpr double kBeyondAll = 1e60;

// 1 where a condition made of comparisons holds and 0 where it does not, but for a strip too narrow
// to matter, made of minima and maxima: it has no derivative and, unlike a comparison, no jump that
// sensitivities would spread. Nothing for other conditions.
std::optional<Expr> truth(Expr condition) {
  Graph& graph = condition.graph();
  const Node node = graph.node(condition.id());
  const Expr a(graph, node.args[0]);
  const Expr b(graph, node.args[1]);
  const auto both = [&](auto&& combine) -> std::optional<Expr> {
    const std::optional<Expr> of_a = truth(a);
    const std::optional<Expr> of_b = of_a ? truth(b) : std::nullopt;
    return of_b ? std::optional(min(abs(combine(*of_a, *of_b)), 1.0)) : std::nullopt;
  };
  switch (node.op) {
    case Op::constant:
      return condition;
    case Op::less:
      return min(max((b - a) * kBeyondAll, 0.0), 1.0);
    case Op::less_equal:
      return min(max((b - a) * kBeyondAll + 1.0, 0.0), 1.0);
    case Op::mul:
      return both([](Expr x, Expr y) { return x * y; });
    case Op::sub:
      return both([](Expr x, Expr y) { return x - y; });
    case Op::min:
      return both([](Expr x, Expr y) { return min(x, y); });
    case Op::max:
      return both([](Expr x, Expr y) { return max(x, y); });
    default:
      return std::nullopt;
  }
}

// What an operation is written as.
std::string_view symbol_of(FormulaOp op) {
  switch (op) {
    case FormulaOp::negative:
    case FormulaOp::subtract:
      return "-";
    case FormulaOp::add:
      return "+";
    case FormulaOp::multiply:
      return "*";
    case FormulaOp::divide:
      return "/";
    case FormulaOp::power:
      return "**";
    case FormulaOp::less:
      return "<";
    case FormulaOp::less_equal:
      return "<=";
    default:
      return std::ranges::find(formula_functions(), op, &FormulaFunction::op)->name;
  }
}

}  // namespace

FormulaSeries::FormulaSeries(Context& context, std::string place, Formula formula, Lookup lookup,
                             std::size_t first_period)
    : context_(&context),
      place_(std::move(place)),
      formula_(std::move(formula)),
      lookup_(std::move(lookup)),
      first_period_(first_period),
      period_(first_period),
      branches_(formula_.nodes.size()),
      history_(formula_.nodes.size()) {
  find_branches();
}

// What totals and lags look back at counts in periods in which another branch was taken.
void FormulaSeries::find_branches() {
  for (std::size_t i = formula_.nodes.size(); i-- > 0;) {
    const FormulaNode& node = formula_.nodes[i];
    const bool looks_back = node.op == FormulaOp::cumulative ||
                            node.op == FormulaOp::year_to_date || node.op == FormulaOp::lag;
    for (std::size_t k = 0; k < node.args.size() && !looks_back; ++k) {
      std::vector<Branch>& of_arg = branches_[node.args[k]];
      of_arg = branches_[i];
      if (node.op == FormulaOp::where && k > 0) {
        of_arg.push_back({node.args[0], k == 1});
      }
    }
  }
}

Expr FormulaSeries::next(std::optional<Expr> counts) {
  counts_ = counts && !constant_of(*counts) ? counts : std::nullopt;
  for (std::size_t i = 0; i < formula_.nodes.size(); ++i) {
    history_[i].push_back(value(formula_.nodes[i], i));
    note(formula_.nodes[i], i);
  }
  ++period_;
  return history_.back().back();
}

void FormulaSeries::note(const FormulaNode& node, std::size_t index) const {
  const bool is_leaf = node.args.empty();
  if (context_->formula_steps() == nullptr || is_leaf) {
    return;
  }
  FormulaStep step{.place = place_,
                   .period = context_->periods()[period_].label,
                   .operation = symbol_of(node.op),
                   .result = history_[index].back().id(),
                   .arguments = {}};
  for (const std::size_t arg : node.args) {
    if (formula_.nodes[arg].op != FormulaOp::date) {
      step.arguments.push_back(history_[arg].back().id());
    }
  }
  context_->formula_steps()->push_back(std::move(step));
}

// A where() whose condition is a constant has but one branch.
std::optional<Expr> FormulaSeries::counted(std::size_t index) const {
  std::optional<Expr> all = counts_ ? truth(*counts_) : std::nullopt;
  for (const Branch& branch : branches_[index]) {
    const Expr condition = history_[branch.condition].back();
    const std::optional<Expr> holds = constant_of(condition) ? std::nullopt : truth(condition);
    if (holds) {
      const Expr taken = branch.is_first ? *holds : 1.0 - *holds;
      all = all ? *all * taken : taken;
    }
  }
  return all;
}

// The first argument of a minimum or maximum that is not it has a derivative of exactly zero.
Expr FormulaSeries::positive(std::size_t index, Expr x) const {
  const std::optional<Expr> counts = counted(index);
  return counts && !constant_of(x) ? max(kLeast - *counts * kBeyondAll, x) : x;
}

Expr FormulaSeries::moderate(std::size_t index, Expr x) const {
  const std::optional<Expr> counts = counted(index);
  return counts && !constant_of(x) ? min(kMostExponent + *counts * kBeyondAll, x) : x;
}

Expr FormulaSeries::quotient(std::size_t index, Expr a, Expr b) const {
  const std::optional<Expr> counts = counted(index);
  return a / (counts && !constant_of(b) ? b + (1.0 - *counts) * kLeast : b);
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
      return quotient(index, arg(0), arg(1));
    case FormulaOp::power:
      return power(node, index);
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
      return exp(moderate(index, arg(0)));
    case FormulaOp::log:
      return log(positive(index, arg(0)));
    case FormulaOp::sqrt:
      return sqrt(positive(index, arg(0)));
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
  if (starts_anew) {
    return now;
  }
  // The node of before, so that tests of a total that has come to its end stay one test.
  const Expr before = history_[index].back();
  return constant_of(now) == 0.0 ? before : before + now;
}

Expr FormulaSeries::lagged(const FormulaNode& node) {
  const std::size_t n =
      node.args.size() == 2 ? static_cast<std::size_t>(formula_.nodes[node.args[1]].number) : 1;
  const std::size_t now = period_ - first_period_;
  return n > now ? context_->constant(0.0) : history_[node.args[0]][now - n];
}

// Small whole powers by repeated squaring; any other by exp(b log(a)), for a > 0.
Expr FormulaSeries::power(const FormulaNode& node, std::size_t index) {
  const Expr base = history_[node.args[0]].back();
  const Expr exponent = history_[node.args[1]].back();
  const std::optional<double> constant = constant_of(exponent);
  constexpr double kMostByProducts = 64.0;
  if (!constant || *constant != std::floor(*constant) || std::abs(*constant) > kMostByProducts) {
    return exp(moderate(index, exponent * log(positive(index, base))));
  }
  Expr result = context_->constant(1.0);
  Expr square = base;
  for (auto n = static_cast<unsigned>(std::abs(*constant)); n > 0; n /= 2) {
    result = n % 2 == 1 ? result * square : result;
    square = n > 1 ? square * square : square;
  }
  return *constant < 0.0 ? quotient(index, context_->constant(1.0), result) : result;
}

}  // namespace capstake

// The quantile of an uncertain number's draw, with a parameter for each argument.
#include "schedule/context.hpp"

namespace capstake {

namespace {

// "legs.x.cap.mode"; an element of a list is "legs.x.cap.values[2]".
std::string name_of(const std::string& path, const ArgumentRow& row, std::size_t i) {
  const std::string name = path + "." + std::string(row.name);
  return row.form == Form::list ? name + "[" + std::to_string(i) + "]" : name;
}

// What data and probabilities are: facts of the definition, by which nothing is differentiated.
bool is_definition(Family family, std::size_t argument) {
  return family == Family::empirical || (family == Family::metalog && argument == 0);
}

}  // namespace

Arguments Context::arguments(const std::string& path, const Distribution& distribution) {
  const FamilyRow& row = row_of(distribution);
  Arguments found;
  for (std::size_t k = 0; k < row.arguments.size(); ++k) {
    std::vector<Expr>& list = found.emplace_back();
    for (std::size_t i = 0; i < distribution.arguments[k].size(); ++i) {
      const double value = distribution.arguments[k][i];
      list.push_back(is_definition(distribution.family, k)
                         ? constant(value)
                         : parameter(name_of(path, row.arguments[k], i), value));
    }
  }
  return found;
}

Expr Context::quantile(const std::string& path, const Distribution& distribution) {
  const Arguments args = arguments(path, distribution);
  if (!distribution.is_truncated() && distribution.family == Family::normal) {
    return args[0][0] + args[1][0] * normal(path, 0);
  }
  if (!distribution.is_truncated() && distribution.family == Family::lognormal) {
    const Expr b = args[1][0];
    return args[0][0] * exp(b * normal(path, 0) - 0.5 * (b * b));
  }
  const auto bound = [&](const char* name, const std::optional<double>& value) {
    return value ? std::optional(parameter(path + "." + name, *value)) : std::nullopt;
  };
  const Expr u = uniform(path, 0);
  const bool is_plain = graph_->node(u.id()).op == Op::draw;
  return capstake::quantile(
      distribution, args, bound("truncated_below", distribution.truncated_below),
      bound("truncated_above", distribution.truncated_above), is_plain ? u : inside(u));
}

}  // namespace capstake

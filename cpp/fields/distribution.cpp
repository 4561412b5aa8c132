#include "fields/distribution.hpp"

#include <algorithm>
#include <cmath>

#include "fields/record.hpp"

namespace capstake {

namespace {

// Less of the distribution than this is not worth keeping: the quantile would lose its digits.
constexpr double kLeastKept = 1e-6;

Arguments constants(Graph& graph, const Distribution& d) {
  Arguments found;
  for (const std::vector<double>& list : d.arguments) {
    std::vector<Expr>& row = found.emplace_back();
    for (const double x : list) {
      row.emplace_back(graph, graph.constant(x));
    }
  }
  return found;
}

double number_of(Expr x) { return x.graph().constants()[x.graph().node(x.id()).leaf]; }

double cdf(const Distribution& d, double x) {
  Graph graph;
  const auto [low, high] = row_of(d).support(d);
  if (x <= low || x >= high) {
    return x <= low ? 0.0 : 1.0;
  }
  return number_of(row_of(d).cdf(d, constants(graph, d), {graph, graph.constant(x)}));
}

// Whether the truncation cuts anything off. A bound at or beyond the support is none.
bool cuts_below(const Distribution& d) {
  return d.truncated_below && *d.truncated_below > row_of(d).support(d).first;
}
bool cuts_above(const Distribution& d) {
  return d.truncated_above && *d.truncated_above < row_of(d).support(d).second;
}

// Values and weights within the bounds: a distribution on points is cut by leaving points out.
Distribution points_kept(const Distribution& d) {
  Distribution kept = d;
  for (std::vector<double>& list : kept.arguments) {
    list.clear();
  }
  const std::vector<double>& values = d.arguments[0];
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool is_kept = !(d.truncated_below && values[i] < *d.truncated_below) &&
                         !(d.truncated_above && values[i] > *d.truncated_above);
    for (std::size_t k = 0; is_kept && k < d.arguments.size(); ++k) {
      kept.arguments[k].push_back(d.arguments[k][i]);
    }
  }
  kept.truncated_below.reset();
  kept.truncated_above.reset();
  return kept;
}

bool is_on_points(Family family) {
  return family == Family::discrete || family == Family::empirical;
}

Arguments arguments_kept(const Distribution& d, const Arguments& arguments) {
  Arguments kept(arguments.size());
  for (std::size_t i = 0; i < d.arguments[0].size(); ++i) {
    const double x = d.arguments[0][i];
    const bool is_kept = !(d.truncated_below && x < *d.truncated_below) &&
                         !(d.truncated_above && x > *d.truncated_above);
    for (std::size_t k = 0; is_kept && k < arguments.size(); ++k) {
      kept[k].push_back(arguments[k][i]);
    }
  }
  return kept;
}

std::string broken_truncation(const Distribution& d) {
  if (d.truncated_below && d.truncated_above && !(*d.truncated_below < *d.truncated_above)) {
    return "truncated_below must be below truncated_above";
  }
  if (is_on_points(d.family)) {
    return points_kept(d).arguments[0].empty() ? "truncation leaves no value" : "";
  }
  const bool is_one_point =
      (d.family == Family::normal || d.family == Family::lognormal) && d.argument(1) == 0.0;
  if (is_one_point) {
    return "one point cannot be truncated";
  }
  const double below = d.truncated_below ? cdf(d, *d.truncated_below) : 0.0;
  const double above = d.truncated_above ? cdf(d, *d.truncated_above) : 1.0;
  return above - below >= kLeastKept ? "" : "truncation must leave a millionth of the distribution";
}

std::string list_text(const std::vector<double>& list) {
  constexpr std::size_t kMost = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(list.size(), kMost); ++i) {
    text += (i == 0 ? "" : ", ") + brief(list[i]);
  }
  return list.size() <= kMost ? text : text + ", ... " + std::to_string(list.size()) + " in all";
}

}  // namespace

bool FamilyRow::is_one_list() const {
  const auto is_scalar = [](const ArgumentRow& row) { return row.form == Form::scalar; };
  return arguments.size() == 1 || std::all_of(arguments.begin(), arguments.end(), is_scalar);
}

const FamilyRow& row_of(const Distribution& distribution) {
  return families()[static_cast<std::size_t>(distribution.family)];
}

std::pair<double, double> Distribution::support() const {
  if (is_on_points(family) && is_truncated()) {
    return points_kept(*this).support();
  }
  const auto [low, high] = row_of(*this).support(*this);
  return {cuts_below(*this) ? *truncated_below : low, cuts_above(*this) ? *truncated_above : high};
}

double Distribution::mean() const {
  const FamilyRow& row = row_of(*this);
  if (!cuts_below(*this) && !cuts_above(*this)) {
    return row.mean(*this);
  }
  if (is_on_points(family)) {
    return points_kept(*this).mean();
  }
  const auto [low, high] = support();
  const double from = cuts_below(*this) ? row.partial_mean(*this, low) : 0.0;
  const double to = cuts_above(*this) ? row.partial_mean(*this, high) : row.mean(*this);
  const double mean = (to - from) / (cdf(*this, high) - cdf(*this, low));
  return std::clamp(mean, low, high);
}

Expr quantile(const Distribution& distribution, const Arguments& arguments,
              const std::optional<Expr>& below, const std::optional<Expr>& above, Expr u) {
  const FamilyRow& row = row_of(distribution);
  if (is_on_points(distribution.family)) {
    return row.quantile(points_kept(distribution), arguments_kept(distribution, arguments), u);
  }
  const bool has_low = cuts_below(distribution);
  const bool has_high = cuts_above(distribution);
  const Expr from = has_low ? row.cdf(distribution, arguments, *below) : u.constant(0.0);
  const Expr to = has_high ? row.cdf(distribution, arguments, *above) : u.constant(1.0);
  constexpr double kLast = 1.0 - 0x1p-53;  // the last probability below 1, as of the draws
  const Expr kept = has_low || has_high ? min(fma(u, to - from, from), kLast) : u;
  Expr x = row.quantile(distribution, arguments, kept);
  // Rounding could leave the bounds.
  x = has_low ? max(x, *below) : x;
  return has_high ? min(x, *above) : x;
}

double quantile(const Distribution& distribution, double u) {
  Graph graph;
  const auto constant = [&](const std::optional<double>& x) {
    return x ? std::optional(Expr(graph, graph.constant(*x))) : std::nullopt;
  };
  return number_of(quantile(distribution, constants(graph, distribution),
                            constant(distribution.truncated_below),
                            constant(distribution.truncated_above), {graph, graph.constant(u)}));
}

std::string broken(const Distribution& distribution) {
  std::string found = row_of(distribution).broken(distribution);
  return found.empty() && distribution.is_truncated() ? broken_truncation(distribution) : found;
}

std::string text(const Distribution& distribution) {
  const FamilyRow& row = row_of(distribution);
  std::string text;
  for (std::size_t i = 0; i < row.arguments.size(); ++i) {
    const std::vector<double>& list = distribution.arguments[i];
    if (list.empty()) {
      continue;
    }
    const std::string name = row.is_one_list() ? "" : std::string(row.arguments[i].name) + " ";
    text += (text.empty() ? "" : ", ") + name + list_text(list);
  }
  text = std::string(row.name) + "(" + text + ")";
  text += distribution.truncated_below ? " above " + brief(*distribution.truncated_below) : "";
  return text +
         (distribution.truncated_above ? " below " + brief(*distribution.truncated_above) : "");
}

}  // namespace capstake

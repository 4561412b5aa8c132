#include "deal/size.hpp"

namespace capstake {

namespace {

// Every operation is a node of the graph in every period.
void check_formula(const FormulaText& formula, const std::string& holder, std::size_t n_periods,
                   Issues& issues) {
  constexpr std::size_t kMost = 300'000;
  if (const std::size_t n = formula.parsed.nodes.size(); n * n_periods > kMost) {
    issues.push_back({join_path(holder, "formula"),
                      "must have at most " + std::to_string(kMost) +
                          " numbers, names and operations in all periods",
                      std::to_string(n) + " in each of " + std::to_string(n_periods) + " periods",
                      ""});
  }
}

void check_formulas(const Deal& deal, const std::string& path, std::size_t n_periods,
                    Issues& issues) {
  const auto place = [&](std::string_view table, const std::string& name) {
    return join_path(join_path(path, table), name);
  };
  for (const auto& [name, stream] : deal.streams) {
    if (const auto* held = std::get_if<FormulaStream>(&stream)) {
      check_formula(held->formula, place("streams", name), n_periods, issues);
    }
  }
  for (const auto& [name, leg] : deal.legs) {
    const auto* share = std::get_if<RevenueShare>(&leg);
    if (share == nullptr) {
      continue;
    }
    for (const auto& [key, clause] : share->clauses) {
      if (const auto* held = std::get_if<Custom>(&clause)) {
        const std::string clauses = join_path(place("legs", name), "clauses");
        check_formula(held->formula, join_path(clauses, key), n_periods, issues);
      }
    }
  }
}

}  // namespace

void check_size(const Deal& deal, const std::string& path, Issues& issues) {
  const auto [first, last] = horizon(deal);
  const std::size_t n = periods_covering(deal.frequency, first, last).size();
  if (n > kMostPeriods) {
    issues.push_back({join_path(path, "frequency"),
                      "the deal must span at most " + std::to_string(kMostPeriods) + " periods",
                      std::to_string(n) + " periods", ""});
  } else {
    check_formulas(deal, path, n, issues);
  }
}

}  // namespace capstake

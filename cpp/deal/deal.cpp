#include "deal/deal.hpp"

#include <algorithm>

namespace capstake {

namespace {

class AssumptionList {
 public:
  template <class T>
  void add(const std::string& table, const std::string& object, const T& holder) {
    add_fields(table, object, "", holder);
  }

  // A row for each pair, as it is used.
  void add_correlations(const std::string& object, const Dependence& dependence) {
    const std::optional<Repair> repaired = repair(object, dependence);
    const std::size_t n = dependence.draws.size();
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = i + 1; j < n; ++j) {
        const std::string kind(Names<CorrelationKind>::kNames[static_cast<int>(dependence.kind)]);
        const std::string meaning =
            repaired ? "Of the normals behind the draws. Given " + brief(repaired->given[i][j]) +
                           "; no draws can have all that was given, so the nearest is used."
                     : "As " + kind + "'s.";
        Number number = dependence.number_of(i, j);
        if (repaired) {
          number.held = repaired->used[i][j];
          number.range.reset();
        }
        rows.push_back({"dependence", object,
                        "correlation of " + dependence.draws[i] + " and " + dependence.draws[j],
                        "correlation", meaning, number});
      }
    }
  }
  std::vector<Assumption> rows;

 private:
  template <class T>
  void add_fields(const std::string& table, const std::string& object, const std::string& place,
                  const T& holder) {
    for_each_field<T>([&](const auto& field) {
      add_field(table, object, join_path(place, field.name), field.rule, field.meaning,
                holder.*field.member);
    });
  }

  template <class M>
  void add_field(const std::string&, const std::string&, std::string_view, const Rule&,
                 std::string_view, const M&) {}

  void add_field(const std::string& table, const std::string& object, std::string_view field,
                 const Rule& rule, std::string_view meaning, const Number& number) {
    if (!rule.is_required && number == Number(rule.default_value)) {
      return;  // a default is no assumption of this deal
    }
    rows.push_back(
        {table, object, std::string(field), std::string(rule.unit), std::string(meaning), number});
  }

  void add_field(const std::string& table, const std::string& object, std::string_view field,
                 const Rule& rule, std::string_view meaning, const std::optional<Number>& number) {
    if (number) {
      add_field(table, object, field, rule, meaning, *number);
    }
  }

  void add_field(const std::string& table, const std::string& object, std::string_view field,
                 const Rule&, std::string_view, const Named<Clause>& clauses) {
    for (const auto& [name, clause] : clauses) {
      const std::string place = join_path(field, name);
      std::visit([&](const auto& held) { add_fields(table, object, place, held); }, clause);
    }
  }

  void add_field(const std::string& table, const std::string& object, std::string_view field,
                 const Rule& rule, std::string_view meaning, const Named<Number>& numbers) {
    for (const auto& [name, number] : numbers) {
      add_field(table, object, join_path(field, name), Rule{.unit = rule.unit}, meaning, number);
    }
  }

  void add_field(const std::string& table, const std::string& object, std::string_view field,
                 const Rule& rule, std::string_view meaning, const Annual& annual) {
    for (const auto& [year, number] : annual) {
      add_field(table, object, std::string(field) + "." + std::to_string(year), rule, meaning,
                number);
    }
  }

  void add_field(const std::string& table, const std::string& object, std::string_view field,
                 const Rule& rule, std::string_view meaning, const Figures& figures) {
    for (const auto& [period, number] : figures) {
      add_field(table, object, std::string(field) + "." + period.label(), rule, meaning, number);
    }
  }

  void add_field(const std::string& table, const std::string& object, std::string_view field,
                 const Rule& rule, std::string_view meaning, const Dated& dated) {
    for (const auto& [date, number] : dated) {
      add_field(table, object, std::string(field) + "[" + iso(date) + "]", rule, meaning, number);
    }
  }

  void add_field(const std::string& table, const std::string& object, std::string_view field,
                 const Rule& rule, std::string_view meaning, const Numbers& numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      add_field(table, object, element_path(std::string(field), i), rule, meaning, numbers[i]);
    }
  }
};

}  // namespace

Probability probability_for(const Deal& deal, Risk risk) {
  if (!deal.risk_free) {
    return Probability::as_stated;
  }
  const bool is_priced =
      deal.measure == ProbabilityMeasure::risk_neutral && risk == Risk::systematic;
  return is_priced ? Probability::risk_neutral : Probability::real_world;
}

std::pair<Date, Date> horizon(const Deal& deal) {
  Date first = deal.valuation_date;
  Date last = deal.valuation_date;
  for (const auto& [name, leg] : deal.legs) {
    const LegSummary summary = summary_of(leg);
    first = std::min(first, summary.first);
    last = std::max(last, summary.last);
  }
  for (const auto& [name, company] : deal.companies) {
    last = std::max(last, company.exit_date);
  }
  for (const auto& [name, stream] : deal.streams) {
    if (const auto* formula = std::get_if<FormulaStream>(&stream)) {
      first = std::min(first, formula->start.value_or(first));
    }
  }
  return {first, last};
}

std::vector<Assumption> assumptions(const Deal& deal) {
  AssumptionList list;
  list.add("deal", "", deal);
  for_each_object(deal, [&](const std::string& table, const std::string& name, const auto& object) {
    list.add(table, name, object);
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(object)>, Dependence>) {
      list.add_correlations(name, object);
    }
  });
  return std::move(list.rows);
}

}  // namespace capstake

#include "deal/deal.hpp"

#include <algorithm>
#include <map>

#include "fields/read.hpp"
#include "revenue/lower.hpp"

namespace capstake {

namespace {

template <class T>
std::vector<std::string> names_of(const Named<T>& objects) {
  std::vector<std::string> names;
  for (const auto& [name, object] : objects) {
    names.push_back(name);
  }
  return names;
}

// Visits every object of the deal with the name of its table and its own name.
template <class Visit>
void for_each_object(const Deal& deal, Visit&& visit) {
  const auto visit_table = [&](std::string_view table, const auto& objects) {
    for (const auto& [name, object] : objects) {
      visit(std::string(table), name, object);
    }
  };
  const auto visit_variants = [&](std::string_view table, const auto& objects) {
    for (const auto& [name, object] : objects) {
      std::visit([&](const auto& held) { visit(std::string(table), name, held); }, object);
    }
  };
  visit_table("parties", deal.parties);
  visit_variants("streams", deal.streams);
  visit_table("events", deal.events);
  visit_variants("legs", deal.legs);
  visit_table("companies", deal.companies);
  visit_table("stakes", deal.stakes);
}

class DealCheck {
 public:
  DealCheck(const Deal& deal, const std::string& path, Issues& issues)
      : deal_(deal), path_(path), issues_(issues) {}

  void run() {
    check_currency();
    check_not_empty();
    check_names_differ();
    for_each_object(deal_, [&]<class T>(const std::string& table, const std::string& name,
                                        const T& object) {
      const std::string object_path = join_path(path_, table + "." + name);
      for_each_field<T>([&](const auto& field) {
        check_reference(join_path(object_path, field.name), field.rule, object.*field.member);
      });
    });
    if (issues_.empty()) {
      check_circles();
    }
    if (issues_.empty()) {
      check_horizons();
      check_fractions();
    }
  }

 private:
  void add(const std::string& place, std::string rule, std::string got = {},
           std::string hint = {}) {
    issues_.push_back({join_path(path_, place), std::move(rule), std::move(got), std::move(hint)});
  }

  void check_currency() {
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    const std::string& code = deal_.currency;
    if (code.size() != 3 || !std::all_of(code.begin(), code.end(), is_capital)) {
      add("currency", "must be an ISO 4217 code such as \"USD\"", brief(Value(code)));
    }
  }

  void check_not_empty() {
    if (deal_.legs.empty() && deal_.stakes.empty()) {
      add("legs", "a deal needs at least one leg or stake");
    }
  }

  // Results are looked up by name, so a leg, a stake and a party must not share one.
  void check_names_differ() {
    std::map<std::string, std::string> table_of;
    const auto claim = [&](const std::string& table, const std::vector<std::string>& names) {
      for (const std::string& name : names) {
        const auto [taken, is_new] = table_of.emplace(name, table);
        if (!is_new) {
          add(table + "." + name, "the name is taken by [" + taken->second + "]");
        }
      }
    };
    claim("legs", names_of(deal_.legs));
    claim("stakes", names_of(deal_.stakes));
    claim("parties", names_of(deal_.parties));
  }

  std::vector<std::string> known(std::string_view table) const {
    if (table == "parties") {
      return names_of(deal_.parties);
    }
    if (table == "streams") {
      return names_of(deal_.streams);
    }
    if (table == "events") {
      return names_of(deal_.events);
    }
    return names_of(deal_.companies);
  }

  template <class M>
  void check_reference(const std::string&, const Rule&, const M&) {}

  void check_reference(const std::string& place, const Rule& rule, const std::string& name) {
    if (rule.refers_to.empty() || (name.empty() && !rule.is_required)) {
      return;
    }
    const std::vector<std::string> names = known(rule.refers_to);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      const std::string close = nearest(name, names);
      const std::string hint =
          !close.empty() ? "did you mean \"" + close + "\"?"
                         : (names.empty() ? "there are none" : "known: " + listed(names));
      issues_.push_back({place, "must be a name in [" + std::string(rule.refers_to) + "]",
                         brief(Value(name)), hint});
    }
  }

  void check_reference(const std::string& place, const Rule& rule,
                       const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      check_reference(place + "[" + std::to_string(i) + "]", rule, names[i]);
    }
  }

  void check_circles() {
    for (const auto& [name, stream] : deal_.streams) {
      std::vector<std::string> chain = {name};
      const Stream* current = &stream;
      while (const auto* scaled = std::get_if<Scaled>(current)) {
        const bool is_circle = std::find(chain.begin(), chain.end(), scaled->of) != chain.end();
        chain.push_back(scaled->of);
        if (is_circle) {
          add("streams." + name + ".of", "streams must not refer to each other in a circle",
              chain_text(chain));
          break;
        }
        current = &std::find_if(deal_.streams.begin(), deal_.streams.end(), [&](const auto& s) {
                     return s.first == scaled->of;
                   })->second;
      }
    }
  }

  static std::string chain_text(const std::vector<std::string>& chain) {
    std::string text;
    for (const std::string& name : chain) {
      text += (text.empty() ? "" : " -> ") + name;
    }
    return text;
  }

  void check_covers(const std::string& place, const std::string& stream, Date first, Date last) {
    const auto [from, to] = years_covered(deal_.streams, stream);
    if (year_of(first) < from || year_of(last) > to) {
      add(place, "needs revenue from " + std::to_string(year_of(first)) + " to " +
                     std::to_string(year_of(last)) + ", but stream \"" + stream +
                     "\" has figures from " + std::to_string(from) + " to " + std::to_string(to));
    }
  }

  void check_horizons() {
    for (const auto& [name, leg] : deal_.legs) {
      const auto& share = std::get<RevenueShare>(leg);
      const Date last = share.end + std::chrono::days{share.payment_lag};
      if (last <= deal_.valuation_date) {
        add("legs." + name + ".end", "lies in the past: nothing is paid after valuation_date " +
                                         iso(deal_.valuation_date),
            iso(share.end));
      }
      check_covers("legs." + name, share.base, share.start, share.end);
    }
    for (const auto& [name, company] : deal_.companies) {
      check_exit(name, company);
    }
    const auto [first, last] = horizon(deal_);
    constexpr std::size_t kMostPeriods = 1200;
    if (issues_.empty() &&
        periods_covering(deal_.frequency, first, last).size() > kMostPeriods) {
      add("frequency", "the deal spans more than 1200 periods");
    }
  }

  void check_exit(const std::string& name, const Company& company) {
    const std::string place = "companies." + name + ".exit_date";
    if (company.exit_date <= deal_.valuation_date) {
      add(place, "must come after valuation_date " + iso(deal_.valuation_date),
          iso(company.exit_date));
      return;
    }
    const Period period =
        periods_covering(deal_.frequency, company.exit_date, company.exit_date).front();
    if (period.last != company.exit_date) {
      add(place, "must be the last day of a " + std::string(words_of<Frequency>()[
                     static_cast<std::size_t>(deal_.frequency)]),
          iso(company.exit_date), "for example " + iso(period.last));
    }
    check_covers("companies." + name, company.revenue, deal_.valuation_date, company.exit_date);
  }

  void check_fractions() {
    for (const auto& [name, company] : deal_.companies) {
      double sum = 0.0;
      for (const auto& [stake_name, stake] : deal_.stakes) {
        sum += stake.company == name ? stake.fraction.central() : 0.0;
      }
      constexpr double kRounding = 1e-9;
      if (sum > 1.0 + kRounding) {
        add("stakes", "fractions of company \"" + name + "\" must not add up to more than 1",
            brief(sum));
      }
    }
  }

  const Deal& deal_;
  const std::string& path_;
  Issues& issues_;
};

class AssumptionList {
 public:
  template <class T>
  void add(const std::string& table, const std::string& object, const T& holder) {
    for_each_field<T>([&](const auto& field) {
      add_field(table, object, field.name, field.rule, field.meaning, holder.*field.member);
    });
  }
  std::vector<Assumption> rows;

 private:
  template <class M>
  void add_field(const std::string&, const std::string&, std::string_view, const Rule&,
                 std::string_view, const M&) {}

  void add_field(const std::string& table, const std::string& object, std::string_view field,
                 const Rule& rule, std::string_view meaning, const Number& number) {
    if (!rule.is_required && number == Number(rule.default_value)) {
      return;  // a default is no assumption of this deal
    }
    rows.push_back({table, object, std::string(field), std::string(rule.unit),
                    std::string(meaning), number});
  }

  void add_field(const std::string& table, const std::string& object, std::string_view field,
                 const Rule& rule, std::string_view meaning, const std::optional<Number>& number) {
    if (number) {
      add_field(table, object, field, rule, meaning, *number);
    }
  }

  void add_field(const std::string& table, const std::string& object, std::string_view field,
                 const Rule& rule, std::string_view meaning, const Annual& annual) {
    for (const auto& [year, number] : annual) {
      add_field(table, object, std::string(field) + "." + std::to_string(year), rule, meaning,
                number);
    }
  }
};

}  // namespace

void Deal::check(const std::string& path, Issues& issues) const {
  DealCheck(*this, path, issues).run();
}

std::pair<Date, Date> horizon(const Deal& deal) {
  Date first = deal.valuation_date;
  Date last = deal.valuation_date;
  for (const auto& [name, leg] : deal.legs) {
    first = std::min(first, std::get<RevenueShare>(leg).start);
    last = std::max(last, std::get<RevenueShare>(leg).end);
  }
  for (const auto& [name, company] : deal.companies) {
    last = std::max(last, company.exit_date);
  }
  return {first, last};
}

std::vector<Assumption> assumptions(const Deal& deal) {
  AssumptionList list;
  list.add("deal", "", deal);
  for_each_object(deal, [&](const std::string& table, const std::string& name,
                            const auto& object) { list.add(table, name, object); });
  return std::move(list.rows);
}

}  // namespace capstake

// The checks of a deal that need more than one of its objects.
#include <algorithm>
#include <map>
#include <set>

#include "contract/clause_spans.hpp"
#include "deal/check_dependence.hpp"
#include "deal/day_of_period.hpp"
#include "deal/deal.hpp"
#include "deal/size.hpp"
#include "fields/read.hpp"
#include "revenue/stream_map.hpp"

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

// What cannot be told from one object alone. Issues with the objects themselves may stand already,
// so each check passes over whatever rests on something unsound: all that is wrong is reported at
// once, and nothing as a consequence of something else.
class DealCheck {
 public:
  DealCheck(const Deal& deal, const std::string& path, Issues& issues)
      : deal_(deal),
        path_(path),
        issues_(issues),
        stream_map_(deal.streams, deal.valuation_date, deal.frequency) {
    for (const Issue& issue : issues) {
      unsound_.insert(issue.path);
    }
    names_ = {{"parties", names_of(deal.parties)},
              {"streams", names_of(deal.streams)},
              {"events", names_of(deal.events)},
              {"companies", names_of(deal.companies)}};
    for (auto& [table, names] : names_) {
      std::sort(names.begin(), names.end());
    }
  }

  void run() {
    check_measure();
    check_not_empty();
    for_each_object(
        deal_, [&]<class T>(const std::string& table, const std::string& name, const T& object) {
          check_references(place(table, name), object);
        });
    check_names_differ();
    check_circles();
    check_facts();
    check_horizons();
    check_fractions();
    if (issues_.empty() && !deal_.dependence.empty()) {
      check_dependence(deal_, path_, issues_);
    }
  }

 private:
  std::string place(std::string_view key) const { return join_path(path_, key); }
  std::string place(std::string_view table, std::string_view name) const {
    return join_path(place(table), name);
  }
  std::string place(std::string_view table, std::string_view name, std::string_view field) const {
    return join_path(place(table, name), field);
  }

  void add(const std::string& place, std::string rule, std::string got = {},
           std::string hint = {}) {
    unsound_.insert(place);
    issues_.push_back({place, std::move(rule), std::move(got), std::move(hint)});
  }

  // Whether there is no issue with the place or anything below it.
  bool is_sound(const std::string& place) const {
    const auto is_below = [&](const std::string& start) {
      const auto found = unsound_.lower_bound(start);
      return found != unsound_.end() && found->starts_with(start);
    };
    return !unsound_.contains(place) && !is_below(place + ".") && !is_below(place + "[");
  }

  void check_measure() {
    if (deal_.measure == ProbabilityMeasure::risk_neutral && !deal_.risk_free &&
        is_sound(place("measure")) && is_sound(place("risk_free"))) {
      add(place("risk_free"), "is required under the risk-neutral measure", "",
          "for example risk_free = 0.04");
    }
  }

  void check_not_empty() {
    if (deal_.legs.empty() && deal_.stakes.empty() && is_sound(place("legs")) &&
        is_sound(place("stakes"))) {
      add(place("legs"), "a deal needs at least one leg or stake");
    }
  }

  // Results are looked up by name, so a leg, a stake and a party must not share one.
  void check_names_differ() {
    std::map<std::string, std::string> table_of;
    const auto claim = [&](const std::string& table, const std::vector<std::string>& names) {
      for (const std::string& name : names) {
        const auto [taken, is_new] = table_of.emplace(name, table);
        if (!is_new) {
          add(place(table, name), "the name is taken by [" + taken->second + "]");
        }
      }
    };
    claim("legs", names_of(deal_.legs));
    claim("stakes", names_of(deal_.stakes));
    claim("parties", names_of(deal_.parties));
  }

  template <class T>
  void check_references(const std::string& object_place, const T& object) {
    // An object that is no table, or of an unknown type, was not read at all.
    if (unsound_.contains(object_place) || unsound_.contains(join_path(object_place, "type"))) {
      return;
    }
    for_each_field<T>([&](const auto& field) {
      check_reference(join_path(object_place, field.name), field.rule, object.*field.member);
    });
    if constexpr (requires { object.stream_names(); }) {
      check_formula(object_place, object);
    }
  }

  // Names in a formula that are not its own are streams; its own hide none.
  template <class T>
  void check_formula(const std::string& object_place, const T& object) {
    const std::string formula_place = join_path(object_place, "formula");
    if (!is_sound(formula_place) || !is_sound(join_path(object_place, "numbers"))) {
      return;
    }
    const std::vector<std::string>& streams = names_.at("streams");
    std::vector<std::string> known = object.known_names();
    known.insert(known.end(), streams.begin(), streams.end());
    for (const std::string& name : object.stream_names()) {
      if (!std::binary_search(streams.begin(), streams.end(), name)) {
        add(formula_place, "uses a name that means nothing here", brief(Value(name)),
            hint_for(name, known));
      }
    }
    for (const auto& [name, number] : object.numbers) {
      if (std::binary_search(streams.begin(), streams.end(), name)) {
        add(join_path(join_path(object_place, "numbers"), name),
            "is the name of a stream as well: which one the formula means would be open");
      }
    }
  }

  template <class M>
  void check_reference(const std::string&, const Rule&, const M&) {}

  void check_reference(const std::string& place, const Rule& rule, const std::string& name) {
    if (rule.refers_to.empty() || name.empty() || !is_sound(place)) {
      return;  // a name that is required and empty has its issue already
    }
    const std::vector<std::string>& known = names_.at(rule.refers_to);
    if (!std::binary_search(known.begin(), known.end(), name)) {
      add(place, "must be a name in [" + std::string(rule.refers_to) + "]", brief(Value(name)),
          hint_for(name, known));
    }
  }

  void check_reference(const std::string& place, const Rule& rule,
                       const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      check_reference(place + "[" + std::to_string(i) + "]", rule, names[i]);
    }
  }

  void check_reference(const std::string& place, const Rule&, const Named<Clause>& clauses) {
    for (const auto& [name, clause] : clauses) {
      std::visit([&](const auto& held) { check_references(join_path(place, name), held); }, clause);
    }
  }

  std::string hint_for(const std::string& name, const std::vector<std::string>& known) const {
    constexpr std::size_t kMostHints = 100;  // nobody reads more, and each takes a while to find
    constexpr std::size_t kMostListed = 12;
    const std::string close = issues_.size() < kMostHints ? nearest(name, known) : "";
    if (!close.empty()) {
      return "did you mean \"" + close + "\"?";
    }
    if (known.empty()) {
      return "there are none";
    }
    return known.size() <= kMostListed ? "known: " + listed(known) : "";
  }

  void check_circles() {
    for (const BadChain& bad : stream_map_.bad_chains()) {
      const bool is_circle = !bad.chain.empty();
      add(place("streams", bad.stream) + "." + bad.place,
          is_circle ? "streams must not refer to each other in a circle"
                    : "a chain of streams may have at most 64 links",
          is_circle ? chain_text(bad.chain) : "");
    }
  }

  static std::string chain_text(const std::vector<std::string>& chain) {
    std::string text;
    for (const std::string& name : chain) {
      text += (text.empty() ? "" : " -> ") + name;
    }
    return text;
  }

  // Whether a stream, and all that it rests on, is there and without an issue. Chains are short by
  // now: a longer one has its issue.
  bool is_sound_below(const std::string& stream) {
    if (const auto known = sound_below_.find(stream); known != sound_below_.end()) {
      return known->second;
    }
    bool is = stream_map_.find(stream) != nullptr && is_sound(place("streams", stream));
    for (const Parent& parent : stream_map_.parents(stream)) {
      is = is && is_sound_below(parent.name);
    }
    return sound_below_.emplace(stream, is).first->second;
  }

  Period period_of(Date date) const {
    return periods_covering(deal_.frequency, date, date).front();
  }

  void check_covers(const std::string& place, const std::string& stream, Date first, Date last) {
    if (!is_sound_below(stream)) {
      return;
    }
    const Span has = stream_map_.span(stream);
    const Span needs = {period_of(first).first, period_of(last).last};
    if (needs.first >= has.first && needs.last <= has.last) {
      return;
    }
    const bool is_by_year = has.first == make_date(year_of(has.first), 1, 1) &&
                            has.last == make_date(year_of(has.last), 12, 31);
    const auto text = [&](Date date) {
      return is_by_year ? std::to_string(year_of(date)) : iso(date);
    };
    const std::string figures = has.is_empty() ? "no figures for any whole period"
                                : has.has_end()
                                    ? "figures from " + text(has.first) + " to " + text(has.last)
                                    : "figures from " + text(has.first) + " on";
    add(place, "needs revenue from " + text(first) + " to " + text(last) + ", but stream \"" +
                   stream + "\" has " + figures);
  }

  void check_facts() {
    for (const auto& [name, stream] : deal_.streams) {
      if (!is_sound(place("streams", name)) || !is_sound(place("valuation_date"))) {
        continue;
      }
      if (const auto* history = std::get_if<History>(&stream)) {
        check_past(place("streams", name, "figures"), history->figures.back().first);
      }
      if (const auto* forecast = std::get_if<Forecast>(&stream)) {
        check_to_come(place("streams", name, "revisions"), forecast->revisions);
      }
    }
  }

  void check_past(const std::string& place, const FigurePeriod& last) {
    if (last.last() > deal_.valuation_date) {
      add(join_path(place, last.label()),
          "is not past: figures must end by valuation_date " + iso(deal_.valuation_date));
    }
  }

  void check_to_come(const std::string& place, const Dated& revisions) {
    if (!revisions.empty() && revisions.front().first <= deal_.valuation_date) {
      add(join_path(place, iso(revisions.front().first)),
          "must come after valuation_date " + iso(deal_.valuation_date));
    }
  }

  // A company's multiple moves with one random stream, or with none.
  void check_correlation(const std::string& name, const Company& company) {
    const bool is_zero = company.correlation.is_zero();
    if (is_zero || !is_sound_below(company.revenue)) {
      return;
    }
    const ShockSource source = stream_map_.shock_source(company.revenue);
    if (!source.is_unique()) {
      add(place("companies", name, "correlation"),
          "must be 0 where the revenue has several random parts: which one it is with is open", "",
          listed(source.random));
    }
  }

  void check_horizons() {
    if (is_sound(place("valuation_date"))) {
      for (const auto& [name, leg] : deal_.legs) {
        check_leg(name, leg, summary_of(leg));
      }
      for (const auto& [name, company] : deal_.companies) {
        check_exit(name, company);
      }
    }
    if (issues_.empty()) {
      check_size(deal_, path_, issues_);
    }
  }

  void check_leg(const std::string& name, const Leg& leg, const LegSummary& summary) {
    if (!is_sound(place("legs", name)) || !is_sound(place("frequency"))) {
      return;
    }
    if (last_payment_of(leg, period_of(summary.last).last) <= deal_.valuation_date) {
      add(place("legs", name, "end"),
          "lies in the past: nothing is paid after valuation_date " + iso(deal_.valuation_date),
          iso(summary.last));
    }
    if (summary.year_start) {
      const Date date = *summary.year_start;
      check_is_day(place("legs", name, "year_start"), date, "first", period_of(date).first,
                   month_of(date).first);
    }
    const auto* share = std::get_if<RevenueShare>(&leg);
    if (share && is_sound(place("legs", name, "year_start"))) {
      for (const Issue& issue : clauses_at_odds(*share, place("legs", name), deal_.frequency)) {
        add(issue.path, issue.rule);
      }
    }
    for (const NeededRevenue& needed : summary.revenue) {
      check_covers(place("legs", name), needed.stream, needed.first, needed.last);
    }
  }

  void check_is_day(const std::string& place, Date date, const std::string& which, Date of_period,
                    Date of_month) {
    if (date != of_period) {
      add(place, rule_of_day(which, deal_.frequency), iso(date),
          hint_of_day(of_period, date == of_month));
    }
  }

  void check_exit(const std::string& name, const Company& company) {
    if (!is_sound(place("companies", name)) || !is_sound(place("frequency"))) {
      return;
    }
    const std::string exit_place = place("companies", name, "exit_date");
    if (company.exit_date <= deal_.valuation_date) {
      add(exit_place, "must come after valuation_date " + iso(deal_.valuation_date),
          iso(company.exit_date));
      return;
    }
    check_is_day(exit_place, company.exit_date, "last", period_of(company.exit_date).last,
                 month_of(company.exit_date).last);
    // The first day whose revenue is still to come.
    const Date tomorrow = deal_.valuation_date + std::chrono::days{1};
    check_covers(place("companies", name), company.revenue, tomorrow, company.exit_date);
    check_correlation(name, company);
  }

  void check_fractions() {
    std::map<std::string, double> held;  // by company
    for (const auto& [name, stake] : deal_.stakes) {
      held[stake.company] += is_sound(place("stakes", name)) ? stake.fraction.central() : 0.0;
    }
    for (const auto& [company, sum] : held) {
      constexpr double kRounding = 1e-9;
      if (sum > 1.0 + kRounding) {
        add(place("stakes"),
            "fractions of company \"" + company + "\" must not add up to more than 1", brief(sum));
      }
    }
  }

  const Deal& deal_;
  const std::string& path_;
  Issues& issues_;
  std::set<std::string> unsound_;  // paths that have an issue
  StreamMap stream_map_;
  std::map<std::string, bool> sound_below_;  // streams that rest on nothing unsound
  std::map<std::string_view, std::vector<std::string>> names_;  // by table, sorted
};

}  // namespace

void Deal::cross_check(const std::string& path, Issues& issues) const {
  DealCheck(*this, path, issues).run();
}

}  // namespace capstake

#include "deal/lower.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <type_traits>

#include "contract/lower.hpp"
#include "deal/couple.hpp"
#include "equity/lower.hpp"
#include "revenue/lower.hpp"
#include "revenue/stream_map.hpp"

namespace capstake {

namespace {

// Sums of payments by what they have in common.
template <class Key>
auto sums(const std::vector<LoweredPayment>& payments, Key key) {
  std::map<std::decay_t<std::invoke_result_t<Key, const LoweredPayment&>>, Expr> found;
  for (const LoweredPayment& payment : payments) {
    const auto [row, is_new] = found.emplace(std::invoke(key, payment), payment.amount);
    row->second = is_new ? row->second : row->second + payment.amount;
  }
  return found;
}

class DealLowering {
 public:
  DealLowering(Graph& graph, const Deal& deal, const std::string& scenario,
               std::vector<FormulaStep>* formula_steps)
      : deal_(deal),
        scenario_(scenario),
        stream_map_(deal.streams, deal.valuation_date, deal.frequency),
        context_(
            graph, scenario.empty() ? "" : scenario + ":",
            {deal.valuation_date, deal.day_count, deal.compounding, deal.frequency, grid(deal)}) {
    context_.note_formulas(formula_steps);
  }

  LoweredDeal run() {
    for (const auto& [name, dependence] : deal_.dependence) {
      for (Coupling& coupling : couplings(context_, deal_, name, dependence)) {
        context_.couple(std::move(coupling));
      }
    }
    streams_ = lower_streams(context_, deal_.streams, stream_map_, probability_for(deal_));
    lower_real_world();
    for (const auto& [name, event] : deal_.events) {
      events_.emplace(name,
                      lower_event(context_, name, "events." + name + ".hazard", event.hazard));
    }
    lower_legs();
    lower_stakes();
    for (const auto& [name, party] : deal_.parties) {
      output(Measure::party, name, "", position(name));
    }
    output_legs();
    output_revenue();
    return {std::move(quantities_), std::move(flows_), scores(), no_slopes()};
  }

 private:
  void output(Measure measure, const std::string& subject, const std::string& period, Expr value) {
    quantities_.push_back({scenario_, measure, subject, period, value.id()});
  }

  void flow(const std::string& subject, const std::string& date, Expr amount) {
    flows_.push_back({scenario_, Measure::flow, subject, date, amount.id()});
  }

  // The last day on which an event can matter: of the grid, or of a payment after it.
  Date last_day() const {
    Date last = context_.periods().back().last;
    for (const auto& [name, leg] : legs_) {
      last = leg.payments.empty() ? last : std::max(last, leg.payments.back().date);
    }
    return last;
  }

  // With E the event's threshold and H the cumulative hazard h t, the event comes at t = E / h when
  // E < H on the last day T: the score is then 1/h - t, else -T.
  std::vector<EventScore> scores() {
    std::vector<EventScore> found;
    for (const auto& [name, event] : deal_.events) {
      // Of an event that depends on other draws this is not the score.
      if (!event.hazard.is_constant() || event.hazard.central() == 0.0 ||
          context_.is_coupled(name)) {
        continue;
      }
      const std::string path = "events." + name + ".hazard";
      const Expr threshold = events_.at(name).threshold;
      const Expr hazard = context_.number(path, event.hazard);
      const Expr within = less(threshold, context_.integral(path, event.hazard, last_day()));
      const Expr score =
          select(within, (1.0 - threshold) / hazard, context_.constant(-context_.time(last_day())));
      found.push_back({context_.parameter_name(path), score.id()});
    }
    return found;
  }

  std::vector<NoSlope> no_slopes() const {
    std::vector<NoSlope> found;
    add_zero_hazards(found);
    add_figures_before_launch(found);
    return found;
  }

  // On a path where a hazard is zero the event never comes, so no path shows what more of it does.
  void add_zero_hazards(std::vector<NoSlope>& found) const {
    const auto add = [&](const std::string& parameter) {
      found.push_back({parameter, {parameter}});
    };
    for (const auto& [name, event] : deal_.events) {
      const std::string path = context_.parameter_name("events." + name + ".hazard");
      if (event.hazard.is_zero()) {
        add(path);
      }
      if (const ByDate* schedule = event.hazard.by_date()) {
        for (const auto& [date, value] : *schedule) {
          if (value == 0.0) {
            add(path + "[" + iso(date) + "]");
          }
        }
      }
    }
  }

  // A figure above 0 would be the launch: what follows would be shaped by the growth from it.
  void add_figures_before_launch(std::vector<NoSlope>& found) const {
    for (const auto& [name, stream] : deal_.streams) {
      if (const auto* forecast = std::get_if<Forecast>(&stream);
          forecast && forecast->counts_from_launch(deal_.frequency)) {
        const auto path = [&](const std::string& field) {
          return context_.parameter_name("streams." + name + "." + field);
        };
        const std::vector<std::string> fields = forecast->fields_to_launch();
        const std::string launch = path(fields.back());
        for (auto field = fields.begin(); field + 1 != fields.end(); ++field) {
          found.push_back({path(*field), {path(*field), launch}});
        }
      }
    }
  }

  bool is_risk_neutral() const { return deal_.measure == ProbabilityMeasure::risk_neutral; }

  // Streams as legs of diversifiable risk read them, where that makes a difference.
  void lower_real_world() {
    const auto reads_them = [](const auto& leg) {
      return summary_of(leg.second).risk == Risk::diversifiable;
    };
    if (is_risk_neutral() && std::ranges::any_of(deal_.legs, reads_them)) {
      real_world_streams_ =
          lower_streams(context_, deal_.streams, stream_map_, Probability::real_world);
    }
  }

  // Discounting at the risk-free rate and, if there is one, the credit spread of who owes.
  LegDiscount risk_neutral_discount(const std::string& payer = {}) const {
    LegDiscount discount{"deal.risk_free", *deal_.risk_free, "", std::nullopt};
    for (const auto& [name, party] : deal_.parties) {
      if (name == payer) {
        discount.spread_path = "parties." + name + ".credit_spread";
        discount.spread = party.credit_spread;
      }
    }
    return discount;
  }

  LegSetting setting_of(const LegSummary& leg) const {
    const bool reads_real_world = is_risk_neutral() && leg.risk == Risk::diversifiable;
    return {deal_.discount_rate, reads_real_world ? real_world_streams_ : streams_, events_,
            is_risk_neutral() ? std::optional(risk_neutral_discount(leg.payer)) : std::nullopt};
  }

  void lower_legs() {
    for (const auto& [name, leg] : deal_.legs) {
      const LegSetting setting = setting_of(summary_of(leg));
      const LoweredLeg& lowered =
          legs_.emplace(name, lower_leg(context_, name, leg, setting)).first->second;
      output(Measure::leg, name, "", lowered.present_value);
    }
  }

  // The legs that a company pays or receives, if it is charged for them.
  std::vector<ChargedLeg> charged_to(const Company& company) const {
    std::vector<ChargedLeg> charged;
    for (const auto& [name, leg] : deal_.legs) {
      const LegSummary summary = summary_of(leg);
      const bool pays = summary.payer == company.party;
      if (company.charges_legs && (pays || summary.receiver == company.party)) {
        charged.push_back({&legs_.at(name), pays ? 1.0 : -1.0});
      }
    }
    return charged;
  }

  void lower_stakes() {
    std::map<std::string, LoweredCompany> companies;
    for (const auto& [name, company] : deal_.companies) {
      const CompanySetting setting{charged_to(company), streams_, events_, is_risk_neutral()};
      companies.emplace(name, lower_company(context_, name, company, setting));
    }
    for (const auto& [name, stake] : deal_.stakes) {
      const LoweredStake lowered =
          lower_stake(context_, name, stake, discount_of(name, stake), companies.at(stake.company));
      output(Measure::stake, name, "", lowered.present_value);
      for (const StakeFlow& flow : lowered.flows) {
        output(Measure::stake_flow, name, context_.periods()[flow.period].label, flow.amount);
      }
      for (const StakeFlow& of_stake : lowered.flows) {
        flow(name, iso(context_.periods()[of_stake.period].last), of_stake.amount);
      }
      flow(name, "", lowered.present_value);
      stakes_.emplace(name, lowered.present_value);
    }
  }

  LegDiscount discount_of(const std::string& name, const Stake& stake) const {
    if (is_risk_neutral()) {
      return risk_neutral_discount();
    }
    return {stake.discount_rate ? "stakes." + name + ".discount_rate" : "deal.discount_rate",
            stake.discount_rate ? *stake.discount_rate : deal_.discount_rate, "", std::nullopt};
  }

  // What a party receives less what it pays, and its stakes.
  Expr position(const std::string& party) {
    Expr sum = context_.constant(0.0);
    for (const auto& [name, leg] : deal_.legs) {
      const LegSummary summary = summary_of(leg);
      const Expr value = legs_.at(name).present_value;
      sum = summary.receiver == party ? sum + value : sum;
      sum = summary.payer == party ? sum - value : sum;
    }
    for (const auto& [name, stake] : deal_.stakes) {
      sum = stake.holder == party ? sum + stakes_.at(name) : sum;
    }
    return sum;
  }

  void output_legs() {
    for (const auto& [name, leg] : deal_.legs) {
      const LoweredLeg& lowered = legs_.at(name);
      output(Measure::paid, name, "", lowered.total_paid);
      const auto year = [](const LoweredPayment& payment) { return year_of(payment.date); };
      for (const auto& [of, amount] : sums(lowered.payments, year)) {
        output(Measure::payment, name, std::to_string(of), amount);
      }
      for (const auto& [date, amount] : sums(lowered.payments, &LoweredPayment::date)) {
        flow(name, iso(date), amount);
      }
      flow(name, "", lowered.present_value);
      if (lowered.cap) {
        output_cap(name, *lowered.cap);
      }
    }
  }

  void output_cap(const std::string& leg, const LoweredCap& cap) {
    Expr before = context_.constant(0.0);
    for (std::size_t t = 0; t < context_.n_periods(); ++t) {
      output(Measure::cap_reached, leg, context_.periods()[t].label, cap.reached[t] - before);
      before = cap.reached[t];
    }
    output(Measure::cap_days, leg, "", cap.days);
  }

  // Revenue of the calendar years that the stream and the grid cover in full.
  void output_revenue() {
    for (const auto& [name, stream] : deal_.streams) {
      const Span span = stream_map_.span(name);
      std::map<int, std::vector<Expr>> by_year;
      for (std::size_t t = 0; t < context_.n_periods(); ++t) {
        by_year[context_.periods()[t].year].push_back(streams_.at(name).revenue[t]);
      }
      for (const auto& [year, parts] : by_year) {
        const bool is_covered =
            span.first <= make_date(year, 1, 1) && make_date(year, 12, 31) <= span.last;
        if (!is_covered || static_cast<int>(parts.size()) != context_.per_year()) {
          continue;
        }
        Expr sum = parts.front();
        for (std::size_t i = 1; i < parts.size(); ++i) {
          sum = sum + parts[i];
        }
        output(Measure::revenue, name, std::to_string(year), sum);
      }
    }
  }

  const Deal& deal_;
  std::string scenario_;
  StreamMap stream_map_;
  Context context_;
  std::map<std::string, LoweredStream> streams_;
  std::map<std::string, LoweredStream> real_world_streams_;  // empty where nothing reads them
  std::map<std::string, LoweredEvent> events_;
  std::map<std::string, LoweredLeg> legs_;
  std::map<std::string, Expr> stakes_;
  std::vector<Quantity> quantities_;
  std::vector<Quantity> flows_;
};

}  // namespace

std::string output_name(const Quantity& quantity) {
  std::string name = quantity.scenario.empty() ? "" : quantity.scenario + ":";
  name += std::string(Names<Measure>::kNames[static_cast<std::size_t>(quantity.measure)]);
  name += "." + quantity.subject;
  return quantity.period.empty() ? name : name + "." + quantity.period;
}

LoweredDeal lower(Graph& graph, const Deal& deal, const std::string& scenario,
                  std::vector<FormulaStep>* formula_steps) {
  return DealLowering(graph, deal, scenario, formula_steps).run();
}

std::vector<Period> grid(const Deal& deal) {
  const auto [first, last] = horizon(deal);
  return periods_covering(deal.frequency, first, last);
}

}  // namespace capstake

#include "deal/lower.hpp"

#include <algorithm>
#include <map>

#include "contract/lower.hpp"
#include "equity/lower.hpp"
#include "revenue/lower.hpp"
#include "revenue/stream_map.hpp"

namespace capstake {

namespace {

class DealLowering {
 public:
  DealLowering(Graph& graph, const Deal& deal, const std::string& scenario)
      : deal_(deal),
        scenario_(scenario),
        stream_map_(deal.streams, deal.valuation_date, deal.frequency),
        context_(
            graph, scenario.empty() ? "" : scenario + ":",
            {deal.valuation_date, deal.day_count, deal.compounding, deal.frequency, grid(deal)}) {}

  LoweredDeal run() {
    streams_ = lower_streams(context_, deal_.streams, stream_map_);
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
    return {std::move(quantities_), scores(), zero_hazards()};
  }

 private:
  void output(Measure measure, const std::string& subject, const std::string& period, Expr value) {
    quantities_.push_back({scenario_, measure, subject, period, value.id()});
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
      if (!event.hazard.is_constant() || event.hazard.central() == 0.0) {
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

  // On a path where a hazard is zero the event never comes, so no path shows what more of it does.
  std::vector<std::string> zero_hazards() const {
    std::vector<std::string> found;
    for (const auto& [name, event] : deal_.events) {
      const std::string path = context_.parameter_name("events." + name + ".hazard");
      if (event.hazard.is_zero()) {
        found.push_back(path);
      }
      if (const ByDate* schedule = event.hazard.by_date()) {
        for (const auto& [date, value] : *schedule) {
          if (value == 0.0) {
            found.push_back(path + "[" + iso(date) + "]");
          }
        }
      }
    }
    return found;
  }

  void lower_legs() {
    const LegSetting setting{deal_.discount_rate, streams_, events_};
    for (const auto& [name, leg] : deal_.legs) {
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
      companies.emplace(
          name, lower_company(context_, name, company, charged_to(company), streams_, events_));
    }
    for (const auto& [name, stake] : deal_.stakes) {
      const LoweredStake lowered =
          lower_stake(context_, name, stake, deal_.discount_rate, companies.at(stake.company));
      output(Measure::stake, name, "", lowered.present_value);
      for (const StakeFlow& flow : lowered.flows) {
        output(Measure::stake_flow, name, context_.periods()[flow.period].label, flow.amount);
      }
      stakes_.emplace(name, lowered.present_value);
    }
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
      std::map<int, Expr> by_year;
      for (const LoweredPayment& payment : lowered.payments) {
        const auto [row, is_new] = by_year.emplace(year_of(payment.date), payment.amount);
        row->second = is_new ? row->second : row->second + payment.amount;
      }
      for (const auto& [year, amount] : by_year) {
        output(Measure::payment, name, std::to_string(year), amount);
      }
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
  std::map<std::string, LoweredEvent> events_;
  std::map<std::string, LoweredLeg> legs_;
  std::map<std::string, Expr> stakes_;
  std::vector<Quantity> quantities_;
};

}  // namespace

std::string output_name(const Quantity& quantity) {
  std::string name = quantity.scenario.empty() ? "" : quantity.scenario + ":";
  name += std::string(Names<Measure>::kNames[static_cast<std::size_t>(quantity.measure)]);
  name += "." + quantity.subject;
  return quantity.period.empty() ? name : name + "." + quantity.period;
}

LoweredDeal lower(Graph& graph, const Deal& deal, const std::string& scenario) {
  return DealLowering(graph, deal, scenario).run();
}

std::vector<Period> grid(const Deal& deal) {
  const auto [first, last] = horizon(deal);
  return periods_covering(deal.frequency, first, last);
}

}  // namespace capstake

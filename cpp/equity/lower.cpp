#include "equity/lower.hpp"

#include <cmath>

namespace capstake {

namespace {

class CompanyLowering {
 public:
  CompanyLowering(Context& context, const std::string& name, const Company& company,
                  const CompanySetting& setting)
      : context_(context),
        path_("companies." + name),
        name_(name),
        company_(company),
        charged_(setting.charged),
        revenue_(setting.streams.at(company.revenue)),
        is_risk_neutral_(setting.is_risk_neutral) {}

  // Equity value at each period's end up to the exit date.
  std::vector<Expr> equity(std::size_t n_periods) {
    const std::vector<Expr> multiples = multiple(n_periods);
    const std::vector<Expr> charges = charge(n_periods);
    std::vector<Expr> values;
    for (std::size_t t = 0; t < n_periods; ++t) {
      const Expr run_rate = revenue_.revenue[t] * static_cast<double>(context_.per_year());
      const Expr gross = run_rate * multiples[t];
      values.push_back(charged_.empty() ? gross : max(gross - charges[t], 0.0));
    }
    return values;
  }

 private:
  Expr number(const char* field, const Number& number) {
    return context_.number(path_ + "." + field, number);
  }

  // The mean path times exp(x_t - var(x_t) / 2), x an Ornstein-Uhlenbeck process from 0 with the
  // exact transition x' = x e^{-k dt} + s sqrt((1 - e^{-2 k dt}) / 2k) z.
  std::vector<Expr> multiple(std::size_t n_periods) {
    const Expr today = number("multiple", company_.multiple);
    const Expr long_run = company_.long_run_multiple
                              ? number("long_run_multiple", *company_.long_run_multiple)
                              : today;
    const Expr k = number("reversion", company_.reversion);
    const Expr volatility = number("multiple_volatility", company_.multiple_volatility);
    const Expr rho = number("correlation", company_.correlation);
    const Expr rest = sqrt(1.0 - rho * rho);
    const Expr log_gap = log(today / long_run);
    Expr x = context_.constant(0.0);
    std::vector<Expr> multiples;
    for (std::size_t t = 0; t < n_periods; ++t) {
      const double dt = context_.years_ahead(t);
      const double time = context_.is_past(t) ? 0.0 : context_.time(context_.periods()[t].last);
      const Expr mean = long_run * exp(log_gap * exp(-k * time));
      if (dt > 0.0) {
        const Expr own = context_.normal(name_ + ".multiple", context_.draw_step(t), dt);
        const Expr z = fma(rho, revenue_.shock[t], rest * own);
        x = fma(volatility * deviation(k, dt), z, x * exp(-k * dt));
      }
      const Expr sd = volatility * deviation(k, time);
      multiples.push_back(priced(mean * exp(-0.5 * (sd * sd)) * exp(x), t));
    }
    return multiples;
  }

  Expr priced(Expr multiple, std::size_t t) {
    if (!is_risk_neutral_ || context_.is_past(t)) {
      return multiple;
    }
    return multiple * exp(-context_.integral(path_ + ".risk_premium", company_.risk_premium,
                                             context_.periods()[t].last));
  }

  // sqrt((1 - e^{-2 k t}) / 2k), and where there is no reversion its limit sqrt(t) with the slope
  // -t^(3/2) / 2 in k.
  Expr deviation(Expr k, double t) {
    if (t == 0.0) {
      return context_.constant(0.0);
    }
    if (company_.reversion.is_zero()) {
      return std::sqrt(t) * (1.0 - k * (0.5 * t));
    }
    return sqrt(-expm1(k * (-2.0 * t)) / (2.0 * k));
  }

  // What the charged legs take off the equity at each period's end: payments made by then,
  // compounded at the cash rate, and payments still due, discounted at each leg's rate.
  std::vector<Expr> charge(std::size_t n_periods) {
    std::vector<Expr> charges(n_periods, context_.constant(0.0));
    for (const ChargedLeg& charged : charged_) {
      const std::vector<Expr> net = made_and_due(*charged.leg, n_periods);
      for (std::size_t t = 0; t < n_periods; ++t) {
        charges[t] = charges[t] + net[t] * charged.sign;
      }
    }
    return charges;
  }

  std::vector<Expr> made_and_due(const LoweredLeg& leg, std::size_t n_periods) {
    const std::vector<LoweredPayment>& payments = leg.payments;
    std::vector<Expr> net(n_periods, context_.constant(0.0));
    // Prefix sums of what was made, as of the valuation date, compounded to each date.
    Expr made = context_.constant(0.0);
    std::size_t next = 0;
    for (std::size_t t = 0; t < n_periods; ++t) {
      for (; next < payments.size() && payments[next].date <= context_.periods()[t].last; ++next) {
        made = fma(payments[next].amount, cash_factor(payments[next].date), made);
      }
      if (!context_.is_past(t)) {
        net[t] = made / cash_factor(context_.periods()[t].last);
      }
    }
    // Suffix sums of what is due, as of the valuation date, brought to each date at the leg's rate.
    Expr due = context_.constant(0.0);
    std::size_t left = payments.size();
    for (std::size_t t = n_periods; t-- > 0;) {
      const Date today = context_.periods()[t].last;
      for (; left > 0 && payments[left - 1].date > today; --left) {
        due = due + payments[left - 1].present_value;
      }
      if (!context_.is_past(t)) {
        net[t] = net[t] + due / leg.discount.factor(context_, today);
      }
    }
    return net;
  }

  Expr cash_factor(Date date) {
    return context_.discount_factor(path_ + ".cash_rate", company_.cash_rate, date);
  }

  Context& context_;
  std::string path_;
  std::string name_;
  const Company& company_;
  const std::vector<ChargedLeg>& charged_;
  const LoweredStream& revenue_;
  bool is_risk_neutral_;
};

// 1 while the event has not happened by the end of the period before, else 0; 1 without an event.
Expr survived_before(Context& context, const LoweredEvent* event, std::size_t period) {
  return event == nullptr || period == 0 ? context.constant(1.0) : event->survives(period - 1);
}

Expr survives(Context& context, const LoweredEvent* event, std::size_t period) {
  return event == nullptr ? context.constant(1.0) : event->survives(period);
}

const LoweredEvent* event_named(const std::map<std::string, LoweredEvent>& events,
                                const std::string& name) {
  return name.empty() ? nullptr : &events.at(name);
}

}  // namespace

LoweredCompany lower_company(Context& context, const std::string& name, const Company& company,
                             const CompanySetting& setting) {
  std::size_t last = 0;
  while (context.periods()[last].last < company.exit_date) {
    ++last;
  }
  const std::vector<Expr> equity =
      CompanyLowering(context, name, company, setting).equity(last + 1);
  const Expr recovery = context.number("companies." + name + ".recovery", company.recovery);
  const LoweredEvent* failure = event_named(setting.events, company.failure);
  const LoweredEvent* exit = event_named(setting.events, company.exit);
  LoweredCompany lowered;
  for (std::size_t t = 0; t <= last; ++t) {
    const bool can_flow = t == last || failure != nullptr || exit != nullptr;
    if (context.is_past(t) || !can_flow) {
      continue;
    }
    // Failure and exit in one period: failure counts, the careful reading.
    const Expr unsold = survived_before(context, exit, t);
    const Expr sold = t == last ? unsold : unsold - survives(context, exit, t);
    const Expr sound = survives(context, failure, t);
    const Expr fails = survived_before(context, failure, t) - sound;
    lowered.flows.push_back({t, context.periods()[t].last, sound * sold * equity[t],
                             fails * unsold * (recovery * equity[t])});
  }
  return lowered;
}

LoweredStake lower_stake(Context& context, const std::string& name, const Stake& stake,
                         const LegDiscount& discount, const LoweredCompany& company) {
  const std::string path = "stakes." + name;
  const Expr fraction = context.number(path + ".fraction", stake.fraction);
  const Expr dilution = context.number(path + ".dilution", stake.dilution);
  const Expr kept_at_exit = 1.0 - context.number(path + ".issue_at_exit", stake.issue_at_exit);
  LoweredStake lowered{{}, context.constant(0.0)};
  for (const EquityFlow& flow : company.flows) {
    const Expr owned = fraction * exp(log1p(-dilution) * context.time(flow.date));
    const Expr amount = (flow.at_exit * kept_at_exit + flow.at_failure) * owned;
    lowered.flows.push_back({flow.period, amount});
    lowered.present_value = lowered.present_value + amount * discount.factor(context, flow.date);
  }
  return lowered;
}

}  // namespace capstake

#include "schedule/context.hpp"

#include <algorithm>

namespace capstake {

Context::Context(Graph& graph, std::string prefix, Calendar calendar)
    : graph_(&graph), prefix_(std::move(prefix)), calendar_(std::move(calendar)) {}

double Context::time(Date date) const {
  return year_fraction(calendar_.day_count, calendar_.valuation_date, date);
}

bool Context::is_past(std::size_t period) const {
  return calendar_.periods[period].last <= calendar_.valuation_date;
}

double Context::years_ahead(const Period& period) const {
  const double begin = std::max(0.0, time(period.first - std::chrono::days{1}));
  return std::max(0.0, time(period.last) - begin);
}

Expr Context::parameter(const std::string& name, double value) {
  return {*graph_, graph_->parameter(parameter_name(name), value)};
}

std::uint32_t Context::draw_step(const Period& period) {
  const std::chrono::year_month_day first{period.first};
  return static_cast<std::uint32_t>((int{first.year()} - 1900) * 12) + unsigned{first.month()} - 1;
}

void Context::couple(Coupling coupling) {
  for (std::size_t member = 0; member < coupling.draws.size(); ++member) {
    coupled_[coupling.draws[member]] = {couplings_.size(), member};
  }
  couplings_.push_back(std::move(coupling));
}

Expr Context::normal(const std::string& name, std::size_t step, double span) {
  const DrawStep at{static_cast<std::uint32_t>(step), span};
  if (const auto found = coupled_.find(name); found != coupled_.end()) {
    const auto [coupling, member] = found->second;
    return coupled_normal(couplings_[coupling], member, at, *graph_);
  }
  return drawn(*graph_, name, at, Law::normal);
}

Expr Context::uniform(const std::string& name, std::size_t step) {
  const DrawStep at{static_cast<std::uint32_t>(step)};
  if (const auto found = coupled_.find(name); found != coupled_.end()) {
    const auto [coupling, member] = found->second;
    return coupled_uniform(couplings_[coupling], member, at, *graph_);
  }
  return drawn(*graph_, name, at, Law::uniform);
}

Expr Context::number(const std::string& path, const Number& number, Date on) {
  if (const Distribution* distribution = number.distribution()) {
    return quantile(path, *distribution);
  }
  if (const ByDate* schedule = number.by_date()) {
    auto row = schedule->begin();
    while (row + 1 != schedule->end() && (row + 1)->first <= on) {
      ++row;
    }
    return parameter(path + "[" + iso(row->first) + "]", row->second);
  }
  return parameter(path, number.central());
}

Expr Context::integral_of(const std::string& path, const Number& rate, Date to,
                          bool of_log_growth) {
  const auto intensity = [&](Date on) {
    const Expr r = number(path, rate, on);
    return of_log_growth ? log1p(r) : r;
  };
  const ByDate* schedule = rate.by_date();
  const Date from = calendar_.valuation_date;
  if (schedule == nullptr) {
    return intensity(from) * time(to);
  }
  if (to < from) {
    // From the earlier date on: its stretches have the rates that held then.
    return -stretch_sum(*schedule, to, from, intensity);
  }
  return stretch_sum(*schedule, from, to, intensity);
}

Expr Context::stretch_sum(const ByDate& schedule, Date from, Date to,
                          const std::function<Expr(Date)>& intensity) {
  Expr sum = constant(0.0);
  for (const auto& [date, value] : schedule) {
    if (date > from && date < to) {
      sum = sum + intensity(from) * (time(date) - time(from));
      from = date;
    }
  }
  return sum + intensity(from) * (time(to) - time(from));
}

Expr Context::integral(const std::string& path, const Number& rate, Date to) {
  return integral_of(path, rate, to, false);
}

Expr Context::log_growth(const std::string& path, const Number& rate, Date to) {
  return integral_of(path, rate, to, calendar_.compounding == Compounding::annual);
}

Expr Context::discount_factor(const std::string& path, const Number& rate, Date to) {
  return exp(-log_growth(path, rate, to));
}

std::vector<Stretch> Context::stretches(const std::string& path, const Number& hazard,
                                        std::size_t period) {
  const Period& p = calendar_.periods[period];
  const Date begin = std::max(p.first - std::chrono::days{1}, calendar_.valuation_date);
  std::vector<Date> dates = {begin};
  if (const ByDate* schedule = hazard.by_date()) {
    for (const auto& [date, value] : *schedule) {
      if (date > begin && date < p.last) {
        dates.push_back(date);
      }
    }
  }
  dates.push_back(p.last);
  std::vector<Stretch> found;
  for (std::size_t i = 0; i + 1 < dates.size(); ++i) {
    const double whole = time(p.last) - time(begin);
    const double part = dates.size() == 2 ? 1.0 : (time(dates[i + 1]) - time(dates[i])) / whole;
    const Expr before =
        dates[i] == calendar_.valuation_date ? constant(0.0) : integral(path, hazard, dates[i]);
    found.push_back({before, integral(path, hazard, dates[i + 1]), part});
  }
  return found;
}

// A cumulative hazard that is as good as none, and still can be divided by.
constexpr double kLeastHazard = 1e-30;

Expr LoweredEvent::survives(Context& context, Date by) const {
  if (by <= context.valuation_date()) {
    return context.constant(1.0);
  }
  return less_equal(context.integral(hazard_path, hazard, by), threshold);
}

Expr LoweredEvent::survives(std::size_t period) const {
  return less_equal(cumulative_hazard[period], threshold);
}

Expr LoweredEvent::alive_part(const Context& context, std::size_t period) const {
  if (context.is_past(period)) {
    return threshold.constant(1.0);
  }
  Expr alive = threshold.constant(0.0);
  const std::vector<Stretch>& of_period = stretches[period];
  for (std::size_t i = 0; i < of_period.size(); ++i) {
    const Expr from = of_period[i].hazard_before;
    // Where the hazard is zero the quotient is huge, of the right sign, and clamps to 1 or 0.
    const Expr gap = max(of_period[i].hazard_after - from, kLeastHazard);
    const Expr part = (threshold - from) / gap;
    alive = alive + min(max(part, 0.0), 1.0) * of_period[i].part_of_time;
  }
  // Days up to the valuation date are past, and safe from the event.
  const Period& p = context.periods()[period];
  const double past = overlap(p, p.first, context.valuation_date());
  return past == 0.0 ? alive : past + (1.0 - past) * alive;
}

LoweredEvent lower_event(Context& context, const std::string& name, const std::string& hazard_path,
                         const Number& hazard) {
  LoweredEvent event{hazard_path, hazard, -log(context.uniform(name, 0)), {}, {}};
  for (std::size_t t = 0; t < context.n_periods(); ++t) {
    event.cumulative_hazard.push_back(
        context.is_past(t) ? context.constant(0.0)
                           : context.integral(hazard_path, hazard, context.periods()[t].last));
  }
  for (std::size_t t = 0; t < context.n_periods(); ++t) {
    event.stretches.push_back(context.is_past(t) ? std::vector<Stretch>{}
                                                 : context.stretches(hazard_path, hazard, t));
  }
  return event;
}

}  // namespace capstake

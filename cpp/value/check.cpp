#include "value/check.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <set>
#include <stdexcept>

#include "deal/couple.hpp"
#include "deal/lower.hpp"
#include "graph/interpret.hpp"
#include "revenue/lower.hpp"
#include "value/stopped_share.hpp"

namespace capstake {

namespace {

using Days = std::chrono::days;

// Why a leg cannot be checked.
struct NotExact {
  std::string reason;
};

template <class Object>
const Object& named(const Named<Object>& objects, const std::string& name) {
  return std::ranges::find(objects, name, [](const auto& entry) { return entry.first; })->second;
}

void need_certain(const Number& number, const std::string& what) {
  if (number.distribution() != nullptr) {
    throw NotExact{what + " is uncertain"};
  }
}

void need_constant(const Number& number, const std::string& what) {
  if (!number.is_constant()) {
    throw NotExact{what + (number.by_date() != nullptr ? " changes by date" : " is uncertain")};
  }
}

// Whether an object has nothing but the fields that are set to their defaults here.
template <class Object, class... Fields>
bool is_plain(Object object, Fields... fields) {
  const Object none;
  ((object.*fields = none.*fields), ...);
  return object == none;
}

void need_plain(const RevenueShare& leg) {
  if (!is_plain(leg, &RevenueShare::payer, &RevenueShare::receiver, &RevenueShare::base,
                &RevenueShare::rate, &RevenueShare::start, &RevenueShare::end, &RevenueShare::cap,
                &RevenueShare::accrual_start, &RevenueShare::already_paid,
                &RevenueShare::settlement, &RevenueShare::payment_lag, &RevenueShare::stop_events,
                &RevenueShare::loss_events, &RevenueShare::discount_rate, &RevenueShare::risk,
                &RevenueShare::terms)) {
    throw NotExact{"it has clauses beyond a share with a cap"};
  }
  need_certain(leg.rate, "its rate");
  need_constant(leg.already_paid, "what was already paid");
  if (leg.cap) {
    need_constant(*leg.cap, "its cap");
  }
}

class LegCheck {
 public:
  LegCheck(const Deal& deal, const RevenueShare& leg, const std::function<void()>& between)
      : deal_(deal), leg_(leg), between_(between) {
    need_plain(leg);
    need_certain(rate(), "its discount rate");
    need_certain(spread(), "the payer's credit spread");
    for (const std::string& event : leg.loss_events) {
      need_certain(named(deal.events, event).hazard, "the hazard of " + event);
    }
    for (const std::string& event : leg.stop_events) {
      need_certain(named(deal.events, event).hazard, "the hazard of " + event);
      if (std::ranges::find(leg.loss_events, event) == leg.loss_events.end()) {
        stops_.insert(event);
      }
    }
    find_forecast();
    need_independent();
  }

  ShareValue value() const {
    const Number& haircut = forecast_->growth_haircut;
    const Distribution* law = haircut.distribution();
    if (law == nullptr) {
      return value_at(haircut.central());
    }
    const double a = law->argument(0);
    const double b = law->argument(1);
    if (law->family == Family::uniform) {
      return integrated({a, b}, [a, b](double) { return 1.0 / (b - a); });
    }
    const double c = law->argument(2);
    return integrated({a, b, c}, [a, b, c](double h) {
      return 2.0 / (c - a) * (h < b ? (h - a) / (b - a) : (c - h) / (c - b));
    });
  }

 private:
  bool is_risk_neutral() const { return deal_.measure == ProbabilityMeasure::risk_neutral; }
  Probability probability() const { return probability_for(deal_, leg_.risk); }
  const Number& spread() const { return named(deal_.parties, leg_.payer).credit_spread; }
  const Number& rate() const {
    if (is_risk_neutral()) {
      return *deal_.risk_free;
    }
    return leg_.discount_rate ? *leg_.discount_rate : deal_.discount_rate;
  }

  void find_forecast() {
    const Stream* stream = &named(deal_.streams, leg_.base);
    streams_.emplace_back(leg_.base, *stream);
    while (const auto* scaled = std::get_if<Scaled>(stream)) {
      need_certain(scaled->factor, "a factor on its revenue");
      need_certain(scaled->risk_premium, "the risk premium of its revenue");
      stream = &named(deal_.streams, scaled->of);
      streams_.emplace_back(scaled->of, *stream);
    }
    forecast_ = std::get_if<Forecast>(stream);
    if (forecast_ == nullptr || !is_plain(*forecast_, &Forecast::annual, &Forecast::growth_haircut,
                                          &Forecast::volatility, &Forecast::risk_premium)) {
      throw NotExact{"its revenue is not a plain forecast"};
    }
    need_constant(forecast_->volatility, "the volatility of its revenue");
    need_certain(forecast_->risk_premium, "the risk premium of its revenue");
    for (const auto& [year, figure] : forecast_->annual) {
      need_constant(figure, "revenue of " + std::to_string(year));
    }
    const Distribution* law = forecast_->growth_haircut.distribution();
    const bool is_known =
        law == nullptr || law->family == Family::uniform || law->family == Family::triangular;
    if (!is_known || (law != nullptr && law->is_truncated())) {
      throw NotExact{"the growth haircut is neither uniform nor triangular"};
    }
  }

  // What the value is integrated over, one after another.
  void need_independent() const {
    const std::string& forecast = streams_.back().first;
    std::vector<std::string> draws = {forecast + ".shock",
                                      "streams." + forecast + ".growth_haircut"};
    draws.insert(draws.end(), leg_.stop_events.begin(), leg_.stop_events.end());
    draws.insert(draws.end(), leg_.loss_events.begin(), leg_.loss_events.end());
    if (are_linked(deal_, draws)) {
      throw NotExact{"its revenue, its events or the growth haircut depend on each other"};
    }
  }

  // The mean over the haircut, between the kinks of its density.
  template <class Density>
  ShareValue integrated(std::vector<double> kinks, Density density) const {
    ShareValue sum;
    double worst = 0.0;
    for (std::size_t i = 0; i + 1 < kinks.size(); ++i) {
      if (kinks[i] < kinks[i + 1]) {
        double of_part = 0.0;
        sum.value += boost::math::quadrature::gauss_kronrod<double, 15>::integrate(
            [&](double h) {
              const ShareValue at_h = value_at(h);
              worst = std::max(worst, at_h.error);
              return at_h.value * density(h);
            },
            kinks[i], kinks[i + 1], 0, 0.0, &of_part);
        sum.error += of_part;
      }
    }
    sum.error += worst;
    return sum;
  }

  ShareValue value_at(double haircut) const {
    Named<Stream> streams = streams_;
    std::get<Forecast>(streams.back().second).growth_haircut = Number(haircut);
    Graph graph;
    Context context(
        graph, "",
        {deal_.valuation_date, deal_.day_count, deal_.compounding, deal_.frequency, grid(deal_)});
    StreamMap map(streams, deal_.valuation_date, deal_.frequency);
    const LoweredStream base = lower_streams(context, streams, map, probability()).at(leg_.base);
    std::vector<SharePeriod> periods;
    double years = 0.0;
    for (std::size_t t = 0; t < context.n_periods(); ++t) {
      years += context.years_ahead(t);
      if (overlap(context.periods()[t], leg_.start, leg_.end) > 0.0) {
        periods.push_back(period(context, t));
        periods.back().revenue = base.revenue[t].id();
        periods.back().deviation = forecast_->volatility.central() * std::sqrt(years);
      }
    }
    const std::vector<double> median =
        interpret(graph, std::vector<double>(graph.draws().size(), 0.0));
    for (SharePeriod& each : periods) {
      each.median = median[static_cast<std::size_t>(each.revenue)];
    }
    // Before a launch there is nothing to pay.
    std::erase_if(periods, [](const SharePeriod& each) { return each.median == 0.0; });
    if (periods.empty()) {
      return {};
    }
    const auto cap = leg_.cap ? std::optional(leg_.cap->central()) : std::nullopt;
    return value_of(periods, cap, leg_.already_paid.central(), between_);
  }

  SharePeriod period(Context& context, std::size_t t) const {
    const Period& p = context.periods()[t];
    SharePeriod result;
    result.rate = leg_.rate.value_on(p.first);
    const Date counted = leg_.accrual_start.value_or(leg_.start);
    const auto part_before = [&](Date date) { return overlap(p, p.first, date - Days{1}); };
    const auto stretch = [&](Date first, Date last) {
      const double begin = part_before(first);
      return std::pair{begin, begin + overlap(p, first, last)};
    };
    std::tie(result.counted_from, result.counted_to) = stretch(counted, leg_.end);
    std::tie(result.uncounted_from, result.uncounted_to) =
        stretch(leg_.start, std::min(counted - Days{1}, leg_.end));
    const Date date = leg_.payment_date(p.last);
    if (date > deal_.valuation_date) {
      double log_discount = -log_growth(context, date);
      for (const std::string& event : leg_.loss_events) {
        log_discount -= hazard(context, event, date);
      }
      result.discount = std::exp(log_discount);
    }
    result.stop = stop_hazard(context, t);
    return result;
  }

  // The hazard of all events that stop accruals and do not lose payments, added up to some points
  // of the period between which it is straight.
  std::vector<HazardPoint> stop_hazard(Context& context, std::size_t t) const {
    const Period& p = context.periods()[t];
    if (stops_.empty() || context.is_past(t)) {
      return {{0.0, 0.0}, {1.0, 0.0}};
    }
    const Date begin = std::max(p.first - Days{1}, deal_.valuation_date);
    std::set<Date> dates = {begin, p.last};
    for (const std::string& event : stops_) {
      if (const ByDate* schedule = named(deal_.events, event).hazard.by_date()) {
        for (const auto& [date, value] : *schedule) {
          if (date > begin && date < p.last) {
            dates.insert(date);
          }
        }
      }
    }
    const double past = overlap(p, p.first, deal_.valuation_date);
    const double whole = context.time(p.last) - context.time(begin);
    std::vector<HazardPoint> points;
    for (const Date date : dates) {
      double sum = 0.0;
      for (const std::string& event : stops_) {
        sum += date > deal_.valuation_date ? hazard(context, event, date) : 0.0;
      }
      points.push_back(
          {past + (1.0 - past) * (context.time(date) - context.time(begin)) / whole, sum});
    }
    points.insert(points.begin(), {0.0, points.front().hazard});
    return points;
  }

  // Integral of a function of a rate from the valuation date.
  template <class Intensity>
  double integral(const Context& context, const Number& number, Date to, Intensity f) const {
    std::set<Date> dates = {deal_.valuation_date, to};
    if (const ByDate* schedule = number.by_date()) {
      for (const auto& [date, value] : *schedule) {
        if (date > deal_.valuation_date && date < to) {
          dates.insert(date);
        }
      }
    }
    double sum = 0.0;
    for (auto from = dates.begin(); std::next(from) != dates.end(); ++from) {
      sum += f(number.value_on(*from)) * (context.time(*std::next(from)) - context.time(*from));
    }
    return sum;
  }

  double hazard(const Context& context, const std::string& event, Date to) const {
    return integral(context, named(deal_.events, event).hazard, to, [](double h) { return h; });
  }

  double log_growth(const Context& context, Date to) const {
    const bool annual = deal_.compounding == Compounding::annual;
    const auto continuous = [](double r) { return r; };
    const double of_rate =
        integral(context, rate(), to, [=](double r) { return annual ? std::log1p(r) : r; });
    return is_risk_neutral() ? of_rate + integral(context, spread(), to, continuous) : of_rate;
  }

  const Deal& deal_;
  const RevenueShare& leg_;
  const std::function<void()>& between_;
  Named<Stream> streams_;  // the leg's base, and what it is scaled from; the forecast last
  const Forecast* forecast_ = nullptr;
  std::set<std::string> stops_;  // events that stop accruals and lose no payment
};

}  // namespace

std::vector<ExactCheck> exact_checks(const Deal& deal, std::uint64_t max_steps,
                                     const std::function<void()>& between) {
  std::vector<ExactCheck> checks;
  std::uint64_t steps_left = max_steps;
  const auto step = [&] {
    if (steps_left == 0) {
      throw NotExact{"its quadrature takes too long"};
    }
    --steps_left;
    if (between) {
      between();
    }
  };
  for (const auto& [name, leg] : deal.legs) {
    ExactCheck check{name, std::nullopt, 0.0, ""};
    try {
      const auto* share = std::get_if<RevenueShare>(&leg);
      if (share == nullptr) {
        throw NotExact{"it is not a revenue share"};
      }
      const ShareValue found = LegCheck(deal, *share, step).value();
      check.value = found.value;
      check.error = found.error;
    } catch (const NotExact& refusal) {
      check.why_not = refusal.reason;
    } catch (const std::invalid_argument& refusal) {
      check.why_not = refusal.what();
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace capstake

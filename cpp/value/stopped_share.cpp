#include "value/stopped_share.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>

#include "contract/exact_capped_share.hpp"

namespace capstake {

namespace {

// The relative error that exact_capped_share states.
constexpr double kShareError = 1e-10;

using Coarse = boost::math::quadrature::gauss<double, 15>;
using Fine = boost::math::quadrature::gauss<double, 30>;

// Points and weights of a Gauss rule on [from, to].
template <class Rule>
std::vector<WeightedPart> points_on(double from, double to) {
  std::vector<WeightedPart> points;
  const double half = 0.5 * (to - from);
  for (std::size_t i = 0; i < Rule::abscissa().size(); ++i) {
    const double x = Rule::abscissa()[i];
    points.push_back({from + half + half * x, half * Rule::weights()[i]});
    if (x != 0.0) {
      points.push_back({from + half - half * x, half * Rule::weights()[i]});
    }
  }
  return points;
}

// A stretch of a period on which the hazard is straight.
struct Straight {
  HazardPoint from;
  HazardPoint to;
  double slope() const { return (to.hazard - from.hazard) / (to.part - from.part); }
  double alive(double part) const { return std::exp(-from.hazard - slope() * (part - from.part)); }
};

std::vector<Straight> stretches(const std::vector<HazardPoint>& points, double from, double to) {
  std::vector<Straight> found;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const double first = std::max(from, points[i].part);
    const double last = std::min(to, points[i + 1].part);
    if (first < last) {
      const Straight whole{points[i], points[i + 1]};
      const auto at = [&](double part) {
        return whole.from.hazard + whole.slope() * (part - whole.from.part);
      };
      found.push_back({{first, at(first)}, {last, at(last)}});
    }
  }
  return found;
}

// The expected part of [from, to] that comes before the stop.
double expected_alive(const std::vector<HazardPoint>& points, double from, double to) {
  double sum = 0.0;
  for (const Straight& each : stretches(points, from, to)) {
    const double gained = each.to.hazard - each.from.hazard;
    const double mean = gained > 0.0 ? -std::expm1(-gained) / gained : 1.0;
    sum += (each.to.part - each.from.part) * std::exp(-each.from.hazard) * mean;
  }
  return sum;
}

class Share {
 public:
  Share(const std::vector<SharePeriod>& periods, double cap, double already_paid,
        const std::function<void()>& between)
      : periods_(periods), room_(std::max(cap - already_paid, 0.0)), between_(between) {}

  ShareValue value() {
    double sum = 0.0;
    double before = 0.0;
    for (const SharePeriod& period : periods_) {
      const double width = period.counted_to - period.counted_from;
      if (width <= 0.0 || period.rate == 0.0) {
        continue;
      }
      append(period, width);
      const double after = total({WeightedPart{}});
      if (period.discount != 0.0) {
        sum += period.discount * expected_payment(period, before, after);
      }
      before = after;
    }
    return {sum, error_ + kShareError * sum};
  }

 private:
  // E[min(S_t, C)] of the periods so far, summed over parts of the last one's accrual.
  double total(const std::vector<WeightedPart>& parts) const {
    double sum = 0.0;
    double mass = 0.0;
    for (const WeightedPart& each : parts) {
      mass += each.weight;
      sum += each.weight * std::min(fixed_before_ + each.part * fixed_last_, room_);
    }
    if (terms_.weight.empty() || fixed_before_ >= room_) {
      return sum;
    }
    CappedShareTerms terms = terms_;
    terms.cap = room_ - fixed_before_;
    return mass * fixed_before_ + expected_capped_total(terms, parts, between_);
  }

  void append(const SharePeriod& period, double width) {
    fixed_before_ += fixed_last_;
    fixed_last_ = 0.0;
    if (period.deviation == 0.0) {
      fixed_last_ = period.rate * width * period.median;
      return;
    }
    const double variance = period.deviation * period.deviation;
    terms_.start = 1.0;
    terms_.log_growth.push_back(std::log(period.median) - log_median_);
    terms_.volatility.push_back(std::sqrt(variance - variance_));
    terms_.weight.push_back(period.rate * width);
    terms_.discount.push_back(1.0);
    log_median_ = std::log(period.median);
    variance_ = variance;
  }

  // Of a period that begins with the share alive: all of it, or what accrues until the stop.
  double expected_payment(const SharePeriod& period, double before, double after) {
    double sum = 0.0;
    double alive = 1.0;
    for (const Straight& each : stretches(period.stop, period.counted_from, period.counted_to)) {
      alive = std::exp(-each.to.hazard);
      if (each.slope() > 0.0) {
        const double paid = stopped_within<Fine>(each, period, before);
        error_ += period.discount * std::abs(paid - stopped_within<Coarse>(each, period, before));
        sum += paid;
      }
    }
    return sum + alive * (after - before);
  }

  // What is paid when the stop comes within the stretch. Where revenue is certain, the cap is a
  // kink in the part of the period at which it is reached.
  template <class Rule>
  double stopped_within(const Straight& stretch, const SharePeriod& period, double before) const {
    const double width = period.counted_to - period.counted_from;
    const double kink = period.counted_from + width * (room_ - fixed_before_) / fixed_last_;
    std::vector<double> ends = {stretch.from.part, stretch.to.part};
    if (fixed_last_ > 0.0 && kink > ends.front() && kink < ends.back()) {
      ends.insert(ends.begin() + 1, kink);
    }
    double sum = 0.0;
    for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
      std::vector<WeightedPart> points = points_on<Rule>(ends[i], ends[i + 1]);
      double mass = 0.0;
      for (WeightedPart& each : points) {
        each.weight *= stretch.slope() * stretch.alive(each.part);
        each.part = (each.part - period.counted_from) / width;
        mass += each.weight;
      }
      sum += total(points) - mass * before;
    }
    return sum;
  }

  const std::vector<SharePeriod>& periods_;
  double room_;  // under the cap
  const std::function<void()>& between_;
  CappedShareTerms terms_;  // of the periods with uncertain revenue so far
  double log_median_ = 0.0;
  double variance_ = 0.0;
  double fixed_before_ = 0.0;  // accruals of certain revenue, but for the last period's
  double fixed_last_ = 0.0;
  double error_ = 0.0;  // of the integrals over stops
};

}  // namespace

ShareValue value_of(const std::vector<SharePeriod>& periods, std::optional<double> cap,
                    double already_paid, const std::function<void()>& between) {
  ShareValue sum;
  if (cap) {
    sum = Share(periods, *cap, already_paid, between).value();
  }
  for (const SharePeriod& period : periods) {
    const auto alive = [&](double from, double to) {
      return to > from ? expected_alive(period.stop, from, to) : 0.0;
    };
    double part = alive(period.uncounted_from, period.uncounted_to);
    part += cap ? 0.0 : alive(period.counted_from, period.counted_to);
    if (part > 0.0 && period.discount != 0.0) {
      const double mean = period.median * std::exp(0.5 * period.deviation * period.deviation);
      const double worth = period.discount * period.rate * mean * part;
      sum.value += worth;
      sum.error += kShareError * worth;
    }
  }
  return sum;
}

}  // namespace capstake

#include "contract/clause_spans.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "contract/clause_pairs.hpp"

namespace capstake {

namespace {

// Periods that a clause measures together, by index from the leg's first one.
struct Span {
  std::size_t first;
  std::size_t last;

  bool overlaps(const Span& other) const { return first <= other.last && other.first <= last; }
  bool holds(const Span& other) const { return first <= other.first && other.last <= last; }
  bool operator==(const Span&) const = default;
};

// What is due at least, or at most, of a span, unless a stop event comes.
struct Bound {
  Span span;
  double amount;
};

// Parts of years have many digits.
std::string rounded(double amount) {
  constexpr int kDigits = 6;
  char text[32];
  const auto end =
      std::to_chars(std::begin(text), std::end(text), amount, std::chars_format::general, kDigits);
  return {text, end.ptr};
}

class SpansCheck {
 public:
  SpansCheck(const RevenueShare& leg, Frequency frequency)
      : leg_(leg), periods_(periods_covering(frequency, leg.start, leg.last_shared_day())) {}

  std::string why_not_both(const Clause& a, const Clause& b) const {
    const auto* least = std::get_if<MinimumGuarantee>(&a);
    const auto* other = std::get_if<MinimumGuarantee>(&b);
    const auto* most = std::get_if<PeriodCap>(&a);
    if (least && other) {
      return spans(*least) == spans(*other)
                 ? "of two minimums of the same span the higher one holds: state it alone"
                 : "";
    }
    if (most && other) {
      return never_met(*other, *most);
    }
    most = std::get_if<PeriodCap>(&b);
    return least && most ? never_met(*least, *most) : "";
  }

 private:
  Date year_of(const Period& period) const {
    return begin_of_year(period.first, contract_year_start(leg_.year_start));
  }

  bool are_together(Per per, std::size_t t, std::size_t next) const {
    return per == Per::term ||
           (per == Per::year && year_of(periods_[t]) == year_of(periods_[next]));
  }

  std::vector<Span> spans(Per per) const {
    std::vector<Span> found = {{0, 0}};
    for (std::size_t t = 1; t < periods_.size(); ++t) {
      if (are_together(per, t - 1, t)) {
        found.back().last = t;
      } else {
        found.push_back({t, t});
      }
    }
    return found;
  }

  std::vector<Span> spans(const MinimumGuarantee& clause) const {
    std::vector<Span> found = spans(clause.per);
    while (clause.until && periods_[found.back().last].first > *clause.until) {
      --found.back().last;
    }
    return found;
  }

  // The part of the amount that holds for a span of which only some days are shared.
  double part(Per per, const Span& span) const {
    if (per == Per::term) {
      return 1.0;
    }
    double shared = 0.0;
    double whole = 0.0;
    for (std::size_t t = span.first; t <= span.last; ++t) {
      shared += overlap(periods_[t], leg_.start, leg_.last_shared_day()) * periods_[t].days();
      whole += periods_[t].days();
    }
    const Date year = year_of(periods_[span.first]);
    return shared /
           (per == Per::year ? static_cast<double>((year_after(year) - year).count()) : whole);
  }

  // By the least or the most that the amount can be.
  template <class T>
  std::vector<Bound> bounds(const T& clause, const std::vector<Span>& spans,
                            double std::pair<double, double>::*end) const {
    std::vector<Bound> found;
    for (const Span& span : spans) {
      const double amount = clause.amount.ends_on(periods_[span.first].first).*end;
      found.push_back({span, clause.prorated ? amount * part(clause.per, span) : amount});
    }
    return found;
  }

  // In each of the longer spans of the two, the minimums beside what the limits let through.
  std::string never_met(const MinimumGuarantee& least, const PeriodCap& most) const {
    using Ends = std::pair<double, double>;
    const std::vector<Bound> lows = bounds(least, spans(least), &Ends::first);
    const std::vector<Bound> highs = bounds(most, spans(most.per), &Ends::second);
    for (const Bound& longer : least.per < most.per ? highs : lows) {
      double low = 0.0;
      for (const Bound& each : lows) {
        low += longer.span.holds(each.span) ? each.amount : 0.0;
      }
      double high = 0.0;
      for (const Bound& each : highs) {
        high += longer.span.overlaps(each.span) ? each.amount : 0.0;
      }
      constexpr double kRounding = 1e-9;  // of sums such as four times 0.1
      if (low > high * (1.0 + kRounding)) {
        return "from " + iso(std::max(periods_[longer.span.first].first, leg_.start)) + " to " +
               iso(std::min(periods_[longer.span.last].last, leg_.last_shared_day())) +
               " the minimum asks for at least " + rounded(low) +
               " where the limit allows at most " + rounded(high);
      }
    }
    return {};
  }

  const RevenueShare& leg_;
  std::vector<Period> periods_;
};

}  // namespace

Issues clauses_at_odds(const RevenueShare& leg, const std::string& path, Frequency frequency) {
  const SpansCheck check(leg, frequency);
  Issues issues;
  for (std::size_t i = 0; i < leg.clauses.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const std::string why = check.why_not_both(leg.clauses[j].second, leg.clauses[i].second);
      if (!why.empty()) {
        issues.push_back(cannot_be_combined(leg, path, j, i, why));
      }
    }
  }
  return issues;
}

}  // namespace capstake

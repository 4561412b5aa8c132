#include "contract/revenue_share.hpp"

#include <algorithm>

#include "contract/combine.hpp"
#include "contract/leg_check.hpp"
#include "schedule/periods.hpp"

namespace capstake {

LegSummary RevenueShare::summary() const {
  std::vector<NeededRevenue> revenue = {{base, start, end}};
  for (const auto& [name, clause] : clauses) {
    if (const auto* custom = std::get_if<Custom>(&clause)) {
      for (const std::string& stream : custom->stream_names()) {
        revenue.push_back({stream, start, end});
      }
    }
  }
  Date first = start;
  for (const SpringingCap* test : all<SpringingCap>()) {
    if (test->since && test->measure == TestOf::revenue && *test->since < start) {
      revenue.push_back({base, *test->since, std::min(test->test_date, end)});
      first = std::min(first, *test->since);
    }
  }
  return {payer, receiver, first, end, risk, year_start, std::move(revenue)};
}

Date RevenueShare::last_payment(Date last_day_of_period) const {
  Date last = payment_date(last_day_of_period);
  const Date undeferred = last;
  for (const Deferral* deferral : all<Deferral>()) {
    last = std::max(last, undeferred + std::chrono::days{deferral->days});
  }
  if (const auto* grace = find<GracePeriod>()) {
    last = std::max(last, grace->until);
  }
  for (const Clawback* clawback : all<Clawback>()) {
    last = clawback->until ? std::max(last, payment_date(*clawback->until)) : last;
  }
  return last;
}

Date RevenueShare::payment_date(Date last_day_of_period) const {
  constexpr int kMonths[] = {0, 3, 6, 12};
  const Date settled =
      settlement == Settlement::period
          ? last_day_of_period
          : end_of_months(kMonths[static_cast<std::size_t>(settlement)], last_day_of_period);
  return settled + std::chrono::days{payment_lag};
}

Date RevenueShare::last_shared_day() const {
  const auto* buy_out = find<BuyOut>();
  return buy_out ? std::min(end, buy_out->on) : end;
}

bool RevenueShare::has_total_cap() const { return cap || has_clause_in(Stage::cap, Stage::cap); }

bool RevenueShare::has_clause_in(Stage first, Stage last) const {
  return std::ranges::any_of(clauses, [&](const auto& named) {
    return std::visit([&]<class T>(const T&) { return first <= T::kStage && T::kStage <= last; },
                      named.second);
  });
}

bool RevenueShare::measures_years() const {
  return std::ranges::any_of(clauses, [](const auto& named) {
    return std::visit(
        []<class T>(const T& clause) {
          if constexpr (requires { clause.per; }) {
            return clause.per == Per::year;
          }
          return std::is_same_v<T, CatchUp>;
        },
        named.second);
  });
}

void RevenueShare::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  check_term_and_parties(*this, path, sound, issues);
  if (sound.contain({"start", "end", "accrual_start"}) && accrual_start && start <= end &&
      (*accrual_start < start || *accrual_start > end)) {
    issues.push_back({join_path(path, "accrual_start"),
                      "must lie between start " + iso(start) + " and end " + iso(end),
                      iso(*accrual_start), ""});
  }
  check_clauses(*this, path, sound, issues);
  if (sound.contain({"clauses", "year_start"})) {
    check_year_start(*this, measures_years(), "leave it out, or give a clause per = \"year\"", path,
                     issues);
  }
  if (sound.contain({"cap", "already_paid"}) && !cap && clauses.empty() &&
      already_paid.central() != 0.0) {
    issues.push_back(
        {join_path(path, "already_paid"), "counts towards a cap, but this leg has none", "", ""});
  }
}

}  // namespace capstake

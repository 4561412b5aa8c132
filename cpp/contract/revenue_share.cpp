#include "contract/revenue_share.hpp"

#include "fields/read.hpp"

namespace capstake {

LegSummary RevenueShare::summary() const {
  return {payer, receiver, start, end, end + std::chrono::days{payment_lag}, {{base, start, end}}};
}

void RevenueShare::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  if (sound.contain({"start", "end"}) && end < start) {
    issues.push_back(
        {join_path(path, "end"), "must not come before start " + iso(start), iso(end), ""});
  }
  if (sound.contain({"start", "end", "accrual_start"}) && accrual_start && start <= end &&
      (*accrual_start < start || *accrual_start > end)) {
    issues.push_back({join_path(path, "accrual_start"),
                      "must lie between start " + iso(start) + " and end " + iso(end),
                      iso(*accrual_start), ""});
  }
  if (sound.contain({"payer", "receiver"}) && payer == receiver) {
    issues.push_back({join_path(path, "receiver"), "must differ from the payer", receiver, ""});
  }
  if (sound.contain({"cap", "already_paid"}) && !cap && already_paid.central() != 0.0) {
    issues.push_back(
        {join_path(path, "already_paid"), "counts towards a cap, but this leg has none", "", ""});
  }
}

}  // namespace capstake

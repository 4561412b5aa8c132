#include "contract/revenue_share.hpp"

namespace capstake {

void RevenueShare::check(const std::string& path, Issues& issues) const {
  if (end < start) {
    issues.push_back(
        {join_path(path, "end"), "must not come before start " + iso(start), iso(end), ""});
  }
  if (accrual_start && (*accrual_start < start || *accrual_start > end)) {
    issues.push_back({join_path(path, "accrual_start"),
                      "must lie between start " + iso(start) + " and end " + iso(end),
                      iso(*accrual_start), ""});
  }
  if (payer == receiver) {
    issues.push_back({join_path(path, "receiver"), "must differ from the payer", receiver, ""});
  }
  if (!cap && already_paid.central() != 0.0) {
    issues.push_back(
        {join_path(path, "already_paid"), "counts towards a cap, but this leg has none", "", ""});
  }
}

}  // namespace capstake

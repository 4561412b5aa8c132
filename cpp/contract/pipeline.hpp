// The pipeline: what a period of a revenue share earns passes through the stages of
// contract/stage.hpp, in their order. Each clause lowers itself to a Step, which belongs to one
// stage and keeps its own state from period to period, as expressions. Amounts that stop events
// scale stay products with the alive part of the period, and indicators stay factors, so that
// events can be integrated out; terms without jumps are lowered without selections.
//
// Which clauses cannot stand together: contract/clause_pairs.cpp and clause_spans.cpp.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/lower.hpp"
#include "contract/term.hpp"

namespace capstake {

// What tests have made of the rates of tiers: a rate r is now factor * r + rate.
struct TierReset {
  Expr factor;
  Expr rate;
};

// What one period earns on its way through the stages.
struct Flow {
  std::size_t period;
  Expr rate;
  Expr revenue;                            // of the shared days before any stop event
  Expr counted;                            // accruals that count towards the total cap
  Expr uncounted;                          // accruals before accrual_start
  Expr shared;                             // revenue that accruals towards the cap are a share of
  double counted_part = 1.0;               // of what a clause adds to the accruals
  Expr extra;                              // paid besides, without counting towards the cap
  std::optional<Expr> room;                // left under the total cap at the period's end
  std::optional<Expr> weight;              // of the period's payment in the cap's total
  std::optional<Expr> cut;                 // accrued beyond the total cap in the period
  std::optional<Expr> cap = std::nullopt;  // the total cap in force
  std::optional<TierReset> tiers = std::nullopt;  // or as agreed
  std::optional<Expr> fills_cap = std::nullopt;   // 1 if it reaches the total cap, else 0

  Expr accrual() const { return counted + uncounted; }
  void add(Expr amount);
};

// Totals by the end of the period before.
struct Totals {
  Expr revenue;
  Expr paid;  // what has fallen due to be paid, and already_paid
};

// An amount with the date on which it falls due.
struct Due {
  std::size_t period;
  Date date;
  Expr amount;
  std::optional<Expr> whole = std::nullopt;  // before any part of it was deferred
  bool is_deferred = false;
};

class Step {
 public:
  Step() = default;
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;
  virtual ~Step() = default;
  // Changes what the period earns; called for each period of the term in order.
  virtual void apply(Flow&, const Totals&) {}
  // Changes when it is paid.
  virtual void schedule(std::vector<Due>&) {}
};

// Where a clause stands in the graph: "legs.x.clauses.floor".
inline std::string clause_path(const std::string& leg_path, const std::string& name) {
  return leg_path + ".clauses." + name;
}

// What a clause is lowered with.
struct LegScope {
  Context& context;
  std::string path;  // of the clause
  std::string leg_path;
  const RevenueShare& leg;
  Term& term;
  const LegSetting& setting;

  Expr number(const char* field, const Number& number) const {
    return context.number(path + "." + field, number);
  }
  Expr number(const char* field, const Number& number, std::size_t period) const {
    return context.number(path + "." + field, number, context.periods()[period].first);
  }
  Expr already_paid() const;
  Expr investment() const;
  // A price in money, or as a multiple of the investment.
  Expr price(const std::optional<Number>& amount, const std::optional<Number>& multiple,
             Date on) const;
  // The day whose cap holds in a period: that of its payment; before the term it is the cap of the
  // term's first period.
  Date cap_day(std::size_t period) const;
  // When what a period earns falls due, before any deferral.
  Date payment_date(std::size_t period) const;
  Expr zero() const { return context.constant(0.0); }
};

std::unique_ptr<Step> lower_clause(const LegScope& scope, const Tiers& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const Threshold& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const SpringingRate& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const CatchUp& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const MinimumGuarantee& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const PeriodCap& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const RecoupThenSplit& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const TrueUp& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const TailRate& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const Balloon& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const BuyOut& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const ChangeOfControl& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const Deferral& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const GracePeriod& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const PayerCredit& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const Clawback& clause);
std::unique_ptr<Step> lower_clause(const LegScope& scope, const Custom& clause);

}  // namespace capstake

#include "contract/clauses/custom.hpp"

#include <chrono>

#include "contract/pipeline.hpp"
#include "formula/lower.hpp"

namespace capstake {

namespace {

class CustomStep : public Step {
 public:
  CustomStep(const LegScope& scope, const Custom& clause)
      : scope_(scope), clause_(clause), ahead_(scope_.zero()) {}

  void apply(Flow& flow, const Totals& totals) override {
    if (!series_) {
      series_.emplace(
          scope_.context, scope_.path + ".formula", clause_.formula.parsed,
          [this](const std::string& name, std::size_t) { return value_of(name); }, flow.period);
    }
    flow_ = &flow;
    totals_ = &totals;
    const Expr before = given(flow);
    // After a stop event the formula has no say: what was due before it is still paid.
    const Date last_before = scope_.context.periods()[flow.period].first - std::chrono::days{1};
    const Expr has_say = scope_.term.survives(last_before);
    const Expr amount = select(has_say, series_->next(has_say), before);
    replace(flow, before, is_payment() && flow.room ? within_cap(flow, before, amount) : amount);
    // What is not finite stays so: a cap, the lesser of two, would take its place. For all else
    // this is the zero that changes no sum.
    flow.extra = flow.extra + amount * -0.0;
  }

 private:
  // In all at most what the stages before have given, and what they have left under the cap.
  Expr within_cap(Flow& flow, Expr before, Expr amount) {
    const Expr room = *flow.room - ahead_ / *flow.weight;
    const Expr capped = min(amount, before + room);
    ahead_ = ahead_ + (capped - before) * *flow.weight;
    flow.room = room - (capped - before);
    return capped;
  }

  // What the stages before give.
  Expr given(const Flow& flow) const {
    return is_payment() ? flow.accrual() + flow.extra : flow.accrual();
  }

  bool is_payment() const { return clause_.stage == CustomStage::payment; }

  void replace(Flow& flow, Expr before, Expr amount) const {
    if (is_payment()) {
      flow.counted = amount;
      flow.uncounted = scope_.zero();
      flow.extra = scope_.zero();
    } else if (flow.counted_part == 1.0) {
      flow.counted = amount;
    } else if (flow.counted_part == 0.0) {
      flow.uncounted = amount;
    } else {
      flow.add(amount - before);
    }
  }

  Expr value_of(const std::string& name) const {
    const Period& period = scope_.context.periods()[flow_->period];
    if (name == "revenue") {
      return flow_->revenue;
    }
    if (name == (is_payment() ? "payment" : "accrual")) {
      return given(*flow_);
    }
    if (name == "rate") {
      return flow_->rate;
    }
    if (name == "investment") {
      return scope_.investment();
    }
    if (name == "already_paid") {
      return scope_.already_paid();
    }
    if (name == "paid") {
      return totals_->paid;
    }
    if (name == "cap") {
      return *flow_->cap;
    }
    if (name == "part") {
      return scope_.term.shared_part(flow_->period);
    }
    if (name == "time") {
      return scope_.context.constant(scope_.context.time(period.last));
    }
    for (const auto& [number_name, number] : clause_.numbers) {
      if (number_name == name) {
        return scope_.context.number(scope_.path + ".numbers." + name, number, period.first);
      }
    }
    return scope_.setting.streams.at(name).revenue[flow_->period];
  }

  LegScope scope_;
  const Custom& clause_;
  std::optional<FormulaSeries> series_;
  Expr ahead_;                      // paid in all beyond what the stages before gave
  const Flow* flow_ = nullptr;      // the period that is being worked out
  const Totals* totals_ = nullptr;  // before it
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const Custom& clause) {
  return std::make_unique<CustomStep>(scope, clause);
}

std::vector<std::string> Custom::fixed_names() const {
  const std::string given = stage == CustomStage::accrual ? "accrual" : "payment";
  return {"revenue", given, "rate", "cap", "paid", "part", "time", "investment", "already_paid"};
}

void Custom::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  if (sound.contain({"formula", "numbers", "stage"})) {
    check_formula_numbers(formula, fixed_names(), numbers, path, issues);
  }
}

}  // namespace capstake

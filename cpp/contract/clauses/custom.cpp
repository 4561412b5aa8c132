#include "contract/clauses/custom.hpp"

#include <chrono>

#include "contract/pipeline.hpp"
#include "formula/lower.hpp"

namespace capstake {

namespace {

class CustomStep : public Step {
 public:
  CustomStep(const LegScope& scope, const Custom& clause) : scope_(scope), clause_(clause) {}

  void apply(Flow& flow, const Totals& totals) override {
    if (!series_) {
      series_.emplace(
          scope_.context, clause_.formula.parsed,
          [this](const std::string& name, std::size_t) { return value_of(name); }, flow.period);
    }
    flow_ = &flow;
    totals_ = &totals;
    replace(flow, series_->next() * begins_alive(flow.period));
  }

 private:
  void replace(Flow& flow, Expr amount) const {
    if (clause_.stage == CustomStage::payment) {
      flow.counted = amount;
      flow.uncounted = scope_.zero();
      flow.extra = scope_.zero();
    } else if (flow.counted_part == 1.0) {
      flow.counted = amount;
      flow.uncounted = scope_.zero();
    } else {
      flow.counted = amount * flow.counted_part;
      flow.uncounted = amount * (1.0 - flow.counted_part);
    }
  }

  // 1 unless a stop event came before the period, else 0.
  Expr begins_alive(std::size_t period) const {
    const Period& p = scope_.context.periods()[period];
    return scope_.term.survives(p.first - std::chrono::days{1});
  }

  Expr value_of(const std::string& name) const {
    const Period& period = scope_.context.periods()[flow_->period];
    if (name == "revenue") {
      return flow_->revenue;
    }
    if (name == "accrual" && clause_.stage == CustomStage::accrual) {
      return flow_->accrual();
    }
    if (name == "payment" && clause_.stage == CustomStage::payment) {
      return flow_->accrual() + flow_->extra;
    }
    if (name == "rate") {
      return flow_->rate;
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
  const Flow* flow_ = nullptr;      // the period that is being worked out
  const Totals* totals_ = nullptr;  // before it
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const Custom& clause) {
  return std::make_unique<CustomStep>(scope, clause);
}

std::vector<std::string> Custom::fixed_names() const {
  const std::string given = stage == CustomStage::accrual ? "accrual" : "payment";
  return {"revenue", given, "rate", "paid", "cap", "part", "time"};
}

void Custom::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  if (sound.contain({"formula", "numbers", "stage"})) {
    check_formula_numbers(formula, fixed_names(), numbers, path, issues);
  }
}

}  // namespace capstake

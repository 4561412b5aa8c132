#include "contract/clauses/recoup_then_split.hpp"

#include "contract/accretion.hpp"
#include "contract/pipeline.hpp"
#include "contract/revenue_share.hpp"

namespace capstake {

namespace {

class RecoupThenSplitStep : public Step {
 public:
  RecoupThenSplitStep(const LegScope& scope, const RecoupThenSplit& split)
      : scope_(scope),
        split_(split),
        hurdle_(scope_.price(split.amount, split.multiple, scope_.context.valuation_date())),
        received_(scope_.already_paid()),
        beyond_(max(received_ - hurdle_, 0.0)),
        is_alone_(!scope.leg.cap &&
                  !scope.leg.has_clause_in(Stage::catch_up, Stage::custom_payment)) {}

  void apply(Flow& flow, const Totals& totals) override {
    const Expr weight = weight_of(flow.period);
    const Expr earned = flow.accrual() * weight;
    const Expr beyond =
        is_alone_ ? beyond_what_accrued(earned) : beyond_what_was_paid(earned, totals, weight);
    const Expr rate = scope_.number("rate", split_.rate, flow.period);
    flow.add(beyond / weight * (rate / rate_before(flow) - 1.0));
  }

 private:
  // The rate below the hurdle: of the next lower one, or the leg's.
  Expr rate_before(const Flow& flow) const {
    const auto turn = [&](const auto& named) { return named.second->turn(scope_.leg); };
    auto lower = scope_.leg.all_named<RecoupThenSplit>();
    std::erase_if(lower, [&](const auto& named) { return turn(named) >= split_.turn(scope_.leg); });
    if (lower.empty()) {
      return flow.rate;
    }
    const auto& [name, below] = *std::ranges::max_element(lower, {}, turn);
    return scope_.context.number(clause_path(scope_.leg_path, name) + ".rate", below->rate,
                                 scope_.context.periods()[flow.period].first);
  }

  // Of what the period earns, what lies beyond the hurdle. Where nothing else changes what is paid,
  // totals of what has accrued are the same and lines in the time of an event.
  Expr beyond_what_accrued(Expr earned) {
    received_ = received_ + earned;
    const Expr before = beyond_;
    beyond_ = max(received_ - hurdle_, 0.0);
    return beyond_ - before;
  }

  Expr beyond_what_was_paid(Expr earned, const Totals& totals, Expr weight) {
    receive(totals, weight);
    return max(received_ + earned - hurdle_, 0.0) - max(received_ - hurdle_, 0.0);
  }

  // By what the period before paid, whatever the stages after this one made of it.
  void receive(const Totals& totals, Expr weight) {
    if (!split_.interest) {
      received_ = totals.paid;
      return;
    }
    if (paid_before_) {
      received_ = received_ + (totals.paid - *paid_before_) * *weight_before_;
    }
    paid_before_ = totals.paid;
    weight_before_ = weight;
  }

  // What brings the period's payment to the day from which interest accrues.
  Expr weight_of(std::size_t period) {
    if (!split_.interest) {
      return scope_.context.constant(1.0);
    }
    return growth(scope_.context, scope_.path + ".interest", *split_.interest,
                  scope_.payment_date(period), split_.since.value_or(scope_.leg.start));
  }

  LegScope scope_;
  const RecoupThenSplit& split_;
  Expr hurdle_;
  Expr received_;  // discounted by the interest, if there is any
  Expr beyond_;    // of that, beyond the hurdle
  bool is_alone_;
  std::optional<Expr> paid_before_;    // by the end of the one before the period before
  std::optional<Expr> weight_before_;  // of the period before
};

}  // namespace

std::pair<double, double> RecoupThenSplit::ends(const RevenueShare& leg) const {
  if (amount) {
    return amount->ends();
  }
  const auto [low, high] = multiple->ends();
  const auto [least, most] = leg.investment ? leg.investment->ends() : std::pair(1.0, 1.0);
  return {low * least, high * most};
}

double RecoupThenSplit::turn(const RevenueShare& leg) const {
  if (amount) {
    return amount->central();
  }
  return multiple->central() * (leg.investment ? leg.investment->central() : 1.0);
}

std::unique_ptr<Step> lower_clause(const LegScope& scope, const RecoupThenSplit& clause) {
  return std::make_unique<RecoupThenSplitStep>(scope, clause);
}

}  // namespace capstake

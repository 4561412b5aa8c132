#include "contract/clauses/tiers.hpp"

#include "contract/pipeline.hpp"

namespace capstake {

namespace {

class TiersStep : public Step {
 public:
  TiersStep(const LegScope& scope, const Tiers& tiers)
      : scope_(scope),
        tiers_(tiers),
        total_(scope_.term, tiers.per, scope_.zero(),
               scope_.number("revenue_before", tiers.revenue_before)),
        shared_(scope_.zero()),
        whole_(scope_.zero()),
        owed_back_(scope_.zero()) {}

  void apply(Flow& flow, const Totals&) override {
    total_.add(flow.period, flow.revenue);
    flow.add(tiers_.whole_amount ? of_whole(flow) : of_parts(flow));
  }

 private:
  // The level above which the tier begins.
  Expr level(std::size_t tier) {
    return scope_.context.number(element_path(scope_.path + ".above", tier), tiers_.above[tier]);
  }

  // How much higher the tier's rate is than that of the tier below.
  Expr step(std::size_t tier, const Flow& flow) {
    return rate(tier, flow) - (tier == 0 ? flow.rate : rate(tier - 1, flow));
  }
  Expr rate(std::size_t tier, const Flow& flow) {
    const Expr agreed =
        scope_.context.number(element_path(scope_.path + ".rates", tier), tiers_.rates[tier],
                              scope_.context.periods()[flow.period].first);
    return flow.tiers ? flow.tiers->factor * agreed + flow.tiers->rate : agreed;
  }

  Expr of_parts(const Flow& flow) {
    Expr sum = scope_.zero();
    for (std::size_t i = 0; i < tiers_.above.size(); ++i) {
      const Expr over = max(total_.now() - level(i), 0.0) - max(total_.before() - level(i), 0.0);
      sum = sum + step(i, flow) * over;
    }
    return sum;
  }

  // What the whole amount earns beyond the leg's rate, less what it did before. A lower rate may
  // leave less than has accrued: the period earns nothing, and the rest waits for the next ones.
  Expr of_whole(const Flow& flow) {
    Expr rise = scope_.zero();
    for (std::size_t i = 0; i < tiers_.above.size(); ++i) {
      rise = rise + step(i, flow) * less(level(i), total_.now());
    }
    const bool begins = scope_.term.begins(tiers_.per, flow.period);
    shared_ = begins ? flow.revenue : shared_ + flow.revenue;
    const Expr whole = shared_ * rise;
    const Expr base = flow.accrual();
    const Expr change = begins ? whole : whole - whole_;
    const Expr earned = begins ? base + change : base + change + owed_back_;
    whole_ = whole;
    owed_back_ = min(earned, 0.0);
    return max(earned, 0.0) - base;
  }

  LegScope scope_;
  const Tiers& tiers_;
  RunningTotal total_;
  Expr shared_;     // revenue of the span so far, without revenue_before
  Expr whole_;      // the part above the leg's rate, of the span so far
  Expr owed_back_;  // at most zero
};

}  // namespace

std::unique_ptr<Step> lower_clause(const LegScope& scope, const Tiers& clause) {
  return std::make_unique<TiersStep>(scope, clause);
}

void Tiers::check(const std::string& path, const SoundFields& sound, Issues& issues) const {
  if (!sound.contain({"above", "rates"})) {
    return;
  }
  if (above.empty()) {
    issues.push_back({join_path(path, "above"), "must not be empty", "", ""});
  } else if (above.size() != rates.size()) {
    issues.push_back(
        {join_path(path, "rates"),
         "must have one rate for each level of `above`: " + std::to_string(above.size()),
         std::to_string(rates.size()), ""});
  }
  for (std::size_t i = 1; i < above.size(); ++i) {
    if (above[i].central() <= above[i - 1].central()) {
      issues.push_back({element_path(join_path(path, "above"), i),
                        "must be higher than the level before", text(above[i]), ""});
    }
  }
}

}  // namespace capstake

// The clauses that a revenue share may have, each a type of its own.
#pragma once

#include <variant>

#include "contract/clauses/accreting_cap.hpp"
#include "contract/clauses/balloon.hpp"
#include "contract/clauses/buy_out.hpp"
#include "contract/clauses/cap_multiple.hpp"
#include "contract/clauses/catch_up.hpp"
#include "contract/clauses/change_of_control.hpp"
#include "contract/clauses/clawback.hpp"
#include "contract/clauses/custom.hpp"
#include "contract/clauses/deferral.hpp"
#include "contract/clauses/grace_period.hpp"
#include "contract/clauses/minimum_guarantee.hpp"
#include "contract/clauses/payer_credit.hpp"
#include "contract/clauses/period_cap.hpp"
#include "contract/clauses/recoup_then_split.hpp"
#include "contract/clauses/springing_cap.hpp"
#include "contract/clauses/springing_rate.hpp"
#include "contract/clauses/tail_rate.hpp"
#include "contract/clauses/threshold.hpp"
#include "contract/clauses/tiers.hpp"
#include "contract/clauses/true_up.hpp"

namespace capstake {

using Clause = std::variant<Tiers, Threshold, SpringingRate, CatchUp, MinimumGuarantee, PeriodCap,
                            RecoupThenSplit, CapMultiple, SpringingCap, AccretingCap, TrueUp,
                            TailRate, Balloon, BuyOut, ChangeOfControl, Deferral, GracePeriod,
                            PayerCredit, Clawback, Custom>;

}  // namespace capstake

// Revenue streams: what a contract's payments and a company's value are measured on.
#pragma once

#include <variant>

#include "revenue/bass.hpp"
#include "revenue/forecast.hpp"
#include "revenue/formula_stream.hpp"
#include "revenue/gbm.hpp"
#include "revenue/history.hpp"
#include "revenue/jump_diffusion.hpp"
#include "revenue/logistic.hpp"
#include "revenue/mean_reverting_growth.hpp"
#include "revenue/mixture.hpp"
#include "revenue/product.hpp"
#include "revenue/ramp.hpp"
#include "revenue/regime_switching.hpp"
#include "revenue/scaled.hpp"
#include "revenue/schwartz_moon.hpp"
#include "revenue/seasonal.hpp"
#include "revenue/sum.hpp"

namespace capstake {

using Stream = std::variant<Forecast, Scaled, Sum, Product, Ramp, Seasonal, History, Mixture, Gbm,
                            SchwartzMoon, MeanRevertingGrowth, JumpDiffusion, RegimeSwitching,
                            Logistic, Bass, FormulaStream>;

}  // namespace capstake

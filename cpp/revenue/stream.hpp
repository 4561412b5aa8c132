// Revenue streams: what a contract's payments and a company's value are measured on.
#pragma once

#include <variant>

#include "revenue/forecast.hpp"
#include "revenue/history.hpp"
#include "revenue/product.hpp"
#include "revenue/ramp.hpp"
#include "revenue/scaled.hpp"
#include "revenue/seasonal.hpp"
#include "revenue/sum.hpp"

namespace capstake {

using Stream = std::variant<Forecast, Scaled, Sum, Product, Ramp, Seasonal, History>;

}  // namespace capstake

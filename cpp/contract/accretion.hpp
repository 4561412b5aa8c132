// Growth of amounts between two dates.
#pragma once

#include "schedule/context.hpp"

namespace capstake {

// What 1 on one date is worth on another, earlier or later, at a rate that compounds as the deal's.
Expr growth(Context& context, const std::string& path, const Number& rate, Date from, Date to);

}  // namespace capstake

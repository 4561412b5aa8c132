#include "contract/accretion.hpp"

namespace capstake {

Expr growth(Context& context, const std::string& path, const Number& rate, Date from, Date to) {
  return exp(context.log_growth(path, rate, to) - context.log_growth(path, rate, from));
}

}  // namespace capstake

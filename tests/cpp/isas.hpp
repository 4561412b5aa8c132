// Runs a test on every instruction set that this machine has.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/isa.hpp"

namespace capstake::testing {

// Uses an instruction set until the end of the scope.
class IsaScope {
 public:
  explicit IsaScope(Isa wanted) : before_(isa()) { use_isa(wanted); }
  ~IsaScope() { use_isa(before_); }
  IsaScope(const IsaScope&) = delete;
  IsaScope& operator=(const IsaScope&) = delete;

 private:
  Isa before_;
};

template <class Test>
void on_every_isa(Test test) {
  for (const Isa each : available_isas()) {
    SCOPED_TRACE("instruction set " + std::string(name(each)));
    const IsaScope scope(each);
    test();
  }
}

}  // namespace capstake::testing

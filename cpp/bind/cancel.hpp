// A switch that stops runs from any thread.
#pragma once

#include <atomic>

namespace capstake {

class CancelToken {
 public:
  void cancel() noexcept { is_cancelled_ = true; }
  bool is_cancelled() const noexcept { return is_cancelled_; }

 private:
  std::atomic<bool> is_cancelled_{false};
};

}  // namespace capstake

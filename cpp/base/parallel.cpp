#include "base/parallel.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/require.hpp"

namespace capstake {
namespace {

constexpr std::chrono::milliseconds kPollInterval{50};
constexpr unsigned kMostThreads = 4096;

// What the threads of one run share. Everything but the stop flag is guarded by the mutex; a place
// is owned by the thread that works on its batch, then by the consumer.
class Run {
 public:
  Run(const BatchPlan& plan, const BatchCalls& calls)
      : plan_(plan), calls_(calls), is_done_(plan.n_places()) {}

  // A worker thread: takes batches until there are none.
  void work(unsigned worker) noexcept {
    while (const std::optional<std::uint64_t> batch = take_batch()) {
      std::exception_ptr error;
      try {
        calls_.work(*batch, place(*batch), worker, stop_);
      } catch (...) {
        error = std::current_exception();
      }
      give_back(*batch, std::move(error));
    }
  }

  // The calling thread: consumes results in order, polls, and returns false if poll said stop.
  bool consume_all() {
    auto next_poll = std::chrono::steady_clock::now() + kPollInterval;
    for (std::uint64_t batch = 0; batch < plan_.n_batches;) {
      const bool is_ready = wait_for(batch, next_poll);
      if (has_failed()) {
        wait_until_idle();
        return true;  // the error is rethrown once all threads are joined
      }
      if (is_ready) {
        calls_.consume(batch, place(batch));
        release(batch++);
      }
      if (std::chrono::steady_clock::now() >= next_poll) {
        if (calls_.poll && !calls_.poll(batch)) {
          return false;
        }
        next_poll = std::chrono::steady_clock::now() + kPollInterval;
      }
    }
    return true;
  }

  // Ends the run: work in progress sees the flag, no more is handed out.
  void stop() {
    stop_ = true;
    const std::lock_guard lock(mutex_);
    n_handed_out_ = plan_.n_batches;
    may_take_.notify_all();
  }

  // After all threads have been joined.
  void rethrow_error() const {
    if (error_) {
      std::rethrow_exception(error_);
    }
  }

 private:
  std::size_t place(std::uint64_t batch) const {
    return static_cast<std::size_t>(batch % plan_.n_places());
  }

  // The next batch, once it has a place.
  std::optional<std::uint64_t> take_batch() {
    std::unique_lock lock(mutex_);
    may_take_.wait(lock, [&] {
      return n_handed_out_ == plan_.n_batches || n_handed_out_ - n_consumed_ < plan_.n_places();
    });
    if (n_handed_out_ == plan_.n_batches) {
      return std::nullopt;
    }
    ++n_in_progress_;
    return n_handed_out_++;
  }

  // Batches are handed out in order, so when one fails all lower ones are done or in progress. They
  // are let finish, without the stop flag, so that the lowest error does not depend on timing.
  void give_back(std::uint64_t batch, std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    is_done_[place(batch)] = true;
    --n_in_progress_;
    if (error && (!error_ || batch < failed_batch_)) {
      error_ = std::move(error);
      failed_batch_ = batch;
      n_handed_out_ = plan_.n_batches;
      may_take_.notify_all();
    }
    may_consume_.notify_one();
  }

  bool wait_for(std::uint64_t batch, std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return may_consume_.wait_until(lock, deadline,
                                   [&] { return error_ || is_done_[place(batch)]; });
  }

  void wait_until_idle() {
    std::unique_lock lock(mutex_);
    may_consume_.wait(lock, [&] { return n_in_progress_ == 0; });
  }

  bool has_failed() {
    const std::lock_guard lock(mutex_);
    return error_ != nullptr;
  }

  void release(std::uint64_t batch) {
    const std::lock_guard lock(mutex_);
    is_done_[place(batch)] = false;
    ++n_consumed_;
    may_take_.notify_one();
  }

  const BatchPlan& plan_;
  const BatchCalls& calls_;
  StopFlag stop_ = false;
  std::mutex mutex_;
  std::condition_variable may_take_;
  std::condition_variable may_consume_;
  std::uint64_t n_handed_out_ = 0;
  std::uint64_t n_consumed_ = 0;
  std::uint64_t n_in_progress_ = 0;
  std::vector<bool> is_done_;  // by place
  std::exception_ptr error_;   // of the lowest batch that failed
  std::uint64_t failed_batch_ = 0;
};

// Stops the run when the calling thread leaves, by whatever way, so that its threads can be joined.
class StopOnExit {
 public:
  explicit StopOnExit(Run& run) : run_(run) {}
  ~StopOnExit() { run_.stop(); }
  StopOnExit(const StopOnExit&) = delete;
  StopOnExit& operator=(const StopOnExit&) = delete;

 private:
  Run& run_;
};

}  // namespace

unsigned thread_count(unsigned n) {
  if (n > 0) {
    return n;
  }
  const char* wanted = std::getenv("CAPSTAKE_THREADS");
  if (wanted == nullptr || *wanted == '\0') {
    return std::max(1u, std::thread::hardware_concurrency());
  }
  const std::string_view text(wanted);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  require(is_number && n >= 1 && n <= kMostThreads, "CAPSTAKE_THREADS",
          "must be a whole number from 1 to " + std::to_string(kMostThreads), std::string(text));
  return n;
}

bool run_batches(const BatchPlan& plan, const BatchCalls& calls) {
  assert(plan.n_threads > 0);
  Run run(plan, calls);
  bool is_complete = false;
  {
    std::vector<std::jthread> threads;  // joined at the end of this scope, after the run is stopped
    const StopOnExit stop_on_exit(run);
    const auto n_useful = std::min<std::uint64_t>(plan.n_threads, plan.n_batches);
    for (unsigned worker = 0; worker < n_useful; ++worker) {
      threads.emplace_back([&run, worker] { run.work(worker); });
    }
    is_complete = run.consume_all();
  }
  run.rethrow_error();
  return is_complete;
}

}  // namespace capstake

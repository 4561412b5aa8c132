// Runs numbered batches of work on threads and consumes their results in order.
//
// Which thread runs a batch, and when, never shows: results are consumed in order, an error is that
// of the lowest batch that failed. Memory does not grow with the number of batches: only so many
// are unconsumed at a time, each in its own numbered place.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace capstake {

// Threads for a request of n. 0: as many as the environment variable CAPSTAKE_THREADS says, else
// one a core. Throws std::invalid_argument when the variable is no number from 1 to 4096.
unsigned thread_count(unsigned n);

struct BatchPlan {
  std::uint64_t n_batches = 0;
  unsigned n_threads = 1;  // as from thread_count
  // Batches that are handed out and not yet consumed, at most. More lets fast threads run further
  // ahead of a slow one.
  std::size_t n_places() const { return std::size_t{4} * n_threads; }
};

// True once the run is to end early. Work tests it often (at least once a block) and returns.
using StopFlag = std::atomic<bool>;

struct BatchCalls {
  // Computes a batch into a place in [0, n_places()). On any of the threads; `worker` numbers it.
  std::function<void(std::uint64_t batch, std::size_t place, unsigned worker, const StopFlag&)>
      work;
  // Takes the result of a batch from its place. On the calling thread, in the order of the batches.
  std::function<void(std::uint64_t batch, std::size_t place)> consume;
  // Called on the calling thread every 50 ms with the number of batches consumed. False stops the
  // run. May be empty.
  std::function<bool(std::uint64_t n_consumed)> poll;
};

// Returns false if poll stopped the run. Threads are joined before it returns or throws.
bool run_batches(const BatchPlan& plan, const BatchCalls& calls);

// Merges a stream of results in a fixed binary tree over their numbers, holding one result a level:
// results 0 and 1 are merged, 2 and 3, then (0 1) and (2 3), and so on, as in a binary counter.
// Rounding errors grow with the depth of the tree, not with the length of the stream.
template <class T, class Merge>
class MergeTree {
 public:
  // merge(into, later) adds a later result to an earlier one.
  explicit MergeTree(Merge merge) : merge_(std::move(merge)) {}

  void push(T result) {
    stack_.push_back({0, std::move(result)});
    while (stack_.size() > 1 && stack_[stack_.size() - 2].level == stack_.back().level) {
      merge_top();
    }
  }

  // The merge of all that was pushed, which is at least one result.
  T finish() && {
    while (stack_.size() > 1) {
      merge_top();
    }
    return std::move(stack_.front().result);
  }

 private:
  struct Level {
    unsigned level;
    T result;
  };

  void merge_top() {
    Level later = std::move(stack_.back());
    stack_.pop_back();
    merge_(stack_.back().result, later.result);
    ++stack_.back().level;
  }

  Merge merge_;
  std::vector<Level> stack_;
};

}  // namespace capstake

// Batches on threads: order, errors, stopping, bounded memory, the merge tree.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>

#include "base/parallel.hpp"

namespace capstake::testing {
namespace {

TEST(RunBatches, ConsumesEachBatchOnceInOrder) {
  for (const unsigned n_threads : {1u, 2u, 7u}) {
    const BatchPlan plan{1000, n_threads};
    std::vector<std::uint64_t> places(plan.n_places());
    std::vector<std::uint64_t> consumed;
    BatchCalls calls;
    calls.work = [&](std::uint64_t batch, std::size_t place, unsigned worker, const StopFlag&) {
      EXPECT_LT(worker, n_threads);
      places[place] = batch * batch;
    };
    calls.consume = [&](std::uint64_t batch, std::size_t place) {
      EXPECT_EQ(places[place], batch * batch);
      consumed.push_back(batch);
    };
    EXPECT_TRUE(run_batches(plan, calls));
    std::vector<std::uint64_t> expected(1000);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(consumed, expected);
  }
}

TEST(RunBatches, NothingToDo) {
  BatchCalls calls;
  calls.work = [](std::uint64_t, std::size_t, unsigned, const StopFlag&) { FAIL(); };
  calls.consume = [](std::uint64_t, std::size_t) { FAIL(); };
  EXPECT_TRUE(run_batches({0, 3}, calls));
}

// A slow first batch: the others wait for places instead of filling memory.
TEST(RunBatches, RunsOnlySoFarAhead) {
  const BatchPlan plan{200, 2};
  std::atomic<std::uint64_t> highest = 0;
  std::atomic<bool> is_consumed = false;
  BatchCalls calls;
  calls.work = [&](std::uint64_t batch, std::size_t, unsigned, const StopFlag&) {
    if (batch == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      EXPECT_LT(highest, plan.n_places());
    }
    if (!is_consumed) {
      highest = std::max(highest.load(), batch);
    }
  };
  calls.consume = [&](std::uint64_t, std::size_t) { is_consumed = true; };
  EXPECT_TRUE(run_batches(plan, calls));
}

// Higher batches fail first in time, the lowest error is reported all the same: a batch in progress
// is not told to stop, or it would return without its error.
TEST(RunBatches, RethrowsTheLowestError) {
  for (int repeat = 0; repeat < 50; ++repeat) {
    BatchCalls calls;
    calls.work = [&](std::uint64_t batch, std::size_t, unsigned, const StopFlag& stop) {
      if (batch == 3) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
      if (batch >= 3 && !stop) {
        throw std::runtime_error("batch " + std::to_string(batch));
      }
    };
    calls.consume = [](std::uint64_t batch, std::size_t) { EXPECT_LT(batch, 3u); };
    try {
      run_batches({100, 4}, calls);
      FAIL() << "nothing thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "batch 3");
    }
  }
}

TEST(RunBatches, PollStopsTheRun) {
  std::atomic<int> n_seen_stop = 0;
  const auto caller = std::this_thread::get_id();
  BatchCalls calls;
  calls.work = [&](std::uint64_t, std::size_t, unsigned, const StopFlag& stop) {
    while (!stop) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ++n_seen_stop;
  };
  calls.consume = [](std::uint64_t, std::size_t) { FAIL(); };
  calls.poll = [&](std::uint64_t n_consumed) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    EXPECT_EQ(n_consumed, 0u);
    return false;
  };
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(run_batches({100, 2}, calls));
  EXPECT_EQ(n_seen_stop, 2);
  // Half a second, where 50 ms are meant: machines that run tests are busy.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(500));
}

// As a KeyboardInterrupt does, and as an allocation in consume may.
TEST(RunBatches, ErrorsOfTheCallerJoinTheThreads) {
  BatchCalls calls;
  calls.work = [](std::uint64_t, std::size_t, unsigned, const StopFlag&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  calls.consume = [](std::uint64_t batch, std::size_t) {
    if (batch == 5) {
      throw std::runtime_error("consume");
    }
  };
  EXPECT_THROW(run_batches({100'000, 2}, calls), std::runtime_error);
  calls.consume = [](std::uint64_t, std::size_t) {};
  calls.poll = [](std::uint64_t) -> bool { throw std::logic_error("poll"); };
  EXPECT_THROW(run_batches({100'000, 2}, calls), std::logic_error);
}

TEST(ThreadCount, ZeroIsOneACore) {
  EXPECT_GE(thread_count(0), 1u);
  EXPECT_EQ(thread_count(5), 5u);
}

struct Brackets {
  void operator()(std::string& into, const std::string& later) const {
    into = "(" + into + later + ")";
  }
};

TEST(MergeTree, HasAFixedShape) {
  const auto merged = [](int n) {
    MergeTree<std::string, Brackets> tree(Brackets{});
    for (int i = 0; i < n; ++i) {
      tree.push(std::string(1, static_cast<char>('a' + i)));
    }
    return std::move(tree).finish();
  };
  EXPECT_EQ(merged(1), "a");
  EXPECT_EQ(merged(2), "(ab)");
  EXPECT_EQ(merged(3), "((ab)c)");
  EXPECT_EQ(merged(4), "((ab)(cd))");
  EXPECT_EQ(merged(7), "(((ab)(cd))((ef)g))");
}

}  // namespace
}  // namespace capstake::testing

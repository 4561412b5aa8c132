// The block: how many paths are computed together, and memory for them.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#include "base/block_size.hpp"

namespace capstake {

// Cache-line aligned, so that no vector load or store is split between two lines.
template <class T>
struct AlignedAllocator {
  using value_type = T;
  static constexpr std::align_val_t kAlignment{64};
  AlignedAllocator() = default;
  template <class U>
  explicit AlignedAllocator(const AlignedAllocator<U>&) {}
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), kAlignment)); }
  void deallocate(T* p, std::size_t) noexcept { ::operator delete(p, kAlignment); }
  template <class U>
  bool operator==(const AlignedAllocator<U>&) const {
    return true;
  }
};

using AlignedVector = std::vector<double, AlignedAllocator<double>>;

}  // namespace capstake

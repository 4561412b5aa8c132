#include "base/isa.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>

#include "base/require.hpp"

namespace capstake {
namespace {

bool processor_has(Isa isa) {
  switch (isa) {
    case Isa::baseline:
      return true;
#if defined(__x86_64__)
    // The levels x86-64-v3 and v4 hold more than is asked for here, but no processor has a part.
    case Isa::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("bmi2");
    case Isa::avx512:
      return processor_has(Isa::avx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
    case Isa::avx2:
    case Isa::avx512:
      return false;
#endif
  }
  return false;
}

std::string available_names() {
  std::string names;
  for (const Isa isa : available_isas()) {
    names += (names.empty() ? "" : ", ") + std::string(name(isa));
  }
  return names;
}

Isa chosen_isa() {
  const std::vector<Isa> available = available_isas();
  const char* wanted = std::getenv("CAPSTAKE_ISA");
  if (wanted == nullptr || *wanted == '\0') {
    return available.back();
  }
  const auto found =
      std::ranges::find(available, std::string_view(wanted), [](Isa isa) { return name(isa); });
  require(found != available.end(), "CAPSTAKE_ISA",
          "must be one of the sets available here (" + available_names() + ")", wanted);
  return *found;
}

std::atomic<Isa>& isa_in_use() {
  static std::atomic<Isa> in_use{chosen_isa()};
  return in_use;
}

}  // namespace

std::string_view name(Isa isa) {
  switch (isa) {
    case Isa::baseline:
      return "baseline";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
  }
  return "unknown";
}

bool has_fma(Isa isa) {
#if defined(__FMA__) || defined(__aarch64__)
  constexpr bool kBaselineHasFma = true;
#else
  constexpr bool kBaselineHasFma = false;
#endif
  return isa != Isa::baseline || kBaselineHasFma;
}

std::vector<Isa> available_isas() {
  std::vector<Isa> available;
  for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
    if (processor_has(isa)) {
      available.push_back(isa);
    }
  }
  return available;
}

Isa isa() { return isa_in_use().load(std::memory_order_relaxed); }

void use_isa(Isa isa) {
  require(processor_has(isa), "use_isa",
          "must be one of the sets available here (" + available_names() + ")",
          std::string(name(isa)));
  isa_in_use().store(isa, std::memory_order_relaxed);
}

}  // namespace capstake

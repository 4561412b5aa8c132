// Which instruction set the kernels use: chosen once, for the whole process.
//
// The environment variable CAPSTAKE_ISA (baseline, avx2 or avx512) forces a lower one than the
// processor has, so that one machine can test them all. All sets with fused multiply-add give the
// same bits; a set without it rounds products, so the last digits differ. Everything that must
// agree with the kernels (interpreter, constant folding) asks here which arithmetic they use.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace capstake {

enum class Isa : std::uint8_t { baseline, avx2, avx512 };

std::string_view name(Isa isa);

// True if math/ is evaluated with fused multiply-add on this set.
bool has_fma(Isa isa);

// What this processor and this build can run, baseline first.
std::vector<Isa> available_isas();

// The set in use. The first call throws std::invalid_argument when CAPSTAKE_ISA is not the name of
// an available set.
Isa isa();

// For tests: changes the set in use. Not while anything runs, and not between building a graph and
// running it. Throws std::invalid_argument when the set is not available.
void use_isa(Isa isa);

}  // namespace capstake

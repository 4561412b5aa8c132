// The clock rate of the core that runs right now, for benchmarks.
#pragma once

namespace capstake {

// Cycles a nanosecond, by the time of chains of additions that wait for each other: one cycle each
// on every processor in use. The fastest of some chains of about 0.1 ms: interruptions only slow
// them.
double cycles_per_nanosecond();

}  // namespace capstake

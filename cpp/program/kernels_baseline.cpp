// Kernels for any processor of the family the library is built for.
#define CAPSTAKE_KERNEL_TABLE kKernelsBaseline
#if defined(__FMA__) || defined(__aarch64__)
#define CAPSTAKE_ARITH math::Fused
#else
#define CAPSTAKE_ARITH math::Unfused
#endif
#include "program/kernels_impl.inc"

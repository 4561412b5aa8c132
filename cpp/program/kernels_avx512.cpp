// Kernels for x86-64-v4: AVX-512.
#if defined(__x86_64__)
#define CAPSTAKE_KERNEL_TABLE kKernelsAvx512
#define CAPSTAKE_ARITH math::Fused
#include "program/kernels_impl.inc"
#endif

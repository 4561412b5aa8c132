// Kernels for x86-64-v3: AVX2 and fused multiply-add.
#if defined(__x86_64__)
#define CAPSTAKE_KERNEL_TABLE kKernelsAvx2
#define CAPSTAKE_ARITH math::Fused
#include "program/kernels_impl.inc"
#endif

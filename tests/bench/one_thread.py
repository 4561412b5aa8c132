"""Confine what is imported after this module: one BLAS thread, and the engine's instruction set.

Idle BLAS threads spin for a while, which a processor's clock counts; and where CAPSTAKE_ISA keeps
the engine to AVX2, its peers are kept to it as well.
"""

import os

# NumPy's names of what lies beyond AVX2: since 2.4, and before.
_BEYOND_AVX2 = (
    "X86_V4 AVX512_ICL AVX512_SPR "
    "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_KNL AVX512_KNM"
)

os.environ["OPENBLAS_NUM_THREADS"] = "1"
if os.environ.get("CAPSTAKE_ISA") == "avx2":
    os.environ["NPY_DISABLE_CPU_FEATURES"] = _BEYOND_AVX2
    os.environ["NUMBA_CPU_NAME"] = "haswell"

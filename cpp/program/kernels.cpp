#include "program/kernels.hpp"

#include "base/isa.hpp"

namespace capstake {

const KernelTable& kernels() {
#if defined(__x86_64__)
  switch (isa()) {
    case Isa::baseline:
      return kKernelsBaseline;
    case Isa::avx2:
      return kKernelsAvx2;
    case Isa::avx512:
      return kKernelsAvx512;
  }
#endif
  return kKernelsBaseline;
}

}  // namespace capstake

// Every operation on every instruction set, and in the interpreter, against op_cases.hpp.
#include <algorithm>
#include <limits>
#include <random>

#include "base/block.hpp"
#include "close.hpp"
#include "graph/graph.hpp"
#include "graph/interpret.hpp"
#include "isas.hpp"
#include "op_cases.hpp"
#include "program/kernels.hpp"
#include "random/draws.hpp"

namespace capstake::testing {
namespace {

using Arguments = std::array<double, 3>;

// All combinations of awkward values for one or two arguments, a seeded choice of them for three,
// then random numbers of ordinary size.
std::vector<Arguments> arguments(int n_args) {
  const std::vector<double>& values = awkward_values();
  std::mt19937_64 random(7);
  const auto any = [&] { return values[random() % values.size()]; };
  const auto ordinary = [&] { return std::ldexp(static_cast<double>(random() >> 11), -50) - 4.0; };
  std::vector<Arguments> list;
  for (const double a : values) {
    if (n_args == 1) {
      list.push_back({a, 0.0, 0.0});
      continue;
    }
    for (const double b : values) {
      list.push_back({a, b, n_args == 3 ? any() : 0.0});
    }
  }
  for (int i = 0; i < 2000; ++i) {
    list.push_back({ordinary(), n_args > 1 ? ordinary() : 0.0, n_args > 2 ? ordinary() : 0.0});
  }
  return list;
}

// Whether `got` is what the table says of op(arguments).
::testing::AssertionResult agrees(const OpCase& row, const Arguments& x, double got) {
  // fma's reference is itself in double; the others are exact in long double for exact arguments.
  const auto expected = static_cast<double>(row.reference(x[0], x[1], x[2]));
  const Real exact = row.reference(x[0], x[1], x[2]);
  // Subnormal results of exp and normal_cdf are rounded twice, or lose the digits of a factor.
  const bool is_subnormal = std::abs(expected) < std::numeric_limits<double>::min();
  const double allowed = row.max_ulp + (is_subnormal && row.max_ulp > 0.6 ? 1.0 : 0.0);
  const bool zero_sign_matters = row.max_ulp <= 0.6 || expected != 0.0;
  if ((!zero_sign_matters && got == 0.0) || same_bits(got, expected) ||
      ulp_error(got, exact) <= allowed) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure()
         << name(row.op) << "(" << x[0] << ", " << x[1] << ", " << x[2] << ") = " << got
         << ", expected " << expected << ", error " << ulp_error(got, exact) << " ULP";
}

TEST(OpCases, HaveARowForEachOperation) {
  for (std::size_t i = 0; i < kOps; ++i) {
    EXPECT_EQ(static_cast<std::size_t>(kOpCases[i].op), i + kLeafOps) << i;
  }
}

TEST(Interpreter, AgreesWithTheOpTable) {
  on_every_isa([] {
    for (const OpCase& row : kOpCases) {
      for (const Arguments& x : arguments(arity(row.op))) {
        ASSERT_TRUE(agrees(row, x, evaluate(row.op, x[0], x[1], x[2])));
      }
    }
  });
}

// A kernel on blocks of arguments, in every pattern of scalar operands, against the interpreter.
class KernelRun {
 public:
  explicit KernelRun(Op op) : op_(op), list_(arguments(arity(op))) {}

  void check_all_masks() {
    for (unsigned mask = 0; mask < 8; ++mask) {
      const Kernel kernel = kernels().at(op_, static_cast<std::uint8_t>(mask));
      const unsigned all_scalars = (1u << arity(op_)) - 1;
      ASSERT_EQ(kernel != nullptr, mask < all_scalars) << name(op_) << " mask " << mask;
      if (kernel != nullptr) {
        check(kernel, mask);
      }
    }
  }

 private:
  // With a scalar operand one block sees one value of it, so there the list is entered at strides.
  void check(Kernel kernel, unsigned mask) {
    const std::size_t stride =
        mask == 0 ? kBlock : std::max<std::size_t>(kBlock, list_.size() / 20);
    for (std::size_t start = 0; start < list_.size(); start += stride) {
      load(start);
      run(kernel);
      for (std::size_t i = 0; i < kBlock; ++i) {
        const double expected =
            evaluate(op_, operand(0, i, mask), operand(1, i, mask), operand(2, i, mask));
        ASSERT_TRUE(same_bits(to_[i], expected))
            << name(op_) << " mask " << mask << "(" << operand(0, i, mask) << ", "
            << operand(1, i, mask) << ", " << operand(2, i, mask) << ") = " << to_[i] << ", not "
            << expected;
      }
    }
  }

  void load(std::size_t start) {
    for (std::size_t i = 0; i < kBlock; ++i) {
      for (std::size_t k = 0; k < 3; ++k) {
        args_[k][i] = list_[(start + i) % list_.size()][k];
      }
    }
  }

  double operand(std::size_t k, std::size_t i, unsigned mask) const {
    return args_[k][(mask >> k & 1) != 0 ? 0 : i];
  }

  void run(Kernel kernel) {
    const auto pointer = [&](int k) {
      return k < arity(op_) ? args_[static_cast<std::size_t>(k)].data() : nullptr;
    };
    kernel(to_.data(), pointer(0), pointer(1), pointer(2));
  }

  Op op_;
  std::vector<Arguments> list_;
  std::array<AlignedVector, 3> args_{AlignedVector(kBlock), AlignedVector(kBlock),
                                     AlignedVector(kBlock)};
  AlignedVector to_ = AlignedVector(kBlock);
};

TEST(Kernels, AgreeWithTheInterpreterBitForBit) {
  on_every_isa([] {
    for (const OpCase& row : kOpCases) {
      KernelRun(row.op).check_all_masks();
    }
  });
}

TEST(Kernels, MayWriteOverAnOperand) {
  on_every_isa([] {
    for (const OpCase& row : kOpCases) {
      for (int k = 0; k < arity(row.op); ++k) {
        std::array<AlignedVector, 3> args;
        for (std::size_t j = 0; j < 3; ++j) {
          args[j].resize(kBlock);
          for (std::size_t i = 0; i < kBlock; ++i) {
            args[j][i] = 0.001 * static_cast<double>(i + 100 * j) - 0.2;
          }
        }
        const std::array<AlignedVector, 3> before = args;
        const auto pointer = [&](int j) {
          return j < arity(row.op) ? args[static_cast<std::size_t>(j)].data() : nullptr;
        };
        double* to = pointer(k);
        kernels().at(row.op, 0)(to, pointer(0), pointer(1), pointer(2));
        for (std::size_t i = 0; i < kBlock; ++i) {
          const double c = arity(row.op) > 2 ? before[2][i] : 0.0;
          ASSERT_TRUE(same_bits(to[i], evaluate(row.op, before[0][i], before[1][i], c)))
              << name(row.op) << " over operand " << k << " at " << i;
        }
      }
    }
  });
}

TEST(FillKernels, AreTheScalarDraws) {
  on_every_isa([] {
    AlignedVector normals(kBlock);
    AlignedVector uniforms(kBlock);
    for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
      const DrawKey key = draw_key(seed, "openai_revenue.shock", 3);
      for (const std::uint64_t block :
           {0ull, 1ull, 77ull, (1ull << 25) - 1, 1ull << 25, (1ull << 39) - 1}) {
        kernels().philox[0][0](normals.data(), key, block);
        kernels().philox[0][1](uniforms.data(), key, block);
        for (std::size_t i = 0; i < kBlock; ++i) {
          const std::uint64_t path = block * kBlock + i;
          ASSERT_TRUE(same_bits(uniforms[i], uniform_draw(key, path))) << path;
          ASSERT_TRUE(same_bits(normals[i], normal_draw(key, path))) << path;
        }
      }
    }
  });
}

// Three draws in 10^11 are in the far tail of the quantile. These two were found by search.
TEST(FillKernels, FarTail) {
  on_every_isa([] {
    const DrawKey key = draw_key(1, "far tail", 0);
    AlignedVector normals(kBlock);
    for (const std::uint64_t path : {32'581'654'950ull, 42'650'554'983ull}) {
      kernels().philox[0][0](normals.data(), key, path / kBlock);
      const double got = normals[path % kBlock];
      EXPECT_LT(got, -6.66);  // -sqrt(2) erfc_inv(2 e^-25) = -6.657
      EXPECT_TRUE(same_bits(got, normal_draw(key, path)));
    }
  });
}

// Blocks of moderate exponents take a shorter way; one exponent beyond, and all take the longer.
TEST(ExpKernel, HasTheSameBitsInModerateBlocks) {
  on_every_isa([] {
    AlignedVector x(kBlock), moderate(kBlock), mixed(kBlock);
    for (std::size_t i = 0; i < kBlock; ++i) {
      x[i] = 708.0 * (2.0 * static_cast<double>(i) / static_cast<double>(kBlock - 1) - 1.0);
    }
    x[7] = std::numeric_limits<double>::quiet_NaN();
    const Kernel kernel = kernels().at(Op::exp, 0);
    kernel(moderate.data(), x.data(), nullptr, nullptr);
    x.back() = 709.5;
    kernel(mixed.data(), x.data(), nullptr, nullptr);
    EXPECT_TRUE(same_bits(mixed.back(), evaluate(Op::exp, 709.5, 0.0, 0.0)));
    for (std::size_t i = 0; i + 1 < kBlock; ++i) {
      ASSERT_TRUE(same_bits(moderate[i], mixed[i])) << x[i];
      ASSERT_TRUE(same_bits(moderate[i], evaluate(Op::exp, x[i], 0.0, 0.0))) << x[i];
    }
    for (const double beyond : {709.5, 710.5, -709.0, -745.0, -747.0}) {
      x.assign(kBlock, 1.0);
      x[100] = beyond;
      kernel(mixed.data(), x.data(), nullptr, nullptr);
      EXPECT_TRUE(same_bits(mixed[100], evaluate(Op::exp, beyond, 0.0, 0.0))) << beyond;
    }
  });
}

TEST(Isa, SetsWithFmaGiveTheSameBits) {
  const DrawKey key = draw_key(5, "x", 0);
  AlignedVector first;
  for (const Isa each : available_isas()) {
    if (!has_fma(each)) {
      continue;
    }
    const IsaScope scope(each);
    AlignedVector draws(kBlock);
    kernels().philox[0][0](draws.data(), key, 9);
    kernels().at(Op::exp, 0)(draws.data(), draws.data(), nullptr, nullptr);
    kernels().at(Op::log1p, 0)(draws.data(), draws.data(), nullptr, nullptr);
    kernels().at(Op::normal_cdf, 0)(draws.data(), draws.data(), nullptr, nullptr);
    first = first.empty() ? draws : first;
    EXPECT_TRUE(std::ranges::equal(first, draws, same_bits)) << name(each);
  }
}

}  // namespace
}  // namespace capstake::testing

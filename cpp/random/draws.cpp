#include "random/draws.hpp"

#include "base/isa.hpp"
#include "math/normal.hpp"

namespace capstake {

std::uint64_t random_word(const DrawKey& key, std::uint64_t path) {
  const PhiloxWords words = draw_words(key, path / 4);
  switch (path % 4) {
    case 0:
      return words.w0;
    case 1:
      return words.w1;
    case 2:
      return words.w2;
    default:
      return words.w3;
  }
}

double uniform_draw(const DrawKey& key, std::uint64_t path) {
  return uniform_of_word(random_word(key, path));
}

double normal_draw(const DrawKey& key, std::uint64_t path) {
  const double uniform = uniform_draw(key, path);
  return has_fma(isa()) ? math::normal_quantile<math::Fused>(uniform)
                        : math::normal_quantile<math::Unfused>(uniform);
}

}  // namespace capstake

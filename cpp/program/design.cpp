#include "program/design.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>

#include "base/isa.hpp"
#include "base/require.hpp"
#include "math/normal.hpp"
#include "random/draws.hpp"
#include "random/philox4x32.hpp"

namespace capstake {
namespace {

// The program's draws by factor, in the order of first use.
std::vector<Factor> factors_of(const Program& program) {
  std::vector<Factor> factors;
  std::map<std::string_view, std::size_t> known;
  for (std::size_t i = 0; i < program.draws.size(); ++i) {
    const Draw& draw = program.draws[i];
    std::size_t at = factors.size();
    if (draw.law == Law::normal) {
      at = known.try_emplace(draw.name, at).first->second;
    }
    if (at == factors.size()) {
      factors.emplace_back();
    }
    factors[at].draws.push_back(static_cast<std::uint16_t>(i));
  }
  for (Factor& factor : factors) {
    std::ranges::sort(factor.draws, {}, [&](std::uint16_t i) { return program.draws[i].step; });
    factor.dimensions.assign(factor.draws.size(), kPadded);
  }
  return factors;
}

// A coordinate of a factor's transform.
struct Coordinate {
  std::size_t factor = 0;
  std::size_t level = 0;
};

// All coordinates, by level and then by factor.
std::vector<Coordinate> level_major(const std::vector<Factor>& factors) {
  std::vector<Coordinate> order;
  for (std::size_t factor = 0; factor < factors.size(); ++factor) {
    for (std::size_t level = 0; level < factors[factor].draws.size(); ++level) {
      order.push_back({factor, level});
    }
  }
  std::ranges::stable_sort(order, {}, &Coordinate::level);
  return order;
}

void sort_by_importance(std::vector<Coordinate>& order, const std::vector<Factor>& factors,
                        const std::vector<std::vector<double>>& importance) {
  require(importance.size() == factors.size(), "SobolPlan.importance",
          "must have a row for each factor", std::to_string(importance.size()));
  for (std::size_t i = 0; i < factors.size(); ++i) {
    require(importance[i].size() == factors[i].draws.size(), "SobolPlan.importance",
            "must have a value for each draw of a factor", std::to_string(importance[i].size()));
  }
  std::ranges::stable_sort(order, std::greater{}, [&](const Coordinate& coordinate) {
    return importance[coordinate.factor][coordinate.level];
  });
}

double draw_of_word(Law law, std::uint64_t word) {
  const double uniform = uniform_of_word(word);
  if (law == Law::uniform) {
    return uniform;
  }
  return has_fma(isa()) ? math::normal_quantile<math::Fused>(uniform)
                        : math::normal_quantile<math::Unfused>(uniform);
}

std::uint64_t stream_word(Sampler sampler, const DrawKey& key, std::uint64_t path) {
  if (sampler != Sampler::philox4x32) {
    return random_word(key, path);
  }
  const WordPair words = narrow_draw_words(narrow_key(key), key.step, path / 2);
  return path % 2 == 0 ? words.even : words.odd;
}

std::uint64_t word_on_path(const Design& design, const Draw& draw, std::uint32_t dimension,
                           const PathId& path) {
  if (dimension == kPadded) {
    const DrawKey key = draw_key(path.seed, draw.name, draw.step);
    return stream_word(design.sampler, in_replicate(key, path.seed, path.replicate), path.point);
  }
  const Scramble random = scramble(path.seed, path.replicate, dimension);
  return sobol_coordinate(design.directions[dimension], random).at(path.point) << (64 - kSobolBits);
}

}  // namespace

Transform transform_of(const Program& program, const Factor& factor, Construction construction) {
  std::vector<double> spans;
  for (const std::uint16_t draw : factor.draws) {
    spans.push_back(program.draws[draw].span);
  }
  return make_transform(construction, spans);
}

Design stream_design(const Program& program, Sampler sampler) {
  require(sampler != Sampler::sobol, "stream_design", "must be of a generator");
  Design design{
      .sampler = sampler, .draws = program.draws, .factors = factors_of(program), .directions = {}};
  for (Factor& factor : design.factors) {
    factor.transform = transform_of(program, factor, Construction::identity);
  }
  return design;
}

Design sobol_design(const Program& program, const SobolPlan& plan) {
  require(plan.max_dimensions <= kSobolDimensions, "SobolPlan.max_dimensions",
          "must be at most " + std::to_string(kSobolDimensions),
          std::to_string(plan.max_dimensions));
  Design design{.sampler = Sampler::sobol,
                .draws = program.draws,
                .factors = factors_of(program),
                .directions = {}};
  std::vector<Coordinate> order = level_major(design.factors);
  if (!plan.importance.empty()) {
    sort_by_importance(order, design.factors, plan.importance);
  }
  order.resize(std::min<std::size_t>(order.size(), plan.max_dimensions));
  for (const Coordinate& coordinate : order) {
    const auto dimension = static_cast<std::uint32_t>(design.directions.size());
    design.factors[coordinate.factor].dimensions[coordinate.level] = dimension;
    design.directions.push_back(sobol_directions(dimension));
  }
  for (Factor& factor : design.factors) {
    const bool is_padded = std::ranges::count(factor.dimensions, kPadded) ==
                           static_cast<std::ptrdiff_t>(factor.dimensions.size());
    factor.transform =
        transform_of(program, factor, is_padded ? Construction::identity : plan.construction);
  }
  return design;
}

std::vector<double> draws_on_path(const Design& design, const PathId& path) {
  std::vector<double> values(design.draws.size());
  for (const Factor& factor : design.factors) {
    std::vector<double> rows(factor.draws.size());
    for (std::size_t k = 0; k < rows.size(); ++k) {
      // A padded coordinate has the stream of the step of its number.
      const Draw& draw = design.draws[factor.draws[k]];
      rows[factor.transform.row_of_coordinate[k]] =
          draw_of_word(draw.law, word_on_path(design, draw, factor.dimensions[k], path));
    }
    apply(factor.transform, rows);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      values[factor.draws[k]] = rows[k];
    }
  }
  return values;
}

}  // namespace capstake

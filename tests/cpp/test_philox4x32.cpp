// The faster generator: known answers of its authors, its layout, and blocks against single draws.
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "close.hpp"
#include "graph/graph.hpp"
#include "isas.hpp"
#include "program/compile.hpp"
#include "program/design.hpp"
#include "program/kernels.hpp"
#include "random/draws.hpp"

namespace capstake::testing {
namespace {

TEST(Philox4x32, KnownAnswers) {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "kat" / "philox4x32.txt");
  int n = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) {
      continue;
    }
    std::uint64_t word[10] = {};
    std::istringstream words(line);
    words >> std::hex;
    for (std::uint64_t& each : word) {
      words >> each;
    }
    ASSERT_FALSE(words.fail()) << line;
    const NarrowWords got =
        philox4x32({word[0], word[1], word[2], word[3]}, word[4] | word[5] << 32);
    EXPECT_EQ(got.w0, word[6]);
    EXPECT_EQ(got.w1, word[7]);
    EXPECT_EQ(got.w2, word[8]);
    EXPECT_EQ(got.w3, word[9]);
    ++n;
  }
  EXPECT_EQ(n, 3);
}

TEST(Philox4x32, TwoPathsShareACounter) {
  const DrawKey key = draw_key(7, "sales.shock", 3);
  const std::uint64_t narrow = philox4x64({0, 0, 0, 2}, 7, fnv1a_64("sales.shock")).w0;
  const std::uint64_t group = (std::uint64_t{1} << 46) + 5;
  const NarrowWords four = philox4x32({5, std::uint64_t{1} << 14, 3, 0}, narrow);
  const WordPair pair = narrow_draw_words(narrow_key(key), key.step, group);
  EXPECT_EQ(pair.even, four.w0 + (four.w1 << 32));
  EXPECT_EQ(pair.odd, four.w2 + (four.w3 << 32));
}

// Where a counter word of 32 bits is full, and at the last path.
constexpr std::uint64_t kPaths[] = {0,
                                    512,
                                    (std::uint64_t{1} << 32) - 512,
                                    std::uint64_t{1} << 32,
                                    (std::uint64_t{1} << 33) - 512,
                                    std::uint64_t{1} << 33,
                                    (std::uint64_t{1} << 48) - 512};

TEST(Philox4x32, WordsDoNotRepeat) {
  std::set<std::uint64_t> seen;
  for (const std::uint32_t step : {0u, 1u, ~0u}) {
    for (const std::uint64_t path : kPaths) {
      const DrawKey key = draw_key(1, "x", step);
      for (std::uint64_t group = path / 2; group < path / 2 + 256; ++group) {
        const WordPair pair = narrow_draw_words(narrow_key(key), key.step, group);
        EXPECT_TRUE(seen.insert(pair.even).second);
        EXPECT_TRUE(seen.insert(pair.odd).second);
      }
    }
  }
}

TEST(Philox4x32, BlocksAreSingleDraws) {
  Graph graph;
  graph.output("z", graph.draw("x", 9));
  graph.output("u", graph.draw("u", 0, Law::uniform));
  const Design design = stream_design(compile(graph), Sampler::philox4x32);
  on_every_isa([&] {
    alignas(64) double block[2][kBlock];
    for (const std::uint64_t first : kPaths) {
      kernels().philox[1][0](block[0], draw_key(11, "x", 9), first / kBlock);
      kernels().philox[1][1](block[1], draw_key(11, "u", 0), first / kBlock);
      for (std::size_t i = 0; i < kBlock; i += 7) {
        const std::vector<double> one = draws_on_path(design, {.seed = 11, .point = first + i});
        ASSERT_TRUE(same_bits(block[0][i], one[0]));
        ASSERT_TRUE(same_bits(block[1][i], one[1]));
      }
    }
  });
}

}  // namespace
}  // namespace capstake::testing

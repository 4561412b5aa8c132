// Philox against the known answers of its authors, and draws against NumPy.
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "close.hpp"
#include "math/normal.hpp"
#include "random/draws.hpp"

namespace capstake::testing {
namespace {

struct KnownAnswer {
  PhiloxWords counter;
  std::uint64_t key0, key1;
  PhiloxWords expected;
};

std::vector<KnownAnswer> known_answers() {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "kat" / "philox4x64.txt";
  std::ifstream file(path);
  std::vector<KnownAnswer> answers;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) {
      continue;
    }
    std::istringstream words(line);
    KnownAnswer answer{};
    words >> std::hex;
    for (std::uint64_t* word : {&answer.counter.w0, &answer.counter.w1, &answer.counter.w2,
                                &answer.counter.w3, &answer.key0, &answer.key1, &answer.expected.w0,
                                &answer.expected.w1, &answer.expected.w2, &answer.expected.w3}) {
      *word = 0xcacacacacacacaca;  // shows if a word is not read
      words >> *word;
    }
    EXPECT_FALSE(words.fail()) << line;
    answers.push_back(answer);
  }
  return answers;
}

TEST(Philox, KnownAnswers) {
  const std::vector<KnownAnswer> answers = known_answers();
  ASSERT_EQ(answers.size(), 3u);
  for (const KnownAnswer& answer : answers) {
    ASSERT_TRUE(answer.expected.w0 != 0 && answer.expected.w3 != 0) << "the harness is wrong";
    PhiloxWords got{0xcacacacacacacaca, 0xcacacacacacacaca, 0xcacacacacacacaca, 0xcacacacacacacaca};
    got = philox4x64(answer.counter, answer.key0, answer.key1);
    EXPECT_EQ(got.w0, answer.expected.w0);
    EXPECT_EQ(got.w1, answer.expected.w1);
    EXPECT_EQ(got.w2, answer.expected.w2);
    EXPECT_EQ(got.w3, answer.expected.w3);
  }
}

// std::philox4x64 of C++26 (P2075): the 10000th value of a default-constructed engine.
TEST(Philox, StandardEngine) {
  constexpr PhiloxWords kBlock2499 = philox4x64({2499, 0, 0, 0}, 20111115, 0);
  EXPECT_EQ(kBlock2499.w3, 3409172418970261260u);
}

// Every counter word, key word and carry counts, across all 64 bits.
TEST(Philox, EveryBitOfCounterAndKeyMatters) {
  std::set<std::uint64_t> seen;
  const auto add = [&](PhiloxWords counter, std::uint64_t key0, std::uint64_t key1) {
    const PhiloxWords words = philox4x64(counter, key0, key1);
    for (const std::uint64_t word : {words.w0, words.w1, words.w2, words.w3}) {
      EXPECT_TRUE(seen.insert(word).second);
    }
  };
  add({0, 0, 0, 0}, 0, 0);
  for (int bit = 0; bit < 64; ++bit) {
    const std::uint64_t one = std::uint64_t{1} << bit;
    add({one, 0, 0, 0}, 0, 0);
    add({0, one, 0, 0}, 0, 0);
    add({0, 0, one, 0}, 0, 0);
    add({0, 0, 0, one}, 0, 0);
    add({0, 0, 0, 0}, one, 0);
    add({0, 0, 0, 0}, 0, one);
  }
}

TEST(Draws, HashOfNames) {
  // Test vectors of the authors, http://www.isthe.com/chongo/src/fnv/test_fnv.c
  EXPECT_EQ(fnv1a_64(""), 0xcbf29ce484222325u);
  EXPECT_EQ(fnv1a_64("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(fnv1a_64("foobar"), 0x85944171f73967e8u);
}

// Computed with NumPy 2.4 by the recipe in random/draws.hpp.
TEST(Draws, AreNumPys) {
  struct Case {
    std::uint64_t seed;
    const char* name;
    std::uint32_t step;
    std::uint64_t path;
    std::uint64_t word;
  };
  const Case cases[] = {
      {1, "openai_revenue.shock", 0, 0, 0x81f9543224d1861d},
      {1, "openai_revenue.shock", 0, 3, 0x7580948b7cea8ecd},
      {1, "openai_revenue.shock", 7, 4, 0xcf4075fa58a51781},
      {~0ull, "a", ~0u, (1ull << 48) - 1, 0x1923251cf90d05cd},
      {42, "", 3, 123456789, 0x61cc7cb32c289535},
      {0,
       "gr\xc3\xb6\xc3\x9f"
       "e",
       0, 5, 0x31a376879362c552},
      {20240101, "exit", 11, (1ull << 34) + 1, 0xe0861be0128a65a5},
  };
  for (const Case& each : cases) {
    const DrawKey key = draw_key(each.seed, each.name, each.step);
    EXPECT_EQ(random_word(key, each.path), each.word) << each.name;
    EXPECT_TRUE(same_bits(uniform_draw(key, each.path),
                          std::ldexp(static_cast<double>(each.word >> 12) + 0.5, -52)));
  }
  const DrawKey key = draw_key(1, "openai_revenue.shock", 0);
  EXPECT_TRUE(same_bits(uniform_draw(key, 0), 0.507710706941742));
}

TEST(Draws, UniformsAreOpenAtBothEnds) {
  EXPECT_TRUE(same_bits(uniform_of_word(0), 0x1p-53));
  EXPECT_TRUE(same_bits(uniform_of_word(0xfff), 0x1p-53));
  EXPECT_TRUE(same_bits(uniform_of_word(0x1000), 3 * 0x1p-53));
  EXPECT_TRUE(same_bits(uniform_of_word(~0ull), 1.0 - 0x1p-53));
  EXPECT_TRUE(same_bits(uniform_of_word(1ull << 63), 0.5 + 0x1p-53));
  EXPECT_TRUE(same_bits(uniform_of_word((1ull << 63) - 1), 0.5 - 0x1p-53));
}

}  // namespace
}  // namespace capstake::testing

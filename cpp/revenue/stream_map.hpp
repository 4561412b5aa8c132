// What streams say of each other before any is lowered: parents, circles, the days they cover, and
// whose shock moves them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "revenue/lowered.hpp"
#include "revenue/stream.hpp"

namespace capstake {

// A stream that another one names, and where: "of", "less[1]".
struct Parent {
  std::string place;
  std::string name;
};

// A stream that leads to itself, or to too long a chain of others.
struct BadChain {
  std::string stream;
  std::string place;               // of the parent that leads there
  std::vector<std::string> chain;  // ends with a name that stands before; empty if only too long
};

// The stream whose shock a stream moves by.
struct ShockSource {
  std::string name;                 // the first of several
  std::vector<std::string> random;  // all random streams it rests on
  bool is_unique() const { return random.size() <= 1; }
};

class StreamMap {
 public:
  // A longer chain says nothing that a shorter one cannot, and is walked by recursion.
  static constexpr std::size_t kLongestChain = 64;  // links

  StreamMap(const Named<Stream>& streams, Date valuation_date, Frequency frequency);

  const Stream* find(const std::string& name) const;
  std::vector<Parent> parents(const std::string& name) const;
  std::vector<BadChain> bad_chains() const;

  // For streams without bad chains whose parents are all there.
  Span span(const std::string& name);
  ShockSource shock_source(const std::string& name);

 private:
  struct Source {
    std::string name;
    bool is_random;
    bool operator==(const Source&) const = default;
  };
  std::map<std::string, std::size_t> depths() const;
  BadChain chain_from(const std::string& name,
                      const std::map<std::string, std::size_t>& depths) const;
  const std::vector<Source>& sources(const std::string& name);

  const Named<Stream>& order_;
  Date valuation_date_;
  Frequency frequency_;
  std::map<std::string, const Stream*> streams_;
  std::map<std::string, Span> spans_;
  std::map<std::string, std::vector<Source>> sources_;
};

}  // namespace capstake

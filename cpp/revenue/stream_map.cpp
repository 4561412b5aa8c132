#include "revenue/stream_map.hpp"

#include <algorithm>
#include <optional>

namespace capstake {

namespace {

template <class M>
void add_parents(std::string_view, const M&, std::vector<Parent>&) {}

void add_parents(std::string_view field, const std::string& name, std::vector<Parent>& found) {
  found.push_back({std::string(field), name});
}

void add_parents(std::string_view field, const std::vector<std::string>& names,
                 std::vector<Parent>& found) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    found.push_back({std::string(field) + "[" + std::to_string(i) + "]", names[i]});
  }
}

std::vector<Parent> parents_of(const Stream& stream) {
  std::vector<Parent> found;
  std::visit(
      [&]<class T>(const T& held) {
        for_each_field<T>([&](const auto& field) {
          if (field.rule.refers_to == "streams") {
            add_parents(field.name, held.*field.member, found);
          }
        });
        if constexpr (requires { held.stream_names(); }) {
          for (const std::string& name : held.stream_names()) {
            found.push_back({"formula", name});
          }
        }
      },
      stream);
  return found;
}

bool is_random(const Stream& stream) {
  return std::visit(
      [](const auto& held) {
        if constexpr (requires { held.is_random(); }) {
          return held.is_random();
        }
        return true;
      },
      stream);
}

}  // namespace

StreamMap::StreamMap(const Named<Stream>& streams, Date valuation_date, Frequency frequency)
    : order_(streams), valuation_date_(valuation_date), frequency_(frequency) {
  for (const auto& [name, stream] : streams) {
    streams_.emplace(name, &stream);
  }
}

const Stream* StreamMap::find(const std::string& name) const {
  const auto found = streams_.find(name);
  return found == streams_.end() ? nullptr : found->second;
}

std::vector<Parent> StreamMap::parents(const std::string& name) const {
  const Stream* stream = find(name);
  return stream == nullptr ? std::vector<Parent>{} : parents_of(*stream);
}

// Links from each stream to the farthest one below it; a stream that leads to a circle has none.
// Without recursion, as nothing bounds a chain yet.
std::map<std::string, std::size_t> StreamMap::depths() const {
  std::map<std::string, std::vector<std::string>> children;
  std::map<std::string, std::size_t> n_waiting;
  std::vector<std::string> ready;
  for (const auto& [name, stream] : streams_) {
    std::size_t n = 0;
    for (const Parent& parent : parents(name)) {
      if (find(parent.name) != nullptr) {
        children[parent.name].push_back(name);
        ++n;
      }
    }
    n_waiting[name] = n;
    if (n == 0) {
      ready.push_back(name);
    }
  }
  std::map<std::string, std::size_t> depth;
  while (!ready.empty()) {
    const std::string name = ready.back();
    ready.pop_back();
    std::size_t links = 0;
    for (const Parent& parent : parents(name)) {
      links = std::max(links, depth.contains(parent.name) ? depth.at(parent.name) + 1 : 1);
    }
    depth[name] = links;
    for (const std::string& child : children[name]) {
      if (--n_waiting[child] == 0) {
        ready.push_back(child);
      }
    }
  }
  return depth;
}

BadChain StreamMap::chain_from(const std::string& name,
                               const std::map<std::string, std::size_t>& depths) const {
  BadChain found{name, "", {name}};
  while (true) {
    const std::vector<Parent> all = parents(found.chain.back());
    const auto next = std::find_if(all.begin(), all.end(), [&](const Parent& parent) {
      return find(parent.name) != nullptr && !depths.contains(parent.name);
    });
    found.place = found.place.empty() ? next->place : found.place;
    const bool is_closed =
        std::find(found.chain.begin(), found.chain.end(), next->name) != found.chain.end();
    found.chain.push_back(next->name);
    if (is_closed) {
      return found;
    }
    if (found.chain.size() > kLongestChain) {
      found.chain.clear();
      return found;
    }
  }
}

std::vector<BadChain> StreamMap::bad_chains() const {
  const std::map<std::string, std::size_t> depth = depths();
  std::vector<BadChain> found;
  for (const auto& [name, stream] : order_) {
    if (!depth.contains(name)) {
      found.push_back(chain_from(name, depth));
    } else if (depth.at(name) > kLongestChain) {
      for (const Parent& parent : parents(name)) {
        if (depth.contains(parent.name) && depth.at(parent.name) + 1 == depth.at(name)) {
          found.push_back({name, parent.place, {}});
          break;
        }
      }
    }
  }
  return found;
}

Span StreamMap::span(const std::string& name) {
  if (const auto known = spans_.find(name); known != spans_.end()) {
    return known->second;
  }
  const Coverage coverage{valuation_date_, frequency_,
                          [&](const std::string& parent) { return span(parent); }};
  const Span days = std::visit(
      [&](const auto& held) {
        if constexpr (requires { covered(held, coverage); }) {
          return covered(held, coverage);
        } else {
          const std::vector<Parent> all = parents(name);
          if (all.empty()) {
            return Span::without_end(coverage.now());
          }
          Span shared = span(all.front().name);
          for (const Parent& parent : all) {
            shared = common(shared, span(parent.name));
          }
          return shared;
        }
      },
      *streams_.at(name));
  return spans_.emplace(name, whole_periods(days, frequency_)).first->second;
}

const std::vector<StreamMap::Source>& StreamMap::sources(const std::string& name) {
  if (const auto known = sources_.find(name); known != sources_.end()) {
    return known->second;
  }
  std::vector<Source> found;
  const std::vector<Parent> all = parents(name);
  if (all.empty()) {
    found.push_back({name, is_random(*streams_.at(name))});
  }
  for (const Parent& parent : all) {
    for (const Source& source : sources(parent.name)) {
      if (std::find(found.begin(), found.end(), source) == found.end()) {
        found.push_back(source);
      }
    }
  }
  return sources_.emplace(name, std::move(found)).first->second;
}

ShockSource StreamMap::shock_source(const std::string& name) {
  ShockSource result;
  for (const Source& source : sources(name)) {
    if (source.is_random) {
      result.random.push_back(source.name);
    }
  }
  result.name = result.random.empty() ? sources(name).front().name : result.random.front();
  return result;
}

}  // namespace capstake

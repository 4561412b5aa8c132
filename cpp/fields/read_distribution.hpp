// Records -> distributions: arguments, truncation, and the checks that look at all of it.
#pragma once

#include "fields/read.hpp"

namespace capstake {

// Each returns false after an issue. The path is the family's, of truncation the number's.
bool read_distribution(const Value& value, const FamilyRow& row, const Rule& rule,
                       const std::string& path, Issues& issues, Distribution& out);
bool read_truncation(const Table& table, const Rule& rule, const std::string& path, Issues& issues,
                     Distribution& out);
bool check_distribution(const Distribution& d, const Rule& rule, const std::string& path,
                        Issues& issues);

}  // namespace capstake

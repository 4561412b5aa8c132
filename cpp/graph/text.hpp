// A Graph as text, one line a node, for tests, errors and people:
//   n0 = parameter microsoft_share.rate = 0.2
//   n1 = draw openai_revenue.shock[3] normal
//   n2 = mul n0 n1
//   output royalty = n2
#pragma once

#include <string>

#include "graph/graph.hpp"

namespace capstake {

std::string text(const Graph& graph);

// Shortest decimal that reads back as the same double; "inf", "-inf", "nan".
std::string number_text(double value);

// "openai_revenue.shock[3] normal"
std::string draw_text(const Draw& draw);

}  // namespace capstake

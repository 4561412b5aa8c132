// What long work, such as a plan for a large deal, calls again and again; it may throw to end it.
#pragma once

#include <functional>

namespace capstake {

using Checkpoint = std::function<void()>;

}  // namespace capstake

#include "graph/segment.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace capstake {
namespace {

// Rounding errors of a few operations, in parts of the operands.
constexpr double kRounding = 1e-13;
// Guards a division by a slope that may be zero; its square is a number still.
constexpr double kLeastSlope = 1e-100;

// Whether the node is the same all over the segment.
bool is_number(const Shape& shape) { return shape.kind == Shape::Kind::line && !shape.line.slope; }

}  // namespace

Dependents::Dependents(const Graph& graph, NodeId on) : rank_(graph.size(), kNone) {
  const Marks marks = downstream(graph, marked(graph, std::array{on}));
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i]) {
      rank_[i] = static_cast<std::uint32_t>(size_++);
    }
  }
}

void Shapes::set(std::size_t rank, const Shape& shape) {
  std::shared_ptr<Page>& page = pages_[rank / kPage];
  if (!page) {
    page = std::make_shared<Page>();
  } else if (page.use_count() > 1) {
    page = std::make_shared<Page>(*page);
  }
  (*page)[rank % kPage] = shape;
}

Segment::Segment(Algebra& algebra, const Dependents& dependents, const Piece& piece,
                 NodeId variable, Line line, const Segment* before)
    : algebra_(&algebra),
      dependents_(&dependents),
      piece_(&piece),
      before_(before),
      from_(piece.begin()),
      to_(piece.end()),
      shapes_(dependents.size()) {
  keep(variable, {Shape::Kind::line, variable, line});
}

Segment::Segment(const Segment& whole, NodeId kink, Line here, Place from, Place to)
    : algebra_(whole.algebra_),
      dependents_(whole.dependents_),
      piece_(whole.piece_),
      from_(from),
      to_(to),
      depth_(static_cast<std::uint8_t>(whole.depth_ + 1)),
      shapes_(whole.shapes_) {
  keep(kink, {Shape::Kind::line, kink, here});
}

// Null where it has not been found yet. Lines of the whole are lines of its parts, but what is no
// line there may be one here.
const Shape* Segment::known(NodeId id) const {
  const Shape& shape = shapes_[dependents_->rank(id)];
  const bool holds = shape.kind == Shape::Kind::line ||
                     (shape.kind != Shape::Kind::unknown && shape.depth == depth_);
  return holds ? &shape : nullptr;
}

void Segment::keep(NodeId id, Shape shape) {
  shape.depth = depth_;
  shapes_.set(dependents_->rank(id), shape);
}

// The shape of the node on the segment before, where it is one number there and its arguments are
// the same numbers here.
const Shape* Segment::same_before(NodeId id, const std::array<Shape, 3>& of) const {
  const Shape* before = before_ != nullptr ? before_->known(id) : nullptr;
  if (before == nullptr || !is_number(*before)) {
    return nullptr;
  }
  const std::span<const NodeId> args = algebra_->graph().args(id);
  for (std::size_t k = 0; k < args.size(); ++k) {
    if (!dependents_->contains(args[k])) {
      continue;
    }
    const Shape* argument = before_->known(args[k]);
    if (argument == nullptr || !is_number(*argument) || !is_number(of[k]) ||
        argument->line.at_zero != of[k].line.at_zero) {
      return nullptr;
    }
  }
  return before;
}

bool Segment::is_nothing(const Shape& shape) const {
  return is_number(shape) && algebra_->is_zero(shape.line.at_zero);
}

// The arguments' shapes, or the first one without which the node's cannot be told: of 0 times
// another it can.
Segment::Arguments Segment::arguments(NodeId id) const {
  const Graph& graph = algebra_->graph();
  const bool is_product = graph.node(id).op == Op::mul;
  Arguments of{};
  for (std::size_t k = 0; k < graph.args(id).size(); ++k) {
    const NodeId argument = graph.args(id)[k];
    if (!dependents_->contains(argument)) {
      of.shapes[k] = {Shape::Kind::line, argument, {argument, std::nullopt}};
      continue;
    }
    const Shape* shape = known(argument);
    if (shape == nullptr) {
      of.missing = argument;
      return of;
    }
    of.shapes[k] = *shape;
    if (is_product && is_nothing(*shape)) {
      return of;
    }
  }
  return of;
}

// Depth first with a stack of its own: chains may be as long as the graph.
Shape Segment::shape(NodeId id) {
  if (!dependents_->contains(id)) {
    return {Shape::Kind::line, id, {id, std::nullopt}};
  }
  if (const Shape* found = known(id)) {
    return *found;
  }
  std::vector<NodeId> waiting = {id};
  while (!waiting.empty()) {
    const NodeId next = waiting.back();
    if (known(next) == nullptr) {
      const Arguments of = arguments(next);
      if (of.missing) {
        waiting.push_back(*of.missing);
        continue;
      }
      const Shape* before = same_before(next, of.shapes);
      keep(next, before != nullptr ? *before : computed(next, of.shapes));
    }
    waiting.pop_back();
  }
  return *known(id);
}

Shape Segment::computed(NodeId id, const std::array<Shape, 3>& shapes) {
  const Op op = algebra_->graph().node(id).op;
  const auto n = static_cast<std::size_t>(arity(op));
  if (op == Op::mul && (is_nothing(shapes[0]) || is_nothing(shapes[1]))) {
    return {Shape::Kind::line, id, {algebra_->constant(0.0), std::nullopt}};
  }
  for (const Shape::Kind kind : {Shape::Kind::split, Shape::Kind::other}) {
    for (std::size_t k = 0; k < n; ++k) {
      if (shapes[k].kind == kind) {
        return shapes[k];
      }
    }
  }
  return of_lines(id, {shapes[0].line, shapes[1].line, shapes[2].line}, n);
}

Shape Segment::of_lines(NodeId id, const std::array<Line, 3>& lines, std::size_t n) {
  const Op op = algebra_->graph().node(id).op;
  const auto& [a, b, c] = lines;
  if (std::none_of(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(n),
                   [](const Line& line) { return line.slope.has_value(); })) {
    const std::array<NodeId, 3> values = {a.at_zero, b.at_zero, c.at_zero};
    return {Shape::Kind::line, id, {algebra_->apply(op, std::span(values).first(n)), {}}};
  }
  switch (op) {
    case Op::neg:
      return {Shape::Kind::line, id, scaled(a, Op::mul, algebra_->constant(-1.0))};
    case Op::add:
    case Op::sub:
      return {Shape::Kind::line, id, combined(op, a, b)};
    case Op::mul:
      return of_product(a, b);
    case Op::fma: {
      Shape product = of_product(a, b);
      product.line = combined(Op::add, product.line, c);
      return product;
    }
    case Op::div:
      return b.slope ? Shape{Shape::Kind::other, id, {}}
                     : Shape{Shape::Kind::line, id, scaled(a, Op::div, b.at_zero)};
    case Op::abs:
    case Op::min:
    case Op::max:
    case Op::less:
    case Op::less_equal: {
      const auto [left, right] = compared(id);
      return of_comparison(id, left, right);
    }
    case Op::select:
      return a.slope ? Shape{Shape::Kind::other, id, {}} : of_selection(a, b, c);
    default:
      return {Shape::Kind::other, id, {}};
  }
}

Shape Segment::of_product(Line a, Line b) {
  if (a.slope && b.slope) {
    return {Shape::Kind::other, {}, {}};
  }
  return {Shape::Kind::line,
          {},
          a.slope ? scaled(a, Op::mul, b.at_zero) : scaled(b, Op::mul, a.at_zero)};
}

// The two lines whose order decides about a kink or jump: |a| is max(a, -a).
std::array<Line, 2> Segment::compared(NodeId kink) {
  const std::array<NodeId, 3> args = algebra_->graph().node(kink).args;
  const Line a = shape(args[0]).line;
  return {a, algebra_->graph().node(kink).op == Op::abs
                 ? scaled(a, Op::mul, algebra_->constant(-1.0))
                 : shape(args[1]).line};
}

Shape Segment::of_comparison(NodeId id, Line a, Line b) {
  const Op op = algebra_->graph().node(id).op;
  const bool a_first = never_above(a, b);
  const bool b_first = never_above(b, a);
  if (a_first == b_first && a.slope == b.slope) {
    // Parallel, and in an order that depends on the path; or one line, where only <= holds.
    const bool jumps = op == Op::less || op == Op::less_equal;
    return {Shape::Kind::line,
            id,
            {algebra_->apply(op, a.at_zero, b.at_zero), jumps ? std::nullopt : a.slope}};
  }
  if (!a_first && !b_first) {
    return {Shape::Kind::split, id, {}};
  }
  if (op == Op::less || op == Op::less_equal) {
    const bool holds = a_first && (!b_first || op == Op::less_equal);
    return {Shape::Kind::line, id, {algebra_->constant(holds ? 1.0 : 0.0), std::nullopt}};
  }
  return {Shape::Kind::line, id, (op == Op::min) == a_first ? a : b};
}

Shape Segment::of_selection(Line condition, Line a, Line b) {
  const Node& node = algebra_->graph().node(condition.at_zero);
  if (node.op == Op::constant) {
    return {Shape::Kind::line, {}, algebra_->is_zero(condition.at_zero) ? b : a};
  }
  const NodeId zero = algebra_->constant(0.0);
  const NodeId slope = algebra_->apply(Op::select, condition.at_zero, a.slope.value_or(zero),
                                       b.slope.value_or(zero));
  return {Shape::Kind::line,
          {},
          {algebra_->apply(Op::select, condition.at_zero, a.at_zero, b.at_zero), slope}};
}

// Lines that are ordered at both ends are ordered between them.
bool Segment::never_above(Line a, Line b) const {
  return never_above(a, b, from_) && never_above(a, b, to_);
}

bool Segment::never_above(Line a, Line b, const Place& place) const {
  const Bound w = algebra_->decided(place.w);
  const auto rise = [&](const Line& line) {
    return line.slope ? algebra_->decided(*line.slope) * w : Bound{};
  };
  const double terms[] = {algebra_->decided(a.at_zero).high, rise(a).high,
                          -algebra_->decided(b.at_zero).low, -rise(b).low};
  double excess = 0.0;
  double scale = 0.0;
  for (const double term : terms) {
    excess += term;
    scale += std::abs(term);
  }
  return excess <= 0.0 || (std::isfinite(scale) && excess <= kRounding * scale);
}

Line Segment::combined(Op op, Line a, Line b) {
  Line line{algebra_->apply(op, a.at_zero, b.at_zero), std::nullopt};
  if (a.slope && b.slope) {
    line.slope = algebra_->apply(op, *a.slope, *b.slope);
  } else if (b.slope) {
    line.slope = op == Op::sub ? algebra_->apply(Op::neg, *b.slope) : *b.slope;
  } else {
    line.slope = a.slope;
  }
  if (line.slope && algebra_->is_zero(*line.slope)) {
    line.slope.reset();
  }
  return line;
}

// The line times, or divided by, what does not depend on the event.
Line Segment::scaled(Line line, Op op, NodeId factor) {
  const auto part = [&](NodeId node) {
    return op == Op::mul && algebra_->decided(factor).is_point() &&
                   algebra_->decided(factor).low == -1.0 &&
                   algebra_->graph().node(factor).op == Op::constant
               ? algebra_->apply(Op::neg, node)
               : algebra_->apply(op, node, factor);
  };
  Line result{part(line.at_zero), std::nullopt};
  if (line.slope) {
    const NodeId slope = part(*line.slope);
    if (!algebra_->is_zero(slope)) {
      result.slope = slope;
    }
  }
  return result;
}

// The parts of the segment before and after the kink or jump; null where the sign of the slope
// that decides which side is which may change from path to path.
Segment::Halves* Segment::halves(NodeId kink) {
  const auto [found, is_new] = halves_.try_emplace(kink);
  Halves& halves = found->second;
  if (!is_new) {
    return halves.left ? &halves : nullptr;
  }
  const auto [a, b] = compared(kink);
  const Line gap = combined(Op::sub, a, b);
  const NodeId zero = algebra_->constant(0.0);
  const NodeId slope = gap.slope.value_or(zero);
  const Bound bound = algebra_->decided(slope);
  if (!(bound.low >= 0.0 || bound.high <= 0.0)) {
    return nullptr;
  }
  const bool a_rises = bound.low >= 0.0;  // above b on the right
  const NodeId divisor = algebra_->apply(a_rises ? Op::max : Op::min, slope,
                                         algebra_->constant(a_rises ? kLeastSlope : -kLeastSlope));
  const NodeId root =
      algebra_->apply(Op::div, algebra_->apply(Op::sub, b.at_zero, a.at_zero), divisor);
  const Place place =
      piece_->at(algebra_->apply(Op::min, algebra_->apply(Op::max, root, from_.w), to_.w));
  const Op op = algebra_->graph().node(kink).op;
  std::array<Line, 2> sides = {a, b};
  if (op == Op::less || op == Op::less_equal) {
    sides = {Line{algebra_->constant(1.0), {}}, Line{zero, {}}};
  } else if (op != Op::min) {
    sides = {b, a};
  }
  if (!a_rises) {
    std::swap(sides[0], sides[1]);
  }
  halves.left.reset(new Segment(*this, kink, sides[0], from_, place));
  halves.right.reset(new Segment(*this, kink, sides[1], place, to_));
  return &halves;
}

std::optional<NodeId> Segment::integral(NodeId id, int& most_parts) {
  const Shape found = shape(id);
  switch (found.kind) {
    case Shape::Kind::line:
      return piece_->integral(found.line, from_, to_);
    case Shape::Kind::split:
      break;
    default:
      return std::nullopt;
  }
  Halves* parts = --most_parts > 0 ? halves(found.at) : nullptr;
  if (parts == nullptr) {
    return std::nullopt;
  }
  const std::optional<NodeId> left = parts->left->integral(id, most_parts);
  const std::optional<NodeId> right = left ? parts->right->integral(id, most_parts) : std::nullopt;
  return right ? std::optional(algebra_->apply(Op::add, *left, *right)) : std::nullopt;
}

}  // namespace capstake

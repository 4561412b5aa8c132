// A formula's text to its nodes: precedence climbing over hand-made tokens.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "formula/formula.hpp"
#include "schedule/periods.hpp"

namespace capstake {

namespace {

// Far above any formula a person writes; below what would exhaust the stack or the graph.
constexpr std::size_t kLongest = 10'000;
constexpr int kDeepest = 100;

// Thrown and caught within this file.
struct Fault {
  std::string rule;
  std::size_t at;
  std::string hint = {};
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c) || c == '.'; }

// A binary operator: higher levels bind tighter.
struct Operator {
  std::string_view sign;
  FormulaOp op;
  int level;
  bool swaps_arguments;  // a > b is b < a
};
constexpr int kComparison = 1, kSum = 2, kProduct = 3, kSign = 4, kPower = 5;
// Longer signs first, because the first that fits is taken.
constexpr Operator kOperators[] = {
    {"**", FormulaOp::power, kPower, false},
    {"<=", FormulaOp::less_equal, kComparison, false},
    {">=", FormulaOp::less_equal, kComparison, true},
    {"<", FormulaOp::less, kComparison, false},
    {">", FormulaOp::less, kComparison, true},
    {"+", FormulaOp::add, kSum, false},
    {"-", FormulaOp::subtract, kSum, false},
    {"*", FormulaOp::multiply, kProduct, false},
    {"/", FormulaOp::divide, kProduct, false},
};

// Signs and words of other languages, and what they are here.
constexpr std::string_view kJoining =
    "conditions are joined by *, for \"and\", and maximum, for \"or\"";
constexpr std::pair<std::string_view, std::string_view> kForeign[] = {
    {"==", "for a == b write (a <= b) * (a >= b)"},
    {"!=", "for a != b write (a < b) + (a > b)"},
    {"^", "powers are written **"},
    {"&", kJoining},
    {"|", kJoining},
    {"and ", kJoining},
    {"or ", kJoining},
    {"%", "per cent is written without a blank, such as 20%"},
    {"if ", "for `a if c else b` write where(c, a, b)"},
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Formula parse() {
    if (text_.size() > kLongest) {
      throw Fault{"must have at most 10,000 characters", 0};
    }
    expression(kComparison, 0);
    skip_blanks();
    if (at_ != text_.size()) {
      throw Fault{"must go on with an operator or end", at_, foreign()};
    }
    return std::move(formula_);
  }

 private:
  std::size_t node(FormulaNode made) {
    formula_.nodes.push_back(std::move(made));
    return formula_.nodes.size() - 1;
  }
  std::size_t node(FormulaOp op, std::vector<std::size_t> args) {
    FormulaNode made;
    made.op = op;
    made.args = std::move(args);
    return node(std::move(made));
  }

  void skip_blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool takes(char c) {
    skip_blanks();
    const bool is_next = at_ < text_.size() && text_[at_] == c;
    at_ += is_next ? 1 : 0;
    return is_next;
  }
  void expect(char c) {
    if (!takes(c)) {
      throw Fault{std::string("must have a '") + c + "' here", at_, foreign()};
    }
  }

  // What to write in place of what stands here.
  std::string foreign() const {
    const std::string_view rest = text_.substr(at_);
    const auto found = std::ranges::find_if(
        kForeign, [&](const auto& each) { return rest.starts_with(each.first); });
    return found == std::end(kForeign) ? "" : std::string(found->second);
  }

  const Operator* next_operator() {
    skip_blanks();
    const std::string_view rest = text_.substr(at_);
    const auto found = std::ranges::find_if(
        kOperators, [&](const Operator& each) { return rest.starts_with(each.sign); });
    return found == std::end(kOperators) ? nullptr : &*found;
  }

  // Everything that binds at least as tightly as the level.
  std::size_t expression(int level, int depth) {
    if (depth > kDeepest) {
      throw Fault{"must not be nested deeper than 100 levels", at_};
    }
    std::size_t left = operand(depth);
    bool compares = false;
    while (const Operator* found = next_operator()) {
      if (found->level < level) {
        break;
      }
      if (found->level == kComparison && std::exchange(compares, true)) {
        throw Fault{"must not chain comparisons: write where(a < b, where(b < c, x, y), y)", at_};
      }
      at_ += found->sign.size();
      // a ** b ** c is a ** (b ** c), all others group to the left. A sign after ** is part of b.
      const int of_right = found->level == kPower ? kSign : found->level + 1;
      const std::size_t right = expression(of_right, depth + 1);
      left =
          found->swaps_arguments ? node(found->op, {right, left}) : node(found->op, {left, right});
    }
    return left;
  }

  std::size_t operand(int depth) {
    skip_blanks();
    if (at_ == text_.size()) {
      throw Fault{"ends where a number, a name or '(' must come", at_};
    }
    const char c = text_[at_];
    if (takes('-')) {
      return node(FormulaOp::negative, {expression(kSign, depth + 1)});
    }
    if (takes('(')) {
      const std::size_t inner = expression(kComparison, depth + 1);
      expect(')');
      return inner;
    }
    if (is_digit(c) || c == '.') {
      return number();
    }
    if (is_name_start(c)) {
      return name_or_call(depth);
    }
    if (c == '"' || c == '\'') {
      return date();
    }
    throw Fault{"must have a number, a name or '(' here", at_};
  }

  std::size_t number() {
    std::string digits;
    const std::size_t start = at_;
    const auto is_sign_of_exponent = [&] {
      return (text_[at_] == '+' || text_[at_] == '-') && !digits.empty() &&
             (digits.back() == 'e' || digits.back() == 'E');
    };
    while (at_ < text_.size() && (is_name_part(text_[at_]) || is_sign_of_exponent())) {
      if (text_[at_] != '_') {
        digits += text_[at_];
      }
      ++at_;
    }
    FormulaNode made;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), made.number);
    if (error != std::errc{} || end != digits.data() + digits.size() ||
        !std::isfinite(made.number)) {
      throw Fault{"must be a number", start};
    }
    if (at_ < text_.size() && text_[at_] == '%') {
      ++at_;
      made.number /= 100.0;
    }
    return node(std::move(made));
  }

  std::size_t date() {
    const std::size_t start = at_;
    const char quote = text_[at_++];
    const std::size_t end = text_.find(quote, at_);
    FormulaNode made;
    made.op = FormulaOp::date;
    if (end == std::string_view::npos || !parse_date(text_.substr(at_, end - at_), made.date)) {
      throw Fault{"must be a date in quotes such as \"2026-04-27\"", start};
    }
    at_ = end + 1;
    return node(std::move(made));
  }

  std::size_t name_or_call(int depth) {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_name_part(text_[at_])) {
      ++at_;
    }
    FormulaNode made;
    made.op = FormulaOp::name;
    made.name = std::string(text_.substr(start, at_ - start));
    return takes('(') ? call(made.name, start, depth) : node(std::move(made));
  }

  std::size_t call(const std::string& name, std::size_t start, int depth) {
    const auto& rows = formula_functions();
    const auto row = std::ranges::find(rows, name, &FormulaFunction::name);
    if (row == rows.end()) {
      std::vector<std::string> names;
      for (const FormulaFunction& each : rows) {
        names.emplace_back(each.name);
      }
      const std::string close = nearest(name, names);
      throw Fault{"no function is named " + name, start,
                  close.empty() ? "functions: " + listed(names) : "did you mean " + close + "?"};
    }
    std::vector<std::size_t> args;
    do {
      args.push_back(expression(kComparison, depth + 1));
    } while (takes(','));
    expect(')');
    check_call(*row, args, start);
    return node(row->op, std::move(args));
  }

  void check_call(const FormulaFunction& row, const std::vector<std::size_t>& args,
                  std::size_t start) {
    if (args.size() < row.min_args || args.size() > row.max_args) {
      throw Fault{std::string(row.name) + " takes " + std::to_string(row.min_args) +
                      (row.min_args == row.max_args ? "" : " or more") + " arguments",
                  start, std::string(row.meaning)};
    }
    for (std::size_t k = 0; k < args.size(); ++k) {
      const FormulaNode& arg = formula_.nodes[args[k]];
      const bool must_be_date = row.op == FormulaOp::step_up && k == 1;
      if (must_be_date != (arg.op == FormulaOp::date)) {
        throw Fault{must_be_date ? "the second argument must be a date in quotes"
                                 : "a date can only be the second argument of step_up",
                    start, std::string(row.meaning)};
      }
      const bool must_be_count = row.op == FormulaOp::lag && k == 1;
      constexpr auto kMost = static_cast<double>(kMostPeriods);
      if (must_be_count && !(arg.op == FormulaOp::number && arg.number >= 1.0 &&
                             arg.number <= kMost && arg.number == std::floor(arg.number))) {
        throw Fault{"the second argument must be a whole number of periods, 1 to " +
                        std::to_string(kMostPeriods),
                    start, std::string(row.meaning)};
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Formula formula_;
};

// The part of the text around a fault, for the message; characters of several bytes stay whole.
std::string around(std::string_view text, std::size_t at) {
  constexpr std::size_t kReach = 20;
  const auto is_inside_character = [&](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80;
  };
  std::size_t start = at > kReach ? at - kReach : 0;
  std::size_t end = std::min(text.size(), at + kReach);
  while (is_inside_character(start)) {
    ++start;
  }
  while (is_inside_character(end)) {
    ++end;
  }
  return "\"" + std::string(text.substr(start, at - start)) + "<here>" +
         std::string(text.substr(at, end - at)) + "\"";
}

// Dates stand in step_up only; by itself one is no number.
bool is_date(const Formula& formula) { return formula.nodes.back().op == FormulaOp::date; }

bool has_date_operand(const Formula& formula) {
  return std::ranges::any_of(formula.nodes, [&](const FormulaNode& node) {
    return node.op != FormulaOp::step_up && std::ranges::any_of(node.args, [&](std::size_t arg) {
             return formula.nodes[arg].op == FormulaOp::date;
           });
  });
}

}  // namespace

std::optional<Formula> parse_formula(std::string_view text, const std::string& path,
                                     Issues& issues) {
  try {
    Formula formula = Parser(text).parse();
    if (is_date(formula) || has_date_operand(formula)) {
      throw Fault{"a date can only be the second argument of step_up", 0};
    }
    return formula;
  } catch (const Fault& fault) {
    issues.push_back({path, fault.rule, around(text, fault.at), fault.hint});
    return std::nullopt;
  }
}

}  // namespace capstake

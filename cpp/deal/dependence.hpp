// Dependence between named draws: uncertain numbers, factors of streams and companies, events.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "deal/nearest_correlation.hpp"
#include "deal/rank_correlation.hpp"
#include "deal/spearman_of_t.hpp"
#include "fields/read.hpp"
#include "fields/write.hpp"

namespace capstake {

enum class Copula : std::uint8_t { gaussian, t };
template <>
struct Names<Copula> {
  static constexpr std::string_view kNames[] = {"gaussian", "t"};
};

template <>
struct Names<CorrelationKind> {
  static constexpr std::string_view kNames[] = {"pearson", "spearman", "kendall"};
};

// As given: a whole matrix, or pairs of names, the others being independent. A correlation is a
// constant that may say where it comes from.
struct Correlations {
  std::vector<std::vector<Number>> matrix;  // by rows
  std::vector<std::tuple<std::string, std::string, Number>> pairs;
  bool operator==(const Correlations&) const = default;
};
void read(const Value& value, const Rule& rule, const std::string& path, Issues& issues,
          Correlations& out);
Value write(const Correlations& correlations);
template <>
struct Kind<Correlations> {
  static constexpr std::string_view kName = "correlations";
};

// The rows of a matrix in groups of two or more that are linked by what is not zero.
std::vector<std::vector<std::size_t>> linked_in(const Matrix& correlations, bool links_all = false);

struct Dependence {
  std::vector<std::string> draws;
  Correlations correlation;
  Copula copula = Copula::gaussian;
  CorrelationKind kind = CorrelationKind::pearson;
  std::optional<Number> degrees_of_freedom;
  std::optional<Date> until;

  static constexpr std::string_view kType = "dependence";
  static constexpr std::string_view kName = "Dependence";
  static constexpr bool kIsTagged = false;
  static constexpr std::string_view kSummary =
      "Dependence between draws that would else be independent; the law of each stays its own.\n\n"
      "An uncertain number's draw has its key path as name (legs.x.cap), a stream's shocks\n"
      "<stream>.shock, a company's multiple <company>.multiple, an event its own name; the\n"
      "higher an event's draw, the sooner it comes. Draws by period depend on each other\n"
      "period by period. What is drawn once a path depends on a draw by period as on one normal:\n"
      "the sum of the normals of its periods from the valuation date to `until`, each times the\n"
      "root of the period's share of that time (the increment of a Brownian motion over its\n"
      "deviation). The draws by period stay as they are; an event before `until` so depends on\n"
      "what they do after it, too.\n\n"
      "With z the normals behind the draws, z = L w where L L' is the matrix of correlations and\n"
      "w are independent normals; a t copula divides z by sqrt(X / n), X a chi-square draw of n\n"
      "degrees of freedom that all share (one a period, or one a path), so that extremes come\n"
      "together. Of draws by period it takes one beside draws made once a path, which are made\n"
      "given its path (Ding 2016): paths of several are normal together. Rank correlations r "
      "become those of normals: sin(pi r / 2) of Kendall's,\n"
      "2 sin(pi r / 6) of Spearman's; the latter of a t copula are found by quadrature\n"
      "(Heinen and Valdesogo 2020), which needs one number of degrees of freedom. Where no draws "
      "can have all the correlations, the nearest\n"
      "matrix is used (Higham 2002), with a warning and without derivatives by them.\n\n"
      ">>> together = Dependence(draws=[\"legs.share.cap\", \"failure\"], kind=\"kendall\",\n"
      "...     correlation=[[\"legs.share.cap\", \"failure\", -0.4]])\n"
      ">>> wrong_way = Dependence(draws=[\"failure\", \"sales.shock\"], until=\"2030-12-31\",\n"
      "...     correlation=[[\"failure\", \"sales.shock\", -0.5]])";

  static constexpr auto fields() {
    return std::tuple{
        Field{"draws", &Dependence::draws, text_field(), "Names of the draws, two or more."},
        Field{"correlation", &Dependence::correlation, capstake::correlation(),
              "The matrix by rows, or pairs [name, name, correlation]; pairs not given are 0. A "
              "correlation may be a table with value, source, status and range; of a matrix, "
              "above or below the diagonal."},
        Field{"copula", &Dependence::copula, choice().or_else("gaussian"), "Gaussian or t."},
        Field{"kind", &Dependence::kind, choice().or_else("pearson"),
              "What the correlations are: of the normals behind the draws, or rank correlations "
              "of the draws."},
        Field{"degrees_of_freedom", &Dependence::degrees_of_freedom,
              Rule{.unit = "degrees", .low = 1.0, .high = 1000.0}.or_else("none"),
              "Of a t copula: the fewer, the more often extremes come together."},
        Field{"until", &Dependence::until, date().or_else("none"),
              "Last day of the periods whose draws count where a draw made once a path depends on "
              "a draw by period: required there, since no other date of the deal is to decide it."},
    };
  }
  bool operator==(const Dependence&) const = default;
  void check(const std::string& path, const SoundFields& sound, Issues& issues) const;

  // As given, in the order of the draws.
  Matrix given() const;
  // Of the normals behind the draws, before any repair.
  Matrix of_normals() const;
  // For Spearman's correlations of a t copula.
  std::optional<SpearmanOfT> spearman_of_t() const;
  // The correlation of two draws as given, with its source where one is stated.
  Number number_of(std::size_t i, std::size_t j) const;
  // Key path of the correlation of two draws within this object; empty where it is not given.
  std::string key_of(std::size_t i, std::size_t j) const;
  // The draws, by place, in groups that are linked by correlations, however indirectly; a t copula
  // links all. Draws that nothing is linked with are left out.
  std::vector<std::vector<std::size_t>> linked() const {
    return linked_in(given(), copula == Copula::t);
  }

 private:
  // Where the pair of two draws stands; behind the last where none is given.
  std::size_t pair_of(std::size_t i, std::size_t j) const;
};

// A matrix of correlations that was repaired.
struct Repair {
  std::string dependence;
  std::vector<std::string> draws;
  double distance = 0.0;
  Matrix given;  // of the normals
  Matrix used;
};
// Nothing where the matrix is one that draws can have.
std::optional<Repair> repair(const std::string& name, const Dependence& dependence);

}  // namespace capstake

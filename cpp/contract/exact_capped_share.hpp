// The value of a capped share of lognormal revenue by deterministic quadrature: the oracle of the
// simulation.
#pragma once

#include <functional>
#include <vector>

namespace capstake {

// Revenue R_t = R_{t-1} exp(m_t + s_t Z_t), Z independent standard normals; period t accrues
// w_t R_t, and min(S_t, C) - min(S_{t-1}, C) is paid, S_t the running total of accruals. All
// vectors have one entry a period.
struct CappedShareTerms {
  double start = 0.0;              // R_0 [money], > 0
  double cap = 0.0;                // C [money], > 0; less what was already paid
  std::vector<double> log_growth;  // m_t
  std::vector<double> volatility;  // s_t, > 0, of the period (not annualised)
  std::vector<double> weight;      // w_t, > 0
  std::vector<double> discount;    // from the payment of period t to today
};

struct ExactCappedShare {
  double present_value = 0.0;
  std::vector<double> expected_paid;  // by the end of each period: E[min(S_t, C)]
};

// Relative error below 1e-10. By summation by parts the present value is
// sum_t (d_t - d_{t+1}) E[min(S_t, C)], d_{T+1} = 0. With L_n = log(w_n) + Y_n and, backward,
// L_k = Y_k + log(w_k + exp(L_{k+1})), S_n = R_0 exp(L_1): the densities of L_n, ..., L_2 follow by
// repeated one-dimensional quadrature on a uniform grid (the trapezoid rule, spectrally accurate
// for smooth integrands on the line; Trefethen and Weideman 2014), and the last step is Black's
// formula, which keeps the kink at the cap out of the quadrature. The recursion is that of
// Carverhill and Clewlow (1990). Time grows with the square of the periods. Throws
// std::invalid_argument when an argument breaks its rule. `between` is called between steps of some
// milliseconds, and may throw.
ExactCappedShare exact_capped_share(const CappedShareTerms& terms,
                                    const std::function<void()>& between = {});

// A part, in [0, 1], of a period's accrual, and a weight.
struct WeightedPart {
  double part = 1.0;
  double weight = 1.0;
};

// E[min(S_n, C)] of all periods when only a part of the last one's accrual counts, as the weighted
// sum over parts: for accruals that an event stops, at the cost of one E[min(S_n, C)]. Of the same
// error; throws the same.
double expected_capped_total(const CappedShareTerms& terms, const std::vector<WeightedPart>& parts,
                             const std::function<void()>& between = {});

}  // namespace capstake

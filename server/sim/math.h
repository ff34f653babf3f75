#pragma once
// Logarithm, exponential and the quantile of the normal distribution from additions, multiplications, divisions and square roots alone,
// which IEEE 754 rounds in one way only. The standard library's differ in the last bit between processors and versions, and simulated times
// must not.

namespace sim {

/// Natural logarithm, relative error below 1e-15. REQUIRES: x finite and over 0.
double log(double x);

/// e to the x, relative error below 1e-15. REQUIRES: -700 < x < 700.
double exp(double x);

/// x with P(standard normal < x) = p (algorithm AS 241, Wichura 1988; about 1e-16). REQUIRES: 0 < p < 1.
double normal_quantile(double p);

}  // namespace sim

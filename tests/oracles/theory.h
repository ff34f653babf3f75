#pragma once
// The formulas that the engine is held against. Rates in 1/s, times in seconds unless a name says ms. Sources: Kleinrock, Queueing Systems
// (1975, 1976), and Harchol-Balter, Performance Modeling and Design of Computer Systems (2013), unless a function names another.

#include <cmath>
#include <cstddef>
#include <functional>
#include <vector>

namespace theory {

/// Erlang's B: the share that finds c servers busy, where none may wait. `offered` = arrival rate / service rate.
inline double erlang_b(unsigned servers, double offered) {
  double b = 1;
  for (unsigned k = 1; k <= servers; ++k) b = offered * b / (k + offered * b);
  return b;
}

/// Erlang's C: the share that has to wait.
inline double erlang_c(unsigned servers, double offered) {
  const double b = erlang_b(servers, offered);
  const double rho = offered / servers;
  return b / (1 - rho + rho * b);
}

/// M/M/c, first come, first served.
struct MMc {
  unsigned servers;
  double rho;
  double mu = 1000;

  double rate() const { return rho * servers * mu; }
  double waits() const { return erlang_c(servers, rho * servers); }
  double drain() const { return servers * mu - rate(); }
  double wait() const { return waits() / drain(); }
  double sojourn() const { return wait() + 1 / mu; }
  /// P(T > t).
  double beyond(double t) const {
    const double c = waits(), g = drain();
    if (servers == 1) return std::exp(-g * t);
    return (1 - c) * std::exp(-mu * t) + c * (mu * std::exp(-g * t) - g * std::exp(-mu * t)) / (mu - g);
  }
  /// The t with P(T <= t) = p.
  double quantile(double p) const {
    double low = 0, high = 1;
    for (int i = 0; i < 100; ++i) {
      const double middle = (low + high) / 2;
      (beyond(middle) > 1 - p ? low : high) = middle;
    }
    return high;
  }
};

/// Pollaczek and Khinchine: mean wait of M/G/1. `cv2`: variance of the service time / its mean squared.
inline double pollaczek_khinchine(double rho, double cv2, double mean) {
  return rho / (1 - rho) * (1 + cv2) / 2 * mean;
}

/// Chances of 0, 1, ... `most` in a system to which one comes at `arrival(n)` and from which one goes at `departure(n)` while n are there.
struct BirthDeath {
  BirthDeath(std::size_t most, const std::function<double(std::size_t)>& arrival, const std::function<double(std::size_t)>& departure)
      : chance(most + 1) {
    chance[0] = 1;
    double sum = 1;
    for (std::size_t n = 1; n <= most; ++n) {
      chance[n] = chance[n - 1] * arrival(n - 1) / departure(n);
      sum += chance[n];
    }
    for (double& p : chance) p /= sum;
  }
  /// Mean of f(n).
  double mean(const std::function<double(double)>& f) const {
    double sum = 0;
    for (std::size_t n = 0; n < chance.size(); ++n) sum += chance[n] * f(static_cast<double>(n));
    return sum;
  }
  double number() const {
    return mean([](double n) { return n; });
  }
  std::vector<double> chance;
};

/// M/M/c/K: at most `most` are there, more are rejected.
struct MMcK {
  MMcK(unsigned servers, std::size_t most, double rho, double mu = 1000)
      : rate(rho * servers * mu),
        states(
            most, [this](std::size_t) { return rate; },
            [servers, mu](std::size_t n) { return static_cast<double>(n < servers ? n : servers) * mu; }) {}
  double rejected() const { return states.chance.back(); }
  double goodput() const { return rate * (1 - rejected()); }
  double sojourn() const { return states.number() / goodput(); }  ///< of those that are served
  double rate;
  BirthDeath states;
};

/// M/M/c whose customers leave unserved at rate theta while they wait (Erlang A; Palm 1957).
struct ErlangA {
  ErlangA(unsigned servers, double rho, double theta, double mu = 1000)
      : c(servers),
        rate(rho * servers * mu),
        leaves(theta),
        states(
            5'000, [this](std::size_t) { return rate; },
            [servers, theta, mu](std::size_t n) {
              const double busy = static_cast<double>(n < servers ? n : servers);
              return busy * mu + (static_cast<double>(n) - busy) * theta;
            }) {}
  double queued() const {
    return states.mean([this](double n) { return n > c ? n - c : 0; });
  }
  double abandoned() const { return leaves * queued() / rate; }
  double goodput() const { return rate * (1 - abandoned()); }
  unsigned c;
  double rate;
  double leaves;
  BirthDeath states;
};

/// Exact mean value analysis of users who think for `think` and ask one queue (Reiser, Lavenberg, JACM 27, 1980).
struct Closed {
  Closed(unsigned users, double think, double service) {
    double there = 0;
    for (unsigned n = 1; n <= users; ++n) {
      response = service * (1 + there);
      throughput = n / (think + response);
      there = throughput * response;
    }
  }
  double throughput = 0;
  double response = 0;
};

/// 1 + 1/2 + ... + 1/n.
inline double harmonic(unsigned n) {
  double sum = 0;
  for (unsigned k = n; k >= 1; --k) sum += 1.0 / k;
  return sum;
}

/// Arrivals at M/M/1 after which the mean number there is known to `half_width` (relative, 95 %): Whitt, Planning queueing simulations,
/// Management Science 35 (1989).
inline double run_length(double rho, double half_width) {
  return 1.96 * 1.96 * 2 * (1 + rho) / ((1 - rho) * (1 - rho) * half_width * half_width);
}
/// ... and how well it is known after so many.
inline double half_width(double rho, double arrivals) {
  return 1.96 * std::sqrt(2 * (1 + rho) / ((1 - rho) * (1 - rho) * arrivals));
}

}  // namespace theory

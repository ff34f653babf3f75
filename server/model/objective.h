#pragma once
// What is promised to those who use an entry service (a load source): how many of their requests succeed, how many are answered soon. Plain
// data; architecture::read_objective checks. What becomes of it is in run/judge.

#include <optional>

namespace model {

struct Objective {
  static constexpr double ratio_min = 0.5;
  static constexpr double ratio_max = 0.999999;
  static constexpr double latency_ms_min = 0.001;
  static constexpr double latency_ms_max = 3'600'000;
  static constexpr double window_ms_min = 43'200'000;     ///< 12 h: the shortest alert window is 5 s then
  static constexpr double window_ms_max = 2'592'000'000;  ///< 30 days, as in the SRE workbook

  double success_ratio = 0.999;      ///< share of the requests that are answered without failure
  std::optional<double> latency_ms;  ///< nothing: nothing is promised
  double latency_ratio = 0.99;       ///< share of the answers, failures among them, that take at most latency_ms
  double window_ms = window_ms_min;  ///< of simulated time that the error budget is for

  bool operator==(const Objective&) const = default;
};

}  // namespace model

#pragma once
// When services, as callers, left what is normal for them, and when they were back: control charts over what their calls came to in each
// second. Only looks. Plain value, one thread, between events.
//
// Source: Shewhart, Economic Control of Quality of Manufactured Product (1931): a process is in control while its figures stay within so
// many standard deviations of what they were. He takes 3: a false alarm in 370 points. Tens of services looked at for minutes are thousands
// of points, so here it is 4 (one in 15,800, were the figures normal), two seconds in a row (the Western Electric rules ask for two of
// three), and never less than a width that anybody would care about. Only what is worse counts: faster, and fewer errors, is no harm.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "run/judge/observation.h"

namespace run {

class Bands {
 public:
  static constexpr double deviations = 4;
  static constexpr std::size_t seconds_least = 10;     ///< of the normal time, with calls; fewer make no band
  static constexpr double error_width_least = 0.01;    ///< share of the calls
  static constexpr double response_width_least = 0.1;  ///< of the mean
  static constexpr int in_a_row = 2;                   ///< seconds outside

  explicit Bands(const model::World& world);

  /// Every simulated second; the first one only begins.
  void look(const model::World& world);
  /// From now on what is normal is known.
  void begin(sim::Time now) { began_ = now; }

  /// One of the two figures of a caller, when it was outside.
  struct Departure {
    std::string service;
    bool errors = false;                     ///< of its calls; else their response time
    sim::Time at = 0;                        ///< beginning of the first second outside, or of what is not normal
    std::optional<sim::Time> back;           ///< end of the last one; nothing: it was still outside at the last look
    double usual = 0, limit = 0, worst = 0;  ///< share of the calls, or ms
  };
  /// In the order in which they left; of a service with two, the earlier one.
  std::vector<Departure> departures() const;

 private:
  /// One figure of one caller.
  struct Chart {
    std::uint64_t seconds = 0;  ///< of the normal time
    double sum = 0, squares = 0;
    int outside = 0;  ///< in a row, now
    std::optional<Departure> departure;

    double mean() const { return sum / static_cast<double>(seconds); }
    double limit(double width_least) const;
    void learn(double value);
  };
  struct Caller {
    std::uint32_t service = 0;
    std::string name;
    Chart errors, response;
  };
  void judge(Caller& caller, bool errors, double value, sim::Time from, sim::Time to);

  judge::Observer observer_;
  std::vector<Caller> callers_;
  std::vector<model::LinkCount> before_;  ///< parallel to callers_
  std::optional<sim::Time> looked_;
  sim::Time began_ = sim::never;
};

}  // namespace run

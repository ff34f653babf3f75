#pragma once
// What a steady state is made of, and an expectation: one figure of a service, or of what users see, over a while, and what it has to be.
// A ProbeSpec is plain data; a Prober takes the figure from a World and changes nothing in it. Between events, one thread; a copy goes on
// with a copy of the World.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/histogram.h"
#include "model/problem.h"
#include "sim/time.h"

namespace model {

class World;

struct ProbeSpec {
  enum class Metric : std::uint8_t {
    success_ratio,  ///< of the answers, as callers saw them; of users: of their requests
    error_ratio,    ///< likewise: failed, refused, too late
    rate,           ///< requests per second that arrive; of users: that they send
    p50_ms,         ///< response time, as callers saw it
    p90_ms,
    p95_ms,
    p99_ms,
    p999_ms,
    utilisation,   ///< share of the workers that are at work
    queue,         ///< requests that wait for a worker, mean over time
    instances_up,  ///< at the end of the window
  };
  enum class Comparator : std::uint8_t { at_least, at_most, over, under, within, beyond };
  static constexpr sim::Time window_min = sim::millisecond;
  static constexpr sim::Time window_max = 86'400 * sim::second;
  static constexpr double value_max = 1e12;

  std::string name;     ///< for people; "": describe() does
  std::string service;  ///< "": what users see, of all load sources together
  std::string region;   ///< "": everywhere
  Metric metric = Metric::success_ratio;
  Comparator comparator = Comparator::at_least;
  sim::Time window = 10 * sim::second;
  double value = 0;  ///< or the lower end of what it is within or outside of
  double high = 0;   ///< of these; both ends are within

  bool takes_range() const { return comparator == Comparator::within || comparator == Comparator::beyond; }
  bool operator==(const ProbeSpec&) const = default;
};

/// In the order of the values: "successRatio", "errorRatio", "rate", "p50Ms" ... "instancesUp".
const std::vector<std::string>& probe_metric_names();
/// ">=", "<=", ">", "<", "within", "outside".
const std::vector<std::string>& probe_comparator_names();

struct ProbeResult {
  std::optional<double> value;  ///< nothing: nothing was there to be measured
  bool passed = false;          ///< never without a value
  bool operator==(const ProbeResult&) const = default;
};

ProbeResult result_of(const ProbeSpec& spec, std::optional<double> value);

/// "successRatio of users >= 0.995", "p99Ms of homepage in us-east-1 within 1 to 20".
std::string describe(const ProbeSpec& spec);
/// With its unit: "99.5 %", "12.3 ms", "20 /s", "3".
std::string figure_text(ProbeSpec::Metric metric, double value);

/// Adds what of it makes no sense for this World: an unknown service or region, nobody there, a figure that users do not have.
void check_probe(const World& world, const ProbeSpec& spec, const std::string& pointer, std::vector<Problem>& problems);

/// One window after the other. Workers count as they are at the calls, so call look() every second or so when instances come and go.
class Prober {
 public:
  /// A window begins now. REQUIRES: check_probe() finds nothing.
  void begin(const World& world, const ProbeSpec& spec);
  /// When nothing else is due, so that workers that come and go are counted.
  void look(const World& world);
  /// What it comes to from the beginning of the window until now.
  ProbeResult measure(const World& world, const ProbeSpec& spec);
  sim::Time began() const { return before_.at; }

 private:
  /// Cumulative.
  struct Reading {
    sim::Time at = 0;
    std::uint64_t arrived = 0;
    std::uint64_t replies = 0;
    std::uint64_t errors = 0;
    std::uint64_t queued_ns = 0;  ///< integrals: only differences mean something
    std::uint64_t busy_ns = 0;
    std::uint64_t workers = 0;  ///< now
    std::uint64_t up = 0;       ///< now
    Histogram response;
  };
  Reading read(const World& world, bool times) const;
  void count_workers(const Reading& now);

  std::vector<std::uint32_t> groups_;
  bool users_ = false;
  Reading before_;
  sim::Time looked_ = 0;
  double capacity_ns_ = 0;  ///< workers times time, since the window began
};

}  // namespace model

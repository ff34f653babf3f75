#pragma once
// The load that a source makes, as it is written in documents and settings: when requests come, how many, and what for. Plain data;
// architecture::read_load checks.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/distribution_spec.h"
#include "model/replication.h"
#include "model/status.h"
#include "sim/time.h"

namespace model {

/// A factor on the rate (or on the number of users) over simulated time, which counts from the moment the load is set. Every kind becomes
/// straight lines between points (model/shape.h).
struct ShapeSpec {
  enum class Kind {
    constant,  ///< 1
    ramp,      ///< from_factor until at_ms, then over over_ms to to_factor
    step,      ///< from_factor until at_ms, to_factor from then on
    spike,  ///< from_factor; at at_ms it rises within rise_ms to to_factor, stays for hold_ms, falls within fall_ms; again every period_ms
    diurnal,    ///< a raised cosine from from_factor (low) to to_factor (high, at at_ms) and back, every period_ms
    piecewise,  ///< straight lines between points, again every period_ms
  };
  struct Point {
    double at_ms = 0;
    double factor = 1;
    bool operator==(const Point&) const = default;
  };
  Kind kind = Kind::constant;
  double from_factor = 1;
  double to_factor = 1;
  double at_ms = 0;
  double over_ms = 0;
  double rise_ms = 0;
  double hold_ms = 0;
  double fall_ms = 0;
  double period_ms = 0;  ///< 0: it happens once; diurnal always has one
  std::vector<Point> points;

  bool operator==(const ShapeSpec&) const = default;
};

/// One of the kinds of requests in a mix.
struct RequestSpec {
  enum class Key {
    fixed,    ///< always the same
    known,    ///< one that this source put before; the fixed one before there is any
    fresh,    ///< one that nobody used before ("new" in documents)
    popular,  ///< one of `keys`, the same for all sources, by Zipf's law
  };
  std::string name;
  Verb verb = Verb::get;
  Key key = Key::fixed;
  double weight = 1;
  std::uint8_t priority = usual_priority;
  std::optional<Consistency> consistency = {};  ///< at replicated stores; nothing: as they are set
  std::uint32_t keys = 1;                       ///< popular: how many there are, 1 to keys_max
  double zipf = 1;                              ///< popular: key k of them comes k^-zipf times as often as the first, 0 to 5
  static constexpr std::uint32_t keys_max = 1'000'000'000;

  bool operator==(const RequestSpec&) const = default;
};

/// A third each: gets of a fixed key, gets of a key put before, puts of a new key.
inline std::vector<RequestSpec> usual_mix() {
  using Key = RequestSpec::Key;
  return {{"getFixed", Verb::get, Key::fixed}, {"getKnown", Verb::get, Key::known}, {"putNew", Verb::put, Key::fresh}};
}

struct TraceRow {
  static constexpr std::uint32_t any = 0xffffffffU;
  sim::Time at = 0;             ///< since the load was set
  std::uint32_t request = any;  ///< index in the mix; any: drawn by weight

  bool operator==(const TraceRow&) const = default;
};

struct LoadSpec {
  enum class Arrivals {
    poisson,        ///< exponential gaps
    deterministic,  ///< equal gaps
    pareto,         ///< Pareto gaps with shape alpha
    trace,          ///< at given times
    users,          ///< closed: each user thinks, asks, waits for the answer, thinks ...
  };
  static constexpr double requests_per_second_max = 1'000'000;  ///< also where factors are largest
  static constexpr double users_max = 1'000'000;                ///< also where factors are largest
  static constexpr double factor_max = 1'000;
  static constexpr double longest_ms = 31 * 86'400'000.0;  ///< of a shape or a trace: 31 days

  Arrivals arrivals = Arrivals::poisson;
  double alpha = 2.5;
  std::vector<TraceRow> trace;                ///< ascending times
  double loop_ms = 0;                         ///< the trace begins again every so often; 0: it ends
  std::optional<double> requests_per_second;  ///< poisson, deterministic and pareto: of all sources together, where factors are 1
  std::uint32_t users = 0;                    ///< of all sources together, where factors are 1
  DistributionSpec think_time;
  ShapeSpec shape;  ///< not of a trace
  std::vector<RequestSpec> mix = usual_mix();
  std::map<std::string, double> regions;  ///< factor on what the sources in a region do; 1 where none is given; not of a trace

  bool has_rate() const { return arrivals != Arrivals::trace && arrivals != Arrivals::users; }
  bool operator==(const LoadSpec&) const = default;
};

/// One that nobody changes any more: shared by the World, its copies, the journal and snapshots, since a trace may be long.
using LoadSpecPtr = std::shared_ptr<const LoadSpec>;

}  // namespace model

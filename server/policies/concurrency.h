#pragma once
// How many requests may be under way at once, found out from how long they take. Five rules behind one interface. One owner: a server, or a
// caller of one. Round-trip times in ns.
//
// Sources: Netflix concurrency-limits AIMDLimit, VegasLimit, Gradient2Limit, AbstractPartitionedLimiter; Envoy GradientController.

#include <cstdint>
#include <variant>

#include "policies/quantile.h"
#include "sim/time.h"

namespace policies {

struct FixedLimit {
  std::uint32_t limit = 1;  ///< 1 to 10^6
  bool operator==(const FixedLimit&) const = default;
};

/// One more for each success while at least half is used; times `backoff` for each drop or rtt over `timeout`.
struct AimdSpec {
  std::uint32_t initial = 20;           ///< min to max
  std::uint32_t min = 20;               ///< at least 1
  std::uint32_t max = 200;              ///< to 10^6
  double backoff = 0.9;                 ///< 0.5 to under 1
  sim::Time timeout = 5 * sim::second;  ///< over 0
  bool operator==(const AimdSpec&) const = default;
};

/// queue = ceil(L (1 - least rtt / rtt)); with g = max(1, floor(log10 L)): L + 6g when queue <= g, L + g when queue < 3g (alpha), L - g
/// when queue > 6g (beta) or a request was dropped; as it is in between, and while less than half is used. The least rtt is measured anew
/// after 0.5 to 1 times probe_multiplier L samples.
struct VegasSpec {
  std::uint32_t initial = 20;           ///< 1 to max
  std::uint32_t max = 1'000;            ///< to 10^6
  double smoothing = 1;                 ///< over 0 to 1: share of the new limit
  std::uint32_t probe_multiplier = 30;  ///< 1 to 1,000
  bool operator==(const VegasSpec&) const = default;
};

/// L' = (1 - s) L + s (g L + queue), g = tolerance * long-term rtt / rtt, from 0.5 to 1. Not while less than half is used. The long-term
/// rtt is the mean of the first ten, then exponential with factor 2 / (long_window + 1), and falls by a tenth whenever it is over twice the
/// rtt.
struct Gradient2Spec {
  std::uint32_t initial = 20;       ///< min to max
  std::uint32_t min = 20;           ///< at least 1
  std::uint32_t max = 200;          ///< to 10^6
  double tolerance = 1.5;           ///< 1 to 10
  std::uint32_t long_window = 600;  ///< samples, 1 to 10^6
  double smoothing = 0.2;           ///< over 0 to 1
  std::uint32_t queue = 4;          ///< 0 to 10^6
  bool operator==(const Gradient2Spec&) const = default;
};

/// At the end of each update_interval with samples: g = min_rtt (1 + buffer) / quantile of the samples, from 0.5 to 2; L' = gL + sqrt(gL).
/// min_rtt is that quantile of `requests` requests, with L pinned to min_concurrency meanwhile: at the beginning, every min_rtt_interval
/// and a random share of it up to `jitter`, and after five updates in a row at min_concurrency. Requests sent before do not count, nor do
/// dropped ones.
struct EnvoyGradientSpec {
  sim::Time update_interval = 100 * sim::millisecond;  ///< 1 ms to 1 h; Envoy has no default, its example has this
  sim::Time min_rtt_interval = 60 * sim::second;       ///< 1 ms to 24 h; likewise
  std::uint32_t requests = 50;                         ///< 1 to 10^6
  double jitter = 0.15;                                ///< 0 to 1
  double buffer = 0.25;                                ///< 0 to 10
  double quantile = 0.5;                               ///< over 0 to under 1
  std::uint32_t max = 1'000;                           ///< min_concurrency to 10^6
  std::uint32_t min_concurrency = 3;                   ///< at least 1
  bool operator==(const EnvoyGradientSpec&) const = default;
};

using ConcurrencySpec = std::variant<FixedLimit, AimdSpec, VegasSpec, Gradient2Spec, EnvoyGradientSpec>;

bool valid(const ConcurrencySpec& spec);

/// A request that has ended.
struct RttSample {
  sim::Time rtt = 0;            ///< at least 1
  std::uint32_t in_flight = 0;  ///< when it started, itself included
  bool dropped = false;         ///< rejected, or timed out
};

class ConcurrencyLimit {
 public:
  /// `now`: when counting begins. REQUIRES: valid(spec). The others want a spec of the same kind, and times that do not go back.
  ConcurrencyLimit(const ConcurrencySpec& spec, sim::Time now);

  /// At `now`: what is due by the clock happens first.
  std::uint32_t limit(const ConcurrencySpec& spec, sim::Time now);
  /// `random`: 64 random bits, which decide when Vegas and Envoy measure the least rtt again.
  void sample(const ConcurrencySpec& spec, sim::Time now, const RttSample& sample, std::uint64_t random);

 private:
  struct Vegas {
    double probe_share = 0.75;      ///< of probe_multiplier L; the mean of the shares that are drawn later
    sim::Time least_rtt = 0;        ///< 0: none yet
    std::uint32_t since_probe = 0;  ///< samples
  };
  struct Gradient2 {
    double long_rtt = 0;
    double first_sum = 0;
    std::uint32_t samples = 0;  ///< to 10
  };
  struct EnvoyGradient {
    Quantile rtts;
    double min_rtt = 0;
    sim::Time epoch = 0;  ///< when the last measurement of min_rtt began
    sim::Time next_update = 0;
    sim::Time next_min_rtt = 0;
    std::uint32_t deferred = 0;    ///< the limit after a measurement of min_rtt; 0: none is going on
    std::uint32_t at_minimum = 0;  ///< updates in a row
  };

  void sample_aimd(const AimdSpec& spec, const RttSample& sample);
  void sample_vegas(const VegasSpec& spec, const RttSample& sample, std::uint64_t random);
  void sample_gradient2(const Gradient2Spec& spec, const RttSample& sample);
  void sample_envoy(const EnvoyGradientSpec& spec, sim::Time now, const RttSample& sample, std::uint64_t random);
  void update_envoy(const EnvoyGradientSpec& spec);
  void measure_min_rtt(const EnvoyGradientSpec& spec, sim::Time now);
  void advance_envoy(const EnvoyGradientSpec& spec, sim::Time now);

  double limit_ = 1;
  std::variant<std::monostate, Vegas, Gradient2, EnvoyGradient> state_;
};

/// Shares of a limit (Netflix's partitions: live 0.9, batch 0.1): one that has used up its share may go on as long as others leave room.
/// `in_flight`: of all; `own`: of those with this share. A share is at least one request.
bool admits(std::uint32_t limit, std::uint32_t in_flight, double share, std::uint32_t own);

}  // namespace policies

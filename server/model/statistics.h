#pragma once
// What is counted, in integers, so that no order of adding can change a sum. Each shard counts what happens in it; sums over shards are the
// whole.

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/histogram.h"
#include "model/instance.h"
#include "model/status.h"
#include "policies/shedding.h"
#include "sim/time.h"

namespace model {

/// One link: the calls from one group to another, as the callers see them.
struct LinkCount {
  std::uint64_t requests = 0;  ///< sent, each attempt of its own
  std::uint64_t replies = 0;   ///< over, with whatever status; for one-way messages equal to requests
  std::uint64_t errors = 0;    ///< of the replies
  std::uint64_t one_way = 0;   ///< of the replies, those that are none: messages that nobody answers
  std::uint64_t response_ns = 0;

  void add(const LinkCount& o) {
    requests += o.requests;
    replies += o.replies;
    errors += o.errors;
    one_way += o.one_way;
    response_ns += o.response_ns;
  }
};

/// A number of things over time, kept as its integral: modulo 2^64, so that adding the time of every coming and taking away that of every
/// going is exact whatever the order.
class TimeWeighted {
 public:
  void enter(sim::Time now) {
    sum_ -= static_cast<std::uint64_t>(now);
    ++present_;
  }
  void leave(sim::Time now) {
    sum_ += static_cast<std::uint64_t>(now);
    --present_;
  }
  std::uint64_t present() const { return present_; }
  /// Sum over all things of the time that each was there until `now`, in ns. Differences of two integrals over the time between give the
  /// mean.
  std::uint64_t integral(sim::Time now) const { return sum_ + present_ * static_cast<std::uint64_t>(now); }
  void add(const TimeWeighted& other) {
    sum_ += other.sum_;
    present_ += other.present_;
  }

 private:
  std::uint64_t sum_ = 0;
  std::uint64_t present_ = 0;
};

/// What policies did to the calls over a link; counted on the first link of a route where nobody was chosen.
struct PolicyCount {
  std::uint64_t retries = 0;
  std::uint64_t hedges = 0;
  std::uint64_t cancelled = 0;  ///< tries given up because another was faster, or nobody wanted the answer any more
  std::uint64_t fallbacks = 0;
  std::uint64_t short_circuited = 0;  ///< not sent: the breaker was open
  std::uint64_t throttled = 0;        ///< not sent: adaptive throttling
  std::uint64_t no_room = 0;          ///< not sent: the bulkhead was full
  std::uint64_t over_budget = 0;      ///< retries not made
  std::uint64_t ejected = 0;          ///< instances left alone for a while
  std::uint64_t panicked = 0;         ///< tries for which too few were healthy to mind who is

  void add(const PolicyCount& o) {
    retries += o.retries;
    hedges += o.hedges;
    cancelled += o.cancelled;
    fallbacks += o.fallbacks;
    short_circuited += o.short_circuited;
    throttled += o.throttled;
    no_room += o.no_room;
    over_budget += o.over_budget;
    ejected += o.ejected;
    panicked += o.panicked;
  }
  bool operator==(const PolicyCount&) const = default;
};

/// One cell: a version of a service in a place. Requests are counted where they arrive, histograms where the answer does.
struct CellCount {
  std::uint64_t requests = 0;
  std::uint64_t replies = 0;
  std::uint64_t errors = 0;
  std::uint64_t useless = 0;                                ///< answered when the caller had given up
  std::uint64_t cancelled = 0;                              ///< not finished, because the caller had given up
  std::array<std::uint64_t, policies::importances> shed{};  ///< of the requests, those turned down on arrival, by importance
  std::uint64_t mishaps = 0;                                ///< of the requests, those that a fault answered
  std::uint64_t hits = 0;                                   ///< gets that found their key, at stores
  std::uint64_t misses = 0;                                 ///< and that did not
  TimeWeighted in_flight;                                   ///< accepted and not answered
  TimeWeighted queued;                                      ///< waiting for a worker
  TimeWeighted busy;                                        ///< workers at work, or held
  Histogram response;                                       ///< cr - cs
  Histogram service;                                        ///< ss - sr
  Histogram network;                                        ///< (sr - cs) + (cr - ss)
};

/// What one instance did, counted only while somebody looks.
struct InstanceCount {
  std::uint64_t requests = 0;  ///< arrived
  std::uint64_t replies = 0;
  std::uint64_t errors = 0;
  std::uint64_t service_ns = 0;  ///< sum of (server send - server receive)
  TimeWeighted busy;
};

/// Conservation: every request of a user is succeeded, failed or in flight.
struct RequestCount {
  std::uint64_t sent = 0;
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
};

/// One hop of a traced request, complete. Times that did not happen are 0.
struct Span {
  std::uint64_t trace = 0;
  std::uint32_t span = 0;
  std::uint32_t parent = 0;
  InstanceId source = no_instance;
  InstanceId target = no_instance;  ///< none: a policy did not send it
  std::uint32_t group = 0;          ///< for which it was, when there is no target
  sim::Time cs = 0, sr = 0, ss = 0, cr = 0;
  Verb verb = Verb::get;
  Status status = Status::ok;
  std::uint8_t attempt = 1;
  bool root = false;
  bool shed = false;  ///< rejected by load shedding
};

/// Counts per pair of instances, kept only while somebody looks. Key: source << 32 | target.
using PairCounts = std::unordered_map<std::uint64_t, LinkCount>;
constexpr std::uint64_t pair_key(InstanceId source, InstanceId target) {
  return (std::uint64_t{source} << 32) | target;
}

}  // namespace model

#pragma once
// Worlds whose only matter is when their users ask, and what they asked.

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "support/worlds.h"

namespace worlds {

inline model::LoadSpecPtr shared(model::LoadSpec load) {
  return std::make_shared<const model::LoadSpec>(std::move(load));
}

inline model::LoadSpec open_load(model::LoadSpec::Arrivals arrivals, double requests_per_second) {
  model::LoadSpec load;
  load.arrivals = arrivals;
  load.requests_per_second = requests_per_second;
  return load;
}

inline model::ShapeSpec shape(model::ShapeSpec::Kind kind, double from, double to, double at_ms) {
  model::ShapeSpec spec;
  spec.kind = kind;
  spec.from_factor = from;
  spec.to_factor = to;
  spec.at_ms = at_ms;
  return spec;
}

inline model::LoadSpec users_load(std::uint32_t users, double think_ms,
                                  model::DistributionSpec::Kind kind = model::DistributionSpec::Kind::constant) {
  model::LoadSpec load;
  load.arrivals = model::LoadSpec::Arrivals::users;
  load.users = users;
  load.think_time.kind = kind;
  load.think_time.mean_ms = think_ms;
  return load;
}

/// users -> web, which answers each request after 1 ms of work; 0.1 ms each way. Service 1 is the load source.
inline model::WorldSpec asked_by(model::LoadSpec load, std::uint32_t sources = 1, std::uint64_t seed = 1) {
  model::WorldSpec spec = small({service("web", "store", 3, {}), service("users", "denominator", 0, {0})}, seed);
  spec.services[0].concurrency = 65'535;
  spec.services[1].count = sources;
  spec.services[1].load = shared(std::move(load));
  spec.trace_sample_rate = 1;
  return spec;
}

struct Arrival {
  sim::Time at = 0;
  model::InstanceId source = model::no_instance;
  model::Verb verb = model::Verb::get;
  sim::Time response = 0;
};

/// Runs to `end` and gives every request of users that was answered meanwhile, by the time at which it was sent.
inline std::vector<Arrival> arrivals_until(model::World& world, sim::Time end, sim::Time slice = sim::second) {
  std::vector<Arrival> arrivals;
  while (world.now() < end) {
    world.run_until(std::min(end, world.now() + slice));
    for (model::Shard& shard : world.shards()) {
      for (const model::Span& span : shard.spans()) {
        if (span.root) arrivals.push_back({span.cs, span.target, span.verb, span.cr - span.cs});
      }
      shard.spans().clear();
    }
  }
  std::sort(arrivals.begin(), arrivals.end(), [](const Arrival& a, const Arrival& b) { return a.at < b.at; });
  return arrivals;
}

inline std::vector<sim::Time> times_of(const std::vector<Arrival>& arrivals) {
  std::vector<sim::Time> times;
  for (const Arrival& arrival : arrivals) times.push_back(arrival.at);
  return times;
}

/// The present state of every source, added up.
inline model::Source sources_of(const model::World& world, const std::string& name) {
  model::Source sum;
  for (const model::InstanceId id : instances_of(world, name)) {
    const model::Source& source = world.shards()[model::shard_of(id)].source(model::slot_of(id));
    sum.users += source.users;
    sum.leaving += source.leaving;
    sum.waiting += source.waiting;
  }
  return sum;
}

}  // namespace worlds

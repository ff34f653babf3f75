#pragma once
// Worlds for tests: the documents of json_arch, and small ones made by hand.

#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "architecture/build.h"
#include "architecture/read.h"
#include "model/world.h"
#include "packages/list.h"
#include "support/source.h"

namespace worlds {

using source::text_of;

inline architecture::Regions catalogue() {
  return std::get<architecture::Regions>(architecture::read_regions(text_of("config/regions.json")));
}

inline architecture::Defaults defaults() {
  auto known = std::get<architecture::Defaults>(architecture::read_defaults(text_of("config/packages.json"), packages::names()));
  known.policies = std::get<architecture::PolicyPresets>(architecture::read_policies(text_of("config/policies.json")));
  return known;
}

inline architecture::Architecture document(const std::string& name) {
  const architecture::Defaults known = defaults();
  return std::get<architecture::Architecture>(architecture::read_architecture(
      text_of("json_arch/" + name + "_arch.json"), packages::names(), known.protocols, known.policies, known.registries));
}

inline model::WorldSpec spec_of(const std::string& name, architecture::BuildSettings settings = {}) {
  return std::get<model::WorldSpec>(architecture::build(document(name), catalogue(), defaults(), settings));
}

/// The spec of a document that is given as text; throws what is wrong with it.
inline model::WorldSpec spec_of_text(const std::string& json, architecture::BuildSettings settings = {}) {
  const architecture::Defaults known = defaults();
  auto read = architecture::read_architecture(json, packages::names(), known.protocols, known.policies, known.registries);
  if (const auto* problems = std::get_if<architecture::Problems>(&read)) {
    throw std::runtime_error(problems->front().pointer + ": " + problems->front().message);
  }
  return std::get<model::WorldSpec>(architecture::build(std::get<architecture::Architecture>(read), catalogue(), known, settings));
}

/// A service with a constant service time of `ms`; the rest as a test needs it.
inline model::ServiceSpec service(const std::string& name, const std::string& package, std::uint32_t count,
                                  std::vector<std::uint32_t> dependencies, double ms = 1) {
  model::ServiceSpec s;
  s.name = name;
  s.package = packages::find(package);
  s.dependencies = std::move(dependencies);
  s.regions = package == "denominator" ? 0 : 1;
  s.count = count;
  s.service_time.mean_ms = ms;
  s.concurrency = 1'000;
  s.queue_limit = 1'000'000;
  s.timeout = 10 * sim::second;
  s.start_up = sim::second;
  return s;
}

/// One region with zones A, B, C; every network delay constant: 0.1 ms, also to the outside.
inline model::WorldSpec small(std::vector<model::ServiceSpec> services, std::uint64_t seed = 1) {
  model::WorldSpec spec;
  spec.architecture = "small";
  spec.seed = seed;
  spec.regions = {{"us-east-1", {"zoneA", "zoneB", "zoneC"}, {"54.198", "54.221", "50.19"}}};
  spec.network = {0.1, 0.1, 0.1, 0, {{0}}};
  spec.services = std::move(services);
  spec.registry_delay = 100 * sim::millisecond;
  return spec;
}

struct Sums {
  std::uint64_t sent = 0, succeeded = 0, failed = 0;
  std::uint64_t in_flight() const { return sent - succeeded - failed; }
};

inline Sums requests_of(const model::World& world) {
  Sums sums;
  for (const model::Shard& shard : world.shards()) {
    sums.sent += shard.requests().sent;
    sums.succeeded += shard.requests().succeeded;
    sums.failed += shard.requests().failed;
  }
  return sums;
}

inline std::size_t calls_in_flight(const model::World& world) {
  std::size_t sum = 0;
  for (const model::Shard& shard : world.shards()) sum += shard.calls_in_flight();
  return sum;
}

/// Every piece of work takes that much longer, until the place that is returned is lifted.
inline std::uint32_t slow_down(model::World& world, const std::vector<model::InstanceId>& ids, sim::Time latency) {
  model::Imposition on;
  on.fault = 1'000'000;
  on.work.added = sim::Distribution::constant(latency);
  on.work.chance = sim::threshold(1);
  const std::uint32_t place = world.impose(on);
  world.touch(place, ids);
  return place;
}

/// All cells of a service together.
inline model::CellCount cells_of(const model::World& world, const std::string& service) {
  const std::uint32_t index = *world.find_service(service);
  model::CellCount sum;
  for (const model::Shard& shard : world.shards()) {
    for (std::size_t c = 0; c < world.shared().cells.size(); ++c) {
      if (world.shared().groups[world.shared().cells[c].group].service != index) continue;
      const model::CellCount& cell = shard.cell_counts()[c];
      sum.requests += cell.requests;
      sum.replies += cell.replies;
      sum.errors += cell.errors;
      sum.useless += cell.useless;
      sum.cancelled += cell.cancelled;
      for (std::size_t i = 0; i < sum.shed.size(); ++i) sum.shed[i] += cell.shed[i];
      sum.in_flight.add(cell.in_flight);
      sum.queued.add(cell.queued);
      sum.busy.add(cell.busy);
      sum.response.merge(cell.response);
      sum.service.merge(cell.service);
      sum.network.merge(cell.network);
    }
  }
  return sum;
}

/// Every instance of a service, by serial within each group.
inline std::vector<model::InstanceId> instances_of(const model::World& world, const std::string& service) {
  std::vector<model::InstanceId> result;
  for (const std::uint32_t group : world.shared().services[*world.find_service(service)].groups) {
    const auto& members = world.shared().groups[group].members;
    result.insert(result.end(), members.begin(), members.end());
  }
  return result;
}

inline std::size_t in_state(const model::World& world, const std::string& service, model::InstanceState state) {
  std::size_t count = 0;
  for (const model::InstanceId id : instances_of(world, service)) count += static_cast<std::size_t>(world.instance(id).state == state);
  return count;
}

}  // namespace worlds

#pragma once
// What benchmarks run: documents of json_arch at a scale, as a server would build them.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>

#include "architecture/build.h"
#include "architecture/read.h"
#include "model/world.h"
#include "packages/list.h"

namespace bench {

inline std::string text_of(const std::string& path) {
  std::ifstream file(std::filesystem::path(SIMIANVIZ_SOURCE_DIR) / path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// 1 % of requests traced.
inline model::WorldSpec spec_of(const std::string& name, std::uint32_t scale_percent, std::uint32_t regions) {
  const auto catalogue = std::get<architecture::Regions>(architecture::read_regions(text_of("config/regions.json")));
  const auto defaults = std::get<architecture::Defaults>(architecture::read_defaults(text_of("config/packages.json"), packages::names()));
  const auto document = std::get<architecture::Architecture>(
      architecture::read_architecture(text_of("json_arch/" + name + "_arch.json"), packages::names(), defaults.protocols));
  auto spec = std::get<model::WorldSpec>(architecture::build(document, catalogue, defaults, {1, scale_percent, regions}));
  spec.trace_sample_rate = 0.01;
  return spec;
}

/// netflixoss. Its load balancer is one for a region at every scale: it grows with its load, as those of clouds do, or it would turn most
/// of it away.
inline model::WorldSpec netflixoss(std::uint32_t scale_percent, std::uint32_t regions) {
  model::WorldSpec spec = spec_of("netflixoss", scale_percent, regions);
  for (model::ServiceSpec& service : spec.services) {
    if (service.name == "www-elb") service.concurrency *= std::max(1U, scale_percent / 100);
  }
  return spec;
}

/// The same under a policy of config/policies.json on every dependency of every service.
inline model::WorldSpec under(model::WorldSpec spec, const std::string& policy) {
  const auto policies = std::get<architecture::PolicyPresets>(architecture::read_policies(text_of("config/policies.json")));
  for (model::ServiceSpec& service : spec.services) {
    service.calls.resize(service.dependencies.size());
    for (model::DependencySpec& call : service.calls) {
      for (const architecture::PolicyPreset& known : policies) {
        if (known.name == policy) call.policy = known.policy;
      }
    }
  }
  return spec;
}

/// Runs on, and collects spans as a server would.
inline void run_for(model::World& world, sim::Time time) {
  world.run_until(world.now() + time);
  for (model::Shard& shard : world.shards()) shard.spans().clear();
}

}  // namespace bench

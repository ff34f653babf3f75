#include "architecture/build.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "packages/list.h"

namespace architecture {
namespace {

template <class T>
T given_or(const std::optional<T>& given, const std::optional<T>& fallback) {
  return given ? *given : fallback.value_or(T{});
}

void add_serving(const Serving& serving, model::ServiceSpec& spec) {
  spec.discipline = serving.discipline;
  spec.last_come_above = serving.last_come_above;
  spec.holds_worker = serving.worker_held;
  spec.queue_timeout = serving.queue_timeout;
  spec.shedding = serving.shedding;
  spec.hit_time = serving.hit_time;
  spec.miss_time = serving.miss_time;
  spec.contention = serving.contention;
  spec.crosstalk = serving.crosstalk;
  spec.content = serving.content;
  spec.replication = serving.replication;
  spec.primary = serving.primary;
  spec.queue = serving.queue;
  spec.autoscaler = serving.autoscaler;
  if (!serving.version.empty()) spec.version = serving.version;
  spec.fan_out = serving.fan_out;
  spec.fan_out_first = serving.fan_out_first;
}

/// Types that the document's services may name: its own, then the catalogue's.
std::vector<model::MachineTypeSpec> machine_types(const Architecture& document, const Defaults& defaults) {
  std::vector<model::MachineTypeSpec> types = document.platforms.machines;
  for (const model::MachineTypeSpec& type : defaults.platforms.machines) {
    const bool own = std::any_of(types.begin(), types.end(), [&](const model::MachineTypeSpec& t) { return t.name == type.name; });
    if (!own) types.push_back(type);
  }
  return types;
}

/// Where its instances run; nothing when its machine is a name and no more. What makes no sense only together with the catalogue is
/// refused.
std::optional<model::Refusal> add_placement(const Service& service, std::size_t index, const std::vector<model::MachineTypeSpec>& types,
                                            model::ServiceSpec& spec) {
  const auto refuse = [&](const char* field, const std::string& detail) {
    const std::string pointer = "/document/services/" + std::to_string(index) + "/" + field;
    return model::Refusal{model::Refusal::Kind::invalid, "\"" + service.name + "\": " + detail, {{pointer, "conflict", detail, {}}}};
  };
  const auto type = std::find_if(types.begin(), types.end(), [&](const model::MachineTypeSpec& t) { return t.name == service.machine; });
  if (type == types.end()) {
    if (!service.platform.memory_mb) return std::nullopt;
    return refuse("memoryMb", "memory is that of a machine; give \"machine\", the name of a type of machine");
  }
  if (spec.function) return refuse("machine", "a function runs on no machine of yours");
  model::PlacementSpec placement;
  placement.type = static_cast<std::uint32_t>(type - types.begin());
  placement.shared = !service.container.empty();
  placement.memory_mb = service.platform.memory_mb.value_or(placement.shared ? model::container_memory_mb : 0);
  if (placement.memory_mb > type->memory_mb) {
    return refuse("memoryMb", "an instance needs " + std::to_string(placement.memory_mb) + " MB, and a machine of type \"" + type->name +
                                  "\" has " + std::to_string(type->memory_mb));
  }
  spec.placement = placement;
  return std::nullopt;
}

model::ServiceSpec service_spec(const Architecture& document, const Service& service, const Defaults& defaults,
                                const BuildSettings& settings) {
  const ServiceSettings& own = service.settings;
  const ServiceSettings& usual = defaults.packages.at(service.package).settings;
  model::ServiceSpec spec;
  spec.name = service.name;
  spec.package = packages::find(service.package);
  for (std::size_t d = 0; d < service.dependencies.size(); ++d) {
    if (service.dependencies[d] == "eureka") spec.everywhere = true;
    for (std::uint32_t s = 0; s < document.services.size(); ++s) {
      if (document.services[s].name != service.dependencies[d]) continue;
      spec.dependencies.push_back(s);
      spec.calls.push_back(service.calls[d]);
    }
  }
  for (const Consume& consume : service.consumes) {
    for (std::uint32_t s = 0; s < document.services.size(); ++s) {
      if (document.services[s].name == consume.service) spec.consumes.push_back({s, consume.topic, consume.at_once});
    }
  }
  spec.regions = service.regions * settings.regions;
  const std::uint64_t scaled = std::uint64_t{service.count} * settings.scale_percent / 100;
  spec.count = service.count == 0 ? 0 : static_cast<std::uint32_t>(std::clamp<std::uint64_t>(scaled, 1, 0xffffffffU));
  spec.labels = service.labels;
  spec.levels = {service.machine, service.instance, service.container, service.process};
  spec.service_time = given_or(own.service_time, usual.service_time);
  spec.concurrency = given_or(own.concurrency, usual.concurrency);
  spec.queue_limit = given_or(own.queue_limit, usual.queue_limit);
  spec.hit_ratio = given_or(own.hit_ratio, usual.hit_ratio);
  spec.error_rate = given_or(own.error_rate, usual.error_rate);
  spec.timeout = sim::from_ms(given_or(own.timeout_ms, usual.timeout_ms));
  spec.start_up = sim::from_ms(given_or(own.start_up_ms, usual.start_up_ms));
  const std::optional<double> replaced = own.replace_after_ms ? *own.replace_after_ms : usual.replace_after_ms.value_or(std::nullopt);
  if (replaced) spec.replace_after = sim::from_ms(*replaced);
  spec.requests_per_second = spec.package->load_source ? given_or(own.requests_per_second, usual.requests_per_second) : 0;
  add_serving(service.serving, spec);
  spec.starting = service.platform.starting;
  if (spec.package->on_demand) spec.function = function_spec(service.platform.function, defaults.platforms.function);
  if (own.load && spec.package->load_source) spec.load = std::make_shared<const model::LoadSpec>(*own.load);
  return spec;
}

/// What a document says of load and only a run can check; nothing when it is right.
std::optional<model::Refusal> check_load(const model::ServiceSpec& service, std::size_t index, const Regions& regions) {
  std::vector<std::string> known;
  for (const Region& region : regions.regions) known.push_back(region.name);
  std::vector<model::Problem> problems = model::unknown_regions(*service.load, known);
  const double total = service.requests_per_second * std::max(1U, service.regions) * std::max(1U, service.count);
  model::LoadSpec whole = *service.load;
  if (whole.has_rate() && !whole.requests_per_second) whole.requests_per_second = total;
  if (auto problem = model::too_much(whole)) problems.push_back(std::move(*problem));
  if (problems.empty()) return std::nullopt;
  for (model::Problem& problem : problems) problem.pointer = "/document/services/" + std::to_string(index) + "/load" + problem.pointer;
  return model::Refusal{model::Refusal::Kind::invalid, "the load of \"" + service.name + "\": " + problems.front().message,
                        std::move(problems)};
}

model::NetworkSpec network_of(const Regions& regions, const Distances& own) {
  model::NetworkSpec network;
  network.same_zone_ms = own.same_zone_ms.value_or(regions.same_zone_ms);
  network.other_zone_ms = own.other_zone_ms.value_or(regions.other_zone_ms);
  network.global_ms = own.global_ms.value_or(regions.global_ms);
  network.jitter = own.jitter.value_or(regions.jitter);
  network.between_ms = regions.between_ms;
  network.same_zone_mbps = regions.same_zone_mbps;
  network.other_zone_mbps = regions.other_zone_mbps;
  network.between_regions_mbps = regions.between_regions_mbps;
  network.global_mbps = regions.global_mbps;
  return network;
}

model::Refusal too_large(const std::string& pointer, const std::string& detail) {
  return {model::Refusal::Kind::invalid, detail, {{pointer, "outOfRange", detail, {}}}};
}

}  // namespace

std::variant<model::WorldSpec, model::Refusal> build(const Architecture& document, const Regions& regions, const Defaults& defaults,
                                                     const BuildSettings& settings) {
  model::WorldSpec spec;
  spec.architecture = document.name;
  spec.seed = settings.seed;
  spec.victim = document.victim;
  spec.starts_at = settings.starts_at.value_or(document.starts_at.value_or(model::usual_epoch));
  spec.registry_delay = sim::from_ms(defaults.registry_delay_ms);
  if (document.registry) spec.discovery = *document.registry;
  spec.trace_sample_rate = defaults.trace_sample_rate;
  std::uint32_t used = 1;
  std::uint64_t instances = 0;
  std::vector<model::MachineTypeSpec> types = machine_types(document, defaults);
  bool needs_machines = false;
  for (const Service& service : document.services) {
    model::ServiceSpec s = service_spec(document, service, defaults, settings);
    if (auto refusal = add_placement(service, spec.services.size(), types, s)) return std::move(*refusal);
    if (s.placement) needs_machines = true;
    if (s.load) {
      if (auto refusal = check_load(s, spec.services.size(), regions)) return std::move(*refusal);
    }
    used = std::max(used, s.regions);
    instances += std::uint64_t{std::max(1U, s.regions)} * std::max(1U, s.count);
    spec.services.push_back(std::move(s));
  }
  if (used > regions.regions.size()) {
    return too_large("/regions", "needs " + std::to_string(used) + " regions (those of the document, times " +
                                     std::to_string(settings.regions) + "), and the catalogue has " +
                                     std::to_string(regions.regions.size()));
  }
  if (instances > model::World::instances_max) {
    return too_large("/scalePercent", "makes " + std::to_string(instances) + " instances, and at most " +
                                          std::to_string(model::World::instances_max) + " are possible");
  }
  for (std::uint32_t r = 0; r < used; ++r) {
    const Region& region = regions.regions[r];
    spec.regions.push_back({region.name, region.zones, region.address_ranges, region.continent});
  }
  if (needs_machines) spec.machine_types = std::move(types);
  spec.cold_start = document.platforms.cold_start;
  spec.function_concurrency =
      document.platforms.function_concurrency.value_or(defaults.platforms.function_concurrency.value_or(spec.function_concurrency));
  spec.network = network_of(regions, document.network);
  return spec;
}

}  // namespace architecture

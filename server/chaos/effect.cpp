#include "chaos/effect.h"

#include <algorithm>

namespace chaos {
namespace {

const model::PackageInfo& package_of(const World& world, InstanceId id) {
  return *world.shared().services[world.shared().groups[world.instance(id).group].service].package;
}

bool names_instances(const model::SelectorParts& parts) {
  return !parts.instances.empty() || !parts.versions.empty() || !parts.states.empty();
}

bool names_places_alone(const model::SelectorParts& parts) {
  return parts.services.empty() && parts.labels.empty() && !names_instances(parts);
}

/// Whether a selector matches a service where it is; where it names instances, one of these has to be there.
bool is_about(const World& world, const model::Selector& selector, const model::Group& group) {
  if (!world.matches(static_cast<const model::SelectorParts&>(selector), group)) return false;
  if (names_instances(selector) || names_instances(selector.exclude)) {
    return std::any_of(group.members.begin(), group.members.end(), [&](InstanceId id) { return world.matches(selector, id); });
  }
  return selector.exclude.empty() || !world.matches(selector.exclude, group);
}

}  // namespace

ParameterSpec number(std::string name, std::string description, double by_default, double min, double max, std::string unit) {
  ParameterSpec spec;
  spec.name = std::move(name);
  spec.description = std::move(description);
  spec.default_value = by_default;
  spec.min = min;
  spec.max = max;
  spec.unit = std::move(unit);
  return spec;
}

ParameterSpec choice(std::string name, std::string description, std::string by_default, std::vector<std::string> choices) {
  ParameterSpec spec;
  spec.name = std::move(name);
  spec.kind = ParameterSpec::Kind::choice;
  spec.description = std::move(description);
  spec.default_value = std::move(by_default);
  spec.choices = std::move(choices);
  return spec;
}

double number_in(const Parameters& parameters, const char* name) {
  return std::get<double>(parameters.at(name));
}

sim::Time time_in(const Parameters& parameters, const char* name) {
  return sim::from_ms(number_in(parameters, name));
}

const std::string& text_in(const Parameters& parameters, const char* name) {
  return std::get<std::string>(parameters.at(name));
}

std::vector<ParameterSpec> latency_parameters(double latency_ms, double jitter_ms, const std::string& what) {
  return {number("latencyMs", "added to " + what + ": its mean", latency_ms, 0.001, 3'600'000, "ms"),
          number("jitterMs", "constant only: up to that much more or less, evenly", jitter_ms, 0, 3'600'000, "ms"),
          choice("distribution", "how it varies; lognormal has a coefficient of variation of 1, pareto a shape of 2.5", "constant",
                 {"constant", "exponential", "lognormal", "pareto"}),
          number("probability", "chance that " + what + " is delayed", 1, 0, 1, "")};
}

Delay delay_in(const Parameters& parameters) {
  const sim::Time mean = time_in(parameters, "latencyMs");
  const sim::Time jitter = std::min(mean, time_in(parameters, "jitterMs"));
  const std::string& kind = text_in(parameters, "distribution");
  Delay delay;
  delay.probability = number_in(parameters, "probability");
  if (kind == "exponential") {
    delay.time = sim::Distribution::exponential(mean);
  } else if (kind == "lognormal") {
    delay.time = sim::Distribution::log_normal(mean, 1);
  } else if (kind == "pareto") {
    delay.time = sim::Distribution::pareto(mean, 2.5);
  } else {
    delay.time = jitter > 0 ? sim::Distribution::uniform(mean - jitter, mean + jitter) : sim::Distribution::constant(mean);
  }
  return delay;
}

std::vector<std::uint32_t> locations_of(const World& world, const model::Selector& selector) {
  const auto is_there = [&](std::uint32_t location) {
    const std::vector<model::Group>& groups = world.shared().groups;
    return std::any_of(groups.begin(), groups.end(), [&](const auto& g) { return g.location == location && is_about(world, selector, g); });
  };
  std::vector<std::uint32_t> found;
  for (std::uint32_t l = 0; l < world.shared().locations.size(); ++l) {
    const model::Location& location = world.shared().locations[l];
    const bool left_out = !selector.exclude.empty() && names_places_alone(selector.exclude) && world.matches(selector.exclude, location);
    if (!world.matches(selector, location) || left_out) continue;
    if (names_places_alone(selector) || is_there(l)) found.push_back(l);
  }
  return found;
}

std::vector<std::uint32_t> services_of(const World& world, const model::Selector& selector) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t s = 0; s < world.shared().services.size(); ++s) {
    const std::vector<std::uint32_t>& groups = world.shared().services[s].groups;
    const auto is_there = [&](std::uint32_t group) { return is_about(world, selector, world.shared().groups[group]); };
    if (std::any_of(groups.begin(), groups.end(), is_there)) found.push_back(s);
  }
  return found;
}

bool is_store(const World& world, InstanceId id) {
  const model::PackageInfo& package = package_of(world, id);
  return package.looks_up || package.replicates || package.elects;
}

bool is_broker(const World& world, InstanceId id) {
  return package_of(world, id).publishes;
}

bool looks_up(const World& world, InstanceId id) {
  return package_of(world, id).looks_up;
}

bool keeps_copies(const World& world, InstanceId id) {
  return package_of(world, id).replicates || package_of(world, id).elects;
}

bool is_load_source(const World& world, InstanceId id) {
  return package_of(world, id).load_source;
}

bool is_in_a_region(const World& world, InstanceId id) {
  return world.shared().locations[world.shared().groups[world.instance(id).group].location].region != model::outside;
}

void crash_when_full(World& world, const Run& run, const Instances& hit) {
  for (const InstanceId id : hit) {
    if (world.instance(id).state != model::InstanceState::up || world.memory_used(id, run.place) < 1) continue;
    world.restart(id, "has no memory left, crashes and is started again");
  }
}

}  // namespace chaos

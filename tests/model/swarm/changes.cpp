// Versions, routes, shifts, autoscalers and what faults deny, at random.

#include <algorithm>
#include <string>

#include "model/package.h"
#include "model/swarm/scenario.h"
#include "operations/operations.h"

namespace swarm {
namespace {

/// One that people change: no pirates, no load sources.
std::string some_service(const model::World& world, Dice& dice) {
  const auto& services = world.shared().services;
  const model::Service& service = services[dice.below(services.size())];
  return service.package->wakes || service.package->load_source ? services.front().name : service.name;
}

std::string some_version(const model::World& world, Dice& dice, const std::string& service) {
  const auto& profiles = world.shared().services[*world.find_service(service)].profiles;
  return world.shared().profiles[profiles[dice.below(profiles.size())]].version;
}

model::AnalysisSpec some_analysis(Dice& dice) {
  model::AnalysisSpec analysis;
  analysis.bounds = {{static_cast<model::AnalysisSpec::Metric>(dice.below(4)), dice.between(0, 10) / 20, std::nullopt, std::nullopt}};
  if (dice.one_in(2)) analysis.bounds.front().max_ratio = 1.2;
  analysis.interval = sim::second;
  analysis.requests_min = static_cast<std::uint32_t>(1 + dice.below(20));
  return analysis;
}

void push(model::World& world, Dice& dice, bool gentle) {
  static const char* const versions[] = {"1.2.3", "1.2.4", "1.3.0", "2.0.0", "blue"};
  model::DeploymentSpec spec;
  spec.version.name = versions[dice.below(5)];
  spec.version.service_time_factor = dice.between(1, 3);
  if (dice.one_in(3)) spec.version.start_up_ms = dice.between(0, 2'000);
  if (!gentle && dice.one_in(6)) spec.version.crash_after_ms = dice.between(1'000, 5'000);
  spec.strategy = static_cast<model::Strategy>(dice.below(model::strategy_names().size()));
  spec.max_surge = {dice.between(0, 100), dice.one_in(2)};
  spec.max_unavailable = {dice.between(0, 100), true};
  for (std::uint64_t i = dice.below(4); i > 0; --i) {
    model::CanaryStep step{static_cast<model::CanaryStep::Kind>(dice.below(3)), dice.between(0, 100), std::nullopt};
    if (dice.one_in(2)) step.duration = static_cast<sim::Time>(dice.below(2'000)) * sim::millisecond;
    spec.steps.push_back(step);
  }
  spec.analysis = some_analysis(dice);
  spec.scales_stable = dice.one_in(2);
  spec.scale_down_delay = sim::second;
  spec.judgment = spec.eureka_wait = sim::second / 2;
  spec.max_remaining = static_cast<std::uint32_t>(1 + dice.below(3));
  spec.weighted_rollback = dice.one_in(2);
  spec.keep = dice.one_in(5);
  spec.force = dice.one_in(2);
  operations::push(world, some_service(world, dice), spec);
}

void set_some_state(model::World& world, Dice& dice) {
  static const char* const states[] = {"paused", "progressing", "promoted", "rolledBack"};
  for (const model::DeploymentRecord& d : world.deployments()) {
    if (d.ended && !dice.one_in(4)) continue;
    operations::set_deployment_state(world, std::string(d.service), std::string(d.id), states[dice.below(4)]);
    return;
  }
}

void route(model::World& world, Dice& dice, bool plain) {
  const std::string service = some_service(world, dice);
  model::RoutingSpec routing;
  for (std::uint64_t i = dice.below(4); i > 0; --i) {
    model::RouteRule rule;
    rule.to_version = some_version(world, dice, service);
    rule.percent = dice.between(0, 100);
    rule.weight = dice.between(0, 100);
    rule.sticky = dice.one_in(2);
    rule.mirror = dice.one_in(3) && !plain;  // whoever is plain waits for all that it causes
    if (dice.one_in(3)) rule.header = "x-test";
    if (dice.one_in(3)) rule.client_version = "1.2.4";
    routing.rules.push_back(std::move(rule));
  }
  operations::set_routing(world, service, routing);
}

void shift(model::World& world, Dice& dice) {
  const model::RegionNames& region = world.regions()[dice.below(world.regions().size())];
  const bool whole = dice.one_in(3);
  const std::string place = whole ? region.name : region.name + "." + region.zones[dice.below(region.zones.size())];
  const double weights[] = {0, 50, 100, dice.between(0, 100)};
  operations::shift_traffic(world, {place, whole, weights[dice.below(4)], static_cast<sim::Time>(dice.below(3)) * sim::second});
}

/// Some place has no capacity, some service is frozen, or no longer.
void deny(model::World& world, Dice& dice) {
  model::Denials& denials = world.denials();
  auto& counts = dice.one_in(2) ? denials.capacity : dice.one_in(2) ? denials.autoscalers : denials.deployments;
  std::uint32_t& count = counts[dice.below(counts.size())];
  count = count > 0 ? count - 1 : count + 1;
}

void autoscale(model::World& world, Dice& dice) {
  policies::AutoscalerSpec spec;
  spec.max = static_cast<std::uint32_t>(1 + dice.below(12));
  spec.metrics = {{static_cast<policies::AutoscalerSpec::Metric>(dice.below(3)), dice.between(1, 100)}};
  spec.sync = sim::second;
  spec.initialisation = spec.down.window = dice.one_in(2) ? 0 : 5 * sim::second;
  operations::set_autoscaler(world, some_service(world, dice), dice.one_in(4) ? nullptr : &spec);
}

void change_something_else(model::World& world, Dice& dice) {
  const std::string service = some_service(world, dice);
  const std::string version = some_version(world, dice, service);
  switch (dice.below(4)) {
    case 0:
      operations::remove_version(world, service, version);
      break;
    case 1:
      operations::set_flags(world, service, {{"feature", version, dice.one_in(2), dice.between(1, 3), dice.between(0, 1) / 10}});
      break;
    case 2:
      operations::set_gates(world, dice.one_in(2));
      break;
    default:
      if (!world.evacuations().empty() && dice.one_in(2)) {
        operations::fail_back(world, std::string(world.evacuations().back().id));
      } else {
        operations::evacuate(
            world, {world.regions()[dice.below(world.regions().size())].name, "", {sim::second, 0, 0, sim::second}, dice.one_in(2)});
      }
  }
}

}  // namespace

void keep_numbers(model::WorldSpec& spec, Dice dice) {
  for (model::ServiceSpec& service : spec.services) {
    if (service.package->wakes || dice.one_in(3)) continue;
    service.replace_after = static_cast<sim::Time>(dice.below(4'000)) * sim::millisecond;
    if (dice.one_in(3)) service.version = "1.2.3";
  }
}

void change_something(model::World& world, Dice& dice, bool gentle, bool plain) {
  switch (dice.below(9)) {
    case 0:
    case 1:
    case 2:
      push(world, dice, gentle);
      break;
    case 3:
      set_some_state(world, dice);
      break;
    case 4:
      route(world, dice, plain);
      break;
    case 5:
      shift(world, dice);
      break;
    case 6:
      deny(world, dice);
      break;
    case 7:
      autoscale(world, dice);
      break;
    default:
      change_something_else(world, dice);
  }
}

void allow_all(model::World& world) {
  for (auto* counts : {&world.denials().capacity, &world.denials().autoscalers, &world.denials().deployments}) {
    std::fill(counts->begin(), counts->end(), 0U);
  }
  for (std::uint32_t s = 0; s < world.shared().services.size(); ++s) {
    if (world.autoscalers().contains(s)) world.set_autoscaler(s, std::nullopt);
  }
}

}  // namespace swarm

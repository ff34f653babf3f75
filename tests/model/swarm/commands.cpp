#include <algorithm>
#include <string>

#include "chaos/experiment.h"
#include "chaos/fault.h"
#include "chaos/schedule.h"
#include "model/swarm/scenario.h"
#include "operations/operations.h"
#include "support/arrivals.h"

namespace swarm {
namespace {

using Arrivals = model::LoadSpec::Arrivals;
using Shape = model::ShapeSpec::Kind;

std::string some_service(const model::World& world, Dice& dice) {
  return world.shared().services[dice.below(world.shared().services.size())].name;
}

/// One that may be scaled and replaced: a new pirate would go on talking when all others have ended.
std::string some_quiet_service(const model::World& world, Dice& dice) {
  const std::string name = some_service(world, dice);
  return world.shared().services[*world.find_service(name)].package->wakes ? "users" : name;
}

std::string some_region(const model::World& world, Dice& dice) {
  return world.regions()[dice.below(world.regions().size())].name;
}

std::string some_zone(const model::World& world, Dice& dice) {
  return some_region(world, dice) + ".zone" + std::string(1, static_cast<char>('A' + dice.below(3)));
}

/// Nobody when the service has none.
model::InstanceId some_instance(const model::World& world, Dice& dice) {
  const auto all = worlds::instances_of(world, some_service(world, dice));
  return all.empty() ? model::no_instance : all[dice.below(all.size())];
}

model::ShapeSpec some_shape(Dice& dice) {
  model::ShapeSpec shape;
  shape.kind = static_cast<Shape>(dice.below(6));
  shape.from_factor = dice.between(0, 2) / 2;
  shape.to_factor = dice.between(0, 4) / 2;
  shape.at_ms = dice.between(0, 500);
  shape.over_ms = dice.between(1, 300);
  shape.rise_ms = dice.between(0, 300);
  shape.hold_ms = dice.between(0, 300);
  shape.fall_ms = dice.between(0, 300);
  shape.period_ms = shape.kind == Shape::diurnal || dice.one_in(2) ? 2'000 : 0;
  if (shape.kind == Shape::piecewise) shape.points = {{0, shape.from_factor}, {400, shape.to_factor}, {900, 1}};
  return shape;
}

/// One of every kind of arrivals, each with a shape that a trace has no use for.
model::LoadSpec some_load(Dice& dice) {
  const auto arrivals = static_cast<Arrivals>(dice.below(5));
  model::LoadSpec load = worlds::open_load(arrivals, static_cast<double>(50 + dice.below(1000)));
  if (arrivals == Arrivals::users) {
    load = worlds::users_load(static_cast<std::uint32_t>(dice.below(200)), static_cast<double>(1 + dice.below(50)));
    load.think_time.kind = dice.one_in(2) ? model::DistributionSpec::Kind::exponential : model::DistributionSpec::Kind::constant;
  }
  if (dice.one_in(2)) {
    load.mix[0].priority = static_cast<std::uint8_t>(dice.below(model::priorities));
    load.mix[2].weight = dice.between(0, 3);
  }
  if (arrivals == Arrivals::trace) {
    load.requests_per_second.reset();
    for (int i = 0; i < 100; ++i) load.trace.push_back({i * static_cast<sim::Time>(dice.below(100)) * 1'000, model::TraceRow::any});
    std::sort(load.trace.begin(), load.trace.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    load.loop_ms = dice.one_in(2) ? 100 : 0;
    return load;
  }
  load.shape = some_shape(dice);
  if (dice.one_in(4)) load.regions["us-east-1"] = 0.5;
  return load;
}

/// Whether what instances have in hand may be gone, or messages.
bool loses_calls(const chaos::FaultType& type) {
  static const char* const gentle[] = {"instance.slow", "instance.slowStart", "latency", "diskSlow", "cpu.stress", "capacity", "freeze"};
  return std::none_of(std::begin(gentle), std::end(gentle),
                      [&](const char* part) { return type.type.find(part) != std::string_view::npos; });
}

void start_some_fault(model::World& world, Dice& dice, bool gentle) {
  if (const auto request = some_fault(world, dice, gentle)) chaos::start_fault(world, *request);
}

void stop_some_fault(model::World& world) {
  for (const model::FaultRecord& fault : world.faults()) {
    if (fault.ended) continue;
    chaos::stop_fault(world, fault.id);
    return;
  }
}

void scale_something(model::World& world, Dice& dice) {
  operations::ScaleRequest request{some_quiet_service(world, dice), {}, {}};
  if (dice.one_in(3)) {
    request.per_zone[some_zone(world, dice)] = static_cast<std::uint32_t>(dice.below(5));
  } else {
    request.replicas = static_cast<std::uint32_t>(1 + dice.below(10));
  }
  operations::scale(world, request);
}

void push_something(model::World& world, Dice& dice) {
  operations::PushRequest request;
  request.service = some_quiet_service(world, dice);
  request.version = "v" + std::to_string(dice.below(4));
  request.service_time_factor = dice.one_in(2) ? 1 : 0.5 * dice.between(1, 4);
  request.error_rate = dice.one_in(3) ? 0.1 : 0;
  request.batch_percent = dice.between(10, 100);
  operations::push(world, request);
}

void roll_something_back(model::World& world) {
  for (const model::DeploymentRecord& d : world.deployments()) {
    if (d.state != "progressing") continue;
    operations::roll_back(world, d.service, d.id);
    return;
  }
}

}  // namespace

std::optional<chaos::FaultRequest> some_fault(const model::World& world, Dice& dice, bool gentle) {
  const chaos::FaultType& type = chaos::all()[dice.below(chaos::all().size())];
  if (gentle && loses_calls(type)) return std::nullopt;
  model::Selector selector;
  const model::InstanceId instance = some_instance(world, dice);
  switch (type.scope) {
    case chaos::Scope::any:
      if (dice.one_in(2)) selector.services = {some_service(world, dice)};
      if (selector.services.empty() || dice.one_in(3)) selector.zones = {some_zone(world, dice)};
      break;
    case chaos::Scope::instances:
      if (instance != model::no_instance) selector.instances = {world.name_of(instance)};
      break;
    case chaos::Scope::services:
      selector.services = {some_service(world, dice)};
      break;
    case chaos::Scope::zones:
      selector.zones = {some_zone(world, dice)};
      break;
    case chaos::Scope::regions:
      selector.regions = {some_region(world, dice)};
      break;
  }
  chaos::FaultRequest request;
  request.type = type.type;
  request.selector = selector;
  for (const model::ParameterSpec& spec : type.parameters()) {
    if (spec.kind == model::ParameterSpec::Kind::choice) {
      request.parameters[spec.name] = spec.choices[dice.below(spec.choices.size())];
    } else if (spec.name == "latencyMs") {
      request.parameters[spec.name] = dice.between(1, 40);
    }
  }
  if (!dice.one_in(3)) request.duration = static_cast<sim::Time>(100 + dice.below(2'000)) * sim::millisecond;
  return request;
}

void give_command(model::World& world, Dice& dice, bool gentle) {
  switch (dice.below(10)) {
    case 0:
    case 1:
      start_some_fault(world, dice, gentle);
      break;
    case 2:
      scale_something(world, dice);
      break;
    case 3:
    case 4:
      push_something(world, dice);
      break;
    case 5: {
      const model::InstanceId instance = some_instance(world, dice);
      if (!gentle && instance != model::no_instance) operations::kill(world, world.name_of(instance));
      break;
    }
    case 6:
      stop_some_fault(world);
      break;
    case 7:
      operations::set_load(world, "users", worlds::shared(some_load(dice)));
      break;
    case 8:
      operations::set_traffic(world, "users", dice.between(0, 1'000));
      break;
    default:
      roll_something_back(world);
  }
}

void end_all(model::World& world, const std::function<void()>& note) {
  end_experiments(world);
  while (!world.schedules().empty()) chaos::remove_schedule(world, std::string(world.schedules().front().id));
  note();
  for (const model::FaultRecord& fault : std::vector(world.faults())) {
    if (!fault.ended) chaos::stop_fault(world, fault.id);
    note();
  }
  allow_all(world);
  for (std::uint32_t s = 0; s < world.shared().services.size(); ++s) {
    const model::Service& service = world.shared().services[s];
    if (service.package->load_source) world.set_load(s, worlds::shared(worlds::open_load(Arrivals::poisson, 0)));
    if (!service.package->wakes) continue;
    for (const model::InstanceId id : worlds::instances_of(world, service.name)) world.kill(id);
  }
}

}  // namespace swarm

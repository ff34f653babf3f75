#include "run/apply.h"

#include <algorithm>

#include "chaos/experiment.h"
#include "chaos/experiments.h"
#include "chaos/schedule.h"
#include "operations/operations.h"

namespace run {
namespace {

constexpr std::size_t targets_named_max = 1'000;

Applied applied(const model::World& world, std::string id, const std::vector<model::InstanceId>& targets) {
  Applied result;
  result.at = world.now();
  result.id = std::move(id);
  result.target_count = targets.size();
  for (std::size_t i = 0; i < std::min(targets.size(), targets_named_max); ++i) result.targets.push_back(world.name_of(targets[i]));
  return result;
}

struct Apply {
  model::World& world;

  Outcome operator()(const KillInstance& c) const {
    const auto result = operations::kill(world, c.instance);
    if (const auto* refusal = std::get_if<model::Refusal>(&result)) return *refusal;
    return applied(world, "", {std::get<model::InstanceId>(result)});
  }
  Outcome operator()(const Scale& c) const {
    const auto result = operations::scale(world, {c.service, c.replicas, c.per_zone});
    if (const auto* refusal = std::get_if<model::Refusal>(&result)) return *refusal;
    const auto& touched = std::get<std::vector<model::InstanceId>>(result);
    Applied done;
    done.at = world.now();
    done.target_count = touched.size();
    return done;
  }
  Outcome operator()(const Push& c) const { return started(operations::push(world, c.service, *c.deployment)); }
  Outcome operator()(const SetDeploymentState& c) const {
    return started(operations::set_deployment_state(world, c.service, c.deployment, c.state));
  }
  Outcome operator()(const SetAutoscaler& c) const { return done(operations::set_autoscaler(world, c.service, c.autoscaler.get())); }
  Outcome operator()(const RemoveVersion& c) const { return done(operations::remove_version(world, c.service, c.version)); }
  Outcome operator()(const SetRouting& c) const { return done(operations::set_routing(world, c.service, *c.routing)); }
  Outcome operator()(const SetFlags& c) const { return done(operations::set_flags(world, c.service, c.flags)); }
  Outcome operator()(const SetGates& c) const {
    operations::set_gates(world, c.deployments_wait);
    return applied(world, "", {});
  }
  Outcome operator()(const StartFault& c) const {
    if (c.dry_run) return planned(chaos::plan_fault(world, c.request));
    auto result = chaos::start_fault(world, c.request);
    if (auto* refusal = std::get_if<model::Refusal>(&result)) return std::move(*refusal);
    const auto& fault = std::get<chaos::Started>(result);
    return applied(world, fault.id, fault.targets);
  }
  Outcome operator()(const StopFault& c) const {
    if (auto refusal = chaos::stop_fault(world, c.fault)) return std::move(*refusal);
    return applied(world, c.fault, {});
  }
  Outcome operator()(const SetTraffic& c) const {
    auto refusal =
        c.load ? operations::set_load(world, c.service, c.load) : operations::set_traffic(world, c.service, c.requests_per_second);
    if (refusal) return std::move(*refusal);
    return applied(world, "", {});
  }
  Outcome operator()(const SetPolicy& c) const {
    auto refusal = operations::set_policy(world, c.service, c.dependency, c.policy.get());
    if (refusal) return std::move(*refusal);
    return applied(world, "", {});
  }
  Outcome operator()(const SetShedding& c) const {
    auto refusal = operations::set_shedding(world, c.service, c.shedding.get());
    if (refusal) return std::move(*refusal);
    return applied(world, "", {});
  }

  /// Changes nothing in the World.
  Outcome operator()(const SetObjective& c) const {
    const auto service = operations::service_named(world, c.service);
    if (const auto* refusal = std::get_if<model::Refusal>(&service)) return *refusal;
    if (world.shared().services[std::get<std::uint32_t>(service)].package->load_source) return applied(world, "", {});
    return model::Refusal{model::Refusal::Kind::invalid, "\"" + c.service + "\" is no load source: objectives are for what users see", {}};
  }

  Outcome operator()(const KillMachine& c) const {
    const auto result = operations::kill_machine(world, c.machine);
    if (const auto* refusal = std::get_if<model::Refusal>(&result)) return *refusal;
    return applied(world, "", std::get<std::vector<model::InstanceId>>(result));
  }

  Outcome operator()(const Reseed& c) const {
    world.reseed(c.seed);
    return applied(world, "", {});
  }

  Outcome operator()(const ShiftTraffic& c) const { return done(operations::shift_traffic(world, {c.place, c.region, c.weight, c.drain})); }
  Outcome operator()(const Evacuate& c) const {
    return started(operations::evacuate(world, {c.region, c.preset, c.stages, c.adds_capacity}));
  }
  Outcome operator()(const FailBack& c) const { return started(operations::fail_back(world, c.evacuation)); }

  Outcome operator()(const AddSchedule& c) const {
    if (!c.dry_run) return started(chaos::add_schedule(world, *c.schedule));
    auto planned = chaos::plan_schedule(world, *c.schedule);
    if (auto* refusal = std::get_if<model::Refusal>(&planned)) return std::move(*refusal);
    Applied result = applied(world, "", {});
    result.firings = std::get<std::vector<sim::Time>>(std::move(planned));
    result.dry_run = true;
    return result;
  }
  Outcome operator()(const ChangeSchedule& c) const { return done(chaos::change_schedule(world, c.schedule, c.change)); }
  Outcome operator()(const RemoveSchedule& c) const { return done(chaos::remove_schedule(world, c.schedule)); }

  Outcome done(std::optional<model::Refusal> refusal) const {
    if (refusal) return std::move(*refusal);
    return applied(world, "", {});
  }

  Outcome planned(std::variant<chaos::Plan, model::Refusal> result) const {
    if (auto* refusal = std::get_if<model::Refusal>(&result)) return std::move(*refusal);
    chaos::Plan& plan = std::get<chaos::Plan>(result);
    Applied done = applied(world, "", plan.targets);
    Prediction predicted{plan.capacity_lost_percent, std::move(plan.zones), {}, {}};
    for (chaos::Plan::Loss& loss : plan.services) {
      predicted.services.push_back({std::move(loss.service), loss.up, loss.hit, loss.capacity_lost_percent});
    }
    done.predicted = std::make_shared<const Prediction>(std::move(predicted));
    done.dry_run = true;
    return done;
  }
  Outcome operator()(const StartExperiment& c) const {
    if (c.dry_run) {
      auto planned = chaos::plan_experiment(world, *c.experiment);
      if (auto* refusal = std::get_if<model::Refusal>(&planned)) return std::move(*refusal);
      Applied would = accepted("", std::get<chaos::ExperimentPlan>(planned));
      would.dry_run = true;
      return would;
    }
    auto result = chaos::start_experiment(world, c.experiment);
    if (auto* refusal = std::get_if<model::Refusal>(&result)) return std::move(*refusal);
    const auto& experiment = std::get<chaos::StartedExperiment>(result);
    return accepted(experiment.id, experiment.plan);
  }
  Applied accepted(std::string id, const chaos::ExperimentPlan& plan) const {
    Applied done = applied(world, std::move(id), plan.targets);
    Prediction predicted;
    predicted.capacity_lost_percent = plan.capacity_lost_percent;
    predicted.zones = plan.zones;
    for (const chaos::ExperimentPlan::Fault& fault : plan.faults) {
      predicted.faults.push_back(
          {fault.id, fault.times.begins, fault.times.ends, fault.plan.targets.size(), fault.plan.capacity_lost_percent});
    }
    done.predicted = std::make_shared<const Prediction>(std::move(predicted));
    return done;
  }
  Outcome operator()(const SetExperimentState& c) const {
    if (auto refusal = chaos::set_experiment_state(world, c.experiment, c.state)) return std::move(*refusal);
    return applied(world, c.experiment, {});
  }
  Outcome operator()(const SetSafetyLever& c) const { return stopped(chaos::set_safety_lever(world, c.engaged, c.reason)); }
  Outcome operator()(const Halt& c) const { return stopped(chaos::halt(world, c.reason)); }
  Outcome stopped(std::vector<std::string> ids) const {
    Applied done = applied(world, "", {});
    done.target_count = ids.size();
    done.targets = std::move(ids);
    return done;
  }
  Outcome started(std::variant<std::string, model::Refusal> result) const {
    if (auto* refusal = std::get_if<model::Refusal>(&result)) return std::move(*refusal);
    return applied(world, std::get<std::string>(result), {});
  }
};

}  // namespace

Outcome apply(model::World& world, const Command& command) {
  return std::visit(Apply{world}, command);
}

Outcome apply(model::World& world, judge::Judge& judge, const Command& command) {
  Outcome outcome = apply(world, command);
  const auto* set = std::get_if<SetObjective>(&command);
  if (set != nullptr && std::holds_alternative<Applied>(outcome)) judge.set_objective(world, set->service, set->objective);
  return outcome;
}

std::string verb_of(const Command& command) {
  static const char* const verbs[] = {"kill",
                                      "scale",
                                      "push",
                                      "setDeploymentState",
                                      "startFault",
                                      "stopFault",
                                      "setTraffic",
                                      "setPolicy",
                                      "setShedding",
                                      "killMachine",
                                      "setAutoscaler",
                                      "removeVersion",
                                      "setRoutes",
                                      "setFlags",
                                      "setGates",
                                      "shiftTraffic",
                                      "evacuate",
                                      "failBack",
                                      "setObjective",
                                      "reseed",
                                      "startExperiment",
                                      "setExperimentState",
                                      "setSafetyLever",
                                      "halt",
                                      "addSchedule",
                                      "changeSchedule",
                                      "removeSchedule"};
  return verbs[command.index()];
}

std::string subject_of(const Command& command) {
  struct Subject {
    std::string operator()(const KillInstance& c) const { return c.instance; }
    std::string operator()(const Scale& c) const { return c.service; }
    std::string operator()(const Push& c) const { return c.service; }
    std::string operator()(const SetDeploymentState& c) const { return c.deployment; }
    std::string operator()(const SetAutoscaler& c) const { return c.service; }
    std::string operator()(const RemoveVersion& c) const { return c.service + " " + c.version; }
    std::string operator()(const SetRouting& c) const { return c.service; }
    std::string operator()(const SetFlags& c) const { return c.service; }
    std::string operator()(const ShiftTraffic& c) const { return c.place; }
    std::string operator()(const Evacuate& c) const { return c.region; }
    std::string operator()(const FailBack& c) const { return c.evacuation; }
    std::string operator()(const SetGates& c) const { return c.deployments_wait ? "deployments wait" : "deployments go on"; }
    std::string operator()(const StartFault& c) const { return c.request.type; }
    std::string operator()(const StopFault& c) const { return c.fault; }
    std::string operator()(const SetTraffic& c) const { return c.service; }
    std::string operator()(const KillMachine& c) const { return c.machine; }
    std::string operator()(const SetPolicy& c) const { return c.service + " to " + c.dependency; }
    std::string operator()(const SetShedding& c) const { return c.service; }
    std::string operator()(const Reseed& c) const { return std::to_string(c.seed); }
    std::string operator()(const SetObjective& c) const { return c.service; }
    std::string operator()(const StartExperiment& c) const { return c.experiment->name; }
    std::string operator()(const SetExperimentState& c) const { return c.experiment + " " + c.state; }
    std::string operator()(const SetSafetyLever& c) const { return c.engaged ? "engaged" : "released"; }
    std::string operator()(const Halt& c) const { return c.reason; }
    std::string operator()(const AddSchedule& c) const { return c.schedule->name; }
    std::string operator()(const ChangeSchedule& c) const { return c.schedule; }
    std::string operator()(const RemoveSchedule& c) const { return c.schedule; }
  };
  return std::visit(Subject{}, command);
}

}  // namespace run

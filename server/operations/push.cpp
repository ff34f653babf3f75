// Deployments as people see them: a version is pushed, paused, promoted, rolled back; and when that may be.

#include <algorithm>

#include "model/problem_text.h"
#include "operations/operations.h"
#include "operations/rollout.h"

namespace operations {
namespace {

using model::Refusal;

std::optional<Refusal> check(const model::DeploymentSpec& spec) {
  const std::string& name = spec.version.name;
  const bool plain = !name.empty() && name.size() <= version_length_max &&
                     name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_") == std::string::npos;
  std::vector<model::Problem> problems;
  if (!plain) problems.push_back({"/version", "badName", "1 to 50 letters, digits, dots, dashes and underscores", {}});
  if (!(spec.version.service_time_factor >= 0.001 && spec.version.service_time_factor <= 1000)) {
    problems.push_back({"/serviceTimeFactor", "outOfRange", "must be 0.001 to 1000", {}});
  }
  if (!(spec.version.error_rate >= 0 && spec.version.error_rate <= 1))
    problems.push_back({"/errorRate", "outOfRange", "must be 0 to 1", {}});
  if (problems.empty()) return std::nullopt;
  return Refusal{Refusal::Kind::invalid, "the version cannot be pushed", std::move(problems)};
}

/// The profile of a version of that name; nothing: there is none yet.
std::optional<std::uint32_t> profile_of(const model::World& world, std::uint32_t service, const std::string& version) {
  for (const std::uint32_t p : world.shared().services[service].profiles) {
    if (world.shared().profiles[p].version == version) return p;
  }
  return std::nullopt;
}

std::vector<std::uint32_t> others_that_run(const model::World& world, std::uint32_t service, std::uint32_t profile) {
  std::vector<std::uint32_t> others;
  for (const std::uint32_t p : world.shared().services[service].profiles) {
    if (p != profile && world.runs(service, p)) others.push_back(p);
  }
  return others;
}

std::string names_of(const model::World& world, const std::vector<std::uint32_t>& profiles) {
  std::string text;
  for (const std::uint32_t p : profiles) text += (text.empty() ? "" : ", ") + world.shared().profiles[p].version;
  return text;
}

void supersede(model::World& world, const std::string& service) {
  for (model::DeploymentRecord& record : world.deployments()) {
    if (record.service == service && !record.ended) static_cast<Deployment&>(world.process(record.process)).give_up(world);
  }
}

void tell_start(model::World& world, const model::DeploymentRecord& record, const std::string& message) {
  model::Occurrence o;
  o.type = "deployment.started";
  o.severity = "info";
  o.subject_kind = "deployment";
  o.subject_id = record.id;
  o.message = message;
  o.data = {{"service", record.service}, {"version", record.version}, {"strategy", record.strategy}};
  world.set_cause(world.report(std::move(o)));
}

void forget_old(model::World& world) {
  if (world.deployments().size() < model::World::records_kept) return;
  const auto old = std::find_if(world.deployments().begin(), world.deployments().end(), [](const auto& r) { return r.ended.has_value(); });
  if (old != world.deployments().end()) world.deployments().erase(old);
}

/// The service's deployment of that name, or why there is none.
std::variant<model::DeploymentRecord*, Refusal> find(model::World& world, const std::string& service, const std::string& deployment) {
  const auto found = service_named(world, service);
  if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
  model::DeploymentRecord* record = record_of(world, deployment);
  if (record == nullptr || record->service != service) {
    return Refusal{Refusal::Kind::not_found, "there is no deployment \"" + deployment + "\" of " + service, {}};
  }
  return record;
}

/// Why a push may not begin; nothing: it may.
std::optional<Refusal> refuse(const model::World& world, std::uint32_t service, const model::DeploymentSpec& spec, std::uint32_t profile) {
  const std::string& name = world.shared().services[service].name;
  if (!(world.shared().profiles[profile].spec == spec.version)) {
    return Refusal{Refusal::Kind::conflict, "version \"" + spec.version.name + "\" exists and behaves otherwise; take another name", {}};
  }
  if (const std::string held = held_by(world, service, spec.force); !held.empty()) {
    return Refusal{Refusal::Kind::conflict, "no version of " + name + " can be pushed now: " + held, {}};
  }
  const std::vector<std::uint32_t> others = others_that_run(world, service, profile);
  if (profile == world.shared().services[service].current_profile && others.empty()) {
    return Refusal{Refusal::Kind::conflict, name + " already runs version \"" + spec.version.name + "\"", {}};
  }
  if (spec.keep || spec.force) return std::nullopt;
  if (const std::string need = in_need_of(world, service, others, profile); !need.empty()) {
    return Refusal{Refusal::Kind::conflict,
                   need + " of " + name + ", and version \"" + spec.version.name + "\" would replace " + names_of(world, others) +
                       "; push it with keep, so that both run, and route these to it first",
                   {}};
  }
  return std::nullopt;
}

}  // namespace

std::variant<std::string, Refusal> push(model::World& world, const std::string& name, const model::DeploymentSpec& spec) {
  const auto found = service_named(world, name);
  if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
  const std::uint32_t service = std::get<std::uint32_t>(found);
  if (auto refusal = check(spec)) return *refusal;
  const std::uint32_t previous = world.shared().services[service].current_profile;
  const std::optional<std::uint32_t> known = profile_of(world, service, spec.version.name);
  const std::uint32_t profile = known ? *known : world.add_version(service, spec.version);
  if (auto refusal = refuse(world, service, spec, profile)) {
    if (!known) world.take_back_version(profile);
    return *refusal;
  }
  supersede(world, name);

  forget_old(world);
  model::DeploymentRecord record;
  record.id = "d" + std::to_string(world.next_record());
  record.service = name;
  record.version = spec.version.name;
  record.previous_version = world.shared().profiles[previous].version;
  record.strategy = model::strategy_names()[static_cast<std::size_t>(spec.strategy)];
  record.spec = spec;
  record.state = "progressing";
  record.total = world.shared().services[service].desired;
  record.started = world.now();
  const std::string id = record.id;
  const std::uint32_t process = world.add_process(std::make_unique<Deployment>(id, service, previous, profile, spec));
  record.process = process;
  const std::uint64_t outer = world.cause();
  tell_start(world, record, name + ": version " + record.version + " replaces " + record.previous_version + " (" + record.strategy + ")");
  world.deployments().push_back(std::move(record));
  static_cast<Deployment&>(world.process(process)).begin(world, plan_for(spec));
  world.set_cause(outer);
  return id;
}

std::variant<std::string, Refusal> roll_back(model::World& world, const std::string& service_name, const std::string& deployment) {
  const auto found = find(world, service_name, deployment);
  if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
  model::DeploymentRecord* record = std::get<model::DeploymentRecord*>(found);
  const auto newest =
      std::find_if(world.deployments().rbegin(), world.deployments().rend(), [&](const auto& r) { return r.service == service_name; });
  if (newest->id != deployment)
    return Refusal{Refusal::Kind::conflict, "deployment " + newest->id + " of " + service_name + " is newer; roll that one back", {}};
  if (record->state == "rollingBack" || record->state == "rolledBack") {
    return Refusal{Refusal::Kind::conflict, "deployment " + deployment + " is rolled back already", {}};
  }
  const std::uint32_t service = *world.find_service(service_name);
  const std::uint64_t outer = world.cause();
  if (record->ended) {
    auto again = std::make_unique<Deployment>(deployment, service, *profile_of(world, service, record->previous_version),
                                              *profile_of(world, service, record->version), record->spec);
    record->process = world.add_process(std::move(again));
  }
  tell_start(world, *record, service_name + ": back from version " + record->version + " to " + record->previous_version);
  const bool running = !record->ended;
  const std::uint32_t process = record->process;
  static_cast<Deployment&>(world.process(process)).roll_back(world, "rolled back by hand");
  if (!running) static_cast<Deployment&>(world.process(process)).wake(world, 0);
  world.set_cause(outer);
  return deployment;
}

std::variant<std::string, Refusal> set_deployment_state(model::World& world, const std::string& service, const std::string& deployment,
                                                        const std::string& state) {
  if (state == "rolledBack") return roll_back(world, service, deployment);
  const auto found = find(world, service, deployment);
  if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
  const model::DeploymentRecord& record = *std::get<model::DeploymentRecord*>(found);
  if (record.ended) return Refusal{Refusal::Kind::conflict, "deployment " + deployment + " has ended: " + record.state, {}};
  Deployment& running = static_cast<Deployment&>(world.process(record.process));
  if (record.state == "rollingBack") return Refusal{Refusal::Kind::conflict, "deployment " + deployment + " is on its way back", {}};
  if (state == "paused") {
    if (record.state == "paused") return Refusal{Refusal::Kind::conflict, "deployment " + deployment + " is paused already", {}};
    running.pause(world);
  } else if (state == "progressing") {
    if (!running.is_paused())
      return Refusal{Refusal::Kind::conflict, "deployment " + deployment + " is not paused by hand, it is " + record.state, {}};
    running.resume(world);
  } else if (state == "promoted") {
    if (!running.promote(world))
      return Refusal{Refusal::Kind::conflict, "deployment " + deployment + " does not wait for that: it " + record.step_text, {}};
  } else {
    return Refusal{
        Refusal::Kind::invalid, "no such state", {{"/state", "unknownState", "must be paused, progressing, promoted or rolledBack", {}}}};
  }
  return deployment;
}

}  // namespace operations

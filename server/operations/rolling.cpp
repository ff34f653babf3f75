// Rolling deployment: a batch of new instances starts beside the old ones; when all of it is up and known to callers, as many old ones say
// Goodbye; then the next batch. Rolling back is the same towards the previous version.

#include <algorithm>
#include <cmath>

#include "operations/operations.h"

namespace operations {
namespace {

using model::InstanceId;
using model::InstanceState;
using model::Refusal;

constexpr sim::Time poll = 100 * sim::millisecond;

model::DeploymentRecord* record_of(model::World& world, const std::string& id) {
  for (model::DeploymentRecord& record : world.deployments()) {
    if (record.id == id) return &record;
  }
  return nullptr;
}

class RollingDeployment : public model::Process {
 public:
  RollingDeployment(std::string id, std::uint32_t service, std::uint32_t from, std::uint32_t to, double batch_percent)
      : id_(std::move(id)), service_(service), from_(from), to_(to), batch_percent_(batch_percent) {}

  void wake(model::World& world, std::uint32_t) override {
    model::DeploymentRecord& record = *record_of(world, id_);
    if (!batch_.empty()) {
      if (!batch_is_up(world)) {
        world.wake_at(world.now() + poll, record.process, 0);
        return;
      }
      retire_surplus(world);
      batch_.clear();
      replaced_.clear();
      tell_step(world, record);
    }
    if (next_batch(world)) {
      world.wake_at(world.now() + poll, record.process, 0);
    } else {
      finish(world, record);
    }
  }

  /// Gives up the batch that has not replaced anything yet.
  void cancel(model::World& world) {
    for (const model::InstanceRef& fresh : batch_) {
      if (world.still_there(fresh)) world.retire(fresh.id);
    }
    batch_.clear();
    replaced_.clear();
  }

  void roll_back(model::World& world) {
    std::swap(from_, to_);
    cancel(world);
    wake(world, 0);
  }

  std::unique_ptr<Process> clone() const override { return std::make_unique<RollingDeployment>(*this); }

 private:
  /// Instances that are to be replaced; those that a fault holds down can be, but only when it is over.
  std::vector<InstanceId> old_ones(const model::World& world) const {
    std::vector<InstanceId> old;
    for (const std::uint32_t group : world.shared().services[service_].groups) {
      for (const InstanceId id : world.shared().groups[group].members) {
        const InstanceState state = world.instance(id).state;
        if (state == InstanceState::dead || state == InstanceState::draining || world.instance(id).profile == to_) continue;
        old.push_back(id);
      }
    }
    return old;
  }

  bool next_batch(model::World& world) {
    const std::vector<InstanceId> old = old_ones(world);
    if (old.empty()) return false;
    const double size = std::ceil(world.shared().services[service_].desired * batch_percent_ / 100);
    std::size_t room = std::max<std::size_t>(1, static_cast<std::size_t>(size));
    for (const InstanceId id : old) {
      if (world.instance(id).state == InstanceState::down) continue;
      replaced_.push_back(world.ref(id));
      if (--room == 0) break;
    }
    for (const model::InstanceRef& ref : replaced_) {
      const std::uint32_t location = world.shared().groups[world.instance(ref.id).group].location;
      batch_.push_back(world.ref(world.start_instance(service_, location, to_)));
    }
    return true;
  }

  /// Old ones go while there are more instances than there should be: the service may have been scaled meanwhile.
  void retire_surplus(model::World& world) const {
    const model::Service& service = world.shared().services[service_];
    std::uint64_t active = 0;
    for (const std::uint32_t group : service.groups) active += world.instances_of(world.shared().groups[group]).wanted();
    for (const model::InstanceRef& old : replaced_) {
      if (active <= service.desired) return;
      if (!world.still_there(old) || world.instance(old.id).state != InstanceState::up) continue;
      world.retire(old.id);
      --active;
    }
  }

  /// An instance of the batch that was killed meanwhile is not waited for.
  bool batch_is_up(const model::World& world) const {
    return std::all_of(batch_.begin(), batch_.end(), [&](const model::InstanceRef& ref) {
      if (!world.still_there(ref) || world.instance(ref.id).state == InstanceState::dead) return true;
      return world.instance(ref.id).state == InstanceState::up && world.seen_by_all(ref.id);
    });
  }

  std::uint32_t updated(const model::World& world) const {
    std::uint32_t count = 0;
    for (const std::uint32_t group : world.shared().services[service_].groups) {
      for (const std::uint32_t index : world.shared().groups[group].cells) {
        const model::Cell& cell = world.shared().cells[index];
        if (cell.profile == to_) count += cell.instances.up;
      }
    }
    return count;
  }

  void tell_step(model::World& world, model::DeploymentRecord& record) const {
    record.updated = updated(world);
    record.total = world.shared().services[service_].desired;
    model::Occurrence o = occurrence(world, record, "deployment.step", "info");
    o.message = record.service + " " + world.shared().profiles[to_].version + ": " + std::to_string(record.updated) + " of " +
                std::to_string(record.total);
    world.report(std::move(o));
    world.structure_changed();
  }

  static model::Occurrence occurrence(const model::World&, const model::DeploymentRecord& record, const char* type, const char* severity) {
    model::Occurrence o;
    o.type = type;
    o.severity = severity;
    o.subject_kind = "deployment";
    o.subject_id = record.id;
    o.data = {{"service", record.service}, {"version", record.version}};
    return o;
  }

  void finish(model::World& world, model::DeploymentRecord& record) const {
    const bool back = record.state == "rollingBack";
    record.state = back ? "rolledBack" : "succeeded";
    record.updated = updated(world);
    record.ended = world.now();
    model::Occurrence o = occurrence(world, record, "deployment.ended", back ? "warning" : "info");
    o.message =
        back ? record.service + " is back on version " + record.previous_version : record.service + " runs version " + record.version;
    o.data.emplace_back("state", record.state);
    world.report(std::move(o));
    world.end_process(record.process);
    world.structure_changed();
  }

  std::string id_;
  std::uint32_t service_;
  std::uint32_t from_;
  std::uint32_t to_;
  double batch_percent_;
  std::vector<model::InstanceRef> batch_;
  std::vector<model::InstanceRef> replaced_;
};

std::optional<Refusal> check(const PushRequest& request) {
  std::vector<model::Problem> problems;
  const auto out_of_range = [&](const char* field, const char* range) {
    problems.push_back({std::string("/") + field, "outOfRange", std::string("must be ") + range, {}});
  };
  const bool plain =
      !request.version.empty() && request.version.size() <= version_length_max &&
      request.version.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_") == std::string::npos;
  if (!plain) problems.push_back({"/version", "badName", "1 to 50 letters, digits, dots, dashes and underscores", {}});
  if (request.strategy != "rolling") problems.push_back({"/strategy", "unknownStrategy", "must be \"rolling\"", {"rolling"}});
  if (!(request.service_time_factor >= 0.001 && request.service_time_factor <= 1000)) out_of_range("serviceTimeFactor", "0.001 to 1000");
  if (!(request.error_rate >= 0 && request.error_rate <= 1)) out_of_range("errorRate", "0 to 1");
  if (!(request.batch_percent > 0 && request.batch_percent <= 100)) out_of_range("batchPercent", "over 0 and at most 100");
  if (problems.empty()) return std::nullopt;
  return Refusal{Refusal::Kind::invalid, "the version cannot be pushed", std::move(problems)};
}

/// The profile of a version; makes it when it is new. nullopt: there is one of that name that behaves otherwise.
std::optional<std::uint32_t> profile_for(model::World& world, std::uint32_t service, const PushRequest& request) {
  for (const std::uint32_t p : world.shared().services[service].profiles) {
    const model::Profile& profile = world.shared().profiles[p];
    if (profile.version != request.version) continue;
    if (p == world.shared().services[service].profiles.front()) return p;
    if (profile.service_time_factor != request.service_time_factor || profile.error_rate != request.error_rate) return std::nullopt;
    return p;
  }
  return world.add_version(service, request.version, request.service_time_factor, request.error_rate);
}

void supersede(model::World& world, const std::string& service) {
  for (model::DeploymentRecord& record : world.deployments()) {
    if (record.service != service || record.ended) continue;
    record.state = "superseded";
    record.ended = world.now();
    static_cast<RollingDeployment&>(world.process(record.process)).cancel(world);
    world.end_process(record.process);
  }
}

bool runs_only(const model::World& world, std::uint32_t service, std::uint32_t profile) {
  for (const std::uint32_t group : world.shared().services[service].groups) {
    for (const std::uint32_t index : world.shared().groups[group].cells) {
      const model::Cell& cell = world.shared().cells[index];
      if (cell.profile != profile && cell.instances.wanted() > 0) return false;
    }
  }
  return true;
}

void tell_start(model::World& world, const model::DeploymentRecord& record, const std::string& message) {
  model::Occurrence o;
  o.type = "deployment.started";
  o.severity = "info";
  o.subject_kind = "deployment";
  o.subject_id = record.id;
  o.message = message;
  o.data = {{"service", record.service}, {"version", record.version}};
  world.set_cause(world.report(std::move(o)));
}

void wake_now(model::World& world, std::uint32_t process) {
  world.process(process).wake(world, 0);
}

}  // namespace

std::variant<std::string, Refusal> push(model::World& world, const PushRequest& request) {
  using Kind = Refusal::Kind;
  const auto found = service_named(world, request.service);
  if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
  const std::uint32_t service = std::get<std::uint32_t>(found);
  if (auto refusal = check(request)) return *refusal;
  const std::uint32_t previous = world.shared().services[service].current_profile;
  const auto profile = profile_for(world, service, request);
  if (!profile) return Refusal{Kind::conflict, "version \"" + request.version + "\" exists and behaves otherwise; take another name", {}};
  if (*profile == previous && runs_only(world, service, *profile)) {
    return Refusal{Kind::conflict, request.service + " already runs version \"" + request.version + "\"", {}};
  }
  supersede(world, request.service);

  model::DeploymentRecord record;
  record.id = "d" + std::to_string(world.next_record());
  record.service = request.service;
  record.version = request.version;
  record.previous_version = world.shared().profiles[previous].version;
  record.strategy = request.strategy;
  record.state = "progressing";
  record.total = world.shared().services[service].desired;
  record.started = world.now();
  record.process = world.add_process(std::make_unique<RollingDeployment>(record.id, service, previous, *profile, request.batch_percent));
  if (world.deployments().size() >= model::World::records_kept) {
    const auto old =
        std::find_if(world.deployments().begin(), world.deployments().end(), [](const auto& r) { return r.ended.has_value(); });
    if (old != world.deployments().end()) world.deployments().erase(old);
  }
  const std::uint64_t outer = world.cause();
  tell_start(world, record, request.service + ": version " + request.version + " replaces " + record.previous_version + ", batch by batch");
  world.set_current_version(service, *profile);
  const std::uint32_t process = record.process;
  const std::string id = record.id;
  world.deployments().push_back(std::move(record));
  wake_now(world, process);
  world.set_cause(outer);
  return id;
}

std::variant<std::string, Refusal> roll_back(model::World& world, const std::string& service_name, const std::string& deployment) {
  using Kind = Refusal::Kind;
  const auto found = service_named(world, service_name);
  if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
  const std::uint32_t service = std::get<std::uint32_t>(found);
  model::DeploymentRecord* record = record_of(world, deployment);
  if (record == nullptr || record->service != service_name) {
    return Refusal{Kind::not_found, "there is no deployment \"" + deployment + "\" of " + service_name, {}};
  }
  const auto newest =
      std::find_if(world.deployments().rbegin(), world.deployments().rend(), [&](const auto& r) { return r.service == service_name; });
  if (newest->id != deployment)
    return Refusal{Kind::conflict, "deployment " + newest->id + " of " + service_name + " is newer; roll that one back", {}};
  if (record->state == "rollingBack" || record->state == "rolledBack") {
    return Refusal{Kind::conflict, "deployment " + deployment + " is rolled back already", {}};
  }
  std::optional<std::uint32_t> previous;
  std::uint32_t current = world.shared().services[service].current_profile;
  for (const std::uint32_t p : world.shared().services[service].profiles) {
    if (world.shared().profiles[p].version == record->previous_version) previous = p;
  }
  const std::uint64_t outer = world.cause();
  const bool running = record->state == "progressing";
  record->state = "rollingBack";
  record->ended.reset();
  tell_start(world, *record, service_name + ": back from version " + record->version + " to " + record->previous_version);
  world.set_current_version(service, *previous);
  if (running) {
    static_cast<RollingDeployment&>(world.process(record->process)).roll_back(world);
  } else {
    record->process = world.add_process(std::make_unique<RollingDeployment>(record->id, service, current, *previous, 25.0));
    wake_now(world, record->process);
  }
  world.set_cause(outer);
  return deployment;
}

}  // namespace operations

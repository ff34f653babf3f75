#include "chaos/experiment.h"

#include <algorithm>

#include "chaos/fault.h"

namespace chaos {
namespace {

using model::Problem;
using model::Refusal;

std::string describe(const model::Selector& selector) {
  std::string text;
  const auto add = [&](const char* kind, const std::vector<std::string>& names) {
    if (names.empty()) return;
    if (!text.empty()) text += ", ";
    text += kind;
    for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 3); ++i) text += (i == 0 ? " " : ", ") + names[i];
    if (names.size() > 3) text += " and " + std::to_string(names.size() - 3) + " more";
  };
  add("region", selector.regions);
  add("zone", selector.zones);
  add("service", selector.services);
  add("instance", selector.instances);
  return text;
}

class RunningFault : public model::Process {
 public:
  RunningFault(std::string id, const model::Selector& selector, std::unique_ptr<Effect> effect)
      : id_(std::move(id)), selector_(selector), effect_(std::move(effect)) {}
  RunningFault(const RunningFault& other)
      : Process(other), id_(other.id_), selector_(other.selector_), effect_(other.effect_->clone()), hit_(other.hit_) {}
  RunningFault& operator=(const RunningFault&) = delete;

  void hit(model::World& world, const std::vector<model::InstanceId>& targets) {
    for (const model::InstanceId id : targets) hit_.push_back(world.ref(id));
    effect_->apply(world, targets);
  }

  void undo(model::World& world) {
    std::vector<model::InstanceId> left;
    for (const model::InstanceRef& ref : hit_) {
      if (world.still_there(ref)) left.push_back(ref.id);
    }
    std::sort(left.begin(), left.end());
    effect_->undo(world, left);
    hit_.clear();
  }

  void wake(model::World& world, std::uint32_t) override { end_of(world, *this, id_); }
  void instance_started(model::World& world, model::InstanceId id) override {
    if (world.matches(selector_, id)) hit(world, {id});
  }
  std::unique_ptr<Process> clone() const override { return std::make_unique<RunningFault>(*this); }

  static void end_of(model::World& world, RunningFault& fault, const std::string& id);

 private:
  std::string id_;
  model::Selector selector_;
  std::unique_ptr<Effect> effect_;
  std::vector<model::InstanceRef> hit_;
};

void forget_old(model::World& world) {
  std::vector<model::FaultRecord>& records = world.faults();
  const auto ended = std::count_if(records.begin(), records.end(), [](const auto& r) { return r.ended.has_value(); });
  if (static_cast<std::size_t>(ended) <= model::World::records_kept) return;
  records.erase(std::find_if(records.begin(), records.end(), [](const auto& r) { return r.ended.has_value(); }));
}

void RunningFault::end_of(model::World& world, RunningFault& fault, const std::string& id) {
  const auto record = std::find_if(world.faults().begin(), world.faults().end(), [&](const auto& r) { return r.id == id; });
  record->ended = world.now();
  model::Occurrence o;
  o.type = "fault.ended";
  o.severity = "info";
  o.subject_kind = "fault";
  o.subject_id = id;
  o.message = record->type + " on " + describe(record->selector) + " has ended";
  o.data = {{"type", record->type}};
  const std::uint64_t outer = world.cause();
  world.set_cause(world.report(std::move(o)));
  fault.undo(world);
  world.set_cause(outer);
  const std::uint32_t process = record->process;
  forget_old(world);
  world.end_process(process);
  world.structure_changed();
}

void check_names(const std::vector<std::string>& names, const char* part, const char* code, const std::vector<std::string>& known,
                 std::vector<Problem>& problems) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::find(known.begin(), known.end(), names[i]) != known.end()) continue;
    Problem p;
    p.pointer = std::string("/selector/") + part + "/" + std::to_string(i);
    p.code = code;
    p.message = "there is no \"" + names[i] + "\" in this simulation";
    const std::string near = model::nearest_name(names[i], known);
    if (!near.empty()) p.message += "; did you mean \"" + near + "\"?";
    p.known = known.size() > 20 ? (near.empty() ? std::vector<std::string>{} : std::vector<std::string>{near}) : known;
    problems.push_back(std::move(p));
  }
}

void check_selector(const model::World& world, const FaultType& type, const model::Selector& selector, std::vector<Problem>& problems) {
  std::vector<std::string> zones, regions, services;
  for (const auto& location : world.shared().locations) {
    if (location.zone != model::outside) zones.push_back(location.id);
  }
  for (const auto& region : world.regions()) regions.push_back(region.name);
  for (const auto& service : world.shared().services) services.push_back(service.name);
  check_names(selector.zones, "zones", "unknownZone", zones, problems);
  check_names(selector.regions, "regions", "unknownRegion", regions, problems);
  check_names(selector.services, "services", "unknownService", services, problems);
  for (std::size_t i = 0; i < selector.instances.size(); ++i) {
    if (world.find_instance(selector.instances[i]) != model::no_instance) continue;
    problems.push_back(
        {"/selector/instances/" + std::to_string(i), "unknownInstance", "there is no instance \"" + selector.instances[i] + "\"", {}});
  }
  const bool given = type.scope == Scope::instances  ? !selector.instances.empty()
                     : type.scope == Scope::services ? !selector.services.empty()
                     : type.scope == Scope::zones    ? !selector.zones.empty()
                                                     : !selector.regions.empty();
  if (!given) {
    const std::string part(name_of(type.scope));
    problems.push_back({"/selector/" + part, "required", std::string(type.type) + " needs at least one entry in \"" + part + "\"", {}});
  }
}

}  // namespace

std::variant<Started, Refusal> start_fault(model::World& world, const std::string& type_name, const model::Selector& selector,
                                           std::optional<sim::Time> duration, const model::Parameters& parameters) {
  const FaultType* type = find(type_name);
  if (type == nullptr) {
    std::vector<std::string> known;
    for (const FaultType& t : all()) known.emplace_back(t.type);
    return Refusal{
        Refusal::Kind::invalid, "unknown type of fault", {{"/type", "unknownType", "\"" + type_name + "\" is not a type of fault", known}}};
  }
  std::vector<Problem> problems;
  check_selector(world, *type, selector, problems);
  const model::Parameters complete = model::complete(type->parameters(), parameters, problems);
  if (duration && (*duration <= 0 || *duration > duration_max)) {
    problems.push_back({"/durationMs", "outOfRange", "durationMs must be over 0 and at most 604800000 (7 days)", {}});
  }
  if (!problems.empty()) return Refusal{Refusal::Kind::invalid, "the fault cannot be started", std::move(problems)};
  const auto active = std::count_if(world.faults().begin(), world.faults().end(), [](const auto& r) { return !r.ended; });
  if (static_cast<std::size_t>(active) >= faults_max) {
    return Refusal{Refusal::Kind::limit, "at most " + std::to_string(faults_max) + " faults at a time", {}};
  }
  std::vector<model::InstanceId> targets = world.select(selector);
  if (targets.empty()) {
    return Refusal{Refusal::Kind::invalid,
                   "the selector matches nothing",
                   {{"/selector", "matchesNothing", "no instance matches all parts of it", {}}}};
  }

  model::FaultRecord record;
  record.id = "f" + std::to_string(world.next_record());
  record.type = type_name;
  record.selector = selector;
  record.parameters = complete;
  record.targets = targets.size();
  record.started = world.now();
  if (duration) record.ends = world.now() + *duration;

  model::Occurrence o;
  o.type = "fault.started";
  o.severity = "warning";
  o.subject_kind = "fault";
  o.subject_id = record.id;
  o.message =
      type_name + " on " + describe(selector) + ": " + std::to_string(targets.size()) + (targets.size() == 1 ? " instance" : " instances");
  o.data = {{"type", type_name}, {"targets", std::to_string(targets.size())}};
  const std::uint64_t outer = world.cause();
  world.set_cause(world.report(std::move(o)));
  auto fault = std::make_unique<RunningFault>(record.id, selector, type->make(complete));
  fault->hit(world, targets);
  record.process = world.add_process(std::move(fault));
  if (record.ends) world.wake_at(*record.ends, record.process, 0);
  world.set_cause(outer);
  Started started{record.id, std::move(targets)};
  world.faults().push_back(std::move(record));
  world.structure_changed();
  return started;
}

std::optional<Refusal> stop_fault(model::World& world, const std::string& id) {
  const auto record = std::find_if(world.faults().begin(), world.faults().end(), [&](const auto& r) { return r.id == id; });
  if (record == world.faults().end()) return Refusal{Refusal::Kind::not_found, "there is no fault \"" + id + "\"", {}};
  if (record->ended) return Refusal{Refusal::Kind::gone, "fault \"" + id + "\" has ended", {}};
  world.process(record->process).wake(world, 0);
  return std::nullopt;
}

}  // namespace chaos

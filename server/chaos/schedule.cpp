#include "chaos/schedule.h"

#include <algorithm>

#include "chaos/check.h"
#include "chaos/experiment.h"
#include "chaos/experiments.h"
#include "chaos/running.h"
#include "chaos/timetable.h"
#include "sim/random.h"

namespace chaos {
namespace {

using model::FaultRequest;
using model::Refusal;
using model::ScheduleAction;
using model::ScheduleRecord;
using model::ScheduleSpec;
using Kind = Refusal::Kind;
using Place = ScheduleAction::Place;

/// Entities of the draws that choose among actions and places.
constexpr std::uint64_t choice_entities = std::uint64_t{6} << 40;

ScheduleRecord* find_schedule(model::World& world, const std::string& id) {
  const auto found = std::find_if(world.schedules().begin(), world.schedules().end(), [&](const auto& r) { return r.id == id; });
  return found == world.schedules().end() ? nullptr : &*found;
}

Refusal no_such_schedule(const std::string& id) {
  return Refusal{Kind::not_found, "there is no schedule \"" + id + "\"", {}};
}

std::vector<std::string> places_of(const model::World& world, Place place) {
  std::vector<std::string> names;
  if (place == Place::region) {
    for (const model::RegionNames& region : world.regions()) names.push_back(region.name);
  } else if (place == Place::zone) {
    for (const model::Location& location : world.shared().locations) {
      if (location.zone != model::outside) names.push_back(location.id);
    }
  }
  return names;
}

void select_place(FaultRequest& request, Place place, const std::string& name) {
  if (place == Place::said) return;
  request.selector.zones.clear();
  request.selector.regions.clear();
  (place == Place::zone ? request.selector.zones : request.selector.regions) = {name};
}

bool needs_victim(const ScheduleAction& action, const FaultRequest& request) {
  return action.place == Place::said && request.selector.empty();
}

/// Another place is needed to choose one.
bool can_be_done(const model::World& world, const ScheduleAction& action) {
  return action.place == Place::said || places_of(world, action.place).size() > 1;
}

void add_problems(std::vector<model::Problem> wrong, const std::string& pointer, std::vector<model::Problem>& problems) {
  for (model::Problem& problem : wrong) {
    problem.pointer.insert(0, pointer);
    problems.push_back(std::move(problem));
  }
}

/// Fills the victim in.
void check_fault(const model::World& world, ScheduleAction& action, const std::string& pointer, std::vector<model::Problem>& problems) {
  FaultRequest& said = std::get<FaultRequest>(action.what);
  if (needs_victim(action, said)) {
    if (world.victim().empty()) {
      problems.push_back({pointer + "/selector",
                          "required",
                          "this architecture names no victim: say what to hit, such as {\"services\": [\"homepage\"], \"mode\": \"one\"}",
                          {}});
      return;
    }
    said.selector.services = {world.victim()};
  }
  FaultRequest request = said;
  if (action.place != Place::said) select_place(request, action.place, places_of(world, action.place).front());
  const FaultType* type = find(request.type);
  if (type == nullptr) {
    problems.push_back({pointer + "/type", "unknownType", "\"" + request.type + "\" is not a type of fault", {}});
  }
  std::vector<model::Problem> wrong;
  model::Parameters complete;
  if (type != nullptr) {
    check(world, *type, request, complete, wrong);
  } else {
    check_names(world, request, wrong);
  }
  add_problems(std::move(wrong), pointer, problems);
}

/// What the present state forbids is no problem: it may be otherwise when it is time.
void check_experiment(const model::World& world, const model::ExperimentSpec& spec, const std::string& pointer,
                      std::vector<model::Problem>& problems) {
  auto plan = plan_experiment(world, spec);
  auto* refusal = std::get_if<Refusal>(&plan);
  if (refusal != nullptr && refusal->kind == Kind::invalid) add_problems(std::move(refusal->problems), pointer, problems);
}

/// With victims filled in; or what is wrong with it in this World.
std::variant<ScheduleSpec, Refusal> prepare(const model::World& world, const ScheduleSpec& given) {
  ScheduleSpec spec = given;
  std::vector<model::Problem> problems;
  for (std::size_t i = 0; i < spec.actions.size(); ++i) {
    ScheduleAction& action = spec.actions[i];
    const std::string pointer = spec.actions.size() == 1 ? "" : "/actions/" + std::to_string(i);
    if (const auto* experiment = std::get_if<model::ExperimentPtr>(&action.what)) {
      check_experiment(world, **experiment, pointer + "/experiment", problems);
    } else {
      check_fault(world, action, pointer + "/fault", problems);
    }
  }
  if (!problems.empty()) return Refusal{Kind::invalid, "the schedule cannot be added", std::move(problems)};
  const auto possible = [&](const ScheduleAction& action) { return can_be_done(world, action); };
  if (!spec.actions.empty() && std::none_of(spec.actions.begin(), spec.actions.end(), possible)) {
    return Refusal{Kind::invalid, "there is only one place of that kind", {{"/place", "tooFew", "some other place has to go on", {}}}};
  }
  if (world.schedules().size() >= schedules_max) {
    return Refusal{Kind::limit, "at most " + std::to_string(schedules_max) + " schedules at a time", {}};
  }
  return spec;
}

class RunningSchedule : public model::Process {
 public:
  RunningSchedule(std::string id, std::uint64_t number, std::shared_ptr<const ScheduleSpec> spec, Timetable timetable)
      : id_(std::move(id)), number_(number), spec_(std::move(spec)), timetable_(std::move(timetable)) {}

  void begin(model::World& world) { plan(world, *find_schedule(world, id_)); }
  /// As its record says now.
  void change(model::World& world, std::shared_ptr<const ScheduleSpec> spec, bool other_times) {
    ScheduleRecord& mine = *find_schedule(world, id_);
    spec_ = std::move(spec);
    if (other_times) {
      timetable_ = Timetable(spec_->times, world.starts_at(), world.shared().seed, number_, world.now());
      due_ = 0;
    }
    if (mine.state == "paused") {
      ++turn_;
      mine.next.reset();
    } else {
      plan(world, mine);
    }
  }

  void wake(model::World& world, std::uint32_t token) override {
    if (token != turn_) return;
    const std::uint64_t outer = world.cause();
    ScheduleRecord::Outcome outcome = fire(world);
    world.set_cause(outer);
    ScheduleRecord& mine = *find_schedule(world, id_);
    ++mine.fired;
    if (outcome.result == "refused") ++mine.refused;
    if (outcome.result == "skipped") ++mine.skipped;
    mine.history.push_back(std::move(outcome));
    if (mine.history.size() > spec_->history_limit) mine.history.erase(mine.history.begin());
    plan(world, mine);
    world.structure_changed();
  }

  std::unique_ptr<Process> clone() const override { return std::make_unique<RunningSchedule>(*this); }

 private:
  void plan(model::World& world, ScheduleRecord& mine) {
    timetable_.skip_to(world.now());
    if (due_ <= world.now()) due_ = timetable_.next();
    ++turn_;
    mine.state = due_ == sim::never ? "over" : "active";
    mine.next = due_ == sim::never ? std::nullopt : std::optional(due_);
    if (mine.next) world.wake_at(due_, mine.process, turn_);
  }

  std::uint64_t draw(const model::World& world, std::uint64_t n) const {
    return sim::draw(world.shared().seed, choice_entities + number_, sim::Purpose::fault, 2 * firings_ + n);
  }

  /// One of those that can be done, by weight, with its place.
  ScheduleAction chosen(const model::World& world) const {
    double whole = 0;
    for (const ScheduleAction& action : spec_->actions) whole += can_be_done(world, action) ? action.weight : 0;
    double left = whole * sim::unit(draw(world, 0));
    const ScheduleAction* found = nullptr;
    for (const ScheduleAction& candidate : spec_->actions) {
      if (!can_be_done(world, candidate)) continue;
      found = &candidate;
      left -= candidate.weight;
      if (left < 0) break;
    }
    ScheduleAction action = *found;
    const std::vector<std::string> places = places_of(world, action.place);
    auto* request = std::get_if<FaultRequest>(&action.what);
    if (request != nullptr && !places.empty()) select_place(*request, action.place, places[sim::scale(draw(world, 1), places.size())]);
    return action;
  }

  bool goes_on(const model::World& world) const {
    const auto active = [&](const std::string& id) {
      if (const auto experiment = world.experiments()->find(id)) return !model::is_over(experiment->state);
      return std::any_of(world.faults().begin(), world.faults().end(), [&](const auto& fault) { return fault.id == id && !fault.ended; });
    };
    return std::any_of(started_.begin(), started_.end(), active);
  }

  static std::string text_of(const ScheduleAction& action) {
    if (const auto* experiment = std::get_if<model::ExperimentPtr>(&action.what)) return "experiment " + (*experiment)->name;
    const FaultRequest& request = std::get<FaultRequest>(action.what);
    return request.type + " on " + describe(request.selector);
  }

  /// The id of what it is now; or why not.
  static std::variant<std::string, Refusal> start(model::World& world, const ScheduleAction& action) {
    if (const auto* experiment = std::get_if<model::ExperimentPtr>(&action.what)) {
      auto result = start_experiment(world, *experiment);
      if (auto* refusal = std::get_if<Refusal>(&result)) return std::move(*refusal);
      return std::get<StartedExperiment>(result).id;
    }
    auto result = start_fault(world, std::get<FaultRequest>(action.what));
    if (auto* refusal = std::get_if<Refusal>(&result)) return std::move(*refusal);
    return std::get<Started>(result).id;
  }

  ScheduleRecord::Outcome fire(model::World& world) {
    ScheduleRecord::Outcome outcome;
    outcome.at = world.now();
    const ScheduleAction action = chosen(world);
    ++firings_;
    outcome.what = text_of(action);
    if (!spec_->overlaps && goes_on(world)) {
      outcome.result = "skipped";
      outcome.reason = started_.back() + " goes on";
      tell(world, "schedule.skipped", "info", outcome.what + " was left out: " + outcome.reason);
      return outcome;
    }
    world.set_cause(tell(world, "schedule.fired", "info", outcome.what));
    auto result = start(world, action);
    if (const auto* refusal = std::get_if<Refusal>(&result)) {
      outcome.result = "refused";
      outcome.reason = refusal->detail;
      if (!refusal->problems.empty()) outcome.reason += ": " + refusal->problems.front().message;
      tell(world, "schedule.refused", "warning", outcome.what + " was refused: " + outcome.reason);
      return outcome;
    }
    outcome.result = "started";
    outcome.kind = std::holds_alternative<FaultRequest>(action.what) ? "fault" : "experiment";
    outcome.id = std::get<std::string>(result);
    if (!spec_->overlaps) started_.clear();
    started_.push_back(outcome.id);
    if (started_.size() > faults_max) started_.erase(started_.begin());
    return outcome;
  }

  std::uint64_t tell(model::World& world, const char* type, const char* severity, const std::string& message) const {
    model::Occurrence o;
    o.type = type;
    o.severity = severity;
    o.subject_kind = "schedule";
    o.subject_id = id_;
    o.message = (spec_->name.empty() ? id_ : spec_->name) + ": " + message;
    return world.report(std::move(o));
  }

  std::string id_;
  std::uint64_t number_;
  std::shared_ptr<const ScheduleSpec> spec_;
  Timetable timetable_;
  sim::Time due_ = 0;       ///< what the timetable said last
  std::uint32_t turn_ = 0;  ///< an older token is of a time that was given up
  std::uint64_t firings_ = 0;
  std::vector<std::string> started_;  ///< faults and experiments that may go on
};

void tell(model::World& world, const char* type, const std::string& id, const std::string& message) {
  model::Occurrence o;
  o.type = type;
  o.severity = "info";
  o.subject_kind = "schedule";
  o.subject_id = id;
  o.message = message;
  world.report(std::move(o));
  world.structure_changed();
}

}  // namespace

std::variant<std::string, Refusal> add_schedule(model::World& world, const ScheduleSpec& given) {
  auto prepared = prepare(world, given);
  if (auto* refusal = std::get_if<Refusal>(&prepared)) return std::move(*refusal);
  const auto spec = std::make_shared<const ScheduleSpec>(std::get<ScheduleSpec>(std::move(prepared)));
  ScheduleRecord record;
  record.number = world.next_record();
  record.id = "c" + std::to_string(record.number);
  record.spec = spec;
  record.since = world.now();
  tell(world, "schedule.added", record.id, (spec->name.empty() ? record.id : spec->name) + " begins");
  auto process = std::make_unique<RunningSchedule>(
      record.id, record.number, spec, Timetable(spec->times, world.starts_at(), world.shared().seed, record.number, world.now()));
  RunningSchedule& running = *process;
  record.process = world.add_process(std::move(process));
  const std::string id = record.id;
  world.schedules().push_back(std::move(record));
  running.begin(world);
  return id;
}

std::variant<std::vector<sim::Time>, Refusal> plan_schedule(const model::World& world, const ScheduleSpec& given) {
  auto prepared = prepare(world, given);
  if (auto* refusal = std::get_if<Refusal>(&prepared)) return std::move(*refusal);
  Timetable timetable(given.times, world.starts_at(), world.shared().seed, world.last_record() + 1, world.now());
  std::vector<sim::Time> times;
  while (times.size() < firings_planned) {
    const sim::Time next = timetable.next();
    if (next == sim::never) break;
    times.push_back(next);
  }
  return times;
}

std::optional<Refusal> change_schedule(model::World& world, const std::string& id, const model::ScheduleChange& change) {
  ScheduleRecord* record = find_schedule(world, id);
  if (record == nullptr) return no_such_schedule(id);
  if (record->state == "over" && !change.times) {
    return Refusal{Kind::conflict, "schedule \"" + id + "\" is over: give it other times, or remove it", {}};
  }
  ScheduleSpec spec = *record->spec;
  spec.overlaps = change.overlaps.value_or(spec.overlaps);
  if (change.times) spec.times = *change.times;
  record->spec = std::make_shared<const ScheduleSpec>(std::move(spec));
  if (change.paused) {
    record->state = *change.paused ? "paused" : "active";
  } else if (record->state == "over") {
    record->state = "active";
  }
  static_cast<RunningSchedule&>(world.process(record->process)).change(world, record->spec, change.times.has_value());
  tell(world, "schedule.changed", id, id + " is " + record->state);
  return std::nullopt;
}

std::optional<Refusal> remove_schedule(model::World& world, const std::string& id) {
  const ScheduleRecord* record = find_schedule(world, id);
  if (record == nullptr) return no_such_schedule(id);
  world.end_process(record->process);
  tell(world, "schedule.removed", id, id + " fires no more");
  std::erase_if(world.schedules(), [&](const ScheduleRecord& r) { return r.id == id; });
  return std::nullopt;
}

}  // namespace chaos

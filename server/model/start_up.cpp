// Instances that start: how long it takes, and what they do while those that they depend on are not there.

#include "model/start_up.h"

#include <algorithm>

#include "model/world.h"

namespace model {
namespace {

/// "api", "api and db", "api, cache and db".
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 < names.size() ? ", " : " and ";
    text += names[i];
  }
  return text;
}

std::string seconds_text(sim::Time time) {
  const std::int64_t ms = time / sim::millisecond;
  std::string text = std::to_string(ms / 1'000);
  if (ms % 1'000 != 0) {
    const std::string rest = std::to_string(1'000 + ms % 1'000).substr(1);
    text += "." + rest.substr(0, rest.find_last_not_of('0') + 1);
  }
  return text + " s";
}

/// Services that wait for each other. Nothing comes of these by itself: all their instances are starting, and none of them goes on before
/// one of another is known.
class Deadlock {
 public:
  explicit Deadlock(const World& world) : world_(world) {}

  /// Those of a circle that can be reached from this service, in the order in which they wait; empty when there is none.
  std::vector<std::uint32_t> from(std::uint32_t service) {
    path_.push_back(service);
    if (!seen_.insert(service).second) return {};
    if (!is_stuck(service)) {
      path_.pop_back();
      return {};
    }
    for (const std::uint32_t next : awaited_by(service)) {
      const auto place = std::find(path_.begin(), path_.end(), next);
      if (place != path_.end()) return {place, path_.end()};
      std::vector<std::uint32_t> circle = from(next);
      if (!circle.empty()) return circle;
    }
    path_.pop_back();
    return {};
  }

 private:
  bool is_stuck(std::uint32_t service) const {
    const Shared& shared = world_.shared();
    StateCounts states;
    for (const std::uint32_t group : shared.services[service].groups) states.add(world_.instances_of(shared.groups[group]));
    if (states.up + states.down > 0 || states.starting == 0) return false;
    for (const std::uint32_t group : shared.services[service].groups) {
      for (const InstanceId id : shared.groups[group].members) {
        if (world_.instance(id).state != InstanceState::starting) continue;
        const InstanceDetail& detail = world_.detail(id);
        if (detail.may_start || (detail.draining_since != sim::never && detail.crashes == 0)) return false;
      }
    }
    return true;
  }

  std::vector<std::uint32_t> awaited_by(std::uint32_t service) const {
    std::set<std::uint32_t> all;
    for (const std::uint32_t group : world_.shared().services[service].groups) {
      if (world_.instances_of(world_.shared().groups[group]).starting == 0) continue;
      for (const std::uint32_t missing : world_.missing_for(group)) all.insert(missing);
    }
    return {all.begin(), all.end()};
  }

  const World& world_;
  std::vector<std::uint32_t> path_;
  std::set<std::uint32_t> seen_;
};

}  // namespace

const std::vector<std::string>& when_missing_names() {
  static const std::vector<std::string> names{"fail", "wait", "retry"};
  return names;
}

sim::Time back_off(const StartUpSpec& spec, std::uint32_t n) {
  sim::Time time = spec.back_off;
  for (std::uint32_t i = 1; i < n && time < spec.back_off_max; ++i) time *= 2;
  return std::min(time, spec.back_off_max);
}

std::vector<std::uint32_t> World::missing_for(std::uint32_t group) const {
  std::vector<std::uint32_t> missing;
  for (const Route& route : shared_->groups[group].routes) {
    const bool known = std::any_of(route.ends.begin(), route.ends.end(),
                                   [this](const RouteEnd& end) { return !shared_->groups[end.group].known.empty(); });
    if (!known) missing.push_back(route.service);
  }
  return missing;
}

/// When its start-up goes on; what was planned for it before counts no more.
void World::plan_start(InstanceId id, sim::Time time) {
  detail_at(id).draining_since = time;
  plan(time, act_ready, id, detail(id).incarnation);
}

/// How long it takes itself, this time.
sim::Time World::start_up_time(InstanceId id) {
  const Service& service = shared_->services[shared_->groups[at(id).group].service];
  const VersionSpec& version = shared_->profiles[at(id).profile].spec;
  const sim::Time time = version.start_up_ms ? sim::from_ms(*version.start_up_ms)
                         : service.starting.time
                             ? service.start_up_time.sample(sim::draw(shared_->seed, id, sim::Purpose::start_up, at(id).draws++))
                             : service.start_up;
  return at(id).impaired ? slowed_start_up(id, time) : time;
}

void World::begin_start(InstanceId id) {
  InstanceDetail& detail = detail_at(id);
  detail.may_start = false;
  detail.crashes = 0;
  sim::Time from = now_;
  if (const std::uint32_t machine = machines_.of(id); machine != Machines::none) from = std::max(from, machines_[machine].up_at);
  const bool first = shared_->services[shared_->groups[at(id).group].service].starting.first;
  plan_start(id, first ? from : from + start_up_time(id));
}

/// Its time has come, unless something else was planned since.
void World::go_on_starting(InstanceId id) {
  if (instance(id).state != InstanceState::starting || detail(id).draining_since != now_) return;
  if (detail(id).may_start) {
    become_ready(id);
  } else {
    look_at_dependencies(id);
  }
}

void World::look_at_dependencies(InstanceId id) {
  const std::uint32_t group = at(id).group;
  const StartUpSpec& starting = shared_->services[shared_->groups[group].service].starting;
  const std::vector<std::uint32_t> missing = starting.when_missing == WhenMissing::fail ? std::vector<std::uint32_t>{} : missing_for(group);
  if (missing.empty()) {
    dependencies_are_there(id);
  } else if (starting.when_missing == WhenMissing::wait) {
    detail_at(id).draining_since = sim::never;
    start_ups_.waiting[group].push_back(ref(id));
    tell_instance(id, "instance.waits", "info", "waits for " + services_text(missing));
    report_deadlock(shared_->groups[group].service);
  } else {
    crash(id, missing);
  }
}

void World::dependencies_are_there(InstanceId id) {
  detail_at(id).may_start = true;
  if (shared_->services[shared_->groups[at(id).group].service].starting.first) {
    plan_start(id, now_ + start_up_time(id));
  } else {
    become_ready(id);
  }
}

void World::crash(InstanceId id, const std::vector<std::uint32_t>& missing) {
  InstanceDetail& detail = detail_at(id);
  const std::uint32_t service = shared_->groups[at(id).group].service;
  const StartUpSpec& starting = shared_->services[service].starting;
  if (detail.crashes < 0xff) ++detail.crashes;
  const sim::Time pause = back_off(starting, detail.crashes);
  tell_instance(id, "instance.crashed", "warning",
                "crashes, there is no " + services_text(missing) + "; is started again after " + seconds_text(pause));
  plan_start(id, now_ + pause + (starting.first ? 0 : start_up_time(id)));
  report_deadlock(service);
}

std::string World::services_text(const std::vector<std::uint32_t>& services) const {
  std::vector<std::string> names;
  names.reserve(services.size());
  for (const std::uint32_t service : services) names.push_back(shared_->services[service].name);
  return listed(names);
}

/// Somebody is known where nobody was.
void World::tell_those_that_wait() {
  for (auto place = start_ups_.waiting.begin(); place != start_ups_.waiting.end();) {
    if (!missing_for(place->first).empty()) {
      ++place;
      continue;
    }
    const std::vector<InstanceRef> waiting = std::move(place->second);
    place = start_ups_.waiting.erase(place);
    for (const InstanceRef& r : waiting) {
      if (!still_there(r) || instance(r.id).state != InstanceState::starting || detail(r.id).draining_since != sim::never) continue;
      dependencies_are_there(r.id);
    }
  }
}

void World::report_deadlock(std::uint32_t service) {
  if (start_ups_.deadlocked.contains(service)) return;
  const std::vector<std::uint32_t> circle = Deadlock(*this).from(service);
  if (circle.empty() || start_ups_.deadlocked.contains(circle.front())) return;
  Occurrence o;
  o.type = "startUp.deadlocked";
  o.severity = "error";
  o.subject_kind = "service";
  o.subject_id = shared_->services[circle.front()].name;
  for (std::size_t i = 0; i < circle.size(); ++i) {
    start_ups_.deadlocked.insert(circle[i]);
    const std::string& next = shared_->services[circle[(i + 1) % circle.size()]].name;
    o.message += (i == 0 ? "" : ", ") + shared_->services[circle[i]].name + " waits for " + next;
  }
  o.message += ": none of them starts";
  report(std::move(o));
}

/// It is up for the first time, or dead before that.
void World::count_started(InstanceId id) {
  if (start_ups_.left == 0 || detail(id).ready || detail(id).node > start_ups_.first_nodes || --start_ups_.left > 0) return;
  start_ups_.complete = now_;
  Occurrence o;
  o.type = "architecture.up";
  o.severity = "info";
  o.subject_kind = "simulation";
  o.subject_id = architecture_;
  o.message = "all of " + architecture_ + " is up after " + seconds_text(now_);
  report(std::move(o));
}

}  // namespace model

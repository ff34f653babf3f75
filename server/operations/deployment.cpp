// Carrying out the plan of a deployment.

#include <algorithm>
#include <cmath>

#include "model/problem_text.h"
#include "operations/rollout.h"

namespace operations {
namespace {

using StepKind = PlanStep::Kind;
using model::InstanceId;
using model::InstanceState;

std::uint32_t part_of(double percent, std::uint32_t of) {
  return static_cast<std::uint32_t>(std::ceil(of * percent / 100));
}

}  // namespace

model::DeploymentRecord* record_of(model::World& world, const std::string& id) {
  for (model::DeploymentRecord& record : world.deployments()) {
    if (record.id == id) return &record;
  }
  return nullptr;
}

Plan plan_for(const model::DeploymentSpec& spec) {
  if (spec.keep) {
    return {{StepKind::size, 100, false, {}, "starts all instances"}, {StepKind::current, 0, false, {}, "is the version of new instances"}};
  }
  switch (spec.strategy) {
    case model::Strategy::rolling:
      return rolling_plan(spec);
    case model::Strategy::recreate:
      return recreate_plan(spec);
    case model::Strategy::canary:
      return canary_plan(spec);
    case model::Strategy::blue_green:
      return blue_green_plan(spec);
    case model::Strategy::red_black:
      return red_black_plan(spec);
    case model::Strategy::rolling_red_black:
      return rolling_red_black_plan(spec);
    case model::Strategy::asgard:
      return asgard_plan(spec);
  }
  return {};
}

Deployment::Deployment(std::string id, std::uint32_t service, std::uint32_t from, std::uint32_t to, model::DeploymentSpec spec)
    : id_(std::move(id)),
      service_(service),
      from_(from),
      to_(to),
      spec_(std::move(spec)),
      fleet_pinned_(spec_.strategy != model::Strategy::rolling && !spec_.keep) {}

model::DeploymentRecord& Deployment::record(model::World& world) const {
  return *record_of(world, id_);
}

/// What another deployment left is cleared away: one that rolls takes all others' place, the rest begin from one version.
void Deployment::begin(model::World& world, Plan plan) {
  plan_ = std::move(plan);
  world.set_changing(service_, true);
  const bool rolls = std::any_of(plan_.begin(), plan_.end(), [](const PlanStep& step) { return step.kind == StepKind::roll; });
  const bool shifts_first = !plan_.empty() && plan_.front().kind == StepKind::shift;
  for (const model::Fleet& fleet : std::vector<model::Fleet>(world.shared().services[service_].keeping.fleets)) {
    if (fleet.profile == from_ || fleet.profile == to_ || spec_.keep) continue;
    const bool stays = fleet.spare ? shifts_first : rolls;
    if (!stays) world.set_fleet(service_, fleet.profile, 0);
  }
  if (!rolls && fleet_pinned_) world.set_fleet(service_, from_, desired(world));
  world.keep(service_);
  if (!shifts_first && !back_ && !spec_.keep) world.set_shares(service_, {});
  progressed_ = world.now();
  at_ = 0;
  enter(world);
  wake(world, 0);
}

void Deployment::wake(model::World& world, std::uint32_t) {
  model::DeploymentRecord& mine = record(world);
  const std::string held = back_ ? std::string() : held_by(world, service_, spec_.force);
  if (!held.empty() != waits_) {
    waits_ = !waits_;
    set_state(world, waits_ ? "paused" : "progressing", held);
    tell(world, waits_ ? "deployment.paused" : "deployment.resumed", waits_ ? "warning" : "info", waits_ ? held : "goes on");
  }
  if (!waits_ && !paused_) {
    if (fleet_pinned_ && !back_) set_old(world, part_of(old_percent_, desired(world)));
    while (at_ < plan_.size() && carry_out(world)) {
      if (++at_ < plan_.size()) enter(world);
    }
  }
  show(world);
  if (at_ >= plan_.size()) {
    finish(world);
    return;
  }
  if (!waits_ && !paused_) watch_progress(world);
  if (!mine.ended) world.wake_at(world.now() + poll, mine.process, 0);
}

/// A step begins.
void Deployment::enter(model::World& world) {
  const PlanStep& step = plan_[at_];
  entered_ = world.now();
  promoted_ = false;
  model::DeploymentRecord& mine = record(world);
  if (!back_) {
    mine.step = static_cast<std::uint32_t>(step.number > 0 ? step.number : at_ + 1);
    mine.steps = static_cast<std::uint32_t>(step.number > 0 ? plan_.back().number : plan_.size());
  }
  mine.step_text = step.text;
  world.structure_changed();
  if (step.kind == StepKind::analyse) analysis_.begin(world, service_, from_, to_);
  if (step.kind == StepKind::wait && !step.time) set_state(world, "paused", step.text);
  if (step.kind == StepKind::wait && step.time == sim::Time{0}) return;
  tell(world, "deployment.step", "info", step.text);
}

/// Whether the present step is done.
bool Deployment::carry_out(model::World& world) {
  const PlanStep step = plan_[at_];
  switch (step.kind) {
    case StepKind::size: {
      std::uint32_t count = step.absolute ? static_cast<std::uint32_t>(step.value) : part_of(step.value, desired(world));
      count = std::min(count, std::max(desired(world), 1U));
      if (world.fleet_of(service_, to_) != count) {
        world.set_fleet(service_, to_, count);
        world.keep(service_);
      }
      return available(world, to_, true) >= count;
    }
    case StepKind::roll:
      return roll(world);
    case StepKind::shift:
      shift(world, step.value);
      return true;
    case StepKind::shrink:
      old_percent_ = step.value;
      set_old(world, part_of(old_percent_, desired(world)));
      return true;
    case StepKind::empty: {
      old_percent_ = 0;
      set_old(world, 0);
      bool left = false;
      for (const std::uint32_t group : world.shared().services[service_].groups) {
        for (const InstanceId id : world.shared().groups[group].members) {
          left = left || (world.instance(id).profile != to_ && world.instance(id).state != InstanceState::dead);
        }
      }
      return !left;
    }
    case StepKind::wait:
      if (!promoted_ && (!step.time || world.now() - entered_ < *step.time)) return false;
      if (!step.time) set_state(world, "progressing", "");
      return true;
    case StepKind::analyse:
      return analyse(world);
    case StepKind::current:
      world.set_current_version(service_, to_);
      if (at_ > 0) set_state(world, "promoting", "");
      return true;
    case StepKind::thin_out:
      thin_out(world, static_cast<std::uint32_t>(step.value));
      return true;
    case StepKind::restore:
    case StepKind::restore_by_weight:
      return restore(world, step.kind == StepKind::restore_by_weight);
  }
  return true;
}

/// Up, and `surely` also known to all callers, for as long as a new one has to be.
std::uint32_t Deployment::available(const model::World& world, std::uint32_t profile, bool surely) const {
  std::uint32_t count = 0;
  for (const std::uint32_t index : world.shared().services[service_].groups) {
    const model::Group& group = world.shared().groups[index];
    for (const std::uint32_t c : group.cells) {
      const model::Cell& cell = world.shared().cells[c];
      if (cell.profile != profile || cell.instances.up == 0) continue;
      if (!surely) {
        count += cell.instances.up;
        continue;
      }
      for (const InstanceId id : group.members) {
        const model::Instance& i = world.instance(id);
        if (i.profile != profile || i.state != InstanceState::up || !world.seen_by_all(id)) continue;
        if (world.now() - world.detail(id).draining_since >= spec_.min_ready) ++count;
      }
    }
  }
  return count;
}

std::uint32_t Deployment::old_wanted(const model::World& world) const {
  std::uint32_t sum = 0;
  for (const model::Fleet& fleet : world.shared().services[service_].keeping.fleets) sum += fleet.profile == to_ ? 0 : fleet.wanted;
  return sum;
}

void Deployment::set_old(model::World& world, std::uint32_t count) {
  if (world.fleet_of(service_, from_) == count) return;
  world.set_fleet(service_, from_, count);
  world.keep(service_);
}

void Deployment::shift(model::World& world, double percent) {
  weight_ = percent;
  std::vector<model::VersionShare> shares{{to_, percent}, {from_, 100 - percent}};
  for (const model::Fleet& fleet : world.shared().services[service_].keeping.fleets) {
    if (fleet.profile != to_ && fleet.profile != from_) shares.push_back({fleet.profile, 0});
  }
  world.set_shares(service_, std::move(shares));
}

/// One step of the controller: what kubernetes/pkg/controller/deployment/rolling.go does at each sync.
bool Deployment::roll(model::World& world) {
  const std::uint32_t wanted = desired(world);
  const std::uint32_t surge = spec_.max_surge.up(wanted);
  std::uint32_t missing = spec_.max_unavailable.down(wanted);
  if (surge == 0 && missing == 0) missing = 1;
  std::uint32_t fresh = world.fleet_of(service_, to_);
  const std::uint32_t old = old_wanted(world);
  const std::vector<model::Fleet> before = world.shared().services[service_].keeping.fleets;
  if (fresh > wanted) fresh = wanted;
  if (fresh < wanted && wanted + surge > fresh + old) fresh = std::min(wanted, wanted + surge - old);
  world.set_fleet(service_, to_, fresh);
  const std::uint32_t fresh_up = std::min(fresh, available(world, to_, true));
  std::int64_t may_go = std::int64_t{fresh} + old - (std::int64_t{wanted} - std::min(missing, wanted)) - (fresh - fresh_up);
  // First those that are of no use, then those that the new ones replace.
  std::vector<model::Fleet> fleets = world.shared().services[service_].keeping.fleets;
  std::int64_t up = fresh_up;
  for (const model::Fleet& fleet : fleets) {
    if (fleet.profile != to_) up += std::min(fleet.wanted, available(world, fleet.profile, false));
  }
  std::int64_t spare = up - (std::int64_t{wanted} - std::min(missing, wanted));
  for (model::Fleet& fleet : fleets) {
    if (fleet.profile == to_ || may_go <= 0) continue;
    const std::int64_t useless = fleet.wanted - std::min(fleet.wanted, available(world, fleet.profile, false));
    const std::int64_t go = std::min(useless, may_go);
    fleet.wanted -= static_cast<std::uint32_t>(go);
    may_go -= go;
  }
  for (model::Fleet& fleet : fleets) {
    if (fleet.profile == to_ || may_go <= 0) continue;
    const std::int64_t go = std::clamp<std::int64_t>(std::min(may_go, spare), 0, fleet.wanted);
    fleet.wanted -= static_cast<std::uint32_t>(go);
    may_go -= go;
    spare -= go;
  }
  for (const model::Fleet& fleet : fleets) {
    if (fleet.profile != to_) world.set_fleet(service_, fleet.profile, fleet.wanted);
  }
  if (world.shared().services[service_].keeping.fleets != before) {
    world.keep(service_);
    tell(world, "deployment.step", "info", std::to_string(fresh_up) + " of " + std::to_string(wanted));
  }
  return fresh == wanted && fresh_up == wanted && old_wanted(world) == 0;
}

/// Of those that get no traffic the newest stay, as they are.
void Deployment::thin_out(model::World& world, std::uint32_t remain) {
  std::vector<model::Fleet> fleets = world.shared().services[service_].keeping.fleets;
  std::sort(fleets.begin(), fleets.end(), [&](const model::Fleet& a, const model::Fleet& b) {
    return std::pair(a.profile != from_, -std::int64_t{a.profile}) < std::pair(b.profile != from_, -std::int64_t{b.profile});
  });
  std::uint32_t kept = 0;
  for (const model::Fleet& fleet : fleets) {
    if (fleet.profile == to_) continue;
    if (kept++ < remain) {
      world.set_spare(service_, fleet.profile, true);
    } else if (fleet.profile == from_) {
      gone_at_end_ = true;  // it still has traffic
    } else {
      world.set_fleet(service_, fleet.profile, 0);
    }
  }
  world.keep(service_);
}

bool Deployment::analyse(model::World& world) {
  if (promoted_) return true;
  if (world.now() - entered_ < spec_.analysis.interval) return false;
  entered_ = world.now();
  switch (analysis_.look(world, spec_.analysis)) {
    case Analysis::Verdict::goes_on:
      return false;
    case Analysis::Verdict::passed:
      return true;
    case Analysis::Verdict::inconclusive:
      paused_ = true;
      set_state(world, "paused", analysis_.reason());
      tell(world, "deployment.paused", "warning", analysis_.reason());
      return false;
    case Analysis::Verdict::failed:
      if (spec_.auto_rollback) {
        roll_back(world, analysis_.reason());
      } else {
        paused_ = true;
        set_state(world, "paused", "the analysis has failed: " + analysis_.reason());
        tell(world, "deployment.paused", "error", "the analysis has failed: " + analysis_.reason());
      }
      return false;
  }
  return false;
}

bool Deployment::restore(model::World& world, bool by_weight) {
  const std::uint32_t wanted = desired(world);
  if (world.fleet_of(service_, from_) != wanted) {
    world.set_fleet(service_, from_, wanted);
    world.set_spare(service_, from_, false);
    world.keep(service_);
  }
  const std::uint32_t there = available(world, from_, true);
  const bool all = there >= wanted;
  double weight = 0;
  if (by_weight && !all) {
    const double fresh = available(world, to_, false);
    const double now = weight_ >= 0 ? weight_ : 100 * fresh / std::max(1.0, fresh + there);
    weight = std::min(now, 100 - 100.0 * there / wanted);
  }
  if (weight != weight_) shift(world, weight);
  if (!all) return false;
  world.set_fleet(service_, to_, 0);
  world.keep(service_);
  return true;
}

void Deployment::pause(model::World& world) {
  paused_ = true;
  set_state(world, "paused", "paused by hand");
  tell(world, "deployment.paused", "info", "paused by hand");
}

void Deployment::resume(model::World& world) {
  paused_ = false;
  if (at_ < plan_.size() && plan_[at_].kind == StepKind::analyse) {
    analysis_.begin(world, service_, from_, to_);
    entered_ = world.now();
  }
  progressed_ = world.now();
  const bool waits = at_ < plan_.size() && plan_[at_].kind == StepKind::wait && !plan_[at_].time;
  set_state(world, waits ? "paused" : "progressing", waits ? plan_[at_].text : "");
  tell(world, "deployment.resumed", "info", "goes on");
}

bool Deployment::promote(model::World& world) {
  if (at_ >= plan_.size() || (plan_[at_].kind != StepKind::wait && plan_[at_].kind != StepKind::analyse)) return false;
  promoted_ = true;
  paused_ = false;
  set_state(world, "progressing", "");
  tell(world, "deployment.promoted", "info", "is promoted");
  return true;
}

void Deployment::roll_back(model::World& world, const std::string& why) {
  back_ = true;
  paused_ = false;
  waits_ = false;
  late_ = false;
  const bool rolls = spec_.strategy == model::Strategy::rolling || spec_.strategy == model::Strategy::recreate || spec_.keep ||
                     world.fleet_of(service_, from_) == 0;
  set_state(world, "rollingBack", why);
  record(world).ended.reset();
  tell(world, "deployment.rollingBack", "warning", "goes back to version " + world.shared().profiles[from_].version + ": " + why);
  world.set_changing(service_, true);
  if (rolls) {
    std::swap(from_, to_);
    world.set_shares(service_, {});
    world.set_spare(service_, to_, false);
    plan_ = rolling_plan(spec_);
  } else {
    world.set_current_version(service_, from_);
    plan_ = {
        {spec_.weighted_rollback ? StepKind::restore_by_weight : StepKind::restore, 0, false, {}, "the old version gets the traffic back"}};
  }
  at_ = 0;
  progressed_ = world.now();
  enter(world);
}

void Deployment::give_up(model::World& world) {
  const bool rolls = spec_.strategy == model::Strategy::rolling || spec_.strategy == model::Strategy::recreate;
  if (!rolls && !back_ && world.shared().services[service_].current_profile != to_) {
    world.set_fleet(service_, to_, 0);
    set_old(world, desired(world));
  }
  model::DeploymentRecord& mine = record(world);
  mine.state = "superseded";
  mine.ended = world.now();
  world.end_process(mine.process);
}

void Deployment::finish(model::World& world) {
  const bool back = back_;
  if (gone_at_end_) world.set_fleet(service_, from_, 0);
  world.set_changing(service_, false);
  world.keep(service_);
  std::uint32_t fleets = 0, sum = 0;
  for (const model::Fleet& fleet : world.shared().services[service_].keeping.fleets) {
    fleets += fleet.wanted > 0 ? 1U : 0U;
    sum += fleet.spare ? 0 : fleet.wanted;
  }
  if (spec_.keep && !back) world.set_desired(service_, sum);
  if (fleets <= 1) {
    world.set_shares(service_, {});
  } else {
    world.steer();
  }
  show(world);
  model::DeploymentRecord& mine = record(world);
  set_state(world, back ? "rolledBack" : "succeeded", back ? mine.reason : "");
  mine.step_text.clear();
  mine.ended = world.now();
  tell(world, "deployment.ended", back ? "warning" : "info",
       back ? "is back on version " + mine.previous_version : "runs version " + mine.version);
  world.structure_changed();
  world.end_process(mine.process);
}

/// Where it is, for those who look; told when it has changed.
void Deployment::show(model::World& world) {
  model::DeploymentRecord& mine = record(world);
  const model::Service& service = world.shared().services[service_];
  std::vector<std::pair<std::string, double>> weights;
  for (const model::VersionShare& share : service.shares)
    weights.emplace_back(world.shared().profiles[share.profile].version, share.percent);
  std::vector<std::pair<std::string, std::uint32_t>> by_version;
  for (const model::Fleet& fleet : service.keeping.fleets)
    by_version.emplace_back(world.shared().profiles[fleet.profile].version, fleet.wanted);
  const bool swapped = world.shared().profiles[to_].version != mine.version;
  const std::uint32_t updated = available(world, swapped ? from_ : to_, false);
  if (weights == mine.weights && by_version == mine.by_version && updated == mine.updated && service.desired == mine.total) return;
  mine.weights = std::move(weights);
  mine.by_version = std::move(by_version);
  mine.updated = updated;
  mine.total = service.desired;
  world.structure_changed();
}

void Deployment::set_state(model::World& world, const std::string& state, const std::string& reason) {
  model::DeploymentRecord& mine = record(world);
  if (back_ && state == "progressing") return;
  mine.state = state;
  mine.reason = reason;
  world.structure_changed();
}

/// Kubernetes reports that nothing goes on, and does no more; Asgard goes back.
void Deployment::watch_progress(model::World& world) {
  const StepKind kind = plan_[at_].kind;
  const std::uint64_t reached = (std::uint64_t{at_} << 32) + available(world, to_, false);
  if (reached != progress_ || kind == StepKind::wait || kind == StepKind::analyse) {
    progress_ = reached;
    progressed_ = world.now();
    late_ = false;
    return;
  }
  if (late_ || world.now() - progressed_ < spec_.progress_deadline) return;
  late_ = true;
  const std::string why = "no progress for " + std::to_string(spec_.progress_deadline / sim::second) + " s";
  record(world).reason = why;
  tell(world, "deployment.late", "warning", why);
  if (spec_.strategy != model::Strategy::asgard || back_) return;
  if (spec_.auto_rollback) {
    roll_back(world, why);
  } else {
    fail(world, why);
  }
}

/// Ends where it is.
void Deployment::fail(model::World& world, const std::string& why) {
  world.set_changing(service_, false);
  set_state(world, "failed", why);
  model::DeploymentRecord& mine = record(world);
  mine.ended = world.now();
  tell(world, "deployment.ended", "error", "has failed: " + why);
  world.end_process(mine.process);
}

void Deployment::tell(model::World& world, const char* type, const char* severity, const std::string& message) const {
  const model::DeploymentRecord& mine = record(world);
  model::Occurrence o;
  o.type = type;
  o.severity = severity;
  o.subject_kind = "deployment";
  o.subject_id = id_;
  o.message = mine.service + " " + mine.version + ": " + message;
  o.data = {{"service", mine.service}, {"version", mine.version}, {"state", mine.state}};
  world.report(std::move(o));
}

}  // namespace operations

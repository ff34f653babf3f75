#include "chaos/running.h"

#include <algorithm>
#include <cmath>

#include "sim/math.h"
#include "sim/random.h"

namespace chaos {
namespace {

constexpr sim::Time jitter_period = sim::second;
constexpr sim::Time tick_period = sim::second;
constexpr sim::Time ramp_step_least = 10 * sim::millisecond;
constexpr std::int64_t ramp_steps = 100;
/// Entities of draws: levels are no instances.
constexpr std::uint64_t level_entities = std::uint64_t{4} << 40;

/// How far a ramp is after a share `x` of its time.
double part_of(model::Ramp::Shape shape, double x) {
  if (x >= 1 || shape == model::Ramp::Shape::step) return 1;
  if (x <= 0) return 0;
  if (shape == model::Ramp::Shape::linear) return x;
  constexpr double doublings = 10;
  const double rate = doublings * sim::log(2);
  return (sim::exp(rate * x) - 1) / (sim::exp(rate) - 1);
}

double share(sim::Time part, sim::Time whole) {
  return whole <= 0 ? 1 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double level_at(const model::Ramp& ramp, double jitter, std::uint64_t seed, std::uint64_t number, sim::Time began,
                std::optional<sim::Time> ends, sim::Time now) {
  double level = part_of(ramp.shape, share(now - began, ramp.up));
  if (ends && ramp.down > 0) level = std::min(level, part_of(ramp.shape, share(*ends - now, ramp.down)));
  if (jitter == 0) return level;
  const auto second = static_cast<std::uint64_t>((now - began) / jitter_period);
  const std::uint64_t bits = sim::draw(seed, level_entities + number, sim::Purpose::fault, second);
  return level * (1 - jitter * sim::unit(bits));
}

RunningFault::RunningFault(const FaultType& type, FaultRequest request, std::uint64_t number, std::unique_ptr<Effect> effect,
                           const std::vector<model::InstanceRef>& targets)
    : type_(&type), request_(std::move(request)), number_(number), effect_(std::move(effect)), targets_(targets) {
  if (request_.ramp.up == 0 && effect_->spread() > 0) {
    request_.ramp.shape = model::Ramp::Shape::linear;
    request_.ramp.up = effect_->spread();
  }
}

RunningFault::RunningFault(const RunningFault& other)
    : Process(other),
      type_(other.type_),
      request_(other.request_),
      number_(other.number_),
      effect_(other.effect_->clone()),
      targets_(other.targets_),
      reached_(other.reached_),
      place_(other.place_),
      process_(other.process_),
      began_(other.began_),
      ends_(other.ends_),
      level_(other.level_) {}

model::Imposition RunningFault::imposition(double level) const {
  model::Imposition on;
  on.fault = number_;
  on.began = began_;
  on.level = level;
  if (type_->takes_target) {
    const model::Direction direction = request_.direction.value_or(type_->direction);
    using Path = model::PathHindrance;
    on.path.ways = direction == model::Direction::both ? Path::a_to_b | Path::b_to_a
                   : direction == model::Direction::to ? Path::a_to_b
                                                       : Path::b_to_a;
  }
  effect_->impose(on, effect_->scales() ? level : 1);
  return on;
}

/// Whether it is one of those that the messages of the selected ones go to and come from.
bool RunningFault::is_other(const model::World& world, model::InstanceId id) const {
  if (request_.target) return world.matches(*request_.target, id);
  return (effect_->reaches_itself() || !world.matches(request_.selector, id)) && effect_->concerns(world, id);
}

void RunningFault::take_sides(model::World& world) {
  std::vector<model::InstanceId> others;
  for (const model::Group& group : world.shared().groups) {
    for (const model::InstanceId id : group.members) {
      if (is_other(world, id)) others.push_back(id);
    }
  }
  world.touch(place_, others, model::side_b);
}

void RunningFault::begin(model::World& world, std::uint32_t process, std::optional<sim::Time> ends) {
  process_ = process;
  began_ = world.now();
  ends_ = ends;
  level_ = level_at(request_.ramp, request_.jitter, world.shared().seed, number_, began_, ends_, world.now());
  if (effect_->imposes()) {
    place_ = world.impose(imposition(level_));
    if (type_->takes_target) take_sides(world);
  }
  effect_->begin(world, run());
  set_level(world);
  if (ends_) world.wake_at(*ends_, process_, end_token);
  plan_tick(world);
}

/// Those of the targets from one place to another that are still what they were.
std::vector<model::InstanceId> RunningFault::there(const model::World& world, std::size_t from, std::size_t upto) const {
  std::vector<model::InstanceId> ids;
  for (std::size_t i = from; i < upto; ++i) {
    if (world.still_there(targets_[i])) ids.push_back(targets_[i].id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

void RunningFault::hit_as_many(model::World& world, std::size_t wanted) {
  if (wanted > reached_) {
    const std::vector<model::InstanceId> more = there(world, reached_, wanted);
    reached_ = wanted;
    if (effect_->imposes()) world.touch(place_, more);
    effect_->hit(world, run(), more);
  } else if (wanted < reached_ && effect_->lets_go()) {
    const std::vector<model::InstanceId> fewer = there(world, wanted, reached_);
    reached_ = wanted;
    effect_->release(world, run(), fewer);
    if (effect_->imposes()) world.let_go(place_, fewer);
  }
}

void RunningFault::set_level(model::World& world) {
  const double level = level_at(request_.ramp, request_.jitter, world.shared().seed, number_, began_, ends_, world.now());
  const bool changed = level != level_;
  level_ = level;
  if (changed && effect_->imposes()) world.change_imposition(place_, imposition(level));
  const double all = static_cast<double>(targets_.size());
  hit_as_many(world, effect_->scales() ? targets_.size() : static_cast<std::size_t>(std::floor(level * all + 0.5)));
  effect_->set_level(world, run(), level);
}

/// When the level may be another.
void RunningFault::plan_tick(model::World& world) {
  const sim::Time now = world.now();
  sim::Time next = sim::never;
  const auto at = [&](sim::Time time) {
    if (time > now) next = std::min(next, time);
  };
  const auto along = [&](sim::Time from, sim::Time length) {
    if (length <= 0 || request_.ramp.shape == model::Ramp::Shape::step) return;
    if (now < from) at(from);
    if (now >= from && now < from + length) at(std::min(from + length, now + std::max(ramp_step_least, length / ramp_steps)));
  };
  along(began_, request_.ramp.up);
  if (ends_) along(*ends_ - request_.ramp.down, request_.ramp.down);
  if (request_.jitter > 0) at(began_ + ((now - began_) / jitter_period + 1) * jitter_period);
  if (effect_->ticks()) at(began_ + ((now - began_) / tick_period + 1) * tick_period);
  if (next != sim::never && (!ends_ || next < *ends_)) world.wake_at(next, process_, tick_token);
}

void RunningFault::wake(model::World& world, std::uint32_t token) {
  if (token == end_token) {
    end(world);
    return;
  }
  set_level(world);
  if (effect_->ticks()) effect_->tick(world, run(), there(world, 0, reached_));
  plan_tick(world);
}

void RunningFault::instance_started(model::World& world, model::InstanceId id) {
  if (type_->takes_target && effect_->imposes() && is_other(world, id)) world.touch(place_, {id}, model::side_b);
  const bool wanted = type_->hits == Hits::instances || type_->hits == Hits::later;
  if (!wanted || request_.selector.mode != model::Selector::Mode::all || !world.matches(request_.selector, id)) return;
  if (type_->suits != nullptr && !type_->suits(world, id)) return;
  const bool all = reached_ == targets_.size();
  targets_.push_back(world.ref(id));
  if (all && (level_ > 0 || effect_->scales())) hit_as_many(world, targets_.size());
}

void RunningFault::end(model::World& world) {
  const auto record = std::find_if(world.faults().begin(), world.faults().end(), [&](const auto& r) { return r.number == number_; });
  record->ended = world.now();
  model::Occurrence o;
  o.type = "fault.ended";
  o.severity = "info";
  o.subject_kind = "fault";
  o.subject_id = record->id;
  o.message = record->type + " on " + describe(record->selector) + " has ended";
  o.data = {{"type", record->type}};
  const std::uint64_t outer = world.cause();
  world.set_cause(world.report(std::move(o)));
  effect_->release(world, run(), there(world, 0, reached_));
  effect_->end(world, run());
  if (effect_->imposes()) world.lift(place_);
  world.set_cause(outer);
  forget_old(world);
  world.structure_changed();
  world.end_process(process_);  // this is no more
}

void forget_old(model::World& world) {
  std::vector<model::FaultRecord>& records = world.faults();
  const auto ended = std::count_if(records.begin(), records.end(), [](const auto& r) { return r.ended.has_value(); });
  if (static_cast<std::size_t>(ended) <= model::World::records_kept) return;
  records.erase(std::find_if(records.begin(), records.end(), [](const auto& r) { return r.ended.has_value(); }));
}

std::string describe(const model::SelectorParts& parts) {
  std::string text;
  const auto add = [&](const char* kind, const std::vector<std::string>& names) {
    if (names.empty()) return;
    if (!text.empty()) text += ", ";
    text += kind;
    for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 3); ++i) text += (i == 0 ? " " : ", ") + names[i];
    if (names.size() > 3) text += " and " + std::to_string(names.size() - 3) + " more";
  };
  add("continent", parts.continents);
  add("region", parts.regions);
  add("zone", parts.zones);
  add("service", parts.services);
  add("version", parts.versions);
  std::vector<std::string> labels;
  for (const auto& [name, value] : parts.labels) labels.push_back(std::string(name).append("=").append(value));
  add("label", labels);
  add("state", parts.states);
  add("instance", parts.instances);
  return text.empty() ? "everything" : text;
}

}  // namespace chaos

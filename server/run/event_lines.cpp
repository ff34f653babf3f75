#include "run/event_lines.h"

#include <algorithm>
#include <cstdio>
#include <tuple>

namespace run {

EventLines::EventLines(model::World& world, Advance advance)
    : world_(world), advance_(std::move(advance)), handled_(world.shards().size()) {
  const model::Shared& shared = world_.shared();
  for (const model::Group& group : shared.groups) {
    group_names_.push_back(world_.architecture() + "." + shared.locations[group.location].id + "." + shared.services[group.service].name);
  }
  for (std::size_t s = 0; s < handled_.size(); ++s) world_.shards()[s].record_to(&handled_[s]);
}

EventLines::~EventLines() {
  for (model::Shard& shard : world_.shards()) shard.record_to(nullptr);
}

bool EventLines::run_until(sim::Time end, const Take& take) {
  while (world_.now() < end) {
    advance_(std::min(end, world_.now() + slice_));
    std::size_t held = 0;
    for (const auto& events : handled_) held += events.size();
    if (held > held_most) slice_ = std::max<sim::Time>(sim::microsecond, slice_ / 2);
    if (held < held_most / 4) slice_ = std::min<sim::Time>(slice_ * 2, 3'600 * sim::second);
    if (!hand_out(take)) return false;
  }
  return true;
}

/// Each shard's events are in their order already; the one whose turn it is comes first, and at a tie (none between shards) the lower
/// shard.
bool EventLines::hand_out(const Take& take) {
  std::vector<std::size_t> next(handled_.size());
  bool wanted = true;
  while (wanted) {
    std::size_t first = handled_.size();
    for (std::size_t s = 0; s < handled_.size(); ++s) {
      if (next[s] == handled_[s].size()) continue;
      const auto place = [&](std::size_t shard) {
        const model::HandledEvent& event = handled_[shard][next[shard]];
        return std::tuple(event.time, event.order);
      };
      if (first == handled_.size() || place(s) < place(first)) first = s;
    }
    if (first == handled_.size()) break;
    write(handled_[first][next[first]++]);
    wanted = take(line_);
  }
  for (auto& events : handled_) events.clear();
  return wanted;
}

void EventLines::write(const model::HandledEvent& event) {
  using Kind = model::HandledEvent::Kind;
  char text[64];
  std::snprintf(text, sizeof text, "%lld ", static_cast<long long>(event.time));
  line_ = text;
  const auto source = static_cast<model::InstanceId>(event.order >> sim::sequence_bits);
  if (event.kind == Kind::queue) {
    const model::Subscription& queue = world_.shared().subscriptions[model::subscription_of(source)];
    line_ += world_.shared().services[queue.broker].name + "/" + queue.topic.name;
  } else {
    write_name(source);
  }
  std::snprintf(text, sizeof text, " %llu ", static_cast<unsigned long long>(event.order & ((std::uint64_t{1} << sim::sequence_bits) - 1)));
  line_ += text;
  line_ += name_of(event.kind);
  if (event.stale) {
    line_ += " of what is gone";
    return;
  }
  if (event.kind == Kind::load || event.kind == Kind::crowd || event.kind == Kind::shared || event.kind == Kind::queue) return;
  if (event.late) line_ += " late";
  if (event.kind == Kind::reply || event.kind == Kind::resume) line_ += std::string(" ") + name_of(event.status);
  std::snprintf(text, sizeof text, " %s %016llx", name_of(event.verb), static_cast<unsigned long long>(event.key));
  line_ += text;
  const bool at_caller = event.kind == Kind::reply || event.kind == Kind::timeout || event.kind == Kind::denied;
  line_ += at_caller ? " from " : " at ";
  write_name(event.server);
  if (at_caller) {
    line_ += " to ";
    write_name(event.caller);
  }
  const auto tell = [&](const char* what, unsigned number) {
    std::snprintf(text, sizeof text, " %s %u", what, number);
    line_ += text;
  };
  if (event.attempt > 1) tell("attempt", event.attempt);
  if (event.priority != model::usual_priority) tell("priority", event.priority);
}

void EventLines::write_name(model::InstanceId id) {
  if (id == model::no_instance) {
    line_ += '-';
    return;
  }
  char serial[16];
  std::snprintf(serial, sizeof serial, "%02u", world_.detail(id).serial);
  line_ += group_names_[world_.instance(id).group];
  line_ += serial;
}

}  // namespace run

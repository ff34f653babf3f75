#include "model/handled.h"

#include "model/impaired.h"

namespace model {

const char* name_of(HandledEvent::Kind kind) {
  switch (kind) {
    case HandledEvent::Kind::arrive:
      return "arrive";
    case HandledEvent::Kind::done:
      return "done";
    case HandledEvent::Kind::reply:
      return "reply";
    case HandledEvent::Kind::resume:
      return "resume";
    case HandledEvent::Kind::impatient:
      return "impatient";
    case HandledEvent::Kind::denied:
      return "denied";
    case HandledEvent::Kind::load:
      return "load";
    case HandledEvent::Kind::crowd:
      return "crowd";
    case HandledEvent::Kind::shared:
      return "shared";
    case HandledEvent::Kind::queue:
      return "queue";
    case HandledEvent::Kind::guard:
      return "guard";
    case HandledEvent::Kind::cancel:
      return "cancel";
    case HandledEvent::Kind::timeout:
      return "timeout";
  }
  return "";
}

/// Stands between the engine and the shard, so that a run that is not recorded, and in which nothing is frozen, does not even ask.
struct Shard::Watching {
  Shard& shard;
  void handle(const sim::Event& event) {
    if (shard.recorded_ != nullptr) shard.record(event);
    if (shard.hindrances_.frozen_count > 0 && Impaired(shard).keeps(event)) return;
    shard.handle(event);
  }
  void expire(std::uint32_t call, std::uint64_t order) {
    if (shard.recorded_ != nullptr) shard.record_timeout(call, order);
    if (shard.hindrances_.frozen_count > 0 && Impaired(shard).keeps_timeout(call, order)) return;
    shard.expire(call, order);
  }
  sim::Subjects subjects() const { return shard.subjects(); }
  void fetch_early(const sim::Event& event) const { shard.fetch_early(event); }
  void fetch_ahead(const sim::Event& event) const { shard.fetch_ahead(event); }
  sim::TimerKey timer_key(sim::Timers::List list, std::uint32_t call) const { return shard.timer_key(list, call); }
};

void Shard::run_watched(sim::Time end) {
  Watching watching{*this};
  engine_.run_until(end, watching);
}

void Shard::record(const sim::Event& event) {
  HandledEvent handled;
  handled.time = event.time;
  handled.order = event.order;
  static_assert(cancel_kind == static_cast<std::uint32_t>(HandledEvent::Kind::cancel) && cancel_kind + 1U == kinds);
  handled.kind = static_cast<HandledEvent::Kind>(event.kind());
  handled.stale = is_stale(event);
  if (about_instance(event.kind())) {
    if (event.kind() != queue_kind) handled.server = id(event.subject);
  } else if (!handled.stale) {
    describe(event.subject, handled);
  }
  recorded_->push_back(handled);
}

void Shard::record_timeout(std::uint32_t call, std::uint64_t order) {
  HandledEvent handled;
  handled.kind = HandledEvent::Kind::timeout;
  handled.time = engine_.now();
  handled.order = order;
  handled.stale = caller_is_gone(call);
  if (!handled.stale) describe(call, handled);
  recorded_->push_back(handled);
}

void Shard::describe(std::uint32_t call, HandledEvent& handled) const {
  const Call& c = calls_[call];
  handled.key = c.key;
  handled.caller = c.source;
  handled.server = c.target;
  handled.verb = c.verb;
  handled.attempt = c.attempt;
  handled.priority = c.priority;
  if (handled.kind == HandledEvent::Kind::reply || handled.kind == HandledEvent::Kind::resume) handled.status = c.status;
  handled.late = handled.kind == HandledEvent::Kind::reply && (c.is(Call::orphan) || caller_is_gone(call));
}

/// REQUIRES: its time-out is armed.
bool Shard::caller_is_gone(std::uint32_t call) const {
  return instances_[slot_of(calls_[call].source)].life != caller_of(call).life;
}

}  // namespace model

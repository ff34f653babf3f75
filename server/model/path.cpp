// Messages between two groups of instances that a fault stands between: cut, delayed, lost, doubled.

#include <algorithm>
#include <cassert>

#include "model/impaired.h"

namespace model {

Impaired::Concerned Impaired::concerned(const Imposition& on, const Touch& sender, InstanceId other) const {
  unsigned sides = 0;
  for (const Touch& touch : touches_of(other)) {
    if (touch.imposition == sender.imposition) sides = touch.sides;
  }
  const bool out = (sender.sides & side_a) != 0 && (sides & side_b) != 0;  // from A to B
  const bool in = (sender.sides & side_b) != 0 && (sides & side_a) != 0;
  const auto goes = [&](unsigned way) { return (on.path.ways & way) != 0; };
  return {(out && goes(PathHindrance::a_to_b)) || (in && goes(PathHindrance::b_to_a)),
          (out && goes(PathHindrance::b_to_a)) || (in && goes(PathHindrance::a_to_b))};
}

/// Two instances, whoever calls; for names, the caller and the service that it asks for.
std::uint64_t Impaired::pair_of(std::uint32_t call, const PathHindrance& path) const {
  const Call& c = shard_.calls_[call];
  if (path.cut == PathHindrance::Cut::unresolved) {
    return pair_key(c.source, shard_.shared_->groups[shard_.shared_->links[c.link].target].service);
  }
  return pair_key(std::min(c.source, c.target), std::max(c.source, c.target));
}

bool Impaired::is_cut(const Imposition& on, std::uint64_t pair) const {
  const std::uint64_t bits = sim::draw(shard_.shared_->seed + sim::mix(on.fault), pair, sim::Purpose::fault, 0);
  if (on.path.share != ~std::uint64_t{0} && bits >= on.path.share) return false;
  if (on.path.lasting == 0) return true;
  const auto lasts = static_cast<sim::Time>(sim::scale(sim::mix(bits), static_cast<std::uint64_t>(on.path.lasting)));
  return shard_.engine_.now() >= on.began + lasts;
}

/// What a message takes longer. True: it is lost for good.
bool Impaired::delay(const Imposition& on, InstanceId sender, std::uint64_t bytes, sim::Time& time) {
  const PathHindrance& path = on.path;
  if (happens(sender, on, path.chance)) time += path.added.is_constant() ? path.added.sample(0) : path.added.sample(draw(sender, on));
  if (path.ns_per_byte > 0) {
    const double wire = path.ns_per_byte * static_cast<double>(bytes > 0 ? bytes : path.bytes);
    time += static_cast<sim::Time>(std::min(wire, static_cast<double>(sim::Distribution::longest)));
  }
  sim::Time again = path.again;
  for (unsigned losses = 0; happens(sender, on, path.loss); again *= 2) {
    if (path.again == 0 || ++losses == PathHindrance::losses_max) return true;
    time += again;
  }
  return false;
}

bool Impaired::sends(std::uint32_t call, sim::Time& time) {
  const InstanceId sender = shard_.calls_[call].source;
  const InstanceId receiver = shard_.calls_[call].target;
  for (const Touch& touch : touches_of(sender)) {
    const Imposition& on = shard_.shared_->impositions[touch.imposition];
    if (!on.path.any() || !concerned(on, touch, receiver).there) continue;
    using Cut = PathHindrance::Cut;
    if (on.path.cut != Cut::none && on.path.cut != Cut::reset && is_cut(on, pair_of(call, on.path))) {
      cut_off(call, on.path.cut);
      return true;
    }
    const bool sized = shard_.calls_[call].is(Call::sized);
    if (delay(on, sender, sized ? shard_.wire_bytes(call, shard_.calls_.bytes(call).request) : 0, time)) {
      cut_off(call, Cut::drop);
      return true;
    }
    if (happens(sender, on, on.path.twice)) send_twice(call, time);
  }
  return false;
}

bool Impaired::answers(std::uint32_t call, Status& status, sim::Time& time) {
  const InstanceId sender = shard_.calls_[call].target;
  const InstanceId receiver = shard_.calls_[call].source;
  for (const Touch& touch : touches_of(sender)) {
    const Imposition& on = shard_.shared_->impositions[touch.imposition];
    if (!on.path.any()) continue;
    const Concerned way = concerned(on, touch, receiver);
    using Cut = PathHindrance::Cut;
    if (on.path.cut == Cut::reset && way.back && !failed(status) && is_cut(on, pair_of(call, on.path))) status = Status::error;
    if (!way.there) continue;
    const bool sized = shard_.calls_[call].is(Call::sized) && !failed(status);
    const bool lost = (on.path.cut == Cut::drop && is_cut(on, pair_of(call, on.path))) ||
                      delay(on, sender, sized ? shard_.wire_bytes(call, shard_.calls_.bytes(call).reply) : 0, time);
    if (!lost) continue;
    shard_.lose(call);
    return true;
  }
  return false;
}

/// Its sender hears nothing, or soon that there is nobody. It has caused an event all the same, as far as names go: see Shard::ask.
void Impaired::cut_off(std::uint32_t call, PathHindrance::Cut cut) {
  Call& c = shard_.calls_[call];
  const std::uint64_t order = shard_.next_order(c.source);
  if (c.is(Call::one_way)) {
    shard_.calls_.release(call);
    return;
  }
  const sim::Time now = shard_.engine_.now();
  c.answered = now;  // no word about it has to wait for it
  sim::Time heard = now;
  switch (cut) {
    case PathHindrance::Cut::drop: {
      const sim::Time patience = shard_.policy_to(c).connect_timeout;
      if (patience == 0 || c.is(Call::orphan)) return shard_.lose(call);
      c.status = Status::timeout;
      heard = std::max(now, c.sent + patience);
      break;
    }
    case PathHindrance::Cut::refuse: {
      const Link& link = shard_.shared_->links[c.link];
      c.status = Status::refused;
      heard = now + shard_.network_delay(c.source, link.there) + shard_.network_delay(c.source, link.back);
      break;
    }
    default:
      c.status = Status::unavailable;
  }
  c.next = shard_.at_target_cell(c);
  shard_.engine_.schedule(heard, order, Shard::denied_kind, call, c.generation);
}

/// A copy of it that nobody waits for.
void Impaired::send_twice(std::uint32_t call, sim::Time time) {
  const std::uint32_t copy = shard_.calls_.alloc_fresh();
  const Call& c = shard_.calls_[call];
  Call& d = shard_.calls_[copy];
  d.key = c.key;
  d.sent = c.sent;
  d.source = c.source;
  d.target = c.target;
  d.link = c.link;
  d.verb = c.verb;
  d.priority = c.priority;
  d.flags = static_cast<std::uint16_t>(Call::one_way | (c.flags & (Call::traced | Call::to_afar | Call::sized)));
  d.next = no_call;
  if (d.is(Call::sized)) {
    shard_.calls_.needs_bytes();
    shard_.calls_.bytes(copy) = shard_.calls_.bytes(call);
  }
  if (d.is(Call::traced)) {
    TraceMark mark = shard_.calls_.mark(call);
    mark.span = (shard_.number_ << 26) + shard_.next_span_++;
    shard_.calls_.mark(copy) = mark;
  }
  if (!shard_.notes_.empty()) shard_.set_note(copy, shard_.note(call));
  LinkCount& count = shard_.link_counts_[d.link];
  ++count.requests;
  ++count.replies;
  ++count.one_way;
  if (shard_.count_pairs_) {
    LinkCount& pair = shard_.pairs_[pair_key(d.source, d.target)];
    ++pair.requests;
    ++pair.one_way;
  }
  const std::uint64_t order = shard_.next_order(d.source);
  if (d.is(Call::to_afar)) {
    shard_.send_afar(copy, time, order);
  } else {
    d.answered = time;
    shard_.engine_.schedule(time, order, Shard::arrive_kind, copy, d.generation);
  }
}

}  // namespace model

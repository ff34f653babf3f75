// The server's side of a call: arrival, queue, work, reply; and the events of the engine. The caller's side is in caller.cpp, load sources
// are in source.cpp.

#include "model/impaired.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace model {

Shard::Shard(std::uint32_t number, const Shared& shared) : number_(number), shared_(&shared) {
  std::size_t shards = 1;
  for (const std::uint32_t shard : shared.shard_of_location) shards = std::max<std::size_t>(shards, shard + 1);
  for (auto& boxes : outboxes_) boxes.resize(shards);
}

void Shard::grow_statistics() {
  for (std::size_t i = link_counts_.size(); i < shared_->links.size(); ++i) {
    const Group& target = shared_->groups[shared_->links[i].target];
    const std::uint32_t delivers = shared_->links[i].delivers;
    timer_of_link_.push_back(engine_.timers().list_of(delivers != 0 ? shared_->subscriptions[delivers - 1].topic.visibility
                                                                    : shared_->services[target.service].timeout));
    link_counts_.emplace_back();
  }
  if (policy_counts_.size() <= shared_->links.size()) policy_counts_.resize(shared_->links.size() + 1);
  cell_counts_.resize(shared_->cells.size());
  queues_.resize(shared_->subscriptions.size());
  replica_logs_.resize(shared_->sets.size());
  replication_counts_.resize(shared_->services.size());
  functions_.resize(shared_->functions.size());
  for (std::size_t i = timers_of_policy_.size(); i < shared_->policies.size(); ++i) {
    const Policy& policy = shared_->policies[i];
    timers_of_policy_.push_back({engine_.timers().list_of(policy.timeout), engine_.timers().list_of(policy.try_timeout)});
  }
}

std::uint32_t Shard::add_slot() {
  assert(instances_.size() < slots_max);
  instances_.emplace_back();
  details_.emplace_back();
  if (count_instances_) instance_counts_.emplace_back();
  return static_cast<std::uint32_t>(instances_.size() - 1);
}

void Shard::equip(std::uint32_t slot) {
  // What an earlier instance in the slot left is used again; place 0 is nobody's.
  const auto place_in = [](auto& table, std::uint32_t& place) -> auto& {
    if (place == 0) {
      if (table.empty()) table.emplace_back();
      place = static_cast<std::uint32_t>(table.size());
      table.emplace_back();
    }
    return table[place];
  };
  InstanceDetail& detail = details_[slot];
  const Group& group = shared_->groups[instances_[slot].group];
  const Discipline discipline = shared_->profiles[instances_[slot].profile].discipline;
  if (const std::uint32_t function = shared_->profiles[instances_[slot].profile].function; function != no_function) {
    place_in(environments_, detail.environments).function = function;
  }
  if (shared_->services[group.service].package->wakes) place_in(memories_, detail.memory);
  if (shared_->services[group.service].replication) place_in(nodes_, detail.node_state) = {Versions(engine_.now()), RecentLatency()};
  if (discipline == Discipline::priority) place_in(classes_, detail.classes).fill(no_call);
  if (discipline == Discipline::sharing) place_in(sharing_, detail.sharing).jobs.clear();
  const bool pooled = std::any_of(group.routes.begin(), group.routes.end(),
                                  [this](const Route& route) { return shared_->dependencies[route.dependency].connections > 0; });
  if (pooled) {
    place_in(pools_, detail.pools).assign(group.routes.size(), Pool{});
  } else if (detail.pools != 0) {
    pools_[detail.pools].clear();
  }
  if (std::any_of(group.routes.begin(), group.routes.end(), [this](const Route& route) { return is_guarded(route); })) {
    equip_gates(slot);
  }
  renew_shedder(slot);
}

void Shard::run_until(sim::Time end, std::uint64_t window) {
  outbox_ = window % 2;
  if (recorded_ == nullptr && hindrances_.frozen_count == 0) {
    engine_.run_until(end, *this);
  } else {
    run_watched(end);
  }
}

// Lines of memory that the event will touch, in two steps: what the second looks up is on its way since the first, as its call is already.
// The call may be another one by now, or its instance in another shard: then the wrong line comes, and no harm is done.

sim::Subjects Shard::subjects() const {
  return {reinterpret_cast<const char*>(calls_.data()), sizeof(Call)};
}

void Shard::fetch_early(const sim::Event& event) const {
  if (about_instance(event.kind())) return;
  const Call& c = calls_[event.subject];
  const std::uint32_t server = slot_of(c.target);
  sim::prefetch(instances_.data() + server);
  if (event.kind() == reply_kind) {
    if (c.parent == no_call) return;
    sim::prefetch(calls_.data() + c.parent);
    engine_.timers().fetch_early(event.subject);
  } else if (memories_.size() > 1) {
    sim::prefetch(details_.data() + server);
  }
}

void Shard::fetch_ahead(const sim::Event& event) const {
  if (about_instance(event.kind())) return;
  const Call& c = calls_[event.subject];
  // The event may come too late, and its record be of a call between shards by now: what that names is in another one.
  if (event.kind() == reply_kind) {
    if (c.parent >= calls_.size()) return;
    sim::prefetch(instances_.data() + slot_of(c.source));
    engine_.timers().fetch_ahead(event.subject);
    fetch_beside(calls_[c.parent]);
    return;
  }
  const std::uint32_t server = slot_of(c.target);
  if (server >= instances_.size()) return;
  if (memories_.size() > 1) sim::prefetch(memories_.data() + details_[server].memory);
  if (event.kind() == arrive_kind) {
    sim::prefetch(calls_.data() + instances_[server].calls);
  } else {
    fetch_beside(c);
  }
}

/// The neighbours of a call that an instance has in hand, or anything: it is not read.
void Shard::fetch_beside(const Call& c) const {
  sim::prefetch(calls_.data() + c.beside.newer);
  sim::prefetch(calls_.data() + c.beside.older);
}

void Shard::handle(const sim::Event& event) {
  const std::uint32_t subject = event.subject;
  if (about_instance(event.kind())) [[unlikely]] {
    handle_instance(event);
    return;
  }
  if (event.generation() != calls_[subject].generation) [[unlikely]] {
    // The call is over: its instance died; or its caller has given up on an answer from afar.
    if (event.kind() == reply_kind) {
      ++messages_;
      ++late_;
    }
    return;
  }
  switch (event.kind()) {
    case arrive_kind:
      arrive(subject);
      break;
    case done_kind:
      finish_work(subject);
      break;
    case reply_kind:
      receive_reply(subject);
      break;
    case impatient_kind:
      lose_patience(subject);
      break;
    case denied_kind:
      // Its own caller had no connection for it, or nobody is there; unless it has been given up since.
      calls_[subject].is(Call::orphan) ? calls_.release(subject) : complete(subject);
      break;
    case resume_kind:
      resume(subject, calls_[subject].status);
      break;
    case guard_kind:
      act_guarded(subject);
      break;
    case cancel_kind:
      cancel_at_server(subject);
      break;
    default:
      assert(false);
  }
}

void Shard::handle_instance(const sim::Event& event) {
  const std::uint32_t slot = event.subject;
  if (is_stale(event)) return;  // another load, or another plan, since
  switch (event.kind()) {
    case load_kind:
      has_source(slot) ? generate(slot) : wake(slot);
      break;
    case crowd_kind:
      resize_crowd(slot);
      break;
    case queue_kind:
      expire_deliveries(event.subject);
      break;
    default:
      finish_shared(slot);
  }
}

bool Shard::is_stale(const sim::Event& event) const {
  if (!about_instance(event.kind())) return event.generation() != calls_[event.subject].generation;
  if (event.kind() == queue_kind) return false;
  const InstanceDetail& detail = details_[event.subject];
  const std::uint32_t present = event.kind() == shared_kind ? sharing_[detail.sharing].plan : detail.load_generation;
  return event.generation() != (present & CallPool::generation_mask);
}

void Shard::arrive(std::uint32_t call) {
  Call& c = calls_[call];
  Instance& server = at(c.target);
  ++messages_;
  c.received = engine_.now();
  if (server.reach == Reach::open) [[likely]] {
    accept_call(call, server);
  } else if (!arrive_at_odd(call, server)) {
    return;
  }
  if (c.is(Call::from_afar) && c.dated) [[unlikely]]
    watch_deadline(call);
  begin(call, server);
}

/// At an instance that does not just take what comes. False: it does not take this one, and that is taken care of.
bool Shard::arrive_at_odd(std::uint32_t call, Instance& server) {
  if (!serves(server.reach)) {
    turn_away(call, server.reach);
    return false;
  }
  if (server.reach == Reach::impaired && Impaired(*this).arrives(call)) return false;
  const bool sheds = shedder_of(slot_number(server)) != nullptr;
  if (sheds && is_shed(call, server)) {
    shed(call, server);
    return false;
  }
  accept_call(call, server);
  if (sheds) enter_shedder(call, server);
  return true;
}

void Shard::take_in_hand(std::uint32_t call, Instance& server) {
  calls_[call].beside = {no_call, server.calls};
  if (server.calls != no_call) calls_[server.calls].beside.newer = call;
  server.calls = call;
}

void Shard::release_from_hand(std::uint32_t call, Instance& server) {
  const Beside beside = calls_[call].beside;
  (beside.newer == no_call ? server.calls : calls_[beside.newer].beside.older) = beside.older;
  if (beside.older != no_call) calls_[beside.older].beside.newer = beside.newer;
}

/// The instance has it in hand from now on.
void Shard::accept_call(std::uint32_t call, Instance& server) {
  Call& c = calls_[call];
  c.set(Call::at_server);
  take_in_hand(call, server);
  ++server.in_flight;
  CellCount& cell = cell_counts_[server.cell];
  ++cell.requests;
  cell.in_flight.enter(engine_.now());
  if (count_instances_) [[unlikely]]
    ++instance_counts_[slot_of(c.target)].requests;
}

void Shard::release_call(std::uint32_t call, Instance& server) {
  calls_[call].clear(Call::at_server);
  release_from_hand(call, server);
  --server.in_flight;
  cell_counts_[server.cell].in_flight.leave(engine_.now());
}

void Shard::turn_away(std::uint32_t call, Reach reach) {
  Call& c = calls_[call];
  c.received = 0;
  if (c.is(Call::one_way)) {
    calls_.release(call);
  } else if (reach == Reach::refuse) {
    send_reply(call, Status::refused);
  } else if (const sim::Time patience = policy_to(c).connect_timeout; patience > 0 && !c.is(Call::orphan)) {
    fail_to_connect(call, patience);
  } else {
    lose(call);
  }
}

void Shard::step(std::uint32_t call) {
  const Instance& server = at(calls_[call].target);
  Task task(*this, call);
  shared_->profiles[server.profile].step(task);
}

void Shard::reply(std::uint32_t call, Status status) {
  Call& c = calls_[call];
  assert(c.is(Call::at_server));
  Instance& server = at(c.target);
  const Profile& profile = shared_->profiles[server.profile];
  if (profile.error != 0 && !failed(status) && random(c.target, sim::Purpose::outcome) < profile.error) status = Status::error;
  c.status = status;
  if (c.is(Call::orphan)) [[unlikely]]
    ++cell_counts_[server.cell].useless;
  release_call(call, server);
  if (c.is(Call::holds_worker)) [[unlikely]] {
    c.clear(Call::holds_worker);
    profile.unusual ? end_invocation(call, server) : leave_worker(server);
  }
  if (watched_) [[unlikely]]
    tell_reply(call, status);
  if (c.is(Call::one_way)) {
    if (c.is(Call::traced)) record_span(call, status, engine_.now(), 0);
    calls_.release(call);
  } else if (c.is(Call::root)) {
    finish_root(call);
  } else {
    send_reply(call, status);
  }
}

void Shard::tell_reply(std::uint32_t call, Status status) {
  const Call& c = calls_[call];
  if (count_instances_) {
    InstanceCount& count = instance_counts_[slot_of(c.target)];
    ++count.replies;
    count.service_ns += static_cast<std::uint64_t>(engine_.now() - c.received);
    if (failed(status)) ++count.errors;
  }
  if (!sheds_) return;
  leave_shedder(call);
  tell_limit(call, status);
}

void Shard::send_reply(std::uint32_t call, Status status) {
  Call& c = calls_[call];
  c.status = status;
  const std::uint16_t back = shared_->links[c.link].back;
  sim::Time time = engine_.now() + network_delay(c.target, back);
  if (c.is(Call::sized) && !failed(status)) [[unlikely]]
    time += shared_->network.transfer(back, wire_bytes(call, calls_.bytes(call).reply));
  if (at(c.target).impaired) [[unlikely]] {
    if (Impaired(*this).answers(call, status, time)) return;
    c.status = status;
  }
  const std::uint64_t order = next_order(c.target);
  if (c.is(Call::from_afar)) [[unlikely]] {
    reply_afar(call, time, order);
    return;
  }
  c.answered = engine_.now();
  c.next = at(c.target).cell;
  engine_.schedule(time, order, reply_kind, call, c.generation);
}

// --- counts of instances

void Shard::count_instances(bool on) {
  if (on == count_instances_) return;
  count_instances_ = on;
  watched_ = on || sheds_;
  if (on) instance_counts_.reserve(instances_.capacity());  // so that they grow together, seldom
  instance_counts_.assign(on ? instances_.size() : 0, {});
  for (std::size_t slot = 0; slot < instance_counts_.size(); ++slot) {
    for (unsigned i = 0; i < instances_[slot].busy; ++i) instance_counts_[slot].busy.enter(engine_.now());
  }
}

void Shard::forget_counts(std::uint32_t slot) {
  if (count_instances_) instance_counts_[slot] = {};
}

void Shard::count_pairs(bool on) {
  count_pairs_ = on;
  if (!on) pairs_.clear();
}

}  // namespace model

// Load shedding: calls that an instance turns down as they arrive, and what its limit hears of the others.

#include <algorithm>
#include <cassert>
#include <numeric>

#include "model/shedding.h"
#include "model/world.h"

namespace model {

const std::vector<std::string>& importance_names() {
  static const std::vector<std::string> names{"critical", "degraded", "bestEffort", "bulk"};
  return names;
}

const std::vector<std::string>& limit_names() {
  static const std::vector<std::string> names{"fixed", "aimd", "vegas", "gradient2", "envoy"};
  return names;
}

Reach Shard::open_reach(std::uint32_t slot) const {
  const std::vector<Touch>& touches = shared_->touches_of(id(slot));
  const auto asks = [this](const Touch& touch) {
    return (touch.sides & side_a) != 0 && shared_->impositions[touch.imposition].at_arrival();
  };
  if (std::any_of(touches.begin(), touches.end(), asks)) return Reach::impaired;
  const std::uint32_t place = details_[slot].shedder;
  return place == 0 || shedders_[place].spec == 0 ? Reach::open : Reach::sheds;
}

Shedder* Shard::shedder_of(std::uint32_t slot) {
  const std::uint32_t place = details_[slot].shedder;
  return place == 0 || shedders_[place].spec == 0 ? nullptr : &shedders_[place];
}

bool Shard::is_shed(std::uint32_t call, const Instance& server) {
  const Call& c = calls_[call];
  Shedder& shedder = *shedder_of(slot_of(c.target));
  const Shedding& spec = shared_->sheddings[shedder.spec];
  assert(std::accumulate(shedder.in_hand.begin(), shedder.in_hand.end(), 0U) == server.in_flight);
  const policies::Importance importance = importance_of(c.priority);
  const auto place = static_cast<std::size_t>(importance);
  if (spec.limit) {
    const std::uint32_t limit = shedder.limit->limit(*spec.limit, engine_.now());
    const bool room =
        spec.shares ? policies::admits(limit, server.in_flight, (*spec.shares)[place], shedder.in_hand[place]) : server.in_flight < limit;
    if (!room) return true;
  }
  if (!spec.utilisation) return false;
  const double busy = shedder.busy.value(spec.utilisation->window, engine_.now());
  const double chance = spec.utilisation->chance(importance, busy);
  return chance >= 1 || (chance > 0 && random(c.target, sim::Purpose::outcome) < sim::threshold(chance));
}

/// It is answered at once, by nobody's work.
void Shard::shed(std::uint32_t call, Instance& server) {
  accept_call(call, server);
  Call& c = calls_[call];
  c.pc = Call::shed_mark;
  ++cell_counts_[server.cell].shed[static_cast<std::size_t>(importance_of(c.priority))];
  reply(call, Status::rejected);
}

/// It has been accepted.
void Shard::enter_shedder(std::uint32_t call, const Instance& server) {
  const Call& c = calls_[call];
  if (entered_.size() <= call) entered_.resize(calls_.size() + calls_.size() / 2);
  entered_[call] = server.in_flight;
  ++shedder_of(slot_of(c.target))->in_hand[static_cast<std::size_t>(importance_of(c.priority))];
}

/// It is no longer in hand. Nothing when its instance sheds nothing, or has shed it.
void Shard::leave_shedder(std::uint32_t call) {
  const Call& c = calls_[call];
  Shedder* shedder = shedder_of(slot_of(c.target));
  if (shedder != nullptr && c.pc != Call::shed_mark) --shedder->in_hand[static_cast<std::size_t>(importance_of(c.priority))];
}

/// As the server interceptor of Netflix concurrency-limits has it: any answer is one but that time was up, which counts as dropped; here
/// also that there was no room.
void Shard::tell_limit(std::uint32_t call, Status status) {
  const Call& c = calls_[call];
  Shedder* shedder = shedder_of(slot_of(c.target));
  if (shedder == nullptr || !shedder->limit || c.pc == Call::shed_mark) return;
  const policies::ConcurrencySpec& spec = *shared_->sheddings[shedder->spec].limit;
  if (std::holds_alternative<policies::FixedLimit>(spec)) return;  // it learns nothing, and needs no luck
  const policies::RttSample sample{.rtt = std::max<sim::Time>(1, engine_.now() - c.received),
                                   .in_flight = entered_[call],
                                   .dropped = status == Status::timeout || status == Status::rejected};
  shedder->limit->sample(spec, engine_.now(), sample, random(c.target, sim::Purpose::outcome));
}

/// One of its workers has begun or ended.
void Shard::tell_busy(const Instance& server) {
  Shedder* shedder = shedder_of(slot_number(server));
  if (shedder == nullptr || !shared_->sheddings[shedder->spec].utilisation) return;
  const double share = static_cast<double>(server.busy) / static_cast<double>(server.workers);
  shedder->busy.change(shared_->sheddings[shedder->spec].utilisation->window, engine_.now(), share);
}

void Shard::renew_shedder(std::uint32_t slot) {
  const Instance& instance = instances_[slot];
  const std::uint32_t spec = shared_->services[shared_->groups[instance.group].service].shedding;
  std::uint32_t& place = details_[slot].shedder;
  if (place == 0) {
    if (spec == 0) return;
    place = static_cast<std::uint32_t>(std::max<std::size_t>(shedders_.size(), 1));
    shedders_.resize(place + 1);
  }
  shedders_[place] = Shedder{};
  shedders_[place].spec = spec;
  if (spec == 0) return;
  sheds_ = watched_ = true;
  const Shedding& shedding = shared_->sheddings[spec];
  if (shedding.limit) shedders_[place].limit.emplace(*shedding.limit, engine_.now());
  tell_busy(instance);
  for (std::uint32_t call = instance.calls; call != no_call; call = calls_[call].beside.older) {
    if (calls_[call].is(Call::at_server)) enter_shedder(call, instance);
  }
}

void World::set_shedding(std::uint32_t service, const std::optional<Shedding>& shedding) {
  std::uint32_t& number = shared_->services[service].shedding;
  number = 0;
  if (shedding) {
    number = static_cast<std::uint32_t>(shared_->sheddings.size());
    shared_->sheddings.push_back(*shedding);
  }
  for (const std::uint32_t g : shared_->services[service].groups) {
    for (const InstanceId id : shared_->groups[g].members) {
      Shard& shard = shards_[shard_of(id)];
      shard.renew_shedder(slot_of(id));
      Reach& reach = at(id).reach;
      if (serves(reach)) reach = shard.open_reach(slot_of(id));
    }
  }
  structure_changed();
}

}  // namespace model

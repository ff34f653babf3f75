// Whom a call under a policy asks. A caller sees an instance as healthy when it has not ejected it, its breaker does not keep it away and
// its checks pass; it chooses a part of the zones first (Zones), then one there (Balancer).

#include <algorithm>
#include <array>
#include <cassert>

#include "model/steer.h"

namespace model {
namespace {

constexpr std::uint32_t draws_max = 8;           ///< until somebody who is healthy is looked for in turn ...
constexpr std::uint64_t looked_at_max = 256;     ///< ... among so many
constexpr sim::Time census_holds = sim::second;  ///< while everybody is healthy
constexpr sim::Time unhealthy_census_holds = 100 * sim::millisecond;
constexpr std::size_t zones_max = 32;  ///< more of a region than any has

}  // namespace

/// Part of a route's ends.
struct Shard::Ends {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Shard::Choosing {
  const Route& route;
  const Policy& policy;
  Gate& gate;
  InstanceId self;
  InstanceId avoid;
  std::uint64_t key;
  PolicyCount& count;
  sim::Time as_of;               ///< what it sees of the registry's lists
  const WantedVersions* wanted;  ///< which versions; nullptr: neither versions nor places matter

  const Balancing& balancing() const { return policy.balancing; }
  Ends own_region() const { return {0, route.tiers[2]}; }
  Ends elsewhere() const { return {route.tiers[2], route.tiers[3]}; }
  Ends everywhere() const { return {0, route.tiers[3]}; }
};

/// Where versions or places matter, as far as may be a version that was wanted, and one that the balancer would take.
Peer Shard::balance(std::uint32_t call, const Route& route, InstanceId avoid) {
  if (!route.directed) [[likely]]
    return balance_among(call, route, avoid, nullptr);
  const InstanceId self = calls_[call].source;
  if (!route.steered) return pick_member(call, self, route, avoid);
  Steerer steerer(*this, call, self, route);
  const WantedVersions first = steerer.wanted(calls_[call].parent);
  const WantedVersions other = steerer.otherwise();
  for (const WantedVersions* wanted : {&first, &other}) {
    const Peer found = balance_among(call, route, avoid, wanted);
    if (found.id != no_instance) return found;
  }
  return steerer.pick(other, avoid, outside);
}

Peer Shard::balance_among(std::uint32_t call, const Route& route, InstanceId avoid, const WantedVersions* wanted) {
  const Call& c = calls_[call];
  Gate& gate = gate_of(call);
  const Choosing choosing{route, policy_of(call), gate, c.source, avoid, c.key, policy_count_of(call), view_of(c.source), wanted};
  const Policy& policy = choosing.policy;
  if (policy.ejects && gate.outliers.due(engine_.now())) {
    gate.outliers.advance(policy.outliers, engine_.now(), known_to(route, choosing.as_of), random(c.source, sim::Purpose::outcome));
  }
  if (policy.ejects && policy.balancing.checks) hear_checks(call, gate);
  switch (policy.balancing.zones) {
    case Zones::nearest:
      return nearest(choosing);
    case Zones::any:
    case Zones::aware:
      return by_priority(choosing);
    case Zones::ribbon:
      return as_ribbon(choosing);
  }
  return {};
}

// --- which zones

/// The nearest that are known, or used to be healthy: whoever calls would rather ask somebody who is not than nobody.
Peer Shard::nearest(const Choosing& c) {
  for (std::size_t tier = 1; tier < c.route.tiers.size(); ++tier) {
    const Peer found = choose(c, {c.route.tiers[tier - 1], c.route.tiers[tier]}, false);
    if (found.id != no_instance) return found;
  }
  return pick(c.self, c.route, c.avoid);
}

/// The own region and everywhere else as Envoy's priorities 0 and 1.
Peer Shard::by_priority(const Choosing& c) {
  const Census& census = census_of(c);
  const std::array<Ends, 2> ends{c.own_region(), c.elsewhere()};
  const std::array<policies::HostCount, 2>& hosts = census.priorities;
  if (census.all_healthy && hosts[0].all > 0) [[likely]] {
    const Peer found = in_own_region(c);
    return found.id != no_instance ? found : choose(c, ends[1], false);
  }
  std::array<std::uint32_t, 2> healths{}, loads{};
  for (std::size_t i = 0; i < 2; ++i) healths[i] = policies::priority_health(hosts[i], c.balancing().overprovisioning_percent);
  const std::uint32_t total = policies::total_health(healths);
  const auto panics = [&](std::size_t i) { return policies::in_panic(hosts[i], total, c.balancing().panic_percent); };
  if (panics(0) && panics(1)) {
    policies::panic_loads(hosts, loads);
  } else {
    policies::priority_loads(healths, loads);
  }
  const std::uint32_t own = loads[0];
  if (own + loads[1] == 0) return {};  // nobody is healthy, and that matters
  const std::size_t first = own == 100 ? 0 : own == 0 ? 1 : sim::scale(random(c.self, sim::Purpose::routing), 100) < own ? 0 : 1;
  for (const std::size_t i : {first, 1 - first}) {
    const bool anybody = panics(i);
    const Peer found = anybody || i == 1 ? choose(c, ends[i], anybody) : in_own_region(c);
    if (found.id == no_instance) continue;
    if (anybody) ++c.count.panicked;
    return found;
  }
  return {};
}

Peer Shard::in_own_region(const Choosing& c) {
  const std::vector<std::uint32_t>& shares = c.gate.census.shares;
  const Ends ends = c.own_region();
  if (!shares.empty()) {
    std::uint64_t place = shares[0] == policies::zone_scale ? 0 : sim::scale(random(c.self, sim::Purpose::routing), policies::zone_scale);
    for (std::size_t i = ends.begin; i < ends.end; ++i) {
      if (place >= shares[i]) {
        place -= shares[i];
        continue;
      }
      const Peer found = choose(c, {i, i + 1}, false);
      if (found.id != no_instance) return found;
      break;
    }
  }
  return choose(c, ends, false);
}

/// Ribbon's zone aware balancer: those of its zones that it keeps to, in them whom it may use, else anybody; then elsewhere.
Peer Shard::as_ribbon(const Choosing& c) {
  for (const Ends ends : {ribbon_ends(c), c.own_region(), c.elsewhere()}) {
    const Peer found = choose(c, ends, false);
    if (found.id != no_instance) return found;
  }
  return choose(c, c.everywhere(), true);
}

Shard::Ends Shard::ribbon_ends(const Choosing& c) {
  const Ends all = c.own_region();
  const std::size_t count = all.end;
  if (count == 0 || count > zones_max) return all;
  std::array<policies::RibbonZone, zones_max> zones{};
  const auto zone_of = [&](InstanceId host) {  // count when it is elsewhere
    std::size_t i = 0;
    while (i < count && (shard_of(host) != number_ || c.route.ends[i].group != at(host).group)) ++i;
    return i;
  };
  for (std::size_t i = 0; i < count; ++i) zones[i].instances = static_cast<std::uint32_t>(known_in(c.route.ends[i].group, c.as_of));
  for (const auto& [host, breaker] : c.gate.servers.entries()) {
    const std::size_t i = zone_of(host);
    if (i < count && zones[i].tripped < zones[i].instances && !usable(c, host)) ++zones[i].tripped;
  }
  for (const auto& [host, calls] : c.gate.active.entries()) {
    const std::size_t i = zone_of(host);
    if (i < count && usable(c, host)) zones[i].active += calls;
  }
  if (c.route.tiers[1] > 0 && policies::ribbon_keeps_zone(zones[0])) return {0, 1};
  std::array<bool, zones_max> available{};
  const std::span<const policies::RibbonZone> used(zones.data(), count);
  policies::ribbon_zones(used, std::span(available.data(), count), random(c.self, sim::Purpose::routing));
  const auto usable_zones = std::span<const bool>(available.data(), count);
  if (std::find(usable_zones.begin(), usable_zones.end(), false) == usable_zones.end()) return all;
  const std::size_t chosen = policies::ribbon_choose(used, usable_zones, random(c.self, sim::Purpose::routing));
  return chosen < count ? Ends{chosen, chosen + 1} : all;
}

// --- who is there

std::uint64_t Shard::known_at(const Route& route, Ends ends, sim::Time as_of) const {
  std::uint64_t known = 0;
  for (std::size_t i = ends.begin; i < ends.end; ++i) known += known_in(route.ends[i].group, as_of);
  return known;
}

/// The nth of those known at these ends: the nearest first, but for keys that stick all callers count alike.
Peer Shard::nth_known(const Choosing& c, Ends ends, std::uint64_t n) const {
  const bool alike = c.balancing().kind == Balancer::sticky;
  for (std::size_t place = alike ? 0 : ends.begin; place < (alike ? c.route.ends.size() : ends.end); ++place) {
    const std::size_t i = alike ? c.route.in_order[place] : place;
    if (i < ends.begin || i >= ends.end) continue;
    const Believed known(shared_->groups[c.route.ends[i].group], c.as_of);
    const std::size_t size = known.size();
    if (n < size) return {known[n], c.route.ends[i].link};
    n -= size;
  }
  return {};
}

/// One at these ends as the balancer has it, but not the one to be avoided, and unless `anybody` is good enough nobody who is not healthy.
Peer Shard::choose(const Choosing& c, Ends ends, bool anybody) {
  const std::uint64_t known = known_at(c.route, ends, c.as_of);
  if (known == 0) return {};
  const std::uint32_t wanted = c.balancing().kind == Balancer::least_request ? c.balancing().choices : 1;
  const auto calls_at = [&](const Peer& peer) {
    const std::uint32_t* calls = c.gate.active.find(peer.id);
    return calls == nullptr ? 0 : *calls;
  };
  Peer best;
  std::uint64_t place = 0;
  for (std::uint32_t i = 0, found = 0; i < draws_max + wanted && found < wanted; ++i) {
    place = draw_place(c, known, i);
    const Peer drawn = nth_known(c, ends, place);
    if (drawn.id == c.avoid || !suits(c, drawn, anybody) || !takes(c, drawn)) continue;
    if (best.id == no_instance || calls_at(drawn) < calls_at(best)) best = drawn;
    ++found;
  }
  if (best.id != no_instance) return best;
  for (std::uint64_t i = 1; i <= std::min(known, looked_at_max); ++i) {
    const Peer next = nth_known(c, ends, (place + i) % known);
    if (next.id != c.avoid && suits(c, next, anybody)) return next;
  }
  return {};
}

/// The nth try to find one of so many.
std::uint64_t Shard::draw_place(const Choosing& c, std::uint64_t known, std::uint32_t n) {
  switch (c.balancing().kind) {
    case Balancer::round_robin:
      return c.gate.turn++ % known;
    case Balancer::sticky:
      return policies::jump_hash(sim::mix(c.key + n), static_cast<std::uint32_t>(known));
    case Balancer::random:
    case Balancer::least_request:
      break;
  }
  return known < 2 ? 0 : sim::scale(random(c.self, sim::Purpose::routing), known);
}

/// Healthy, unless that does not matter, and where it matters of the right version and in a place that gets traffic at all.
bool Shard::suits(const Choosing& c, const Peer& peer, bool anybody) const {
  if (!anybody && !usable(c, peer.id)) return false;
  if (c.wanted == nullptr) return true;
  const Group& group = shared_->groups[shared_->links[peer.link].target];
  return shared_->steering.fits(*c.wanted, shard_of(peer.id), slot_of(peer.id)) && shared_->steering.traffic_in(group.location) > 0;
}

/// One that is new is passed over more often than others, and one in a place that gets less than its part.
bool Shard::takes(const Choosing& c, const Peer& peer) {
  const Balancing& b = c.balancing();
  if (c.wanted != nullptr) {
    const std::uint32_t part = shared_->steering.traffic_in(shared_->groups[shared_->links[peer.link].target].location);
    if (part < Steering::whole && sim::scale(random(c.self, sim::Purpose::routing), Steering::whole) >= part) return false;
  }
  if (b.slow_start == 0) return true;
  const sim::Time known = history_of(peer.id).known;
  if (known == policies::TargetHistory::always || engine_.now() - known >= b.slow_start) return true;
  const double share = policies::slow_start_factor(engine_.now() - known, b.slow_start, b.aggression, b.least_share);
  return random(c.self, sim::Purpose::routing) < sim::threshold(share);
}

// --- who is healthy

bool Shard::usable(const Choosing& c, InstanceId host) const {
  if (c.policy.ejects && c.gate.outliers.ejected() > 0 && c.gate.outliers.ejected(host)) return false;
  if (c.balancing().trips) {
    const policies::RibbonBreaker* server = c.gate.servers.find(host);
    if (server != nullptr && !server->admit(c.balancing().server_breaker, engine_.now())) return false;
  }
  return !c.balancing().checks || healthy(c.policy, c.self, host);
}

bool Shard::healthy(const Policy& policy, InstanceId self, InstanceId host) const {
  const policies::HealthSpec& spec = policy.balancing.health;
  return policies::healthy_by_checks(spec, check_phase(self, host, spec.interval), history_of(host), engine_.now());
}

/// When in each interval this caller checks that host.
sim::Time Shard::check_phase(InstanceId self, InstanceId host, sim::Time interval) const {
  const std::uint64_t pair = std::uint64_t{self} << 32 | host;
  return static_cast<sim::Time>(sim::scale(sim::mix(sim::fold(pair, shared_->phase_seed | 1U)), static_cast<std::uint64_t>(interval)));
}

/// Nothing is known against anybody.
bool Shard::all_healthy(const Choosing& c) const {
  return (!c.policy.ejects || c.gate.outliers.ejected() == 0) && (!c.balancing().trips || c.gate.servers.entries().empty()) &&
         (!c.balancing().checks || !shared_->changed_reach);
}

/// Not much older than what it says.
const Census& Shard::census_of(const Choosing& c) {
  const Census& census = c.gate.census;
  const bool healthy = all_healthy(c);
  const sim::Time holds = healthy ? census_holds : unhealthy_census_holds;
  if (census.at < 0 || engine_.now() - census.at >= holds || census.all_healthy != healthy) take_census(c);
  return census;
}

void Shard::take_census(const Choosing& c) {
  Census& census = c.gate.census;
  census.at = engine_.now();
  census.all_healthy = all_healthy(c);
  census.ends.assign(c.route.ends.size(), {});
  census.priorities = {};
  for (std::size_t i = 0; i < c.route.ends.size(); ++i) {
    const Believed known(shared_->groups[c.route.ends[i].group], c.as_of);
    policies::HostCount& hosts = census.ends[i];
    hosts.all = static_cast<std::uint32_t>(known.size());
    hosts.healthy = census.all_healthy ? hosts.all : 0;
    for (std::size_t n = 0; n < hosts.all && !census.all_healthy; ++n) hosts.healthy += usable(c, known[n]) ? 1U : 0U;
    policies::HostCount& sum = census.priorities[i < c.own_region().end ? 0 : 1];
    sum.all += hosts.all;
    sum.healthy += hosts.healthy;
  }
  census.shares.clear();
  if (c.balancing().zones == Zones::aware && census.priorities[0].healthy >= c.balancing().zone_hosts_min) split_zones(c);
}

/// How a caller divides what it asks of its own region among the zones.
void Shard::split_zones(const Choosing& c) {
  Census& census = c.gate.census;
  zones_.clear();
  for (std::size_t i = 0; i < c.own_region().end; ++i) {
    const std::uint32_t callers = c.route.callers[i];
    zones_.push_back({callers == outside ? 0 : static_cast<std::uint32_t>(known_in(callers, c.as_of)), census.ends[i].healthy});
  }
  const bool has_own = c.route.tiers[1] > 0;
  if (!has_own) zones_.push_back({static_cast<std::uint32_t>(known_in(at(c.self).group, c.as_of)), 0});
  census.shares.resize(zones_.size());
  const std::size_t own = has_own ? 0 : zones_.size() - 1;
  if (!policies::zone_split(zones_, own, census.shares, c.balancing().zone_hosts_min)) census.shares.clear();
}

/// Those that are ejected are checked, too: one that passes is used again, if the policy says so.
void Shard::hear_checks(std::uint32_t call, Gate& gate) {
  const Policy& policy = policy_of(call);
  const InstanceId self = calls_[call].source;
  const sim::Time now = engine_.now();
  const sim::Time interval = policy.balancing.health.interval;
  if (gate.outliers.ejected() > 0) {
    gate.outliers.health_checks_passed(policy.outliers, now, [&](InstanceId host) {
      const policies::TargetHistory& history = history_of(host);
      const sim::Time from = std::max(gate.checked + 1, history.since);
      return history.up && policies::checks_in(from, now, check_phase(self, host, interval), interval) > 0;
    });
  }
  gate.checked = now;
}

void Shard::hear_of_server(Gate& gate, const policies::RibbonSpec& spec, InstanceId host, policies::Outcome outcome) {
  using enum policies::Outcome;
  if (outcome == unreachable || outcome == timeout) {
    gate.servers.of(host).record(spec, engine_.now(), outcome);
  } else if (outcome != short_circuited && outcome != bad_request) {
    gate.servers.erase(host);  // an answer ends its row
  }
}

}  // namespace model

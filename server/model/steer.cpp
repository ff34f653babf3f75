#include "model/steer.h"

#include <algorithm>

#include "model/package.h"

namespace model {
namespace {

constexpr std::uint32_t steer_draws_max = 16;  ///< until those that fit are counted
constexpr std::uint64_t always = ~std::uint64_t{0};

/// Of a user: the same for each of its requests, another for each cohort.
std::uint64_t lot_of(std::uint64_t key, std::uint64_t salt) {
  return sim::mix(sim::fold(key ^ salt, 0x9e3779b97f4a7c15ULL ^ salt) + key);
}

}  // namespace

bool Steerer::is_about(const VersionTable::Rule& rule, std::uint64_t key) const {
  const Instance& caller = shard_.instances_[slot_of(from_)];
  if (rule.client != VersionTable::any && shared_.groups[caller.group].service != rule.client) return false;
  if (rule.by_version && std::find(rule.profiles.begin(), rule.profiles.end(), caller.profile) == rule.profiles.end()) return false;
  return rule.cohort == always || lot_of(key, rule.salt) < rule.cohort;
}

WantedVersions Steerer::wanted(std::uint32_t copies_for) {
  if (shared_.steering.tables.empty()) return {};
  const VersionTable& table = shared_.steering.tables[route_.service];
  const std::vector<std::uint8_t>& accepted = shared_.steering.accepted[route_.dependency];
  const std::uint64_t key = shard_.calls_[request_].key;
  for (const VersionTable::Rule& rule : table.rules) {
    if (!WantedVersions::has(&accepted, rule.version) || !is_about(rule, key)) continue;
    if (rule.weight != always && (rule.sticky ? lot_of(key, ~rule.salt) : random()) >= rule.weight) continue;
    if (!rule.mirror) return {rule.version, nullptr, nullptr};
    if (copies_for == no_call) continue;
    const Peer copy = pick_fitting({rule.version, nullptr, nullptr}, no_instance, outside, true);
    if (copy.id != no_instance) shard_.send(copies_for, copy, shard_.calls_[copies_for].verb, 0, 1, false);
  }
  const WantedVersions usual = otherwise();
  std::uint64_t all = 0;
  for (const VersionTable::Share& share : table.shares) {
    if (WantedVersions::has(usual.accepted, share.version)) all += share.weight;
  }
  if (all == 0) return usual;
  std::uint64_t place = sim::scale(random(), all);
  for (const VersionTable::Share& share : table.shares) {
    if (!WantedVersions::has(usual.accepted, share.version)) continue;
    if (place < share.weight) return {share.version, nullptr, nullptr};
    place -= share.weight;
  }
  return usual;
}

WantedVersions Steerer::otherwise() const {
  if (shared_.steering.tables.empty()) return {};
  return {WantedVersions::any, &shared_.steering.preferred[route_.dependency], &shared_.steering.tables[route_.service].for_all};
}

Peer Steerer::pick(const WantedVersions& wanted, InstanceId avoid, std::uint32_t avoid_group) {
  Peer found = pick_fitting(wanted, avoid, avoid_group, true);
  if (found.id == no_instance && !shared_.steering.traffic.empty()) found = pick_fitting(wanted, avoid, avoid_group, false);
  if (found.id == no_instance && avoid_group != outside) return pick(wanted, avoid, outside);
  return found;
}

Peer Steerer::pick_fitting(const WantedVersions& wanted, InstanceId avoid, std::uint32_t avoid_group, bool minds) {
  for (std::size_t tier = 1; tier < route_.tiers.size(); ++tier) {
    const Peer found = pick_in(route_.tiers[tier - 1], route_.tiers[tier], wanted, avoid, avoid_group, minds);
    if (found.id != no_instance) return found;
  }
  return {};
}

/// Some are drawn until one fits; when that does not help those that fit are counted.
Peer Steerer::pick_in(std::size_t begin, std::size_t end, const WantedVersions& wanted, InstanceId avoid, std::uint32_t avoid_group,
                      bool minds) {
  const sim::Time as_of = shard_.view_of(from_);
  std::uint64_t all = 0;
  std::uint32_t most = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const std::uint64_t known = route_.ends[i].group == avoid_group ? 0 : shard_.known_in(route_.ends[i].group, as_of);
    all += known * part(route_.ends[i], minds);
    if (known > 0) most = std::max(most, part(route_.ends[i], minds));
  }
  if (all == 0 || (most < Steering::whole && sim::scale(random(), Steering::whole) >= most)) return {};
  const auto fits = [&](InstanceId id) { return id != avoid && shared_.steering.fits(wanted, shard_of(id), slot_of(id)); };
  for (std::uint32_t n = 0; n < steer_draws_max; ++n) {
    std::uint64_t place = sim::scale(random(), all);
    for (std::size_t i = begin; i < end; ++i) {
      if (route_.ends[i].group == avoid_group) continue;
      const std::uint64_t weight = part(route_.ends[i], minds);
      const Believed known(shared_.groups[route_.ends[i].group], as_of);
      if (place < known.size() * weight) {
        const InstanceId id = known[place / weight];
        if (fits(id)) return {id, route_.ends[i].link};
        break;
      }
      place -= known.size() * weight;
    }
  }
  std::uint64_t fitting = 0;
  for (const bool counting : {true, false}) {
    std::uint64_t place = counting || fitting == 0 ? 0 : sim::scale(random(), fitting);
    for (std::size_t i = begin; i < end && (counting || fitting > 0); ++i) {
      const std::uint64_t weight = route_.ends[i].group == avoid_group ? 0 : part(route_.ends[i], minds);
      const Believed known(shared_.groups[route_.ends[i].group], as_of);
      for (std::size_t k = 0; k < known.size() && weight > 0; ++k) {
        if (!fits(known[k])) continue;
        if (counting) {
          fitting += weight;
        } else if (place < weight) {
          return {known[k], route_.ends[i].link};
        } else {
          place -= weight;
        }
      }
    }
  }
  return {};
}

Shard::Pick Shard::pick_directed(std::uint32_t request, InstanceId from, const Route& route, InstanceId avoid, std::uint32_t avoid_group) {
  if (!route.steered) return pick_member(request, from, route, avoid);
  Steerer steerer(*this, request, from, route);
  const WantedVersions wanted = steerer.wanted(request);
  const Pick found = steerer.pick(wanted, avoid, avoid_group);
  return found.id == no_instance && wanted.version != WantedVersions::any ? steerer.pick(steerer.otherwise(), avoid, avoid_group) : found;
}

}  // namespace model

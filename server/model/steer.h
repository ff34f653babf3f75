#pragma once
// Whom a caller asks where versions or places matter: first the version, by rules, shares and what the caller can do with; then one of its
// instances among those that the caller believes in, the nearest first, places by their part of the traffic. Made for one choice.

#include "model/shard.h"

namespace model {

class Steerer {
 public:
  /// For what `request` is about, which `from` asks over the route.
  Steerer(Shard& shard, std::uint32_t request, InstanceId from, const Route& route)
      : shard_(shard), shared_(*shard.shared_), request_(request), from_(from), route_(route) {}

  /// By the first rule that is about it, by shares, or any that the caller can do with. Sends the copies that rules ask for, in the name of
  /// the request `copies_for`; no_call: none.
  WantedVersions wanted(std::uint32_t copies_for);
  /// Those that are left when nobody of the version that was wanted is known.
  WantedVersions otherwise() const;
  /// As far as may be: one in a place that gets less is asked before nobody, and so is one of the group that failed.
  Peer pick(const WantedVersions& wanted, InstanceId avoid, std::uint32_t avoid_group);

 private:
  /// `minds`: places get their part of the traffic and no more.
  Peer pick_fitting(const WantedVersions& wanted, InstanceId avoid, std::uint32_t avoid_group, bool minds);
  Peer pick_in(std::size_t begin, std::size_t end, const WantedVersions& wanted, InstanceId avoid, std::uint32_t avoid_group, bool minds);
  bool is_about(const VersionTable::Rule& rule, std::uint64_t key) const;
  std::uint64_t random() { return shard_.random(from_, sim::Purpose::routing); }
  std::uint32_t part(const RouteEnd& end, bool minds) const {
    return minds ? shared_.steering.traffic_in(shared_.groups[end.group].location) : Steering::whole;
  }

  Shard& shard_;
  const Shared& shared_;
  std::uint32_t request_;
  InstanceId from_;
  const Route& route_;
};

}  // namespace model

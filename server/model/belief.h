#pragma once
// What a caller believes of the groups that it calls: their lists as they were when it last heard. That time follows from the phases of its
// polls; the list follows from the group's log. Read by shards while they run; changes at barriers only.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "model/topology.h"
#include "policies/poll.h"
#include "sim/random.h"

namespace model {

/// What the views of all callers have in common.
struct Views {
  policies::Caches caches;
  sim::Time settled = 0;  ///< from then on everybody sees every list as it is, unless one changes once more
  // Faults of registries; see registry_faults.cpp.
  sim::Time since = sim::never;        ///< the earliest of those that are on: what lists were since then is kept
  std::vector<sim::Time> stopped;      ///< by location: what is seen there is as of then at the latest; empty: nowhere
  std::vector<std::uint8_t> blind;     ///< likewise: who has begun since then knows nobody
  std::vector<std::uint8_t> far_side;  ///< likewise: which part of a split it is in; empty: there is none
};

/// As of when one sees lists who has never got any.
inline constexpr sim::Time nobody_known = std::numeric_limits<sim::Time>::min();
/// Added to the times of those who are on the far side of a split.
inline constexpr sim::Time from_far_side = sim::Time{1} << 61;
constexpr bool is_from_far_side(sim::Time as_of) {
  return as_of != sim::never && as_of >= from_far_side / 2;
}

/// What the draws of Purpose::discovery are for. Those of an instance are numbered anew with each incarnation.
enum class Phase : std::uint64_t { fetch, list, beat, probe, phases };

constexpr std::uint64_t phase_bits(std::uint64_t seed, InstanceId id, std::uint32_t incarnation, Phase phase) {
  return sim::draw(seed, id, sim::Purpose::discovery,
                   std::uint64_t{incarnation} * static_cast<std::uint64_t>(Phase::phases) + static_cast<std::uint64_t>(phase));
}

/// Of the registry in a zone. What makes one unreachable stops the time that is seen there: see seen_by().
constexpr std::uint64_t registry_bits(std::uint64_t seed, std::uint32_t location) {
  return sim::draw(seed, (std::uint64_t{1} << 32) + location, sim::Purpose::discovery, 0);
}

/// As of when an instance sees the lists at `now`.
inline sim::Time seen_by(const Views& views, std::uint64_t seed, std::uint32_t location, InstanceId id, const InstanceDetail& detail,
                         sim::Time now) {
  sim::Time began = detail.started;
  if (!views.stopped.empty()) {
    now = std::min(now, views.stopped[location]);
    if (views.blind[location] != 0 && began > now) return nobody_known;
    began = std::min(began, now);
  }
  const policies::CachePhases phases{policies::phase_of(registry_bits(seed, location), views.caches.server),
                                     policies::phase_of(phase_bits(seed, id, detail.incarnation, Phase::fetch), views.caches.fetch),
                                     policies::phase_of(phase_bits(seed, id, detail.incarnation, Phase::list), views.caches.list)};
  const sim::Time seen = policies::seen_as_of(views.caches, phases, began, now);
  return !views.far_side.empty() && views.far_side[location] != 0 ? seen + from_far_side : seen;
}

/// A group's list as of some time; sim::never: as it is.
class Believed {
 public:
  Believed(const Group& group, sim::Time as_of)
      : group_(group),
        as_of_(group.split == sim::never && !is_from_far_side(as_of) ? as_of : across(group, as_of)),
        present_(as_of_ == sim::never || as_of_ >= group.log.changed()) {}
  std::size_t size() const {
    if (as_of_ == nobody_known) return 0;
    return present_ ? group_.known.size() : group_.log.size_at(group_.known, as_of_);
  }
  InstanceId operator[](std::size_t n) const { return present_ ? group_.known[n] : group_.log.at(group_.known, n, as_of_); }

 private:
  /// What is on the other side of a split is seen as it was when that began.
  static sim::Time across(const Group& group, sim::Time as_of) {
    if (as_of == sim::never || as_of == nobody_known) return as_of;
    const bool far = is_from_far_side(as_of);
    if (far) as_of -= from_far_side;
    return group.split != sim::never && far != group.far_side ? std::min(as_of, group.split) : as_of;
  }

  const Group& group_;
  sim::Time as_of_;
  bool present_;
};

}  // namespace model

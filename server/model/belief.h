#pragma once
// What a caller believes of the groups that it calls: their lists as they were when it last heard. That time follows from the phases of its
// polls; the list follows from the group's log. Read by shards while they run; changes at barriers only.

#include <cstdint>

#include "model/topology.h"
#include "policies/poll.h"
#include "sim/random.h"

namespace model {

/// What the views of all callers have in common.
struct Views {
  policies::Caches caches;
  sim::Time settled = 0;  ///< from then on everybody sees every list as it is, unless one changes once more
};

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
  const policies::CachePhases phases{policies::phase_of(registry_bits(seed, location), views.caches.server),
                                     policies::phase_of(phase_bits(seed, id, detail.incarnation, Phase::fetch), views.caches.fetch),
                                     policies::phase_of(phase_bits(seed, id, detail.incarnation, Phase::list), views.caches.list)};
  return policies::seen_as_of(views.caches, phases, detail.started, now);
}

/// A group's list as of some time; sim::never: as it is.
class Believed {
 public:
  Believed(const Group& group, sim::Time as_of)
      : group_(group), as_of_(as_of), present_(as_of == sim::never || as_of >= group.log.changed()) {}
  std::size_t size() const { return present_ ? group_.known.size() : group_.log.size_at(group_.known, as_of_); }
  InstanceId operator[](std::size_t n) const { return present_ ? group_.known[n] : group_.log.at(group_.known, n, as_of_); }

 private:
  const Group& group_;
  sim::Time as_of_;
  bool present_;
};

}  // namespace model

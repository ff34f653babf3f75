#include "run/judge/observation.h"

#include <algorithm>
#include <map>
#include <utility>

namespace run::judge {

Observer::Observer(const model::World& world) {
  const model::Shared& shared = world.shared();
  for (std::uint32_t s = 0; s < shared.services.size(); ++s) {
    if (shared.services[s].package->load_source) entries_.push_back(s);
  }
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> numbers;
  for (const model::Link& link : shared.links) {
    const Pair pair{shared.groups[link.source].service, shared.groups[link.target].service};
    const auto [place, fresh] = numbers.emplace(std::pair(pair.source, pair.target), static_cast<std::uint32_t>(pairs_.size()));
    if (fresh) pairs_.push_back(pair);
    pair_of_.push_back(place->second);
  }
}

Observation Observer::look(const model::World& world, const std::vector<sim::Time>& slow_above) const {
  const model::Shared& shared = world.shared();
  Observation seen;
  seen.at = world.now();
  seen.calls.resize(pairs_.size());
  seen.entries.resize(entries_.size());
  std::vector<std::uint32_t> entry_of(shared.services.size(), static_cast<std::uint32_t>(entries_.size()));
  for (std::uint32_t e = 0; e < entries_.size(); ++e) {
    EntrySeen& entry = seen.entries[e];
    entry_of[entries_[e]] = e;
    entry.failed_in.resize(world.regions().size());
    for (const std::uint32_t g : shared.services[entries_[e]].groups) {
      for (const std::uint32_t cell : shared.groups[g].cells) {
        const model::CellCount& count = world.shards()[shared.groups[g].shard].cell_counts()[cell];
        entry.sent += count.replies + count.in_flight.present();
        entry.ended += count.replies;
        entry.failed += count.errors;
        if (slow_above[e] != sim::never) entry.slow += count.response.count() - count.response.count_at_most(slow_above[e]);
      }
    }
  }
  for (std::size_t l = 0; l < pair_of_.size(); ++l) {
    const model::Link& link = shared.links[l];
    const model::Shard& shard = world.shards()[shared.groups[link.source].shard];
    seen.calls[pair_of_[l]].add(shard.link_counts()[l]);
    seen.policies.add(shard.policy_counts()[l]);
    const std::uint32_t e = entry_of[shared.groups[link.source].service];
    if (e == entries_.size()) continue;
    const std::uint32_t region = shared.locations[shared.groups[link.target].location].region;
    if (region != model::outside) seen.entries[e].failed_in[region] += shard.link_counts()[l].errors;
  }
  for (const model::Service& service : shared.services) {
    seen.absent.push_back(std::none_of(service.groups.begin(), service.groups.end(), [&](std::uint32_t g) {
      return !shared.groups[g].known.empty() && world.instances_of(shared.groups[g]).up > 0;
    }));
  }
  for (const model::Shard& shard : world.shards()) seen.policies.add(shard.policy_counts().back());  // of calls that nobody was there for
  return seen;
}

}  // namespace run::judge

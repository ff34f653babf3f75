#include "run/judge/capacity.h"

#include <algorithm>
#include <map>

#include "model/redundancy.h"
#include "sim/math.h"

namespace run::judge {
namespace {

constexpr sim::Time busy_window = 10 * sim::second;
constexpr std::uint64_t zone_least = 2;  ///< instances; the only one of a zone that dies is an instance

std::vector<bool> without(const model::World& world, std::vector<bool> there, const Part& part) {
  for (std::uint32_t g = 0; g < there.size(); ++g) {
    if (there[g] && within(world, g, part)) there[g] = false;
  }
  return there;
}

/// Everything in it that there should be is gone, and that is more than an instance.
class Gone {
 public:
  void add(std::uint64_t expected, std::uint64_t present) {
    expected_ += expected;
    present_ += present;
  }
  bool all() const { return expected_ >= zone_least && present_ == 0; }
  std::uint64_t expected() const { return expected_; }

 private:
  std::uint64_t expected_ = 0, present_ = 0;
};

}  // namespace

bool within(const model::World& world, std::uint32_t group, const Part& part) {
  const model::Group& g = world.shared().groups[group];
  switch (part.kind) {
    case Part::Kind::region:
      return world.shared().locations[g.location].region == part.number;
    case Part::Kind::zone:
      return g.location == part.number;
    case Part::Kind::service:
      break;
  }
  return g.service == part.number;
}

std::string name_of(const Part& part, const model::World& world) {
  switch (part.kind) {
    case Part::Kind::region:
      return world.regions()[part.number].name;
    case Part::Kind::zone: {
      const model::Location& location = world.shared().locations[part.number];
      return world.regions()[location.region].zones[location.zone] + " of " + world.regions()[location.region].name;
    }
    case Part::Kind::service:
      break;
  }
  return world.shared().services[part.number].name;
}

const Capacity& CapacityWatch::look(const model::World& world) {
  count(world);
  const bool changed = version_ != world.structure_version();
  version_ = world.structure_version();
  if (changed) {
    up_ = model::groups_up(world);
    compare(world);
    capacity_.starting = world.start_ups().cold && !world.start_ups().complete;
    capacity_.unserved = model::unserved(world.shared(), up_);
    pathless_.clear();
    if (!capacity_.losses.empty() && capacity_.unserved.empty()) find_pathless(world);
  }
  find_risks(world);
  return capacity_;
}

bool CapacityWatch::unlisted(const model::World& world, const Part& part) {
  if (part.kind == Part::Kind::service) return false;
  for (std::uint32_t g = 0; g < world.shared().groups.size(); ++g) {
    if (within(world, g, part) && !world.shared().groups[g].known.empty()) return false;
  }
  return true;
}

/// What is at work, and who could be. A version's cell counts in the shard that its group is in.
void CapacityWatch::count(const model::World& world) {
  const model::Shared& shared = world.shared();
  const sim::Time passed = world.now() - at_;
  const double kept = at_ == 0 ? 0 : sim::exp(-sim::to_seconds(passed) / sim::to_seconds(busy_window));
  at_ = world.now();
  busy_.resize(shared.groups.size());
  busy_ns_.resize(shared.groups.size());
  workers_.assign(shared.groups.size(), 0);
  for (std::size_t g = 0; g < shared.groups.size(); ++g) {
    const auto& counts = world.shards()[shared.groups[g].shard].cell_counts();
    std::uint64_t busy = 0;
    for (const std::uint32_t cell : shared.groups[g].cells) {
      busy += counts[cell].busy.integral(world.now());
      workers_[g] += shared.cells[cell].workers;
    }
    const double present = passed > 0 ? static_cast<double>(busy - busy_ns_[g]) / static_cast<double>(passed) : 0;
    busy_[g] = busy_[g] * kept + present * (1 - kept);
    busy_ns_[g] = busy;
  }
}

void CapacityWatch::compare(const model::World& world) {
  const model::Shared& shared = world.shared();
  const bool first = expected_.empty();
  expected_.resize(shared.groups.size());
  present_.resize(shared.groups.size());
  std::vector<std::uint64_t> missing(shared.services.size());
  for (std::uint32_t s = 0; s < shared.services.size(); ++s) {
    std::uint64_t present = 0;
    for (const std::uint32_t g : shared.services[s].groups) {
      const model::StateCounts counts = world.instances_of(shared.groups[g]);
      present_[g] = std::uint64_t{counts.up} + counts.draining + counts.starting;
      present += present_[g];
      if (first) expected_[g] = counts.wanted();
    }
    missing[s] = shared.services[s].desired > present ? shared.services[s].desired - present : 0;
    if (missing[s] > 0) continue;
    for (const std::uint32_t g : shared.services[s].groups) expected_[g] = present_[g];
  }

  std::map<std::uint32_t, Gone> regions, zones;
  for (std::uint32_t g = 0; g < shared.groups.size(); ++g) {
    const model::Location& location = shared.locations[shared.groups[g].location];
    if (location.region == model::outside) continue;
    regions[location.region].add(expected_[g], present_[g]);
    if (location.zone != model::outside) zones[shared.groups[g].location].add(expected_[g], present_[g]);
  }
  capacity_.losses.clear();
  std::vector<Part> gone;
  const auto lose = [&](Part part, const Gone& what) {
    if (!what.all()) return;
    capacity_.losses.push_back({part, what.expected(), what.expected()});
    gone.push_back(part);
  };
  for (const auto& [region, what] : regions) lose({Part::Kind::region, region}, what);
  for (const auto& [location, what] : zones) {
    const Part region{Part::Kind::region, shared.locations[location].region};
    if (std::find(gone.begin(), gone.end(), region) == gone.end()) lose({Part::Kind::zone, location}, what);
  }
  for (std::uint32_t s = 0; s < shared.services.size(); ++s) {
    std::uint64_t told = 0;
    for (const std::uint32_t g : shared.services[s].groups) {
      if (std::any_of(gone.begin(), gone.end(), [&](const Part& part) { return within(world, g, part); })) told += expected_[g];
    }
    if (missing[s] > told) capacity_.losses.push_back({{Part::Kind::service, s}, missing[s] - told, shared.services[s].desired});
  }
}

/// Zones and regions with anything in them, and services of which one instance is left of several.
std::vector<Part> CapacityWatch::parts(const model::World& world) const {
  const model::Shared& shared = world.shared();
  std::vector<Part> all;
  std::vector<std::uint64_t> left(shared.services.size());
  for (std::uint32_t g = 0; g < shared.groups.size(); ++g) {
    const model::Location& location = shared.locations[shared.groups[g].location];
    left[shared.groups[g].service] += present_[g];
    if (!up_[g] || location.region == model::outside) continue;
    all.push_back({Part::Kind::region, location.region});
    if (location.zone != model::outside) all.push_back({Part::Kind::zone, shared.groups[g].location});
  }
  for (std::uint32_t s = 0; s < left.size(); ++s) {
    if (left[s] == 1 && shared.services[s].desired > 1) all.push_back({Part::Kind::service, s});
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

/// The next loss leaves no path. What would have done so when everything was there is so by design: lint says it, not the judge.
void CapacityWatch::find_pathless(const model::World& world) {
  std::vector<bool> design;
  for (const std::uint64_t expected : expected_) design.push_back(expected > 0);
  for (const Part& part : parts(world)) {
    const auto unserved = model::unserved(world.shared(), without(world, up_, part));
    if (unserved.empty()) continue;
    const bool by_design = part.kind != Part::Kind::service && !model::unserved(world.shared(), without(world, design, part)).empty();
    if (!by_design) pathless_.push_back({part, unserved.front(), 0});
  }
}

/// Of what would be left of a service; its load stays in the region while anything is left there. 0: it loses nothing.
double CapacityWatch::utilisation_without(const model::World& world, const Part& part, std::uint32_t service) const {
  const model::Shared& shared = world.shared();
  const auto region_of = [&](std::uint32_t g) { return shared.locations[shared.groups[g].location].region; };
  const std::uint32_t region = part.kind == Part::Kind::zone ? shared.locations[part.number].region : model::outside;
  double near_busy = 0, near_workers = 0, busy = 0, workers = 0;
  bool loses = false;
  for (const std::uint32_t g : shared.services[service].groups) {
    const bool lost = within(world, g, part);
    const double left = lost ? 0 : static_cast<double>(workers_[g]);
    loses = loses || (lost && workers_[g] > 0);
    busy += busy_[g];
    workers += left;
    if (region_of(g) != region) continue;
    near_busy += busy_[g];
    near_workers += left;
  }
  if (!loses || workers == 0) return 0;
  return near_workers > 0 ? near_busy / near_workers : busy / workers;
}

void CapacityWatch::find_risks(const model::World& world) {
  capacity_.risks.clear();
  if (capacity_.losses.empty() || !capacity_.unserved.empty()) return;
  capacity_.risks = pathless_;
  const model::Shared& shared = world.shared();
  for (const Part& part : parts(world)) {
    if (part.kind == Part::Kind::service) continue;  // the last instance: there is no path, or nobody needs it
    if (std::any_of(pathless_.begin(), pathless_.end(), [&](const Risk& r) { return r.part == part; })) continue;
    for (std::uint32_t s = 0; s < shared.services.size(); ++s) {
      if (shared.services[s].package->load_source) continue;
      const double utilisation = utilisation_without(world, part, s);
      if (utilisation <= 1) continue;
      capacity_.risks.push_back({part, s, utilisation});
      break;
    }
  }
}

}  // namespace run::judge

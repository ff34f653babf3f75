#include "run/status.h"

#include <algorithm>
#include <cstdio>

namespace run {
namespace {

struct Damage {
  std::uint64_t down = 0;     ///< held by a fault
  std::uint64_t missing = 0;  ///< fewer than desired, without a fault that explains it
  std::vector<std::string> zones;
  std::vector<std::string> regions;
  std::string slow;  ///< a fault that takes nothing away
};

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < 4; ++i) text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > 4 ? text + " ..." : text;
}

Damage damage_of(const Structure& s) {
  Damage d;
  std::vector<std::uint64_t> there(s.services.size());
  for (const CellInfo& cell : s.cells) {
    d.down += cell.instances.down;
    there[s.groups[cell.group].service] += cell.instances.wanted();
  }
  for (std::size_t i = 0; i < there.size(); ++i) {
    if (s.services[i].desired > there[i]) d.missing += s.services[i].desired - there[i];
  }
  for (const model::FaultRecord& fault : s.faults) {
    if (fault.ended) continue;
    const bool outage = fault.type.ends_with(".outage");
    if (!outage) {
      d.slow = fault.type;
    } else if (fault.selector.services.empty() && fault.selector.instances.empty()) {
      d.zones.insert(d.zones.end(), fault.selector.zones.begin(), fault.selector.zones.end());
      d.regions.insert(d.regions.end(), fault.selector.regions.begin(), fault.selector.regions.end());
    }
  }
  return d;
}

std::string cause_of(const Damage& d) {
  if (!d.regions.empty()) return "Region failure in " + list_of(d.regions);
  if (!d.zones.empty()) return "Zone failure in " + list_of(d.zones);
  const auto instances = [](std::uint64_t n) { return std::to_string(n) + (n == 1 ? " instance" : " instances"); };
  if (d.down > 0) return instances(d.down) + " down";
  if (d.missing > 0) return instances(d.missing) + " missing";
  if (!d.slow.empty()) return "A fault is active (" + d.slow + ")";
  return "";
}

std::string absorbed(const Damage& d) {
  const std::string cause = cause_of(d);
  if (!d.regions.empty()) return cause + ", absorbed by design: the other regions carry the traffic. This is not an outage.";
  if (!d.zones.empty()) return cause + ", absorbed by design: the other zones carry the traffic. This is not an outage.";
  return cause + ", absorbed by redundancy: users do not notice. This is not an outage.";
}

}  // namespace

Verdict judge(const Structure& structure, const Counters& now, const Counters& base) {
  const Damage damage = damage_of(structure);
  const std::string cause = cause_of(damage);
  const std::uint64_t failed = now.failed - base.failed;
  const std::uint64_t ended = failed + now.succeeded - base.succeeded;
  const double share = ended < least_requests ? 0 : static_cast<double>(failed) / static_cast<double>(ended);
  char percent[32];
  std::snprintf(percent, sizeof percent, "%.1f %%", share * 100);
  const std::string because = cause.empty() ? "" : " " + cause + ".";
  if (!structure.redundant) return {"outage", "Outage: users cannot be served, no working path is left." + because};
  if (share >= outage_share) return {"outage", std::string("Outage: ") + percent + " of the users' requests fail." + because};
  if (share >= degraded_share) return {"degraded", std::string("Users are affected: ") + percent + " of their requests fail." + because};
  if (!cause.empty()) return {"degraded, redundant", absorbed(damage)};
  return {"healthy", "Everything is up; users are served."};
}

}  // namespace run

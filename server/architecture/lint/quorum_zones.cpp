// Data whose copies do not survive a zone: not enough are left to answer.

#include <algorithm>
#include <set>

#include "architecture/lint/rules.h"
#include "architecture/lint/subject.h"

namespace architecture::lint {
namespace {

std::uint32_t in_fullest_zone(std::uint32_t copies, std::uint32_t zones) {
  return (copies + zones - 1) / zones;
}

/// Every level that a request to the service may ask for.
std::set<model::Consistency> levels_of(const Subject& subject, const model::Replication& replication) {
  std::set<model::Consistency> levels{replication.read, replication.write};
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    const auto& load = subject.service(i).settings.load;
    if (!load) continue;
    for (const model::RequestSpec& request : load->mix) {
      if (request.consistency) levels.insert(*request.consistency);
    }
  }
  return levels;
}

void check_copies(const Subject& subject, std::uint32_t i, Findings& findings) {
  const Service& service = subject.service(i);
  const model::Replication& replication = *service.serving.replication;
  const std::uint32_t copies = std::min(replication.factor, std::max(1U, service.count));
  const std::uint32_t zones = std::min(subject.zones_of(i), copies);
  if (zones == 0) return;
  const std::uint32_t lost = in_fullest_zone(copies, zones);
  for (const model::Consistency level : levels_of(subject, replication)) {
    const model::Quorum quorum = model::quorum_of(level, replication.factor, service.regions);
    const std::uint32_t all = quorum.scope == model::Quorum::Scope::everywhere ? copies * service.regions : copies;
    if (all - lost >= quorum.needed) continue;
    const std::string& name = model::consistency_names()[static_cast<std::size_t>(level)];
    findings.push_back({quorum_zones.name,
                        Severity::error,
                        {subject.place(i, "replication")},
                        quoted(service.name) + " keeps " + counted(copies, "copy", "copies") + " in " + counted(zones, "zone", "zones") +
                            "; without one zone " + std::to_string(all - lost) + " of " + std::to_string(all) + " can answer, and " + name +
                            " needs " + std::to_string(quorum.needed) + ".",
                        "Give it three zones and three copies: \"count\" at least 3, \"replication\": {\"factor\": 3}."});
    return;  // one level is enough to say it
  }
}

void check_majority(const Subject& subject, std::uint32_t i, Findings& findings) {
  const Service& service = subject.service(i);
  const std::uint32_t zones = subject.zones_of(i);
  if (zones == 0) return;
  const std::uint32_t left = service.count - in_fullest_zone(service.count, zones);
  if (left > service.count / 2) return;
  findings.push_back({quorum_zones.name,
                      Severity::error,
                      {subject.place(i, "count")},
                      quoted(service.name) + " has a primary only while more than half of its " + std::to_string(service.count) +
                          " instances are up; a zone holds so many that its loss leaves " + std::to_string(left) + ".",
                      "Set \"count\" to 3: one in each of three zones."});
}

void check_quorum_zones(const Subject& subject, Findings& findings) {
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    const Serving& serving = subject.service(i).serving;
    if (subject.package(i).replicates && serving.replication) check_copies(subject, i, findings);
    if (subject.package(i).elects && serving.primary && serving.primary->needs_majority) check_majority(subject, i, findings);
  }
}

}  // namespace

const Rule quorum_zones = {
    .name = "quorumZones",
    .title = "A quorum that ends with a zone",
    .description =
        "Too few copies of the data, or too few voters, are left when the fullest zone is lost: a majority on two zones is no "
        "majority on one. Cassandra levels of the service and of the load's mix, and primaries that need a majority.",
    .severity = Severity::error,
    .check = check_quorum_zones,
};

}  // namespace architecture::lint

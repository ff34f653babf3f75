#include "run/statistics.h"

#include <algorithm>
#include <map>
#include <utility>

#include "model/problem_text.h"

namespace run {
namespace {

bool within(const Structure& structure, std::uint32_t group, const std::string& path) {
  return within(structure.locations[structure.groups[group].location], path);
}

std::vector<Subject> nodes_of(const Structure& structure, const StatisticsSpec& spec) {
  std::vector<Subject> subjects;
  std::map<std::string, std::size_t> known;
  for (std::uint32_t g = 0; g < structure.groups.size(); ++g) {
    if (!within(structure, g, spec.path)) continue;
    std::string id = node_id(structure, spec.level, g);
    const auto [place, fresh] = known.try_emplace(id, subjects.size());
    if (fresh) subjects.push_back({std::move(id), "", {}});
    subjects[place->second].parts.push_back(g);
  }
  return subjects;
}

/// As in a view: no link from a node to itself.
std::vector<Subject> links_of(const Structure& structure, const StatisticsSpec& spec) {
  std::vector<Subject> subjects;
  std::map<std::pair<std::string, std::string>, std::size_t> known;
  for (std::uint32_t l = 0; l < structure.links.size(); ++l) {
    const LinkInfo& link = structure.links[l];
    if (!within(structure, link.source, spec.path) || !within(structure, link.target, spec.path)) continue;
    std::string source = node_id(structure, spec.level, link.source);
    std::string target = node_id(structure, spec.level, link.target);
    if (source == target) continue;
    const auto [place, fresh] = known.try_emplace({source, target}, subjects.size());
    if (fresh) subjects.push_back({std::move(source), std::move(target), {}});
    subjects[place->second].parts.push_back(l);
  }
  return subjects;
}

std::optional<model::Problem> keep_node(const Structure& structure, const StatisticsSpec& spec, std::vector<Subject>& subjects) {
  const std::vector<Subject> nodes = nodes_of(structure, spec);
  const auto is_it = [&spec](const Subject& s) { return s.id == spec.node || s.target == spec.node; };
  if (std::none_of(nodes.begin(), nodes.end(), is_it)) {
    std::vector<std::string> names;
    names.reserve(nodes.size());
    for (const Subject& node : nodes) names.push_back(node.id);
    return model::Problem{"?node", "unknownNode", "there is no node " + model::quoted(spec.node) + " at level " + level_name(spec.level),
                          model::nearest_first(spec.node, names)};
  }
  std::erase_if(subjects, [&](const Subject& s) { return !is_it(s); });
  return std::nullopt;
}

}  // namespace

std::variant<Statistics, model::Problem> survey(const Snapshot& snapshot, const StatisticsSpec& spec) {
  const Structure& structure = *snapshot.structure;
  const Measured& measured = *snapshot.measured;
  if (spec.level == Level::instance) {
    return model::Problem{"?level", "unknownValue", "figures of single instances have no intervals; take level group", {}};
  }
  if (auto problem = unknown_path(structure, spec.path)) {
    problem->pointer = "?path";
    return *problem;
  }
  if (spec.from && *spec.from > snapshot.sim_time) {
    return model::Problem{
        "?fromMs", "outOfRange", "must be at most " + model::number_text(sim::to_ms(snapshot.sim_time)) + ", the simulated time now", {}};
  }
  Statistics statistics;
  for (std::uint32_t g = 0; g < structure.groups.size(); ++g) {
    if (structure.services[structure.groups[g].service].entry) statistics.users.push_back(g);
  }
  statistics.changed = measured.recent.front()->at;
  if (!spec.from) {
    statistics.period = model::steady_period(measured.recent, statistics.users);
  } else {
    statistics.period = model::period_from(*spec.from >= statistics.changed ? measured.recent : measured.whole, *spec.from);
  }
  statistics.subjects = spec.links ? links_of(structure, spec) : nodes_of(structure, spec);
  if (!spec.node.empty()) {
    if (auto problem = keep_node(structure, spec, statistics.subjects)) return *problem;
  }
  return statistics;
}

}  // namespace run

#pragma once
// Which period and which groups and links of a run a question about figures with intervals is about; model/figures.h has the figures. Pure
// functions of immutable values, any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/figures.h"
#include "model/problem.h"
#include "run/snapshot.h"
#include "run/view.h"

namespace run {

struct StatisticsSpec {
  Level level = Level::service;
  bool links = false;             ///< between nodes of the level, instead of the nodes
  std::string path;               ///< "", a region or a zone: only what is in it, as in a view
  std::string node;               ///< "", or the id of one: only it, or the links that it has
  std::optional<sim::Time> from;  ///< else since the structure last changed, without the warm-up
};

/// A node or a link of the level.
struct Subject {
  std::string id;                    ///< of the node; of the link's source
  std::string target;                ///< links only
  std::vector<std::uint32_t> parts;  ///< groups, or links between groups
};

struct Statistics {
  model::Period period;
  sim::Time changed = 0;             ///< the structure is as it is since then, at the latest
  std::vector<std::uint32_t> users;  ///< the groups of all load sources
  std::vector<Subject> subjects;     ///< in the order of the structure
};

/// Problems: an unknown path or node, a time that has not come, level instance (figures of instances are kept for a second only).
std::variant<Statistics, model::Problem> survey(const Snapshot& snapshot, const StatisticsSpec& spec);

}  // namespace run

#pragma once
// Views: what a client asked to see of a simulation, aggregated from a snapshot. Pure functions of immutable values, any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/problem.h"
#include "run/scope.h"
#include "run/snapshot.h"

namespace run {

enum class Level { region, zone, service, group, instance };

/// "region", "zone", ...; nullopt-like: false when the word is none of them.
bool parse_level(const std::string& word, Level& level);
const char* level_name(Level level);

/// "" holds everything, a region ("us-east-1") its zones, a zone ("us-east-1.zoneB") itself.
bool within(const LocationInfo& location, const std::string& path);
/// What is wrong with a path that holds nothing.
std::optional<model::Problem> unknown_path(const Structure& structure, const std::string& path);

/// The id of the node that a group belongs to. REQUIRES: not Level::instance.
std::string node_id(const Structure& structure, Level level, std::uint32_t group);

struct ViewSpec {
  Level level = Level::group;
  std::string path;   ///< "", a region or a zone ("us-east-1.zoneB"): only what is in it
  std::string focus;  ///< "", or the id of a node: only it and its neighbours
  auto operator<=>(const ViewSpec&) const = default;
};

inline constexpr std::size_t view_nodes_max = 5'000;
inline constexpr std::size_t view_edges_max = 20'000;

struct ViewBand {
  std::string id, name, region, zone, state;  ///< state: up, degraded, down
  bool operator==(const ViewBand&) const = default;
};

struct ViewNode {
  std::string id, name, service, package, version, region, zone, state;
  std::string role;  ///< of an instance: as name_of(Role)
  std::uint32_t tier = 0, lane = 0, band = 0, slot = 0;
  StateCounts instances;
  bool operator==(const ViewNode&) const = default;
};

struct ViewEdge {
  std::uint32_t source = 0, target = 0;  ///< indexes into nodes
  bool operator==(const ViewEdge&) const = default;
};

/// What a view consists of, and how to fill in its figures.
struct ViewStructure {
  std::uint64_t structure_version = 0;
  Level level = Level::group;
  std::vector<std::vector<std::string>> tiers;  ///< the services of each column
  std::vector<ViewBand> bands;
  std::vector<ViewNode> nodes;  ///< by (tier, lane, band, slot, id)
  std::vector<ViewEdge> edges;

  // Where the figures of a node or an edge come from.
  struct Sources {
    std::vector<std::uint32_t> cells;       ///< Counters::cells and Histograms::cells
    std::optional<std::uint32_t> instance;  ///< index of Structure::instances; only at level instance
    std::uint64_t workers = 0;
  };
  std::vector<Sources> node_sources;
  std::vector<std::vector<std::uint32_t>> edge_links;  ///< Counters::links; empty at level instance
  std::vector<std::uint64_t> edge_wires;               ///< Counters::wires keys; only at level instance
};

/// One array per column, one element per node or edge of the ViewStructure.
struct ViewValues {
  std::vector<double> rate, error_rate, utilisation, p50_ms, p99_ms;
  std::vector<std::uint64_t> in_flight, queue;
  std::vector<double> shed_rate, useless_rate;  ///< empty at level instance, where that is not counted
  std::vector<double> edge_rate, edge_error_rate, edge_latency_ms;
  std::vector<double> edge_retry_rate, edge_stopped_rate;  ///< what policies did; empty at level instance, where that is not counted
};

/// What has to be looked at (Simulation::look_at) for a view at level instance.
Scope scope_of(const ViewSpec& spec);

/// Code of the problem with instances that are there and not listed: they have to be looked at first.
inline constexpr const char* not_listed = "notListed";

/// Problems: unknown path or focus, more nodes or edges than the limits, instances that are not listed (Simulation::look_at).
std::variant<ViewStructure, model::Problem> project(const Structure& structure, const ViewSpec& spec);

/// REQUIRES: `view` was projected from snapshot.structure.
ViewValues measure(const Snapshot& snapshot, const ViewStructure& view);

}  // namespace run

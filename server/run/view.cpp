#include "run/view.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <set>
#include <tuple>

namespace run {
namespace {

constexpr std::uint32_t no_node = 0xffffffffU;

std::string state_of(const StateCounts& c) {
  if (c.up > 0) return c.down + c.dead > 0 ? "degraded" : "up";
  if (c.down > 0) return "down";
  if (c.starting > 0) return "starting";
  if (c.draining > 0) return "draining";
  return "dead";
}

/// "1.0, 1.1": each once.
std::string with_version(const std::string& known, const std::string& version) {
  if (known.empty()) return version;
  const bool there = (", " + known + ", ").find(", " + version + ", ") != std::string::npos;
  return there ? known : known + ", " + version;
}

class Projection {
 public:
  Projection(const Structure& structure, const ViewSpec& spec) : s_(structure), spec_(spec) {}

  ViewStructure make() {
    v_.structure_version = s_.version;
    v_.level = spec_.level;
    add_bands();
    add_tiers();
    if (spec_.level == Level::instance) {
      for (std::uint32_t i = 0; i < s_.instances.size(); ++i) add_instance(i);
    } else {
      for (std::uint32_t c = 0; c < s_.cells.size(); ++c) add_cell(c);
    }
    for (ViewNode& node : v_.nodes) node.state = state_of(node.instances);
    add_edges();
    keep_focus();
    sort_nodes();
    return std::move(v_);
  }

 private:
  void add_bands() {
    std::map<std::uint32_t, StateCounts> states;
    for (const CellInfo& cell : s_.cells) {
      if (cell.instances.all() > 0) states[s_.groups[cell.group].location].add(cell.instances);
    }
    for (std::uint32_t l = 0; l < s_.locations.size(); ++l) {
      const LocationInfo& location = s_.locations[l];
      if (!states.contains(l) || !within(location, spec_.path)) continue;
      band_of_[l] = static_cast<std::uint32_t>(v_.bands.size());
      const std::string state = state_of(states[l]);
      const std::string name = location.zone != "*" ? location.zone : location.region != "*" ? location.region : "global";
      v_.bands.push_back({location.id, name, location.region, location.zone, state == "up" || state == "degraded" ? state : "down"});
    }
  }

  void add_tiers() {
    for (const ServiceInfo& service : s_.services) {
      if (v_.tiers.size() <= service.tier) v_.tiers.resize(service.tier + 1);
      v_.tiers[service.tier].push_back(service.name);
    }
  }

  /// There should be some of its service, and nothing is left of it anywhere: it stays in the picture, where the next ones would be.
  bool is_gone(const CellInfo& cell) {
    if (there_.empty()) {
      there_.resize(s_.services.size());
      for (const CellInfo& each : s_.cells) {
        if (each.instances.all() > 0) there_[s_.groups[each.group].service] = true;
      }
    }
    const std::uint32_t service = s_.groups[cell.group].service;
    return !there_[service] && s_.services[service].desired > 0 && s_.services[service].version == cell.version;
  }

  /// All instances of a version in a place.
  void add_cell(std::uint32_t index) {
    const CellInfo& cell = s_.cells[index];
    const GroupInfo& group = s_.groups[cell.group];
    if ((cell.instances.all() == 0 && !is_gone(cell)) || !within(s_.locations[group.location], spec_.path)) return;
    const auto [place, fresh] = by_key_.try_emplace(key_of(group), no_node);
    if (fresh) place->second = new_node(cell.group);
    ViewNode& n = v_.nodes[place->second];
    n.instances.add(cell.instances);
    n.version = with_version(n.version, cell.version);
    node_of_group_.try_emplace(cell.group, place->second);
    v_.node_sources[place->second].cells.push_back(index);
    v_.node_sources[place->second].workers += cell.workers;
  }

  void add_instance(std::uint32_t index) {
    const InstanceInfo& instance = s_.instances[index];
    if (!within(s_.locations[s_.groups[instance.group].location], spec_.path)) return;
    const std::uint32_t node = new_node(instance.group);
    ViewNode& n = v_.nodes[node];
    n.id = s_.name_of(instance);
    n.name = n.id.substr(n.id.rfind('.') + 1);
    n.slot = instance.slot;
    n.version = s_.cells[instance.cell].version;
    n.role = name_of(instance.role);
    ++n.instances[instance.state];
    node_of_instance_[instance.id] = node;
    const bool works = instance.state == InstanceState::up || instance.state == InstanceState::draining;
    v_.node_sources[node] = {{instance.cell}, index, works ? instance.workers : 0};
  }

  std::uint64_t key_of(const GroupInfo& group) const {
    switch (spec_.level) {
      case Level::region:
        return first_of_region(s_.locations[group.location].region);
      case Level::zone:
        return group.location;
      case Level::service:
        return group.service;
      default:
        return (std::uint64_t{group.service} << 32) | group.location;
    }
  }

  std::uint64_t first_of_region(const std::string& region) const {
    const auto first = std::find_if(s_.locations.begin(), s_.locations.end(), [&](const LocationInfo& l) { return l.region == region; });
    return static_cast<std::uint64_t>(first - s_.locations.begin());
  }

  std::uint32_t new_node(std::uint32_t group_index) {
    const GroupInfo& group = s_.groups[group_index];
    const LocationInfo& location = s_.locations[group.location];
    const ServiceInfo& service = s_.services[group.service];
    ViewNode n;
    if (spec_.level != Level::instance) n.id = n.name = node_id(s_, spec_.level, group_index);
    if (spec_.level >= Level::service) {
      n.service = n.name = service.name;
      n.package = service.package;
      n.tier = service.tier;
      n.lane = service.lane;
    }
    if (spec_.level != Level::service) {
      n.region = location.region;
      n.band = band_of_[group.location];
      if (spec_.level != Level::region) n.zone = location.zone;
    }
    v_.nodes.push_back(std::move(n));
    v_.node_sources.emplace_back();
    return static_cast<std::uint32_t>(v_.nodes.size() - 1);
  }

  void add_edges() {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> known;
    const auto edge_between = [&](std::uint32_t source, std::uint32_t target) -> std::uint32_t {
      const auto [place, fresh] = known.try_emplace({source, target}, static_cast<std::uint32_t>(v_.edges.size()));
      if (fresh) v_.edges.push_back({source, target});
      return place->second;
    };
    if (spec_.level == Level::instance) {
      for (const auto& [from, to] : s_.wires) {
        const auto source = node_of_instance_.find(from);
        const auto target = node_of_instance_.find(to);
        if (source == node_of_instance_.end() || target == node_of_instance_.end()) continue;
        edge_between(source->second, target->second);
        v_.edge_wires.push_back((std::uint64_t{from} << 32) | to);
      }
      return;
    }
    for (std::uint32_t l = 0; l < s_.links.size(); ++l) {
      const auto source = node_of_group_.find(s_.links[l].source);
      const auto target = node_of_group_.find(s_.links[l].target);
      if (source == node_of_group_.end() || target == node_of_group_.end() || source->second == target->second) continue;
      const std::uint32_t edge = edge_between(source->second, target->second);
      if (v_.edge_links.size() <= edge) v_.edge_links.resize(edge + 1);
      v_.edge_links[edge].push_back(l);
    }
  }

  /// Only the focused node and those that it calls or is called by.
  void keep_focus() {
    if (spec_.focus.empty()) return;
    std::vector<bool> keep(v_.nodes.size());
    for (std::size_t i = 0; i < v_.nodes.size(); ++i) keep[i] = v_.nodes[i].id == spec_.focus;
    std::vector<bool> wider = keep;
    for (const ViewEdge& e : v_.edges) {
      if (keep[e.source]) wider[e.target] = true;
      if (keep[e.target]) wider[e.source] = true;
    }
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < v_.nodes.size(); ++i) {
      if (wider[i]) order.push_back(i);
    }
    std::vector<bool> touches(v_.edges.size());
    for (std::size_t e = 0; e < v_.edges.size(); ++e) touches[e] = keep[v_.edges[e].source] || keep[v_.edges[e].target];
    reorder(order, touches);
  }

  void sort_nodes() {
    std::vector<std::uint32_t> order(v_.nodes.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto place = [&](std::uint32_t i) {
      const ViewNode& n = v_.nodes[i];
      return std::tie(n.tier, n.lane, n.band, n.slot, n.id);
    };
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return place(a) < place(b); });
    reorder(order, std::vector<bool>(v_.edges.size(), true));
  }

  void reorder(const std::vector<std::uint32_t>& order, const std::vector<bool>& keep_edge) {
    std::vector<std::uint32_t> place(v_.nodes.size(), no_node);
    std::vector<ViewNode> nodes;
    std::vector<ViewStructure::Sources> sources;
    for (const std::uint32_t i : order) {
      place[i] = static_cast<std::uint32_t>(nodes.size());
      nodes.push_back(std::move(v_.nodes[i]));
      sources.push_back(std::move(v_.node_sources[i]));
    }
    std::vector<ViewEdge> edges;
    std::vector<std::vector<std::uint32_t>> links;
    std::vector<std::uint64_t> wires;
    for (std::size_t e = 0; e < v_.edges.size(); ++e) {
      if (!keep_edge[e] || place[v_.edges[e].source] == no_node || place[v_.edges[e].target] == no_node) continue;
      edges.push_back({place[v_.edges[e].source], place[v_.edges[e].target]});
      if (!v_.edge_links.empty()) links.push_back(std::move(v_.edge_links[e]));
      if (!v_.edge_wires.empty()) wires.push_back(v_.edge_wires[e]);
    }
    v_.nodes = std::move(nodes);
    v_.node_sources = std::move(sources);
    v_.edges = std::move(edges);
    v_.edge_links = std::move(links);
    v_.edge_wires = std::move(wires);
  }

  const Structure& s_;
  const ViewSpec& spec_;
  ViewStructure v_;
  std::vector<bool> there_;  ///< by service: there is an instance, be it a dead one; empty: not looked at yet
  std::map<std::uint32_t, std::uint32_t> band_of_;
  std::map<std::uint64_t, std::uint32_t> by_key_;
  std::map<InstanceId, std::uint32_t> node_of_instance_;
  std::map<std::uint32_t, std::uint32_t> node_of_group_;
};

// --- figures

/// The change of a count over the rate window, per second. A count that went back was started anew.
class Rates {
 public:
  explicit Rates(const Snapshot& snapshot) : now_(*snapshot.now), base_(*snapshot.base), seconds_(sim::to_seconds(now_.at - base_.at)) {}
  double per_second(std::uint64_t now, std::uint64_t base) const {
    if (seconds_ <= 0) return 0;
    return static_cast<double>(now >= base ? now - base : now) / seconds_;
  }
  double seconds() const { return seconds_; }

 private:
  const Counters& now_;
  const Counters& base_;
  double seconds_;
};

/// What a node did in the rate window, and has in hand.
struct NodeChange {
  std::uint64_t requests = 0, errors = 0, busy_ns = 0, in_flight = 0, queue = 0, shed = 0, useless = 0;
};

NodeChange change_of(const Snapshot& s, const ViewStructure::Sources& sources) {
  NodeChange sum;
  if (sources.instance) {
    const InstanceChange i = change_of(s.structure->instances[*sources.instance], *s.now, *s.base);
    return {i.requests, i.errors, i.busy_ns, i.now.in_flight, i.now.queue, 0, 0};
  }
  for (const std::uint32_t cell : sources.cells) {
    if (cell >= s.now->cells.size()) continue;
    const CellCount& now = s.now->cells[cell];
    const CellCount base = cell < s.base->cells.size() ? s.base->cells[cell] : CellCount{};
    sum.requests += now.requests - base.requests;
    sum.errors += now.errors - base.errors;
    sum.busy_ns += now.busy_ns - base.busy_ns;
    sum.in_flight += now.in_flight;
    sum.queue += now.queued;
    for (std::size_t i = 0; i < now.shed.size(); ++i) sum.shed += now.shed[i] - base.shed[i];
    sum.useless += now.useless - base.useless;
  }
  return sum;
}

void measure_nodes(const Snapshot& s, const ViewStructure& view, const Rates& rates, ViewValues& values) {
  for (const ViewStructure::Sources& sources : view.node_sources) {
    const NodeChange change = change_of(s, sources);
    values.rate.push_back(rates.per_second(change.requests, 0));
    values.error_rate.push_back(rates.per_second(change.errors, 0));
    values.in_flight.push_back(change.in_flight);
    values.queue.push_back(change.queue);
    if (view.level != Level::instance) {
      values.shed_rate.push_back(rates.per_second(change.shed, 0));
      values.useless_rate.push_back(rates.per_second(change.useless, 0));
    }
    const double capacity = rates.seconds() * 1e9 * static_cast<double>(sources.workers);
    values.utilisation.push_back(capacity > 0 ? std::min(1.0, static_cast<double>(change.busy_ns) / capacity) : 0);
  }
}

void measure_latency(const Snapshot& s, const ViewStructure& view, ViewValues& values) {
  for (const ViewStructure::Sources& sources : view.node_sources) {
    model::Histogram merged;
    for (const std::uint32_t cell : sources.cells) {
      if (cell < s.window->cells.size()) merged.merge(s.window->cells[cell].response);
    }
    values.p50_ms.push_back(sim::to_ms(merged.quantile(0.5)));
    values.p99_ms.push_back(sim::to_ms(merged.quantile(0.99)));
  }
}

void measure_policies(const Snapshot& s, const std::vector<std::uint32_t>& links, const Rates& rates, ViewValues& values) {
  model::PolicyCount now, base;
  for (const std::uint32_t link : links) {
    if (link < s.now->policies.size()) now.add(s.now->policies[link]);
    if (link < s.base->policies.size()) base.add(s.base->policies[link]);
  }
  const auto stopped = [](const model::PolicyCount& count) { return count.short_circuited + count.throttled + count.no_room; };
  values.edge_retry_rate.push_back(rates.per_second(now.retries + now.hedges, base.retries + base.hedges));
  values.edge_stopped_rate.push_back(rates.per_second(stopped(now), stopped(base)));
}

void measure_edges(const Snapshot& s, const ViewStructure& view, const Rates& rates, ViewValues& values) {
  const auto wire = [](const Counters& counters, std::uint64_t key) {
    const auto found = counters.wires.find(key);
    return found == counters.wires.end() ? EdgeCount{} : found->second;
  };
  for (std::size_t e = 0; e < view.edges.size(); ++e) {
    EdgeCount now, base;
    const auto add = [](EdgeCount& to, const EdgeCount& from) {
      to.requests += from.requests;
      to.replies += from.replies;
      to.errors += from.errors;
      to.one_way += from.one_way;
      to.response_ns += from.response_ns;
    };
    if (view.level == Level::instance) {
      now = wire(*s.now, view.edge_wires[e]);
      base = wire(*s.base, view.edge_wires[e]);
    } else {
      for (const std::uint32_t link : view.edge_links[e]) {
        if (link < s.now->links.size()) add(now, s.now->links[link]);
        if (link < s.base->links.size()) add(base, s.base->links[link]);
      }
      measure_policies(s, view.edge_links[e], rates, values);
    }
    values.edge_rate.push_back(rates.per_second(now.requests, base.requests));
    values.edge_error_rate.push_back(rates.per_second(now.errors, base.errors));
    const auto answers = [](const EdgeCount& count) { return count.replies - count.one_way; };
    const double replies = static_cast<double>(answers(now) - std::min(answers(now), answers(base)));
    const double response = static_cast<double>(now.response_ns - std::min(now.response_ns, base.response_ns));
    values.edge_latency_ms.push_back(replies > 0 ? response / replies / 1e6 : 0);
  }
}

}  // namespace

bool within(const LocationInfo& location, const std::string& path) {
  return path.empty() || location.region == path || location.id == path;
}

std::optional<model::Problem> unknown_path(const Structure& structure, const std::string& path) {
  std::set<std::string> known;
  for (const LocationInfo& location : structure.locations) {
    if (within(location, path)) return std::nullopt;
    known.insert(location.region);
    known.insert(location.id);
  }
  return model::Problem{"/path", "unknownPath", "there is no region or zone \"" + path + "\"", {known.begin(), known.end()}};
}

std::string node_id(const Structure& structure, Level level, std::uint32_t group) {
  const GroupInfo& info = structure.groups[group];
  const LocationInfo& location = structure.locations[info.location];
  switch (level) {
    case Level::region:
      return location.region;
    case Level::zone:
      return location.id;
    case Level::service:
      return structure.services[info.service].name;
    case Level::group:
      return location.id + "." + structure.services[info.service].name;
    case Level::instance:
      break;
  }
  assert(false);
  return "";
}

bool parse_level(const std::string& word, Level& level) {
  for (const Level candidate : {Level::region, Level::zone, Level::service, Level::group, Level::instance}) {
    if (word != level_name(candidate)) continue;
    level = candidate;
    return true;
  }
  return false;
}

Scope scope_of(const ViewSpec& spec) {
  Scope scope;
  scope.path = spec.path;
  return scope;
}

const char* level_name(Level level) {
  static const char* const names[] = {"region", "zone", "service", "group", "instance"};
  return names[static_cast<std::size_t>(level)];
}

namespace {

/// What is wrong with a view of single instances before it is made.
std::optional<model::Problem> not_shown(const Structure& structure, const ViewSpec& spec) {
  std::uint64_t count = 0;
  bool listed = true;
  for (const CellInfo& cell : structure.cells) {
    const GroupInfo& group = structure.groups[cell.group];
    if (!within(structure.locations[group.location], spec.path)) continue;
    count += cell.instances.all();
    listed = listed && group.listed;
  }
  if (count > view_nodes_max && (spec.focus.empty() || !listed)) {
    return model::Problem{"/level",
                          "tooMany",
                          std::to_string(count) + " instances are too many for one view (at most " + std::to_string(view_nodes_max) +
                              "); give a path or take level group",
                          {}};
  }
  if (listed) return std::nullopt;
  return model::Problem{"/level", not_listed, "nobody has looked at these instances for a while; ask again", {}};
}

}  // namespace

std::variant<ViewStructure, model::Problem> project(const Structure& structure, const ViewSpec& spec) {
  Projection projection(structure, spec);
  if (auto problem = unknown_path(structure, spec.path)) return *problem;
  if (spec.level == Level::instance) {
    if (auto problem = not_shown(structure, spec)) return *problem;
  }
  ViewStructure view = projection.make();
  if (!spec.focus.empty() && view.nodes.empty()) {
    return model::Problem{"/focus", "unknownFocus", "there is no node \"" + spec.focus + "\" at level " + level_name(spec.level), {}};
  }
  if (view.nodes.size() > view_nodes_max || view.edges.size() > view_edges_max) {
    return model::Problem{"/level",
                          "tooMany",
                          "the view has " + std::to_string(view.nodes.size()) + " nodes and " + std::to_string(view.edges.size()) +
                              " edges, over the limits; narrow the path or take a higher level",
                          {}};
  }
  return view;
}

ViewValues measure(const Snapshot& snapshot, const ViewStructure& view) {
  const Rates rates(snapshot);
  ViewValues values;
  measure_nodes(snapshot, view, rates, values);
  measure_latency(snapshot, view, values);
  measure_edges(snapshot, view, rates, values);
  return values;
}

}  // namespace run

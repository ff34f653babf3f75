#include "http/projection.h"

#include <unordered_set>

#include "http/json_writer.h"
#include "http/wire.h"

namespace http {
namespace {

std::uint64_t edge_key(std::uint32_t source, std::uint32_t target) {
  return (std::uint64_t{source} << 32) | target;
}

void write_text_member(JsonWriter& json, const char* name, const std::string& text) {
  if (!text.empty()) json.member(name, text);
}

void write_node(JsonWriter& json, const run::ViewNode& node, std::uint32_t index, run::Level level) {
  json.begin_object().member("index", index).member("id", node.id).member("name", node.name).member("level", run::level_name(level));
  write_text_member(json, "service", node.service);
  write_text_member(json, "package", node.package);
  write_text_member(json, "version", node.version);
  write_text_member(json, "region", node.region);
  write_text_member(json, "zone", node.zone);
  write_text_member(json, "role", node.role);
  json.member("tier", node.tier).member("lane", node.lane).member("band", node.band).member("slot", node.slot);
  json.member("state", node.state).key("instances").begin_object();
  const run::StateCounts& n = node.instances;
  json.member("up", n.up).member("starting", n.starting).member("draining", n.draining).member("down", n.down).member("dead", n.dead);
  json.end_object().end_object();
}

void write_edge(JsonWriter& json, std::uint32_t index, std::uint32_t source, std::uint32_t target) {
  json.begin_object().member("index", index).member("source", source).member("target", target).end_object();
}

void write_bands(JsonWriter& json, const std::vector<run::ViewBand>& bands) {
  json.key("bands").begin_array();
  for (const run::ViewBand& band : bands) {
    json.begin_object().member("id", band.id).member("name", band.name).member("region", band.region).member("zone", band.zone);
    json.member("state", band.state).end_object();
  }
  json.end_array();
}

void write_tiers(JsonWriter& json, const std::vector<std::vector<std::string>>& tiers) {
  json.key("tiers").begin_array();
  for (std::size_t i = 0; i < tiers.size(); ++i) json.begin_object().member("index", i).strings("services", tiers[i]).end_object();
  json.end_array();
}

std::vector<model::FaultRecord> active_faults(const run::Structure& structure) {
  std::vector<model::FaultRecord> active;
  for (const model::FaultRecord& fault : structure.faults) {
    if (!fault.ended) active.push_back(fault);
  }
  return active;
}

void write_faults(JsonWriter& json, const std::vector<model::FaultRecord>& faults) {
  json.key("faults").begin_array();
  for (const model::FaultRecord& fault : faults) write_fault(json, fault);
  json.end_array();
}

bool same_faults(const std::vector<model::FaultRecord>& a, const std::vector<model::FaultRecord>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].id != b[i].id || a[i].targets != b[i].targets) return false;
  }
  return true;
}

void write_times(JsonWriter& json, const run::Snapshot& snapshot) {
  json.member("simTimeMs", sim_ms(snapshot.sim_time)).member("wallTime", wall_time_text(snapshot.wall_time));
}

void write_state(JsonWriter& json, const run::Snapshot& snapshot) {
  json.key("clock");
  write_clock(json, snapshot, false);
  json.member("status", snapshot.status).member("statusDetail", snapshot.status_detail);
}

/// One array: the figure of the node or edge that has each index, null where none has.
template <class Values>
void write_column(JsonWriter& json, const char* name, const Values& values, const std::vector<std::uint32_t>& index_of, std::uint32_t end) {
  constexpr std::uint32_t nothing = 0xFFFFFFFF;
  thread_local std::vector<std::uint32_t> place_of;
  place_of.assign(end, nothing);
  for (std::uint32_t place = 0; place < index_of.size(); ++place) place_of[index_of[place]] = place;
  json.key(name).begin_array();
  for (const std::uint32_t place : place_of) {
    if (place == nothing || place >= values.size())
      json.null();
    else
      json.rounded(static_cast<double>(values[place]));
  }
  json.end_array();
}

/// A body goes after `{"type":...,"seq":n`, so its first character is a comma and not a bracket.
std::string as_body(JsonWriter& json) {
  std::string text = json.take();
  text.front() = ',';
  return text;
}

}  // namespace

std::optional<model::Problem> Projection::update(std::shared_ptr<const run::Snapshot> snapshot) {
  renumbered_ = false;
  structure_body_.clear();
  values_body_.clear();
  keyframe_body_.clear();
  const bool same = snapshot_ && snapshot_->structure == snapshot->structure;
  if (!same) {
    auto projected = run::project(*snapshot->structure, spec_);
    if (auto* problem = std::get_if<model::Problem>(&projected)) return *problem;
    auto& view = std::get<run::ViewStructure>(projected);
    const bool first = !snapshot_;
    snapshot_ = std::move(snapshot);
    const bool sparse = nodes_end_ > 2 * view.nodes.size() + 256 || edges_end_ > 2 * view.edges.size() + 1'024;
    if (first || sparse)
      number_afresh(view);
    else
      write_changes(view);
    view_ = std::move(view);
    faults_ = active_faults(*snapshot_->structure);
  } else {
    snapshot_ = std::move(snapshot);
  }
  return std::nullopt;
}

void Projection::number_afresh(const run::ViewStructure& view) {
  renumbered_ = true;
  node_index_.clear();
  edge_index_.clear();
  nodes_end_ = edges_end_ = 0;
  index_of_node_.clear();
  index_of_edge_.clear();
  for (const run::ViewNode& node : view.nodes) {
    node_index_[node.id] = nodes_end_;
    index_of_node_.push_back(nodes_end_++);
  }
  for (const run::ViewEdge& edge : view.edges) {
    edge_index_[edge_key(index_of_node_[edge.source], index_of_node_[edge.target])] = edges_end_;
    index_of_edge_.push_back(edges_end_++);
  }
}

void Projection::write_changes(const run::ViewStructure& view) {
  JsonWriter json;
  json.begin_object().member("simTimeMs", sim_ms(snapshot_->sim_time));
  bool changed = false;
  write_node_changes(json, view, changed);
  write_edge_changes(json, view, changed);
  if (view.bands != view_.bands) {
    write_bands(json, view.bands);
    changed = true;
  }
  if (view.tiers != view_.tiers) {
    write_tiers(json, view.tiers);
    changed = true;
  }
  if (const auto faults = active_faults(*snapshot_->structure); !same_faults(faults, faults_)) {
    write_faults(json, faults);
    changed = true;
  }
  json.end_object();
  if (changed) structure_body_ = as_body(json);
}

void Projection::write_node_changes(JsonWriter& json, const run::ViewStructure& view, bool& changed) {
  std::unordered_map<std::uint32_t, const run::ViewNode*> before;
  for (std::size_t i = 0; i < view_.nodes.size(); ++i) before[index_of_node_[i]] = &view_.nodes[i];
  JsonWriter added, updated;
  added.begin_array();
  updated.begin_array();
  std::vector<std::uint32_t> index_of;
  for (const run::ViewNode& node : view.nodes) {
    const auto [place, is_new] = node_index_.try_emplace(node.id, nodes_end_);
    const std::uint32_t index = place->second;
    index_of.push_back(index);
    if (is_new) {
      ++nodes_end_;
      write_node(added, node, index, spec_.level);
      changed = true;
      continue;
    }
    const auto old = before.find(index);
    if (!(*old->second == node)) {
      write_node(updated, node, index, spec_.level);
      changed = true;
    }
    before.erase(old);
  }
  json.key("nodes").begin_object().key("add").raw(added.end_array().text()).key("update").raw(updated.end_array().text());
  json.key("remove").begin_array();
  for (const auto& [index, node] : before) {
    json.value(index);
    node_index_.erase(node->id);
    changed = true;
  }
  json.end_array().end_object();
  index_of_node_ = std::move(index_of);
}

void Projection::write_edge_changes(JsonWriter& json, const run::ViewStructure& view, bool& changed) {
  std::unordered_set<std::uint64_t> present;
  JsonWriter added;
  added.begin_array();
  index_of_edge_.clear();
  for (const run::ViewEdge& edge : view.edges) {
    const std::uint32_t source = index_of_node_[edge.source];
    const std::uint32_t target = index_of_node_[edge.target];
    const std::uint64_t key = edge_key(source, target);
    present.insert(key);
    const auto [place, is_new] = edge_index_.try_emplace(key, edges_end_);
    index_of_edge_.push_back(place->second);
    if (!is_new) continue;
    ++edges_end_;
    write_edge(added, place->second, source, target);
    changed = true;
  }
  json.key("edges").begin_object().key("add").raw(added.end_array().text()).key("remove").begin_array();
  for (auto edge = edge_index_.begin(); edge != edge_index_.end();) {
    if (present.contains(edge->first)) {
      ++edge;
      continue;
    }
    json.value(edge->second);
    edge = edge_index_.erase(edge);
    changed = true;
  }
  json.end_array().end_object();
}

void Projection::write_columns(JsonWriter& json) {
  const run::ViewValues values = run::measure(*snapshot_, view_);
  const auto node = [&](const char* name, const auto& column) { write_column(json, name, column, index_of_node_, nodes_end_); };
  const auto edge = [&](const char* name, const auto& column) { write_column(json, name, column, index_of_edge_, edges_end_); };
  json.key("nodeValues").begin_object();
  node("rate", values.rate);
  node("errorRate", values.error_rate);
  node("inFlight", values.in_flight);
  node("queue", values.queue);
  node("utilisation", values.utilisation);
  node("p50Ms", values.p50_ms);
  node("p99Ms", values.p99_ms);
  if (spec_.level != run::Level::instance) {
    node("shedRate", values.shed_rate);
    node("uselessRate", values.useless_rate);
  }
  json.end_object().key("edgeValues").begin_object();
  edge("rate", values.edge_rate);
  edge("errorRate", values.edge_error_rate);
  edge("latencyMs", values.edge_latency_ms);
  if (spec_.level != run::Level::instance) {
    edge("retryRate", values.edge_retry_rate);
    edge("stoppedRate", values.edge_stopped_rate);
  }
  json.end_object();
}

const std::string& Projection::values_body() {
  if (!values_body_.empty()) return values_body_;
  JsonWriter json;
  json.begin_object();
  write_times(json, *snapshot_);
  write_state(json, *snapshot_);
  write_columns(json);
  json.end_object();
  return values_body_ = as_body(json);
}

const std::string& Projection::keyframe_body() {
  if (!keyframe_body_.empty()) return keyframe_body_;
  JsonWriter json;
  json.begin_object();
  write_times(json, *snapshot_);
  json.member("level", run::level_name(spec_.level)).member("path", spec_.path).member("focus", spec_.focus);
  write_state(json, *snapshot_);
  write_faults(json, faults_);
  json.member("lastEventSeq", snapshot_->last_event_seq);
  write_tiers(json, view_.tiers);
  write_bands(json, view_.bands);
  json.key("nodes").begin_array();
  for (std::size_t i = 0; i < view_.nodes.size(); ++i) write_node(json, view_.nodes[i], index_of_node_[i], spec_.level);
  json.end_array().key("edges").begin_array();
  for (std::size_t i = 0; i < view_.edges.size(); ++i) {
    const run::ViewEdge& edge = view_.edges[i];
    write_edge(json, index_of_edge_[i], index_of_node_[edge.source], index_of_node_[edge.target]);
  }
  json.end_array();
  const bool policies = spec_.level != run::Level::instance;
  json.key("nodeColumns")
      .raw(policies ? R"(["rate","errorRate","inFlight","queue","utilisation","p50Ms","p99Ms","shedRate","uselessRate"])"
                    : R"(["rate","errorRate","inFlight","queue","utilisation","p50Ms","p99Ms"])");
  json.key("edgeColumns")
      .raw(policies ? R"(["rate","errorRate","latencyMs","retryRate","stoppedRate"])" : R"(["rate","errorRate","latencyMs"])");
  write_columns(json);
  json.end_object();
  return keyframe_body_ = as_body(json);
}

}  // namespace http

#pragma once
// One view of one simulation as its clients know it: which index stands for which node and edge, what changed since the last
// snapshot, and the text of its frames (all but the sequence number), written once for all clients. One thread at a time.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "run/view.h"

namespace http {

class Projection {
 public:
  /// REQUIRES: update() before anything else.
  explicit Projection(run::ViewSpec spec) : spec_(std::move(spec)) {}

  /// Moves on to `snapshot`. A problem: the view is no longer possible (its focus is gone, it grew past a limit).
  std::optional<model::Problem> update(std::shared_ptr<const run::Snapshot> snapshot);

  /// What the last update() changed: the end of a `structure` frame, "" when nothing.
  const std::string& structure_body() const { return structure_body_; }
  /// The last update() gave out all indexes anew: everybody needs a keyframe.
  bool renumbered() const { return renumbered_; }

  const std::string& values_body();
  const std::string& keyframe_body();

  const run::ViewSpec& spec() const { return spec_; }

 private:
  void number_afresh(const run::ViewStructure& view);
  void write_changes(const run::ViewStructure& view);
  void write_node_changes(class JsonWriter& json, const run::ViewStructure& view, bool& changed);
  void write_edge_changes(class JsonWriter& json, const run::ViewStructure& view, bool& changed);
  void write_columns(class JsonWriter& json);

  const run::ViewSpec spec_;
  std::shared_ptr<const run::Snapshot> snapshot_;
  run::ViewStructure view_;
  std::vector<model::FaultRecord> faults_;

  std::unordered_map<std::string, std::uint32_t> node_index_;
  std::unordered_map<std::uint64_t, std::uint32_t> edge_index_;  ///< by index of source << 32 | index of target
  std::vector<std::uint32_t> index_of_node_;                     ///< by place in view_.nodes
  std::vector<std::uint32_t> index_of_edge_;
  std::uint32_t nodes_end_ = 0;  ///< indexes given out since the last numbering
  std::uint32_t edges_end_ = 0;

  bool renumbered_ = false;
  std::string structure_body_;
  std::string values_body_;
  std::string keyframe_body_;
};

}  // namespace http

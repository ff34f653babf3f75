#pragma once
// Traced requests: spans are put together into flows; the last complete ones are kept. One writer (the simulation thread), any readers.

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "model/world.h"
#include "run/snapshot.h"

namespace run {

class FlowLog {
 public:
  static constexpr std::size_t open_max = 5'000;        ///< flows whose root has not ended yet
  static constexpr std::size_t per_interval_max = 200;  ///< complete flows between two calls of next_interval()

  /// Flows that began before `since` are not known as a whole and left out.
  explicit FlowLog(std::size_t kept, sim::Time since = 0) : kept_(kept), since_(since) {}

  /// Takes the spans that the shards have collected. Beyond the limits they are dropped: a flat-out run makes far more than anybody can
  /// look at.
  void collect(model::World& world);
  void next_interval() { taken_ = 0; }

  std::vector<std::shared_ptr<const Flow>> newest(std::size_t limit) const;
  std::shared_ptr<const Flow> find(std::uint64_t trace) const;
  std::vector<std::shared_ptr<const Flow>> since(std::uint64_t number, std::size_t limit, std::uint64_t& next) const;

 private:
  void complete(const model::World& world, const model::Span& root);

  const std::size_t kept_;
  const sim::Time since_;
  std::unordered_map<std::uint64_t, std::vector<model::Span>> open_;  ///< the writer's own
  std::size_t taken_ = 0;                                             ///< the writer's own
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const Flow>> flows_;
  std::uint64_t last_ = 0;  ///< number of the newest
};

}  // namespace run

#include "model/meter.h"

namespace model {
namespace {

std::uint64_t workers_of(const Shared& shared, const Group& group) {
  std::uint64_t workers = 0;
  for (const std::uint32_t cell : group.cells) workers += shared.cells[cell].workers;
  return workers;
}

/// The histograms of one group. Nearly always there is one: callers are in one shard and have one version.
class Responses {
 public:
  void add(const Histogram& histogram) {
    if (histogram.count() == 0) return;
    if (first_ == nullptr) {
      first_ = &histogram;
      return;
    }
    if (all_.count() == 0) all_.merge(*first_);
    all_.merge(histogram);
  }
  PackedHistogram pack() const {
    if (first_ == nullptr) return {};
    return PackedHistogram(all_.count() == 0 ? *first_ : all_);
  }

 private:
  const Histogram* first_ = nullptr;
  Histogram all_;  ///< once there are two
};

void add(GroupTotals& group, const CellCount& cell, sim::Time now) {
  group.requests += cell.requests;
  group.replies += cell.replies;
  group.errors += cell.errors;
  group.services += cell.service.count();
  group.service_ns += cell.service.sum_ns();
  group.network_ns += cell.network.sum_ns();
  group.in_flight_ns += cell.in_flight.integral(now);
  group.queued_ns += cell.queued.integral(now);
  group.busy_ns += cell.busy.integral(now);
}

}  // namespace

std::shared_ptr<const Totals> Meter::read(const World& world) {
  const Shared& shared = world.shared();
  auto totals = std::make_shared<Totals>();
  totals->at = world.now();
  totals->groups.resize(shared.groups.size());
  totals->links.resize(shared.links.size());
  std::vector<Responses> responses(shared.groups.size());
  for (const Shard& shard : world.shards()) {
    for (std::size_t i = 0; i < totals->links.size(); ++i) totals->links[i].add(shard.link_counts()[i]);
    for (std::size_t i = 0; i < shared.cells.size(); ++i) {
      const CellCount& cell = shard.cell_counts()[i];
      add(totals->groups[shared.cells[i].group], cell, world.now());
      responses[shared.cells[i].group].add(cell.response);
    }
  }
  const auto passed = static_cast<std::uint64_t>(world.now() - at_);
  at_ = world.now();
  capacity_ns_.resize(shared.groups.size());
  for (std::size_t g = 0; g < capacity_ns_.size(); ++g) {
    capacity_ns_[g] += workers_of(shared, shared.groups[g]) * passed;
    totals->groups[g].capacity_ns = capacity_ns_[g];
    totals->groups[g].response = responses[g].pack();
  }
  return totals;
}

}  // namespace model

#include "model/batches.h"

#include <algorithm>
#include <cassert>

namespace model {

void Batches::add(std::shared_ptr<const Totals> totals) {
  assert(marks_.empty() || totals->at == due());
  marks_.push_back(std::move(totals));
  if (marks_.size() <= batches_max) return;
  for (std::size_t i = 1; 2 * i < marks_.size(); ++i) marks_[i] = std::move(marks_[2 * i]);
  marks_.resize(batches_max / 2 + 1);
  length_ *= 2;
}

void Batches::clear() {
  marks_.clear();
  length_ = step_;
}

void Measurement::look(const World& world) {
  assert(world.now() == next_ || whole_.marks().empty());
  next_ = world.now() + step_;
  if (world.structure_version() != structure_version_) {
    structure_version_ = world.structure_version();
    recent_.clear();
  }
  const bool whole_due = whole_.due() <= world.now();
  const bool recent_due = recent_.due() <= world.now();
  if (!whole_due && !recent_due) return;
  ++readings_;
  const std::shared_ptr<const Totals> totals = meter_.read(world);
  if (whole_due) whole_.add(totals);
  if (recent_due) recent_.add(totals);
}

void run_measured(World& world, sim::Time end, Measurement& measurement) {
  while (measurement.due() <= end) {
    world.run_until(std::max(world.now(), measurement.due()));
    measurement.look(world);
  }
  world.run_until(end);
}

std::vector<std::uint32_t> user_groups(const Shared& shared) {
  std::vector<std::uint32_t> groups;
  for (const Service& service : shared.services) {
    if (service.package->load_source) groups.insert(groups.end(), service.groups.begin(), service.groups.end());
  }
  return groups;
}

}  // namespace model

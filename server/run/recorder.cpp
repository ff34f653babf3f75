#include "run/recorder.h"

#include <algorithm>

namespace run {
namespace {

void add(EdgeCount& to, const model::LinkCount& from) {
  to.requests += from.requests;
  to.replies += from.replies;
  to.errors += from.errors;
  to.one_way += from.one_way;
  to.response_ns += from.response_ns;
}

void add(CellCount& to, const model::CellCount& from, sim::Time now) {
  to.requests += from.requests;
  to.replies += from.replies;
  to.errors += from.errors;
  to.in_flight += from.in_flight.present();
  to.queued += from.queued.present();
  to.busy_ns += from.busy.integral(now);
  to.useless += from.useless;
  for (std::size_t i = 0; i < to.shed.size(); ++i) to.shed[i] += from.shed[i];
}

InstanceCount count_of(const model::Shard& shard, std::uint32_t slot) {
  const model::Instance& instance = shard.instance(slot);
  InstanceCount count;
  if (const model::InstanceCount* c = shard.count_of(slot)) {
    count = {c->requests, c->errors, c->replies, c->service_ns, c->busy.integral(shard.engine().now()), 0, 0};
  }
  count.in_flight = instance.in_flight;
  count.queue = instance.queued;
  return count;
}

std::vector<std::pair<InstanceId, InstanceCount>> instances_of(const model::World& world, const Listing& listing) {
  std::vector<std::pair<InstanceId, InstanceCount>> result;
  if (!listing.everything) {
    for (const InstanceId id : listing.instances) {
      result.emplace_back(id, count_of(world.shards()[model::shard_of(id)], model::slot_of(id)));
    }
    std::sort(result.begin(), result.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
    return result;
  }
  result.reserve(world.instance_count());
  for (std::uint32_t s = 0; s < world.shards().size(); ++s) {
    const model::Shard& shard = world.shards()[s];
    for (std::uint32_t slot = 0; slot < shard.slots(); ++slot) {
      if (shard.detail(slot).in_use) result.emplace_back(model::instance_id(s, slot), count_of(shard, slot));
    }
  }
  return result;
}

std::shared_ptr<const Counters> count(const model::World& world, const Listing& listing) {
  auto c = std::make_shared<Counters>();
  c->at = world.now();
  c->instances = instances_of(world, listing);
  c->links.resize(world.shared().links.size());
  c->policies.resize(world.shared().links.size());
  c->cells.resize(world.shared().cells.size());
  c->functions.resize(world.shared().functions.size());
  for (const model::Shard& shard : world.shards()) {
    for (std::size_t i = 0; i < c->links.size(); ++i) add(c->links[i], shard.link_counts()[i]);
    for (std::size_t i = 0; i < c->links.size(); ++i) c->policies[i].add(shard.policy_counts()[i]);
    for (std::size_t i = 0; i < c->cells.size(); ++i) add(c->cells[i], shard.cell_counts()[i], world.now());
    for (const auto& [key, pair] : shard.pairs()) add(c->wires[key], pair);
    for (std::uint32_t f = 0; f < world.shared().functions.size(); ++f) c->functions[f].add(shard.function_count(f));
    c->sent += shard.requests().sent;
    c->succeeded += shard.requests().succeeded;
    c->failed += shard.requests().failed;
  }
  c->stores = count_stores(world);
  c->events = world.events();
  return c;
}

/// Drops entries from the front while the second is still old enough for `window` before `now`.
template <class Entries, class At>
void forget(Entries& entries, sim::Time now, sim::Time window, At at) {
  while (entries.size() > 2 && at(*entries[1]) <= now - window) entries.pop_front();
}

}  // namespace

void Recorder::sample(const model::World& world, bool histograms, const Listing& listing) {
  const bool first = now_ == nullptr;
  const bool moved = first || world.now() > now_->at;
  now_ = count(world, listing);
  if (first) base_ = now_;
  if (moved) {
    past_.push_back(now_);
    forget(past_, now_->at, rate_window, [](const Counters& c) { return c.at; });
    base_ = past_.front();
  }
  if (total_ == nullptr || world.now() - total_->to >= histogram_step || (histograms && world.now() > total_->to)) sample_histograms(world);
}

void Recorder::sample_histograms(const model::World& world) {
  auto total = std::make_shared<Histograms>();
  total->to = world.now();
  total->cells.resize(world.shared().cells.size());
  for (const model::Shard& shard : world.shards()) {
    for (std::size_t i = 0; i < total->cells.size(); ++i) {
      total->cells[i].response.merge(shard.cell_counts()[i].response);
      total->cells[i].service.merge(shard.cell_counts()[i].service);
      total->cells[i].network.merge(shard.cell_counts()[i].network);
      total->cells[i].errors += shard.cell_counts()[i].errors;
    }
  }
  total->stores = times_of_stores(world);
  total_ = total;
  past_histograms_.push_back(total);
  forget(past_histograms_, total->to, histogram_window, [](const Histograms& h) { return h.to; });
  const Histograms& before = *past_histograms_.front();
  auto window = std::make_shared<Histograms>();
  window->from = before.to;
  window->to = total->to;
  for (std::size_t i = 0; i < total->cells.size(); ++i) {
    CellHistograms cell = total->cells[i];
    if (i < before.cells.size()) {
      cell.response = cell.response.since(before.cells[i].response);
      cell.service = cell.service.since(before.cells[i].service);
      cell.network = cell.network.since(before.cells[i].network);
      cell.errors -= before.cells[i].errors;
    }
    window->cells.push_back(std::move(cell));
  }
  window->stores = total->stores.since(before.stores);
  window_ = window;
}

}  // namespace run

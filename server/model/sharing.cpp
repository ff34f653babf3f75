// Processor sharing: every call at an instance is being worked on, each as fast as the others.
//
// With n calls and c workers each gets min(1, c / n) of a worker, less what the universal scalability law takes. So they are done in the
// order of (work that each had got when it came) + (its own work), a number that does not change: a heap of those, and one event for the
// first. Work is counted in 2^-10 ns; rounding errors do not add up, since what a call has got is the difference of two readings. Before
// that number is too large for 64 bits (months in which the instance was never idle) all of them are made smaller by the same.

#include <algorithm>

#include "model/shard.h"

namespace model {
namespace {

constexpr int fine_bits = 10;
constexpr std::uint64_t got_max = std::uint64_t{1} << 62;
constexpr sim::Time demand_max = (sim::Time{1} << (62 - fine_bits)) - 1;  // 52 days

bool later(const Sharing::Job& a, const Sharing::Job& b) {
  return a.done != b.done ? a.done > b.done : a.order > b.order;
}

}  // namespace

/// Brings what every call has got up to now.
void Shard::share_out(Instance& server, Sharing& sharing) {
  const sim::Time passed = engine_.now() - sharing.at;
  sharing.at = engine_.now();
  const std::uint64_t n = sharing.jobs.size();
  if (n == 0 || passed == 0) return;
  const Profile& profile = shared_->profiles[server.profile];
  const std::uint64_t busy = std::min<std::uint64_t>(n, server.workers);
  sim::Wide got = (sim::Wide{static_cast<std::uint64_t>(passed)} << fine_bits) * busy / n;
  if (profile.slows_down()) got = static_cast<sim::Wide>(static_cast<double>(got) / profile.slowdown(busy));
  sharing.got += static_cast<std::uint64_t>(got);
  if (sharing.got < got_max) return;
  for (Sharing::Job& job : sharing.jobs) job.done -= std::min(job.done, sharing.got);
  sharing.got = 0;
  std::make_heap(sharing.jobs.begin(), sharing.jobs.end(), later);
}

void Shard::share(std::uint32_t call, Instance& server) {
  const std::uint32_t slot = slot_number(server);
  Sharing& sharing = sharing_[details_[slot].sharing];
  if (sharing.jobs.size() >= std::size_t{server.workers} + shared_->profiles[server.profile].queue_limit) {
    reply(call, Status::rejected);
    return;
  }
  share_out(server, sharing);
  if (sharing.jobs.empty()) sharing.got = 0;
  const sim::Time work = std::min(demand(call, server), demand_max);
  const std::uint64_t done = sharing.got + (static_cast<std::uint64_t>(work) << fine_bits);
  sharing.jobs.push_back({done, next_order(id(slot)), call});
  std::push_heap(sharing.jobs.begin(), sharing.jobs.end(), later);
  if (server.busy < server.workers) {
    take_worker(server);
  } else {
    ++server.queued;
    cell_counts_[server.cell].queued.enter(engine_.now());
  }
  plan_shared(slot, server, sharing);
}

/// When the first will be done if nobody comes.
void Shard::plan_shared(std::uint32_t slot, const Instance& server, Sharing& sharing) {
  ++sharing.plan;
  if (sharing.jobs.empty()) return;
  const std::uint64_t n = sharing.jobs.size();
  const std::uint64_t busy = std::min<std::uint64_t>(n, server.workers);
  const std::uint64_t first = sharing.jobs.front().done;
  const std::uint64_t left = first > sharing.got ? first - sharing.got : 0;
  const Profile& profile = shared_->profiles[server.profile];
  sim::Wide time = sim::Wide{left} * n / busy;
  if (profile.slows_down()) time = static_cast<sim::Wide>(static_cast<double>(time) * profile.slowdown(busy));
  time = (time + (1U << fine_bits) - 1) >> fine_bits;
  const auto wait = static_cast<sim::Time>(std::min(time, sim::Wide{sim::Distribution::longest}));
  engine_.schedule(engine_.now() + wait, next_order(id(slot)), shared_kind, slot, sharing.plan & CallPool::generation_mask);
}

void Shard::finish_shared(std::uint32_t slot) {
  Instance& server = instances_[slot];
  Sharing& sharing = sharing_[details_[slot].sharing];
  share_out(server, sharing);
  const std::uint32_t call = sharing.jobs.front().call;
  std::pop_heap(sharing.jobs.begin(), sharing.jobs.end(), later);
  sharing.jobs.pop_back();
  if (server.queued > 0) {
    --server.queued;
    cell_counts_[server.cell].queued.leave(engine_.now());
  } else {
    leave_worker(server);
  }
  plan_shared(slot, server, sharing);
  step(call);
}

void Shard::abort_shared(std::uint32_t slot) {
  Instance& server = instances_[slot];
  const Profile& profile = shared_->profiles[server.profile];
  if (!profile.unusual) return;
  if (profile.function != no_function) {
    abort_invocations(slot);
    return;
  }
  Sharing& sharing = sharing_[details_[slot].sharing];
  ++sharing.plan;
  sharing.jobs.clear();
  for (; server.queued > 0; --server.queued) cell_counts_[server.cell].queued.leave(engine_.now());
}

}  // namespace model

// Functions: environments that start on demand, their limits and what they cost. A pool is an instance; see function.h.

#include "model/function.h"

#include <algorithm>

#include "model/shard.h"

namespace model {
namespace {

constexpr double ns_per_second = 1e9;
constexpr double mb_per_gb = 1'024;
constexpr std::size_t kept_of_the_gone = 64;  ///< places at the front of Environments::idle before they are given back

/// Those of the front whose time is over by `now`.
std::size_t gone_by(const Environments& environments, sim::Time keep_alive, sim::Time now) {
  const auto first = environments.idle.begin() + static_cast<std::ptrdiff_t>(environments.first);
  return static_cast<std::size_t>(std::upper_bound(first, environments.idle.end(), now - keep_alive) - first);
}

/// They ended when their time was over, even when nobody looked before.
void end_of_idle(const Environments& environments, std::size_t number, sim::Time keep_alive, sim::Time now, TimeWeighted& counted) {
  for (std::size_t i = 0; i < number; ++i) counted.leave(std::min(now, environments.idle[environments.first + i] + keep_alive));
}

}  // namespace

void FunctionCount::add(const FunctionCount& o) {
  invocations += o.invocations;
  cold_starts += o.cold_starts;
  throttled += o.throttled;
  throttled_by_region += o.throttled_by_region;
  billed_ns += o.billed_ns;
  duration_ns += o.duration_ns;
  busy.add(o.busy);
  environments.add(o.environments);
}

double gb_seconds(const FunctionSpec& spec, const FunctionCount& count) {
  return static_cast<double>(count.billed_ns) / ns_per_second * spec.memory_mb / mb_per_gb;
}

double dollars(const FunctionSpec& spec, const FunctionCount& count) {
  return gb_seconds(spec, count) * spec.dollars_per_gb_second + static_cast<double>(count.invocations) * spec.dollars_per_million / 1e6;
}

void Shard::invoke(std::uint32_t call, Instance& server) {
  const std::uint32_t index = shared_->profiles[server.profile].function;
  const Function& function = shared_->functions[index];
  FunctionState& state = functions_[index];
  if (state.busy >= function.spec.concurrency || functions_busy_ >= shared_->function_limit) {
    ++(state.busy >= function.spec.concurrency ? state.count.throttled : state.count.throttled_by_region);
    reply(call, Status::rejected);
    return;
  }
  ++state.busy;
  ++functions_busy_;
  ++state.count.invocations;
  state.count.busy.enter(engine_.now());
  take_worker(server);
  const sim::Time begins = engine_.now() + begin_environment(slot_number(server), function);
  if (invoked_.size() <= call) invoked_.resize(calls_.size() + calls_.size() / 2);
  invoked_[call] = function.spec.cold_start_billed ? engine_.now() : begins;
  const sim::Time work = demand(call, server);
  const Call& c = calls_[call];
  engine_.schedule(begins + work, next_order(c.target), done_kind, call, c.generation);
}

/// The one used last; else a new one. How long it takes until it can work.
sim::Time Shard::begin_environment(std::uint32_t slot, const Function& function) {
  Environments& here = environments_[details_[slot].environments];
  FunctionCount& count = functions_[here.function].count;
  const std::size_t gone = gone_by(here, function.spec.keep_alive, engine_.now());
  end_of_idle(here, gone, function.spec.keep_alive, engine_.now(), count.environments);
  here.first += gone;
  if (here.first == here.idle.size()) {
    here.idle.clear();
    here.first = 0;
    ++count.cold_starts;
    count.environments.enter(engine_.now());
    return function.cold_start.is_constant() ? function.cold_start.sample(0)
                                             : function.cold_start.sample(random(id(slot), sim::Purpose::start_up));
  }
  here.idle.pop_back();
  if (here.first > kept_of_the_gone && here.first > here.idle.size() / 2) {
    here.idle.erase(here.idle.begin(), here.idle.begin() + static_cast<std::ptrdiff_t>(here.first));
    here.first = 0;
  }
  return 0;
}

void Shard::end_invocation(std::uint32_t call, Instance& server) {
  Environments& here = environments_[details_[slot_number(server)].environments];
  FunctionState& state = functions_[here.function];
  bill(call, shared_->functions[here.function]);
  --state.busy;
  --functions_busy_;
  state.count.busy.leave(engine_.now());
  here.idle.push_back(engine_.now());
  leave_worker(server);
}

void Shard::bill(std::uint32_t call, const Function& function) {
  FunctionCount& count = functions_[shared_->profiles[at(calls_[call].target).profile].function].count;
  const auto duration = static_cast<std::uint64_t>(std::max<sim::Time>(0, engine_.now() - invoked_[call]));
  const auto step = static_cast<std::uint64_t>(function.spec.billed_by);
  count.duration_ns += duration;
  count.billed_ns += (duration + step - 1) / step * step;
}

/// The pool is gone. What its environments did until now costs what it costs.
void Shard::abort_invocations(std::uint32_t slot) {
  const Instance& instance = instances_[slot];
  Environments& here = environments_[details_[slot].environments];
  const Function& function = shared_->functions[here.function];
  FunctionState& state = functions_[here.function];
  for (const std::uint32_t call : lost_) bill(call, function);
  for (unsigned i = 0; i < instance.busy; ++i) {
    state.count.busy.leave(engine_.now());
    state.count.environments.leave(engine_.now());
  }
  state.busy -= instance.busy;
  functions_busy_ -= instance.busy;
  end_of_idle(here, here.size(), function.spec.keep_alive, engine_.now(), state.count.environments);
  here.idle.clear();
  here.first = 0;
}

FunctionCount Shard::function_count(std::uint32_t function) const {
  FunctionCount count = functions_[function].count;
  const sim::Time keep_alive = shared_->functions[function].spec.keep_alive;
  for (const Environments& pool : environments_) {
    if (pool.function == function)
      end_of_idle(pool, gone_by(pool, keep_alive, engine_.now()), keep_alive, engine_.now(), count.environments);
  }
  return count;
}

}  // namespace model

// How a service that passes requests on calls its dependencies: words of packages (Task) and what they do in the Shard.

#include <algorithm>

#include "model/package.h"
#include "model/shard.h"

namespace model {

struct Shard::CallPlace {
  std::size_t route;
  std::uint64_t nth;
};

struct Shard::Made {
  std::uint32_t sent = 0;
  std::uint32_t impossible = 0;
};

FanOut Task::fan_out() const {
  return shard_.shared_->services[own_group().service].fan_out;
}

/// `scratch` counts places: a dependency has one for each of its whole calls and one for its fraction.
bool Task::next_call() {
  const Group& group = own_group();
  for (;;) {
    const std::uint8_t place = scratch();
    const auto [route, nth] = shard_.place_of_call(group, place);
    if (route == group.routes.size()) return false;
    ++scratch();
    if (shard_.is_made(self(), shard_.shared_->dependencies[group.routes[route].dependency], nth)) return true;
  }
}

void Task::call_next() {
  const Group& group = own_group();
  const auto place = static_cast<std::uint8_t>(scratch() - 1);
  call(static_cast<unsigned>(shard_.place_of_call(group, place).route));
}

void Task::call_parallel() {
  shard_.call_parallel(call_, own_group());
}

void Task::call_without_waiting() {
  shard_.call_without_waiting(call_, own_group());
}

Shard::CallPlace Shard::place_of_call(const Group& group, std::uint64_t place) const {
  for (std::size_t r = 0; r < group.routes.size(); ++r) {
    const Dependency& dependency = shared_->dependencies[group.routes[r].dependency];
    const std::uint64_t places = dependency.calls + (dependency.another != 0 ? 1 : 0);
    if (place < places) return {r, place};
    place -= places;
  }
  return {group.routes.size(), 0};
}

/// Whether the nth call (from 0) to a dependency is made for this request.
bool Shard::is_made(InstanceId caller, const Dependency& dependency, std::uint64_t nth) {
  return nth < dependency.calls ||
         (nth == dependency.calls && dependency.another != 0 && random(caller, sim::Purpose::routing) < dependency.another);
}

/// All calls that are to be made, each on its way or known to be impossible: how many of either.
Shard::Made Shard::make_calls(std::uint32_t parent, const Group& group, bool awaited) {
  Made made;
  const InstanceId caller = calls_[parent].target;
  for (const Route& route : group.routes) {
    const Dependency& dependency = shared_->dependencies[route.dependency];
    for (std::uint64_t nth = 0; is_made(caller, dependency, nth); ++nth) {
      if (dependency.policy != 0) {
        ++made.sent;
        call_guarded(parent, static_cast<std::uint32_t>(&route - group.routes.data()), awaited);
        continue;
      }
      const Pick end = pick_for(parent, caller, route);
      if (end.id == no_instance) {
        ++made.impossible;
        continue;
      }
      ++made.sent;
      send(parent, end, calls_[parent].verb, awaited ? Call::retriable : 0, 1, awaited);
    }
  }
  return made;
}

void Shard::call_parallel(std::uint32_t parent, const Group& group) {
  calls_[parent].status = Status::ok;
  const std::uint32_t enough = shared_->services[group.service].fan_out_first;
  const Made made = make_calls(parent, group, true);
  Call& p = calls_[parent];
  if (enough == 0) {
    p.pending = static_cast<std::uint16_t>(made.sent);
    if (made.impossible > 0) p.status = Status::unavailable;
  } else {
    const std::uint32_t all = made.sent + made.impossible;
    const std::uint32_t wanted = std::min(enough, all);
    if (wanted > made.sent) {
      p.status = Status::unavailable;  // and what comes back is nobody's
      p.generation = (p.generation + 1) & CallPool::generation_mask;
      p.pending = 0;
    } else if (wanted > 0) {
      p.set(Call::quorum);
      p.pending = static_cast<std::uint16_t>(wanted);
      p.scratch = static_cast<std::uint8_t>(made.sent - wanted);
    }
  }
  if (p.pending > 0) return;
  p.pending = 1;
  resume_later(parent, p.status);
}

void Shard::call_without_waiting(std::uint32_t parent, const Group& group) {
  make_calls(parent, group, false);
}

}  // namespace model

#include "run/past.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

#include "run/apply.h"

namespace run {

Moment present_of(const Account& account) {
  return {account.now, account.journal.size()};
}

Moment moment_at(const Account& account, sim::Time time) {
  const auto later = std::upper_bound(account.journal.begin(), account.journal.end(), time,
                                      [](sim::Time t, const JournalEntry& entry) { return t < entry.sim_time; });
  return {time, static_cast<std::uint64_t>(later - account.journal.begin())};
}

Checkpoint nearest(const Account& account, const Moment& moment) {
  Checkpoint best;
  for (const Checkpoint& checkpoint : account.checkpoints) {
    if (checkpoint.at <= moment.at && checkpoint.commands <= moment.commands) best = checkpoint;
  }
  return best;
}

void go_on(model::World& world, const Account& account, const Moment& from, const Moment& to) {
  assert(to.commands <= account.journal.size() && from.commands <= to.commands);
  for (std::uint64_t i = from.commands; i < to.commands; ++i) {
    world.run_until(account.journal[i].sim_time);
    run::apply(world, account.journal[i].command);
  }
  world.run_until(to.at);
  world.take_occurrences();
}

std::unique_ptr<model::World> return_to(const Account& account, const Moment& moment) {
  const Checkpoint start = nearest(account, moment);
  auto world = start.world ? std::make_unique<model::World>(*start.world) : std::make_unique<model::World>(*account.spec);
  go_on(*world, account, {start.at, start.commands}, moment);
  return world;
}

Judged return_judged(const Account& account, const Moment& moment) {
  const Checkpoint start = nearest(account, moment);
  auto world = start.world ? std::make_unique<model::World>(*start.world) : std::make_unique<model::World>(*account.spec);
  judge::Judge judge = start.judge ? *start.judge : judge::Judge(*world, account.notes->objectives);
  const auto run_to = [&](sim::Time end) {
    while (judge.due() <= end) {
      world->run_until(judge.due());
      judge.hear(world->take_occurrences());
      judge.look(*world);
    }
    world->run_until(end);
  };
  for (std::uint64_t i = start.commands; i < moment.commands; ++i) {
    run_to(account.journal[i].sim_time);
    run::apply(*world, judge, account.journal[i].command);
  }
  run_to(moment.at);
  judge.hear(world->take_occurrences());
  judge.take_notices();
  return {std::move(world), std::move(judge)};
}

void Past::look(const model::World& world, const judge::Judge& judge, std::uint64_t commands, Clock::time_point now) {
  if (world.now() < due_ || now < wall_due_) return;
  due_ = world.now() + apart_least;
  const std::uint64_t bytes = world.bytes();
  if (bytes > bytes_max) return;
  const auto begin = Clock::now();
  kept_.push_back({world.now(), commands, std::make_shared<const model::World>(world), std::make_shared<const judge::Judge>(judge)});
  bytes_.push_back(bytes);
  wall_due_ = now + (Clock::now() - begin) * share;
  thin_out(world.now());
}

void Past::thin_out(sim::Time now) {
  while (kept_.size() > kept_max || std::accumulate(bytes_.begin(), bytes_.end(), std::uint64_t{0}) > bytes_max) {
    std::size_t least = 0;
    double gap = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i + 1 < kept_.size(); ++i) {
      const sim::Time before = i == 0 ? 0 : kept_[i - 1].at;
      const double left = static_cast<double>(kept_[i + 1].at - before) / static_cast<double>(now - before);
      if (left < gap) {
        gap = left;
        least = i;
      }
    }
    kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(least));
    bytes_.erase(bytes_.begin() + static_cast<std::ptrdiff_t>(least));
  }
}

}  // namespace run

#include "run/replay.h"

#include <algorithm>
#include <cassert>

#include "run/apply.h"

namespace run {

void Listener::apply(model::World& world, const JournalEntry& entry) {
  run::apply(world, entry.command);
}

void Listener::hear(model::World& world) {
  world.take_occurrences();
  for (model::Shard& shard : world.shards()) shard.spans().clear();
}

Replay::Replay(const Account& account, const Checkpoint& start)
    : Replay(account, start.world ? std::make_unique<model::World>(*start.world) : std::make_unique<model::World>(*account.spec),
             {start.at, start.commands}) {}

void Replay::go_on(const Moment& to, Listener& listener) {
  assert(to.commands <= account_->journal.size() && at_.commands <= to.commands);
  for (; at_.commands < to.commands && listener.wants_more(); ++at_.commands) {
    const JournalEntry& entry = account_->journal[at_.commands];
    run_until(entry.sim_time, listener);
    listener.apply(*world_, entry);
  }
  run_until(to.at, listener);
  at_.at = to.at;
  listener.hear(*world_);
}

void Replay::run_until(sim::Time end, Listener& listener) {
  while (listener.wants_more()) {
    listener.act(*world_);
    const sim::Time due = listener.due();
    if (due > end) {
      if (world_->now() < end) {
        world_->run_until(end);
        listener.act(*world_);
      }
      return;
    }
    world_->run_until(std::max(world_->now(), due));
    listener.look(*world_);
  }
}

void JudgeListener::look(model::World& world) {
  hear(world);
  judge_.look(world);
}

void JudgeListener::apply(model::World& world, const JournalEntry& entry) {
  run::apply(world, judge_, entry.command);
}

void JudgeListener::hear(model::World& world) {
  judge_.hear(world.take_occurrences());
}

double messages_again(const Account& account, const Moment& from, sim::Time until) {
  if (account.now == 0) return 0;
  const double rate = static_cast<double>(account.messages) / static_cast<double>(account.now);
  return rate * static_cast<double>(until - nearest(account, from).at);
}

}  // namespace run

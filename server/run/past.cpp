#include "run/past.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>
#include <set>

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

namespace {

/// A run that is done once more, from a copy or from the beginning, with whoever judges it.
class Repeated {
 public:
  Repeated(const Account& account, const Checkpoint& start)
      : world_(start.world ? std::make_unique<model::World>(*start.world) : std::make_unique<model::World>(*account.spec)),
        judge_(start.judge ? *start.judge : judge::Judge(*world_, account.notes->objectives)) {
    if (start.play) {
      play_ = *start.play;
    } else if (account.scenario) {
      play_.emplace(account.scenario);
    }
    for (const JournalEntry& entry : account.journal) done_.insert(entry.action);
  }

  void run_to(sim::Time end) {
    while (true) {
      go_on_playing();
      const sim::Time due = std::min(judge_.due(), play_due());
      if (due > end) break;
      world_->run_until(due);
      if (judge_.due() > due) continue;
      judge_.hear(world_->take_occurrences());
      judge_.look(*world_);
      if (play_) play_->look(*world_, judge_);
    }
    world_->run_until(end);
    go_on_playing();
  }

  void apply(const JournalEntry& entry) {
    run_to(entry.sim_time);
    const Outcome outcome = run::apply(*world_, judge_, entry.command);
    if (play_ && entry.action > 0) play_->done(entry.action, outcome);
  }

  Judged take() {
    judge_.hear(world_->take_occurrences());
    judge_.take_notices();
    return {std::move(world_), std::move(judge_), std::move(play_)};
  }

 private:
  /// When the scenario has something that does not come from the journal: a look, or an action that was refused.
  sim::Time play_due() const {
    if (!play_) return sim::never;
    const auto number = play_->next(sim::never);
    const bool refused = number && done_.count(*number) == 0;
    return std::min(play_->look_due(), refused ? play_->action(*number).at : sim::never);
  }

  void go_on_playing() {
    if (!play_) return;
    if (play_->look_due() <= world_->now()) play_->look(*world_, judge_);
    for (auto number = play_->next(world_->now()); number && done_.count(*number) == 0; number = play_->next(world_->now())) {
      play_->done(*number, run::apply(*world_, judge_, play_->action(*number).command));
    }
  }

  std::unique_ptr<model::World> world_;
  judge::Judge judge_;
  std::optional<Play> play_;
  std::set<std::size_t> done_;  ///< actions of the scenario that the journal has; those of its time that it has not were refused
};

}  // namespace

Judged return_judged(const Account& account, const Moment& moment) {
  const Checkpoint start = nearest(account, moment);
  Repeated repeated(account, start);
  for (std::uint64_t i = start.commands; i < moment.commands; ++i) repeated.apply(account.journal[i]);
  repeated.run_to(moment.at);
  return repeated.take();
}

void Past::look(const model::World& world, const judge::Judge& judge, const Play* play, std::uint64_t commands, Clock::time_point now) {
  if (world.now() < due_ || now < wall_due_) return;
  due_ = world.now() + apart_least;
  const std::uint64_t bytes = world.bytes();
  if (bytes > bytes_max) return;
  const auto begin = Clock::now();
  kept_.push_back({world.now(), commands, std::make_shared<const model::World>(world), std::make_shared<const judge::Judge>(judge),
                   play == nullptr ? nullptr : std::make_shared<const Play>(*play)});
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

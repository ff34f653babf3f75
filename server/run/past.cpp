#include "run/past.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include "run/apply.h"
#include "run/replay.h"

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

namespace {

/// With the judge and, if there is one, the scenario.
class PlayListener : public JudgeListener {
 public:
  PlayListener(const Account& account, judge::Judge judge, std::optional<Play> play)
      : JudgeListener(std::move(judge)), play_(std::move(play)) {
    for (const JournalEntry& entry : account.journal) done_.insert(entry.action);
  }

  void act(model::World& world) override {
    if (!play_) return;
    if (play_->look_due() <= world.now()) play_->look(world, judge());
    for (auto number = play_->next(world.now()); number && done_.count(*number) == 0; number = play_->next(world.now())) {
      play_->done(*number, run::apply(world, judge(), play_->action(*number).command));
    }
  }

  /// Beside the judge's time when the scenario has something that does not come from the journal: a look, or an action that was refused.
  sim::Time due() const override {
    if (!play_) return judge().due();
    const auto number = play_->next(sim::never);
    const bool refused = number && done_.count(*number) == 0;
    return std::min({judge().due(), play_->look_due(), refused ? play_->action(*number).at : sim::never});
  }

  void look(model::World& world) override {
    if (judge().due() > world.now()) return;
    JudgeListener::look(world);
    if (play_) play_->look(world, judge());
  }

  void apply(model::World& world, const JournalEntry& entry) override {
    const Outcome outcome = run::apply(world, judge(), entry.command);
    if (play_ && entry.action > 0) play_->done(entry.action, outcome);
  }

  std::optional<Play> take_play() { return std::move(play_); }

 private:
  std::optional<Play> play_;
  std::set<std::size_t> done_;  ///< actions of the scenario that the journal has; those of its time that it has not were refused
};

}  // namespace

std::unique_ptr<model::World> return_to(const Account& account, const Moment& moment) {
  Replay replay(account, nearest(account, moment));
  Listener nobody;
  replay.go_on(moment, nobody);
  return replay.take();
}

Judged return_judged(const Account& account, const Moment& moment) {
  const Checkpoint start = nearest(account, moment);
  Replay replay(account, start);
  std::optional<Play> play;
  if (start.play) {
    play = *start.play;
  } else if (account.scenario) {
    play.emplace(account.scenario);
  }
  PlayListener listener(account, start.judge ? *start.judge : judge::Judge(replay.world(), account.notes->objectives), std::move(play));
  replay.go_on(moment, listener);
  listener.judge().take_notices();
  return {replay.take(), std::move(listener.judge()), listener.take_play()};
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

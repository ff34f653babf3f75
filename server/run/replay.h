#pragma once
// A run that is done once more: a World of an account goes on along it, with the commands of its journal, and with whoever listens on the
// way. A command finds the World as it did the first time: what a World has to do at the present time waits until time goes on, so several
// commands of one time follow each other.

#include <memory>

#include "run/past.h"

namespace run {

/// Goes along with a Replay. By itself it looks at nothing, and what the World tells is lost, its spans, too.
class Listener {
 public:
  Listener() = default;
  virtual ~Listener() = default;
  /// Asked at every stop; after a no the Replay is where it happens to be.
  virtual bool wants_more() { return true; }
  /// Wherever the World stops, and before it goes on.
  virtual void act(model::World& /*world*/) {}
  /// When to look next.
  virtual sim::Time due() const { return sim::never; }
  /// At that time.
  virtual void look(model::World& /*world*/) {}
  virtual void apply(model::World& world, const JournalEntry& entry);
  /// At the end of the way, and whenever it likes: takes what the World has told.
  virtual void hear(model::World& world);

 protected:
  Listener(const Listener&) = default;
  Listener& operator=(const Listener&) = default;
};

/// Any thread, one at a time. REQUIRES: the account outlives it.
class Replay {
 public:
  /// REQUIRES: the World is one of the account, at that moment of it.
  Replay(const Account& account, std::unique_ptr<model::World> world, const Moment& at)
      : account_(&account), world_(std::move(world)), at_(at) {}
  /// From that copy, or from the beginning.
  Replay(const Account& account, const Checkpoint& start);

  /// REQUIRES: the moment is one of the account, and not before at().
  void go_on(const Moment& to, Listener& listener);
  /// With all commands of that time and before.
  void go_on(sim::Time to, Listener& listener) { go_on(moment_at(*account_, to), listener); }

  const model::World& world() const { return *world_; }
  model::World& world() { return *world_; }
  const Moment& at() const { return at_; }
  std::unique_ptr<model::World> take() { return std::move(world_); }

 private:
  void run_until(sim::Time end, Listener& listener);

  const Account* account_;
  std::unique_ptr<model::World> world_;
  Moment at_;
};

/// The judge goes along: hears all and looks when it wants to.
class JudgeListener : public Listener {
 public:
  explicit JudgeListener(judge::Judge judge) : judge_(std::move(judge)) {}

  sim::Time due() const override { return judge_.due(); }
  void look(model::World& world) override;
  void apply(model::World& world, const JournalEntry& entry) override;
  void hear(model::World& world) override;

  judge::Judge& judge() { return judge_; }
  const judge::Judge& judge() const { return judge_; }

 private:
  judge::Judge judge_;
};

/// About how many messages are delivered when the run is done once more from the nearest copy before `from` until then.
double messages_again(const Account& account, const Moment& from, sim::Time until);

}  // namespace run

#include "sim/timers.h"

#include <gtest/gtest.h>

#include <vector>

#include "sim/engine.h"

namespace {

/// Logs what happens; subject s was armed at armed[s].
struct Log {
  explicit Log(sim::Engine& e) : engine(e) {}

  sim::Engine& engine;
  std::vector<sim::Time> armed = std::vector<sim::Time>(16);
  std::vector<sim::Timers::List> list = std::vector<sim::Timers::List>(16);
  std::vector<std::pair<sim::Time, int>> happened;  ///< subject of an event, or minus the subject of a time-out

  void arm(std::uint32_t subject, sim::Time duration) {
    sim::Timers& timers = engine.timers();
    list[subject] = timers.list_of(duration);
    timers.reserve(16);
    armed[subject] = engine.now();
    timers.arm(list[subject], subject, engine.now() + duration);
  }
  void handle(const sim::Event& event) { happened.emplace_back(engine.now(), static_cast<int>(event.subject)); }
  sim::Subjects subjects() const { return {}; }
  void fetch_early(const sim::Event&) const {}
  void fetch_ahead(const sim::Event&) const {}
  void expire(std::uint32_t subject, std::uint64_t) {
    engine.timers().cancel(subject);
    happened.emplace_back(engine.now(), -static_cast<int>(subject));
  }
  sim::TimerKey timer_key(sim::Timers::List l, std::uint32_t subject) const {
    return {armed[subject] + engine.timers().duration(l), subject};
  }
};

using Happened = std::vector<std::pair<sim::Time, int>>;

TEST(Timers, FireInOrderOfDeadlineAmongEvents) {
  sim::Engine engine;
  Log log(engine);
  log.arm(1, 50);
  log.arm(2, 20);
  engine.schedule(30, 1, 0, 9, 0);
  engine.run_until(100, log);
  EXPECT_EQ(log.happened, (Happened{{20, -2}, {30, 9}, {50, -1}}));
  EXPECT_EQ(engine.now(), 100);
  EXPECT_EQ(engine.events(), 3U);
}

TEST(Timers, ACancelledOneNeverFires) {
  sim::Engine engine;
  Log log(engine);
  log.arm(1, 50);
  log.arm(2, 50);
  log.arm(3, 50);
  engine.timers().cancel(2);
  engine.run_until(100, log);
  EXPECT_EQ(log.happened, (Happened{{50, -1}, {50, -3}}));
}

TEST(Timers, TheEndIsExclusive) {
  sim::Engine engine;
  Log log(engine);
  log.arm(1, 50);
  engine.schedule(50, 9, 0, 9, 0);
  engine.run_until(50, log);
  EXPECT_TRUE(log.happened.empty());
  engine.run_until(51, log);
  EXPECT_EQ(log.happened, (Happened{{50, -1}, {50, 9}}));  // order 1 before order 9
}

TEST(Timers, AnEventOfLowerOrderGoesFirstAtTheSameTime) {
  sim::Engine engine;
  Log log(engine);
  log.arm(5, 50);
  engine.schedule(50, 2, 0, 9, 0);
  engine.run_until(51, log);
  EXPECT_EQ(log.happened, (Happened{{50, 9}, {50, -5}}));
}

TEST(Timers, SlicesDoNotChangeTheFingerprint) {
  std::vector<std::uint64_t> prints;
  for (const sim::Time slice : {1, 7, 1000}) {
    sim::Engine engine;
    Log log(engine);
    log.arm(1, 300);
    log.arm(2, 100);
    for (int i = 1; i < 9; ++i) engine.schedule(i * 40, sim::order_of(1, static_cast<std::uint64_t>(i)), 0, 3, 0);
    for (sim::Time t = 0; t <= 1000; t += slice) engine.run_until(t, log);
    prints.push_back(engine.fingerprint().value());
  }
  EXPECT_EQ(prints[0], prints[1]);
  EXPECT_EQ(prints[0], prints[2]);
}

}  // namespace

// What a list was, against copies of it.

#include "model/known_log.h"

#include <gtest/gtest.h>

#include <map>

#include "sim/random.h"

namespace {

using model::InstanceId;
using model::InstanceList;
using model::KnownLog;

class List {
 public:
  void push(InstanceId id, sim::Time now, sim::Time horizon) {
    log.note_push(known.size(), now, horizon);
    known.push_back(id);
  }
  void take(std::size_t place, sim::Time now, sim::Time horizon) {
    log.note_take(known, place, now, horizon);
    known.take(place);
  }
  std::vector<InstanceId> as_of(sim::Time at) const {
    std::vector<InstanceId> then(log.size_at(known, at));
    for (std::size_t n = 0; n < then.size(); ++n) then[n] = log.at(known, n, at);
    return then;
  }

  std::vector<InstanceId> now() const { return {known.begin(), known.end()}; }

  InstanceList known;
  KnownLog log;
};

TEST(KnownLog, IsWhatTheListWas) {
  constexpr sim::Time longest = 40;
  for (std::uint64_t run = 0; run < 200; ++run) {
    auto draw = [&, n = std::uint64_t{0}](std::uint64_t below) mutable {
      return sim::scale(sim::draw(1, run, sim::Purpose::discovery, n++), below);
    };
    List list;
    InstanceId next = 0;
    const std::uint64_t size = draw(30);
    while (list.known.size() < size) list.known.push_back(next++);  // those of the beginning are not noted
    std::map<sim::Time, std::vector<InstanceId>> snapshots{{-longest, list.now()}};
    for (sim::Time now = 0; now < 400; ++now) {
      // Quiet and busy times, several changes at one of them.
      const std::uint64_t changes = run % 3 == 0 && now / 100 % 2 == 0 ? 0 : draw(run % 5 + 1);
      for (std::uint64_t i = 0; i < changes; ++i) {
        if (list.known.empty() || draw(list.known.size() + 10) < 10) {
          list.push(next++, now, now - longest);
        } else {
          list.take(draw(list.known.size()), now, now - longest);
        }
      }
      snapshots[now] = list.now();
      for (sim::Time at = now - longest + 1; at <= now; ++at) {
        ASSERT_EQ(list.as_of(at), std::prev(snapshots.upper_bound(at))->second) << run << ": " << at << " at " << now;
      }
    }
  }
}

TEST(KnownLog, CostsWhatChanges) {
  List list;
  for (InstanceId id = 0; id < 1'000'000; ++id) list.known.push_back(id);
  list.take(17, 100, 0);
  EXPECT_EQ(list.log.notes(), 3U) << "the size, and who was at two places";
  EXPECT_EQ(list.as_of(99).size(), 1'000'000U);
  EXPECT_EQ(list.log.at(list.known, 17, 99), 17U);
  EXPECT_EQ(list.log.at(list.known, 17, 100), 999'999U);
  list.push(5'000'000, 150, 60);
  EXPECT_EQ(list.log.notes(), 5U);
  list.push(5'000'001, 1'000, 900);
  EXPECT_EQ(list.log.notes(), 2U) << "what is old is forgotten";
}

/// One place that changes all the time, and nobody looks back further than a while.
TEST(KnownLog, IsBounded) {
  constexpr sim::Time longest = 90;
  List list;
  for (InstanceId id = 0; id < 10; ++id) list.known.push_back(id);
  std::size_t most = 0;
  for (sim::Time now = 0; now < 100'000; ++now) {
    list.push(static_cast<InstanceId>(now), now, now - longest);
    list.take(static_cast<std::size_t>(now) % 10, now, now - longest);
    most = std::max(most, list.log.notes());
  }
  // Each time has a size, an end that was empty, and at most two more places; and as much again that was not thrown away yet.
  EXPECT_LE(most, 2U * 4U * static_cast<std::size_t>(longest + 2));
}

TEST(KnownLog, ACopyIsOfItsOwn) {
  List list;
  for (const InstanceId id : {1U, 2U, 3U}) list.known.push_back(id);
  list.take(0, 10, 0);
  List copy = list;
  list.take(0, 20, 0);
  EXPECT_EQ(copy.as_of(9), (std::vector<InstanceId>{1, 2, 3}));
  EXPECT_EQ(copy.as_of(30), (std::vector<InstanceId>{3, 2}));
  EXPECT_EQ(list.as_of(30), (std::vector<InstanceId>{2}));
}

}  // namespace

// Burn rates against the figures of the workbook's table 5-8, both sides of each threshold.

#include "run/judge/budget.h"

#include <gtest/gtest.h>

#include "run/judge/promise.h"

namespace {

using run::judge::Budget;
using run::judge::Burning;
using run::judge::Outcomes;
using run::judge::Share;

constexpr sim::Time window = 43'200 * sim::second;  // alerts: 60 s and 5 s, 360 s and 30 s, 4320 s and 360 s

/// A second at a time; `bad` of 10,000 in each.
void run(Share& share, int from, int to, std::uint64_t bad) {
  for (int s = from; s < to; ++s) share.add(s * sim::second, (s + 1) * sim::second, {10'000, bad});
}

TEST(Budget, HasTheWindowsOfTheTable) {
  // A twelfth of the long ones; with 30 days these are 1 h, 6 h, 3 days.
  const Budget month(30 * 86'400 * sim::second, 0.999);
  const auto rates = month.rates();
  EXPECT_EQ(rates[0].long_window, 3'600 * sim::second);
  EXPECT_EQ(rates[0].short_window, 300 * sim::second);
  EXPECT_EQ(rates[1].long_window, 6 * 3'600 * sim::second);
  EXPECT_EQ(rates[1].short_window, 1'800 * sim::second);
  EXPECT_EQ(rates[2].long_window, 3 * 86'400 * sim::second);
  EXPECT_EQ(rates[2].short_window, 6 * 3'600 * sim::second);
}

TEST(Budget, SpendsWhatTheTableSays) {
  // 14.4 for the whole long window is 2 % of the budget, 6 is 5 %, 1 is 10 %.
  for (const auto& [bad, seconds, spent] : {std::tuple(144, 60, 0.02), std::tuple(60, 360, 0.05), std::tuple(10, 4'320, 0.1)}) {
    Share share(window, 0.999);
    run(share, 0, seconds, static_cast<std::uint64_t>(bad));
    EXPECT_NEAR(1 - share.budget().left(), spent, 1e-12);
  }
}

TEST(Budget, FiresAtTheThresholdAndNotOnePastIt) {
  Share fast(window, 0.999), almost(window, 0.999);
  run(fast, 0, 60, 145);
  run(almost, 0, 60, 143);
  EXPECT_EQ(fast.burning(), Burning::fast);
  EXPECT_EQ(almost.burning(), Burning::no);
  run(almost, 60, 360, 143);
  EXPECT_EQ(almost.burning(), Burning::fast) << "14.3 is over 6 for six minutes";
  Share slow(window, 0.999), fine(window, 0.999);
  run(slow, 0, 4'320, 11);
  run(fine, 0, 4'320, 9);
  EXPECT_EQ(slow.burning(), Burning::slowly);
  EXPECT_EQ(fine.burning(), Burning::no);
}

TEST(Budget, IsOverWhenTheShortWindowIs) {
  Share share(window, 0.999);
  run(share, 0, 100, 0);
  run(share, 100, 104, 10'000);
  EXPECT_EQ(share.burning(), Burning::fast) << "4 s of nothing but failures: 66.7";
  EXPECT_EQ(share.since(), 100 * sim::second);
  run(share, 104, 108, 0);
  EXPECT_EQ(share.burning(), Burning::fast) << "a second of them is in the last five";
  run(share, 108, 109, 0);
  EXPECT_FALSE(share.budget().rates()[0].fires);
  EXPECT_EQ(share.since(), sim::never);
  EXPECT_EQ(share.burning(), Burning::fast) << "4 of 30 s, and 11 times too fast over 6 min";
  run(share, 109, 138, 0);
  EXPECT_EQ(share.burning(), Burning::no) << "four seconds of 72 min are too few for a ticket";
}

TEST(Budget, TotalFailureIsSeenAfterASecond) {
  // 1 s of 60 with every request failing is 1,000 / 60 = 16.7 times what is allowed.
  Share share(window, 0.999);
  run(share, 0, 100, 0);
  run(share, 100, 101, 10'000);
  EXPECT_EQ(share.burning(), Burning::fast);
}

TEST(Budget, ATicketIsOverWhenNothingBurnsAnyMore) {
  Share share(window, 0.999);
  run(share, 0, 1'000, 0);
  run(share, 1'000, 1'060, 10'000);
  run(share, 1'060, 1'090, 0);
  EXPECT_GT(share.budget().rates()[2].over_short, 100) << "its own short window is 6 min long";
  EXPECT_EQ(share.burning(), Burning::no);
}

TEST(Budget, HalfOfEverythingIsBrokenWhateverTheBudget) {
  // Nothing but failures for 8 s are 13.3 times what 99 % allows over a minute.
  Share share(window, 0.99);
  run(share, 0, 100, 0);
  run(share, 100, 102, 10'000);
  EXPECT_EQ(share.burning(), Burning::no) << "two of five seconds";
  run(share, 102, 103, 10'000);
  EXPECT_FALSE(share.budget().rates()[0].fires);
  EXPECT_EQ(share.burning(), Burning::fast);
}

TEST(Budget, FewRequestsSayNothing) {
  Share nine(window, 0.999), ten(window, 0.999);
  nine.add(0, 60 * sim::second, {9, 9});
  ten.add(0, 60 * sim::second, {10, 10});
  EXPECT_EQ(nine.burning(), Burning::no);
  EXPECT_EQ(ten.burning(), Burning::fast);
}

TEST(Budget, ForgetsWhatIsOlderThanItsWindow) {
  Budget budget(window, 0.99);
  budget.add(sim::second, {100, 100});
  EXPECT_EQ(budget.outcomes(), (Outcomes{100, 100}));
  budget.add(window + 721 * sim::second, {50, 0});
  EXPECT_EQ(budget.outcomes(), (Outcomes{50, 0}));
  EXPECT_EQ(budget.left(), 1);
}

}  // namespace

// Each budget at its limits, and as a property: whatever is asked in whatever order, retries stay within what the budget promises.

#include "policies/retry_budget.h"

#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "policies/draws.h"

namespace {

using policies::AwsTokens;
using policies::ConcurrentRetries;
using policies::FinagleCredits;
using policies::GrpcTokens;
using policies::Outcome;
using policies::RatioOfActive;
using policies::RetryBudget;
using policies::RetryBudgetSpec;
using policies::SreRatio;
constexpr sim::Time ms = sim::millisecond;
constexpr sim::Time second = sim::second;

void request(RetryBudget& budget, const RetryBudgetSpec& spec, sim::Time now, Outcome outcome, int n = 1) {
  for (int i = 0; i < n; ++i) {
    budget.start(spec, now);
    budget.end(spec, now, outcome);
  }
}

/// How many retries may start at once, of at most `limit`.
int retries(RetryBudget& budget, const RetryBudgetSpec& spec, sim::Time now, Outcome cause = Outcome::failure, int limit = 10'000) {
  int n = 0;
  while (n < limit && budget.try_retry(spec, now, cause)) ++n;
  return n;
}

TEST(RetryBudget, NoneLetsEverythingPass) {
  const RetryBudgetSpec spec;
  RetryBudget budget(spec);
  EXPECT_EQ(retries(budget, spec, 0), 10'000);
  budget.end_retry(spec, 0, Outcome::failure, Outcome::success);
}

TEST(RetryBudget, EnvoyLetsThreeRunAtATime) {
  const RetryBudgetSpec spec = ConcurrentRetries{};
  RetryBudget budget(spec);
  for (int i = 0; i < 1'000; ++i) budget.start(spec, 0);
  EXPECT_EQ(retries(budget, spec, 0), 3);
  budget.end_retry(spec, 1, Outcome::failure, Outcome::failure);
  EXPECT_EQ(retries(budget, spec, 1), 1);
}

TEST(RetryBudget, EnvoysRatioIsAFifthOfWhatIsUnderWayButThreeAtLeast) {
  const RetryBudgetSpec spec = RatioOfActive{};
  RetryBudget few(spec);
  EXPECT_EQ(retries(few, spec, 0), 3) << "nothing else under way";
  RetryBudget budget(spec);
  for (int i = 0; i < 100; ++i) budget.start(spec, 0);
  // r retries make 100 + r under way; one more while r < (100 + r) / 5 rounded down, so the last one is asked for at 24 of 124 = 24.8.
  EXPECT_EQ(retries(budget, spec, 0), 24);
  for (int i = 0; i < 100; ++i) budget.end(spec, 1, Outcome::failure);
  EXPECT_EQ(retries(budget, spec, 1), 0);
  for (int i = 0; i < 22; ++i) budget.end_retry(spec, 2, Outcome::failure, Outcome::failure);
  EXPECT_EQ(retries(budget, spec, 2), 1) << "two are left, three may be";
}

TEST(RetryBudget, GrpcStopsAtHalfOfItsTokens) {
  const RetryBudgetSpec spec = GrpcTokens{};
  RetryBudget budget(spec);
  request(budget, spec, 0, Outcome::failure, 4);
  EXPECT_TRUE(budget.try_retry(spec, 0, Outcome::failure)) << "6 tokens of 10";
  request(budget, spec, 0, Outcome::failure);
  EXPECT_FALSE(budget.try_retry(spec, 0, Outcome::failure)) << "5: no more than half";
  request(budget, spec, 0, Outcome::success);
  EXPECT_TRUE(budget.try_retry(spec, 0, Outcome::failure)) << "5.1";
  budget.end_retry(spec, 0, Outcome::failure, Outcome::timeout);
  EXPECT_FALSE(budget.try_retry(spec, 0, Outcome::failure)) << "4.1: retries count, too";
  request(budget, spec, 0, Outcome::success, 9);
  EXPECT_FALSE(budget.try_retry(spec, 0, Outcome::failure)) << "exactly 5.0, ten tenths later";
  request(budget, spec, 0, Outcome::success);
  EXPECT_TRUE(budget.try_retry(spec, 0, Outcome::failure));
}

TEST(RetryBudget, GrpcsTokensStayBetweenNothingAndTheirLimit) {
  const RetryBudgetSpec spec = GrpcTokens{};
  RetryBudget budget(spec);
  request(budget, spec, 0, Outcome::failure, 1'000);
  request(budget, spec, 0, Outcome::success, 50);
  EXPECT_FALSE(budget.try_retry(spec, 0, Outcome::failure)) << "5.0 from nothing";
  request(budget, spec, 0, Outcome::success);
  EXPECT_TRUE(budget.try_retry(spec, 0, Outcome::failure));
  request(budget, spec, 0, Outcome::success, 1'000);
  request(budget, spec, 0, Outcome::bad_request, 100);
  request(budget, spec, 0, Outcome::failure, 4);
  EXPECT_TRUE(budget.try_retry(spec, 0, Outcome::failure)) << "6, not more than it can hold; bad requests cost nothing";
  request(budget, spec, 0, Outcome::failure);
  EXPECT_FALSE(budget.try_retry(spec, 0, Outcome::failure));
}

TEST(RetryBudget, FinagleGivesTenASecondAndAFifth) {
  const RetryBudgetSpec spec = FinagleCredits{};
  RetryBudget idle(spec);
  EXPECT_EQ(retries(idle, spec, 0), 100) << "10/s for the 10 s that credits last";
  EXPECT_EQ(retries(idle, spec, 9'999 * ms), 0);
  EXPECT_EQ(retries(idle, spec, 10 * second), 100);
  RetryBudget busy(spec);
  request(busy, spec, 0, Outcome::success, 1'000);
  EXPECT_EQ(retries(busy, spec, second), 300) << "100 and 20 % of 1,000";
  RetryBudget late(spec);
  request(late, spec, 0, Outcome::success, 1'000);
  EXPECT_EQ(retries(late, spec, 10 * second), 100) << "what was earned has expired";
}

TEST(RetryBudget, AwsPaysFiveForARetryAndTenForATimeOut) {
  const RetryBudgetSpec spec = AwsTokens{};
  RetryBudget budget(spec);
  EXPECT_EQ(retries(budget, spec, 0), 100) << "500 / 5";
  RetryBudget timeouts(spec);
  EXPECT_EQ(retries(timeouts, spec, 0, Outcome::timeout), 50) << "500 / 10";
  request(budget, spec, 0, Outcome::success, 4);
  EXPECT_EQ(retries(budget, spec, 0), 0) << "4 tokens";
  request(budget, spec, 0, Outcome::success);
  EXPECT_EQ(retries(budget, spec, 0), 1) << "5: one each";
  budget.end_retry(spec, 0, Outcome::failure, Outcome::success);
  EXPECT_EQ(retries(budget, spec, 0), 1) << "a retry that succeeds gives back what it took";
  budget.end_retry(spec, 0, Outcome::failure, Outcome::failure);
  EXPECT_EQ(retries(budget, spec, 0), 0) << "one that fails does not";
  timeouts.end_retry(spec, 0, Outcome::timeout, Outcome::success);
  EXPECT_EQ(retries(timeouts, spec, 0), 2) << "10 tokens, 5 each";
  request(budget, spec, 0, Outcome::failure, 100);
  EXPECT_EQ(retries(budget, spec, 0), 0) << "failures give nothing";
  request(budget, spec, 0, Outcome::success, 10'000);
  EXPECT_EQ(retries(budget, spec, 0), 100) << "no more than it can hold";
}

TEST(RetryBudget, SreRetriesBelowATenthOfRequests) {
  const RetryBudgetSpec spec = SreRatio{};
  RetryBudget budget(spec);
  EXPECT_EQ(retries(budget, spec, 0), 0);
  request(budget, spec, 0, Outcome::failure, 100);
  EXPECT_EQ(retries(budget, spec, 0), 10);
  request(budget, spec, 0, Outcome::failure, 1);
  EXPECT_EQ(retries(budget, spec, 0), 1) << "10 of 101 is below a tenth, 11 is not";
  EXPECT_EQ(retries(budget, spec, 119 * second), 0);
  EXPECT_EQ(retries(budget, spec, 120 * second), 0) << "the requests have left with their retries";
}

/// A history of random requests and retries. `check` is called after each step with the numbers now under way.
struct Load {
  explicit Load(std::uint64_t seed) : draws(seed) {}
  policies::Draws draws;
  sim::Time now = 0;
  std::uint32_t first = 0, again = 0;  // under way
  std::uint64_t starts = 0, granted = 0, refused = 0;
  std::deque<std::pair<sim::Time, bool>> log;  // starts (false) and retries (true)

  Outcome outcome() { return draws.chance(0.7) ? (draws.chance(0.3) ? Outcome::timeout : Outcome::failure) : Outcome::success; }

  /// True: a retry was granted.
  bool step(RetryBudget& budget, const RetryBudgetSpec& spec) {
    now += static_cast<sim::Time>(draws.below(20) * draws.below(20)) * ms / 10;
    const std::uint64_t what = draws.below(10);
    if (what < 4) {
      budget.start(spec, now);
      ++first;
      ++starts;
      log.emplace_back(now, false);
    } else if (what < 6) {
      if (first > 0) budget.end(spec, now, outcome());
      if (first > 0) --first;
    } else if (what < 7) {
      if (again > 0) budget.end_retry(spec, now, Outcome::failure, outcome());
      if (again > 0) --again;
    } else if (budget.try_retry(spec, now, Outcome::failure)) {
      ++again;
      ++granted;
      log.emplace_back(now, true);
      return true;
    } else {
      ++refused;
    }
    return false;
  }
  /// Of kind `retry` from `since` on.
  std::uint64_t logged(sim::Time since, bool retry) const {
    std::uint64_t n = 0;
    for (auto it = log.rbegin(); it != log.rend() && it->first >= since; ++it) n += it->second == retry ? 1U : 0U;
    return n;
  }
};

/// `bound` returns how many retries there may be, told the load right after a retry was granted; `have` how many there are.
template <class Have, class Bound>
void expect_bounded(const RetryBudgetSpec& spec, Have have, Bound bound) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    RetryBudget budget(spec);
    Load load(seed);
    for (int i = 0; i < 3'000; ++i) {
      if (load.step(budget, spec)) {
        ASSERT_LE(have(load), bound(load)) << "seed " << seed << ", step " << i;
      }
    }
    EXPECT_GT(load.granted, 0U);
    EXPECT_GT(load.refused, 0U);
  }
}

TEST(RetryBudget, ConcurrentRetriesAreBounded) {
  expect_bounded(
      ConcurrentRetries{3}, [](const Load& load) { return load.again; }, [](const Load&) { return 3; });
}

TEST(RetryBudget, TheRatioOfActiveIsBounded) {
  expect_bounded(
      RatioOfActive{20, 3}, [](const Load& load) { return load.again; },
      [](const Load& load) { return std::max(3.0, 0.2 * (load.first + load.again - 1)); });
}

TEST(RetryBudget, FinagleIsBoundedInEveryWindow) {
  expect_bounded(
      FinagleCredits{20, 2, 2 * second},
      [](const Load& load) { return 1.0 * static_cast<double>(load.logged(load.now / (200 * ms) * (200 * ms) - 1'800 * ms, true)); },
      [](const Load& load) {
        return 4 + 0.2 * static_cast<double>(load.logged(load.now / (200 * ms) * (200 * ms) - 1'800 * ms, false)) + 1e-9;
      });
}

TEST(RetryBudget, SreIsBoundedInEveryWindow) {
  // A retry is granted below a tenth: then there is at most one more than a tenth.
  expect_bounded(
      SreRatio{10, 5 * second},
      [](const Load& load) { return static_cast<double>(load.logged(load.now / (500 * ms) * (500 * ms) - 4'500 * ms, true)); },
      [](const Load& load) { return 1 + 0.1 * static_cast<double>(load.logged(load.now / (500 * ms) * (500 * ms) - 4'500 * ms, false)); });
}

TEST(RetryBudget, AwsIsBoundedByItsTokensAndWhatSucceeds) {
  // Of every 5 tokens for a retry none come back but by successes: with nothing but failures 100 are all there are.
  const RetryBudgetSpec spec = AwsTokens{};
  RetryBudget budget(spec);
  policies::Draws draws(8);
  int granted = 0;
  for (int i = 0; i < 10'000; ++i) {
    request(budget, spec, i, Outcome::failure);
    if (!budget.try_retry(spec, i, draws.chance(0.5) ? Outcome::timeout : Outcome::failure)) continue;
    ++granted;
    budget.end_retry(spec, i, Outcome::failure, Outcome::failure);
  }
  EXPECT_LE(granted, 100);
  EXPECT_GE(granted, 50);
}

TEST(RetryBudget, GrpcIsBoundedWhenEverythingFails) {
  // 10 tokens, none from successes: below half after 5 failures, whoever they are of.
  const RetryBudgetSpec spec = GrpcTokens{};
  RetryBudget budget(spec);
  int granted = 0;
  for (int i = 0; i < 1'000; ++i) {
    request(budget, spec, i, Outcome::failure);
    if (!budget.try_retry(spec, i, Outcome::failure)) continue;
    ++granted;
    budget.end_retry(spec, i, Outcome::failure, Outcome::failure);
  }
  EXPECT_EQ(granted, 2);  // after failures 1 (9 left) and 3 (7 left); the next finds 5
}

TEST(RetryBudget, CopiesGoOnIdentically) {
  for (const RetryBudgetSpec& spec : {RetryBudgetSpec(ConcurrentRetries{}), RetryBudgetSpec(RatioOfActive{}), RetryBudgetSpec(GrpcTokens{}),
                                      RetryBudgetSpec(FinagleCredits{20, 1, 2 * second}), RetryBudgetSpec(AwsTokens{50, 5, 10, 1}),
                                      RetryBudgetSpec(SreRatio{10, 5 * second})}) {
    RetryBudget a(spec);
    Load load(77);
    for (int i = 0; i < 500; ++i) load.step(a, spec);
    RetryBudget b = a;
    Load same = load;
    for (int i = 0; i < 2'000; ++i) ASSERT_EQ(load.step(a, spec), same.step(b, spec));
    EXPECT_GT(load.granted, 0U);
  }
}

TEST(RetryBudget, SettingsOutOfRangeAreNotValid) {
  for (const RetryBudgetSpec& spec :
       {RetryBudgetSpec{}, RetryBudgetSpec(ConcurrentRetries{}), RetryBudgetSpec(RatioOfActive{}), RetryBudgetSpec(GrpcTokens{}),
        RetryBudgetSpec(FinagleCredits{}), RetryBudgetSpec(AwsTokens{}), RetryBudgetSpec(SreRatio{})})
    EXPECT_TRUE(policies::valid(spec));
  for (const RetryBudgetSpec& spec :
       {RetryBudgetSpec(ConcurrentRetries{1'000'001}), RetryBudgetSpec(RatioOfActive{101, 3}), RetryBudgetSpec(GrpcTokens{1'001, 0.1}),
        RetryBudgetSpec(GrpcTokens{0, 0.1}), RetryBudgetSpec(GrpcTokens{10, 0}), RetryBudgetSpec(FinagleCredits{20, 10, 1'500 * ms}),
        RetryBudgetSpec(FinagleCredits{20, 10, 61 * second}), RetryBudgetSpec(AwsTokens{4, 5, 1, 1}), RetryBudgetSpec(SreRatio{-1, second}),
        RetryBudgetSpec(SreRatio{10, 3'601 * second})})
    EXPECT_FALSE(policies::valid(spec));
}

static_assert(sizeof(RetryBudget) <= 96);

}  // namespace

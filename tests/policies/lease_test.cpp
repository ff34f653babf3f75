// Eureka's arithmetic: leases, thresholds, limits; renewals counted without being told of each.

#include "policies/lease.h"

#include <gtest/gtest.h>

#include <vector>

#include "policies/poll.h"
#include "sim/random.h"

namespace {

using policies::eviction_limit;
using policies::lease_end;
using policies::LeaseSpec;
using policies::next_tick;
using policies::not_yet;
using policies::renewal_threshold;
using policies::Renewals;
using sim::second;

constexpr LeaseSpec eureka;

TEST(Lease, LastsTwiceAsLongOnceItWasRenewed) {
  EXPECT_EQ(lease_end(eureka, 10 * second, not_yet), 100 * second);
  EXPECT_EQ(lease_end(eureka, 10 * second, 40 * second), 220 * second);
}

TEST(Lease, ThresholdsAndLimitsAreRoundedAsEurekaDoes) {
  EXPECT_EQ(renewal_threshold(eureka, 300), 510U);
  EXPECT_EQ(renewal_threshold(eureka, 6), 10U);
  EXPECT_EQ(renewal_threshold(eureka, 7), 11U);
  EXPECT_EQ(renewal_threshold(eureka, 0), 0U);
  EXPECT_EQ(eviction_limit(eureka, 300), 45U);
  EXPECT_EQ(eviction_limit(eureka, 100), 15U);
  EXPECT_EQ(eviction_limit(eureka, 10), 2U) << "what is left is rounded down";
  EXPECT_EQ(eviction_limit(eureka, 1), 1U);
  EXPECT_EQ(eviction_limit(eureka, 0), 0U);
}

TEST(Lease, SettingsThatMakeNoSenseAreNotValid) {
  EXPECT_TRUE(eureka.valid());
  LeaseSpec spec;
  spec.heartbeat = 7 * second;
  EXPECT_FALSE(spec.valid()) << "a minute is no whole number of those";
  spec = {};
  spec.renewal_percent = 101;
  EXPECT_FALSE(spec.valid());
  spec = {};
  spec.pass = 0;
  EXPECT_FALSE(spec.valid());
}

Renewals of(std::uint64_t clients) {
  Renewals renewals(20 * second);
  for (std::uint64_t i = 0; i < clients; ++i) renewals.begin_with_one(eureka);
  return renewals;
}

TEST(Renewals, OneZoneOfThreeLostIsTooMany) {
  Renewals renewals = of(300);
  for (sim::Time i = 0; i < 100; ++i) renewals.misses(eureka, 30 * second, 30 * second + i);
  EXPECT_EQ(renewals.last_minute(eureka, 30 * second), 600U) << "the minute before";
  EXPECT_EQ(renewals.last_minute(eureka, 140 * second), 400U);
  EXPECT_EQ(renewals.threshold(eureka, 140 * second), 510U);
  EXPECT_FALSE(renewals.may_evict(eureka, 140 * second));
  EXPECT_EQ(renewals.silent(), 100U);
}

/// In small registries one is too many: 2 (n - 1) > floor(1.7 n) from 7 on.
TEST(Renewals, OneOfSixIsTooManyAndOneOfSevenIsNot) {
  for (std::uint64_t n = 1; n <= 40; ++n) {
    Renewals renewals = of(n);
    EXPECT_TRUE(renewals.may_evict(eureka, 0)) << n << " nobody is missing";
    renewals.misses(eureka, 30 * second, 31 * second);
    EXPECT_EQ(renewals.may_evict(eureka, 200 * second), n >= 7) << n;
  }
}

TEST(Renewals, WithoutSelfPreservationAllMayBeTakenOff) {
  LeaseSpec spec;
  spec.self_preservation = false;
  Renewals renewals = of(2);
  renewals.misses(spec, 30 * second, 31 * second);
  EXPECT_TRUE(renewals.may_evict(spec, 200 * second));
}

/// Nobody is expected by a registry that began empty, until it counts who is there.
TEST(Renewals, ARegistryThatBeganEmptyEvictsNobodyBeforeTheFirstCount) {
  Renewals renewals(0);
  for (int i = 0; i < 10; ++i) {
    renewals.registered(eureka, second);
    renewals.hears(eureka, second, 20 * second);
  }
  EXPECT_EQ(renewals.expected(eureka, 899 * second), 0U);
  EXPECT_FALSE(renewals.may_evict(eureka, 899 * second));
  EXPECT_EQ(renewals.expected(eureka, 900 * second), 10U);
  EXPECT_TRUE(renewals.may_evict(eureka, 900 * second));
}

TEST(Renewals, WhoComesAndGoesIsExpectedAtOnce) {
  Renewals renewals = of(100);
  renewals.registered(eureka, 30 * second);
  EXPECT_EQ(renewals.expected(eureka, 30 * second), 101U);
  renewals.cancelled(eureka, 31 * second);
  EXPECT_EQ(renewals.expected(eureka, 31 * second), 100U);
  EXPECT_EQ(renewals.clients(), 100U);
}

/// Against heartbeats that are sent one by one.
TEST(Renewals, AreThoseThatWouldHaveBeenSent) {
  for (std::uint64_t run = 0; run < 50; ++run) {
    auto draw = [&, n = std::uint64_t{0}](std::uint64_t below) mutable {
      return sim::scale(sim::draw(3, run, sim::Purpose::discovery, n++), below);
    };
    LeaseSpec spec;
    constexpr sim::Time periods[] = {30, 20, 60, 5};
    spec.heartbeat = periods[run % 4] * second;
    const auto phase = static_cast<sim::Time>(draw(60)) * second;
    Renewals renewals(phase);
    struct Client {
      sim::Time phase;
      bool heard;
    };
    std::vector<Client> clients;
    for (int i = 0; i < 20; ++i) {
      clients.push_back({static_cast<sim::Time>(draw(static_cast<std::uint64_t>(spec.heartbeat / second))) * second, true});
      renewals.begin_with_one(spec);
    }
    std::uint64_t this_minute = 0, last_minute = 0;
    for (sim::Time now = phase - 60 * second; now < 1'800 * second; now += second) {
      if (now > phase - 60 * second && policies::last_tick(now, 60 * second, phase) == now) {
        last_minute = this_minute;
        this_minute = 0;
      }
      if (now >= 0 && draw(10) == 0) {
        Client& client = clients[draw(clients.size())];
        const sim::Time next = next_tick(now, spec.heartbeat, client.phase);
        client.heard ? renewals.misses(spec, now, next) : renewals.hears(spec, now, next);
        client.heard = !client.heard;
      }
      for (const Client& client : clients) {
        if (client.heard && next_tick(now, spec.heartbeat, client.phase) == now) ++this_minute;
      }
      if (now >= phase && draw(3) == 0) {
        ASSERT_EQ(renewals.last_minute(spec, now), last_minute) << run << " " << now / second;
      }
    }
  }
}

}  // namespace

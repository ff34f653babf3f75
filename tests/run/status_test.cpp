#include "run/status.h"

#include <gtest/gtest.h>

namespace {

run::Structure system_with(run::InstanceState second) {
  run::Structure s;
  s.services.resize(1);
  s.services[0].desired = 2;
  s.groups = {{0, 0}};
  run::CellInfo cell;
  ++cell.instances.up;
  ++cell.instances[second];
  s.cells = {cell};
  return s;
}

run::Counters counts(std::uint64_t succeeded, std::uint64_t failed) {
  run::Counters c;
  c.succeeded = succeeded;
  c.failed = failed;
  return c;
}

TEST(Status, FollowsTheUsers) {
  const run::Structure fine = system_with(run::InstanceState::up);
  EXPECT_EQ(run::judge(fine, counts(1000, 0), counts(0, 0)).status, "healthy");
  EXPECT_EQ(run::judge(fine, counts(991, 9), counts(0, 0)).status, "healthy");
  EXPECT_EQ(run::judge(fine, counts(990, 10), counts(0, 0)).status, "degraded");
  EXPECT_EQ(run::judge(fine, counts(501, 499), counts(0, 0)).status, "degraded");
  EXPECT_EQ(run::judge(fine, counts(500, 500), counts(0, 0)).status, "outage");
}

TEST(Status, AHandfulOfRequestsSaysNothing) {
  EXPECT_EQ(run::judge(system_with(run::InstanceState::up), counts(0, 9), counts(0, 0)).status, "healthy");
  EXPECT_EQ(run::judge(system_with(run::InstanceState::up), counts(0, 10), counts(0, 0)).status, "outage");
}

TEST(Status, OnlyTheLastSecondCounts) {
  EXPECT_EQ(run::judge(system_with(run::InstanceState::up), counts(2000, 900), counts(1000, 900)).status, "healthy");
}

TEST(Status, LossesThatUsersDoNotNoticeAreNoOutage) {
  for (const run::InstanceState state : {run::InstanceState::down, run::InstanceState::dead}) {
    const run::Verdict verdict = run::judge(system_with(state), counts(1000, 0), counts(0, 0));
    EXPECT_EQ(verdict.status, "degraded, redundant");
    EXPECT_NE(verdict.detail.find("not an outage"), std::string::npos);
  }
  EXPECT_EQ(run::judge(system_with(run::InstanceState::starting), counts(1000, 0), counts(0, 0)).status, "healthy");
}

TEST(Status, WithoutAPathItIsAnOutageBeforeTheFirstFailure) {
  run::Structure s = system_with(run::InstanceState::down);
  s.redundant = false;
  EXPECT_EQ(run::judge(s, counts(1000, 0), counts(0, 0)).status, "outage");
}

TEST(Status, NamesTheZone) {
  run::Structure s = system_with(run::InstanceState::down);
  model::FaultRecord fault;
  fault.type = "zone.outage";
  fault.selector.zones = {"us-east-1.zoneB"};
  s.faults.push_back(fault);
  const run::Verdict verdict = run::judge(s, counts(1000, 0), counts(0, 0));
  EXPECT_EQ(verdict.detail.rfind("Zone failure in us-east-1.zoneB, absorbed by design", 0), 0U) << verdict.detail;
}

}  // namespace

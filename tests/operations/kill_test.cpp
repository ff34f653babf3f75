#include <gtest/gtest.h>

#include "operations/operations.h"
#include "support/worlds.h"

namespace {

using Kind = model::Refusal::Kind;
const std::string victim = "netflixoss.us-east-1.zoneA.homepage15";

Kind kind_of(const std::variant<model::InstanceId, model::Refusal>& result) {
  return std::get<model::Refusal>(result).kind;
}

TEST(Kill, TakesOneInstanceAwayAndUsersDoNotNotice) {
  model::World world(worlds::spec_of("netflixoss"));
  world.run_until(5 * sim::second);
  ASSERT_TRUE(std::holds_alternative<model::InstanceId>(operations::kill(world, victim)));
  EXPECT_EQ(world.instance(world.find_instance(victim)).state, model::InstanceState::dead);
  world.run_until(60 * sim::second);
  EXPECT_EQ(world.instance_count(), 64U);
  EXPECT_LE(worlds::requests_of(world).failed, 1U);
}

TEST(Kill, SaysWhoIsDeadGoneOrUnknown) {
  model::World world(worlds::spec_of("netflixoss"));
  operations::kill(world, victim);
  EXPECT_EQ(kind_of(operations::kill(world, victim)), Kind::gone);
  world.run_until(60 * sim::second);
  EXPECT_EQ(kind_of(operations::kill(world, victim)), Kind::gone);
  EXPECT_EQ(kind_of(operations::kill(world, "netflixoss.us-east-1.zoneA.homepage77")), Kind::not_found);
  EXPECT_EQ(kind_of(operations::kill(world, "")), Kind::not_found);
}

TEST(KillMachine, TakesAllContainersWithItAndIsGoneThen) {
  model::World world(worlds::spec_of("containers"));
  const std::string name = "containers.us-east-1.zoneB.node01";
  const std::uint32_t machine = world.find_machine(name);
  ASSERT_NE(machine, model::Machines::none);
  const std::vector<model::InstanceId> there = world.machines()[machine].instances;
  ASSERT_GE(there.size(), 2U);
  const auto killed = operations::kill_machine(world, name);
  EXPECT_EQ(std::get<std::vector<model::InstanceId>>(killed), there);
  for (const model::InstanceId id : there) EXPECT_EQ(world.instance(id).state, model::InstanceState::dead);
  EXPECT_EQ(std::get<model::Refusal>(operations::kill_machine(world, name)).kind, model::Refusal::Kind::gone);
  EXPECT_EQ(std::get<model::Refusal>(operations::kill_machine(world, "node01")).kind, model::Refusal::Kind::not_found);
  model::World plain(worlds::spec_of("lamp"));
  EXPECT_NE(std::get<model::Refusal>(operations::kill_machine(plain, name)).detail.find("has none"), std::string::npos);
}

}  // namespace

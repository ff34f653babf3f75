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

}  // namespace

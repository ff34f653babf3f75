#include <gtest/gtest.h>

#include "support/worlds.h"

namespace {

TEST(Names, AddressesFollowTheOrderOfCreation) {
  const model::World world(worlds::spec_of("netflixoss"));
  const model::InstanceId first = world.find_instance("netflixoss.us-east-1.zoneA.cassSubscriber00");
  const model::InstanceId second = world.find_instance("netflixoss.us-east-1.zoneB.cassSubscriber01");
  EXPECT_EQ(world.address_of(first), "54.198.0.1");
  EXPECT_EQ(world.address_of(second), "54.221.0.2");
}

TEST(Names, FindsWhatItPrints) {
  const model::World world(worlds::spec_of("migration9"));
  for (const model::Service& service : world.shared().services) {
    for (const model::InstanceId id : worlds::instances_of(world, service.name)) EXPECT_EQ(world.find_instance(world.name_of(id)), id);
  }
  EXPECT_EQ(world.find_instance("migration9.us-east-1.zoneA.nobody00"), model::no_instance);
  EXPECT_EQ(world.find_instance(""), model::no_instance);
}

TEST(Names, RemembersWhoWasHere) {
  model::World world(worlds::spec_of("netflixoss"));
  const std::string name = "netflixoss.us-east-1.zoneA.homepage15";
  world.kill(world.find_instance(name));
  world.run_until(60 * sim::second);
  EXPECT_EQ(world.find_instance(name), model::no_instance);
  EXPECT_TRUE(world.was_here(name));
  EXPECT_FALSE(world.was_here("netflixoss.us-east-1.zoneB.homepage15"));  // that one is in zoneA
  EXPECT_FALSE(world.was_here("netflixoss.us-east-1.zoneA.homepage99"));
  EXPECT_FALSE(world.was_here("netflixoss.us-east-1.zoneA.homepagexx"));
}

TEST(Selector, AllPartsHaveToMatch) {
  const model::World world(worlds::spec_of("netflixoss"));
  model::Selector selector;
  selector.zones = {"us-east-1.zoneB"};
  EXPECT_EQ(world.select(selector).size(), 21U);
  selector.services = {"homepage", "login"};
  EXPECT_EQ(world.select(selector).size(), 14U);
  selector.regions = {"us-west-2"};
  EXPECT_TRUE(world.select(selector).empty());
}

}  // namespace

#include <gtest/gtest.h>

#include "operations/operations.h"
#include "support/worlds.h"

namespace {

using Kind = model::Refusal::Kind;

TEST(SetShedding, IsThatOfTheServiceFromThenOn) {
  model::World world(worlds::spec_of("netflixoss"));
  const std::uint32_t subscriber = *world.find_service("subscriber");
  const model::Shedding shedding{.limit = policies::VegasSpec{}, .shares = {}, .utilisation = {}};
  ASSERT_FALSE(operations::set_shedding(world, "subscriber", &shedding));
  EXPECT_EQ(world.shared().sheddings.at(world.shared().services[subscriber].shedding), shedding);
  for (const model::InstanceId id : worlds::instances_of(world, "subscriber")) EXPECT_EQ(world.instance(id).reach, model::Reach::sheds);
  ASSERT_FALSE(operations::set_shedding(world, "subscriber", nullptr));
  EXPECT_EQ(world.shared().services[subscriber].shedding, 0U);
  for (const model::InstanceId id : worlds::instances_of(world, "subscriber")) EXPECT_EQ(world.instance(id).reach, model::Reach::open);
}

TEST(SetShedding, SaysWhatIsWrong) {
  model::World world(worlds::spec_of("netflixoss"));
  const model::Shedding shedding{.limit = policies::VegasSpec{}, .shares = {}, .utilisation = {}};
  EXPECT_EQ(operations::set_shedding(world, "subscribe", &shedding)->kind, Kind::not_found);
  const auto source = operations::set_shedding(world, "www", &shedding);
  ASSERT_TRUE(source.has_value());
  EXPECT_EQ(source->kind, Kind::invalid);
  EXPECT_EQ(source->detail, "\"www\" is a load source: it is asked by nobody, so it has nothing to shed");
  for (const model::Occurrence& o : world.take_occurrences()) EXPECT_NE(o.type, "shedding.changed");
}

}  // namespace

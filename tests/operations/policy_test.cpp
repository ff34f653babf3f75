#include <gtest/gtest.h>

#include "operations/operations.h"
#include "support/worlds.h"

namespace {

using Kind = model::Refusal::Kind;

const model::Policy& preset(const architecture::Defaults& known, const std::string& name) {
  for (const architecture::PolicyPreset& p : known.policies) {
    if (p.name == name) return p.policy;
  }
  throw std::runtime_error(name);
}

/// Of homepage's only dependency.
std::uint32_t policy_number(const model::World& world) {
  const model::Service& homepage = world.shared().services[*world.find_service("homepage")];
  return world.shared().dependencies[homepage.calls.at(0)].policy;
}

std::vector<std::string> told(model::World& world) {
  std::vector<std::string> messages;
  for (const model::Occurrence& o : world.take_occurrences()) {
    if (o.type == "policy.changed") messages.push_back(o.message);
  }
  return messages;
}

TEST(SetPolicy, IsTheOneOfTheDependencyFromThenOn) {
  model::World world(worlds::spec_of("netflixoss"));
  const architecture::Defaults known = worlds::defaults();
  const model::Policy& ribbon = preset(known, "ribbon-2");
  EXPECT_EQ(policy_number(world), 0U);
  ASSERT_FALSE(operations::set_policy(world, "homepage", "subscriber", &ribbon));
  EXPECT_EQ(world.shared().policies.at(policy_number(world)), ribbon);
  model::Policy own;
  own.timeout = sim::second;
  ASSERT_FALSE(operations::set_policy(world, "homepage", "subscriber", &own));
  EXPECT_EQ(world.shared().policies.at(policy_number(world)), own);
  ASSERT_FALSE(operations::set_policy(world, "homepage", "subscriber", nullptr));
  EXPECT_EQ(policy_number(world), 0U);
  EXPECT_EQ(told(world), (std::vector<std::string>{"homepage now calls subscriber under ribbon-2",
                                                   "homepage now calls subscriber under a policy of its own",
                                                   "homepage now calls subscriber without a policy"}));
}

TEST(SetPolicy, SaysWhichNameIsWrong) {
  model::World world(worlds::spec_of("netflixoss"));
  const model::Policy policy;
  const auto refused = [&](const std::string& service, const std::string& dependency) {
    const auto refusal = operations::set_policy(world, service, dependency, &policy);
    EXPECT_TRUE(refusal.has_value()) << service << " " << dependency;
    return refusal.value_or(model::Refusal{});
  };
  EXPECT_EQ(refused("homepag", "subscriber").kind, Kind::not_found);
  EXPECT_EQ(refused("homepage", "login").kind, Kind::not_found);
  EXPECT_EQ(refused("homepage", "subscribers").detail, R"(service "homepage" has no dependency "subscribers"; did you mean "subscriber"?)");
  EXPECT_EQ(refused("evcacheSubscriber", "login").detail, R"(service "evcacheSubscriber" has no dependency "login"; it has none)");
  EXPECT_EQ(refused("cassSubscriber", "cassSubscriber").kind, Kind::invalid);
  EXPECT_EQ(refused("cassSubscriber", "eureka").kind, Kind::invalid);
  EXPECT_EQ(refused("homepage", "eureka").kind, Kind::not_found) << "it has no registry";
  EXPECT_TRUE(told(world).empty());
}

}  // namespace

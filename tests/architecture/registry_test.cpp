// The registry of a document: presets, what is different from them, what is wrong with it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reading.h"
#include "schema.h"

namespace architecture_test {
namespace {

using model::DiscoveryKind;
using model::DiscoverySpec;
using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// "code pointer", for each problem; none when there is none.
template <class Result>
std::vector<std::string> problems_in(const Result& result) {
  const auto* problems = std::get_if<architecture::Problems>(&result);
  return problems == nullptr ? std::vector<std::string>() : summary(*problems);
}

json with_registry(const json& registry) {
  json document = json::parse(R"({"arch": "a", "services": [{"name": "s", "package": "store"}]})");
  document["registry"] = registry;
  return document;
}

std::vector<std::string> problems_with(const json& registry) {
  return problems_of(with_registry(registry).dump());
}

DiscoverySpec read(const json& registry) {
  auto result = architecture::read_architecture(with_registry(registry).dump(), packages(), protocols(), presets(), registries());
  if (const auto* problems = std::get_if<architecture::Problems>(&result)) throw std::runtime_error(problems->front().message);
  return *std::get<architecture::Architecture>(result).registry;
}

TEST(Registry, IsFixedWhenNothingIsSaid) {
  const auto read = architecture::read_architecture(with_service(""), packages(), protocols(), presets(), registries());
  EXPECT_FALSE(std::get<architecture::Architecture>(read).registry.has_value());
}

TEST(Registry, PresetsAreWhatTheyCopy) {
  EXPECT_EQ(registries().size(), 5U);
  EXPECT_EQ(read("fixed").kind, DiscoveryKind::fixed);
  const DiscoverySpec eureka = read("eureka-default");
  EXPECT_EQ(eureka.name, "eureka-default");
  EXPECT_EQ(eureka.kind, DiscoveryKind::leases);
  EXPECT_EQ(eureka.leases, policies::LeaseSpec{}) << "those are Eureka's";
  EXPECT_EQ(eureka.caches, (policies::Caches{30 * sim::second, 30 * sim::second, 30 * sim::second}));
  EXPECT_EQ(eureka.drain_least, eureka.caches.longest()) << "SECONDS_TO_WAIT_AFTER_EUREKA_CHANGE = 90";
  EXPECT_EQ(read("eureka-fast").caches.longest(), 9 * sim::second);
  const DiscoverySpec kubernetes = read("kubernetes");
  EXPECT_EQ(kubernetes.kind, DiscoveryKind::probes);
  EXPECT_EQ(kubernetes.probes.health, policies::HealthSpec::kubernetes_readiness());
  EXPECT_FALSE(kubernetes.probes.fails_open);
  EXPECT_EQ(kubernetes.drain_longest, 30 * sim::second);
  const DiscoverySpec alb = read("target-group");
  EXPECT_EQ(alb.probes.health, policies::HealthSpec::alb());
  EXPECT_TRUE(alb.probes.fails_open);
  EXPECT_EQ(alb.drain_longest, 300 * sim::second);
  for (const architecture::RegistryPreset& preset : registries()) EXPECT_TRUE(preset.spec.valid()) << preset.spec.name;
}

TEST(Registry, WhatIsSaidIsDifferentFromThePreset) {
  const DiscoverySpec spec = read({{"preset", "eureka-default"}, {"selfPreservation", false}, {"fetchMs", 5'000}});
  EXPECT_FALSE(spec.leases.self_preservation);
  EXPECT_EQ(spec.caches, (policies::Caches{30 * sim::second, 5 * sim::second, 30 * sim::second}));
  EXPECT_EQ(spec.leases.heartbeat, 30 * sim::second);
  EXPECT_EQ(read({{"preset", "fixed"}, {"delayMs", 500}}).delay, 500 * sim::millisecond);
  EXPECT_EQ(read("fixed").delay, std::nullopt);
  const DiscoverySpec plain = read({{"kind", "probes"}});
  EXPECT_EQ(plain.name, "");
  EXPECT_EQ(plain.caches.longest(), 0);
}

TEST(Registry, WhatIsWrongIsSaid) {
  EXPECT_THAT(problems_with(1), ElementsAre("wrongType /registry"));
  EXPECT_THAT(problems_with(nullptr), ElementsAre("wrongType /registry"));
  EXPECT_THAT(problems_with("eureka-defualt"), ElementsAre("unknownPreset /registry"));
  EXPECT_THAT(problems_with("my registry"), ElementsAre("badName /registry"));
  EXPECT_THAT(problems_with(json::object()), ElementsAre("missingField /registry/kind"));
  EXPECT_THAT(problems_with({{"kind", "gossip"}}), ElementsAre("unknownChoice /registry/kind"));
  EXPECT_THAT(problems_with({{"preset", "consul"}, {"fetchMs", -1}}), ElementsAre("unknownPreset /registry/preset"));
  EXPECT_THAT(problems_with({{"preset", "kubernetes"}, {"kind", "leases"}}), ElementsAre("conflict /registry/kind"));
  EXPECT_THAT(problems_with({{"preset", "kubernetes"}, {"leaseMs", 90'000}}), ElementsAre("unknownField /registry/leaseMs"));
  EXPECT_THAT(problems_with({{"preset", "fixed"}, {"fetchMs", 1}}), ElementsAre("unknownField /registry/fetchMs"));
  EXPECT_THAT(problems_with({{"preset", "kubernetes"}, {"intervalMs", 500}}), ElementsAre("outOfRange /registry/timeoutMs"));
  EXPECT_THAT(problems_with({{"preset", "kubernetes"}, {"why", "?"}}), ElementsAre("unknownField /registry/why"));
}

TEST(Registry, AProblemSaysWhatWouldBeRight) {
  const auto read =
      architecture::read_architecture(with_registry("eureka-defualt").dump(), packages(), protocols(), presets(), registries());
  const model::Problem& problem = std::get<architecture::Problems>(read).front();
  EXPECT_EQ(problem.message, R"(There is no registry "eureka-defualt"; did you mean "eureka-default"?)");
  EXPECT_EQ(problem.known.front(), "eureka-default");
  EXPECT_EQ(problem.known.size(), 5U);
}

TEST(Registry, PresetsAreChecked) {
  json wrong = json::parse(file("config/packages.json"));
  wrong["registries"]["fixed"].erase("why");
  wrong["registries"]["eureka-fast"].erase("kind");
  wrong["registries"]["kubernetes"]["healthy"] = 0;
  wrong["registries"]["my registry"] = wrong["registries"]["target-group"];
  wrong["registries"]["target-group"] = 1;
  EXPECT_THAT(problems_in(architecture::read_defaults(wrong.dump(), packages())),
              UnorderedElementsAre("missingField /registries/fixed/why", "missingField /registries/eureka-fast/kind",
                                   "outOfRange /registries/kubernetes/healthy", "badName /registries/my registry",
                                   "wrongType /registries/target-group"));
  wrong.erase("registries");
  EXPECT_THAT(problems_in(architecture::read_defaults(wrong.dump(), packages())), ElementsAre("missingField /registries"));
  wrong["registries"] = json::array();
  EXPECT_THAT(problems_in(architecture::read_defaults(wrong.dump(), packages())), ElementsAre("wrongType /registries"));
}

TEST(Registry, NumberOfPresetsIsLimited) {
  json many = json::parse(file("config/packages.json"));
  const json one = many["registries"]["fixed"];
  many["registries"] = json::object();
  for (std::size_t i = 0; i < architecture::registries_max; ++i) many["registries"]["r" + std::to_string(i)] = one;
  EXPECT_THAT(problems_in(architecture::read_defaults(many.dump(), packages())), IsEmpty());
  many["registries"]["more"] = one;
  EXPECT_THAT(problems_in(architecture::read_defaults(many.dump(), packages())), ElementsAre("tooMany /registries"));
}

/// The rules of a member, with what it refers to.
json resolved(const json& rule) {
  if (!rule.contains("$ref")) return rule;
  const std::string name = rule["$ref"].get<std::string>().substr(std::string("#/$defs/").size());
  return schema()["$defs"][name];
}

TEST(Registry, TheSchemaKnowsTheSame) {
  const json kinds = schema()["$defs"]["registry"]["anyOf"];
  EXPECT_EQ(kinds.size(), 3U);
  for (const json& kind : kinds) {
    const std::string name = kind["properties"]["kind"]["const"];
    const json usual = {{"kind", name}};
    json unknown = usual;
    unknown["qqqqqqqqqq"] = 1;
    const auto result = architecture::read_architecture(with_registry(unknown).dump(), packages(), protocols(), presets(), registries());
    EXPECT_THAT(std::get<architecture::Problems>(result).front().known, testing::UnorderedElementsAreArray(names_of(kind["properties"])));
    for (const auto& [member, given] : kind["properties"].items()) {
      const json rule = resolved(given);
      if (!rule.contains("minimum")) continue;
      const double least = rule["minimum"], most = rule["maximum"];
      const std::string wrong = "outOfRange /registry/" + member;
      const auto problems = [&, &member = member](double value) {
        json registry = usual;
        registry["drainLongestMs"] = 3'600'000;
        if (name == "probes") registry["intervalMs"] = 3'600'000;
        registry[member] = rule["type"] == "integer" ? json(static_cast<std::int64_t>(value)) : json(value);
        std::vector<std::string> found = problems_with(registry);
        std::erase_if(found, [&](const std::string& line) { return line != wrong; });
        return found;
      };
      // The least time-out suits every interval; the least longest drain does not suit the usual least one.
      if (member != "drainLongestMs") {
        EXPECT_THAT(problems(least), IsEmpty()) << member;
      }
      EXPECT_THAT(problems(most), IsEmpty()) << member;
      EXPECT_THAT(problems(least - 1), ElementsAre(wrong)) << member;
      EXPECT_THAT(problems(most + 1), ElementsAre(wrong)) << member;
    }
  }
}

}  // namespace
}  // namespace architecture_test

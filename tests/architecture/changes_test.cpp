// Autoscalers, deployments, routes and versions in documents and bodies: what may be said, what makes no sense and what would be right; the
// JSON Schema and the reader know the same.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reading.h"
#include "schema.h"

namespace architecture_test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;

template <class Read>
std::vector<std::string> problems(Read read, const json& body) {
  const auto result = read(body.dump());
  const auto* found = std::get_if<architecture::Problems>(&result);
  return found == nullptr ? std::vector<std::string>{} : summary(*found);
}

std::vector<std::string> of_autoscaler(const json& body) {
  return problems([](const std::string& text) { return architecture::read_autoscaler(text); }, body);
}
std::vector<std::string> of_deployment(const json& body) {
  return problems([](const std::string& text) { return architecture::read_deployment(text); }, body);
}
std::vector<std::string> of_routes(const json& body) {
  return problems([](const std::string& text) { return architecture::read_routing(text); }, body);
}
std::vector<std::string> of_flags(const json& body) {
  return problems([](const std::string& text) { return architecture::read_flags(text); }, body);
}
model::DeploymentSpec deployment(const json& body) {
  return std::get<model::DeploymentSpec>(architecture::read_deployment(body.dump()));
}

TEST(Autoscalers, HaveTheDefaultsOfKubernetes) {
  policies::AutoscalerSpec usual;
  usual.max = 7;
  EXPECT_EQ(std::get<policies::AutoscalerSpec>(architecture::read_autoscaler(R"({"max": 7})")), usual);
}

TEST(Autoscalers, ThatMakeNoSense) {
  EXPECT_THAT(of_autoscaler({{"min", 3}}), ElementsAre("missingField /max"));
  EXPECT_THAT(of_autoscaler({{"min", 3}, {"max", 2}}), ElementsAre("outOfRange /max"));
  EXPECT_THAT(of_autoscaler({{"max", 1}, {"metrics", json::array()}}), ElementsAre("wrongCount /metrics"));
  EXPECT_THAT(
      of_autoscaler({{"max", 1}, {"metrics", {{{"name", "cpu"}, {"target", 0}}}}, {"tolerance", 2}, {"syncMs", 1}, {"extra", 1}}).size(),
      5U);
  EXPECT_THAT(of_autoscaler({{"max", 1}, {"behaviour", {{"up", {{"rules", {{{"kind", "percent"}, {"value", 0}}}}, {"select", "some"}}}}}}),
              UnorderedElementsAre("outOfRange /behaviour/up/rules/0/value", "unknownChoice /behaviour/up/select"));
}

TEST(Autoscalers, TheSchemaKnowsTheirFields) {
  const auto known = [](const json& body) {
    const auto result = architecture::read_autoscaler(body.dump());
    for (const model::Problem& problem : std::get<architecture::Problems>(result)) {
      if (problem.code == "unknownField") return problem.known;
    }
    return std::vector<std::string>{};
  };
  const json definitions = schema()["$defs"];
  EXPECT_THAT(known({{"max", 1}, {"qqqq", 1}}), UnorderedElementsAreArray(names_of(definitions["autoscaler"]["properties"])));
  EXPECT_THAT(known({{"max", 1}, {"behaviour", {{"up", {{"qqqq", 1}}}}}}),
              UnorderedElementsAreArray(names_of(definitions["scalingBehaviour"]["properties"])));
  EXPECT_EQ(definitions["autoscaler"]["properties"]["metrics"]["items"]["properties"]["name"]["enum"].get<std::vector<std::string>>(),
            policies::autoscaler_metric_names());
  EXPECT_EQ(definitions["scalingBehaviour"]["properties"]["select"]["enum"].get<std::vector<std::string>>(),
            policies::autoscaler_select_names());
}

TEST(Autoscalers, AreNotForLoadSources) {
  const json document = {{"arch", "a"}, {"services", {{{"name", "s"}, {"package", "denominator"}, {"autoscaler", {{"max", 2}}}}}}};
  EXPECT_THAT(problems_of(document.dump()), ElementsAre("conflict /services/0/autoscaler"));
}

TEST(VersionsOfDocuments, AreNamesAndRanges) {
  const auto with = [](const json& versions) {
    return json{{"arch", "a"},
                {"services",
                 {{{"name", "s"}, {"package", "store"}, {"version", "1.3.0"}},
                  {{"name", "t"}, {"package", "karyon"}, {"dependencies", {{{"service", "s"}, {"versions", versions}}}}}}}};
  };
  for (const json& right : {json("1"), json("1.3"), json("1.3.0"), json{{"min", "1.2"}, {"max", "1.4.9"}}}) {
    EXPECT_THAT(problems_of(with(right).dump()), ElementsAre()) << right;
  }
  for (const json& wrong : {json("new"), json("1.3.0.1"), json{{"min", "2"}, {"max", "1"}}}) {
    EXPECT_THAT(problems_of(with(wrong).dump()), ElementsAre("badVersion /services/1/dependencies/0/versions")) << wrong;
  }
  EXPECT_THAT(problems_of(with(3).dump()), ElementsAre("wrongType /services/1/dependencies/0/versions"));
  json named = with("1");
  named["services"][0]["version"] = "1 3";
  EXPECT_THAT(problems_of(named.dump()), ElementsAre("badName /services/0/version"));
}

TEST(Deployments, AVersionMayHaveItsContentBesideItOrInIt) {
  const json content = {
      {"serviceTimeFactor", 2}, {"errorRate", 0.1}, {"startUpMs", 5}, {"memoryLeak", {{"crashAfterMs", 60'000}}}, {"contract", "1.2"}};
  json beside = content, within = content;
  beside["version"] = "1.2.4";
  within["id"] = "1.2.4";
  EXPECT_EQ(deployment(beside), deployment({{"version", within}}));
  const model::VersionSpec version = deployment(beside).version;
  EXPECT_EQ(version.service_time_factor, 2);
  EXPECT_EQ(version.start_up_ms, 5);
  EXPECT_EQ(version.crash_after_ms, 60'000);
  EXPECT_EQ(version.contract, model::range_of("1.2"));
}

TEST(Deployments, AStrategyIsANameOrAnObjectAndAPresetIsBoth) {
  const model::DeploymentSpec plain = deployment({{"version", "2"}});
  EXPECT_EQ(plain.strategy, model::Strategy::rolling);
  EXPECT_EQ(deployment({{"version", "2"}, {"batchPercent", 50}}).max_surge, (model::Amount{50, true}));
  EXPECT_EQ(deployment({{"version", "2"}, {"strategy", "blueGreen"}}).strategy, model::Strategy::blue_green);
  for (const std::string& name : model::deployment_preset_names()) {
    model::DeploymentSpec preset = model::deployment_preset(name);
    preset.version.name = "2";
    EXPECT_EQ(deployment({{"version", "2"}, {"preset", name}}), preset) << name;
  }
  const model::DeploymentSpec changed =
      deployment({{"version", "2"}, {"preset", "flagger"}, {"strategy", {{"analysis", {{"intervalMs", 30'000}}}}}});
  EXPECT_EQ(changed.analysis.interval, 30 * sim::second);
  EXPECT_EQ(changed.analysis.bounds, model::deployment_preset("flagger").analysis.bounds);
  const json canary = {{"kind", "canary"},
                       {"steps", {{{"weight", 5}}, {{"pauseMs", 1'000}}, {{"pauseMs", nullptr}}, {{"analysis", true}}}},
                       {"analysis", {{"metrics", {{{"metric", "latencyP99"}, {"maxRatio", 1.5}}}}}}};
  const model::DeploymentSpec steps =
      deployment({{"version", "2"}, {"strategy", canary}, {"rollbackShape", "weighted"}, {"autoRollback", false}});
  EXPECT_EQ(steps.steps.size(), 4U);
  EXPECT_FALSE(steps.steps[2].duration);
  EXPECT_TRUE(steps.weighted_rollback);
  EXPECT_FALSE(steps.auto_rollback);
}

TEST(Deployments, ThatMakeNoSense) {
  EXPECT_THAT(of_deployment(json::object()), ElementsAre("missingField /version"));
  EXPECT_THAT(of_deployment({{"version", "1 2"}}), ElementsAre("badName /version"));
  EXPECT_THAT(of_deployment({{"version", "2"}, {"strategy", "purple"}}), ElementsAre("unknownChoice /strategy"));
  EXPECT_THAT(of_deployment({{"version", "2"}, {"preset", "asgard"}, {"strategy", "rolling"}}), ElementsAre("conflict /strategy"));
  EXPECT_THAT(of_deployment({{"version", "2"}, {"strategy", "canary"}}), ElementsAre("missingField /strategy"));
  EXPECT_THAT(of_deployment({{"version", "2"}, {"strategy", {{"kind", "canary"}, {"steps", {{{"analysis", true}}}}}}}),
              ElementsAre("missingField /strategy/analysis"));
  EXPECT_THAT(of_deployment({{"version", "2"},
                             {"strategy",
                              {{"kind", "canary"},
                               {"steps", {{{"weight", 1}, {"analysis", true}}}},
                               {"analysis", {{"metrics", {{{"metric", "errorRate"}}}}}}}}}),
              UnorderedElementsAre("conflict /strategy/steps/0", "missingField /strategy/analysis/metrics/0"));
  EXPECT_THAT(
      of_deployment({{"version", "2"}, {"strategy", {{"kind", "rolling"}, {"maxSurge", 1}, {"maxSurgePercent", 101}, {"steps", 1}}}}),
      UnorderedElementsAre("conflict /strategy/maxSurgePercent", "outOfRange /strategy/maxSurgePercent", "unknownField /strategy/steps"));
  EXPECT_THAT(of_deployment({{"version", "2"}, {"strategy", {{"kind", "rollingRedBlack"}, {"targetPercentages", {50, 20}}}}}),
              ElementsAre("outOfRange /strategy/targetPercentages/1"));
  EXPECT_THAT(of_deployment({{"version", "2"}, {"strategy", "recreate"}, {"batchPercent", 10}}), ElementsAre("conflict /batchPercent"));
  EXPECT_THAT(
      of_deployment(
          {{"version", "2"}, {"serviceTimeFactor", 0}, {"errorRate", 2}, {"memoryLeak", json::object()}, {"rollbackShape", "round"}}),
      UnorderedElementsAre("outOfRange /serviceTimeFactor", "outOfRange /errorRate", "missingField /memoryLeak/crashAfterMs",
                           "unknownChoice /rollbackShape"));
}

TEST(Routes, AreRules) {
  const auto read = std::get<model::RoutingSpec>(architecture::read_routing(
      R"({"rules": [{"match": {"header": "x-beta", "percent": 5, "client": "web", "clientVersion": "2.0.0"}, "toVersion": "1.2.4", "weight": 10, "sticky": true, "mirror": true}]})"));
  ASSERT_EQ(read.rules.size(), 1U);
  EXPECT_EQ(read.rules[0], (model::RouteRule{"x-beta", 5, "web", "2.0.0", "1.2.4", 10, true, true}));
  EXPECT_THAT(of_routes(json::object()), ElementsAre("missingField /rules"));
  EXPECT_THAT(of_routes({{"rules", {{{"weight", 101}, {"match", {{"cookie", "x"}}}}}}}),
              UnorderedElementsAre("missingField /rules/0/toVersion", "outOfRange /rules/0/weight", "unknownField /rules/0/match/cookie"));
  EXPECT_THAT(of_routes({{"rules", json::array({1})}}), ElementsAre("wrongType /rules/0"));
}

TEST(Flags, AreOfAVersion) {
  EXPECT_THAT(of_flags({{"flags", {{{"name", "cart"}, {"version", "1.2.4"}, {"on", true}}}}}), ElementsAre());
  EXPECT_THAT(of_flags({{"flags", {{{"name", ""}, {"errorRate", 2}}}}}),
              UnorderedElementsAre("empty /flags/0/name", "missingField /flags/0/version", "missingField /flags/0/on",
                                   "outOfRange /flags/0/errorRate"));
}

}  // namespace
}  // namespace architecture_test

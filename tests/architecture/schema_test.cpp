// The JSON Schema and the reader know the same fields and the same ranges.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reading.h"
#include "schema.h"

namespace architecture_test {
namespace {

using nlohmann::json;

/// What the reader knows at a place: it says so of a field that it does not know.
std::vector<std::string> known_at(const json& document, const std::string& pointer) {
  const auto result = architecture::read_architecture(document.dump(), packages(), protocols(), presets(), registries());
  if (const auto* problems = std::get_if<architecture::Problems>(&result)) {
    for (const model::Problem& problem : *problems) {
      if (problem.code == "unknownField" && problem.pointer == pointer) return problem.known;
    }
  }
  return {};
}

json minimal() {
  return json::parse(with_service(""));
}

TEST(Schema, KnowsTheFieldsOfADocument) {
  json document = minimal();
  document["qqqqqqqqqq"] = 1;
  EXPECT_THAT(known_at(document, "/qqqqqqqqqq"), testing::UnorderedElementsAreArray(names_of(schema()["properties"])));
}

TEST(Schema, KnowsTheFieldsOfANetwork) {
  json document = minimal();
  document["network"] = {{"qqqqqqqqqq", 1}};
  EXPECT_THAT(known_at(document, "/network/qqqqqqqqqq"),
              testing::UnorderedElementsAreArray(names_of(schema()["$defs"]["network"]["properties"])));
}

TEST(Schema, KnowsTheFieldsOfAService) {
  json document = minimal();
  document["services"][0]["qqqqqqqqqq"] = 1;
  EXPECT_THAT(known_at(document, "/services/0/qqqqqqqqqq"),
              testing::UnorderedElementsAreArray(names_of(schema()["$defs"]["service"]["properties"])));
}

TEST(Schema, KnowsTheFieldsOfEveryDistribution) {
  const json kinds = schema()["$defs"]["distribution"]["oneOf"];
  EXPECT_EQ(kinds.size(), 8U);
  for (const json& kind : kinds) {
    json document = minimal();
    document["services"][0]["serviceTime"] = {{"distribution", kind["properties"]["distribution"]["const"]}, {"qqqqqqqqqq", 1}};
    EXPECT_THAT(known_at(document, "/services/0/serviceTime/qqqqqqqqqq"), testing::UnorderedElementsAreArray(names_of(kind["properties"])));
  }
}

/// A service that may say everything: one with a dependency that has these members.
json with_dependency(json members) {
  json document = json::parse(R"({"arch": "a", "services": [{"name": "s", "package": "store"}, {"name": "t", "package": "karyon"}]})");
  members["service"] = "s";
  document["services"][1]["dependencies"] = json::array({std::move(members)});
  return document;
}

TEST(Schema, KnowsTheFieldsOfEveryDistributionOfBytes) {
  const json kinds = schema()["$defs"]["byteDistribution"]["oneOf"];
  EXPECT_EQ(kinds.size(), 8U);
  for (const json& kind : kinds) {
    for (const char* field : {"requestBytes", "replyBytes"}) {
      const json document = with_dependency({{field, {{"distribution", kind["properties"]["distribution"]["const"]}, {"qqqqqqqqqq", 1}}}});
      EXPECT_THAT(known_at(document, std::string("/services/1/dependencies/0/") + field + "/qqqqqqqqqq"),
                  testing::UnorderedElementsAreArray(names_of(kind["properties"])));
    }
  }
}

TEST(Schema, KnowsTheFieldsOfADependency) {
  EXPECT_THAT(known_at(with_dependency({{"qqqqqqqqqq", 1}}), "/services/1/dependencies/0/qqqqqqqqqq"),
              testing::UnorderedElementsAreArray(names_of(schema()["$defs"]["dependency"]["properties"])));
  EXPECT_THAT(known_at(with_dependency({{"protocol", {{"qqqqqqqqqq", 1}}}}), "/services/1/dependencies/0/protocol/qqqqqqqqqq"),
              testing::UnorderedElementsAreArray(names_of(schema()["$defs"]["protocol"]["properties"])));
}

json cluster(json replication) {
  json document = minimal();
  document["services"][0]["package"] = "priamCassandra";
  document["services"][0]["dependencies"] = {"s"};
  document["services"][0]["replication"] = std::move(replication);
  return document;
}

TEST(Schema, KnowsTheFieldsOfAContent) {
  json document = minimal();
  document["services"][0]["content"] = {{"capacity", 1}, {"qqqqqqqqqq", 1}};
  const json properties = schema()["$defs"]["content"]["properties"];
  EXPECT_THAT(known_at(document, "/services/0/content/qqqqqqqqqq"), testing::UnorderedElementsAreArray(names_of(properties)));
  EXPECT_EQ(properties["eviction"]["enum"].get<std::vector<std::string>>(), model::eviction_names());
  EXPECT_EQ(properties["capacity"]["maximum"], model::ContentSpec::capacity_max);
}

TEST(Schema, KnowsTheFieldsOfAReplicationAndItsLevels) {
  const json properties = schema()["$defs"]["replication"]["properties"];
  EXPECT_THAT(known_at(cluster({{"qqqqqqqqqq", 1}}), "/services/0/replication/qqqqqqqqqq"),
              testing::UnorderedElementsAreArray(names_of(properties)));
  for (const char* name : {"read", "write"}) {
    for (const std::string& level : model::consistency_names()) {
      const auto allowed = properties[name]["enum"].get<std::vector<std::string>>();
      const bool listed = std::find(allowed.begin(), allowed.end(), level) != allowed.end();
      EXPECT_EQ(problems_of(cluster({{name, level}}).dump()).empty(), listed) << name << " " << level;
    }
  }
  EXPECT_EQ(properties["speculativeRetry"]["enum"].get<std::vector<std::string>>(), model::speculation_names());
  EXPECT_EQ(schema()["$defs"]["request"]["properties"]["consistency"]["enum"].get<std::vector<std::string>>(), model::consistency_names());
}

json of_package(const char* package, const char* member, json value) {
  json document = minimal();
  document["services"][0]["package"] = package;
  document["services"][0]["dependencies"] = {"s"};
  document["services"][0][member] = std::move(value);
  return document;
}

TEST(Schema, KnowsTheFieldsOfAPrimary) {
  const json root = schema();
  const json properties = root["$defs"]["primary"]["properties"];
  EXPECT_THAT(known_at(of_package("primary", "primary", {{"qqqqqqqqqq", 1}}), "/services/0/primary/qqqqqqqqqq"),
              testing::UnorderedElementsAreArray(names_of(properties)));
  EXPECT_EQ(root["$defs"]["primaryPreset"]["enum"].get<std::vector<std::string>>(), model::primary_preset_names());
  EXPECT_EQ(properties["reads"]["enum"].get<std::vector<std::string>>(), model::read_from_names());
  EXPECT_EQ(properties["acknowledgements"]["else"]["maximum"], model::PrimarySpec::acknowledgements_max);
}

TEST(Schema, KnowsTheFieldsOfABrokerAndOfThoseWhoTake) {
  const json definitions = schema()["$defs"];
  EXPECT_THAT(known_at(of_package("queue", "queue", {{"qqqqqqqqqq", 1}}), "/services/0/queue/qqqqqqqqqq"),
              testing::UnorderedElementsAreArray(names_of(definitions["queue"]["properties"])));
  const json topic = {{"topics", {{{"name", "a"}, {"qqqqqqqqqq", 1}}}}};
  EXPECT_THAT(known_at(of_package("queue", "queue", topic), "/services/0/queue/topics/0/qqqqqqqqqq"),
              testing::UnorderedElementsAreArray(names_of(definitions["topic"]["properties"])));
  EXPECT_THAT(known_at(of_package("karyon", "consumes", {{{"service", "s"}, {"qqqqqqqqqq", 1}}}), "/services/0/consumes/0/qqqqqqqqqq"),
              testing::UnorderedElementsAreArray(names_of(definitions["consume"]["properties"])));
  EXPECT_EQ(definitions["queue"]["properties"]["topics"]["maxItems"], model::QueueSpec::topics_max);
}

TEST(Schema, KnowsTheKindsOfDisciplineAndFanOut) {
  const json root = schema();
  for (const char* name : {"discipline", "fanOut"}) {
    std::vector<std::string> kinds;
    for (const json& kind : root["$defs"][name]["oneOf"]) {
      kinds.push_back(kind["properties"]["kind"]["const"]);
      json document = with_dependency({});
      document["services"][1][name] = {{"kind", kinds.back()}, {"qqqqqqqqqq", 1}};
      EXPECT_THAT(known_at(document, std::string("/services/1/") + name + "/qqqqqqqqqq"),
                  testing::UnorderedElementsAreArray(names_of(kind["properties"])))
          << kinds.back();
      document["services"][1][name] = kinds.back();
      EXPECT_THAT(problems_of(document.dump()), testing::IsEmpty()) << kinds.back();
    }
    EXPECT_EQ(root["$defs"]["service"]["properties"][name]["then"]["enum"].get<std::vector<std::string>>(), kinds);
    json document = with_dependency({});
    document["services"][1][name] = "qqqqqqqqqq";
    const auto result = architecture::read_architecture(document.dump(), packages(), protocols(), presets(), registries());
    EXPECT_THAT(std::get<architecture::Problems>(result)[0].known, testing::UnorderedElementsAreArray(kinds));
  }
}

/// Writes to a place of a document the least and the largest number that each property with a range may have, and what is beyond.
/// How many of the properties have ranges.
std::size_t check_ranges(const json& properties, const json& document, const std::string& place) {
  const json definitions = schema()["$defs"];
  std::size_t checked = 0;
  for (const auto& [name, rule] : properties.items()) {
    json range = rule.contains("then") ? rule["then"] : rule;
    if (range.contains("$ref")) range = definitions[range["$ref"].get<std::string>().substr(8)];
    if (!range.contains("minimum")) continue;
    const std::string pointer = place + "/" + name;
    const std::string problem = "outOfRange " + pointer;
    const auto problems_with = [&, at = json::json_pointer(pointer)](double value) {
      json changed = document;
      changed[at] = value;
      return problems_of(changed.dump());
    };
    const double min = range["minimum"];
    const double max = range["maximum"];
    const double step = range["type"] == "integer" ? 1 : 0.0001;
    EXPECT_THAT(problems_with(min), testing::IsEmpty()) << name;
    EXPECT_THAT(problems_with(max), testing::IsEmpty()) << name;
    EXPECT_THAT(problems_with(min - step), testing::ElementsAre(problem)) << name;
    EXPECT_THAT(problems_with(max + step), testing::ElementsAre(problem)) << name;
    ++checked;
  }
  return checked;
}

TEST(Schema, HasTheRangesOfTheReader) {
  const json definitions = schema()["$defs"];
  EXPECT_EQ(check_ranges(definitions["service"]["properties"], minimal(), "/services/0"), 18U);
  json near = minimal();
  near["network"] = json::object();
  EXPECT_EQ(check_ranges(definitions["network"]["properties"], near, "/network"), 4U);
  json asynchronous = with_dependency({{"connections", 1}});
  asynchronous["services"][1]["fanOut"] = "asynchronous";
  EXPECT_EQ(check_ranges(definitions["dependency"]["properties"], asynchronous, "/services/1/dependencies/0"), 5U);
  const json own = with_dependency(
      {{"replyBytes", 1}, {"protocol", {{"name", "own"}, {"serializeNsPerByte", 1}, {"deserializeNsPerByte", 1}, {"sizeFactor", 1}}}});
  EXPECT_EQ(check_ranges(definitions["protocol"]["properties"], own, "/services/1/dependencies/0/protocol"), 3U);
  EXPECT_EQ(check_ranges(definitions["replication"]["properties"], cluster(json::object()), "/services/0/replication"), 5U);
  EXPECT_EQ(check_ranges(definitions["primary"]["properties"], of_package("primary", "primary", json::object()), "/services/0/primary"),
            1U);
  const json topic = {{"topics", {{{"name", "a"}}}}};
  EXPECT_EQ(check_ranges(definitions["topic"]["properties"], of_package("queue", "queue", topic), "/services/0/queue/topics/0"), 3U);
  json takes = of_package("queue", "queue", topic);
  takes["services"].push_back({{"name", "c"}, {"package", "karyon"}, {"consumes", {{{"service", "s"}}}}});
  EXPECT_EQ(check_ranges(definitions["consume"]["properties"], takes, "/services/1/consumes/0"), 1U);
  json last_come = minimal();
  last_come["services"][0]["discipline"] = {{"kind", "lastCome"}};
  EXPECT_EQ(check_ranges(definitions["discipline"]["oneOf"][2]["properties"], last_come, "/services/0/discipline"), 1U);
  const json first = definitions["fanOut"]["oneOf"][2]["properties"]["first"];
  EXPECT_EQ(first["minimum"], 1);
  EXPECT_EQ(first["maximum"], model::calls_at_once_max) << "how many make sense depends on the calls: see serving_test.cpp";
}

json on_machines(json machine) {
  json document = minimal();
  document["machines"]["box"] = std::move(machine);
  return document;
}

json with_function(json function) {
  json document = minimal();
  document["services"][0]["package"] = "function";
  document["services"][0]["function"] = std::move(function);
  return document;
}

TEST(Schema, KnowsTheFieldsOfPlatforms) {
  const json definitions = schema()["$defs"];
  EXPECT_THAT(known_at(on_machines({{"qqqqqqqqqq", 1}}), "/machines/box/qqqqqqqqqq"),
              testing::UnorderedElementsAreArray(names_of(definitions["machine"]["properties"])));
  EXPECT_EQ(definitions["machine"]["properties"]["kind"]["enum"].get<std::vector<std::string>>(), model::machine_kind_names());
  EXPECT_THAT(known_at(with_function({{"qqqqqqqqqq", 1}}), "/services/0/function/qqqqqqqqqq"),
              testing::UnorderedElementsAreArray(names_of(definitions["function"]["properties"])));
  std::vector<std::string> kinds;
  for (const json& kind : definitions["whenMissing"]["oneOf"]) {
    kinds.push_back(kind["properties"]["kind"]["const"]);
    json document = minimal();
    document["services"][0]["whenDependenciesMissing"] = {{"kind", kinds.back()}, {"qqqqqqqqqq", 1}};
    EXPECT_THAT(known_at(document, "/services/0/whenDependenciesMissing/qqqqqqqqqq"),
                testing::UnorderedElementsAreArray(names_of(kind["properties"])));
  }
  EXPECT_EQ(kinds, model::when_missing_names());
  EXPECT_EQ(definitions["service"]["properties"]["whenDependenciesMissing"]["then"]["enum"].get<std::vector<std::string>>(), kinds);
}

TEST(Schema, HasTheRangesOfPlatforms) {
  const json definitions = schema()["$defs"];
  json machine = definitions["machine"]["properties"];
  machine.erase("startUp");
  EXPECT_EQ(check_ranges(machine, on_machines({{"kind", "datacenter"}, {"memoryMb", 1}, {"startUpMs", 1}}), "/machines/box"), 4U);
  EXPECT_EQ(check_ranges({{"startUp", definitions["machine"]["properties"]["startUp"]}},
                         on_machines({{"kind", "datacenter"}, {"memoryMb", 1}, {"startUp", 1}}), "/machines/box"),
            1U);
  EXPECT_EQ(check_ranges(definitions["function"]["properties"], with_function(json::object()), "/services/0/function"), 7U);
  EXPECT_EQ(check_ranges({{"functionConcurrency", schema()["properties"]["functionConcurrency"]}}, minimal(), ""), 1U);
  json retry = minimal();
  retry["services"][0]["whenDependenciesMissing"] = {{"kind", "retry"}, {"backOffMs", 1}, {"backOffMaxMs", 86'400'000}};
  EXPECT_EQ(check_ranges(definitions["whenMissing"]["oneOf"][2]["properties"], retry, "/services/0/whenDependenciesMissing"), 2U);
  EXPECT_EQ(schema()["properties"]["machines"]["maxProperties"], architecture::machine_types_max);
}

TEST(Schema, KnowsObjectives) {
  const json properties = schema()["$defs"]["objective"]["properties"];
  const auto with = [](const json& objective) {
    json document = minimal();
    document["services"].push_back({{"name", "users"}, {"package", "denominator"}});
    document["objectives"] = {{"users", objective}};
    return document;
  };
  EXPECT_THAT(known_at(with({{"qqqqqqqqqq", 1}}), "/objectives/users/qqqqqqqqqq"),
              testing::UnorderedElementsAreArray(names_of(properties)));
  EXPECT_EQ(check_ranges(properties, with({{"latencyMs", 1}}), "/objectives/users"), 4U);
}

TEST(Schema, HasTheLimitsOfTheReader) {
  const json root = schema();
  EXPECT_EQ(root["properties"]["services"]["maxItems"], architecture::services_max);
  EXPECT_EQ(root["properties"]["arch"]["maxLength"], architecture::name_length_max);
  EXPECT_EQ(root["$defs"]["service"]["properties"]["name"]["maxLength"], architecture::name_length_max);
  EXPECT_EQ(root["$defs"]["level"]["maxLength"], architecture::name_length_max);
  EXPECT_EQ(root["$defs"]["text"]["maxLength"], architecture::text_length_max);
  EXPECT_EQ(root["required"], json::parse(R"(["arch", "services"])"));
  EXPECT_EQ(root["$defs"]["service"]["required"], json::parse(R"(["name", "package"])"));
}

TEST(Schema, KnowsEveryPackage) {
  const auto known = schema()["$defs"]["service"]["properties"]["package"]["enum"].get<std::vector<std::string>>();
  for (const std::string& package : packages()) EXPECT_THAT(known, testing::Contains(package));
}

TEST(Schema, DescribesEveryField) {
  for (const json& properties : {schema()["properties"], schema()["$defs"]["service"]["properties"]}) {
    for (const auto& [name, rule] : properties.items()) EXPECT_TRUE(rule.contains("description") || rule.contains("$ref")) << name;
  }
}

}  // namespace
}  // namespace architecture_test

// The JSON Schema and the reader know the same fields and the same ranges.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reading.h"

namespace architecture_test {
namespace {

using nlohmann::json;

json schema() {
  return json::parse(file("json_arch/architecture.schema.json"));
}

std::vector<std::string> names_of(const json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

/// What the reader knows at a place: it says so of a field that it does not know.
std::vector<std::string> known_at(const json& document, const std::string& pointer) {
  const auto result = architecture::read_architecture(document.dump(), packages());
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

TEST(Schema, KnowsTheFieldsOfAService) {
  json document = minimal();
  document["services"][0]["qqqqqqqqqq"] = 1;
  EXPECT_THAT(known_at(document, "/services/0/qqqqqqqqqq"),
              testing::UnorderedElementsAreArray(names_of(schema()["$defs"]["service"]["properties"])));
}

TEST(Schema, KnowsTheFieldsOfEveryDistribution) {
  const json kinds = schema()["$defs"]["distribution"]["oneOf"];
  EXPECT_EQ(kinds.size(), 6U);
  for (const json& kind : kinds) {
    json document = minimal();
    document["services"][0]["serviceTime"] = {{"distribution", kind["properties"]["distribution"]["const"]}, {"qqqqqqqqqq", 1}};
    EXPECT_THAT(known_at(document, "/services/0/serviceTime/qqqqqqqqqq"), testing::UnorderedElementsAreArray(names_of(kind["properties"])));
  }
}

TEST(Schema, HasTheRangesOfTheReader) {
  const json properties = schema()["$defs"]["service"]["properties"];
  std::size_t checked = 0;
  for (const auto& [name, rule] : properties.items()) {
    const json range = rule.contains("$ref") ? schema()["$defs"][rule["$ref"].get<std::string>().substr(8)] : rule;
    if (!range.contains("minimum")) continue;
    const std::string problem = "outOfRange /services/0/" + name;
    const auto problems_with = [&](double value) {
      json document = minimal();
      document["services"][0][name] = value;
      return problems_of(document.dump());
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
  EXPECT_EQ(checked, 9U);
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

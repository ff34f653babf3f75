// Labels of services: names and values by which faults select them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reading.h"

namespace architecture_test {
namespace {

using nlohmann::json;
using testing::ElementsAre;

json with_labels(json labels) {
  json document = json::parse(file("json_arch/lamp_arch.json"));
  document["services"][0]["labels"] = std::move(labels);
  return document;
}

TEST(Labels, AreRead) {
  const auto read = architecture::read_architecture(with_labels({{"tier", "db"}, {"team", "data & co"}}).dump(), packages(), protocols(),
                                                    presets(), registries());
  const auto& service = std::get<architecture::Architecture>(read).services[0];
  EXPECT_EQ(service.labels, (std::map<std::string, std::string>{{"team", "data & co"}, {"tier", "db"}}));
}

TEST(Labels, SayWhatIsWrongAndWhere) {
  const auto problems = [](const json& labels) { return problems_of(with_labels(labels).dump()); };
  EXPECT_THAT(problems({{"tier", 5}}), ElementsAre("wrongType /services/0/labels/tier"));
  EXPECT_THAT(problems({{"tier", ""}}), testing::SizeIs(1));
  EXPECT_THAT(problems({{"a b", "x"}}), ElementsAre("badName /services/0/labels/a b"));
  EXPECT_THAT(problems(json::array()), ElementsAre("wrongType /services/0/labels"));
  json many = json::object();
  for (int i = 0; i < 32; ++i) many["label" + std::to_string(i)] = "x";
  EXPECT_TRUE(problems(many).empty());
  many["one-more"] = "x";
  EXPECT_THAT(problems(many), ElementsAre("tooMany /services/0/labels"));
}

}  // namespace
}  // namespace architecture_test

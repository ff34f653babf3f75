// Every named limit of a document, at it and one past it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "architecture/read_distribution.h"
#include "architecture/read_fields.h"
#include "reading.h"

namespace architecture_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string services(std::size_t count, const std::string& of_last = "") {
  std::string json = R"({"arch": "a", "services": [)";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) json += ",";
    json += R"({"name": "s)" + std::to_string(i) + R"(", "package": "store")" + (i + 1 == count ? of_last : "") + "}";
  }
  return json + "]}";
}

TEST(Limits, Services) {
  EXPECT_THAT(problems_of(services(architecture::services_max)), IsEmpty());
  EXPECT_THAT(problems_of(services(architecture::services_max + 1)), ElementsAre("tooMany /services"));
}

TEST(Limits, Dependencies) {
  const std::size_t max = architecture::services_max;
  std::string all = R"(, "dependencies": ["eureka")";
  for (std::size_t i = 0; i < max; ++i) all += R"(, "s)" + std::to_string(i) + "\"";
  EXPECT_THAT(problems_of(services(max, all + "]")), IsEmpty());
  EXPECT_THAT(problems_of(services(max, all + R"(, "s0"])")), ElementsAre("tooMany /services/999/dependencies"));
}

TEST(Limits, Lengths) {
  const std::string longest(architecture::name_length_max, 'x');
  EXPECT_THAT(problems_of(R"({"arch": ")" + longest + R"(", "services": [{"name": ")" + longest + R"(", "package": "store"}]})"),
              IsEmpty());
  EXPECT_THAT(problems_of(R"({"arch": "x)" + longest + R"(", "services": [{"name": "x)" + longest + R"(", "package": "store"}]})"),
              ElementsAre("tooLong /arch", "tooLong /services/0/name"));
  std::string umlauts;
  for (std::size_t i = 0; i < architecture::name_length_max; ++i) umlauts += "ü";
  EXPECT_THAT(problems_of(with_service(R"("machine": ")" + umlauts + "\"")), IsEmpty()) << "characters, not bytes";
  EXPECT_THAT(problems_of(with_service(R"("machine": "x)" + umlauts + "\"")), ElementsAre("tooLong /services/0/machine"));
  const std::string text(architecture::text_length_max, 'x');
  const std::string rest = R"(", "arch": "a", "services": [{"name": "s", "package": "store"}]})";
  EXPECT_THAT(problems_of(R"({"description": ")" + text + rest), IsEmpty());
  EXPECT_THAT(problems_of(R"({"description": "x)" + text + rest), ElementsAre("tooLong /description"));
}

TEST(Limits, Numbers) {
  EXPECT_THAT(problems_of(with_service(R"("count": 1000000, "regions": 64)")), IsEmpty());
  EXPECT_THAT(problems_of(with_service(R"("count": 1000001, "regions": 65)")),
              ElementsAre("outOfRange /services/0/regions", "outOfRange /services/0/count"));
  EXPECT_THAT(problems_of(with_service(R"("count": -1)")), ElementsAre("outOfRange /services/0/count"));
  EXPECT_THAT(problems_of(with_service(R"("count": 99999999999999999999999999)")), ElementsAre("outOfRange /services/0/count"));
  EXPECT_THAT(problems_of(with_service(R"("count": 1e308)")), ElementsAre("outOfRange /services/0/count"));
  EXPECT_THAT(problems_of(with_service(R"("count": 2.0)")), IsEmpty()) << "a whole number, however it is written";
  EXPECT_THAT(problems_of(with_service(R"("count": 2.5)")), ElementsAre("wrongType /services/0/count"));
  EXPECT_THAT(problems_of(with_service(R"("count": -0.0)")), IsEmpty());
  EXPECT_THAT(problems_of(with_service(R"("serviceTime": 3600000)")), IsEmpty());
  EXPECT_THAT(problems_of(with_service(R"("serviceTime": 3600000.1)")), ElementsAre("outOfRange /services/0/serviceTime"));
}

TEST(Limits, DistributionValues) {
  std::string values = "1";
  for (std::size_t i = 1; i < architecture::distribution_values_max; ++i) values += ",1";
  const std::string before = R"("serviceTime": {"distribution": "empirical", "valuesMs": [)";
  EXPECT_THAT(problems_of(with_service(before + values + "]}")), IsEmpty());
  EXPECT_THAT(problems_of(with_service(before + values + ",1]}")), ElementsAre("tooMany /services/0/serviceTime/valuesMs"));
}

TEST(Limits, Problems) {
  const auto wrong = [](std::size_t count) {
    std::string json = R"({"arch": "a", "services": [0)";
    for (std::size_t i = 1; i < count; ++i) json += ",0";
    return problems_of(json + "]}");
  };
  EXPECT_EQ(wrong(architecture::Report::problems_max - 1).size(), architecture::Report::problems_max - 1);
  const auto most = wrong(architecture::Report::problems_max);
  EXPECT_EQ(most.size(), architecture::Report::problems_max);
  EXPECT_EQ(most.back(), "tooManyProblems ");
}

TEST(Limits, Bytes) {
  std::string json = with_service("");
  json.append(architecture::document_bytes_max - json.size(), ' ');
  EXPECT_THAT(problems_of(json), IsEmpty());
  EXPECT_THAT(problems_of(json + " "), ElementsAre("tooLarge "));
}

TEST(Limits, Nesting) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_THAT(problems_of(nested(architecture::nesting_max)), ElementsAre("wrongType "));
  EXPECT_THAT(problems_of(nested(architecture::nesting_max + 1)), ElementsAre("tooDeep "));
  EXPECT_THAT(problems_of(std::string(architecture::document_bytes_max, '[')), ElementsAre("tooDeep "));
}

TEST(Limits, HostileNamesMakeShortMessages) {
  const std::string name(100'000, 'x');
  const auto result = architecture::read_architecture(
      with_service("\"" + name + "\": 1, \"dependencies\": [\"" + name + "\"], \"package\": \"x\""), packages(), protocols());
  for (const model::Problem& problem : std::get<architecture::Problems>(result)) EXPECT_LT(problem.message.size(), 600U) << problem.code;
}

}  // namespace
}  // namespace architecture_test

// config/regions.json and config/packages.json as they are, and what their readers refuse.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reading.h"

namespace architecture_test {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

architecture::Regions regions() {
  return std::get<architecture::Regions>(architecture::read_regions(file("config/regions.json")));
}
architecture::Defaults defaults() {
  return std::get<architecture::Defaults>(architecture::read_defaults(file("config/packages.json"), packages()));
}

template <class Result>
std::vector<std::string> problems_in(const Result& result) {
  const auto* problems = std::get_if<architecture::Problems>(&result);
  return problems == nullptr ? std::vector<std::string>() : summary(*problems);
}

TEST(RegionsFile, HasSpigosRegionsZonesAndAddresses) {
  std::vector<std::string> lines;
  for (const architecture::Region& region : regions().regions) {
    EXPECT_THAT(region.zones, ElementsAre("zoneA", "zoneB", "zoneC"));
    std::string line = region.name;
    for (const std::string& range : region.address_ranges) line += " " + range;
    lines.push_back(line);
  }
  EXPECT_THAT(lines,
              ElementsAre("us-east-1 54.198 54.221 50.19", "us-west-2 54.245 54.244 54.214", "eu-west-1 54.247 54.246 54.288",
                          "eu-central-1 54.93 54.28 54.78", "ap-southeast-1 54.251 54.254 54.255", "ap-southeast-2 54.252 54.253 54.206"));
}

TEST(RegionsFile, IsAsFarBackAsForthAndFartherThanZones) {
  const architecture::Regions all = regions();
  EXPECT_LT(all.same_zone_ms, all.other_zone_ms);
  ASSERT_EQ(all.between_ms.size(), all.regions.size());
  for (std::size_t i = 0; i < all.between_ms.size(); ++i) {
    for (std::size_t j = 0; j < all.between_ms.size(); ++j) {
      if (i == j) continue;
      EXPECT_EQ(all.between_ms[i][j], all.between_ms[j][i]) << i << " " << j;
      EXPECT_GT(all.between_ms[i][j], 10 * all.other_zone_ms) << i << " " << j;
    }
  }
  EXPECT_EQ(all.between_ms[0][1], 36.25) << "half of 72.5 ms from us-east-1 to us-west-2 and back";
}

TEST(RegionsFile, EveryProblemIsReported) {
  json file_of_regions = json::parse(file("config/regions.json"));
  file_of_regions["jitter"] = 1.5;
  file_of_regions["extra"] = 1;
  file_of_regions.erase("globalMs");
  file_of_regions["regions"][1]["name"] = "us-east-1";
  file_of_regions["regions"][2]["zones"] = json::array({"zoneA", "zoneA"});
  file_of_regions["regions"][3]["addressRanges"][0] = "54";
  file_of_regions["regions"][4].erase("zones");
  file_of_regions["betweenMs"][0][1] = 0;
  file_of_regions["betweenMs"][1][1] = 5;
  file_of_regions["betweenMs"][5].erase(5);
  EXPECT_THAT(
      problems_in(architecture::read_regions(file_of_regions.dump())),
      UnorderedElementsAre("outOfRange /jitter", "unknownField /extra", "missingField /globalMs", "duplicateName /regions/1/name",
                           "duplicateName /regions/2/zones/1", "wrongCount /regions/2/addressRanges", "badText /regions/3/addressRanges/0",
                           "missingField /regions/4/zones", "wrongCount /regions/4/addressRanges", "outOfRange /betweenMs/0/1",
                           "outOfRange /betweenMs/1/1", "wrongCount /betweenMs/5"));
}

TEST(RegionsFile, RefusesOtherShapes) {
  EXPECT_THAT(problems_in(architecture::read_regions("[]")), ElementsAre("wrongType "));
  EXPECT_THAT(problems_in(architecture::read_regions("{")), ElementsAre("malformedJson "));
  EXPECT_THAT(problems_in(architecture::read_regions("{}")), Contains("missingField /betweenMs"));
}

TEST(PackagesFile, SetsEverythingForEveryPackage) {
  const architecture::Defaults all = defaults();
  EXPECT_EQ(all.registry_delay_ms, 2000);
  EXPECT_EQ(all.trace_sample_rate, 0.05);
  EXPECT_EQ(all.packages.size(), packages().size());
  for (const auto& [name, package] : all.packages) {
    const architecture::ServiceSettings& settings = package.settings;
    EXPECT_TRUE(settings.service_time && settings.concurrency && settings.queue_limit && settings.hit_ratio && settings.error_rate &&
                settings.timeout_ms && settings.start_up_ms && settings.requests_per_second)
        << name;
  }
  EXPECT_EQ(all.packages.at("denominator").settings.requests_per_second, 100.0);
}

TEST(PackagesFile, LeavesTimeForASecondTryAtEveryStep) {
  const architecture::Defaults all = defaults();
  const auto timeout = [&](const char* package) { return *all.packages.at(package).settings.timeout_ms; };
  const std::vector<std::pair<const char*, const char*>> calls{{"denominator", "elb"}, {"elb", "zuul"},      {"zuul", "karyon"},
                                                               {"zuul", "monolith"},   {"karyon", "staash"}, {"monolith", "staash"},
                                                               {"staash", "store"},    {"staash", "riak"},   {"staash", "priamCassandra"},
                                                               {"staash", "cache"},    {"staash", "volume"}};
  for (const auto& [outer, inner] : calls) EXPECT_LT(2 * timeout(inner), timeout(outer)) << outer << " calls " << inner;
}

TEST(PackagesFile, EveryProblemIsReported) {
  json wrong = json::parse(file("config/packages.json"));
  wrong["packages"].erase("elb");
  wrong["packages"]["zuul"].erase("concurrency");
  wrong["packages"]["zuul"]["hitratio"] = 1;
  wrong["packages"]["karyon"]["serviceTime"]["distribution"] = "normal";
  wrong["packages"]["pirates"] = json::object();
  wrong["traceSampleRate"] = 2;
  EXPECT_THAT(problems_in(architecture::read_defaults(wrong.dump(), packages())),
              UnorderedElementsAre("missingField /packages/elb", "missingField /packages/zuul/concurrency",
                                   "unknownField /packages/zuul/hitratio", "unknownChoice /packages/karyon/serviceTime/distribution",
                                   "unknownField /packages/pirates", "outOfRange /traceSampleRate"));
}

TEST(PackagesFile, RefusesOtherShapes) {
  EXPECT_THAT(problems_in(architecture::read_defaults("5", packages())), ElementsAre("wrongType "));
  EXPECT_THAT(problems_in(architecture::read_defaults(R"({"packages": []})", packages())), Contains("wrongType /packages"));
}

}  // namespace
}  // namespace architecture_test

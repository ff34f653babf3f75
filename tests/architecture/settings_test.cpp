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

TEST(RegionsFile, HasTheBandwidthOfASingleFlow) {
  const architecture::Regions all = regions();
  EXPECT_EQ(all.same_zone_mbps, 5'000) << "what EC2 gives a flow outside a cluster placement group";
  EXPECT_EQ(all.other_zone_mbps, 5'000);
  EXPECT_EQ(all.between_regions_mbps, 5'000);
  EXPECT_EQ(all.global_mbps, 100);
}

TEST(RegionsFile, BandwidthsMayBeLeftOutAndHaveBounds) {
  json file_of_regions = json::parse(file("config/regions.json"));
  for (const char* name : {"sameZoneMbps", "otherZoneMbps", "betweenRegionsMbps", "globalMbps"}) {
    json other = file_of_regions;
    other.erase(name);
    EXPECT_THAT(problems_in(architecture::read_regions(other.dump())), testing::IsEmpty()) << name;
    for (const double good : {0.01, 1e6}) {
      other[name] = good;
      EXPECT_THAT(problems_in(architecture::read_regions(other.dump())), testing::IsEmpty()) << name << " " << good;
    }
    for (const double bad : {0.0, 0.009, 1'000'001.0}) {
      other[name] = bad;
      EXPECT_THAT(problems_in(architecture::read_regions(other.dump())), ElementsAre(std::string("outOfRange /") + name)) << bad;
    }
  }
  file_of_regions.erase("otherZoneMbps");
  EXPECT_EQ(std::get<architecture::Regions>(architecture::read_regions(file_of_regions.dump())).other_zone_mbps, 0) << "without limit";
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
                settings.timeout_ms && settings.start_up_ms && settings.replace_after_ms && settings.requests_per_second)
        << name;
  }
  EXPECT_EQ(all.packages.at("denominator").settings.requests_per_second, 100.0);
}

/// The quotients of the source that the file names: one message, 485 bytes in JSON.
TEST(PackagesFile, ProtocolsAreMeasured) {
  struct Row {
    const char* name;
    double write_ns, read_ns, bytes;
  };
  const double json_bytes = 485;
  const Row rows[] = {{"json", 1706, 2474, 485},    {"xml", 2881, 5274, 683},
                      {"protobuf", 1357, 752, 239}, {"thrift", 1882, 1053, 349},
                      {"avro", 1749, 1466, 221},    {"sbe", 1357 / (4249.9 / 277.6), 752 / (4513.4 / 354.9), 260}};
  const architecture::Protocols protocols = defaults().protocols;
  ASSERT_EQ(protocols.size(), std::size(rows));
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    constexpr double rounding = 0.005;  // two digits
    EXPECT_EQ(protocols[i].name, rows[i].name);
    EXPECT_NEAR(protocols[i].serialize_ns_per_byte, rows[i].write_ns / json_bytes, rounding) << rows[i].name;
    EXPECT_NEAR(protocols[i].deserialize_ns_per_byte, rows[i].read_ns / json_bytes, rounding) << rows[i].name;
    EXPECT_NEAR(protocols[i].size_factor, rows[i].bytes / json_bytes, rounding) << rows[i].name;
  }
  EXPECT_EQ(protocols[0].size_factor, 1) << "JSON is the measure";
}

TEST(PackagesFile, EveryProtocolSaysWhyAndWhence) {
  const json known = json::parse(file("config/packages.json"))["protocols"];
  for (const auto& [name, protocol] : known.items()) {
    EXPECT_FALSE(protocol.value("why", "").empty()) << name;
    EXPECT_FALSE(protocol.value("source", "").empty()) << name;
  }
}

TEST(PackagesFile, ProtocolsAreChecked) {
  json wrong = json::parse(file("config/packages.json"));
  wrong["protocols"]["json"].erase("sizeFactor");
  wrong["protocols"]["xml"]["serializeNsPerByte"] = 10'001;
  wrong["protocols"]["avro"]["name"] = "avro";
  wrong["protocols"]["my protocol"] = wrong["protocols"]["sbe"];
  wrong["protocols"]["sbe"] = 1;
  EXPECT_THAT(problems_in(architecture::read_defaults(wrong.dump(), packages())),
              UnorderedElementsAre("missingField /protocols/json/sizeFactor", "outOfRange /protocols/xml/serializeNsPerByte",
                                   "unknownField /protocols/avro/name", "badName /protocols/my protocol", "wrongType /protocols/sbe"));
  wrong.erase("protocols");
  EXPECT_THAT(problems_in(architecture::read_defaults(wrong.dump(), packages())), ElementsAre("missingField /protocols"));
  wrong["protocols"] = json::array();
  EXPECT_THAT(problems_in(architecture::read_defaults(wrong.dump(), packages())), ElementsAre("wrongType /protocols"));
}

TEST(PackagesFile, NumberOfProtocolsIsLimited) {
  json many = json::parse(file("config/packages.json"));
  const json one = many["protocols"]["json"];
  many["protocols"] = json::object();
  const auto fill = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) many["protocols"]["p" + std::to_string(i)] = one;
    return problems_in(architecture::read_defaults(many.dump(), packages()));
  };
  EXPECT_THAT(fill(architecture::protocols_max), testing::IsEmpty());
  EXPECT_THAT(fill(architecture::protocols_max + 1), ElementsAre("tooMany /protocols"));
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

// The JSON Schema and the reader know the same fields of policies and the same ranges.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reading.h"

namespace architecture_test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

const json& definitions() {
  static const json all = json::parse(file("json_arch/architecture.schema.json"))["$defs"];
  return all;
}

architecture::Problems problems_with(const json& policy) {
  const auto read = architecture::read_policy(policy.dump(), presets());
  const auto* problems = std::get_if<architecture::Problems>(&read);
  return problems == nullptr ? architecture::Problems() : *problems;
}

/// A policy and a place in it, with the rules of the schema for what is there.
struct Case {
  std::string name;
  json policy;
  std::string place;
  json properties;
};

/// The members of a rule that are the only ones that are possible: {"kind": "fixed"}.
json fixed_members(const json& properties) {
  json members = json::object();
  for (const auto& [name, rule] : properties.items()) {
    if (rule.contains("const")) members[name] = rule["const"];
  }
  return members;
}

std::vector<Case> cases() {
  const json& d = definitions();
  const json& whole = d["policy"]["properties"];
  std::vector<Case> all{
      {"policy", json::object(), "", whole},
      {"hedge", {{"hedge", {{"copies", 1}, {"delayMs", 1}}}}, "/hedge", whole["hedge"]["properties"]},
      {"deadline", {{"deadline", json::object()}}, "/deadline", whole["deadline"]["properties"]},
      {"bulkhead", {{"bulkhead", {{"concurrent", 1}, {"queue", 1}}}}, "/bulkhead", whole["bulkhead"]["properties"]},
      {"throttle", {{"throttle", json::object()}}, "/throttle", whole["throttle"]["properties"]},
      {"retry", {{"retry", json::object()}}, "/retry", d["retry"]["properties"]},
      {"outliers", {{"outliers", json::object()}}, "/outliers", d["outliers"]["properties"]},
  };
  for (const json& kind : d["backoff"]["anyOf"]) {
    json members = fixed_members(kind["properties"]);
    members["baseMs"] = 0;
    if (kind["properties"].contains("maxMs")) members["maxMs"] = 3'600'000;
    if (members["kind"] == "grpc") members.update({{"jitterLow", 0}, {"jitterHigh", 2}});
    all.push_back({"backoff", {{"retry", {{"backoff", members}}}}, "/retry/backoff", kind["properties"]});
  }
  for (const json& kind : d["budget"]["anyOf"]) {
    json members = fixed_members(kind["properties"]);
    if (members["kind"] == "aws") members.update({{"capacity", 1'000'000}});
    all.push_back({"budget", {{"retry", {{"budget", members}}}}, "/retry/budget", kind["properties"]});
  }
  for (const json& kind : d["breaker"]["anyOf"]) {
    all.push_back({"breaker", {{"breaker", fixed_members(kind["properties"])}}, "/breaker", kind["properties"]});
  }
  const json slow_start{{"slowStart", {{"windowMs", 1}}}, {"kind", "leastRequest"}};
  all.push_back({"slowStart", {{"balancer", slow_start}}, "/balancer/slowStart", d["slowStart"]["properties"]});
  all.push_back({"balancer", {{"balancer", {{"kind", "leastRequest"}, {"zones", "aware"}}}}, "/balancer", d["balancer"]["properties"]});
  const json check{{"intervalMs", 3'600'000}, {"timeoutMs", 1}, {"healthy", 1}, {"unhealthy", 1}};
  all.push_back({"healthCheck", {{"healthCheck", check}}, "/healthCheck", d["healthCheck"]["properties"]});
  all.push_back({"serverBreaker", {{"serverBreaker", json::object()}}, "/serverBreaker", d["serverBreaker"]["properties"]});
  return all;
}

TEST(PolicySchema, KnowsTheFieldsOfTheReader) {
  EXPECT_EQ(cases().size(), 7U + 7U + 6U + 3U + 4U);
  for (const Case& c : cases()) {
    EXPECT_THAT(problems_with(c.policy), IsEmpty()) << c.policy;
    json policy = c.policy;
    policy[json::json_pointer(c.place + "/qqqqqqqqqq")] = 1;
    const auto problems = problems_with(policy);
    ASSERT_THAT(summary(problems), ElementsAre("unknownField " + c.place + "/qqqqqqqqqq")) << policy;
    std::vector<std::string> names;
    for (const auto& [name, rule] : c.properties.items()) names.push_back(name);
    EXPECT_THAT(problems[0].known, testing::UnorderedElementsAreArray(names)) << policy;
  }
}

/// Those whose ends do not go with what else is there: each is in a test of its own.
bool depends(const Case& c, const std::string& field) {
  if (c.name == "backoff") return field == "baseMs" || field == "maxMs" || field == "jitterLow" || field == "jitterHigh";
  if (c.name == "budget") return field == "capacity" || field == "cost" || field == "timeoutCost" || field == "increment";
  if (c.name == "healthCheck") return field == "intervalMs" || field == "timeoutMs";
  if (c.name == "breaker") return field == "windowMs" || field == "snapshotMs";
  return field == "baseEjectionMs" || field == "maxEjectionMs";
}

TEST(PolicySchema, HasTheRangesOfTheReader) {
  std::size_t checked = 0;
  for (const Case& c : cases()) {
    for (const auto& [field, rule] : c.properties.items()) {
      const json range = rule.contains("$ref") ? definitions()[rule["$ref"].get<std::string>().substr(8)] : rule;
      if (!range.contains("minimum")) continue;
      const std::string pointer = c.place + "/" + field;
      const auto with = [&](double value) {
        json policy = c.policy;
        policy[json::json_pointer(pointer)] = value;
        return summary(problems_with(policy));
      };
      const double min = range["minimum"];
      const double max = range["maximum"];
      const bool whole = range["type"] == "integer" || (range["type"].is_array() && range["type"][0] == "integer");
      const double step = whole ? 1 : 0.0001;
      EXPECT_THAT(with(min - step), testing::Contains("outOfRange " + pointer)) << c.policy;
      EXPECT_THAT(with(max + step), testing::Contains("outOfRange " + pointer)) << c.policy;
      ++checked;
      if (depends(c, field)) continue;
      EXPECT_THAT(with(min), IsEmpty()) << c.policy << pointer;
      EXPECT_THAT(with(max), IsEmpty()) << c.policy << pointer;
    }
  }
  EXPECT_GT(checked, 70U);
}

TEST(PolicySchema, RangesThatDependOnEachOther) {
  const auto hystrix = [](double window, double snapshot) {
    return summary(problems_with({{"breaker", {{"kind", "hystrix"}, {"windowMs", window}, {"snapshotMs", snapshot}}}}));
  };
  EXPECT_THAT(hystrix(100, 1), IsEmpty());
  EXPECT_THAT(hystrix(3'600'000, 3'600'000), IsEmpty());
  EXPECT_THAT(hystrix(200, 1), ElementsAre("outOfRange /breaker/snapshotMs"));
  EXPECT_THAT(hystrix(200, 201), ElementsAre("outOfRange /breaker/snapshotMs"));
  const auto time_window = [](double window) {
    return summary(problems_with({{"breaker", {{"kind", "resilience4j"}, {"window", "time"}, {"windowMs", window}}}}));
  };
  EXPECT_THAT(time_window(1'000), IsEmpty());
  EXPECT_THAT(time_window(3'600'000), IsEmpty());
  const auto ejections = [](double base, double max) {
    return summary(problems_with({{"outliers", {{"baseEjectionMs", base}, {"maxEjectionMs", max}}}}));
  };
  EXPECT_THAT(ejections(1, 1), IsEmpty());
  EXPECT_THAT(ejections(1, 1'000), IsEmpty());
  EXPECT_THAT(ejections(3'600'000, 86'400'000), IsEmpty());
  EXPECT_THAT(ejections(1, 1'001), ElementsAre("outOfRange /outliers/maxEjectionMs"));
  EXPECT_THAT(ejections(2, 1), ElementsAre("outOfRange /outliers/maxEjectionMs"));
  const auto checks = [](double interval, double timeout) {
    return summary(problems_with({{"healthCheck", {{"intervalMs", interval}, {"timeoutMs", timeout}, {"healthy", 1}, {"unhealthy", 1}}}}));
  };
  EXPECT_THAT(checks(1, 1), IsEmpty());
  EXPECT_THAT(checks(3'600'000, 3'600'000), IsEmpty());
  EXPECT_THAT(checks(1, 2), ElementsAre("outOfRange /healthCheck/timeoutMs"));
  const auto balancer = [](const json& members) { return summary(problems_with({{"balancer", members}})); };
  EXPECT_THAT(balancer({{"kind", "sticky"}, {"choices", 2}}), ElementsAre("conflict /balancer/choices"));
  EXPECT_THAT(balancer({{"kind", "random"}, {"panicPercent", 2}}), ElementsAre("conflict /balancer/panicPercent"));
  EXPECT_THAT(balancer({{"kind", "random"}, {"zones", "ribbon"}, {"overprovisioningPercent", 200}}),
              ElementsAre("conflict /balancer/overprovisioningPercent"));
  EXPECT_THAT(balancer({{"kind", "random"}, {"zones", "any"}, {"minimumHosts", 2}}), ElementsAre("conflict /balancer/minimumHosts"));
  EXPECT_THAT(balancer({{"kind", "random"}, {"zones", "anyy"}}), ElementsAre("unknownChoice /balancer/zones"));
  const auto aws = [](int capacity, int cost) {
    return summary(problems_with(
        {{"retry", {{"budget", {{"kind", "aws"}, {"capacity", capacity}, {"cost", cost}, {"timeoutCost", 0}, {"increment", 0}}}}}}));
  };
  EXPECT_THAT(aws(1, 1), IsEmpty());
  EXPECT_THAT(aws(1'000'000, 1'000'000), IsEmpty());
  EXPECT_THAT(aws(1, 2), ElementsAre("outOfRange /retry/budget/cost"));
  const auto backoff = [](double base, double max) {
    return summary(problems_with({{"retry", {{"backoff", {{"kind", "fullJitter"}, {"baseMs", base}, {"maxMs", max}}}}}}));
  };
  EXPECT_THAT(backoff(0, 0), IsEmpty());
  EXPECT_THAT(backoff(3'600'000, 3'600'000), IsEmpty());
  EXPECT_THAT(backoff(2, 1), ElementsAre("outOfRange /retry/backoff/maxMs"));
}

TEST(PolicySchema, KnowsTheNamesOfTheReader) {
  const auto known = [](const json& policy) { return problems_with(policy).at(0).known; };
  const json& d = definitions();
  const auto kinds = [&d](const char* section) {
    std::vector<std::string> names;
    for (const json& kind : d[section]["anyOf"]) {
      const std::string name = kind["properties"]["kind"]["const"];
      if (names.empty() || names.back() != name) names.push_back(name);
    }
    return names;
  };
  using testing::UnorderedElementsAreArray;
  EXPECT_THAT(known({{"breaker", {{"kind", "qqqqqqqqqq"}}}}), UnorderedElementsAreArray(kinds("breaker")));
  EXPECT_THAT(known({{"retry", {{"backoff", {{"kind", "qqqqqqqqqq"}}}}}}), UnorderedElementsAreArray(kinds("backoff")));
  EXPECT_THAT(known({{"retry", {{"budget", {{"kind", "qqqqqqqqqq"}}}}}}), UnorderedElementsAreArray(kinds("budget")));
  EXPECT_THAT(known({{"retry", {{"on", {"qqqqqqqqqq"}}}}}),
              UnorderedElementsAreArray(d["retry"]["properties"]["on"]["items"]["enum"].get<std::vector<std::string>>()));
  json balancers = d["policy"]["properties"]["balancer"]["else"]["enum"];
  balancers.erase(balancers.size() - 1);  // null
  EXPECT_THAT(known({{"balancer", "qqqqqqqqqq"}}), UnorderedElementsAreArray(balancers.get<std::vector<std::string>>()));
}

}  // namespace
}  // namespace architecture_test

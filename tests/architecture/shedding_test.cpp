// Load shedding in documents: what may be said, what makes no sense and what would be right; the JSON Schema and the reader know the same.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reading.h"
#include "schema.h"

namespace architecture_test {
namespace {

using model::Shedding;
using nlohmann::json;
using policies::ShedRange;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Shedding read(const json& shedding) {
  const auto result = architecture::read_shedding(shedding.dump());
  if (const auto* problems = std::get_if<architecture::Problems>(&result)) {
    throw std::runtime_error(problems->front().pointer + ": " + problems->front().message);
  }
  return std::get<Shedding>(result);
}

architecture::Problems found(const json& shedding) {
  const auto result = architecture::read_shedding(shedding.dump());
  const auto* problems = std::get_if<architecture::Problems>(&result);
  return problems == nullptr ? architecture::Problems() : *problems;
}

std::vector<std::string> problems(const json& shedding) {
  return summary(found(shedding));
}

std::string message(const json& shedding) {
  const auto all = found(shedding);
  return all.size() == 1 ? all.front().message : "not one problem";
}

TEST(Shedding, LimitsByNameHaveTheDefaultsOfTheirSources) {
  EXPECT_EQ(read({{"limit", "aimd"}}).limit, policies::ConcurrencySpec(policies::AimdSpec{}));
  EXPECT_EQ(read({{"limit", "vegas"}}).limit, policies::ConcurrencySpec(policies::VegasSpec{}));
  EXPECT_EQ(read({{"limit", "gradient2"}}).limit, policies::ConcurrencySpec(policies::Gradient2Spec{}));
  EXPECT_EQ(read({{"limit", "envoy"}}).limit, policies::ConcurrencySpec(policies::EnvoyGradientSpec{}));
  EXPECT_EQ(read({{"limit", {{"kind", "vegas"}}}}), read({{"limit", "vegas"}}));
  EXPECT_FALSE(read({{"limit", "vegas"}}).utilisation.has_value());
}

TEST(Shedding, LimitsWithFigures) {
  EXPECT_EQ(read({{"limit", {{"kind", "fixed"}, {"limit", 7}}}}).limit, policies::ConcurrencySpec(policies::FixedLimit{7}));
  EXPECT_EQ(read({{"limit", {{"kind", "aimd"}, {"initial", 5}, {"min", 2}, {"max", 9}, {"backoff", 0.5}, {"timeoutMs", 20}}}}).limit,
            policies::ConcurrencySpec(policies::AimdSpec{5, 2, 9, 0.5, 20 * sim::millisecond}));
  EXPECT_EQ(read({{"limit", {{"kind", "vegas"}, {"initial", 5}, {"max", 9}, {"smoothing", 0.5}, {"probeMultiplier", 10}}}}).limit,
            policies::ConcurrencySpec(policies::VegasSpec{5, 9, 0.5, 10}));
  const json gradient2 = {{"kind", "gradient2"}, {"initial", 5},      {"min", 2},         {"max", 9},
                          {"tolerance", 2},      {"longWindow", 100}, {"smoothing", 0.1}, {"queue", 0}};
  EXPECT_EQ(read({{"limit", gradient2}}).limit, policies::ConcurrencySpec(policies::Gradient2Spec{5, 2, 9, 2, 100, 0.1, 0}));
  const json envoy = {{"kind", "envoy"},    {"updateIntervalMs", 50}, {"minRttIntervalMs", 1'000}, {"requests", 10},
                      {"jitter", 0},        {"buffer", 0.1},          {"quantile", 0.9},           {"max", 100},
                      {"minConcurrency", 5}};
  EXPECT_EQ(read({{"limit", envoy}}).limit,
            policies::ConcurrencySpec(policies::EnvoyGradientSpec{50 * sim::millisecond, sim::second, 10, 0, 0.1, 0.9, 100, 5}));
}

TEST(Shedding, LimitsThatMakeNoSense) {
  EXPECT_EQ(message({{"limit", "fixed"}}), R"(A fixed limit has to say how many: {"kind": "fixed", "limit": 100}.)");
  EXPECT_THAT(problems({{"limit", {{"kind", "fixed"}}}}), ElementsAre("missingField /limit/limit"));
  EXPECT_THAT(problems({{"limit", {{"kind", "aimd"}, {"max", 19}}}}), ElementsAre("outOfRange /limit"));
  EXPECT_THAT(problems({{"limit", {{"kind", "aimd"}, {"min", 21}}}}), ElementsAre("outOfRange /limit"));
  EXPECT_EQ(message({{"limit", {{"kind", "gradient2"}, {"initial", 201}}}}),
            "min, initial and max have to be in this order (20, 20 and 200 when left out).");
  EXPECT_EQ(message({{"limit", {{"kind", "vegas"}, {"max", 19}}}}), "initial has to be at most max (20 and 1000 when left out).");
  EXPECT_EQ(message({{"limit", {{"kind", "envoy"}, {"max", 2}}}}), "minConcurrency has to be at most max (3 and 1000 when left out).");
  EXPECT_THAT(problems({{"limit", "tcp"}}), ElementsAre("unknownChoice /limit"));
  EXPECT_THAT(problems({{"limit", {{"max", 5}}}}), ElementsAre("missingField /limit/kind"));
  EXPECT_EQ(message({{"limit", 5}}), "This has to be the name of a limit, an object with its kind or null, not a number.");
}

TEST(Shedding, SharesOfALimit) {
  EXPECT_EQ(read({{"limit", "vegas"}, {"shares", {{"critical", 0.9}, {"bulk", 0.1}}}}).shares, (Shedding::Shares{0.9, 0, 0, 0.1}));
  EXPECT_EQ(read({{"limit", "vegas"}, {"shares", {{"critical", 0.6}, {"degraded", 0.3}, {"bestEffort", 0.1}}}}).shares,
            (Shedding::Shares{0.6, 0.3, 0.1, 0}))
      << "as much as there is, whatever the rounding";
  EXPECT_THAT(problems({{"limit", "vegas"}, {"shares", {{"critical", 0.9}, {"degraded", 0.2}}}}), ElementsAre("outOfRange /shares"));
  EXPECT_THAT(message({{"utilisation", json::object()}, {"shares", {{"critical", 1}}}}), HasSubstr(R"(give a "limit" as well)"));
  EXPECT_THAT(problems({{"limit", "vegas"}, {"shares", {{"live", 0.9}}}}), ElementsAre("unknownField /shares/live"));
}

TEST(Shedding, RangesOfUtilisation) {
  EXPECT_EQ(read({{"utilisation", json::object()}}).utilisation, policies::UtilisationSpec{});
  const Shedding own = read({{"utilisation", {{"windowMs", 500}, {"critical", nullptr}, {"bulk", {{"from", 0.3}, {"to", 0.3}}}}}});
  EXPECT_EQ(own.utilisation->window, 500 * sim::millisecond);
  EXPECT_EQ(own.utilisation->ranges[0], ShedRange{});
  EXPECT_EQ(own.utilisation->ranges[1], policies::UtilisationSpec{}.ranges[1]);
  EXPECT_EQ(own.utilisation->ranges[3], (ShedRange{0.3, 0.3}));
  EXPECT_THAT(problems({{"utilisation", {{"bulk", {{"from", 0.4}, {"to", 0.3}}}}}}), ElementsAre("outOfRange /utilisation/bulk/to"));
  EXPECT_THAT(problems({{"utilisation", {{"bulk", {{"from", 0.4}}}}}}), ElementsAre("missingField /utilisation/bulk/to"));
  EXPECT_THAT(problems({{"utilisation", {{"bulk", 0.4}}}}), ElementsAre("wrongType /utilisation/bulk"));
}

TEST(Shedding, HasToTurnSomethingDown) {
  EXPECT_THAT(problems(json::object()), ElementsAre("empty "));
  EXPECT_THAT(problems({{"limit", nullptr}, {"utilisation", nullptr}, {"shares", nullptr}}), ElementsAre("empty "));
  EXPECT_THAT(problems({{"limit", "vegas"}, {"utilisation", nullptr}, {"shares", nullptr}}), IsEmpty());
  EXPECT_THAT(problems(5), ElementsAre("wrongType "));
  EXPECT_THAT(problems({{"limt", "vegas"}}), ElementsAre("unknownField /limt"));
}

TEST(Shedding, IsAMemberOfAService) {
  const auto service = document_of(with_service(R"("shedding": {"limit": "gradient2"})")).services[0];
  EXPECT_EQ(service.serving.shedding->limit, policies::ConcurrencySpec(policies::Gradient2Spec{}));
  EXPECT_FALSE(document_of(with_service("")).services[0].serving.shedding.has_value());
  EXPECT_THAT(problems_of(with_service(R"("shedding": {"limit": {"kind": "fixed", "limit": 0}})")),
              ElementsAre("outOfRange /services/0/shedding/limit/limit"));
  EXPECT_THAT(problems_of(R"({"arch": "a", "services": [{"name": "s", "package": "denominator", "shedding": {"limit": "vegas"}}]})"),
              ElementsAre("conflict /services/0/shedding"));
}

// --- the schema

struct Case {
  json shedding;
  std::string place;
  json properties;
};

std::vector<Case> cases() {
  const json d = schema()["$defs"];
  const json whole = d["shedding"]["properties"];
  const json limit = {{"limit", "vegas"}};
  std::vector<Case> all = {{limit, "", whole},
                           {{{"limit", "vegas"}, {"shares", json::object()}}, "/shares", whole["shares"]["properties"]},
                           {{{"utilisation", json::object()}}, "/utilisation", whole["utilisation"]["properties"]},
                           {{{"utilisation", {{"bulk", {{"from", 0}, {"to", 1}}}}}}, "/utilisation/bulk", d["shedRange"]["properties"]}};
  for (const json& kind : d["concurrencyLimit"]["oneOf"]) {
    json members = {{"kind", kind["properties"]["kind"]["const"]}};
    if (members["kind"] == "fixed") members["limit"] = 1;
    all.push_back({{{"limit", members}}, "/limit", kind["properties"]});
  }
  return all;
}

TEST(SheddingSchema, KnowsTheFieldsOfTheReader) {
  EXPECT_EQ(cases().size(), 9U);
  for (const Case& c : cases()) {
    EXPECT_THAT(problems(c.shedding), IsEmpty()) << c.shedding;
    json more = c.shedding;
    more[json::json_pointer(c.place + "/qqqqqqqqqq")] = 1;
    const auto all = found(more);
    ASSERT_THAT(summary(all), ElementsAre("unknownField " + c.place + "/qqqqqqqqqq")) << more;
    EXPECT_THAT(all[0].known, testing::UnorderedElementsAreArray(names_of(c.properties))) << more;
  }
  EXPECT_THAT(found({{"limit", {{"kind", "qqqqqqqqqq"}}}}).at(0).known, testing::UnorderedElementsAreArray(model::limit_names()));
}

TEST(SheddingSchema, HasTheRangesOfTheReader) {
  std::size_t checked = 0;
  for (const Case& c : cases()) {
    for (const auto& [field, rule] : c.properties.items()) {
      const json range = rule.contains("$ref") ? schema()["$defs"][rule["$ref"].get<std::string>().substr(8)] : rule;
      if (!range.contains("minimum")) continue;
      const std::string pointer = c.place + "/" + field;
      const auto with = [&](double value) {
        json shedding = c.shedding;
        shedding[json::json_pointer(pointer)] = value;
        return problems(shedding);
      };
      const double min = range["minimum"], max = range["maximum"];
      const double step = range["type"] == "integer" ? 1 : 0.0001;
      EXPECT_THAT(with(min - step), testing::Contains("outOfRange " + pointer)) << c.shedding;
      EXPECT_THAT(with(max + step), testing::Contains("outOfRange " + pointer)) << c.shedding;
      ++checked;
      const bool depends =
          field == "initial" || field == "min" || field == "max" || field == "minConcurrency" || field == "from" || field == "to";
      if (depends) continue;
      EXPECT_THAT(with(min), IsEmpty()) << c.shedding << pointer;
      EXPECT_THAT(with(max), IsEmpty()) << c.shedding << pointer;
    }
  }
  EXPECT_EQ(checked, 4U + 1 + 2 + 1 + 5 + 4 + 7 + 8);
  const auto order = [](int min, int initial, int max) {
    return problems({{"limit", {{"kind", "aimd"}, {"min", min}, {"initial", initial}, {"max", max}}}});
  };
  EXPECT_THAT(order(1, 1, 1), IsEmpty());
  EXPECT_THAT(order(1'000'000, 1'000'000, 1'000'000), IsEmpty());
  EXPECT_THAT(order(2, 1, 2), ElementsAre("outOfRange /limit"));
}

}  // namespace
}  // namespace architecture_test

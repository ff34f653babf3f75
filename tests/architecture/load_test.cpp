// The load of a load source: what is read, what is refused, and what a run makes of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "architecture/build.h"
#include "architecture/read_load.h"
#include "reading.h"
#include "schema.h"

namespace architecture_test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;
using Arrivals = model::LoadSpec::Arrivals;

model::LoadSpec load_of(const std::string& text) {
  auto result = architecture::read_load(text);
  if (const auto* problems = std::get_if<architecture::Problems>(&result)) {
    throw std::runtime_error(problems->front().pointer + ": " + problems->front().message);
  }
  return std::get<model::LoadSpec>(std::move(result));
}

std::vector<std::string> load_problems(const std::string& text) {
  const auto result = architecture::read_load(text);
  const auto* problems = std::get_if<architecture::Problems>(&result);
  return problems == nullptr ? std::vector<std::string>() : summary(*problems);
}

std::vector<std::string> csv_messages(const std::string& csv) {
  architecture::Report report;
  architecture::read_trace(csv, model::usual_mix(), "/csv", report);
  std::vector<std::string> messages;
  for (const model::Problem& problem : report.take()) messages.push_back(problem.message);
  return messages;
}

TEST(Load, LeftOutIsAPoissonStreamOfTheUsualMix) {
  EXPECT_EQ(load_of("{}"), model::LoadSpec{});
  EXPECT_FALSE(load_of("{}").requests_per_second.has_value());
  ASSERT_EQ(model::LoadSpec{}.mix.size(), 3U);
  EXPECT_EQ(model::LoadSpec{}.mix[1].name, "getKnown");
  EXPECT_EQ(model::LoadSpec{}.mix[2].verb, model::Verb::put);
  EXPECT_EQ(model::LoadSpec{}.mix[0].priority, 3) << "RFC 9218";
}

TEST(Load, OpenArrivals) {
  EXPECT_EQ(load_of(R"({"arrivals": "deterministic", "requestsPerSecond": 0.5})").arrivals, Arrivals::deterministic);
  EXPECT_EQ(load_of(R"({"arrivals": "deterministic", "requestsPerSecond": 0.5})").requests_per_second, 0.5);
  EXPECT_EQ(load_of(R"({"arrivals": "pareto"})").alpha, 2.5);
  EXPECT_EQ(load_of(R"({"arrivals": {"kind": "pareto", "alpha": 1.2}})").alpha, 1.2);
  EXPECT_EQ(load_of(R"({"regions": {"b": 0, "a": 1000}})").regions, (std::map<std::string, double>{{"a", 1000}, {"b", 0}}));
}

TEST(Load, UsersAndWhatTheyThink) {
  const model::LoadSpec load = load_of(R"({"users": 7, "thinkTime": {"distribution": "uniform", "minMs": 1, "maxMs": 2}})");
  EXPECT_EQ(load.arrivals, Arrivals::users);
  EXPECT_EQ(load.users, 7U);
  EXPECT_EQ(load.think_time.kind, model::DistributionSpec::Kind::uniform);
  EXPECT_EQ(load_of(R"({"users": 7, "thinkTime": 250})").think_time.mean_ms, 250);
}

TEST(Load, Mixes) {
  const model::LoadSpec load = load_of(R"({"mix": [{"name": "browse", "verb": "get", "key": "known", "weight": 9, "priority": 7},
                                                   {"name": "buy", "verb": "put", "key": "new"}]})");
  using Key = model::RequestSpec::Key;
  EXPECT_EQ(load.mix,
            (std::vector<model::RequestSpec>{{"browse", model::Verb::get, Key::known, 9, 7}, {"buy", model::Verb::put, Key::fresh, 1, 3}}));
}

TEST(Load, ShapesAndTheirDefaults) {
  using Kind = model::ShapeSpec::Kind;
  const auto shape = [](const std::string& text) { return load_of(R"({"shape": )" + text + "}").shape; };
  const model::ShapeSpec ramp = shape(R"({"kind": "ramp", "overMs": 5, "toFactor": 2})");
  EXPECT_EQ(ramp.kind, Kind::ramp);
  EXPECT_EQ(ramp.at_ms, 0);
  EXPECT_EQ(ramp.over_ms, 5);
  EXPECT_EQ(ramp.from_factor, 1);
  EXPECT_EQ(ramp.to_factor, 2);
  EXPECT_EQ(shape(R"({"kind": "step", "atMs": 5, "fromFactor": 0, "toFactor": 2})").from_factor, 0);
  const model::ShapeSpec spike = shape(R"({"kind": "spike", "atMs": 5, "riseMs": 1, "holdMs": 2, "fallMs": 3, "toFactor": 4})");
  EXPECT_EQ(spike.rise_ms + spike.hold_ms * 10 + spike.fall_ms * 100, 321);
  EXPECT_EQ(spike.period_ms, 0) << "once";
  const model::ShapeSpec day = shape(R"({"kind": "diurnal", "lowFactor": 0.5, "highFactor": 2, "peakAtMs": 7})");
  EXPECT_EQ(day.period_ms, 86'400'000);
  EXPECT_EQ(day.at_ms, 7);
  EXPECT_EQ(shape(R"({"kind": "piecewise", "points": [{"atMs": 3, "factor": 2}]})").points, (std::vector<model::ShapeSpec::Point>{{3, 2}}));
}

TEST(Trace, RowsAreSecondsAndNames) {
  const auto rows =
      load_of(R"({"arrivals": {"kind": "trace", "csv": "seconds,kind\r\n0\n0.000000001,putNew\n1e0, \"getFixed\" \n\n2.5,"}})").trace;
  EXPECT_EQ(rows, (std::vector<model::TraceRow>{{0}, {1, 2}, {1'000'000'000, 0}, {2'500'000'000}}));
  EXPECT_EQ(load_of("{\"arrivals\": {\"kind\": \"trace\", \"csv\": \"\xEF\xBB\xBFt\\n1\"}}").trace.size(), 1U) << "a byte order mark";
}

TEST(Trace, MessagesNameTheLine) {
  EXPECT_THAT(csv_messages("t\n1\n\n0.5\nx\n2,getKnwon\n3,a,b\n-1\n2678401\n1e9x\n,\n"),
              ElementsAre("Line 4: 0.5 is before the row above; times have to ascend.", "Line 5: \"x\" is not a number of seconds.",
                          "Line 6: there is no kind of request \"getKnwon\" in the mix; it has getFixed, getKnown, putNew.",
                          "Line 7: there are more than two cells; a row has seconds and, if it is given, the name of a kind of request.",
                          "Line 8: -1 is not between 0 and 2678400 seconds.", "Line 9: 2678401 is not between 0 and 2678400 seconds.",
                          "Line 10: \"1e9x\" is not a number of seconds.", "Line 11: \"\" is not a number of seconds."));
  EXPECT_THAT(csv_messages("1.5s\n"), ElementsAre("Line 1: \"1.5s\" is not a number of seconds.")) << "begins like a number: no header";
  EXPECT_THAT(csv_messages("time\n"), ElementsAre("A trace needs at least one row: seconds since the start."));
  EXPECT_THAT(csv_messages(""), ElementsAre("A trace needs at least one row: seconds since the start."));
  EXPECT_THAT(csv_messages("1\nnan\ninf\n"), ElementsAre(HasSubstr("Line 2: nan is not between"), HasSubstr("Line 3: inf is not between")));
}

TEST(Trace, OfManyBadRowsTheFirstAreNamed) {
  std::string csv = "1\n";
  for (int i = 0; i < 1'000; ++i) csv += "?\n";
  const auto messages = csv_messages(csv);
  ASSERT_EQ(messages.size(), 21U);
  EXPECT_THAT(messages[19], HasSubstr("Line 21: "));
  EXPECT_EQ(messages[20], "There are more rows that are wrong than the 20 named.");
}

TEST(LoadLimits, TraceRows) {
  std::string csv;
  for (std::size_t i = 0; i < architecture::trace_rows_max; ++i) csv += "5\n";
  EXPECT_THAT(csv_messages(csv), IsEmpty());
  EXPECT_THAT(csv_messages(csv + "5\n"), ElementsAre("There are more than 1000000 rows."));
}

TEST(LoadLimits, LoopsAreNotShorterThanTheTraceNorFasterThanARateMayBe) {
  const auto problems = [](const std::string& csv, const std::string& loop) {
    return load_problems(R"({"arrivals": {"kind": "trace", "csv": ")" + csv + R"(", "loopMs": )" + loop + "}}");
  };
  EXPECT_THAT(problems(R"(0\n1\n)", "1000"), IsEmpty());
  EXPECT_THAT(problems(R"(0\n1\n)", "999.999"), ElementsAre("outOfRange /arrivals/loopMs"));
  EXPECT_THAT(problems(R"(0\n0\n)", "0.002"), IsEmpty());
  EXPECT_THAT(problems(R"(0\n0\n)", "0.0019"), ElementsAre("outOfRange /arrivals/loopMs"));
}

TEST(LoadLimits, PointsKindsAndRegions) {
  const auto times = [](std::size_t count, const std::string& item) {
    std::string all = item;
    for (std::size_t i = 1; i < count; ++i) all += "," + item;
    return all;
  };
  const auto points = [&](std::size_t count) {
    return R"({"shape": {"kind": "piecewise", "points": [)" + times(count, R"({"atMs":1,"factor":1})") + "]}}";
  };
  EXPECT_THAT(load_problems(points(architecture::shape_points_max)), IsEmpty());
  EXPECT_THAT(load_problems(points(architecture::shape_points_max + 1)), ElementsAre("tooMany /shape/points"));
  const auto mix = [](std::size_t count) {
    json list = json::array();
    for (std::size_t i = 0; i < count; ++i) list.push_back({{"name", "k" + std::to_string(i)}, {"verb", "get"}, {"key", "new"}});
    return json{{"mix", list}}.dump();
  };
  EXPECT_THAT(load_problems(mix(architecture::mix_max)), IsEmpty());
  EXPECT_THAT(load_problems(mix(architecture::mix_max + 1)), ElementsAre("tooMany /mix"));
  const auto regions = [](std::size_t count) {
    json list = json::object();
    for (std::size_t i = 0; i < count; ++i) list["r" + std::to_string(i)] = 1;
    return json{{"regions", list}}.dump();
  };
  EXPECT_THAT(load_problems(regions(architecture::regions_max)), IsEmpty());
  EXPECT_THAT(load_problems(regions(architecture::regions_max + 1)), ElementsAre("tooMany /regions"));
}

TEST(LoadLimits, WhatFactorsMakeOfRatesAndUsers) {
  EXPECT_THAT(load_problems(R"({"requestsPerSecond": 1000, "regions": {"a": 1000}})"), IsEmpty());
  EXPECT_THAT(load_problems(R"({"requestsPerSecond": 1001, "regions": {"a": 1000}})"), ElementsAre("outOfRange /requestsPerSecond"));
  const std::string shape = R"("shape": {"kind": "step", "atMs": 0, "toFactor": 4})";
  EXPECT_THAT(load_problems(R"({"users": 250000, "thinkTime": 1, )" + shape + "}"), IsEmpty());
  EXPECT_THAT(load_problems(R"({"users": 250001, "thinkTime": 1, )" + shape + "}"), ElementsAre("outOfRange /users"));
}

// --- the schema says the same

std::vector<std::string> known_at(const json& load, const std::string& pointer) {
  const auto result = architecture::read_load(load.dump());
  for (const model::Problem& problem : std::get<architecture::Problems>(result)) {
    if (problem.code == "unknownField" && problem.pointer == pointer) return problem.known;
  }
  return {};
}

TEST(Load, PopularKeysAreSoManyByZipfsLaw) {
  const auto with = [](const std::string& members) { return load_problems(R"({"mix": [{"name": "a", "verb": "get", )" + members + "}]}"); };
  EXPECT_THAT(with(R"("key": "popular", "keys": 1000000000, "zipf": 5)"), testing::IsEmpty());
  EXPECT_THAT(with(R"("key": "popular", "keys": 1000000001, "zipf": 5.1)"),
              testing::ElementsAre("outOfRange /mix/0/keys", "outOfRange /mix/0/zipf"));
  EXPECT_THAT(with(R"("key": "popular")"), testing::ElementsAre("missingField /mix/0/keys"));
  EXPECT_THAT(with(R"("key": "new", "keys": 5, "zipf": 1)"), testing::ElementsAre("conflict /mix/0/keys", "conflict /mix/0/zipf"));
  EXPECT_THAT(with(R"("key": "new", "consistency": "ANY")"), testing::ElementsAre("conflict /mix/0/consistency"));
  EXPECT_THAT(with(R"("key": "new", "consistency": "SOME")"), testing::ElementsAre("unknownChoice /mix/0/consistency"));
}

TEST(LoadSchema, KnowsTheFields) {
  const json defs = schema()["$defs"];
  EXPECT_THAT(known_at({{"qqqqqqqqqq", 1}}, "/qqqqqqqqqq"), UnorderedElementsAreArray(names_of(defs["load"]["properties"])));
  EXPECT_THAT(known_at({{"mix", {{{"qqqqqqqqqq", 1}}}}}, "/mix/0/qqqqqqqqqq"),
              UnorderedElementsAreArray(names_of(defs["request"]["properties"])));
  EXPECT_EQ(defs["shape"]["oneOf"].size(), 6U);
  for (const json& kind : defs["shape"]["oneOf"]) {
    const json load = {{"shape", {{"kind", kind["properties"]["kind"]["const"]}, {"qqqqqqqqqq", 1}}}};
    EXPECT_THAT(known_at(load, "/shape/qqqqqqqqqq"), UnorderedElementsAreArray(names_of(kind["properties"]))) << load;
  }
  EXPECT_EQ(defs["arrivals"]["oneOf"].size(), 4U);
  for (const json& kind : defs["arrivals"]["oneOf"]) {
    const json load = {{"arrivals", {{"kind", kind["properties"]["kind"]["const"]}, {"qqqqqqqqqq", 1}}}};
    EXPECT_THAT(known_at(load, "/arrivals/qqqqqqqqqq"), UnorderedElementsAreArray(names_of(kind["properties"]))) << load;
  }
}

/// Whether the reader takes the ends of the range that the schema gives a member at `place`, and nothing beyond them.
void expect_range(const json& load, const json::json_pointer& place, json rule) {
  if (rule.contains("$ref")) rule = schema()["$defs"][rule["$ref"].get<std::string>().substr(8)];
  if (!rule.contains("minimum")) return;
  const double step = rule["type"] == "integer" ? 1 : 0.0001;
  const std::string problem = "outOfRange " + place.to_string();
  const auto problems_with = [&](double value) {
    json changed = load;
    changed[place] = value;
    return load_problems(changed.dump());
  };
  const double min = rule["minimum"];
  const double max = rule["maximum"];
  EXPECT_THAT(problems_with(min), testing::Not(testing::Contains(problem))) << place;
  EXPECT_THAT(problems_with(max), testing::Not(testing::Contains(problem))) << place;
  EXPECT_THAT(problems_with(min - step), testing::Contains(problem)) << place;
  EXPECT_THAT(problems_with(max + step), testing::Contains(problem)) << place;
}

TEST(LoadSchema, HasTheRangesOfTheReader) {
  const json defs = schema()["$defs"];
  const json request = {{"name", "a"}, {"verb", "get"}, {"key", "new"}};
  for (const auto& [name, rule] : defs["request"]["properties"].items())
    expect_range({{"mix", {request, request}}}, json::json_pointer("/mix/1/" + name), rule);
  for (const auto& [name, rule] : defs["load"]["properties"].items()) {
    json load = json::object();
    if (name == "users") load["thinkTime"] = 1;
    expect_range(load, json::json_pointer("/" + name), rule);
  }
  for (const json& kind : defs["shape"]["oneOf"]) {
    json shape = {{"kind", kind["properties"]["kind"]["const"]}};
    for (const auto& [name, rule] : kind["properties"].items()) {
      // What is repeated takes no time, so that the least period is long enough.
      expect_range({{"shape", shape}}, json::json_pointer("/shape/" + name), rule);
    }
  }
  expect_range({{"arrivals", {{"kind", "pareto"}}}}, json::json_pointer("/arrivals/alpha"),
               defs["arrivals"]["oneOf"][2]["properties"]["alpha"]);
  expect_range({{"arrivals", {{"kind", "trace"}, {"csv", "0"}}}}, json::json_pointer("/arrivals/loopMs"),
               defs["arrivals"]["oneOf"][3]["properties"]["loopMs"]);
  EXPECT_EQ(defs["request"]["properties"]["priority"]["maximum"], model::priorities - 1);
  EXPECT_EQ(defs["load"]["properties"]["mix"]["maxItems"], architecture::mix_max);
}

// --- what a run makes of it

std::variant<model::WorldSpec, model::Refusal> built(const std::string& load, const std::string& more = "") {
  const std::string text = R"({"arch": "a", "services": [{"name": "db", "package": "store", "regions": 1},
    {"name": "www", "package": "denominator", "regions": 2, "count": 3, "dependencies": ["db"])" +
                           more + R"(, "load": )" + load + "}]}";
  return architecture::build(document_of(text), std::get<architecture::Regions>(architecture::read_regions(file("config/regions.json"))),
                             std::get<architecture::Defaults>(architecture::read_defaults(file("config/packages.json"), packages())), {});
}

model::LoadSpec load_in_world(const std::string& load, const std::string& more = "") {
  const model::World world(std::get<model::WorldSpec>(built(load, more)));
  return *world.shared().services[1].load.spec;
}

TEST(LoadInARun, IsOfAllInstancesTogether) {
  EXPECT_EQ(load_in_world(R"({"requestsPerSecond": 60})").requests_per_second, 60);
  EXPECT_EQ(load_in_world("{}").requests_per_second, 6 * 100) << "the package's default is of each instance";
  EXPECT_EQ(load_in_world("{}", R"(, "requestsPerSecond": 7)").requests_per_second, 6 * 7);
  EXPECT_EQ(load_in_world(R"({"users": 5, "thinkTime": 1})").users, 5U);
}

TEST(LoadInARun, NamesRegionsOfTheCatalogue) {
  EXPECT_TRUE(std::holds_alternative<model::WorldSpec>(built(R"({"regions": {"eu-west-1": 2}})"))) << "also one that the run does not use";
  const auto refusal = std::get<model::Refusal>(built(R"({"regions": {"us-esat-1": 2}})"));
  EXPECT_EQ(refusal.problems.at(0).pointer, "/document/services/1/load/regions/us-esat-1");
  EXPECT_EQ(refusal.detail, R"(the load of "www": There is no region "us-esat-1"; did you mean "us-east-1"?)");
  EXPECT_EQ(std::get<model::Refusal>(built(R"({"regions": {"us-east-1": 1000}})", R"(, "requestsPerSecond": 200)")).problems.at(0).pointer,
            "/document/services/1/load/requestsPerSecond");
}

}  // namespace
}  // namespace architecture_test

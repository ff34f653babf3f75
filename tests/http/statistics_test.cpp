// Figures with their intervals, through REST.

#include <fstream>
#include <set>

#include "server_fixture.h"
#include "support/source.h"

namespace {

using client::json;

const std::set<std::string> figures = {"rate",          "errorRate",     "errorShare", "utilisation", "inFlight", "queue", "meanMs",
                                       "serviceMeanMs", "networkMeanMs", "p50Ms",      "p95Ms",       "p99Ms",    "p999Ms"};

void expect_interval(const json& interval, const std::string& what) {
  ASSERT_TRUE(interval.is_object()) << what;
  EXPECT_TRUE(interval["batches"].is_number_unsigned()) << what;
  if (interval["low"].is_null()) {
    EXPECT_TRUE(interval["high"].is_null()) << what;
    EXPECT_TRUE((std::set<std::string>{"nothingSeen", "tooFewBatches", "tooFewValues", "correlated"}.contains(interval["reason"])))
        << interval;
  } else {
    EXPECT_LE(interval["low"], interval["value"]) << what << interval;
    EXPECT_LE(interval["value"], interval["high"]) << what << interval;
    EXPECT_FALSE(interval.contains("reason")) << what;
  }
}

void expect_figures(const json& item, const std::string& what) {
  for (const std::string& name : figures) expect_interval(item[name], what + " " + name);
}

/// The truth is in it; batches may look alike by chance, in one case of twenty.
void expect_to_hold(const json& interval, double truth) {
  if (interval.value("reason", "") == "correlated") return;
  ASSERT_TRUE(interval["low"].is_number()) << interval;
  EXPECT_LE(interval["low"].get<double>(), truth) << interval;
  EXPECT_GE(interval["high"].get<double>(), truth) << interval;
}

TEST_F(ServerTest, gives_every_figure_with_its_interval) {
  const std::string s = make("netflixoss", {{"seed", 3}});
  run_to(s, 60'000);
  const json all = get(s + "/statistics");
  EXPECT_EQ(all["simTimeMs"], 60'000);
  EXPECT_EQ(all["level"], "service");
  EXPECT_EQ(all["confidence"], 0.95);
  EXPECT_EQ(all["toMs"], 60'000);
  EXPECT_EQ(all["changedMs"], 0);
  EXPECT_EQ(all["fromMs"], all["warmUpMs"]);
  EXPECT_EQ(all["batchMs"], 2'000);
  EXPECT_EQ(all["toMs"].get<double>() - all["fromMs"].get<double>(), all["batches"].get<double>() * 2'000);
  EXPECT_TRUE(all["warmUpOver"].is_boolean());
  ASSERT_EQ(all["items"].size(), 8U);
  for (const json& item : all["items"]) expect_figures(item, item["id"]);
  expect_figures(all["users"], "users");
  // Users come at random, 100 a second: a Poisson count is within five standard deviations.
  const double seconds = (all["toMs"].get<double>() - all["fromMs"].get<double>()) / 1'000;
  EXPECT_NEAR(all["users"]["rate"]["value"].get<double>(), 100, 5 * std::sqrt(100 / seconds));
  EXPECT_EQ(all["users"]["errorShare"]["value"], 0);
  EXPECT_EQ(all["users"]["errorShare"]["low"], 0);
  EXPECT_GT(all["users"]["errorShare"]["high"].get<double>(), 0);  // no error among 6,000 does not mean that there are none
  EXPECT_NE(all["users"]["p999Ms"].value("reason", ""), "");       // 6 values beyond
}

TEST_F(ServerTest, statistics_add_up_over_levels_and_pages) {
  const std::string s = make("netflixoss", {{"regions", 2}});
  run_to(s, 15'000);
  const auto rate_of = [](const json& items, const std::string& id) {
    double sum = 0;
    for (const json& item : items) {
      if (item["id"].get<std::string>().ends_with(id)) sum += item["rate"]["value"].get<double>();
    }
    return sum;
  };
  const std::string query = s + "/statistics?fromMs=5000&pageSize=1000&level=";
  const json services = get(query + "service")["items"], groups = get(query + "group")["items"];
  EXPECT_EQ(services.size(), 8U);
  EXPECT_EQ(groups.size(), get(s + "/graph?level=group")["nodes"].size());
  EXPECT_NEAR(rate_of(groups, ".homepage") / rate_of(services, "homepage"), 1, 1e-5);
  EXPECT_EQ(get(query + "zone")["items"].size(), get(s + "/graph?level=zone")["nodes"].size());
  EXPECT_EQ(get(query + "region")["items"].size(), get(s + "/graph?level=region")["nodes"].size());
  for (const char* between : {"region", "zone", "service", "group"}) {
    const json links = get(query + "link&between=" + between)["items"];
    const json edges = get(s + "/graph?level=" + between)["edges"];
    std::set<std::pair<std::string, std::string>> mine, theirs;
    for (const json& link : links) {
      mine.emplace(link["source"], link["target"]);
      for (const char* figure : {"rate", "errorRate", "errorShare", "latencyMs"}) expect_interval(link[figure], figure);
    }
    for (const json& edge : edges) theirs.emplace(edge["source"], edge["target"]);
    EXPECT_EQ(mine, theirs) << between;
  }
  std::set<std::string> ids;
  std::string token;
  do {
    const json page = get(s + "/statistics?level=group&pageSize=7" + (token.empty() ? "" : "&pageToken=" + token));
    for (const json& item : page["items"]) ids.insert(item["id"]);
    token = page.value("nextPageToken", "");
  } while (!token.empty());
  EXPECT_EQ(ids.size(), groups.size());
}

TEST_F(ServerTest, statistics_begin_anew_after_a_change) {
  const std::string s = make("netflixoss");
  run_to(s, 30'500);
  EXPECT_EQ(call("PUT", s + "/traffic/www", {{"requestsPerSecond", 400}}).status, 200);
  run_to(s, 36'000);
  const json young = get(s + "/statistics?node=www");
  EXPECT_EQ(young["changedMs"], 31'000);
  EXPECT_EQ(young["fromMs"], 31'000);
  EXPECT_EQ(young["batches"], 5);
  EXPECT_EQ(young["items"][0]["rate"]["reason"], "tooFewBatches");
  EXPECT_EQ(young["items"][0]["rate"]["low"], nullptr);
  EXPECT_NEAR(young["items"][0]["rate"]["value"].get<double>(), 400, 5 * std::sqrt(400.0 / 5));
  run_to(s, 51'000);
  const json steady = get(s + "/statistics?node=www&confidence=0.9999");
  EXPECT_GE(steady["fromMs"].get<double>(), 31'000);
  expect_to_hold(steady["items"][0]["rate"], 400);
  // Asked for, both loads are in it: neighbours are alike, so it has no interval.
  const json whole = get(s + "/statistics?node=www&fromMs=0");
  EXPECT_EQ(whole["fromMs"], 0);
  EXPECT_EQ(whole["warmUpMs"], 0);
  EXPECT_EQ(whole["items"][0]["rate"]["reason"], "correlated");
  EXPECT_EQ(get(s + "/statistics?node=www&fromMs=40000")["fromMs"], 40'000);
  const json none = get(s + "/statistics?node=www&fromMs=50900");
  EXPECT_EQ(none["batches"], 0);
  EXPECT_EQ(none["items"][0]["meanMs"],
            (json{{"value", nullptr}, {"low", nullptr}, {"high", nullptr}, {"batches", 0}, {"reason", "nothingSeen"}}));
}

TEST_F(ServerTest, the_same_run_has_the_same_statistics_at_any_pace) {
  const std::string one = make("netflixoss", {{"seed", 5}});
  const std::string two = make("netflixoss", {{"seed", 5}});
  run_to(one, 25'000);
  for (int t = 1; t <= 100; ++t) run_to(two, t * 250);
  EXPECT_EQ(get(one)["fingerprint"], get(two)["fingerprint"]);
  EXPECT_EQ(get(one + "/statistics?level=group"), get(two + "/statistics?level=group"));
}

TEST_F(ServerTest, narrows_statistics_and_says_what_is_wrong) {
  const std::string s = make("netflixoss");
  run_to(s, 12'000);
  const json one = get(s + "/statistics?level=group&node=us-east-1.zoneA.homepage");
  ASSERT_EQ(one["items"].size(), 1U);
  EXPECT_EQ(one["items"][0]["id"], "us-east-1.zoneA.homepage");
  const json links = get(s + "/statistics?level=link&between=service&node=homepage");
  for (const json& link : links["items"]) {
    EXPECT_TRUE(link["source"] == "homepage" || link["target"] == "homepage") << link;
  }
  const json nodes = get(s + "/statistics?level=group&path=us-east-1.zoneB");
  for (const json& node : nodes["items"]) {
    EXPECT_TRUE(node["id"].get<std::string>().starts_with("us-east-1.zoneB.")) << node;
  }
  expect_problem(call("GET", s + "/statistics?path=mars"), 422, "?path");
  const auto unknown = call("GET", s + "/statistics?node=homepag");
  expect_problem(unknown, 422, "?node");
  EXPECT_EQ(unknown.parsed()["errors"][0]["known"][0], "homepage");
  const auto late = call("GET", s + "/statistics?fromMs=12001");
  expect_problem(late, 422, "?fromMs");
  EXPECT_NE(late.body.find("at most 12000"), std::string::npos) << late.body;
  EXPECT_EQ(call("GET", s + "/statistics?fromMs=12000").status, 200);
  expect_problem(call("GET", s + "/statistics?fromMs=-1"), 400, "?fromMs");
  expect_problem(call("GET", s + "/statistics?fromMs=31536000000"), 422, "?fromMs");
  expect_problem(call("GET", s + "/statistics?fromMs=31536000001"), 400, "?fromMs");
  expect_problem(call("GET", s + "/statistics?confidence=0.49"), 400, "?confidence");
  expect_problem(call("GET", s + "/statistics?confidence=1"), 400, "?confidence");
  expect_problem(call("GET", s + "/statistics?level=instance"), 400, "?level");
  expect_problem(call("GET", s + "/statistics?between=zone"), 400, "?between");
  expect_problem(call("GET", s + "/statistics?pageToken=x"), 400, "?pageToken");
  expect_problem(call("GET", "/api/v1/simulations/none/statistics"), 404);
}

/// Names and kinds of everything in it. An interval is one with low and high or without.
json shape_of(const json& value) {
  if (value.is_object() && value.contains("low")) {
    expect_interval(value, value.dump());
    return "interval";
  }
  if (value.is_object()) {
    json shape = json::object();
    for (const auto& [name, member] : value.items()) shape[name] = shape_of(member);
    return shape;
  }
  if (value.is_array()) {
    json shape = json::array();
    for (const json& member : value) shape.push_back(shape_of(member));
    return shape;
  }
  return value.is_number() ? "number" : value.type_name();
}

/// What the dashboard's tests read is what the server writes.
TEST_F(ServerTest, the_golden_statistics_have_the_shape_of_the_answer) {
  const json golden = json::parse(source::text_of("tests/golden/wire/statistics.json"));
  const std::string s = make("netflixoss", {{"seed", 3}});
  run_to(s, 60'000);
  const json answer = get(s + "/statistics?node=homepage");
  EXPECT_EQ(shape_of(answer), shape_of(golden)) << answer.dump(2);
}

}  // namespace

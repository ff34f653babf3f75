// Scenarios over REST.

#include "server_fixture.h"

#include <fstream>

namespace {

using client::json;

class ScenariosTest : public ServerTest {
 protected:
  ScenariosTest() {
    scenarios_ = {{"short", text_}, {"wrong", "{}"}};
    restart({});
  }

  const std::string text_ =
      R"({"title": "A short one", "summary": "A zone goes.", "architecture": "netflixoss", "seed": 3, "durationMs": 12000,
    "changes": {"services": {"homepage": {"count": 30}}}, "load": {"www": {"requestsPerSecond": 200}},
    "story": [{"atMs": 0, "text": "All is well."}, {"atMs": 4000, "text": "A zone goes."}],
    "actions": [{"atMs": 4000, "request": "POST /faults", "body": {"type": "zone.outage", "selector": {"zones": ["us-east-1.zoneB"]}}, "text": "Zone B."},
                {"atMs": 5000, "request": "DELETE /faults/f99"},
                {"atMs": 8000, "request": "DELETE /faults/f1"}],
    "expected": [{"text": "Users are served.", "figure": {"metric": "successRatio", "atMs": 12000, "windowMs": 8000, "value": 0.99}},
                 {"text": "It is told.", "incident": {"severity": "degraded, redundant", "fromMs": 4000, "untilMs": 8000}}]})";

  std::string play(const json& more = json::object()) {
    json body = {{"scenario", "short"}, {"startPaused", true}};
    body.update(more);
    const auto made = call("POST", "/api/v1/simulations", body);
    EXPECT_EQ(made.status, 201) << made.body;
    return made.header("location");
  }
};

TEST_F(ScenariosTest, are_listed_and_told) {
  const json items = get("/api/v1/scenarios")["items"];
  ASSERT_EQ(items.size(), 1U);  // the other one has problems
  EXPECT_EQ(items[0]["name"], "short");
  EXPECT_EQ(items[0]["durationMs"], 12'000);
  EXPECT_FALSE(items[0].contains("story"));
  const json one = get("/api/v1/scenarios/short");
  for (const auto& [name, value] : items[0].items()) EXPECT_EQ(one[name], value) << name;
  EXPECT_EQ(one["story"], json::parse(text_)["story"]);
  ASSERT_EQ(one["actions"].size(), 4U);
  EXPECT_EQ(one["actions"][0]["request"], "PUT /traffic/www");
  EXPECT_EQ(one["actions"][1]["body"], json::parse(text_)["actions"][0]["body"]);
  EXPECT_EQ(one["expected"][1]["kind"], "incident");
  expect_problem(call("GET", "/api/v1/scenarios/shirt"), 404);
}

TEST_F(ScenariosTest, a_simulation_plays_one_and_says_how_it_goes) {
  const std::string s = play();
  EXPECT_EQ(get(s)["scenario"], "short");
  EXPECT_EQ(get(s)["seed"], 3);
  EXPECT_EQ(get(s + "/traffic/www")["requestsPerSecond"], 200);  // from the very beginning
  EXPECT_EQ(get(s + "/services/homepage")["desired"], 30);
  EXPECT_EQ(get(s + "/outcome")["verdict"], "pending");
  run_to(s, 6'000);
  json outcome = get(s + "/outcome");
  EXPECT_EQ(outcome["actions"][1]["state"], "done");
  EXPECT_EQ(outcome["actions"][1]["id"], "f1");
  EXPECT_EQ(outcome["actions"][2]["state"], "refused");
  EXPECT_NE(outcome["actions"][2]["reason"].get<std::string>().find("f99"), std::string::npos);
  EXPECT_EQ(outcome["actions"][3]["state"], "pending");
  EXPECT_EQ(outcome["expectations"][0]["state"], "pending");
  EXPECT_EQ(outcome["expectations"][1]["state"], "met");
  EXPECT_EQ(outcome["verdict"], "notMet");  // something was refused
  run_to(s, 12'000);
  outcome = get(s + "/outcome");
  EXPECT_EQ(outcome["expectations"][0]["state"], "met");
  EXPECT_GE(outcome["expectations"][0]["value"], 0.99);
  const auto told = call("GET", s + "/outcome?format=md");
  EXPECT_EQ(told.status, 200);
  EXPECT_EQ(told.header("content-type"), "text/markdown; charset=utf-8");
  EXPECT_NE(told.body.find("# A short one"), std::string::npos);
  const json journal = get(s + "/commands")["items"];
  ASSERT_EQ(journal.size(), 3U);
  EXPECT_EQ(journal[1]["scenarioAction"], 2);
  EXPECT_EQ(journal[1]["simTimeMs"], 4'000);
  EXPECT_EQ(journal[2]["scenarioAction"], 4);
  std::size_t actions = 0, refused = 0;
  for (const json& event : get(s + "/events?pageSize=500")["items"]) {
    actions += static_cast<std::size_t>(event["type"] == "scenario.action");
    refused += static_cast<std::size_t>(event["type"] == "scenario.refused");
  }
  EXPECT_EQ(actions, 4U);
  EXPECT_EQ(refused, 1U);
  expect_problem(call("GET", make("lamp") + "/outcome"), 404);
}

TEST_F(ScenariosTest, forks_go_on_with_it) {
  const std::string s = play();
  run_to(s, 6'500);
  const auto fork = [&](const json& body) {
    json more = body;
    more["startPaused"] = true;
    return call("POST", s + "/forks", more).header("location");
  };
  std::vector<std::string> forks = {fork({}), fork({{"atSimTimeMs", 4'500}}), fork({{"beforeCommand", 2}})};
  EXPECT_EQ(get(forks[0] + "/outcome"), get(s + "/outcome"));
  EXPECT_EQ(get(forks[1] + "/outcome")["actions"][1]["state"], "done");
  run_to(s, 12'000);
  for (const std::string& other : forks) {
    run_to(other, 12'000);
    EXPECT_EQ(get(other)["fingerprint"], get(s)["fingerprint"]) << other;
    EXPECT_EQ(get(other + "/outcome"), get(s + "/outcome")) << other;
  }
  const std::string late = fork({{"atSimTimeMs", 5'500}});  // between the refused one and the next
  EXPECT_EQ(get(late + "/outcome")["actions"][2]["state"], "refused");
}

TEST_F(ScenariosTest, another_seed_may_be_asked_for_and_nothing_else) {
  EXPECT_EQ(get(play({{"seed", 9}}))["seed"], 9);
  expect_problem(call("POST", "/api/v1/simulations", {{"scenario", "short"}, {"regions", 2}}), 422, "/regions");
  expect_problem(call("POST", "/api/v1/simulations", {{"scenario", "short"}, {"architecture", "lamp"}}), 422, "/architecture");
  expect_problem(call("POST", "/api/v1/simulations", {{"scenario", "shirt"}}), 422, "/scenario");
}

}  // namespace

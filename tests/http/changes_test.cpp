// What people change, over REST: autoscalers, deployments, versions, routes, flags, gates, traffic of places, evacuations; and the journal.

#include <gmock/gmock.h>

#include "server_fixture.h"

namespace {

using client::json;
using testing::HasSubstr;

/// The pairs of type and subject of what was done.
std::vector<std::string> types_in(const json& journal) {
  std::vector<std::string> types;
  for (const json& entry : journal["items"]) types.push_back(entry["command"]["type"]);
  return types;
}

TEST_F(ServerTest, sets_lists_and_removes_an_autoscaler) {
  const std::string s = make("netflixoss");
  const std::string one = s + "/services/homepage/autoscaler";
  EXPECT_TRUE(get(one)["autoscaler"].is_null());
  EXPECT_EQ(get(one + "/decisions")["items"].size(), 0U);
  const auto put = call("PUT", one, {{"min", 6}, {"max", 60}, {"metrics", {{{"name", "requests"}, {"target", 1}}}}, {"syncMs", 1'000}});
  ASSERT_EQ(put.status, 200) << put.body;
  const json autoscaler = put.parsed()["autoscaler"];
  EXPECT_EQ(autoscaler["behaviour"]["down"]["windowMs"], 300'000);
  EXPECT_EQ(autoscaler["behaviour"]["up"]["rules"].size(), 2U);
  run_to(s, 5'500);
  const json decisions = get(one + "/decisions")["items"];
  ASSERT_EQ(decisions.size(), 5U);
  EXPECT_EQ(decisions[0]["simTimeMs"], 1'000);
  EXPECT_EQ(decisions[0]["current"], 24);
  EXPECT_FALSE(decisions[0]["reason"].get<std::string>().empty());
  EXPECT_EQ(get(one)["last"], decisions.back());
  EXPECT_EQ(get(s + "/services/homepage")["desired"], decisions.back()["applied"]);
  expect_problem(call("PUT", one, {{"max", 0}}), 422, "/max");
  expect_problem(call("PUT", s + "/services/www/autoscaler", {{"max", 2}}), 422);
  EXPECT_EQ(call("DELETE", one).status, 200);
  expect_problem(call("DELETE", one), 404);
  expect_problem(call("GET", s + "/services/nothing/autoscaler"), 404);
  EXPECT_EQ(types_in(get(s + "/commands")), (std::vector<std::string>{"setAutoscaler", "setAutoscaler"}));
}

TEST_F(ServerTest, a_canary_waits_is_promoted_and_ends) {
  const std::string s = make("netflixoss");
  run_to(s, 1'000);
  const std::string deployments = s + "/services/homepage/deployments";
  const json strategy = {{"kind", "canary"}, {"steps", {{{"weight", 25}}, {{"pauseMs", nullptr}}}}, {"scaleDownDelayMs", 1'000}};
  const auto pushed = call("POST", deployments, {{"version", "1.2.4"}, {"strategy", strategy}, {"rollbackShape", "weighted"}});
  ASSERT_EQ(pushed.status, 202) << pushed.body;
  const std::string path = pushed.header("location");
  EXPECT_EQ(pushed.parsed()["strategy"], "canary");
  EXPECT_EQ(pushed.parsed()["settings"]["strategy"]["steps"][1]["pauseMs"], nullptr);
  run_to(s, 20'000);
  const json waits = get(path);
  EXPECT_EQ(waits["state"], "paused");
  EXPECT_EQ(waits["weights"], (json{{"1.2.4", 25}, {"1.0", 75}}));
  EXPECT_EQ(waits["byVersion"], (json{{"1.2.4", 6}, {"1.0", 24}}));
  EXPECT_THAT(waits["reason"].get<std::string>(), HasSubstr("promotes"));
  EXPECT_EQ(get(s + "/services/homepage/versions")["items"].size(), 2U);
  expect_problem(call("PUT", path + "/state", {{"state", "progressing"}}), 409);
  EXPECT_EQ(call("PUT", path + "/state", {{"state", "promoted"}}).status, 202);
  run_to(s, 40'000);
  EXPECT_EQ(get(path)["state"], "succeeded");
  EXPECT_EQ(get(s + "/services/homepage")["version"], "1.2.4");
  EXPECT_EQ(types_in(get(s + "/commands")), (std::vector<std::string>{"push", "setDeploymentState"}));
  const json events = get(s + "/events?types=deployment.step")["items"];
  ASSERT_GE(events.size(), 5U);
  EXPECT_NE(events[0]["causeSeq"], 0);
}

TEST_F(ServerTest, gates_hold_deployments_while_a_zone_is_down) {
  const std::string s = make("netflixoss");
  EXPECT_EQ(get(s + "/gates"), (json{{"deploymentsWaitForZones", true}}));
  run_to(s, 1'000);
  ASSERT_EQ(call("POST", s + "/faults", {{"type", "zone.outage"}, {"selector", {{"zones", {"us-east-1.zoneB"}}}}}).status, 201);
  const std::string deployments = s + "/services/homepage/deployments";
  const auto refused = call("POST", deployments, {{"version", "1.2.4"}});
  expect_problem(refused, 409);
  EXPECT_THAT(refused.body, HasSubstr("us-east-1.zoneB is down"));
  EXPECT_EQ(call("PUT", s + "/gates", {{"deploymentsWaitForZones", false}}).status, 200);
  EXPECT_EQ(call("POST", deployments, {{"version", "1.2.4"}}).status, 202);
  expect_problem(call("PUT", s + "/gates", json::object()), 400, "/deploymentsWaitForZones");
}

TEST_F(ServerTest, versions_are_routed_flagged_and_removed_when_nobody_needs_them) {
  const std::string s = make("netflixoss");
  run_to(s, 1'000);
  const std::string one = s + "/services/homepage";
  ASSERT_EQ(call("POST", one + "/deployments", {{"version", "2.0.0"}, {"keep", true}}).status, 202);
  run_to(s, 20'000);
  const json rule = {
      {"match", {{"percent", 10}, {"header", "x-beta"}}}, {"toVersion", "2.0.0"}, {"weight", 50}, {"sticky", true}, {"mirror", false}};
  const auto put = call("PUT", one + "/routes", {{"rules", {rule}}});
  ASSERT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(put.parsed()["rules"][0], rule);
  EXPECT_EQ(get(one + "/routes"), put.parsed());
  expect_problem(call("PUT", one + "/routes", {{"rules", {{{"toVersion", "9"}}}}}), 422, "/rules/0/toVersion");
  expect_problem(call("PUT", one + "/routes", {{"rules", {{{"weight", 5}}}}}), 400, "/rules/0/toVersion");
  const json flag = {{"name", "cart"}, {"version", "2.0.0"}, {"on", true}, {"serviceTimeFactor", 2}, {"errorRate", 0.1}};
  EXPECT_EQ(call("PUT", one + "/flags", {{"flags", {flag}}}).status, 200);
  EXPECT_EQ(get(one + "/flags")["flags"][0], flag);
  expect_problem(call("DELETE", one + "/versions/2.0.0"), 409);
  expect_problem(call("DELETE", one + "/versions/7.7.7"), 404);
  const auto removed = call("DELETE", one + "/versions/1.0");
  ASSERT_EQ(removed.status, 200) << removed.body;
  EXPECT_EQ(get(one)["desired"], 24);
  EXPECT_EQ(types_in(get(s + "/commands")), (std::vector<std::string>{"push", "setRoutes", "setFlags", "removeVersion"}));
}

TEST_F(ServerTest, shifts_traffic_of_zones_and_evacuates_regions) {
  const std::string s = make("netflixoss", {{"regions", 2}});
  const std::string zone = s + "/zones/us-east-1.zoneA/traffic";
  EXPECT_EQ(get(zone)["weight"], 100);
  const auto put = call("PUT", zone, {{"weight", 0}, {"drainMs", 4'000}});
  ASSERT_EQ(put.status, 202) << put.body;
  EXPECT_EQ(put.parsed()["target"], 0);
  run_to(s, 2'000);
  EXPECT_EQ(get(zone)["weight"], 50);
  run_to(s, 5'000);
  EXPECT_EQ(get(zone)["weight"], 0);
  expect_problem(call("PUT", zone, {{"weight", 101}}), 422, "/weight");
  expect_problem(call("GET", s + "/zones/us-east-1.zoneZ/traffic"), 404);
  expect_problem(call("PUT", s + "/regions/nowhere/traffic", {{"weight", 0}}), 404);
  EXPECT_EQ(call("PUT", s + "/regions/us-west-2/traffic", {{"weight", 50}}).status, 202);
  EXPECT_EQ(get(s + "/regions/us-west-2/traffic")["weight"], 50);

  const auto begun =
      call("POST", s + "/evacuations", {{"region", "us-east-1"}, {"preset", "prewarmed"}, {"decideMs", 1'000}, {"switchMs", 2'000}});
  ASSERT_EQ(begun.status, 202) << begun.body;
  EXPECT_EQ(begun.parsed()["stage"], "decide");
  const std::string path = begun.header("location");
  run_to(s, 7'000);
  EXPECT_EQ(get(path)["stage"], "switch");
  run_to(s, 9'000);
  EXPECT_EQ(get(path)["state"], "succeeded");
  EXPECT_EQ(get(s + "/evacuations")["items"].size(), 1U);
  expect_problem(call("POST", s + "/evacuations", {{"region", "us-east-1"}}), 409);
  expect_problem(call("POST", s + "/evacuations", {{"region", "mars"}}), 422, "/region");
  EXPECT_EQ(call("PUT", path + "/state", {{"state", "failedBack"}}).status, 202);
  run_to(s, 12'000);
  EXPECT_EQ(get(path)["state"], "failedBack");
  expect_problem(call("GET", s + "/evacuations/e99"), 404);
  EXPECT_EQ(types_in(get(s + "/commands")), (std::vector<std::string>{"shiftTraffic", "shiftTraffic", "evacuate", "failBack"}));
}

}  // namespace

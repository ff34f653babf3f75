// Objectives and incidents over REST.

#include <gmock/gmock.h>

#include <set>

#include "server_fixture.h"

namespace {

using client::json;
using testing::HasSubstr;

std::string text_of(const json& value) {
  return value.get<std::string>();
}

TEST_F(ServerTest, tells_what_is_promised_and_what_is_left_of_it) {
  const std::string s = make("netflixoss");
  run_to(s, 10'000);
  const json items = get(s + "/objectives")["items"];
  ASSERT_EQ(items.size(), 1U);
  const json www = get(s + "/objectives/www");
  EXPECT_EQ(items[0], www);
  EXPECT_EQ(www["objective"], json({{"successRatio", 0.999}, {"windowMs", 43'200'000}}));
  EXPECT_FALSE(www.contains("latency"));
  EXPECT_GT(www["success"]["requests"], 500);
  EXPECT_EQ(www["success"]["bad"], 0);
  EXPECT_EQ(www["success"]["budgetRemaining"], 1);
  const json rates = www["success"]["burnRates"];
  ASSERT_EQ(rates.size(), 3U);
  EXPECT_EQ(rates[0],
            json({{"longWindowMs", 60'000}, {"shortWindowMs", 5'000}, {"long", 0}, {"short", 0}, {"factor", 14.4}, {"fires", false}}));
}

TEST_F(ServerTest, promises_something_else) {
  const std::string s = make("netflixoss");
  const auto put = call("PUT", s + "/objectives/www", {{"latencyMs", 1}, {"latencyRatio", 0.9}});
  ASSERT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(put.parsed()["objective"], json({{"successRatio", 0.999}, {"latencyMs", 1}, {"latencyRatio", 0.9}, {"windowMs", 43'200'000}}));
  run_to(s, 10'000);
  EXPECT_EQ(get(s)["status"], "outage") << "nothing is answered within 1 ms";
  const json incident = get(s + "/incidents/i1");
  EXPECT_EQ(incident["title"], "www: too many requests are slow");
  EXPECT_GT(incident["affected"][0]["slow"], 100);
  EXPECT_EQ(call("PUT", s + "/objectives/www", {{"successRatio", 0.99}}).status, 200);
  EXPECT_FALSE(get(s + "/objectives/www")["objective"].contains("latencyMs")) << "what is left out is as usual";
  run_to(s, 12'000);
  EXPECT_EQ(get(s)["status"], "healthy");
  EXPECT_EQ(get(s + "/commands")["items"][0]["command"]["type"], "setObjective");
}

TEST_F(ServerTest, refuses_objectives_that_make_no_sense) {
  const std::string s = make("netflixoss");
  expect_problem(call("PUT", s + "/objectives/homepage", {{"successRatio", 0.99}}), 404);
  expect_problem(call("GET", s + "/objectives/nobody"), 404);
  expect_problem(call("PUT", s + "/objectives/www", {{"successRatio", 1}}), 422, "/successRatio");
  expect_problem(call("PUT", s + "/objectives/www", {{"windowMs", 43'199'999}}), 422, "/windowMs");
  expect_problem(call("PUT", s + "/objectives/www", {{"latencyRatio", 0.9}}), 422, "/latencyRatio");
  expect_problem(call("PUT", s + "/objectives/www", {{"latencyms", 1}}), 400, "/latencyms");
}

TEST_F(ServerTest, has_what_the_document_promises) {
  json document = json::parse(call("GET", "/api/v1/architectures/netflixoss").body);
  document["objectives"] = {{"www", {{"latencyMs", 250}, {"latencyRatio", 0.95}, {"windowMs", 86'400'000}}}};
  const auto made = call("POST", "/api/v1/simulations", {{"document", document}, {"startPaused", true}});
  ASSERT_EQ(made.status, 201) << made.body;
  const json www = get(made.header("location") + "/objectives/www");
  EXPECT_EQ(www["objective"], json({{"successRatio", 0.999}, {"latencyMs", 250}, {"latencyRatio", 0.95}, {"windowMs", 86'400'000}}));
  EXPECT_EQ(www["latency"]["target"], 0.95);
  document["objectives"] = {{"homepage", json::object()}};
  expect_problem(call("POST", "/api/v1/simulations", {{"document", document}}), 422, "/document/objectives/homepage");
}

TEST_F(ServerTest, tells_an_incident_from_its_opening_to_its_end) {
  const std::string s = make("netflixoss");
  run_to(s, 10'000);
  const auto fault = call("POST", s + "/faults", {{"type", "zone.outage"}, {"selector", {{"zones", {"us-east-1.zoneB"}}}}});
  ASSERT_EQ(fault.status, 201) << fault.body;
  run_to(s, 15'000);
  EXPECT_EQ(get(s)["status"], "degraded, redundant");
  EXPECT_THAT(text_of(get(s)["statusDetail"]), HasSubstr("not an outage"));
  const json open = get(s + "/incidents?state=open")["items"];
  ASSERT_EQ(open.size(), 1U);
  const json& incident = open[0];
  EXPECT_EQ(incident, get(s + "/incidents/i1"));
  EXPECT_EQ(incident["state"], "open");
  EXPECT_EQ(incident["severity"], "degraded, redundant");
  EXPECT_LE(incident["detectedAfterMs"], 5'000);
  EXPECT_LE(incident["openedSimTimeMs"], 15'000);
  EXPECT_EQ(incident["title"], "zoneB of us-east-1 lost");
  EXPECT_THAT(text_of(incident["cause"]), HasSubstr("21 instances"));
  EXPECT_THAT(text_of(incident["advice"]), HasSubstr("2 of 3 zones"));
  EXPECT_FALSE(incident["actions"].empty());
  EXPECT_FALSE(incident["timeline"].empty());
  EXPECT_TRUE(get(s + "/incidents?state=closed")["items"].empty());
  ASSERT_EQ(call("DELETE", s + "/faults/" + text_of(fault.parsed()["id"])).status, 204);
  run_to(s, 60'000);
  EXPECT_EQ(get(s)["status"], "healthy");
  const json closed = get(s + "/incidents?state=closed")["items"];
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_GT(closed[0]["closedSimTimeMs"], 15'000);
  EXPECT_EQ(closed[0]["worstSeverity"], "degraded, redundant");
  expect_problem(call("GET", s + "/incidents/i2"), 404);
  expect_problem(call("GET", s + "/incidents?state=half"), 400, "?state");
  std::set<std::string> types;
  const json events = get(s + "/events?pageSize=1000")["items"];
  for (const json& event : events) types.insert(text_of(event["type"]));
  for (const char* type : {"status.changed", "notice.raised", "notice.cleared"}) EXPECT_TRUE(types.contains(type)) << type;
}

}  // namespace

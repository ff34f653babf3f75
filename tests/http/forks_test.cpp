// Forks and comparisons over REST.

#include "server_fixture.h"

namespace {

using client::json;

class ForksTest : public ServerTest {
 protected:
  std::string fork(const std::string& s, json body = json::object()) {
    body["startPaused"] = true;
    const auto response = call("POST", s + "/forks", body);
    EXPECT_EQ(response.status, 201) << response.body;
    return response.header("location");
  }
  static std::string id_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }
};

TEST_F(ForksTest, a_fork_goes_on_from_now_or_from_before) {
  const std::string s = make("netflixoss", {{"startPaused", true}});
  run_to(s, 2'000);
  call("POST", s + "/faults", {{"type", "zone.outage"}, {"selector", {{"zones", {"us-east-1.zoneA"}}}}});
  run_to(s, 5'000);
  const json now = get(fork(s, {{"id", "what-if"}}));
  EXPECT_EQ(now["id"], "what-if");
  EXPECT_EQ(now["simTimeMs"], 5'000);
  EXPECT_EQ(now["fingerprint"], get(s)["fingerprint"]);
  EXPECT_EQ(now["origin"], (json{{"simulation", id_of(s)}, {"simTimeMs", 5'000}, {"commands", 1}}));
  EXPECT_FALSE(get(s).contains("origin"));
  const std::string before = fork(s, {{"beforeCommand", 1}});
  EXPECT_EQ(get(before)["simTimeMs"], 2'000);
  EXPECT_TRUE(get(before + "/commands")["items"].empty());
  const std::string early = fork(s, {{"atSimTimeMs", 1'500}, {"seed", 9}});
  EXPECT_EQ(get(early)["simTimeMs"], 1'500);
  EXPECT_EQ(get(early)["seed"], 9);
  EXPECT_EQ(get(early + "/commands")["items"][0]["command"], (json{{"type", "reseed"}, {"seed", 9}}));
  EXPECT_EQ(get(early + "/events")["items"][0]["type"], "simulation.forked");
}

TEST_F(ForksTest, bad_forks_are_told_what_would_be_right) {
  const std::string s = make("lamp", {{"startPaused", true}});
  run_to(s, 1'000);
  expect_problem(call("POST", s + "/forks", {{"atSimTimeMs", 1'001}}), 422, "/atSimTimeMs");
  expect_problem(call("POST", s + "/forks", {{"beforeCommand", 1}}), 422, "/beforeCommand");
  expect_problem(call("POST", s + "/forks", {{"atSimTimeMs", 1}, {"beforeCommand", 1}}), 422, "/beforeCommand");
  expect_problem(call("POST", s + "/forks", {{"id", "No!"}}), 422, "/id");
  expect_problem(call("POST", s + "/forks", {{"id", id_of(s)}}), 409);
  expect_problem(call("POST", s + "/forks", {{"speed", 0.01}}), 422, "/speed");
  expect_problem(call("POST", s + "/forks", {{"when", 1}}), 400, "/when");
  expect_problem(call("POST", "/api/v1/simulations/nobody/forks", json::object()), 404);
}

TEST_F(ForksTest, a_comparison_says_what_was_done_and_what_came_of_it) {
  const std::string s = make("netflixoss", {{"startPaused", true}});
  run_to(s, 3'000);
  const std::string other = fork(s);
  call("POST", other + "/faults", {{"type", "service.latency"}, {"latencyMs", 50}, {"selector", {{"services", {"login"}}}}});
  run_to(s, 13'000);
  run_to(other, 13'000);
  const std::string both = "/api/v1/comparisons?base=" + id_of(s) + "&candidate=" + id_of(other);
  const json all = get(both);
  EXPECT_EQ(all["related"], true);
  EXPECT_EQ(all["same"], false);
  EXPECT_EQ(all["partedSimTimeMs"], 3'000);
  EXPECT_EQ(all["fromSimTimeMs"], 3'000);
  EXPECT_NEAR(all["untilSimTimeMs"].get<double>(), 13'000, 1);
  EXPECT_TRUE(all["firstCommand"]["base"].is_null());
  EXPECT_EQ(all["firstCommand"]["candidate"]["command"]["faultType"], "service.latency");
  EXPECT_GE(all["firstEvent"]["simTimeMs"].get<double>(), 3'000);
  EXPECT_TRUE(all["firstEvent"].contains("base") && all["firstEvent"].contains("candidate"));
  EXPECT_GT(all["requests"]["base"]["sent"], 0);
  const json login = get(both + "&subject=login&metric=meanMs")["metrics"];
  ASSERT_EQ(login.size(), 1U);
  EXPECT_GE(login[0]["difference"].get<double>(), 50);
  EXPECT_LE(login[0]["low"], login[0]["difference"]);
  EXPECT_GE(login[0]["high"], login[0]["difference"]);
  EXPECT_EQ(login[0]["unit"], "ms");
  EXPECT_EQ(get("/api/v1/comparisons?base=" + id_of(s) + "&candidate=" + id_of(s))["same"], true);
}

TEST_F(ForksTest, bad_comparisons_are_told_what_would_be_right) {
  const std::string s = make("lamp", {{"startPaused", true}});
  const std::string id = id_of(s);
  expect_problem(call("GET", "/api/v1/comparisons?base=" + id + "&candidate=" + id), 409);
  run_to(s, 1'000);
  expect_problem(call("GET", "/api/v1/comparisons?base=" + id), 400, "?candidate");
  expect_problem(call("GET", "/api/v1/comparisons?base=" + id + "&candidate=nobody"), 404, "?candidate");
  expect_problem(call("GET", "/api/v1/comparisons?base=" + id + "&candidate=" + id + "&untilSimTimeMs=2000"), 422, "?untilSimTimeMs");
  expect_problem(call("GET", "/api/v1/comparisons?base=" + id + "&candidate=" + id + "&fromSimTimeMs=1000"), 422, "?fromSimTimeMs");
  expect_problem(call("GET", "/api/v1/comparisons?base=" + id + "&candidate=" + id + "&metric=luck"), 400, "?metric");
}

}  // namespace

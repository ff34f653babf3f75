// What load sources offer, through REST.

#include "server_fixture.h"

namespace {

using client::json;

TEST_F(ServerTest, changes_traffic) {
  const std::string s = make("netflixoss");
  EXPECT_EQ(get(s + "/traffic")["items"][0]["service"], "www");
  const auto changed = call("PUT", s + "/traffic/www", {{"requestsPerSecond", 250}});
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.parsed()["requestsPerSecond"], 250);
  EXPECT_EQ(get(s + "/traffic/www")["requestsPerSecond"], 250);
  run_to(s, 4'000);
  const double rate = get(s + "/metrics/summary")["entries"][0]["last10s"]["requestsPerSecond"];
  EXPECT_NEAR(rate, 250, 60);
  expect_problem(call("PUT", s + "/traffic/www", {{"requestsPerSecond", 1'000'001}}), 422, "/requestsPerSecond");
  EXPECT_GE(call("PUT", s + "/traffic/homepage", {{"requestsPerSecond", 1}}).status, 404);
}

json item(const json& list, const std::string& name) {
  for (const json& one : list) {
    if (one["service"] == name) return one;
  }
  return nullptr;
}

TEST_F(ServerTest, shows_the_load_with_every_default) {
  const std::string s = make("netflixoss", {{"startPaused", true}});
  const json www = get(s + "/traffic/www");
  EXPECT_EQ(www["load"]["arrivals"], (json{{"kind", "poisson"}}));
  EXPECT_EQ(www["load"]["requestsPerSecond"], 100);
  EXPECT_EQ(www["load"]["shape"], (json{{"kind", "constant"}}));
  EXPECT_EQ(www["load"]["regions"], json::object());
  ASSERT_EQ(www["load"]["mix"].size(), 3U);
  EXPECT_EQ(www["load"]["mix"][2], (json{{"name", "putNew"}, {"verb", "put"}, {"key", "new"}, {"weight", 1}, {"priority", 3}}));
  EXPECT_EQ(www["instances"], 1);
  EXPECT_EQ(www["setSimTimeMs"], 0);
  EXPECT_EQ(item(get(s + "/traffic")["items"], "www"), www);
}

/// Every kind of everything, as GET gives it back.
std::vector<json> loads() {
  const json mix = json::array({{{"name", "read"}, {"verb", "get"}, {"key", "known"}, {"weight", 9.5}, {"priority", 0}},
                                {{"name", "write"}, {"verb", "put"}, {"key", "new"}, {"weight", 0.5}, {"priority", 7}}});
  const json constant = {{"kind", "constant"}};
  const auto open = [&](const json& arrivals, const json& shape) {
    return json{{"arrivals", arrivals}, {"requestsPerSecond", 50}, {"shape", shape}, {"regions", {{"us-east-1", 0.5}}}, {"mix", mix}};
  };
  const auto closed = [&](const json& think) {
    return json{{"users", 12}, {"thinkTime", think}, {"shape", constant}, {"regions", json::object()}, {"mix", mix}};
  };
  const json poisson = {{"kind", "poisson"}};
  return {
      open(poisson, {{"kind", "ramp"}, {"atMs", 1}, {"overMs", 2.5}, {"fromFactor", 0.25}, {"toFactor", 3}}),
      open(poisson, {{"kind", "step"}, {"atMs", 1}, {"fromFactor", 1}, {"toFactor", 3}}),
      open(poisson, {{"kind", "diurnal"}, {"periodMs", 60'000}, {"peakAtMs", 5}, {"lowFactor", 0.5}, {"highFactor", 2}}),
      open(poisson, {{"kind", "spike"},
                     {"atMs", 1},
                     {"riseMs", 2},
                     {"holdMs", 3},
                     {"fallMs", 4},
                     {"fromFactor", 1},
                     {"toFactor", 9},
                     {"periodMs", 10}}),
      open(poisson, {{"kind", "piecewise"},
                     {"points", json::array({{{"atMs", 0}, {"factor", 1}}, {{"atMs", 5.5}, {"factor", 2}}})},
                     {"periodMs", 6}}),
      open({{"kind", "deterministic"}}, constant),
      open({{"kind", "pareto"}, {"alpha", 1.5}}, constant),
      json{{"arrivals", {{"kind", "trace"}, {"csv", "0\n0.25,write\n1.000000001\n12,read\n"}, {"loopMs", 20'000}}}, {"mix", mix}},
      closed({{"distribution", "constant"}, {"meanMs", 100}}),
      closed({{"distribution", "uniform"}, {"minMs", 1}, {"maxMs", 2}}),
      closed({{"distribution", "exponential"}, {"meanMs", 0.1}}),
      closed({{"distribution", "logNormal"}, {"meanMs", 3}, {"cv", 2}}),
      closed({{"distribution", "pareto"}, {"meanMs", 3}, {"alpha", 2}}),
      closed({{"distribution", "erlang"}, {"meanMs", 3}, {"shape", 4}}),
      closed({{"distribution", "hyperexponential"}, {"meanMs", 3}, {"cv", 4}}),
      closed({{"distribution", "empirical"}, {"valuesMs", {1, 2, 4}}}),
  };
}

TEST_F(ServerTest, gives_back_every_load_that_it_takes) {
  const std::string s = make("netflixoss", {{"startPaused", true}});
  std::size_t seq = 0;
  for (const json& load : loads()) {
    const auto changed = call("PUT", s + "/traffic/www", {{"load", load}});
    ASSERT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(changed.parsed()["load"], load);
    EXPECT_EQ(get(s + "/traffic/www")["load"], load);
    const json command = get(s + "/commands?pageSize=1000")["items"][seq++]["command"];
    EXPECT_EQ(command, (json{{"type", "setTraffic"}, {"service", "www"}, {"load", load}}));
  }
  // A document may have each of them as well.
  for (const json& load : loads()) {
    const json document = {
        {"arch", "a"},
        {"services", json::array({{{"name", "db"}, {"package", "store"}, {"regions", 1}},
                                  {{"name", "users"}, {"package", "denominator"}, {"dependencies", {"db"}}, {"load", load}}})}};
    const auto made = call("POST", "/api/v1/simulations", {{"document", document}, {"id", "documented"}, {"startPaused", true}});
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(get("/api/v1/simulations/documented/traffic/users")["load"], load);
    EXPECT_EQ(call("DELETE", "/api/v1/simulations/documented").status, 204);
  }
}

TEST_F(ServerTest, lists_traces_without_their_rows) {
  const std::string s = make("netflixoss", {{"startPaused", true}});
  ASSERT_EQ(call("PUT", s + "/traffic/www", {{"load", {{"arrivals", {{"kind", "trace"}, {"csv", "0\n0.5\n2.5\n"}}}}}}).status, 200);
  const json www = item(get(s + "/traffic")["items"], "www");
  EXPECT_EQ(www["load"]["arrivals"], (json{{"kind", "trace"}, {"rows", 3}, {"lastMs", 2'500}}));
  EXPECT_FALSE(www.contains("requestsPerSecond"));
  EXPECT_EQ(get(s + "/traffic/www")["load"]["arrivals"]["csv"], "0\n0.5\n2.5\n");
}

TEST_F(ServerTest, plays_the_load_from_the_time_it_is_set) {
  const std::string s = make("netflixoss", {{"startPaused", true}});
  run_to(s, 2'000);
  const auto sent = [&] { return get(s)["requests"]["sent"].get<int>(); };
  const json load = {{"arrivals", "deterministic"}, {"shape", {{"kind", "step"}, {"atMs", 1'000}, {"toFactor", 0}}}};
  const int before = sent();
  ASSERT_EQ(call("PUT", s + "/traffic/www", {{"requestsPerSecond", 200}, {"load", load}}).status, 200);
  EXPECT_EQ(get(s + "/traffic/www")["setSimTimeMs"], 2'000);
  run_to(s, 10'000);
  EXPECT_EQ(sent() - before, 200);
  ASSERT_EQ(call("PUT", s + "/traffic/www", {{"load", {{"users", 10}, {"thinkTime", 1'000}}}}).status, 200);
  run_to(s, 20'000);
  EXPECT_NEAR(sent() - before - 200, 10 * 10, 15) << "ten users, each a little over a second a request";
  EXPECT_EQ(get(s + "/events?types=traffic.changed")["items"][1]["message"], "www now has 10 users");
}

TEST_F(ServerTest, refuses_loads_with_every_place) {
  const std::string s = make("netflixoss", {{"startPaused", true}});
  const auto put = [&](const json& body) { return call("PUT", s + "/traffic/www", body); };
  expect_problem(put(json::object()), 400, "/load");
  expect_problem(put({{"load", 5}}), 400, "/load");
  expect_problem(put({{"load", {{"arivals", "poisson"}}}}), 400, "/load/arivals");
  expect_problem(put({{"load", {{"regions", {{"eu-west-1", 2}}}}}}), 422, "/load/regions/eu-west-1");
  expect_problem(put({{"load", {{"requestsPerSecond", 1'000'000}, {"shape", {{"kind", "step"}, {"atMs", 0}, {"toFactor", 2}}}}}}), 422,
                 "/load/requestsPerSecond");
  expect_problem(put({{"requestsPerSecond", 5}, {"load", {{"requestsPerSecond", 6}}}}), 422, "/requestsPerSecond");
  expect_problem(put({{"requestsPerSecond", 5}, {"load", {{"users", 6}, {"thinkTime", 1}}}}), 422, "/requestsPerSecond");
  const auto several = put({{"load", {{"arrivals", {{"kind", "trace"}, {"csv", "1\nx\n"}}}, {"mix", json::array()}}}});
  expect_problem(several, 422);
  ASSERT_EQ(several.parsed()["errors"].size(), 2U);
  EXPECT_EQ(several.parsed()["errors"][1]["message"], "Line 2: \"x\" is not a number of seconds.");
  EXPECT_EQ(get(s + "/commands")["items"].size(), 0U) << "nothing was done";
  EXPECT_EQ(put({{"requestsPerSecond", 5}, {"load", {{"requestsPerSecond", 5}}}}).status, 200) << "they say the same";
  expect_problem(call("PUT", s + "/traffic/homepage", {{"load", json::object()}}), 422);
}

}  // namespace

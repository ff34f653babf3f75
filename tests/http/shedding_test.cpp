// Load shedding over REST: what documents say, changed while it runs, what it turned down, and again from the journal.

#include <gmock/gmock.h>

#include "server_fixture.h"

namespace {

using client::json;

const char* const one = "/services/subscriber/shedding";

TEST_F(ServerTest, sets_changes_and_removes_load_shedding) {
  const std::string s = make("netflixoss");
  const json none = get(s + one);
  EXPECT_EQ(none["service"], "subscriber");
  EXPECT_TRUE(none["shedding"].is_null());
  run_to(s, 1'000);
  const auto put = call("PUT", s + one, {{"limit", "gradient2"}, {"utilisation", {{"critical", nullptr}}}});
  ASSERT_EQ(put.status, 200) << put.body;
  const json expected = {{"limit",
                          {{"kind", "gradient2"},
                           {"initial", 20},
                           {"min", 20},
                           {"max", 200},
                           {"tolerance", 1.5},
                           {"longWindow", 600},
                           {"smoothing", 0.2},
                           {"queue", 4}}},
                         {"shares", nullptr},
                         {"utilisation",
                          {{"windowMs", 1'000},
                           {"critical", nullptr},
                           {"degraded", {{"from", 0.7}, {"to", 0.8}}},
                           {"bestEffort", {{"from", 0.65}, {"to", 0.75}}},
                           {"bulk", {{"from", 0.6}, {"to", 0.7}}}}}};
  EXPECT_EQ(put.parsed()["shedding"], expected);
  EXPECT_EQ(get(s + one), put.parsed());
  ASSERT_EQ(call("PUT", s + one, {{"limit", {{"kind", "fixed"}, {"limit", 7}}}}).status, 200);
  const auto gone = call("DELETE", s + one);
  ASSERT_EQ(gone.status, 200) << gone.body;
  EXPECT_TRUE(gone.parsed()["shedding"].is_null());

  const json journal = get(s + "/commands")["items"];
  ASSERT_EQ(journal.size(), 3U);
  EXPECT_EQ(journal[0]["command"], (json{{"type", "setShedding"}, {"service", "subscriber"}, {"shedding", expected}}));
  EXPECT_EQ(journal[0]["simTimeMs"], 1'000);
  EXPECT_TRUE(journal[2]["command"]["shedding"].is_null());
  const json events = get(s + "/events?types=shedding.changed")["items"];
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0]["message"], "subscriber now sheds load by a limit (gradient2) and utilisation");
  EXPECT_EQ(events[0]["subject"], (json{{"kind", "service"}, {"id", "subscriber"}}));
  EXPECT_EQ(events[1]["message"], "subscriber now sheds load by a limit (fixed)");
  EXPECT_EQ(events[2]["message"], "subscriber now takes every call");
}

/// What GET gives, PUT takes and gives again, and a document, too.
TEST_F(ServerTest, gives_back_all_load_shedding_that_it_takes) {
  const std::string s = make("netflixoss");
  const std::vector<json> all = {
      {{"limit", {{"kind", "fixed"}, {"limit", 100}}}, {"shares", {{"critical", 0.9}, {"bulk", 0.1}}}},
      {{"limit", {{"kind", "aimd"}, {"initial", 5}, {"min", 2}, {"max", 9}, {"backoff", 0.5}, {"timeoutMs", 20}}}},
      {{"limit", {{"kind", "vegas"}, {"initial", 5}, {"max", 9}, {"smoothing", 0.5}, {"probeMultiplier", 10}}}},
      {{"limit", "gradient2"}},
      {{"limit", {{"kind", "envoy"}, {"updateIntervalMs", 50}, {"jitter", 0}, {"quantile", 0.9}, {"minConcurrency", 5}}}},
      {{"utilisation", {{"windowMs", 250}, {"bulk", {{"from", 0.25}, {"to", 0.25}}}, {"bestEffort", nullptr}}}}};
  for (const json& shedding : all) {
    const auto put = call("PUT", s + one, shedding);
    ASSERT_EQ(put.status, 200) << put.body;
    const json given = put.parsed()["shedding"];
    for (const auto& [section, members] : shedding.items()) {
      if (!members.is_object()) continue;
      for (const auto& [name, value] : members.items()) EXPECT_EQ(given[section][name], value) << section << "/" << name;
    }
    const auto again = call("PUT", s + one, given);
    ASSERT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(again.parsed()["shedding"], given);
    const json document = {{"arch", "a"},
                           {"services",
                            {{{"name", "db"}, {"package", "store"}, {"shedding", shedding}},
                             {{"name", "users"}, {"package", "denominator"}, {"dependencies", {"db"}}}}}};
    const auto made = call("POST", "/api/v1/simulations", {{"document", document}, {"startPaused", true}});
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(get(made.header("location") + "/services/db/shedding")["shedding"], given);
    ASSERT_EQ(call("DELETE", made.header("location")).status, 204);
  }
}

TEST_F(ServerTest, says_what_was_shed) {
  const std::string s = make("netflixoss");
  ASSERT_EQ(call("PUT", s + one, {{"utilisation", {{"degraded", {{"from", 0}, {"to", 0}}}}}}).status, 200);
  run_to(s, 5'000);
  const json counts = get(s + one)["counts"];
  EXPECT_GT(counts["shed"]["degraded"], 10) << "all but the first of each instance: three is the usual priority";
  EXPECT_EQ(counts["shed"]["critical"], 0);
  EXPECT_GT(counts["requests"], counts["shed"]["degraded"]);
  double rate = 0;
  const json graph = get(s + "/graph?level=service");
  for (const json& node : graph["nodes"]) {
    if (node["id"] == "subscriber") rate = node["shedRate"];
    if (node["id"] == "login") {
      EXPECT_EQ(node["shedRate"], 0);
    }
    EXPECT_TRUE(node.contains("uselessRate"));
  }
  EXPECT_GT(rate, 0);
  EXPECT_FALSE(get(s + "/graph?level=instance")["nodes"][0].contains("shedRate"));
  std::size_t shed = 0;
  const json flows = get(s + "/flows?pageSize=100");
  for (const json& flow : flows["items"]) {
    const json whole = get(s + "/flows/" + flow["traceId"].get<std::string>());
    for (const json& span : whole["spans"]) {
      if (!span.contains("shed")) continue;
      ++shed;
      EXPECT_EQ(span["service"], "subscriber");
      EXPECT_EQ(span["status"], "rejected");
      EXPECT_EQ(span["sr"], span["ss"]);
    }
  }
  EXPECT_GT(shed, 0U);
  EXPECT_EQ(call("DELETE", s + one).status, 200);
  EXPECT_EQ(get(s + one)["counts"], counts) << "what was counted stays";
}

TEST_F(ServerTest, replays_load_shedding_from_the_journal) {
  const std::string live = make("netflixoss", {{"seed", 11}});
  const auto put = [&](const std::string& s, const std::string& service, const json& shedding) {
    const std::string path = s + "/services/" + service + "/shedding";
    const auto done = shedding.is_null() ? call("DELETE", path) : call("PUT", path, shedding);
    ASSERT_EQ(done.status, 200) << done.body;
  };
  run_to(live, 500);
  put(live, "subscriber", {{"limit", {{"kind", "fixed"}, {"limit", 1}}}});
  run_to(live, 1'234.567);
  put(live, "homepage", {{"limit", {{"kind", "vegas"}, {"initial", 1}}}});
  put(live, "subscriber", {{"utilisation", {{"degraded", {{"from", 0}, {"to", 0.1}}}}}});
  run_to(live, 3'000);
  put(live, "subscriber", nullptr);
  run_to(live, 5'000);
  const json journal = get(live + "/commands")["items"];
  ASSERT_EQ(journal.size(), 4U);

  const std::string replay = make("netflixoss", {{"seed", 11}});
  const std::string plain = make("netflixoss", {{"seed", 11}});
  for (const json& entry : journal) {
    if (get(replay)["simTimeMs"] < entry["simTimeMs"]) run_to(replay, entry["simTimeMs"]);
    put(replay, entry["command"]["service"], entry["command"]["shedding"]);
  }
  run_to(replay, 5'000);
  run_to(plain, 5'000);
  EXPECT_EQ(get(replay)["fingerprint"], get(live)["fingerprint"]);
  EXPECT_NE(get(plain)["fingerprint"], get(live)["fingerprint"]) << "it made a difference";
}

TEST_F(ServerTest, refuses_load_shedding_with_every_place) {
  const std::string s = make("netflixoss");
  const auto put = [&](const json& body, const std::string& path = one) { return call("PUT", s + path, body); };
  expect_problem(put({{"limit", "tcp"}}), 422, "/limit");
  expect_problem(put(json::object()), 422, "");
  const auto several = put({{"limit", {{"kind", "aimd"}, {"backoff", 2}}}, {"shares", {{"live", 1}}}, {"utilisation", {{"windowMs", 0}}}});
  expect_problem(several, 400, "/limit/backoff");
  expect_problem(several, 400, "/shares/live");
  expect_problem(several, 400, "/utilisation/windowMs");
  EXPECT_EQ(several.parsed()["errors"].size(), 3U);
  expect_problem(put(5), 400);
  expect_problem(put({{"limit", "vegas"}}, "/services/subscribe/shedding"), 404);
  expect_problem(put({{"limit", "vegas"}}, "/services/www/shedding"), 422);
  expect_problem(call("GET", s + "/services/subscribe/shedding"), 404);
  expect_problem(call("DELETE", s + "/services/subscribe/shedding"), 404);
  expect_problem(call("PUT", "/api/v1/simulations/none" + std::string(one), {{"limit", "vegas"}}), 404);
  EXPECT_EQ(get(s + "/commands")["items"].size(), 0U) << "nothing was done";
}

}  // namespace

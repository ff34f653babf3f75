// Policies over REST: by name, on a dependency while it runs, what they did, and again from the journal.

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "server_fixture.h"
#include "support/source.h"

namespace {

using client::json;

const char* const one = "/services/homepage/dependencies/subscriber/policy";

json item(const json& items, const std::string& name) {
  for (const auto& entry : items) {
    if (entry.value("name", entry.value("dependency", "")) == name) return entry;
  }
  return nullptr;
}

TEST_F(ServerTest, lists_policies_by_name) {
  const json items = get("/api/v1/policies")["items"];
  ASSERT_EQ(items.size(), 7U);
  for (const json& preset : items) {
    EXPECT_FALSE(preset["why"].get<std::string>().empty());
    EXPECT_FALSE(preset["source"].get<std::string>().empty());
    EXPECT_EQ(preset["policy"]["preset"], preset["name"]);
  }
  const json hystrix = item(items, "hystrix-1.5")["policy"];
  EXPECT_EQ(hystrix["breaker"], (json{{"kind", "hystrix"},
                                      {"windowMs", 10'000},
                                      {"snapshotMs", 500},
                                      {"requestVolume", 20},
                                      {"errorPercent", 50},
                                      {"sleepWindowMs", 5'000},
                                      {"each", "call"},
                                      {"force", nullptr}}));
  EXPECT_EQ(hystrix["bulkhead"], (json{{"concurrent", 10}, {"queue", 0}, {"each", "call"}}));
  EXPECT_EQ(hystrix["timeoutMs"], 1'000);
  EXPECT_TRUE(hystrix["retry"].is_null());
}

TEST_F(ServerTest, sets_changes_and_removes_a_policy) {
  const std::string s = make("netflixoss");
  EXPECT_TRUE(get(s + one)["policy"].is_null());
  run_to(s, 1'000);
  const auto put = call("PUT", s + one, {{"preset", "hystrix-1.5"}, {"timeoutMs", 200}});
  ASSERT_EQ(put.status, 200) << put.body;
  json expected = item(get("/api/v1/policies")["items"], "hystrix-1.5")["policy"];
  expected["timeoutMs"] = 200;
  EXPECT_EQ(put.parsed()["policy"], expected);
  EXPECT_EQ(get(s + one), put.parsed());
  const json list = get(s + "/services/homepage/dependencies")["items"];
  EXPECT_EQ(item(list, "subscriber"), put.parsed());
  const auto gone = call("DELETE", s + one);
  ASSERT_EQ(gone.status, 200) << gone.body;
  EXPECT_TRUE(gone.parsed()["policy"].is_null());
  EXPECT_TRUE(get(s + one)["policy"].is_null());

  const json journal = get(s + "/commands")["items"];
  ASSERT_EQ(journal.size(), 2U);
  EXPECT_EQ(journal[0]["command"],
            (json{{"type", "setPolicy"}, {"service", "homepage"}, {"dependency", "subscriber"}, {"policy", expected}}));
  EXPECT_EQ(journal[0]["simTimeMs"], 1'000);
  EXPECT_TRUE(journal[1]["command"]["policy"].is_null());
  const json events = get(s + "/events?types=policy.changed")["items"];
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["message"], "homepage now calls subscriber under hystrix-1.5");
  EXPECT_EQ(events[0]["subject"], (json{{"kind", "service"}, {"id", "homepage"}}));
  EXPECT_EQ(events[0]["data"], (json{{"dependency", "subscriber"}, {"preset", "hystrix-1.5"}}));
  EXPECT_EQ(events[1]["message"], "homepage now calls subscriber without a policy");
}

json good_policies() {
  return json::parse(source::text_of("tests/golden/architectures/good-policies.json"));
}

/// What GET gives, PUT takes and gives again: of every part of a policy there is.
TEST_F(ServerTest, gives_back_every_policy_that_it_takes) {
  const json document = good_policies();
  const auto made = call("POST", "/api/v1/simulations", {{"document", document}, {"startPaused", true}});
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string s = made.header("location");
  std::size_t taken = 0;
  for (const json& service : document["services"]) {
    for (const json& dependency : service.value("dependencies", json::array())) {
      const std::string place =
          s + "/services/" + service["name"].get<std::string>() + "/dependencies/" + dependency["service"].get<std::string>() + "/policy";
      const json policy = get(place)["policy"];
      if (dependency["policy"].is_null()) {
        EXPECT_TRUE(policy.is_null());
        continue;
      }
      ASSERT_TRUE(policy.is_object()) << place;
      ASSERT_EQ(call("DELETE", place).status, 200);
      const auto again = call("PUT", place, policy);
      ASSERT_EQ(again.status, 200) << again.body;
      EXPECT_EQ(again.parsed()["policy"], policy);
      // And each member by itself, over nothing and over every preset: what a document says is what is there.
      if (!dependency["policy"].is_object()) continue;
      for (const auto& [name, value] : dependency["policy"].items()) {
        if (name == "preset" || dependency["policy"].contains("preset")) continue;
        const auto single = call("PUT", place, {{name, value}});
        ASSERT_EQ(single.status, 200) << single.body;
        EXPECT_EQ(single.parsed()["policy"][name], policy[name]) << place;
      }
      ++taken;
    }
  }
  EXPECT_EQ(taken, 8U);
}

TEST_F(ServerTest, says_what_policies_did) {
  const std::string s = make("netflixoss");
  const json open = {{"breaker", {{"kind", "hystrix"}, {"force", "open"}}}, {"fallback", true}};
  ASSERT_EQ(call("PUT", s + one, open).status, 200);
  run_to(s, 5'000);
  const json counts = get(s + one)["counts"];
  EXPECT_GT(counts["shortCircuited"], 10);
  EXPECT_EQ(counts["fallbacks"], counts["shortCircuited"]) << "each was answered with something else";
  EXPECT_EQ(counts["retries"], 0);
  EXPECT_EQ(call("DELETE", s + one).status, 200);
  EXPECT_EQ(get(s + one)["counts"], counts) << "what was counted stays";
  std::size_t unsent = 0;
  const json flows = get(s + "/flows?pageSize=100");
  for (const json& flow : flows["items"]) {
    const json whole = get(s + "/flows/" + flow["traceId"].get<std::string>());
    for (const json& span : whole["spans"]) {
      if (span["status"] != "shortCircuited") continue;
      ++unsent;
      EXPECT_EQ(span["service"], "subscriber");
      EXPECT_EQ(span["target"], "") << "nobody was asked";
      EXPECT_TRUE(span.contains("parentSpanId"));
      EXPECT_EQ(span["cs"], span["cr"]);
    }
  }
  EXPECT_GT(unsent, 0U);
}

TEST_F(ServerTest, shows_on_the_span_what_a_call_went_through) {
  const std::string s = make("netflixoss");
  // Two copies of every call at once: the slower one is given up.
  ASSERT_EQ(call("PUT", s + one, {{"hedge", {{"copies", 1}, {"delayMs", 0}}}, {"retry", {{"attempts", 1}, {"elsewhere", false}}}}).status,
            200);
  run_to(s, 10'000);
  const json counts = get(s + one)["counts"];
  EXPECT_GT(counts["hedges"], 100);
  EXPECT_GT(counts["cancelled"], 100);
  std::size_t cancelled = 0, second = 0;
  const json flows = get(s + "/flows?pageSize=100");
  for (const json& flow : flows["items"]) {
    const json whole = get(s + "/flows/" + flow["traceId"].get<std::string>());
    for (const json& span : whole["spans"]) {
      cancelled += span["status"] == "cancelled" ? 1U : 0U;
      second += span["service"] == "subscriber" && span["attempt"] == 2 ? 1U : 0U;
    }
  }
  EXPECT_GT(cancelled, 0U);
  EXPECT_GT(second, 0U);
}

TEST_F(ServerTest, replays_policies_from_the_journal) {
  const std::string live = make("netflixoss", {{"seed", 11}});
  const auto put = [&](const std::string& s, const std::string& path, const json& policy) {
    const auto done = policy.is_null() ? call("DELETE", s + path) : call("PUT", s + path, policy);
    ASSERT_EQ(done.status, 200) << done.body;
  };
  run_to(live, 500);
  put(live, one, {{"preset", "envoy-1.28"}});
  run_to(live, 1'234.567);
  put(live, one, {{"preset", "resilience4j-2"}, {"hedge", {{"copies", 1}, {"delayMs", 2}}}});
  put(live, "/services/subscriber/dependencies/evcacheSubscriber/policy", {{"preset", "grpc-a6"}, {"timeoutMs", 5}});
  run_to(live, 3'000);
  put(live, one, nullptr);
  run_to(live, 6'000);
  const json journal = get(live + "/commands")["items"];
  ASSERT_EQ(journal.size(), 4U);

  const std::string replay = make("netflixoss", {{"seed", 11}});
  const std::string plain = make("netflixoss", {{"seed", 11}});
  for (const json& entry : journal) {
    if (get(replay)["simTimeMs"] < entry["simTimeMs"]) run_to(replay, entry["simTimeMs"]);
    const json& command = entry["command"];
    put(replay,
        "/services/" + command["service"].get<std::string>() + "/dependencies/" + command["dependency"].get<std::string>() + "/policy",
        command["policy"]);
  }
  run_to(replay, 6'000);
  run_to(plain, 6'000);
  EXPECT_EQ(get(replay)["fingerprint"], get(live)["fingerprint"]);
  EXPECT_NE(get(plain)["fingerprint"], get(live)["fingerprint"]) << "they made a difference";
}

TEST_F(ServerTest, refuses_policies_with_every_place) {
  const std::string s = make("netflixoss");
  const auto put = [&](const json& body, const std::string& path = one) { return call("PUT", s + path, body); };
  expect_problem(put({{"preset", "hystrix-1.6"}}), 422, "/preset");
  expect_problem(put({{"timeoutMs", 0}}), 422, "/timeoutMs");
  const auto several = put({{"retries", 3}, {"hedge", {{"copies", 2}}}, {"breaker", {{"kind", "hystrix"}, {"errorPercent", 101}}}});
  expect_problem(several, 400, "/retries");
  expect_problem(several, 400, "/hedge/delayMs");
  expect_problem(several, 400, "/breaker/errorPercent");
  EXPECT_EQ(several.parsed()["errors"].size(), 3U);
  expect_problem(put(5), 400);
  expect_problem(client::call(port(), "PUT", s + one, "{", {}), 400);
  expect_problem(put(json::object(), "/services/homepag/dependencies/subscriber/policy"), 404);
  const auto wrong = put(json::object(), "/services/homepage/dependencies/subscribe/policy");
  expect_problem(wrong, 404);
  EXPECT_THAT(wrong.parsed()["detail"], testing::HasSubstr("did you mean \"subscriber\"?"));
  expect_problem(put(json::object(), "/services/cassSubscriber/dependencies/cassSubscriber/policy"), 422);
  expect_problem(put(json::object(), "/services/cassSubscriber/dependencies/eureka/policy"), 422);
  expect_problem(call("GET", s + "/services/homepage/dependencies/subscribe/policy"), 404);
  expect_problem(call("DELETE", s + "/services/homepage/dependencies/subscribe/policy"), 404);
  expect_problem(call("GET", s + "/services/homepag/dependencies"), 404);
  expect_problem(call("PUT", "/api/v1/simulations/none" + std::string(one), json::object()), 404);
  EXPECT_EQ(get(s + "/commands")["items"].size(), 0U) << "nothing was done";
  EXPECT_EQ(put(json::object()).status, 200) << "without anything it still is a policy: one try, no time-out";
  expect_problem(call("POST", "/api/v1/simulations",
                      {{"document",
                        {{"arch", "a"},
                         {"services",
                          {{{"name", "db"}, {"package", "store"}},
                           {{"name", "users"}, {"package", "denominator"}, {"dependencies", {{{"service", "db"}, {"policy", "x"}}}}}}}}}}),
                 422, "/document/services/1/dependencies/0/policy");
}

}  // namespace

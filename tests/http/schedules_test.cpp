// Schedules over REST.

#include "server_fixture.h"

namespace {

using client::json;

class SchedulesTest : public ServerTest {
 protected:
  std::string s = make("netflixoss", {{"startPaused", true}});
  const json slow = {{"type", "instance.slow"}, {"selector", {{"services", {"login"}}, {"mode", "one"}}}, {"durationMs", 500}};

  json add(const json& body) {
    const auto response = call("POST", s + "/schedules", body);
    EXPECT_EQ(response.status, 201) << response.body;
    return response.parsed();
  }
};

TEST_F(SchedulesTest, a_schedule_fires_in_simulated_time_and_says_what_came_of_it) {
  const json added = add({{"name", "nuisance"}, {"fault", slow}, {"everyMs", 1'000}});
  EXPECT_EQ(added["state"], "active");
  EXPECT_EQ(added["nextSimTimeMs"], 1'000);
  EXPECT_EQ(added["nextMoment"], "2024-01-01T00:00:01");
  EXPECT_EQ(added["concurrency"], "forbid");
  EXPECT_EQ(added["actions"][0]["fault"]["selector"], slow["selector"]);
  EXPECT_EQ(added["actions"][0]["fault"]["factor"], 5);
  run_to(s, 3'500);
  const std::string path = s + "/schedules/" + added["id"].get<std::string>();
  const json now = get(path);
  EXPECT_EQ(now["fired"], 3);
  EXPECT_EQ(now["nextSimTimeMs"], 4'000);
  EXPECT_EQ(now["last"]["result"], "started");
  EXPECT_EQ(now["last"]["simTimeMs"], 3'000);
  EXPECT_EQ(get(s + "/faults/" + now["last"]["fault"].get<std::string>())["type"], "instance.slow");
  EXPECT_EQ(get(s + "/schedules")["items"][0], now);
  const auto paused = call("PATCH", path, {{"state", "paused"}});
  EXPECT_EQ(paused.status, 200) << paused.body;
  EXPECT_EQ(paused.parsed()["state"], "paused");
  run_to(s, 6'500);
  EXPECT_EQ(get(path)["fired"], 3);
  const json later = call("PATCH", path, {{"state", "active"}, {"cron", "*/5 * * * *"}, {"concurrency", "allow"}}).parsed();
  EXPECT_EQ(later["cron"], "*/5 * * * *");
  EXPECT_EQ(later["nextMoment"], "2024-01-01T00:05:00");
  EXPECT_EQ(later["concurrency"], "allow");
  EXPECT_EQ(call("DELETE", path).status, 204);
  expect_problem(call("GET", path), 404);
  expect_problem(call("DELETE", path), 404);
  expect_problem(call("PATCH", path, {{"state", "paused"}}), 404);
  const json journal = get(s + "/commands")["items"];
  ASSERT_EQ(journal.size(), 4U);
  EXPECT_EQ(journal[0]["command"]["type"], "addSchedule");
  EXPECT_EQ(journal[0]["command"]["everyMs"], 1'000);
  EXPECT_EQ(journal[2]["command"]["cron"], "*/5 * * * *");
}

TEST_F(SchedulesTest, a_dry_run_lists_the_next_ten_times) {
  const json firings = call("POST", s + "/schedules?validateOnly=true", {{"preset", "chaos-monkey-2"}}).parsed()["firings"];
  ASSERT_EQ(firings.size(), 10U);
  for (const json& firing : firings) {
    const std::string weekday = firing["weekday"];
    EXPECT_EQ(weekday.find("Sat"), std::string::npos);
    EXPECT_EQ(weekday.find("Sun"), std::string::npos);
    EXPECT_GE(weekday.substr(4), "09:00");
    EXPECT_LT(weekday.substr(4), "15:00");
  }
  EXPECT_TRUE(get(s + "/schedules")["items"].empty());
  EXPECT_TRUE(get(s + "/commands")["items"].empty());
  const json added = add({{"preset", "chaos-monkey-2"}});
  EXPECT_EQ(added["nextSimTimeMs"], firings[0]["simTimeMs"]);
  EXPECT_EQ(added["actions"][0]["fault"]["selector"], (json{{"services", {"homepage"}}, {"mode", "one"}}));  // the victim
  EXPECT_EQ(added["random"]["distribution"], "daily");
}

TEST_F(SchedulesTest, presets_are_listed_and_can_be_changed_on_the_way) {
  const json presets = get("/api/v1/schedule-presets")["items"];
  ASSERT_EQ(presets.size(), 5U);
  for (const json& preset : presets) {
    EXPECT_FALSE(preset["why"].get<std::string>().empty());
    EXPECT_FALSE(preset["source"].get<std::string>().empty());
  }
  const json army = add({{"preset", "army"}, {"everyMs", 60'000}, {"concurrency", "allow"}, {"historyLimit", 3}});
  EXPECT_EQ(army["actions"].size(), 4U);
  EXPECT_EQ(army["everyMs"], 60'000);
  EXPECT_EQ(army["historyLimit"], 3);
  const json zones = add({{"fault", {{"type", "zone.gray"}, {"durationMs", 1'000}}}, {"place", "zone"}, {"cron", "0 12 * * mon-fri"}});
  EXPECT_EQ(zones["actions"][0]["place"], "zone");
  EXPECT_EQ(zones["nextMoment"], "2024-01-01T12:00:00");
}

TEST_F(SchedulesTest, time_zero_is_what_the_document_or_the_request_says) {
  const auto made =
      call("POST", "/api/v1/simulations", {{"architecture", "netflixoss"}, {"startPaused", true}, {"startsAt", "2026-11-20T08:59:30"}});
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.parsed()["startsAt"], "2026-11-20T08:59:30");
  const std::string other = made.header("location");
  const json added = call("POST", other + "/schedules", {{"fault", slow}, {"cron", "0 9 * * fri"}}).parsed();
  EXPECT_EQ(added["nextSimTimeMs"], 30'000);
  json document = get("/api/v1/architectures/lamp");
  document["startsAt"] = "2025-06-01";
  EXPECT_EQ(call("POST", "/api/v1/simulations", {{"document", document}, {"startPaused", true}}).parsed()["startsAt"],
            "2025-06-01T00:00:00");
  document["startsAt"] = "tomorrow";
  expect_problem(call("POST", "/api/v1/simulations", {{"document", document}}), 422, "/document/startsAt");
  expect_problem(call("POST", "/api/v1/simulations", {{"architecture", "lamp"}, {"startsAt", "2025-02-29"}}), 422, "/startsAt");
}

TEST_F(SchedulesTest, an_experiment_can_come_again_and_again) {
  const json experiment = {{"name", "slow logins"}, {"faults", {slow}}};
  const json added = add({{"experiment", experiment}, {"everyMs", 5'000}});
  EXPECT_EQ(added["actions"][0]["experiment"]["name"], "slow logins");
  run_to(s, 5'500);
  const json now = get(s + "/schedules/" + added["id"].get<std::string>());
  EXPECT_EQ(now["last"]["result"], "started");
  EXPECT_EQ(get(s + "/experiments/" + now["last"]["experiment"].get<std::string>())["name"], "slow logins");
  json wrong = experiment;
  wrong["faults"][0]["selector"]["services"] = {"logon"};
  expect_problem(call("POST", s + "/schedules", {{"experiment", wrong}, {"everyMs", 5'000}}), 422,
                 "/experiment/faults/0/selector/services/0");
  wrong["faults"] = json::array();
  expect_problem(call("POST", s + "/schedules", {{"experiment", wrong}, {"everyMs", 5'000}}), 422, "/experiment/faults");
  expect_problem(call("POST", s + "/schedules", {{"experiment", experiment}, {"fault", slow}, {"everyMs", 5'000}}), 422, "/experiment");
}

TEST_F(SchedulesTest, what_is_wrong_is_told_with_its_place) {
  const std::string path = s + "/schedules";
  expect_problem(call("POST", path, {{"fault", slow}, {"cron", "0 25 * * *"}}), 422, "/cron");
  expect_problem(call("POST", path, {{"fault", slow}, {"cron", "0 9 * *"}}), 422, "/cron");
  expect_problem(call("POST", path, {{"fault", slow}}), 400, "");
  expect_problem(call("POST", path, {{"everyMs", 1'000}}), 400, "/fault");
  expect_problem(call("POST", path, {{"fault", slow}, {"everyMs", 1'000}, {"cron", "* * * * *"}}), 422, "");
  expect_problem(call("POST", path, {{"fault", slow}, {"everyMs", 1}}), 422, "/everyMs");
  expect_problem(call("POST", path, {{"preset", "chaos-monkey-3"}}), 422, "/preset");
  expect_problem(call("POST", path, {{"preset", "kong"}}), 422, "/place");  // one region
  json random = {{"meanTimeBetweenMs", 3'600'000}, {"activeHours", {{"from", "9"}, {"to", "15:00"}}}};
  expect_problem(call("POST", path, {{"fault", slow}, {"random", random}}), 422, "/random/activeHours/from");
  random["activeHours"] = {{"from", "16:00"}, {"to", "15:00"}};
  expect_problem(call("POST", path, {{"fault", slow}, {"random", random}}), 422, "/random/activeHours");
  random["activeHours"] = {{"from", "09:00"}};
  expect_problem(call("POST", path, {{"fault", slow}, {"random", random}}), 422, "/random/meanTimeBetweenMs");
  random["distribution"] = "exponential";
  EXPECT_EQ(add({{"fault", slow}, {"random", random}})["random"]["activeHours"], (json{{"from", "09:00"}, {"to", "24:00"}}));
  random["colour"] = "red";
  expect_problem(call("POST", path, {{"fault", slow}, {"random", random}}), 400, "/random/colour");
  json fault = slow;
  fault["selector"]["services"] = {"logon"};
  expect_problem(call("POST", path, {{"fault", fault}, {"everyMs", 1'000}}), 422, "/fault/selector/services/0");
  fault = slow;
  fault["type"] = "instance.slower";
  expect_problem(call("POST", path, {{"fault", fault}, {"everyMs", 1'000}}), 422, "/fault/type");
  fault = slow;
  fault["factr"] = 2;
  expect_problem(call("POST", path, {{"fault", fault}, {"everyMs", 1'000}}), 400, "/fault/factr");
}

}  // namespace

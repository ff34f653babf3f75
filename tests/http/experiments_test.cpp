// Experiments, their templates and reports, the safety lever and halts over REST.

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "server_fixture.h"
#include "support/source.h"

namespace {

using client::json;
using testing::HasSubstr;

json lose_a_zone() {
  return {{"name", "lose zone B"},
          {"hypothesis", "two zones are enough"},
          {"labels", {{"team", "sre"}}},
          {"faults",
           {{{"id", "power"}, {"type", "zone.outage"}, {"selector", {{"zones", {"us-east-1.zoneB"}}}}, {"durationMs", 10'000}},
            {{"id", "slow"},
             {"type", "network.latency"},
             {"selector", {{"services", {"homepage"}}, {"mode", "percent"}, {"value", 25}, {"minRemaining", 2}}},
             {"target", {{"services", {"subscriber"}}}},
             {"direction", "to"},
             {"ramp", {{"shape", "linear"}, {"upMs", 1'000}, {"downMs", 0}}},
             {"latencyMs", 5},
             {"jitterMs", 0},
             {"durationMs", 5'000},
             {"startAfter", {"power"}},
             {"startAfterMs", 2'000}}}},
          {"correlation", {{"group", {"power", "slow"}}, {"rho", 0.5}}},
          {"steadyState", {{{"name", "success"}, {"metric", "successRatio"}, {"windowMs", 5'000}, {"value", 0.5}}}},
          {"stopConditions", {{{"metric", "p99Ms"}, {"service", "homepage"}, {"comparator", ">"}, {"value", 1e6}, {"forMs", 5'000}}}},
          {"limits", {{"maxCapacityLossPercent", 60}, {"waitForStableMs", 30'000}}},
          {"control", true}};
}

TEST_F(ServerTest, an_experiment_is_planned_started_followed_and_reported) {
  const std::string s = make("netflixoss");
  const auto dry = call("POST", s + "/experiments?validateOnly=true", lose_a_zone());
  ASSERT_EQ(dry.status, 200) << dry.body;
  const json plan = dry.parsed();
  EXPECT_EQ(plan["predicted"]["zonesAffected"].size(), 3U);
  EXPECT_EQ(plan["predicted"]["faults"][1]["beginsAfterMs"], 12'000);
  EXPECT_EQ(plan["predicted"]["faults"][1]["endsAfterMs"], 17'000);
  EXPECT_GT(plan["predicted"]["capacityLostPercent"].get<double>(), 20);
  EXPECT_EQ(plan["resolvedTargets"].size(), plan["targets"].get<std::size_t>());
  EXPECT_TRUE(get(s + "/experiments")["items"].empty());
  EXPECT_TRUE(get(s + "/commands")["items"].empty());

  const auto made = call("POST", s + "/experiments", lose_a_zone());
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string path = made.header("location");
  const json body = made.parsed();
  EXPECT_EQ(path, s + "/experiments/" + body["id"].get<std::string>());
  EXPECT_EQ(body["state"], "checking");
  EXPECT_EQ(body["predicted"], plan["predicted"]);
  EXPECT_EQ(body["settings"], plan["settings"]);
  for (const char* same : {"name", "hypothesis", "labels", "correlation", "control"})
    EXPECT_EQ(body["settings"][same], lose_a_zone()[same]);
  for (const char* same : {"selector", "target", "direction", "ramp", "durationMs", "latencyMs", "startAfter", "startAfterMs"}) {
    EXPECT_EQ(body["settings"]["faults"][1][same], lose_a_zone()["faults"][1][same]) << same;
  }
  // What is given back is taken again.
  EXPECT_EQ(call("POST", s + "/experiments?validateOnly=true", body["settings"]).status, 200);
  EXPECT_EQ(get(s + "/commands")["items"][0]["command"]["experiment"], body["settings"]);

  run_to(s, 8'000);
  const json running = get(path);
  EXPECT_EQ(running["state"], "running");
  EXPECT_EQ(running["faults"][0]["state"], "active");
  EXPECT_EQ(running["probes"][0]["before"]["passed"], true);
  EXPECT_EQ(get(path + "/state")["state"], "running");
  const json targets = get(path + "/targets")["faults"];
  EXPECT_EQ(targets[0]["resolvedTargets"].size(), running["faults"][0]["targets"].get<std::size_t>());
  EXPECT_EQ(get(s + "/faults")["items"].size(), 1U);
  EXPECT_EQ(get(s + "/experiments?state=running")["items"].size(), 1U);
  EXPECT_EQ(get(s + "/experiments?state=completed")["items"].size(), 0U);
  expect_problem(call("GET", s + "/experiments?state=quick"), 400, "?state");

  run_to(s, 60'000);
  const json over = get(path);
  EXPECT_EQ(over["state"], "completed");
  EXPECT_EQ(over["verdict"], "passed");
  EXPECT_EQ(over["resilienceScore"], 100);
  const json report = get(path + "/report");
  EXPECT_EQ(report["experiment"]["verdict"], "passed");
  EXPECT_EQ(report["firstFaultSimTimeMs"], 5'000);
  EXPECT_EQ(report["users"][0]["service"], "www");
  EXPECT_TRUE(report["control"]["requests"].contains("without"));
  EXPECT_EQ(report["timeline"][0]["type"], "experiment.started");
  EXPECT_EQ(report["timeline"][0]["causedByExperiment"], true);
  const auto text = call("GET", path + "/report?format=md");
  EXPECT_EQ(text.status, 200);
  EXPECT_EQ(text.header("content-type"), "text/markdown; charset=utf-8");
  EXPECT_THAT(text.body, HasSubstr("# Experiment e1: lose zone B\n"));
  expect_problem(call("GET", path + "/report?format=pdf"), 400);
  expect_problem(call("GET", s + "/experiments/e9"), 404);
  expect_problem(call("GET", s + "/experiments/e9/report"), 404);
  expect_problem(call("GET", s + "/experiments/e9/targets"), 404);
}

TEST_F(ServerTest, an_experiment_is_paused_goes_on_and_is_stopped) {
  const std::string s = make("netflixoss");
  json body = lose_a_zone();
  body.erase("steadyState");
  const std::string path = call("POST", s + "/experiments", body).header("location");
  run_to(s, 1'000);
  EXPECT_EQ(call("PUT", path + "/state", {{"state", "paused"}}).parsed()["state"], "paused");
  expect_problem(call("PUT", path + "/state", {{"state", "paused"}}), 409);
  EXPECT_EQ(call("PUT", path + "/state", {{"state", "running"}}).parsed()["state"], "running");
  const auto stopped = call("PUT", path + "/state", {{"state", "stopped"}});
  EXPECT_EQ(stopped.status, 200) << stopped.body;
  EXPECT_EQ(stopped.parsed()["state"], "stopped");
  EXPECT_EQ(stopped.parsed()["stopReason"], "stopped by hand");
  EXPECT_EQ(get(s + "/faults")["items"][0]["state"], "ended");
  expect_problem(call("PUT", path + "/state", {{"state", "stopped"}}), 410);
  expect_problem(call("PUT", path + "/state", {{"state", "completed"}}), 422, "/state");
  expect_problem(call("PUT", s + "/experiments/e9/state", {{"state", "stopped"}}), 404);
}

TEST_F(ServerTest, what_is_wrong_with_an_experiment_is_said_all_at_once) {
  const std::string s = make("netflixoss");
  json body = lose_a_zone();
  body["faults"][0].erase("durationMs");
  body["faults"][1]["startAfter"] = {"outage"};
  body["seed"] = 1;
  const auto read = call("POST", s + "/experiments", body);
  for (const char* pointer : {"/faults/0/durationMs", "/faults/1/startAfter/0", "/seed"}) expect_problem(read, 400, pointer);
  body = lose_a_zone();
  body["faults"][0]["selector"]["zones"] = {"us-east-1.zoneX"};
  body["steadyState"][0]["service"] = "home";
  const auto started = call("POST", s + "/experiments", body);
  expect_problem(started, 422, "/faults/0/selector/zones/0");
  expect_problem(started, 422, "/steadyState/0/service");
  body = lose_a_zone();
  body["limits"]["maxCapacityLossPercent"] = 5;
  expect_problem(call("POST", s + "/experiments", body), 422, "/limits/maxCapacityLossPercent");
  EXPECT_TRUE(get(s + "/experiments")["items"].empty());
}

TEST_F(ServerTest, the_safety_lever_reverts_and_refuses) {
  const std::string s = make("netflixoss");
  EXPECT_EQ(get(s + "/safety-lever"), (json{{"engaged", false}, {"reason", ""}, {"sinceSimTimeMs", 0}}));
  json body = lose_a_zone();
  body.erase("steadyState");
  ASSERT_EQ(call("POST", s + "/experiments", body).status, 201);
  const json fault = {{"type", "instance.slow"}, {"selector", {{"services", {"homepage"}}}}};
  ASSERT_EQ(call("POST", s + "/faults", fault).status, 201);
  run_to(s, 1'000);
  const auto engaged = call("PUT", s + "/safety-lever", {{"engaged", true}, {"reason", "release day"}});
  ASSERT_EQ(engaged.status, 200) << engaged.body;
  EXPECT_EQ(engaged.parsed()["stopped"].size(), 2U);
  EXPECT_EQ(engaged.parsed()["sinceSimTimeMs"], 1'000);
  const json subject = get(s + "/events?types=safetyLever.engaged")["items"][0]["subject"];
  EXPECT_EQ(subject, (json{{"kind", "simulation"}, {"id", get(s)["id"]}}));
  const json faults = get(s + "/faults")["items"];
  EXPECT_FALSE(faults.empty());
  for (const json& one : faults) EXPECT_EQ(one["state"], "ended");
  EXPECT_EQ(get(s + "/experiments")["items"][0]["state"], "aborted");
  for (const char* target : {"/faults", "/faults?validateOnly=true"}) expect_problem(call("POST", s + target, fault), 423);
  for (const char* target : {"/experiments", "/experiments?validateOnly=true"}) {
    const auto refused = call("POST", s + target, body);
    expect_problem(refused, 423);
    EXPECT_THAT(refused.body, HasSubstr("release day"));
  }
  EXPECT_EQ(call("PUT", s + "/safety-lever", {{"engaged", false}}).parsed()["engaged"], false);
  EXPECT_EQ(call("POST", s + "/faults", fault).status, 201);
  expect_problem(call("PUT", s + "/safety-lever", {{"reason", "?"}}), 400, "/engaged");
}

TEST_F(ServerTest, halts_stop_all_and_again_nothing) {
  const std::string s = make("netflixoss");
  EXPECT_EQ(call("POST", s + "/halts", json::object()).parsed(), (json{{"stopped", json::array()}}));
  json body = lose_a_zone();
  body.erase("steadyState");
  ASSERT_EQ(call("POST", s + "/experiments", body).status, 201);
  const auto halted = call("POST", s + "/halts", {{"reason", "enough"}});
  EXPECT_EQ(halted.status, 200);
  EXPECT_EQ(halted.parsed()["stopped"], json::array({"e1"}));
  EXPECT_EQ(get(s + "/experiments/e1")["stopReason"], "halted: enough");
  EXPECT_TRUE(call("POST", s + "/halts", json::object()).parsed()["stopped"].empty());
}

TEST_F(ServerTest, templates_are_listed_stored_filled_in_and_removed) {
  const std::string all = "/api/v1/experiment-templates";
  const std::string packaged = source::text_of("experiments/lose-a-zone.json");
  ASSERT_TRUE(std::holds_alternative<http::Templates::Stored>(catalogue_->templates().store("lose-a-zone", packaged, true)));
  EXPECT_EQ(get(all)["items"][0]["name"], "lose-a-zone");
  const json variables = get(all)["items"][0]["variables"];
  EXPECT_EQ(variables[0]["name"], "zone");
  EXPECT_EQ(variables[0]["default"], "us-east-1.zoneA");
  EXPECT_EQ(variables[1]["default"], 120'000);
  EXPECT_EQ(get(all + "/lose-a-zone"), json::parse(packaged));
  expect_problem(call("PUT", all + "/lose-a-zone", json::parse(packaged)), 409);
  expect_problem(call("DELETE", all + "/lose-a-zone"), 409);
  json own = json::parse(packaged);
  expect_problem(call("PUT", all + "/my-zone", own), 422, "/name");
  own["name"] = "my-zone";
  EXPECT_EQ(call("PUT", all + "/my-zone", own).status, 201);
  own["title"] = "Mine";
  EXPECT_EQ(call("PUT", all + "/my-zone", own).status, 200);
  EXPECT_EQ(get(all + "/my-zone")["title"], "Mine");

  const std::string s = make("netflixoss");
  const json body = {{"template", "my-zone"}, {"variables", {{"zone", "us-east-1.zoneC"}}}};
  const auto made = call("POST", s + "/experiments", body);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.parsed()["settings"]["faults"][0]["selector"]["zones"][0], "us-east-1.zoneC");
  EXPECT_EQ(get(s + "/experiments?template=my-zone")["items"].size(), 1U);
  EXPECT_EQ(get(s + "/experiments?template=lose-a-zone")["items"].size(), 0U);
  expect_problem(call("POST", s + "/experiments", {{"template", "my-zones"}}), 422, "/template");
  expect_problem(call("POST", s + "/experiments", {{"template", "my-zone"}, {"variables", {{"zones", "x"}}}}), 400, "/variables/zones");
  expect_problem(call("POST", s + "/experiments", {{"template", "my-zone"}, {"faults", json::array()}}), 400, "/faults");

  EXPECT_EQ(call("DELETE", all + "/my-zone").status, 204);
  expect_problem(call("DELETE", all + "/my-zone"), 404);
  expect_problem(call("GET", all + "/my-zone"), 404);
}

}  // namespace

// What is wrong with a request: all of it in one answer, 400 when a part of it is the form, else 422.

#include <gmock/gmock.h>

#include "server_fixture.h"

namespace {

using client::json;
using testing::UnorderedElementsAre;

std::vector<std::string> pointers_in(const client::Response& response) {
  std::vector<std::string> pointers;
  const json errors = response.parsed()["errors"];
  for (const json& error : errors) pointers.push_back(error["pointer"]);
  return pointers;
}

const json far = {{"type", "instance.slow"}, {"selector", {{"services", {"homepag"}}, {"zones", {"us-east-1.zoneQ"}}}}, {"factor", 0.5}};

TEST_F(ServerTest, a_fault_is_told_its_names_and_its_figures_at_once) {
  const std::string s = make("netflixoss");
  json fault = far;
  const auto refused = call("POST", s + "/faults", fault);
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.parsed()["type"], "/problems/cannot-be-done");
  EXPECT_THAT(pointers_in(refused), UnorderedElementsAre("/factor", "/selector/services/0", "/selector/zones/0"));
  EXPECT_THAT(refused.parsed()["detail"].get<std::string>(), testing::StartsWith("3 problems"));
  fault["colour"] = "red";
  const auto malformed = call("POST", s + "/faults", fault);
  EXPECT_EQ(malformed.status, 400);
  EXPECT_THAT(pointers_in(malformed), UnorderedElementsAre("/factor", "/colour", "/selector/services/0", "/selector/zones/0"));
  fault = {{"type", "instance.slo"}, {"selector", {{"services", {"homepag"}}}}};
  EXPECT_THAT(pointers_in(call("POST", s + "/faults", fault)), UnorderedElementsAre("/type", "/selector/services/0"));
  EXPECT_TRUE(get(s + "/faults")["items"].empty()) << "nothing was tried in earnest";
  EXPECT_TRUE(get(s + "/commands")["items"].empty());
}

/// What stands in for what is wrong must not be wrong with something else.
TEST_F(ServerTest, what_is_wrong_with_a_fault_is_told_once) {
  const std::string s = make("netflixoss");
  const json sound = {{"type", "instance.slow"}, {"selector", {{"services", {"homepage"}}}}, {"durationMs", 60'000}};
  const auto problems_with = [&](const json& part) {
    json fault = sound;
    fault.merge_patch(part);
    return pointers_in(call("POST", s + "/faults", fault));
  };
  EXPECT_THAT(problems_with({{"selector", {{"mode", "som"}, {"value", 25}}}}), UnorderedElementsAre("/selector/mode"));
  EXPECT_THAT(problems_with({{"selector", {{"mode", "percent"}, {"value", -1}}}}), UnorderedElementsAre("/selector/value"));
  EXPECT_THAT(problems_with({{"selector", {{"services", {5}}}}}), UnorderedElementsAre("/selector/services/0"));
  EXPECT_THAT(problems_with({{"selector", 5}}), UnorderedElementsAre("/selector"));
  EXPECT_THAT(problems_with({{"durationMs", -1}, {"ramp", {{"upMs", 30'000}, {"downMs", 30'000}}}}), UnorderedElementsAre("/durationMs"));
}

TEST_F(ServerTest, an_experiment_is_told_its_names_and_its_figures_at_once) {
  const std::string s = make("netflixoss");
  json second = {{"type", "zone.outage"}, {"selector", {{"zones", {"us-east-1.zoneQ"}}}}, {"durationMs", 0}, {"startAfter", {"nobody"}}};
  json first = far;
  first["durationMs"] = 1'000;
  const json probe = {{"metric", "successRatio"}, {"service", "nobody"}, {"comparator", ">="}, {"value", 0.9}, {"windowMs", -1}};
  const auto refused = call("POST", s + "/experiments", {{"faults", {first, second}}, {"steadyState", {probe}}});
  EXPECT_EQ(refused.status, 422) << refused.body;
  EXPECT_THAT(pointers_in(refused), UnorderedElementsAre("/faults/0/factor", "/faults/0/selector/services/0", "/faults/0/selector/zones/0",
                                                         "/faults/1/durationMs", "/faults/1/startAfter/0", "/faults/1/selector/zones/0",
                                                         "/steadyState/0/service", "/steadyState/0/windowMs"));
  EXPECT_EQ(call("POST", s + "/experiments", {{"faults", {5, first}}}).status, 400);
}

TEST_F(ServerTest, a_schedule_is_told_its_fault_and_its_times_at_once) {
  const std::string s = make("netflixoss");
  const auto refused = call("POST", s + "/schedules", {{"cron", "every day"}, {"fault", far}, {"historyLimit", 0}});
  EXPECT_EQ(refused.status, 422) << refused.body;
  EXPECT_THAT(pointers_in(refused),
              UnorderedElementsAre("/cron", "/historyLimit", "/fault/factor", "/fault/selector/services/0", "/fault/selector/zones/0"));
  const auto malformed = call("POST", s + "/schedules", {{"everyMs", "often"}, {"fault", far}});
  EXPECT_EQ(malformed.status, 400) << malformed.body;
  EXPECT_THAT(pointers_in(malformed),
              UnorderedElementsAre("/everyMs", "/fault/factor", "/fault/selector/services/0", "/fault/selector/zones/0"));
  EXPECT_THAT(pointers_in(call("POST", s + "/schedules", {{"fault", 5}, {"cron", "0 9 * * 8"}})), UnorderedElementsAre("/fault", "/cron"));
  EXPECT_THAT(pointers_in(call("POST", s + "/schedules", {{"fault", {{"type", "zone.outag"}}}})), UnorderedElementsAre("", "/fault/type"));
  EXPECT_TRUE(get(s + "/schedules")["items"].empty());
}

TEST_F(ServerTest, a_simulation_is_told_all_its_fields_at_once) {
  const auto refused = call("POST", "/api/v1/simulations",
                            {{"architecture", "netflixos"}, {"speed", 0.05}, {"seed", -1}, {"id", "Mine"}, {"startsAt", "soon"}});
  EXPECT_EQ(refused.status, 422) << refused.body;
  EXPECT_THAT(pointers_in(refused), UnorderedElementsAre("/architecture", "/speed", "/seed", "/id", "/startsAt"));
  const auto malformed = call("POST", "/api/v1/simulations", {{"document", 5}, {"speed", 0.05}});
  EXPECT_EQ(malformed.status, 400) << malformed.body;
  EXPECT_THAT(pointers_in(malformed), UnorderedElementsAre("/document", "/speed"));
  const auto played = call("POST", "/api/v1/simulations", {{"scenario", "nothing"}, {"regions", 2}, {"threads", 0}});
  EXPECT_THAT(pointers_in(played), UnorderedElementsAre("/scenario", "/regions", "/threads"));
}

TEST_F(ServerTest, an_autoscaler_is_told_its_bounds_with_the_rest) {
  const std::string one = make("netflixoss") + "/services/homepage/autoscaler";
  const auto refused = call("PUT", one, {{"min", 5}, {"max", 2}, {"tolerance", 7}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(pointers_in(refused), UnorderedElementsAre("/max", "/tolerance"));
}

struct Wrong {
  const char *method, *path, *body;
  int status;
  const char* pointer;
};

/// docs/api.md: 400 for malformed JSON, an unknown, missing or repeated field and a wrong type; 422 for what is understood and cannot be.
const Wrong table[] = {
    {"POST", "/services/homepage/deployments", R"({"version":"2","errorRate":2})", 422, "/errorRate"},
    {"POST", "/services/homepage/deployments", R"({"version":"2","strategy":{"kind":"rolling","maxSurge":-3}})", 422, "/strategy/maxSurge"},
    {"POST", "/services/homepage/deployments", R"({"version":"2","serviceTimeFactor":0})", 422, "/serviceTimeFactor"},
    {"POST", "/services/homepage/deployments", R"({"version":"2","colour":1})", 400, "/colour"},
    {"POST", "/services/homepage/deployments", R"({"errorRate":0.5})", 400, "/version"},
    {"POST", "/services/homepage/deployments", R"({"version":"2","errorRate":"high"})", 400, "/errorRate"},
    {"POST", "/faults", R"({"type":"instance.slow","selector":{"services":["homepage"]},"factor":0})", 422, "/factor"},
    {"POST", "/faults", R"({"type":"instance.slow","selector":{"services":["homepage"]},"facto":2})", 400, "/facto"},
    {"POST", "/experiments", R"({"faults":[]})", 422, "/faults"},
    {"POST", "/experiments", R"({"fault":[]})", 400, "/fault"},
    {"POST", "/schedules", R"({"everyMs":1,"fault":{"type":"instance.terminate"}})", 422, "/everyMs"},
    {"POST", "/schedules", R"({"fault":{"type":"instance.terminate"}})", 400, ""},
    {"PUT", "/services/homepage/autoscaler", R"({"max":0})", 422, "/max"},
    {"PUT", "/services/homepage/autoscaler", R"({"most":5})", 400, "/most"},
    {"PUT", "/services/homepage/routes", R"({"rules":[{"toVersion":"1.0","weight":101}]})", 422, "/rules/0/weight"},
    {"PUT", "/services/homepage/routes", R"({"rules":{}})", 400, "/rules"},
    {"PUT", "/services/homepage/flags", R"({"flags":[{"name":"x","version":"1.0","on":true,"errorRate":2}]})", 422, "/flags/0/errorRate"},
    {"PUT", "/services/homepage/flags", R"({"flags":[{"name":"x","version":"1.0"}]})", 400, "/flags/0/on"},
    {"PUT", "/services/homepage/shedding", R"({"limit":{"kind":"fixed","limit":0}})", 422, "/limit/limit"},
    {"PUT", "/services/homepage/shedding", R"({"limits":"vegas"})", 400, "/limits"},
    {"PUT", "/services/homepage/dependencies/subscriber/policy", R"({"timeoutMs":-1})", 422, "/timeoutMs"},
    {"PUT", "/services/homepage/dependencies/subscriber/policy", R"({"timeout":1})", 400, "/timeout"},
    {"PUT", "/services/homepage/scale", R"({"replicas":-1})", 422, "/replicas"},
    {"PUT", "/services/homepage/scale", R"({"replicas":"many"})", 400, "/replicas"},
    {"PUT", "/traffic/www", R"({"load":{"requestsPerSecond":-1}})", 422, "/load/requestsPerSecond"},
    {"PUT", "/traffic/www", R"({"load":{"rate":1}})", 400, "/load/rate"},
    {"PUT", "/objectives/www", R"({"successRatio":2})", 422, "/successRatio"},
    {"PUT", "/clock", R"({"speed":-1})", 422, "/speed"},
    {"PUT", "/clock", R"({"state":"gone"})", 422, "/state"},
    {"PUT", "/zones/us-east-1.zoneA/traffic", R"({"weight":101})", 422, "/weight"},
    {"POST", "/evacuations", R"({"region":"us-east-1","decideMs":-1})", 422, "/decideMs"},
    {"PUT", "/safety-lever", R"({"reason":"x"})", 400, "/engaged"},
};

TEST_F(ServerTest, all_routes_tell_a_wrong_form_from_a_wrong_value) {
  const std::string s = make("netflixoss");
  for (const Wrong& wrong : table) {
    SCOPED_TRACE(std::string(wrong.method) + " " + wrong.path + " " + wrong.body);
    const auto response = call(wrong.method, s + wrong.path, json::parse(wrong.body));
    EXPECT_EQ(response.status, wrong.status) << response.body;
    EXPECT_THAT(pointers_in(response), testing::Contains(wrong.pointer));
    const json errors = response.parsed()["errors"];
    for (const json& error : errors) {
      const std::string pointer = error["pointer"];
      const std::string name = pointer.substr(pointer.find_last_of('/') + 1);
      EXPECT_FALSE(error["message"].get<std::string>().starts_with(name + " ")) << "the pointer says that";
    }
  }
}

TEST_F(ServerTest, a_body_that_may_be_left_out_is_not_asked_for) {
  const std::string s = make("netflixoss");
  const auto raw = [&](const char* method, const std::string& path, const client::Headers& headers) {
    return client::call(port(), method, s + path, "", headers);
  };
  EXPECT_EQ(raw("POST", "/halts", {}).status, 200);
  EXPECT_EQ(raw("POST", "/halts", {{"Content-Type", "application/json"}}).status, 200);
  EXPECT_EQ(raw("POST", "/forks", {}).status, 201);
  expect_problem(raw("POST", "/clock/steps", {}), 400);
  expect_problem(raw("POST", "/faults", {}), 415);
  expect_problem(raw("PUT", "/safety-lever", {{"Content-Type", "application/json"}}), 400);
  const json posts = get("/api/v1/openapi.json")["paths"];
  EXPECT_EQ(posts["/api/v1/simulations/{id}/halts"]["post"]["requestBody"]["required"], false);
  EXPECT_EQ(posts["/api/v1/simulations/{id}/faults"]["post"]["requestBody"]["required"], true);
}

}  // namespace

// Every resource of a simulation, through REST.

#include <chrono>
#include <set>
#include <thread>

#include "server_fixture.h"

namespace {

using client::json;

TEST_F(ServerTest, says_who_it_is) {
  EXPECT_EQ(get("/healthz")["status"], "ok");
  EXPECT_EQ(get("/readyz")["status"], "ok");
  EXPECT_EQ(get("/api/v1/version"), (json{{"name", "simianviz"}, {"version", "1.2.3"}, {"apiVersion", "v1"}, {"protocolVersion", 1}}));
}

TEST_F(ServerTest, lists_the_catalogue) {
  EXPECT_GT(get("/api/v1/packages")["items"].size(), 5U);
  const auto faults = get("/api/v1/fault-types")["items"];
  std::set<std::string> types;
  for (const auto& fault : faults) types.insert(fault["type"].get<std::string>());
  EXPECT_TRUE(types.contains("zone.outage"));
  EXPECT_EQ(get("/api/v1/regions")["items"][0]["name"], "us-east-1");
  EXPECT_EQ(get("/api/v1/protocols")["items"][0],
            (json{{"name", "json"}, {"serializeNsPerByte", 3.52}, {"deserializeNsPerByte", 5.1}, {"sizeFactor", 1}}));
}

TEST_F(ServerTest, creates_lists_and_deletes_simulations) {
  const auto created =
      call("POST", "/api/v1/simulations", {{"architecture", "netflixoss"}, {"seed", 7}, {"startPaused", true}, {"id", "mine"}});
  ASSERT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(created.header("location"), "/api/v1/simulations/mine");
  const auto body = created.parsed();
  EXPECT_EQ(body["id"], "mine");
  EXPECT_EQ(body["state"], "paused");
  EXPECT_EQ(body["status"], "healthy");
  EXPECT_EQ(body["seed"], 7);
  EXPECT_EQ(body["speed"], 1);
  EXPECT_EQ(body["simTimeMs"], 0);
  EXPECT_EQ(body["fingerprint"].get<std::string>().size(), 16U);
  EXPECT_EQ(body["counts"], (json{{"services", 8}, {"instances", 65}, {"edges", 259}, {"zones", 3}, {"regions", 1}}));
  expect_problem(call("POST", "/api/v1/simulations", {{"architecture", "lamp"}, {"id", "mine"}}), 409);
  make("lamp");
  EXPECT_EQ(get("/api/v1/simulations")["items"].size(), 2U);
  EXPECT_EQ(call("DELETE", "/api/v1/simulations/mine").status, 204);
  expect_problem(call("GET", "/api/v1/simulations/mine"), 404);
  expect_problem(call("DELETE", "/api/v1/simulations/mine"), 404);
  make("lamp");
  make("lamp");
  make("lamp");
  expect_problem(call("POST", "/api/v1/simulations", {{"architecture", "lamp"}}), 429);
}

TEST_F(ServerTest, refuses_bad_simulations_with_places) {
  const auto create = [this](const json& body) { return call("POST", "/api/v1/simulations", body); };
  expect_problem(create({{"architecture", "netflixos"}}), 422, "/architecture");
  EXPECT_NE(create({{"architecture", "netflixos"}}).body.find("Did you mean 'netflixoss'"), std::string::npos);
  expect_problem(create(json::object()), 400, "/architecture");
  expect_problem(create({{"architecture", "lamp"}, {"document", json::object()}}), 400, "/architecture");
  expect_problem(create({{"architecture", "lamp"}, {"sede", 1}}), 400, "/sede");
  expect_problem(create({{"architecture", "lamp"}, {"seed", "1"}}), 400, "/seed");
  expect_problem(create({{"architecture", "lamp"}, {"speed", 1001}}), 422, "/speed");
  expect_problem(create({{"architecture", "lamp"}, {"speed", 0.05}}), 422, "/speed");
  expect_problem(create({{"architecture", "lamp"}, {"regions", 7}}), 422, "/regions");
  expect_problem(create({{"architecture", "lamp"}, {"scalePercent", 0}}), 422, "/scalePercent");
  expect_problem(create({{"architecture", "lamp"}, {"id", "Not This"}}), 422, "/id");
  expect_problem(create({{"document", {{"arch", "x"}, {"services", 3}}}}), 422);
  EXPECT_EQ(get("/api/v1/simulations")["items"].size(), 0U);
}

TEST_F(ServerTest, repeats_a_creation_by_key) {
  const client::Headers key = {{"Idempotency-Key", "k"}};
  const json body = {{"architecture", "lamp"}, {"startPaused", true}};
  const auto first = call("POST", "/api/v1/simulations", body, key);
  const auto second = call("POST", "/api/v1/simulations", body, key);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(second.header("location"), first.header("location"));
  EXPECT_EQ(get("/api/v1/simulations")["items"].size(), 1U);
}

TEST_F(ServerTest, moves_the_clock) {
  const std::string s = make("lamp");
  EXPECT_EQ(get(s + "/clock")["state"], "paused");
  const auto clock = run_to(s, 2'000);
  EXPECT_EQ(clock["simTimeMs"], 2'000);
  EXPECT_EQ(clock["state"], "paused");
  EXPECT_EQ(call("POST", s + "/clock/steps", {{"stepMs", 500}}).parsed()["simTimeMs"], 2'500);
  expect_problem(call("POST", s + "/clock/steps", {{"untilSimTimeMs", 1'000}}), 409);
  expect_problem(call("POST", s + "/clock/steps", json::object()), 400);
  const auto started = call("PUT", s + "/clock", {{"state", "running"}, {"speed", 100}});
  EXPECT_EQ(started.status, 200);
  EXPECT_EQ(started.parsed()["state"], "running");
  EXPECT_EQ(started.parsed()["speed"], 100);
  EXPECT_EQ(call("PUT", s + "/clock", {{"state", "paused"}}).parsed()["state"], "paused");
  expect_problem(call("PUT", s + "/clock", json::object()), 400);
  expect_problem(call("PUT", s + "/clock", {{"state", "walking"}}), 422, "/state");
  expect_problem(call("PUT", s + "/clock", {{"speed", 0.01}}), 422, "/speed");
}

TEST_F(ServerTest, same_seed_same_fingerprint) {
  const std::string one = make("netflixoss", {{"seed", 5}});
  const std::string two = make("netflixoss", {{"seed", 5}});
  const std::string other = make("netflixoss", {{"seed", 6}});
  for (const auto& s : {one, two, other}) run_to(s, 3'000);
  EXPECT_EQ(get(one)["fingerprint"], get(two)["fingerprint"]);
  EXPECT_NE(get(one)["fingerprint"], get(other)["fingerprint"]);
}

TEST_F(ServerTest, shows_the_graph_at_every_level) {
  const std::string s = make("netflixoss");
  run_to(s, 2'000);
  std::size_t before = 0;
  for (const char* level : {"region", "zone", "service", "group", "instance"}) {
    const auto graph = get(s + "/graph?level=" + level);
    std::set<std::string> ids;
    for (const auto& node : graph["nodes"]) ids.insert(node["id"].get<std::string>());
    EXPECT_EQ(ids.size(), graph["nodes"].size()) << level;
    for (const auto& edge : graph["edges"]) {
      EXPECT_TRUE(ids.contains(edge["source"].get<std::string>()) && ids.contains(edge["target"].get<std::string>())) << edge;
    }
    EXPECT_GT(ids.size(), before) << level;
    before = ids.size();
  }
  const auto graph = get(s + "/graph?level=instance");
  EXPECT_EQ(graph["nodes"].size(), 65U);
  EXPECT_EQ(graph["edges"].size(), 259U);
  const auto& node = graph["nodes"][0];
  for (const char* member : {"id", "name", "service", "package", "version", "zone", "region", "state", "rate"})
    EXPECT_TRUE(node.contains(member)) << member;
  expect_problem(call("GET", s + "/graph?level=galaxy"), 400, "?level");
  expect_problem(call("GET", s + "/graph?path=mars"), 422);
  expect_problem(call("GET", s + "/graph?focus=nobody"), 422);
}

TEST_F(ServerTest, pages_and_filters_instances) {
  const std::string s = make("netflixoss");
  std::set<std::string> all;
  std::string token;
  int pages = 0;
  do {
    const auto page = get(s + "/instances?pageSize=10" + (token.empty() ? "" : "&pageToken=" + token));
    EXPECT_LE(page["items"].size(), 10U);
    for (const auto& item : page["items"]) all.insert(item["id"].get<std::string>());
    token = page.value("nextPageToken", "");
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(all.size(), 65U);
  EXPECT_EQ(pages, 7);
  const auto some = get(s + "/instances?service=homepage&zone=us-east-1.zoneA&state=up&pageSize=1000")["items"];
  EXPECT_FALSE(some.empty());
  for (const auto& item : some) EXPECT_TRUE(item["service"] == "homepage" && item["zone"] == "us-east-1.zoneA");
  EXPECT_EQ(get(s + "/instances?region=us-west-2")["items"].size(), 0U);
  expect_problem(call("GET", s + "/instances?pageSize=0"), 400, "?pageSize");
  expect_problem(call("GET", s + "/instances?pageSize=1001"), 400, "?pageSize");
  expect_problem(call("GET", s + "/instances?pageToken=x"), 400, "?pageToken");
  expect_problem(call("GET", s + "/instances?servise=x"), 400, "?servise");
}

TEST_F(ServerTest, kills_an_instance) {
  const std::string s = make("netflixoss");
  run_to(s, 1'000);
  const std::string name = get(s + "/instances?service=homepage")["items"][0]["name"];
  const auto one = get(s + "/instances/" + name);
  EXPECT_EQ(one["state"], "up");
  EXPECT_TRUE(one["histogram"]["buckets"].is_array());
  const auto killed = call("DELETE", s + "/instances/" + name);
  EXPECT_EQ(killed.status, 202) << killed.body;
  EXPECT_EQ(get(s)["counts"]["instances"], 64);
  EXPECT_EQ(get(s + "/instances/" + name)["state"], "dead");
  expect_problem(call("DELETE", s + "/instances/" + name), 410);
  expect_problem(call("DELETE", s + "/instances/nobody"), 404);
  expect_problem(call("GET", s + "/instances/nobody"), 404);
  const auto journal = get(s + "/commands")["items"];
  ASSERT_EQ(journal.size(), 1U);
  EXPECT_EQ(journal[0]["command"], (json{{"type", "killInstance"}, {"instance", name}}));
  EXPECT_EQ(journal[0]["simTimeMs"], 1'000);
}

TEST_F(ServerTest, scales_a_service) {
  const std::string s = make("netflixoss");
  run_to(s, 1'000);
  const auto service = get(s + "/services/homepage");
  EXPECT_EQ(service["name"], "homepage");
  EXPECT_EQ(service["instances"]["up"], service["desired"]);
  const auto scale = call("GET", s + "/services/homepage/scale");
  const auto scaled = call("PUT", s + "/services/homepage/scale", {{"replicas", 12}}, {{"If-Match", scale.header("etag")}});
  EXPECT_EQ(scaled.status, 202) << scaled.body;
  EXPECT_EQ(scaled.parsed()["desired"], 12);
  expect_problem(call("PUT", s + "/services/homepage/scale", {{"replicas", 9}}, {{"If-Match", scale.header("etag")}}), 412);
  for (const int wanted : {6, 1}) {
    const auto placed = call("PUT", s + "/services/homepage/scale", {{"perZone", {{"us-east-1.zoneA", wanted}}}});
    EXPECT_EQ(placed.status, 202) << placed.body;
    EXPECT_EQ(placed.parsed()["desired"], 8 + wanted) << "what is wanted, not what is there by now";
    EXPECT_EQ(placed.parsed()["byZone"], (json{{"us-east-1.zoneA", wanted}, {"us-east-1.zoneB", 4}, {"us-east-1.zoneC", 4}}));
    EXPECT_EQ(get(s + "/services/homepage/scale"), placed.parsed());
  }
  expect_problem(call("PUT", s + "/services/homepage/scale", json::object()), 400);
  expect_problem(call("PUT", s + "/services/homepage/scale", {{"replicas", -1}}), 422, "/replicas");
  expect_problem(call("PUT", s + "/services/homepage/scale", {{"replicas", "9"}}), 400, "/replicas");
  EXPECT_EQ(call("PUT", s + "/services/homepage/scale", {{"perZone", {{"mars.zoneA", 6}}}}).status, 422);
  expect_problem(call("PUT", s + "/services/homepag/scale", {{"replicas", 3}}), 404);
  EXPECT_EQ(get(s + "/services?pageSize=3")["items"].size(), 3U);
  EXPECT_GT(get(s + "/services/homepage/histogram?kind=service")["count"].get<int>(), 0);
  EXPECT_GT(get(s + "/services/homepage/histogram?zone=us-east-1.zoneA&kind=network")["count"].get<int>(), 0);
}

TEST_F(ServerTest, shows_how_a_service_serves_as_its_document_says) {
  const json discipline{{"kind", "lastCome"}, {"above", 10}};
  const json fan_out{{"kind", "parallel"}, {"first", 2}};
  json document = json::parse(R"({"arch": "x", "services": [
    {"name": "db", "package": "store"},
    {"name": "page", "package": "monolith", "workerHeld": true,
     "dependencies": [{"service": "db", "calls": 3, "protocol": "xml", "replyBytes": 1000}]},
    {"name": "www", "package": "denominator", "dependencies": ["page"]}]})");
  document["services"][0]["discipline"] = discipline;
  document["services"][1]["fanOut"] = fan_out;
  EXPECT_TRUE(call("POST", "/api/v1/architectures/validations", {{"document", document}}).parsed()["valid"]);
  ASSERT_EQ(call("POST", "/api/v1/simulations", {{"document", document}, {"id", "x"}, {"startPaused", true}}).status, 201);
  const std::string s = "/api/v1/simulations/x/services/";
  EXPECT_EQ(get(s + "db")["discipline"], discipline);
  EXPECT_EQ(get(s + "db")["workerHeld"], false);
  EXPECT_EQ(get(s + "db")["fanOut"], (json{{"kind", "any"}}));
  EXPECT_EQ(get(s + "page")["discipline"], (json{{"kind", "firstCome"}}));
  EXPECT_EQ(get(s + "page")["workerHeld"], true);
  EXPECT_EQ(get(s + "page")["fanOut"], fan_out);
  EXPECT_EQ(get(s + "page")["dependencies"], json::array({"db"})) << "names, whatever is said of the calls";
  json wrong = document;
  wrong["services"][1]["dependencies"][0]["protocol"] = "xmll";
  expect_problem(call("POST", "/api/v1/simulations", {{"document", wrong}}), 422, "/document/services/1/dependencies/0/protocol");
  const json answer = call("POST", "/api/v1/architectures/validations", {{"document", wrong}}).parsed();
  EXPECT_EQ(answer["errors"][0]["known"][0], "xml");
}

TEST_F(ServerTest, pushes_and_rolls_back_a_version) {
  const std::string s = make("netflixoss");
  run_to(s, 1'000);
  const std::string deployments = s + "/services/homepage/deployments";
  const auto pushed = call("POST", deployments, {{"version", "2.0"}, {"serviceTimeFactor", 3}});
  ASSERT_EQ(pushed.status, 202) << pushed.body;
  const std::string path = pushed.header("location");
  EXPECT_EQ(pushed.parsed()["version"], "2.0");
  EXPECT_EQ(pushed.parsed()["state"], "progressing");
  EXPECT_EQ(get(deployments)["items"].size(), 1U);
  EXPECT_EQ(get(path)["service"], "homepage");
  EXPECT_EQ(call("PUT", path + "/state", {{"state", "rolledBack"}}).status, 202);
  const std::string state = get(path + "/state")["state"];
  EXPECT_TRUE(state == "rollingBack" || state == "rolledBack") << state;
  expect_problem(call("PUT", path + "/state", {{"state", "purple"}}), 422, "/state");
  expect_problem(call("POST", deployments, {{"strategy", "rolling"}}), 400, "/version");
  expect_problem(call("GET", deployments + "/nothing"), 404);
  expect_problem(call("PUT", deployments + "/nothing/state", {{"state", "rolledBack"}}), 404);
}

TEST_F(ServerTest, starts_and_ends_faults) {
  const std::string s = make("netflixoss");
  run_to(s, 1'000);
  const auto started = call("POST", s + "/faults", {{"type", "zone.outage"}, {"selector", {{"zones", {"us-east-1.zoneB"}}}}});
  ASSERT_EQ(started.status, 201) << started.body;
  const auto fault = started.parsed();
  EXPECT_EQ(fault["state"], "active");
  EXPECT_GT(fault["targets"].get<int>(), 0);
  EXPECT_EQ(fault["selector"]["zones"][0], "us-east-1.zoneB");
  run_to(s, 6'000);
  EXPECT_EQ(get(s)["status"], "degraded, redundant");
  const std::string path = started.header("location");
  EXPECT_EQ(get(path)["id"], fault["id"]);
  EXPECT_EQ(call("DELETE", path).status, 204);
  EXPECT_EQ(get(path)["state"], "ended");
  EXPECT_EQ(get(s + "/faults")["items"].size(), 1U);
  const auto again = call("DELETE", path);
  EXPECT_TRUE(again.status == 409 || again.status == 410) << again.status;
  expect_problem(call("DELETE", s + "/faults/nothing"), 404);
  expect_problem(call("POST", s + "/faults", {{"type", "zone.outrage"}, {"selector", json::object()}}), 422, "/type");
  expect_problem(call("POST", s + "/faults", {{"type", "zone.outage"}}), 400, "/selector");
  expect_problem(call("POST", s + "/faults", {{"type", "zone.outage"}, {"selector", {{"zones", {"us-east-1.zoneX"}}}}}), 422);
  expect_problem(call("POST", s + "/faults", {{"type", "zone.outage"}, {"selector", {{"zones", {"us-east-1.zoneB"}}}}, {"volume", 3}}), 400,
                 "/volume");
}

TEST_F(ServerTest, every_parameter_of_every_fault_is_checked) {
  const std::string s = make("netflixoss");
  const json types = get("/api/v1/fault-types")["items"];
  for (const auto& type : types) {
    for (const auto& parameter : type["parameters"]) {
      json body = {{"type", type["type"]}, {"selector", {{"services", {"homepage"}}}}};
      const std::string name = parameter["name"];
      body[name] = parameter["kind"] == "number" ? json(parameter["max"].get<double>() * 2 + 1) : json("no such choice");
      expect_problem(call("POST", s + "/faults", body), 422, "/" + name);
      body[name] = parameter["kind"] == "number" ? json("text") : json(5);
      expect_problem(call("POST", s + "/faults", body), 400, "/" + name);
    }
  }
}

TEST_F(ServerTest, tells_what_happened) {
  const std::string s = make("netflixoss");
  run_to(s, 1'000);
  call("POST", s + "/faults", {{"type", "zone.outage"}, {"selector", {{"zones", {"us-east-1.zoneB"}}}}});
  run_to(s, 6'000);
  const auto all = get(s + "/events?pageSize=1000");
  ASSERT_GT(all["items"].size(), 3U);
  std::uint64_t seq = 0;
  for (const auto& event : all["items"]) {
    EXPECT_EQ(event["seq"], ++seq);
    for (const char* member : {"simTimeMs", "wallTime", "type", "severity", "subject", "message", "data"})
      EXPECT_TRUE(event.contains(member));
  }
  EXPECT_EQ(all["lastSeq"], seq);
  EXPECT_EQ(all["oldestSeq"], 1);
  EXPECT_EQ(get(s + "/events?sinceSeq=2&pageSize=1")["items"][0]["seq"], 3);
  const auto page = get(s + "/events?pageSize=2");
  EXPECT_EQ(get(s + "/events?pageSize=2&pageToken=" + page["nextPageToken"].get<std::string>())["items"][0]["seq"], 3);
  const auto faults = get(s + "/events?types=fault.started,fault.ended")["items"];
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0]["type"], "fault.started");
}

TEST_F(ServerTest, shows_traced_requests) {
  const std::string s = make("netflixoss");
  run_to(s, 5'000);
  const auto flows = get(s + "/flows")["items"];
  ASSERT_FALSE(flows.empty());
  const auto flow = get(s + "/flows/" + flows[0]["traceId"].get<std::string>());
  EXPECT_EQ(flow["rootService"], "www");
  EXPECT_EQ(flow["spans"].size(), flow["hops"]);
  for (const auto& span : flow["spans"]) EXPECT_LE(span["cs"], span["cr"]);
  EXPECT_EQ(get(s + "/flows?status=nonsense")["items"].size(), 0U);
  EXPECT_EQ(get(s + "/flows?minDurationMs=100000")["items"].size(), 0U);
  expect_problem(call("GET", s + "/flows/ffffffffffffffff"), 404);
  expect_problem(call("GET", s + "/flows/xyz"), 404);
}

TEST_F(ServerTest, sums_up_what_users_see) {
  const std::string s = make("netflixoss");
  run_to(s, 12'000);
  const auto summary = get(s + "/metrics/summary");
  EXPECT_EQ(summary["simTimeMs"], 12'000);
  const auto& run = summary["entries"][0]["run"];
  EXPECT_EQ(summary["entries"][0]["service"], "www");
  EXPECT_GT(run["requests"].get<int>(), 1'000);
  EXPECT_EQ(run["errors"], 0);
  EXPECT_LT(run["p50Ms"], run["p99Ms"]);
  EXPECT_LT(summary["entries"][0]["last10s"]["requests"], run["requests"]);
}

/// Asks for a step that takes much longer than the test.
void begin_step(client::Connection& connection, const std::string& simulation) {
  const std::string body = R"({"untilSimTimeMs": 100000000})";
  connection.send("POST " + simulation + "/clock/steps HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " +
                  std::to_string(body.size()) + "\r\n\r\n" + body);
}

TEST_F(ServerTest, a_step_that_outlives_its_client_or_its_simulation_does_no_harm) {
  const std::string s = make("netflixoss", {{"scalePercent", 1'000}});
  client::Connection leaving(port());
  begin_step(leaving, s);
  // Two connections have no order: the second step is the second only once the first is under way.
  for (int i = 0; i < 1'000 && get(s)["state"] != "running"; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  client::Connection waiting(port());
  begin_step(waiting, s);
  EXPECT_EQ(waiting.read().status, 409);
  leaving.reset();
  EXPECT_EQ(call("DELETE", s).status, 204);
  expect_problem(call("GET", s), 404);
}

TEST_F(ServerTest, who_waits_for_a_step_is_told_when_the_simulation_goes) {
  const std::string s = make("netflixoss", {{"scalePercent", 1'000}});
  client::Connection waiting(port());
  begin_step(waiting, s);
  client::call(port(), "GET", s);
  EXPECT_EQ(call("DELETE", s).status, 204);
  const auto response = waiting.read();
  EXPECT_TRUE(response.status == 410 || response.status == 409 || response.status == 404 || response.status == 503)
      << response.status << response.body;
}

}  // namespace

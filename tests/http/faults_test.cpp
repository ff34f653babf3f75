// Faults over REST: every type has an example that works, a dry run says what would be hit, all parts of a request come back.

#include <gmock/gmock.h>

#include <fstream>

#include "http/routes/fault_body.h"
#include "run/catalogue.h"
#include "server_fixture.h"
#include "support/source.h"

namespace {

using client::json;

json document(const std::string& architecture) {
  return json::parse(source::text_of("json_arch/" + architecture + "_arch.json"));
}

using Problems = std::vector<model::Problem>;

Problems problems_of(const json& fault) {
  return http::routes::fault_of(fault.dump()).problems;
}

/// Of the problem with one member of a fault, which has this value; "": none.
std::string code_of(json fault, const std::string& pointer, const json& value) {
  fault[json::json_pointer(pointer)] = value;
  for (const model::Problem& problem : problems_of(fault)) {
    if (problem.pointer == pointer) return problem.code;
  }
  return "";
}

/// What the reader says would be right at the place of something that is not.
std::vector<std::string> known_at(json fault, const std::string& pointer) {
  fault[json::json_pointer(pointer + "/?")] = 1;
  const Problems problems = problems_of(fault);
  return problems.size() == 1 && problems[0].code == "unknownField" ? problems[0].known : std::vector<std::string>{};
}

std::vector<std::string> names_of(const http::Field& object) {
  std::vector<std::string> names;
  for (const http::Field& field : object.fields) names.push_back(field.name);
  return names;
}

/// Of the members of an object as openapi.json shows them: the reader takes what they may be, and nothing else.
void expect_limits(const http::Field& object, const std::string& at, const json& fault) {
  using Kind = http::Field::Kind;
  for (const http::Field& field : object.fields) {
    const std::string pointer = std::string(at).append("/").append(field.name);
    const auto code = [&](const json& value) { return code_of(fault, pointer, value); };
    if (field.kind == Kind::number || field.kind == Kind::integer) {
      for (const double limit : {field.min, field.max}) EXPECT_EQ(code(limit), "") << pointer;
      for (const double beyond : {field.min - 1, field.max + 1}) EXPECT_EQ(code(beyond), "outOfRange") << pointer;
    } else if (field.kind == Kind::choice) {
      for (const std::string& choice : field.choices) EXPECT_EQ(code(choice), "") << pointer;
      EXPECT_EQ(code("none of them"), "unknownChoice") << pointer;
    } else if (field.kind == Kind::texts) {
      EXPECT_EQ(code(std::vector<std::string>(static_cast<std::size_t>(field.max), "x")), "") << pointer;
      EXPECT_EQ(code(std::vector<std::string>(static_cast<std::size_t>(field.max) + 1, "x")), "tooMany") << pointer;
    } else if (field.kind == Kind::text) {
      EXPECT_EQ(code(std::string(static_cast<std::size_t>(field.max), 'x')), "unknownFaultType") << pointer;
      EXPECT_EQ(code(std::string(static_cast<std::size_t>(field.max) + 1, 'x')), "tooLong") << pointer;
    } else {
      ASSERT_EQ(field.kind, Kind::object) << pointer;
      if (!field.open) {
        EXPECT_THAT(known_at(fault, pointer), testing::UnorderedElementsAreArray(names_of(field))) << pointer;
      }
      expect_limits(field, pointer, fault);
    }
  }
}

TEST(FaultBody, is_read_as_openapi_json_shows_it) {
  const run::FaultEntry& type = run::faults().front();
  const json fault = {{"type", type.type}, {"selector", json::object()}};
  const http::Field schema = http::routes::fault_schema("");
  std::vector<std::string> members = names_of(schema);
  for (const model::ParameterSpec& parameter : type.parameters) members.push_back(parameter.name);
  EXPECT_THAT(known_at(fault, ""), testing::UnorderedElementsAreArray(members));
  expect_limits(schema, "", fault);
}

TEST(FaultBody, a_member_that_is_null_is_left_out) {
  const json fault = {{"type", "instance.slow"},
                      {"selector", {{"services", {"login"}}, {"mode", nullptr}, {"exclude", nullptr}}},
                      {"durationMs", nullptr},
                      {"ramp", nullptr},
                      {"factor", nullptr}};
  const auto read = http::routes::fault_of(fault.dump());
  const std::optional<model::FaultRequest>& request = read.fault;
  ASSERT_TRUE(request && read.problems.empty());
  EXPECT_FALSE(request->duration);
  EXPECT_EQ(request->selector.mode, model::Selector::Mode::all);
  EXPECT_EQ(request->parameters.count("factor"), 1U) << "as it is usual";
  EXPECT_EQ(code_of(fault, "/selector", nullptr), "wrongType") << "which is required";
  EXPECT_EQ(code_of(fault, "/selector/labels/tier", nullptr), "wrongType");
  EXPECT_EQ(code_of(fault, "/colour", nullptr), "unknownField");
}

TEST(FaultBody, of_an_unknown_type_may_have_its_parameters) {
  const Problems problems = problems_of({{"type", "instance.slo"}, {"selector", json::object()}, {"factor", 3}});
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].pointer, "/type");
  EXPECT_THAT(problems[0].message, testing::HasSubstr("did you mean \"instance.slow\"?"));
  EXPECT_EQ(problems[0].known.front(), "instance.slow");
}

TEST_F(ServerTest, every_type_of_fault_has_an_example_that_works) {
  std::map<std::string, std::string> simulations;
  const json types = get("/api/v1/fault-types?pageSize=200")["items"];
  ASSERT_GT(types.size(), 40U);
  for (const json& listed : types) {
    const json type = get("/api/v1/fault-types/" + listed["type"].get<std::string>());
    for (const auto& [name, value] : listed.items()) EXPECT_EQ(type[name], value) << name;
    const std::string architecture = type["exampleArchitecture"];
    if (simulations.count(architecture) == 0) {
      const auto made = call("POST", "/api/v1/simulations", {{"document", document(architecture)}, {"startPaused", true}});
      ASSERT_EQ(made.status, 201) << made.body;
      simulations[architecture] = made.header("location");
    }
    const std::string& s = simulations[architecture];
    const json body = type["example"];
    const auto dry = call("POST", s + "/faults?validateOnly=true", body);
    ASSERT_EQ(dry.status, 200) << type["type"] << dry.body;
    EXPECT_TRUE(get(s + "/faults?pageSize=500")["items"].empty() || get(s + "/faults")["items"].back()["state"] == "ended");
    const auto started = call("POST", s + "/faults", body);
    ASSERT_EQ(started.status, 201) << type["type"] << started.body;
    const json fault = started.parsed();
    EXPECT_EQ(fault["targets"], dry.parsed()["targets"]) << type["type"];
    EXPECT_EQ(fault["parameters"].size(), type["defaults"].size());
    for (const auto& [name, schema] : type["schema"]["properties"].items()) {
      EXPECT_EQ(schema["default"], type["defaults"][name]);
      EXPECT_EQ(fault["parameters"][name], body.contains(name) ? body[name] : schema["default"]) << name;
    }
    EXPECT_EQ(fault.contains("ramp"), body.contains("ramp"));
    EXPECT_EQ(fault.value("target", json()), body.value("target", json()));
    EXPECT_EQ(call("DELETE", s + "/faults/" + fault["id"].get<std::string>()).status, 204);
  }
  expect_problem(call("GET", "/api/v1/fault-types/zone.outrage"), 404);
}

TEST_F(ServerTest, a_dry_run_says_what_a_fault_would_hit_and_leaves_no_trace) {
  const std::string s = make("netflixoss");
  const json body = {{"type", "zone.outage"},
                     {"selector", {{"zones", {"us-east-1.zoneB"}}, {"exclude", {{"services", {"cassSubscriber"}}}}, {"minRemaining", 1}}}};
  const json plan = call("POST", s + "/faults?validateOnly=true", body).parsed();
  EXPECT_EQ(plan["selector"], body["selector"]);
  EXPECT_EQ(plan["resolvedTargets"].size(), plan["targets"].get<std::size_t>());
  EXPECT_EQ(plan["predicted"]["zonesAffected"], json{"us-east-1.zoneB"});
  EXPECT_GT(plan["predicted"]["capacityLostPercent"].get<double>(), 20);
  for (const json& loss : plan["predicted"]["services"]) EXPECT_NE(loss["service"], "cassSubscriber");
  EXPECT_TRUE(get(s + "/faults")["items"].empty());
  EXPECT_TRUE(get(s + "/commands")["items"].empty());
}

TEST_F(ServerTest, the_beginning_of_a_fault_names_whom_it_hits) {
  const std::string s = make("netflixoss");
  const json body = {{"type", "instance.slow"}, {"selector", {{"services", {"homepage"}}, {"mode", "count"}, {"value", 3}}}};
  const json plan = call("POST", s + "/faults?validateOnly=true", body).parsed();
  std::string names;
  for (const json& name : plan["resolvedTargets"]) names += (names.empty() ? "" : ", ") + name.get<std::string>();
  ASSERT_EQ(call("POST", s + "/faults", body).status, 201);
  const json begun = get(s + "/events?types=fault.started")["items"][0];
  EXPECT_EQ(begun["data"]["instances"], names);
  EXPECT_EQ(begun["data"]["targets"], "3");
}

TEST_F(ServerTest, gives_back_all_that_a_fault_was_asked_for_with) {
  const std::string s = make("netflixoss");
  const json body = {{"type", "network.latency"},
                     {"selector", {{"services", {"subscriber"}}, {"mode", "percent"}, {"value", 50}}},
                     {"target", {{"services", {"cassSubscriber"}}}},
                     {"direction", "to"},
                     {"ramp", {{"shape", "exponential"}, {"upMs", 1'000}, {"downMs", 2'000}}},
                     {"jitter", 0.25},
                     {"durationMs", 10'000},
                     {"latencyMs", 20}};
  const auto started = call("POST", s + "/faults", body);
  ASSERT_EQ(started.status, 201) << started.body;
  const json fault = started.parsed();
  for (const char* member : {"selector", "target", "direction", "ramp", "jitter"}) EXPECT_EQ(fault[member], body[member]) << member;
  EXPECT_EQ(fault["targets"], 3);
  const json command = get(s + "/commands")["items"][0]["command"];
  for (const char* member : {"selector", "target", "direction", "ramp", "jitter"}) EXPECT_EQ(command[member], body[member]) << member;
  json wrong = body;
  wrong["selector"]["value"] = 500;
  wrong["target"]["zones"] = {"us-east-1.zoneX"};
  const auto refused = call("POST", s + "/faults", wrong);
  expect_problem(refused, 422, "/selector/value");
  expect_problem(refused, 422, "/target/zones/0");
  wrong = body;
  wrong["direction"] = "sideways";
  expect_problem(call("POST", s + "/faults", wrong), 422, "/direction");
}

TEST_F(ServerTest, services_are_selected_by_their_labels) {
  json document = ::document("netflixoss");
  document["services"][0]["labels"] = {{"tier", "db"}};
  const auto made = call("POST", "/api/v1/simulations", {{"document", document}, {"startPaused", true}});
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string s = "/api/v1/simulations/" + made.parsed()["id"].get<std::string>();
  const auto started = call("POST", s + "/faults", {{"type", "instance.slow"}, {"selector", {{"labels", {{"tier", "db"}}}}}});
  ASSERT_EQ(started.status, 201) << started.body;
  EXPECT_EQ(started.parsed()["targets"], 6);
  expect_problem(call("POST", s + "/faults", {{"type", "instance.slow"}, {"selector", {{"labels", {{"tier", "web"}}}}}}), 422,
                 "/selector/labels/tier");
}

}  // namespace

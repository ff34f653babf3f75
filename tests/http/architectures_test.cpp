// Documents through REST.

#include <fstream>
#include <iterator>
#include <set>

#include "server_fixture.h"
#include "support/source.h"

namespace {

using client::json;

std::string lamp() {
  return source::text_of("json_arch/lamp_arch.json");
}

TEST_F(ServerTest, lists_and_shows_documents) {
  const auto items = get("/api/v1/architectures")["items"];
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0]["name"], "lamp");
  EXPECT_EQ(items[0]["builtIn"], true);
  EXPECT_EQ(call("GET", "/api/v1/architectures/lamp").body, lamp());
  expect_problem(call("GET", "/api/v1/architectures/lmap"), 404);
}

TEST_F(ServerTest, stores_runs_and_removes_a_document) {
  const std::string path = "/api/v1/architectures/my-lamp";
  const auto stored = client::call(port(), "PUT", path, lamp());
  EXPECT_EQ(stored.status, 201) << stored.body;
  EXPECT_EQ(stored.header("location"), path);
  const auto replaced = client::call(port(), "PUT", path, lamp(), {{"If-Match", call("GET", path).header("etag")}});
  EXPECT_EQ(replaced.status, 200);
  expect_problem(client::call(port(), "PUT", path, lamp(), {{"If-Match", "\"old\""}}), 412);
  EXPECT_EQ(get(make("my-lamp"))["architecture"], "my-lamp");
  EXPECT_EQ(call("DELETE", path).status, 204);
  expect_problem(call("DELETE", path), 404);
}

TEST_F(ServerTest, keeps_built_in_documents) {
  expect_problem(client::call(port(), "PUT", "/api/v1/architectures/lamp", lamp()), 409);
  expect_problem(call("DELETE", "/api/v1/architectures/lamp"), 409);
}

TEST_F(ServerTest, refuses_bad_documents) {
  const std::string path = "/api/v1/architectures/bad";
  expect_problem(client::call(port(), "PUT", path, "{"), 400);
  expect_problem(client::call(port(), "PUT", path, "[]"), 400);
  expect_problem(client::call(port(), "PUT", path, std::string(100'000, '[')), 400);
  expect_problem(client::call(port(), "PUT", path, R"({"arch": "x"})"), 422);
  expect_problem(client::call(port(), "PUT", "/api/v1/architectures/a%20b", lamp()), 422);
  expect_problem(call("GET", path), 404);
}

TEST_F(ServerTest, validates_without_storing) {
  json document = json::parse(lamp());
  const auto good = call("POST", "/api/v1/architectures/validations", {{"document", document}}).parsed();
  EXPECT_EQ(good["valid"], true) << good;
  EXPECT_EQ(good["counts"]["services"], document["services"].size());
  document["services"][0]["dependencies"] = {"nobody"};
  document["services"][1]["gearbox"] = "mysterious";
  const auto bad = call("POST", "/api/v1/architectures/validations", {{"document", document}});
  EXPECT_EQ(bad.status, 200);
  EXPECT_EQ(bad.parsed()["valid"], false);
  EXPECT_GE(bad.parsed()["errors"].size(), 2U);
  expect_problem(call("POST", "/api/v1/architectures/validations", {{"documnet", document}}), 400, "/documnet");
}

TEST_F(ServerTest, lints_what_is_valid) {
  json document = json::parse(lamp());
  document["services"][1]["count"] = 1;
  const auto answer = call("POST", "/api/v1/architectures/validations", {{"document", document}}).parsed();
  ASSERT_FALSE(answer["lint"].empty()) << answer;
  const json& worst = answer["lint"][0];
  EXPECT_EQ(worst["rule"], "singleZone");
  EXPECT_EQ(worst["severity"], "warning");
  EXPECT_EQ(worst["pointer"], "/services/1/count");
  EXPECT_NE(worst["why"].get<std::string>().find("memcache"), std::string::npos);
  EXPECT_NE(worst["mend"].get<std::string>().find("\"count\" to 3"), std::string::npos);
  std::set<std::string> rules;
  const json known = get("/api/v1/lint-rules")["items"];
  for (const json& rule : known) rules.insert(rule["name"].get<std::string>());
  for (const json& finding : answer["lint"]) EXPECT_TRUE(rules.contains(finding["rule"])) << finding;
  document["services"][0]["dependencies"] = {"nobody"};
  EXPECT_FALSE(call("POST", "/api/v1/architectures/validations", {{"document", document}}).parsed().contains("lint"));
}

TEST_F(ServerTest, says_what_lint_finds_in_what_runs) {
  const std::string s = make("lamp", {{"startPaused", true}});
  const json running = get(s + "/lint")["items"];
  EXPECT_EQ(running, call("POST", "/api/v1/architectures/validations", {{"document", json::parse(lamp())}}).parsed()["lint"]);
  EXPECT_EQ(get(s + "/lint?pageSize=1")["nextPageToken"], "1");
}

TEST_F(ServerTest, points_into_an_inline_document) {
  json document = json::parse(lamp());
  document["services"][0]["count"] = "many";
  const auto response = call("POST", "/api/v1/simulations", {{"document", document}});
  expect_problem(response, 422);
  EXPECT_TRUE(response.parsed()["errors"][0]["pointer"].get<std::string>().starts_with("/document/services/0")) << response.body;
  document = json::parse(lamp());
  EXPECT_EQ(call("POST", "/api/v1/simulations", {{"document", document}, {"startPaused", true}}).status, 201);
}

}  // namespace

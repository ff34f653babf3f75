// The registry over REST: presets, its own figures, what an instance believes.

#include <set>

#include "server_fixture.h"

namespace {

using client::json;

json document(const json& registry) {
  json document = json::parse(R"({"arch": "small", "services": [
    {"name": "data", "package": "store", "regions": 1, "count": 60, "replaceAfterMs": null},
    {"name": "web", "package": "monolith", "regions": 1, "count": 6, "dependencies": ["data"]},
    {"name": "users", "package": "denominator", "dependencies": ["web"]}]})");
  if (!registry.is_null()) document["registry"] = registry;
  return document;
}

class RegistryTest : public ServerTest {
 protected:
  std::string run(const json& registry) {
    const auto response = call("POST", "/api/v1/simulations", {{"document", document(registry)}, {"startPaused", true}});
    EXPECT_EQ(response.status, 201) << response.body;
    return response.header("location");
  }
  std::string first_of(const std::string& s, const std::string& service) const {
    return get(s + "/instances?service=" + service)["items"][0]["id"];
  }
};

TEST_F(RegistryTest, lists_registries_by_name_with_every_field) {
  const json items = get("/api/v1/registries")["items"];
  ASSERT_EQ(items.size(), 5U);
  for (const json& item : items) {
    EXPECT_FALSE(item["why"].get<std::string>().empty());
    EXPECT_FALSE(item["source"].get<std::string>().empty());
    // What it gives a document may have: the same registry under no name.
    const std::string by_name = run(item["name"]), by_figures = run(item["registry"]);
    EXPECT_EQ(get(by_name + "/registry")["registry"], item["registry"]);
    EXPECT_EQ(get(by_figures + "/registry")["registry"], item["registry"]);
    EXPECT_EQ(get(by_name + "/registry")["name"], item["name"]);
    EXPECT_EQ(get(by_figures + "/registry")["name"], "");
    call("DELETE", by_name);
    call("DELETE", by_figures);
  }
}

TEST_F(RegistryTest, shows_a_crash_as_eureka_and_its_callers_see_it) {
  const std::string s = run("eureka-default");
  const std::string victim = first_of(s, "data"), caller = first_of(s, "web");
  run_to(s, 100'000);
  json here = get(s + "/registry");
  EXPECT_EQ(here["simTimeMs"], 100'000);
  ASSERT_EQ(here["items"].size(), 2U) << "the region, and the users outside";
  EXPECT_EQ(here["items"][0], (json{{"region", "us-east-1"},
                                    {"registered", 66},
                                    {"listed", 66},
                                    {"silent", 0},
                                    {"leasesOut", 0},
                                    {"expected", 66},
                                    {"renewalsLastMinute", 132},
                                    {"threshold", 112},
                                    {"selfPreservation", false},
                                    {"answers", true},
                                    {"evicted", 0}}));
  EXPECT_EQ(here["items"][1]["region"], "*");
  EXPECT_EQ(call("DELETE", s + "/instances/" + victim).status, 202);
  run_to(s, 200'000);
  EXPECT_EQ(get(s + "/registry")["items"][0]["silent"], 1);
  json view = get(s + "/instances/" + caller + "/view");
  EXPECT_EQ(view["id"], caller);
  EXPECT_EQ(view["simTimeMs"], 200'000);
  EXPECT_GT(view["asOfSimTimeMs"], 110'000);
  EXPECT_LE(view["asOfSimTimeMs"], 200'000);
  EXPECT_EQ(view["items"], (json::array({{{"service", "data"}, {"believed", 60}, {"gone", 1}, {"missing", 0}}})));
  // All pages of them, and what they are in truth.
  std::set<std::string> ids;
  std::size_t removed = 0;
  std::string page;
  do {
    const json part = get(s + "/instances/" + caller + "/view/data?pageSize=25" + (page.empty() ? "" : "&pageToken=" + page));
    EXPECT_EQ(part["service"], "data");
    EXPECT_LE(part["items"].size(), 25U);
    for (const json& item : part["items"]) {
      EXPECT_TRUE(ids.insert(item["id"]).second);
      if (item["id"] != victim) {
        EXPECT_EQ(item["state"], "up");
        continue;
      }
      EXPECT_EQ(item["state"], "removed") << "it is shown for 10 s only";
      ++removed;
    }
    page = part.value("nextPageToken", "");
  } while (!page.empty());
  EXPECT_EQ(ids.size(), 60U);
  EXPECT_EQ(removed, 1U);
  run_to(s, 430'000);
  EXPECT_EQ(get(s + "/registry")["items"][0]["evicted"], 1);
  view = get(s + "/instances/" + caller + "/view");
  EXPECT_EQ(view["items"][0]["believed"], 59);
  EXPECT_EQ(view["items"][0]["gone"], 0);
  const json events = get(s + "/events?types=registry.evicted")["items"];
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0]["subject"], (json{{"kind", "registry"}, {"id", "us-east-1"}}));
}

TEST_F(RegistryTest, shows_what_checks_find) {
  const std::string s = run("target-group");
  run_to(s, 1'000);
  const json here = get(s + "/registry");
  EXPECT_EQ(here["items"][0], (json{{"region", "us-east-1"}, {"registered", 66}, {"listed", 66}, {"openGroups", 0}}));
  EXPECT_EQ(here["registry"]["kind"], "probes");
}

TEST_F(RegistryTest, is_there_when_nothing_was_said) {
  const std::string s = run(nullptr);
  EXPECT_EQ(get(s + "/registry")["name"], "fixed");
  EXPECT_EQ(get(s + "/registry")["items"][0], (json{{"region", "us-east-1"}, {"registered", 66}, {"listed", 66}}));
  EXPECT_EQ(get(s + "/instances/" + first_of(s, "web") + "/view")["items"][0]["believed"], 60);
}

TEST_F(RegistryTest, says_what_is_not_there) {
  const std::string s = run("kubernetes");
  expect_problem(call("GET", s + "/instances/nobody/view"), 404);
  expect_problem(call("GET", s + "/instances/" + first_of(s, "web") + "/view/dat"), 404);
  EXPECT_NE(call("GET", s + "/instances/" + first_of(s, "web") + "/view/dat").body.find("did you mean"), std::string::npos);
  expect_problem(call("GET", s + "/instances/" + first_of(s, "web") + "/view?pageToken=x"), 400, "?pageToken");
  expect_problem(call("GET", s + "/registry?pageSize=0"), 400, "?pageSize");
  expect_problem(call("GET", s + "/registry?region=x"), 400, "?region");
  expect_problem(call("GET", "/api/v1/simulations/none/registry"), 404);
  expect_problem(call("POST", "/api/v1/simulations", {{"document", document("kubernets")}}), 422, "/document/registry");
}

}  // namespace

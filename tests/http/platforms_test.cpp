// Machines, functions and cold starts through REST.

#include <cmath>
#include <fstream>
#include <iterator>
#include <map>

#include "server_fixture.h"
#include "support/source.h"

namespace {

using client::json;

class Platforms : public ServerTest {
 protected:
  /// A simulation of a document of json_arch.
  std::string start(const std::string& name, const json& more = json::object()) {
    const std::string text = source::text_of("json_arch/" + name + "_arch.json");
    EXPECT_EQ(client::call(port(), "PUT", "/api/v1/architectures/" + name, text).status, 201);
    return make(name, more);
  }
};

TEST_F(Platforms, shows_machines_and_kills_one_with_its_containers) {
  const std::string s = start("containers");
  EXPECT_EQ(get(s)["counts"]["machines"], get(s + "/machines?pageSize=100")["items"].size());
  const json nodes = get(s + "/machines?type=node&zone=us-east-1.zoneA").at("items");
  ASSERT_FALSE(nodes.empty());
  std::size_t containers = 0;
  for (const json& node : nodes) {
    EXPECT_EQ(node["kind"], "virtualMachine");
    EXPECT_EQ(node["zone"], "us-east-1.zoneA");
    EXPECT_EQ(node["state"], "up");
    EXPECT_EQ(node["memoryMb"], 4096);
    EXPECT_LE(node["usedMb"], 4096);
    EXPECT_EQ(node["slots"], 8);
    containers += node["instances"].get<std::size_t>();
  }
  EXPECT_EQ(containers, 7U) << "a cache, two of data, four of the api";
  EXPECT_EQ(get(s + "/machines?type=terabyte")["items"].size(), 3U);
  EXPECT_TRUE(get(s + "/machines?kind=datacenter")["items"].empty());

  const std::string name = nodes[0]["name"];
  const json one = get(s + "/machines/" + name);
  ASSERT_EQ(one["instanceNames"].size(), one["instances"]);
  const std::string instance = one["instanceNames"][0];
  EXPECT_EQ(get(s + "/instances/" + instance)["machine"], name);
  const client::Response killed = call("DELETE", s + "/machines/" + name);
  EXPECT_EQ(killed.status, 202);
  EXPECT_EQ(killed.parsed()["instanceNames"], one["instanceNames"]);
  EXPECT_EQ(get(s + "/machines/" + name)["state"], "dead");
  EXPECT_EQ(get(s + "/instances/" + instance)["state"], "dead");
  expect_problem(call("DELETE", s + "/machines/" + name), 410);
  expect_problem(call("DELETE", s + "/machines/nothing"), 404);
  expect_problem(call("GET", s + "/machines/nothing"), 404);
  const json journal = get(s + "/commands")["items"];
  EXPECT_EQ(journal.back()["command"]["type"], "killMachine");
  EXPECT_EQ(journal.back()["command"]["machine"], name);
  bool told = false;
  const json events = get(s + "/events?pageSize=100");
  for (const json& event : events["items"]) {
    told |= event["type"] == "machine.died" && event["subject"]["kind"] == "machine" && event["subject"]["id"] == name;
  }
  EXPECT_TRUE(told);
}

TEST_F(Platforms, has_no_machines_where_none_are_modelled) {
  const std::string s = make("lamp");
  EXPECT_TRUE(get(s + "/machines")["items"].empty());
  EXPECT_FALSE(get(s)["counts"].contains("machines"));
  EXPECT_EQ(get(s)["start"], "warm");
  EXPECT_EQ(get(s)["allUpSimTimeMs"], 0);
  EXPECT_FALSE(get(s + "/services/webserver").contains("function"));
}

TEST_F(Platforms, shows_what_functions_do_and_cost) {
  const std::string s = start("serverless");
  run_to(s, 10'000);
  const json checkout = get(s + "/services/checkout")["function"];
  EXPECT_EQ(checkout["memoryMb"], 512);
  EXPECT_EQ(checkout["concurrency"], 1000);
  EXPECT_EQ(checkout["keepAliveMs"], 2000);
  EXPECT_GT(checkout["coldStarts"], 0);
  EXPECT_GT(checkout["invocations"], checkout["coldStarts"]);
  EXPECT_EQ(checkout["throttled"], 0);
  EXPECT_GT(get(s + "/services/payment")["function"]["throttled"], 0);
  EXPECT_GE(checkout["billedMs"], checkout["durationMs"]);
  EXPECT_EQ(std::fmod(checkout["billedMs"].get<double>(), 100), 0);
  EXPECT_NEAR(checkout["gbSeconds"].get<double>(), checkout["billedMs"].get<double>() / 2'000, 1e-6);
  EXPECT_NEAR(checkout["dollars"].get<double>(),
              checkout["gbSeconds"].get<double>() * 0.00001667 + checkout["invocations"].get<double>() * 0.2 / 1e6, 1e-8);
  EXPECT_GE(checkout["warm"], 0);
  EXPECT_GT(checkout["invocationsPerSecond"], 0);
  EXPECT_TRUE(get(s + "/machines")["items"].empty());
}

TEST_F(Platforms, says_when_a_cold_start_is_over) {
  const std::string s = start("cold-start", {{"startPaused", true}});
  const json before = get(s);
  EXPECT_EQ(before["start"], "cold");
  EXPECT_FALSE(before.contains("allUpSimTimeMs"));
  EXPECT_EQ(get(s + "/services/database")["instances"]["starting"], 3);
  run_to(s, 20'000);
  const double up = get(s)["allUpSimTimeMs"];
  EXPECT_GT(up, 2'000);
  EXPECT_LT(up, 10'000);
  std::map<std::string, int> types;
  const json events = get(s + "/events?pageSize=500");
  for (const json& event : events["items"]) ++types[event["type"]];
  EXPECT_EQ(types["architecture.up"], 1);
  EXPECT_EQ(types["instance.waits"], 9);
  EXPECT_GT(types["instance.crashed"], 6);
}

TEST_F(Platforms, refuses_what_does_not_fit_its_machine) {
  const auto made = [this](const std::string& service) {
    json document = {
        {"arch", "x"},
        {"services", json::array({json::parse(service), {{"name", "users"}, {"package", "denominator"}, {"dependencies", {"s"}}}})}};
    return call("POST", "/api/v1/simulations", {{"document", document}});
  };
  expect_problem(made(R"({"name": "s", "package": "store", "machine": "virtualMachine", "memoryMb": 15361})"), 422,
                 "/document/services/0/memoryMb");
  EXPECT_EQ(made(R"({"name": "s", "package": "store", "machine": "virtualMachine", "memoryMb": 15360})").status, 201);
  expect_problem(made(R"({"name": "s", "package": "store", "machine": "virtualmachine", "memoryMb": 1})"), 422,
                 "/document/services/0/memoryMb");
  expect_problem(made(R"({"name": "s", "package": "function", "machine": "terabyte"})"), 422, "/document/services/0/machine");
  EXPECT_EQ(made(R"({"name": "s", "package": "store", "machine": "m1.small"})").status, 201) << "a name and no more";
}

}  // namespace

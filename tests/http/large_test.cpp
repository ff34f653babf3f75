// A simulation of more instances than are shown one by one, through REST and a stream.

#include <chrono>
#include <set>

#include "run/scope.h"
#include "server_fixture.h"

namespace {

using client::json;
using client::Stream;
using namespace std::chrono_literals;

class LargeTest : public ServerTest {
 protected:
  std::string make_large() { return make("netflixoss", {{"scalePercent", 50'000}}); }  // 31,502 instances
};

TEST_F(LargeTest, tells_how_many_there_are_and_shows_a_page_of_them) {
  const std::string s = make_large();
  const auto counts = get(s)["counts"];
  EXPECT_GT(counts["instances"], run::instances_shown_max);
  EXPECT_EQ(get(s + "/services/homepage")["instances"]["up"], get(s + "/services/homepage/scale")["ready"]);
  std::set<std::string> names;
  std::string token;
  for (int page = 0; page < 3; ++page) {
    const auto body = get(s + "/instances?pageSize=1000" + (token.empty() ? "" : "&pageToken=" + token));
    EXPECT_EQ(body["items"].size(), 1'000U);
    for (const auto& item : body["items"]) names.insert(item["id"].get<std::string>());
    token = body["nextPageToken"];
  }
  EXPECT_EQ(names.size(), 3'000U);
  const std::string last = std::to_string(counts["instances"].get<int>() - 3);
  const auto rest = get(s + "/instances?pageToken=" + last);
  EXPECT_EQ(rest["items"].size(), 3U);
  EXPECT_FALSE(rest.contains("nextPageToken"));
  const auto some = get(s + "/instances?service=homepage&zone=us-east-1.zoneA&pageSize=7")["items"];
  EXPECT_EQ(some.size(), 7U);
  for (const auto& item : some) EXPECT_TRUE(item["service"] == "homepage" && item["zone"] == "us-east-1.zoneA");
  EXPECT_EQ(get(s + "/instances?service=homepage&zone=us-east-1.zoneA&region=us-west-2")["items"].size(), 0U);
  EXPECT_EQ(get(s + "/instances?service=www-elb&state=up")["items"].size(), 1U);
  EXPECT_EQ(get(s + "/instances?service=www-elb&state=down")["items"].size(), 0U);
}

TEST_F(LargeTest, says_what_cannot_be_shown) {
  const std::string s = make_large();
  expect_problem(call("GET", s + "/instances?state=up"), 422, "/path");
  const auto graph = call("GET", s + "/graph?level=instance");
  expect_problem(graph, 422, "/path");
  EXPECT_NE(graph.parsed()["detail"].get<std::string>().find("at most 20000"), std::string::npos) << graph.body;
  expect_problem(call("GET", s + "/graph?level=instance&path=us-east-1.zoneA"), 422, "/level");
  expect_problem(call("GET", s + "/graph?level=instance&path=mars"), 422, "/path");
  expect_problem(call("GET", s + "/instances/nobody"), 404);
  expect_problem(call("GET", s + "/instances?pageToken=x"), 400, "?pageToken");
}

TEST_F(LargeTest, draws_the_instances_of_a_small_place) {
  const std::string s = make_large();
  const auto graph = get(s + "/graph?level=instance&path=us-east-1.*");
  ASSERT_EQ(graph["nodes"].size(), 1U);
  EXPECT_EQ(graph["nodes"][0]["service"], "www-elb");
  EXPECT_EQ(get(s + "/graph")["nodes"].size(), 20U);
}

TEST_F(LargeTest, kills_and_scales) {
  const std::string s = make_large();
  run_to(s, 100);
  const std::string name = "netflixoss.us-east-1.zoneA.homepage15";
  const auto one = call("GET", s + "/instances/" + name);
  EXPECT_EQ(one.parsed()["state"], "up");
  EXPECT_EQ(one.parsed()["countedSinceSimTimeMs"], 100);
  const auto ready = get(s + "/services/homepage/scale")["ready"].get<int>();
  expect_problem(call("DELETE", s + "/instances/" + name, {}, {{"If-Match", "\"another\""}}), 412);
  const auto seen = call("GET", s + "/instances/" + name);
  EXPECT_EQ(call("DELETE", s + "/instances/" + name, {}, {{"If-Match", seen.header("etag")}}).status, 202);
  EXPECT_EQ(get(s + "/instances/" + name)["state"], "dead");
  EXPECT_EQ(get(s + "/services/homepage/scale")["ready"], ready - 1);
  EXPECT_EQ(call("PUT", s + "/services/homepage/scale", {{"replicas", ready + 10}}).status, 202);
  EXPECT_EQ(get(s + "/services/homepage")["instances"],
            (json{{"starting", 11}, {"up", ready - 1}, {"draining", 0}, {"down", 0}, {"dead", 1}}));
  EXPECT_EQ(call("PUT", s + "/services/homepage/scale", {{"replicas", ready - 100}}).status, 202);
  EXPECT_EQ(get(s + "/services/homepage")["instances"],
            (json{{"starting", 0}, {"up", ready - 100}, {"draining", 99}, {"down", 0}, {"dead", 1}}));
  const auto beyond = call("PUT", s + "/services/homepage/scale", {{"replicas", 2'000'000}});
  expect_problem(beyond, 422, "/replicas");
  EXPECT_NE(beyond.parsed()["detail"].get<std::string>().find("at most 2000000 are possible"), std::string::npos) << beyond.body;
}

TEST_F(LargeTest, a_million_too_many_is_refused_with_its_number) {
  const auto refused = call("POST", "/api/v1/simulations", {{"architecture", "netflixoss"}, {"scalePercent", 10'000'000}});
  expect_problem(refused, 422, "/scalePercent");
  EXPECT_NE(refused.parsed()["detail"].get<std::string>().find("makes 6300002 instances, and at most 2000000 are possible"),
            std::string::npos)
      << refused.body;
}

TEST_F(LargeTest, runs_on_the_threads_that_are_asked_for) {
  const auto end = [&](int threads) {
    const std::string s = make("netflixoss", {{"regions", 2}, {"threads", threads}});
    EXPECT_EQ(get(s)["threads"], threads);
    run_to(s, 3'000);
    const std::string print = get(s)["fingerprint"];
    EXPECT_EQ(call("DELETE", s).status, 204);
    return print;
  };
  const std::string alone = end(1);
  EXPECT_EQ(end(2), alone);
  EXPECT_EQ(end(64), alone);
  expect_problem(call("POST", "/api/v1/simulations", {{"architecture", "lamp"}, {"threads", 0}}), 422, "/threads");
  expect_problem(call("POST", "/api/v1/simulations", {{"architecture", "lamp"}, {"threads", 65}}), 422, "/threads");
}

TEST_F(LargeTest, a_view_goes_on_when_others_look_at_so_much_that_it_gave_way) {
  const std::string s = make_large();
  Stream stream(port(), s + "/stream");
  stream.send({{"type", "subscribe"}, {"level", "instance"}, {"path", "us-east-1.*"}});
  ASSERT_TRUE(stream.read_type("keyframe"));
  std::uint64_t looked_at = 0;
  const auto services = get(s + "/services");
  for (const auto& service : services["items"]) {
    const std::string name = service["name"];
    if (name == "www-elb") continue;  // what the view shows
    for (const char* place : {"", "&region=us-east-1", "&zone=us-east-1.zoneA", "&zone=us-east-1.zoneB", "&zone=us-east-1.zoneC"}) {
      EXPECT_TRUE(get(s + "/instances?state=down&service=" + name + place)["items"].empty());
    }
    looked_at += 3 * service["instances"]["up"].get<std::uint64_t>();
  }
  for (const char* zone : {"A", "B", "C"}) get(s + "/instances?state=down&zone=us-east-1.zone" + zone);
  EXPECT_GT(looked_at + get(s)["counts"]["instances"].get<std::uint64_t>(), run::instances_looked_at_max);
  EXPECT_EQ(call("DELETE", s + "/instances/netflixoss.us-east-1.*.www-elb00").status, 202);
  const auto changed = stream.read_type("structure");
  ASSERT_TRUE(changed);
  EXPECT_EQ((*changed)["nodes"]["update"][0]["state"], "dead");
}

TEST_F(LargeTest, streams_the_instances_of_a_small_place_and_says_what_is_too_much) {
  const std::string s = make_large();
  Stream stream(port(), s + "/stream");
  EXPECT_EQ((*stream.read())["type"], "hello");
  stream.send({{"type", "subscribe"}, {"level", "instance"}});
  const auto refused = *stream.read_type("error");
  EXPECT_EQ(refused["problem"]["status"], 422) << refused;
  stream.send({{"type", "subscribe"}, {"level", "instance"}, {"path", "us-east-1.*"}});
  const auto frame = *stream.read_type("keyframe");
  EXPECT_EQ(frame["nodes"].size(), 1U);
  stream.send({{"type", "subscribe"}, {"level", "instance"}, {"path", "us-east-1.*"}});
  stream.send({{"type", "subscribe"}, {"level", "zone"}});  // what was asked for last counts
  auto last = *stream.read_type("keyframe");
  if (last["level"] == "instance") last = *stream.read_type("keyframe");  // it was quick
  EXPECT_EQ(last["level"], "zone");
  stream.send({{"type", "resync"}});
  EXPECT_EQ((*stream.read_type("keyframe"))["level"], "zone");
}

}  // namespace

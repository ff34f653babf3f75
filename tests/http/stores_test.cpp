// Stores that instances share, over REST: queues, databases with a primary, clusters with copies.

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "server_fixture.h"
#include "support/source.h"

namespace {

using client::json;

json row(const json& items, const std::string& member, const std::string& value) {
  for (const auto& entry : items) {
    if (entry[member] == value) return entry;
  }
  return nullptr;
}

class StoresTest : public ServerTest {
 protected:
  /// A simulation of a document of json_arch that the server does not know yet.
  std::string made_of(const std::string& name) {
    const std::string document = source::text_of("json_arch/" + name + "_arch.json");
    EXPECT_EQ(client::call(port(), "PUT", "/api/v1/architectures/" + name, document).status, 201);
    return make(name);
  }
};

TEST_F(StoresTest, lists_queues) {
  const std::string s = made_of("queue");
  run_to(s, 20'000);
  const json items = get(s + "/queues")["items"];
  ASSERT_EQ(items.size(), 3U);
  for (const json& queue : items) {
    EXPECT_EQ(queue["broker"], "orders");
    EXPECT_EQ(queue["region"], "us-east-1");
    const json& counts = queue["counts"];
    EXPECT_EQ(counts["published"].get<int>(), counts["acknowledged"].get<int>() + counts["deadLettered"].get<int>() +
                                                  queue["waiting"].get<int>() + queue["inFlight"].get<int>());
  }
  const json billing = row(items, "consumer", "billing"), shipping = row(items, "consumer", "shipping"),
             dead = row(items, "consumer", "support");
  EXPECT_EQ(billing["topic"], "orders");
  EXPECT_EQ(dead["topic"], "failed-orders");
  EXPECT_EQ(billing["counts"]["published"], shipping["counts"]["published"]);
  EXPECT_GT(billing["counts"]["redelivered"].get<int>(), 50) << "one payment in ten fails";
  EXPECT_EQ(billing["counts"]["deadLettered"], dead["counts"]["published"]);
  EXPECT_NEAR(shipping["publishedPerSecond"].get<double>(), 100, 50);
  EXPECT_GT(billing["endToEnd"]["p99Ms"].get<double>(), 2'000) << "a visibility time-out";
  EXPECT_LT(shipping["endToEnd"]["p50Ms"].get<double>(), 100);
  EXPECT_EQ(get(make("lamp") + "/queues")["items"].size(), 0U);
}

TEST_F(StoresTest, lists_sets_with_a_primary_and_says_who_is_next) {
  const std::string s = made_of("primary");
  run_to(s, 5'000);
  json profiles = row(get(s + "/replica-sets")["items"], "service", "profiles");
  const std::string first = profiles["primary"];
  EXPECT_EQ(profiles["members"].size(), 3U);
  EXPECT_EQ(profiles["elections"], 0);
  EXPECT_GT(profiles["counts"]["writes"].get<int>(), 50);
  EXPECT_GT(profiles["counts"]["secondaryReads"].get<int>(), 50);
  EXPECT_GT(profiles["lag"]["p50Ms"].get<double>(), 1);
  EXPECT_EQ(row(profiles["members"], "instance", first)["role"], "primary");
  EXPECT_EQ(get(s + "/instances/" + first)["role"], "primary");
  const json instances = get(s + "/instances?service=profiles")["items"];
  for (const json& instance : instances) {
    EXPECT_EQ(instance["role"], instance["id"] == first ? "primary" : "secondary");
  }
  const json others = get(s + "/instances?service=homepage")["items"];
  for (const json& instance : others) EXPECT_FALSE(instance.contains("role"));
  const json nodes = get(s + "/graph?level=instance&focus=" + first)["nodes"];
  EXPECT_EQ(row(nodes, "id", first)["role"], "primary");

  ASSERT_EQ(call("DELETE", s + "/instances/" + first).status, 202);
  run_to(s, 16'000);
  EXPECT_TRUE(row(get(s + "/replica-sets")["items"], "service", "profiles")["primary"].is_null());
  run_to(s, 18'000);
  profiles = row(get(s + "/replica-sets")["items"], "service", "profiles");
  EXPECT_NE(profiles["primary"], first);
  EXPECT_EQ(profiles["elections"], 1);
  EXPECT_EQ(profiles["withoutPrimaryMs"], 2'000);
  EXPECT_EQ(profiles["sinceSimTimeMs"], 17'000);
  const json events = get(s + "/events?types=primary.lost,primary.elected")["items"];
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["type"], "primary.lost");
  EXPECT_EQ(events[0]["subject"], (json{{"kind", "service"}, {"id", "profiles"}}));
  EXPECT_EQ(events[1]["subject"], (json{{"kind", "instance"}, {"id", profiles["primary"]}}));
  EXPECT_EQ(events[1]["data"]["lostWrites"], "0");
}

TEST_F(StoresTest, lists_clusters) {
  const std::string s = made_of("quorum");
  run_to(s, 10'000);
  const json items = get(s + "/clusters")["items"];
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0]["service"], "cassandra");
  EXPECT_GT(items[0]["counts"]["comparedReads"].get<int>(), 300);
  EXPECT_GE(items[0]["counts"]["staleAnswers"], items[0]["counts"]["readRepairs"]);
  EXPECT_EQ(items[0]["counts"]["unavailable"], 0);
}

}  // namespace

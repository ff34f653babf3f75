// Random and mutated input: nothing crashes, hangs or answers with 5xx. The seed of a failing round is in the message.

#include <gtest/gtest.h>

#include <random>

#include "client.h"
#include "harness.h"
#include "http/body.h"
#include "http/target.h"

namespace {

std::string mutated(std::string text, std::mt19937& random) {
  const auto pick = [&random](std::size_t size) { return size == 0 ? 0 : random() % size; };
  for (int i = 0; i < 1 + static_cast<int>(random() % 6); ++i) {
    const std::size_t place = pick(text.size());
    switch (random() % 5) {
      case 0:
        text.insert(place, 1, static_cast<char>(random() % 256));
        break;
      case 1:
        text.erase(place, 1 + pick(4));
        break;
      case 2:
        if (!text.empty()) text[place] = static_cast<char>(random() % 256);
        break;
      case 3:
        text.insert(place, text.substr(pick(text.size()), pick(20)));
        break;
      default:
        text.insert(place, &"/\0%2e..?&={}[]\",:\r\n"[random() % 18], 1);
        break;
    }
  }
  return text;
}

TEST(Fuzz, targets_parse_or_are_refused_and_never_hold_dots) {
  const char* seeds[] = {"/api/v1/things/a?size=3&kind=red", "/a/../b/%2e%2e/c",
                         "/api/v1/simulations/s1/instances/netflixoss.us-east-1.zoneA.homepage15"};
  for (unsigned round = 0; round < 60'000; ++round) {
    std::mt19937 random(round);
    const auto target = http::parse_target(mutated(seeds[round % 3], random));
    if (!target) continue;
    EXPECT_EQ(target->path.find('\0'), std::string::npos) << round;
    for (const auto& segment : target->segments) EXPECT_NE(segment, "..") << round;
  }
}

TEST(Fuzz, bodies_and_messages_are_read_or_refused) {
  const http::Field schema =
      http::object("", "",
                   {http::integer("seed", "", 0, 9).need(), http::document("document", ""), http::texts("zones", "", 3),
                    http::counts("perZone", "", 0, 5), http::object("selector", "", {http::text("x", "")})});
  const std::string body =
      R"({"seed": 3, "document": {"a": [1, {"b": null}]}, "zones": ["x"], "perZone": {"z": 1}, "selector": {"x": "y"}})";
  const std::string message =
      R"({"type": "subscribe", "level": "zone", "path": "us-east-1", "rate": 5, "flows": true, "sinceEventSeq": 3})";
  for (unsigned round = 0; round < 30'000; ++round) {
    std::mt19937 random(round);
    http::Fields fields;
    const auto found = http::read_body(mutated(body, random), schema, fields);
    EXPECT_TRUE(found.status == 0 || found.status == 400 || found.status == 422) << round;
    EXPECT_EQ(found.status == 0, found.problems.empty()) << round;
    http::read_body(mutated(message, random), schema, fields);
  }
}

TEST(Fuzz, connections_take_any_bytes) {
  http::Limits limits;
  limits.request_time = std::chrono::milliseconds(100);
  limits.idle_time = std::chrono::milliseconds(100);
  limits.linger_time = std::chrono::milliseconds(50);
  Harness server(limits);
  const std::string seed =
      "PUT /api/v1/things/a?size=1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\nContent-Length: "
      "13\r\n\r\n{\"weight\": 1}";
  for (unsigned round = 0; round < 300; ++round) {
    std::mt19937 random(round);
    client::Connection connection(server.port());
    connection.send(mutated(seed, random));
    const auto response = connection.read();
    EXPECT_TRUE(response.status == 0 || (response.status >= 200 && response.status < 500) || response.status == 501)
        << round << ": " << response.body;
  }
  EXPECT_EQ(client::call(server.port(), "GET", "/api/v1/things/a").status, 200);
  EXPECT_TRUE(eventually([&] { return server.statistics().connections == 0; }));
}

}  // namespace

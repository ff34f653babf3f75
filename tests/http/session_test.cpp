// Bad, slow and vanishing clients of HTTP; each time another client must not notice.

#include <gtest/gtest.h>

#include <thread>

#include "client.h"
#include "harness.h"

namespace {

using client::call;
using client::Connection;
using namespace std::chrono_literals;

void expect_alive(const Harness& server) {
  EXPECT_EQ(call(server.port(), "GET", "/api/v1/things/a").status, 200);
}

http::Limits quick() {
  http::Limits limits;
  limits.request_time = 300ms;
  limits.idle_time = 500ms;
  limits.linger_time = 300ms;
  return limits;
}

TEST(Session, keeps_connections_open_and_answers_in_order) {
  Harness server;
  Connection connection(server.port());
  std::string text;
  for (int i = 0; i < 20; ++i) text += "GET /api/v1/things/" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  connection.send(text);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(connection.read().parsed()["id"], std::to_string(i));
  EXPECT_EQ(connection.call("GET", "/api/v1/things/z", "", {{"Connection", "close"}}).header("connection"), "close");
  EXPECT_TRUE(connection.closed_within(2s));
}

TEST(Session, refuses_bodies_over_the_limit) {
  Harness server;
  const std::size_t limit = 1 << 20;
  const auto body_of = [&](std::size_t size) { return R"({"weight": 1})" + std::string(size - 13, ' '); };
  EXPECT_EQ(call(server.port(), "PUT", "/api/v1/things/a", body_of(limit)).status, 200);
  const auto over = call(server.port(), "PUT", "/api/v1/things/a", body_of(limit + 1));
  EXPECT_EQ(over.status, 413);
  EXPECT_EQ(over.parsed()["type"], "/problems/body-too-large");
  Connection chunked(server.port());
  chunked.send("PUT /api/v1/things/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string piece(64 << 10, ' ');
  for (int i = 0; i < 17; ++i) chunked.send("10000\r\n" + piece + "\r\n");
  EXPECT_EQ(chunked.read().status, 413);
  expect_alive(server);
}

TEST(Session, refuses_a_flood_of_headers) {
  Harness server;
  EXPECT_EQ(call(server.port(), "GET", "/api/v1/things/a", "", {{"X-Fill", std::string(7'900, 'x')}}).status, 200);
  const auto flood = call(server.port(), "GET", "/api/v1/things/a", "", {{"X-Fill", std::string(9'000, 'x')}});
  EXPECT_EQ(flood.status, 431);
  EXPECT_EQ(flood.parsed()["type"], "/problems/header-too-large");
  Connection endless(server.port());
  for (int i = 0; i < 100; ++i) endless.send("X-Fill: " + std::string(1'000, 'y') + "\r\n");
  EXPECT_NE(endless.read().status, 200);
  expect_alive(server);
}

TEST(Session, refuses_what_is_not_http) {
  Harness server;
  for (const std::string& text : {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), std::string("HELLO\r\n\r\n"),
                                  std::string("GET /api HTTP/9.9\r\n\r\n"), std::string("GET  /\r\n\r\n"),
                                  std::string("POST /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
                                  std::string("POST /x HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")}) {
    Connection connection(server.port());
    connection.send(text);
    const auto response = connection.read();
    EXPECT_GE(response.status, 400) << text;
    EXPECT_LT(response.status, 500) << text;
    EXPECT_TRUE(connection.closed_within(5s)) << text;
  }
  expect_alive(server);
}

TEST(Session, gives_up_on_half_a_request) {
  Harness server(quick());
  Connection half(server.port());
  half.send("PUT /api/v1/things/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"wei");
  Connection trickle(server.port());
  std::thread slow([&trickle] {
    for (const char c : std::string("GET /api/v1/th")) {
      trickle.send(std::string(1, c));
      std::this_thread::sleep_for(50ms);
    }
  });
  expect_alive(server);
  const auto response = half.read();
  EXPECT_EQ(response.status, 408);
  EXPECT_EQ(response.parsed()["type"], "/problems/request-timeout");
  EXPECT_TRUE(half.closed_within(2s));
  slow.join();
  EXPECT_EQ(trickle.read().status, 408);
}

TEST(Session, closes_idle_connections_silently) {
  Harness server(quick());
  Connection idle(server.port());
  EXPECT_EQ(idle.call("GET", "/api/v1/things/a").status, 200);
  EXPECT_TRUE(idle.closed_within(3s));
  EXPECT_TRUE(eventually([&] { return server.statistics().connections == 0; }));
}

TEST(Session, says_when_to_go_on_with_a_large_body) {
  Harness server;
  Connection connection(server.port());
  connection.send(
      "PUT /api/v1/things/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 13\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(connection.read(true).status, 100);
  connection.send(R"({"weight": 1})");
  EXPECT_EQ(connection.read().status, 200);
}

TEST(Session, survives_clients_that_vanish) {
  Harness server;
  for (int i = 0; i < 20; ++i) {
    Connection before(server.port());
    before.send("PUT /api/v1/things/a HTTP/1.1\r\nContent-Le");
    before.reset();
    Connection waiting(server.port());
    waiting.send("POST /api/v1/slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_TRUE(eventually([&] { return server.slow_waiting() == 1; }));
    waiting.reset();
    server.release_slow();
    Connection reading(server.port());
    reading.send("GET /api/v1/large HTTP/1.1\r\nHost: x\r\n\r\n");
    reading.reset();
  }
  EXPECT_TRUE(eventually([&] { return server.statistics().connections == 0; })) << server.statistics().connections;
  expect_alive(server);
}

TEST(Session, limits_the_number_of_connections) {
  http::Limits limits = quick();
  limits.idle_time = 10s;
  limits.connections_max = 3;
  Harness server(limits);
  std::vector<std::unique_ptr<Connection>> open;
  for (int i = 0; i < 3; ++i) {
    open.push_back(std::make_unique<Connection>(server.port()));
    EXPECT_EQ(open.back()->call("GET", "/api/v1/things/a").status, 200);
  }
  Connection fourth(server.port());
  const auto refused = fourth.read();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("retry-after"), "1");
  open.pop_back();
  EXPECT_TRUE(eventually([&] { return call(server.port(), "GET", "/api/v1/things/a").status == 200; }));
}

TEST(Session, finishes_what_it_answers_when_stopped) {
  Harness server;
  Connection idle(server.port());
  EXPECT_EQ(idle.call("GET", "/api/v1/things/a").status, 200);
  Connection waiting(server.port());
  waiting.send("POST /api/v1/slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  ASSERT_TRUE(eventually([&] { return server.slow_waiting() == 1; }));
  std::thread stopper([&server] { server.stop(); });
  EXPECT_TRUE(idle.closed_within(1s));
  server.release_slow();
  const auto response = waiting.read();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("connection"), "close");
  stopper.join();
}

}  // namespace

// Clients of streams, good, bad, slow and vanishing.

#include <gtest/gtest.h>

#include <thread>

#include "client.h"
#include "harness.h"

namespace {

using client::Stream;
using http::FrameKind;
using nlohmann::json;
using namespace std::chrono_literals;

constexpr const char* target = "/api/v1/simulations/s1/stream";

TEST(WebSocket, opens_with_deflate_and_carries_frames) {
  Harness server;
  Stream stream(server.port(), target);
  EXPECT_EQ(stream.handshake_status(), 101);
  EXPECT_NE(stream.extensions().find("permessage-deflate"), std::string::npos);
  stream.send({{"hello", 1}});
  EXPECT_EQ((*stream.read())["length"], 11);
  ASSERT_TRUE(server.source().wait_for_clients(1));
  server.source().broadcast(json{{"type", "big"}, {"text", std::string(1 << 20, 'x')}}.dump(), FrameKind::kept);
  EXPECT_EQ((*stream.read())["text"].get<std::string>().size(), 1U << 20);
}

TEST(WebSocket, opens_without_deflate_too) {
  Harness server;
  Stream stream(server.port(), target, {}, false, false);
  EXPECT_EQ(stream.handshake_status(), 101);
  EXPECT_EQ(stream.extensions(), "");
}

TEST(WebSocket, is_refused_where_there_is_none) {
  Harness server;
  EXPECT_EQ(Stream(server.port(), "/api/v1/simulations/s2/stream").handshake_status(), 404);
  EXPECT_EQ(Stream(server.port(), "/api/v1/things/a").handshake_status(), 404);
  EXPECT_EQ(Stream(server.port(), std::string(target) + "?x=1").handshake_status(), 400);
  EXPECT_EQ(Stream(server.port(), target, {{"Origin", "http://evil.example"}}).handshake_status(), 403);
  EXPECT_EQ(Stream(server.port(), target, {{"Origin", "http://friend.example"}}).handshake_status(), 101);
  EXPECT_EQ(Stream(server.port(), target, {{"Origin", "http://localhost:" + std::to_string(server.port())}}).handshake_status(), 101);
}

TEST(WebSocket, closes_on_messages_over_the_limit) {
  Harness server;
  Stream stream(server.port(), target);
  stream.send_text(std::string(64 << 10, 'x'));
  EXPECT_EQ((*stream.read())["length"], 64 << 10);
  stream.send_text(std::string((64 << 10) + 1, 'x'));
  EXPECT_EQ(stream.read(), std::nullopt);
  EXPECT_EQ(stream.close_code(), 1009);
}

TEST(WebSocket, closes_on_a_message_that_inflates_over_the_limit) {
  Harness server;
  Stream good(server.port(), target);
  Stream stream(server.port(), target);
  ASSERT_TRUE(server.source().wait_for_clients(2));
  stream.send_text(std::string(8 << 20, 'x'));
  EXPECT_EQ(stream.read(), std::nullopt);
  // Closed while it was still sending, it may see a reset before the close frame.
  EXPECT_TRUE(stream.close_code() == 1009 || stream.close_code() == 0) << stream.close_code();
  EXPECT_TRUE(server.source().wait_for_clients(1));
  good.send({{"still", "here"}});
  EXPECT_TRUE(good.read());
}

TEST(WebSocket, closes_on_binary_messages) {
  Harness server;
  Stream stream(server.port(), target);
  stream.send_binary("bytes");
  EXPECT_EQ(stream.read(), std::nullopt);
  EXPECT_EQ(stream.close_code(), 1008);
}

TEST(WebSocket, closes_on_broken_frames) {
  Harness server;
  Stream good(server.port(), target);
  for (const std::string& bytes :
       {std::string("\x83\x80\x01\x02\x03\x04", 6), std::string("\x81\x05hello", 7), std::string("\xF1\x80\x01\x02\x03\x04", 6),
        std::string("\x80\x81\x01\x02\x03\x04\x05", 7), std::string("\x88\x81\x00\x00\x00\x00\x01", 7)}) {
    Stream bad(server.port(), target, {}, false, false);
    bad.send_raw(bytes);
    EXPECT_EQ(bad.read(), std::nullopt);
    EXPECT_EQ(bad.close_code(), 1002);
  }
  good.send({{"still", "here"}});
  EXPECT_TRUE(good.read());
  EXPECT_TRUE(server.source().wait_for_clients(1));
}

TEST(WebSocket, survives_clients_that_vanish) {
  Harness server;
  Stream good(server.port(), target);
  ASSERT_TRUE(server.source().wait_for_clients(1));  // the server has it a moment later than the client
  for (int i = 0; i < 20; ++i) {
    Stream gone(server.port(), target);
    server.source().broadcast(json{{"type", "x"}, {"text", std::string(100'000, 'x')}}.dump(), FrameKind::kept);
    gone.reset();
    EXPECT_TRUE(good.read_type("x"));
  }
  EXPECT_TRUE(server.source().wait_for_clients(1));
  EXPECT_TRUE(eventually([&] { return server.statistics().stream_clients == 1; }));
}

http::Limits small_limits() {
  http::Limits limits;
  limits.backlog_bytes_soft = 200'000;
  limits.backlog_bytes_max = 4'000'000;
  limits.close_time = 5s;
  return limits;
}

std::string noise(int seed, std::size_t size) {
  std::string text;
  auto state = static_cast<std::uint32_t>(seed) * 2'654'435'761U + 1U;
  while (text.size() < size) {
    state = state * 1'664'525U + 1'013'904'223U;
    text.push_back(static_cast<char>('!' + (state >> 24) % 90));
  }
  for (char& c : text) c = c == '"' || c == '\\' ? 'x' : c;
  return text;
}

std::string frame(const char* type, int number, std::size_t size) {
  return json{{"type", type}, {"number", number}, {"text", noise(number, size)}}.dump();
}

TEST(WebSocket, a_slow_client_loses_values_but_no_events_and_gets_a_keyframe) {
  Harness server(small_limits());
  Stream slow(server.port(), target, {}, true, false);
  Stream quick(server.port(), target);
  ASSERT_TRUE(server.source().wait_for_clients(2));
  constexpr int frames = 200;
  int quick_values = 0;
  for (int i = 0; i < frames; ++i) {
    server.source().broadcast(frame("values", i, 50'000), FrameKind::droppable);
    server.source().broadcast(frame("events", i, 100), FrameKind::kept);
    for (auto got = quick.read(); got && (*got)["type"] != "events"; got = quick.read()) quick_values += (*got)["type"] == "values" ? 1 : 0;
  }
  EXPECT_EQ(quick_values, frames);
  EXPECT_GT(server.statistics().stream_dropped_frames, 0U);
  int events = 0;
  int values = 0;
  bool keyframe = false;
  while (auto got = slow.read(3s)) {
    if ((*got)["type"] == "events") {
      EXPECT_EQ((*got)["number"], events++);
    }
    if ((*got)["type"] == "values") ++values;
    if ((*got)["type"] == "keyframe") keyframe = true;
    if (keyframe && events == frames) break;
  }
  EXPECT_EQ(events, frames);
  EXPECT_LT(values, frames);
  EXPECT_TRUE(keyframe);
  EXPECT_EQ(server.source().drained_count, 1);
}

TEST(WebSocket, a_client_that_does_not_read_is_closed_with_1013_and_others_go_on) {
  Harness server(small_limits());
  Stream stuck(server.port(), target, {}, true, false);
  Stream quick(server.port(), target);
  ASSERT_TRUE(server.source().wait_for_clients(2));
  int events = 0;
  for (; server.statistics().stream_slow_closed == 0 && events < 1'000; ++events) {
    server.source().broadcast(frame("events", events, 100'000), FrameKind::kept);
    const auto got = quick.read();
    ASSERT_TRUE(got);
    EXPECT_EQ((*got)["number"], events);
  }
  EXPECT_EQ(server.statistics().stream_slow_closed, 1U);
  int last = -1;
  while (auto got = stuck.read(3s)) EXPECT_EQ((*got)["number"], ++last);
  EXPECT_LT(last, events);
  EXPECT_EQ(stuck.close_code(), 1013);
  EXPECT_NE(stuck.close_reason().find("too slow"), std::string::npos);
  EXPECT_TRUE(server.source().wait_for_clients(1));
  quick.send({{"still", "here"}});
  EXPECT_TRUE(quick.read_type("echo"));
}

TEST(WebSocket, a_client_that_never_reads_again_is_dropped) {
  http::Limits limits = small_limits();
  limits.stream_write_time = 300ms;
  limits.close_time = 300ms;
  Harness server(limits);
  Stream stuck(server.port(), target, {}, true, false);
  ASSERT_TRUE(server.source().wait_for_clients(1));
  server.source().broadcast(frame("events", 0, 8'000'000), FrameKind::kept);
  EXPECT_TRUE(server.source().wait_for_clients(0));
  EXPECT_EQ(server.statistics().stream_slow_closed, 1U);
  EXPECT_TRUE(eventually([&] { return server.statistics().connections == 0; }));
}

TEST(WebSocket, closes_clients_with_1001_when_stopped) {
  Harness server;
  Stream one(server.port(), target);
  Stream two(server.port(), target);
  ASSERT_TRUE(server.source().wait_for_clients(2));
  const auto begin = std::chrono::steady_clock::now();
  std::thread stopper([&server] { server.stop(); });
  EXPECT_EQ(one.read(), std::nullopt);
  EXPECT_EQ(one.close_code(), 1001);
  EXPECT_EQ(two.read(), std::nullopt);
  EXPECT_EQ(two.close_code(), 1001);
  stopper.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}

}  // namespace

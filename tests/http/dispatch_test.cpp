// Conventions that hold for every route, over real connections: problems, conditional requests, idempotency, files.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "client.h"
#include "harness.h"

namespace {

using client::call;

void expect_problem(const client::Response& response, int status, const std::string& code) {
  EXPECT_EQ(response.status, status) << response.body;
  EXPECT_EQ(response.header("content-type"), "application/problem+json");
  const auto body = response.parsed();
  ASSERT_TRUE(body.is_object()) << response.body;
  EXPECT_EQ(body["type"], "/problems/" + code);
  EXPECT_EQ(body["status"], status);
  for (const char* member : {"title", "detail", "instance", "errors", "requestId"}) EXPECT_TRUE(body.contains(member)) << member;
  EXPECT_EQ(body["requestId"], response.header("x-request-id"));
}

TEST(Dispatch, answers_with_problems_that_say_where) {
  Harness server;
  const auto port = server.port();
  expect_problem(call(port, "GET", "/api/v1/nothing"), 404, "not-found");
  const auto wrong = call(port, "PATCH", "/api/v1/things/a");
  expect_problem(wrong, 405, "method-not-allowed");
  EXPECT_EQ(wrong.header("allow"), "GET, HEAD, PUT, OPTIONS");
  const auto unknown = call(port, "PUT", "/api/v1/things/a", R"({"weight": 1, "wieght": 2})");
  expect_problem(unknown, 400, "bad-request");
  EXPECT_EQ(unknown.parsed()["errors"][0]["pointer"], "/wieght");
  EXPECT_EQ(unknown.parsed()["instance"], "/api/v1/things/a");
  expect_problem(call(port, "PUT", "/api/v1/things/a", R"({"weight": 6})"), 422, "cannot-be-done");
  expect_problem(call(port, "PUT", "/api/v1/things/a", "weight=1", {{"Content-Type", "text/plain"}}), 415, "unsupported-media-type");
  expect_problem(call(port, "GET", "/api/v1/things/a?siez=1"), 400, "bad-request");
  expect_problem(call(port, "GET", "/api/v1/things/%zz"), 400, "bad-target");
  expect_problem(call(port, "GET", "/api/v1/things/throw"), 500, "internal-error");
  expect_problem(call(port, "GET", "/api/v1/dropped"), 503, "unavailable");
  expect_problem(call(port, "GET", "/api/v1/simulations/s1/stream"), 426, "upgrade-required");
}

TEST(Dispatch, serves_head_and_options) {
  Harness server;
  const auto get = call(server.port(), "GET", "/api/v1/things/a");
  const auto head = call(server.port(), "HEAD", "/api/v1/things/a");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.header("content-length"), get.header("content-length"));
  EXPECT_EQ(head.header("etag"), get.header("etag"));
  const auto options = call(server.port(), "OPTIONS", "/api/v1/things/a");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("allow"), "GET, HEAD, PUT, OPTIONS");
}

TEST(Dispatch, honours_conditions) {
  Harness server;
  const auto port = server.port();
  const std::string tag = call(port, "GET", "/api/v1/things/a").header("etag");
  ASSERT_FALSE(tag.empty());
  const auto same = call(port, "GET", "/api/v1/things/a", "", {{"If-None-Match", "\"other\", " + tag}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(call(port, "GET", "/api/v1/things/b", "", {{"If-None-Match", tag}}).status, 200);
  EXPECT_EQ(call(port, "PUT", "/api/v1/things/a", R"({"weight": 1})", {{"If-Match", tag}}).status, 200);
  EXPECT_EQ(call(port, "PUT", "/api/v1/things/a", R"({"weight": 1})", {{"If-Match", "*"}}).status, 200);
  expect_problem(call(port, "PUT", "/api/v1/things/b", R"({"weight": 1})", {{"If-Match", tag}}), 412, "precondition-failed");
}

TEST(Dispatch, repeats_answers_by_idempotency_key) {
  Harness server;
  const auto put = [&](const std::string& key, const std::string& body, const std::string& name = "a") {
    return call(server.port(), "PUT", "/api/v1/things/" + name, body, {{"Idempotency-Key", key}});
  };
  const auto first = put("one", R"({"weight": 1})");
  EXPECT_EQ(first.parsed()["number"], 1);
  const auto again = put("one", R"({"weight": 1})");
  EXPECT_EQ(again.parsed()["number"], 1);
  EXPECT_EQ(again.header("idempotent-replayed"), "true");
  EXPECT_EQ(put("two", R"({"weight": 1})").parsed()["number"], 2);
  expect_problem(put("one", R"({"weight": 2})"), 422, "idempotency-key-reused");
  expect_problem(put("one", R"({"weight": 1})", "b"), 422, "idempotency-key-reused");
  expect_problem(put(std::string(256, 'k'), R"({"weight": 1})"), 400, "bad-idempotency-key");
}

TEST(Dispatch, refuses_a_key_whose_first_call_is_in_flight) {
  Harness server;
  client::Connection first(server.port());
  const client::Headers key = {{"Idempotency-Key", "slow"}};
  first.send(
      "POST /api/v1/slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nIdempotency-Key: slow\r\n\r\n{}");
  ASSERT_TRUE(eventually([&] { return server.slow_waiting() == 1; }));
  expect_problem(call(server.port(), "POST", "/api/v1/slow", "{}", key), 409, "idempotency-key-in-flight");
  server.release_slow();
  EXPECT_EQ(first.read().status, 200);
  const auto again = call(server.port(), "POST", "/api/v1/slow", "{}", key);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.header("idempotent-replayed"), "true");
}

class Files : public ::testing::Test {
 protected:
  Files() : folder_(std::filesystem::path(::testing::TempDir()) / ("simianviz_files_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_ / "web" / "assets");
    write("web/index.html", "<!doctype html>");
    write("web/assets/app-1a2b.js", "let x");
    write("web/.hidden", "secret");
    write("outside.txt", "secret");
  }
  ~Files() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }
  std::filesystem::path folder_;
};

TEST_F(Files, have_types_tags_and_a_policy) {
  Harness server({}, (folder_ / "web").string());
  const auto index = call(server.port(), "GET", "/");
  EXPECT_EQ(index.status, 200);
  EXPECT_EQ(index.body, "<!doctype html>");
  EXPECT_EQ(index.header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(index.header("x-content-type-options"), "nosniff");
  EXPECT_TRUE(index.header("content-security-policy").starts_with("default-src 'self';"));
  EXPECT_EQ(index.header("cache-control"), "no-cache");
  EXPECT_EQ(call(server.port(), "GET", "/index.html", "", {{"If-None-Match", index.header("etag")}}).status, 304);
  const auto script = call(server.port(), "GET", "/assets/app-1a2b.js?v=1");
  EXPECT_EQ(script.header("content-type"), "text/javascript; charset=utf-8");
  EXPECT_NE(script.header("cache-control").find("immutable"), std::string::npos);
  EXPECT_EQ(call(server.port(), "HEAD", "/assets/app-1a2b.js").header("content-length"), "5");
  EXPECT_EQ(call(server.port(), "POST", "/index.html", "{}").status, 405);
}

TEST_F(Files, outside_the_folder_cannot_be_had) {
  Harness server({}, (folder_ / "web").string());
  for (const char* target :
       {"/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/assets/..%2f..%2foutside.txt", "/assets/%2e%2e/%2e%2e/outside.txt",
        "/.hidden", "/assets", "/assets/", "//etc/passwd", "/%2fetc/passwd", "/nothing", "/..%5coutside.txt"}) {
    const auto response = call(server.port(), "GET", target);
    EXPECT_NE(response.status, 200) << target;
    EXPECT_EQ(response.body.find("secret"), std::string::npos) << target;
  }
}

}  // namespace

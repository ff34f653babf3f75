#include "http/router.h"

#include <gtest/gtest.h>

#include "http/target.h"

namespace {

http::Route route(const std::string& method, const std::string& path, const std::string& operation) {
  return {method, path, operation, "", {}, {}, {}, [](const http::Request&, const http::Respond&) {}};
}

class Router : public ::testing::Test {
 protected:
  Router() {
    router_.add(route("GET", "/api/things", "list"));
    router_.add(route("GET", "/api/things/{id}", "get"));
    router_.add(route("DELETE", "/api/things/{id}", "remove"));
    router_.add(route("POST", "/api/things/special", "special"));
    router_.add(route("GET", "/api/things/{id}/parts/{part}", "part"));
  }
  std::string operation(const std::string& method, const std::string& target) {
    const auto parsed = http::parse_target(target);
    if (!parsed) return "unreadable";
    match_ = router_.find(method, parsed->segments);
    return match_.route == nullptr ? (match_.allowed.empty() ? "nothing" : "wrong method") : match_.route->operation;
  }
  http::Router router_;
  http::Router::Match match_;
};

TEST_F(Router, finds_by_method_and_path) {
  EXPECT_EQ(operation("GET", "/api/things"), "list");
  EXPECT_EQ(operation("GET", "/api/things/7"), "get");
  EXPECT_EQ(operation("HEAD", "/api/things/7"), "get");
  EXPECT_EQ(operation("DELETE", "/api/things/7"), "remove");
  EXPECT_EQ(operation("GET", "/api/things/7/parts/x.y"), "part");
  EXPECT_EQ(match_.params.at("id"), "7");
  EXPECT_EQ(match_.params.at("part"), "x.y");
}

TEST_F(Router, prefers_the_literal_segment) {
  EXPECT_EQ(operation("POST", "/api/things/special"), "special");
  EXPECT_EQ(operation("GET", "/api/things/special"), "wrong method");
}

TEST_F(Router, names_the_allowed_methods) {
  EXPECT_EQ(operation("PUT", "/api/things/7"), "wrong method");
  EXPECT_EQ(match_.allowed, (std::vector<std::string>{"GET", "HEAD", "DELETE", "OPTIONS"}));
}

TEST_F(Router, finds_nothing_elsewhere) {
  for (const char* target :
       {"/", "/api", "/api/things/", "/api/things//parts/x", "/api/things/7/parts", "/API/things", "/api/things/7/parts/x/"}) {
    EXPECT_EQ(operation("GET", target), "nothing") << target;
  }
}

TEST_F(Router, decodes_parameters_after_splitting) {
  EXPECT_EQ(operation("GET", "/api/things/a%2Fb%20c"), "get");
  EXPECT_EQ(match_.params.at("id"), "a/b c");
}

TEST(Target, resolves_dots_and_never_leaves_the_root) {
  EXPECT_EQ(http::parse_target("/a/./b/../c")->path, "/a/c");
  for (const char* sneaky : {"/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/a/../../../etc/passwd", "/.%2e/x"}) {
    const auto target = http::parse_target(sneaky);
    if (!target) continue;
    for (const auto& segment : target->segments) EXPECT_NE(segment, "..") << sneaky;
  }
}

TEST(Target, decodes_the_query) {
  const auto target = http::parse_target("/a?x=1&y=a%20b+c&z&x=2");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->query, (std::vector<std::pair<std::string, std::string>>{{"x", "1"}, {"y", "a b c"}, {"z", ""}, {"x", "2"}}));
}

TEST(Target, refuses_what_is_no_path) {
  for (const char* bad : {"", "*", "http://host/a", "a/b", "/%", "/%zz", "/a b", "/a%00b"}) EXPECT_FALSE(http::parse_target(bad)) << bad;
  EXPECT_TRUE(http::parse_target("/" + std::string(http::target_length_max - 1, 'a')));
  EXPECT_FALSE(http::parse_target("/" + std::string(http::target_length_max, 'a')));
}

}  // namespace

#include "http/body.h"

#include <gtest/gtest.h>

namespace {

using http::Fields;
using http::InputProblems;

http::Field schema() {
  using namespace http;
  Field root = object("", "",
                      {integer("count", "", 1, 10).need(), number("share", "", 0, 1), identifier("name", "", 5),
                       choice("state", "", {"running", "paused"}), boolean("flag", ""), texts("list", "", 2), counts("zones", "", 0, 9),
                       document("document", ""), object("inner", "", {text("label", "")})});
  return root;
}

InputProblems read(const std::string& text, Fields& fields) {
  return http::read_body(text, schema(), fields);
}

InputProblems problems_of(const std::string& text) {
  Fields fields;
  return read(text, fields);
}

TEST(Body, reads_every_kind_of_field) {
  Fields fields;
  const auto found = read(R"({"count": 3, "share": 0.5, "name": "a.b-c", "state": "paused", "flag": true, "list": ["x", "y"],
                             "zones": {"us-east-1.zoneA": 2}, "document": {"b": 1, "a": [2]}, "inner": {"label": "z"}})",
                          fields);
  EXPECT_EQ(found.status, 0U) << found.detail;
  EXPECT_EQ(fields.number("count", 0), 3);
  EXPECT_EQ(fields.number("share", 0), 0.5);
  EXPECT_EQ(fields.text("name"), "a.b-c");
  EXPECT_EQ(fields.text("state"), "paused");
  EXPECT_TRUE(fields.flag("flag", false));
  EXPECT_EQ(fields.list("list"), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(fields.counts.at("zones").at("us-east-1.zoneA"), 2);
  EXPECT_EQ(fields.text("document"), R"({"b":1,"a":[2]})");
  EXPECT_EQ(fields.objects.at("inner").text("label"), "z");
}

TEST(Body, reports_every_problem_with_its_place) {
  const auto found = problems_of(R"({"count": "3", "shares": 1, "inner": {"lable": "x"}, "list": [1], "zones": {"a/b": 1.5}})");
  EXPECT_EQ(found.status, 400U);
  std::vector<std::string> places;
  for (const auto& problem : found.problems) places.push_back(problem.pointer + " " + problem.code);
  EXPECT_EQ(places, (std::vector<std::string>{"/count wrongType", "/shares unknownField", "/inner/lable unknownField", "/list/0 wrongType",
                                              "/zones/a~1b wrongType"}));
}

TEST(Body, suggests_the_nearest_field) {
  const auto found = problems_of(R"({"count": 1, "stat": "paused"})");
  ASSERT_EQ(found.problems.size(), 1U);
  EXPECT_NE(found.problems[0].message.find("did you mean 'state'"), std::string::npos) << found.problems[0].message;
  EXPECT_FALSE(found.problems[0].known.empty());
}

TEST(Body, out_of_range_is_422_and_malformed_is_400) {
  EXPECT_EQ(problems_of(R"({"count": 11})").status, 422U);
  EXPECT_EQ(problems_of(R"({"count": 0})").status, 422U);
  EXPECT_EQ(problems_of(R"({"count": 10})").status, 0U);
  EXPECT_EQ(problems_of(R"({"count": 1})").status, 0U);
  EXPECT_EQ(problems_of(R"({"count": 1, "state": "walking"})").status, 422U);
  EXPECT_EQ(problems_of(R"({"count": 1, "name": "sixsix"})").status, 422U);
  EXPECT_EQ(problems_of(R"({"count": 1, "name": "a b"})").status, 422U);
  EXPECT_EQ(problems_of(R"({"count": 1, "list": ["a", "b", "c"]})").status, 422U);
  EXPECT_EQ(problems_of(R"({"count": 1.5})").status, 400U);
  EXPECT_EQ(problems_of(R"({})").status, 400U);
  EXPECT_EQ(problems_of("").status, 400U);
  EXPECT_EQ(problems_of("{").status, 400U);
  EXPECT_EQ(problems_of("[]").status, 400U);
  EXPECT_EQ(problems_of("{\"count\": 1} x").status, 400U);
  EXPECT_EQ(problems_of("{\"count\": 1, \"name\": \"\xFF\"}").status, 400U);
  EXPECT_EQ(problems_of(R"({"count": 1e999})").status, 400U);
}

TEST(Body, survives_deep_nesting) {
  EXPECT_EQ(problems_of(std::string(500'000, '[')).problems[0].code, "tooDeep");
  const std::string at_limit =
      "{\"count\": 1, \"document\": " + std::string("{\"a\":") + std::string(62, '[') + std::string(62, ']') + "}}";
  EXPECT_EQ(problems_of(at_limit).status, 0U) << problems_of(at_limit).detail;
  const std::string past_limit =
      "{\"count\": 1, \"document\": " + std::string("{\"a\":") + std::string(63, '[') + std::string(63, ']') + "}}";
  EXPECT_EQ(problems_of(past_limit).status, 400U);
}

TEST(Body, open_objects_take_numbers_and_texts) {
  http::Field root = http::object("", "", {http::text("type", "")});
  root.open = true;
  Fields fields;
  EXPECT_EQ(http::read_body(R"({"type": "x", "latencyMs": 5, "mode": "slow"})", root, fields).status, 0U);
  EXPECT_EQ(fields.number("latencyMs", 0), 5);
  EXPECT_EQ(fields.text("mode"), "slow");
  EXPECT_EQ(http::read_body(R"({"other": []})", root, fields).status, 400U);
}

TEST(Query, is_checked_like_a_body) {
  const std::vector<http::Field> known = {http::integer("size", "", 1, 10), http::choice("kind", "", {"red", "blue"}),
                                          http::text("free", "")};
  Fields fields;
  EXPECT_EQ(http::read_query({{"size", "3"}, {"kind", "red"}, {"free", "a b"}}, known, fields).status, 0U);
  EXPECT_EQ(fields.number("size", 0), 3);
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"size", "0"}, {"size", "11"}, {"size", "x"}, {"size", "3x"}, {"size", ""}, {"size", "1.5"}, {"kind", "green"}, {"sise", "3"}}) {
    const auto found = http::read_query({{name, value}}, known, fields);
    EXPECT_EQ(found.status, 400U) << name << "=" << value;
    EXPECT_EQ(found.problems[0].pointer, "?" + name);
  }
  EXPECT_EQ(http::read_query({{"size", "3"}, {"size", "4"}}, known, fields).problems[0].code, "repeatedParameter");
}

}  // namespace

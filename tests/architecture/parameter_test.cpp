// model/problem.h and model/parameter.h: near names, and parameters checked against their description.

#include "model/parameter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "model/problem_text.h"

namespace {

using model::nearest_name;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(NearestName, CountsOneForEachSlip) {
  const std::vector<std::string> known{"serviceTime", "concurrency", "count", "regions"};
  EXPECT_EQ(nearest_name("servicetime", known), "serviceTime");
  EXPECT_EQ(nearest_name("serivceTime", known), "serviceTime") << "neighbours swapped";
  EXPECT_EQ(nearest_name("cuont", known), "count");
  EXPECT_EQ(nearest_name("region", known), "regions");
  EXPECT_EQ(nearest_name("count", known), "count");
}

TEST(NearestName, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("timeout", {"count", "regions"}), "");
  EXPECT_EQ(nearest_name("x", {}), "");
  EXPECT_EQ(nearest_name("", {"abc"}), "");
}

TEST(NearestName, EndsAtAThirdOfTheLengthPlusOne) {
  EXPECT_EQ(nearest_name("abcdef", {"abcxyz"}), "abcxyz") << "three of six";
  EXPECT_EQ(nearest_name("abcdef", {"abwxyz"}), "") << "four of six";
}

TEST(NearestName, PrefersTheNearestThenTheFirst) {
  EXPECT_EQ(nearest_name("webserver", {"webservers-elb", "webservers", "webserved"}), "webservers");
}

TEST(NearestName, FindsASwapAcrossARowThatLooksHopeless) {
  EXPECT_EQ(nearest_name("ba", {"ab"}), "ab");
}

TEST(ProblemText, QuotesAreShortAndWhole) {
  EXPECT_EQ(model::quoted("abc"), "\"abc\"");
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "ü";
  const std::string quoted = model::quoted("x" + umlauts);
  EXPECT_LT(quoted.size(), 70U);
  EXPECT_EQ(quoted.substr(0, 4), "\"xü");
  EXPECT_EQ(quoted.substr(quoted.size() - 6), "ü…\"");
}

TEST(ProblemText, PointersAreEscaped) {
  EXPECT_EQ(model::child_pointer("/a", "b/c~d"), "/a/b~1c~0d");
  EXPECT_EQ(model::child_pointer("", ""), "/");
}

std::vector<model::ParameterSpec> specs() {
  model::ParameterSpec latency;
  latency.name = "latencyMs";
  latency.default_value = 100.0;
  latency.min = 0;
  latency.max = 60'000;
  latency.unit = "ms";
  model::ParameterSpec mode;
  mode.name = "mode";
  mode.kind = model::ParameterSpec::Kind::choice;
  mode.default_value = std::string("refuse");
  mode.choices = {"refuse", "drop"};
  return {latency, mode};
}

TEST(Complete, FillsInDefaults) {
  std::vector<model::Problem> problems;
  const model::Parameters result = model::complete(specs(), {{"mode", std::string("drop")}}, problems);
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_EQ(result, (model::Parameters{{"latencyMs", 100.0}, {"mode", std::string("drop")}}));
}

TEST(Complete, AcceptsTheBoundsAndNothingBeyond) {
  std::vector<model::Problem> problems;
  model::complete(specs(), {{"latencyMs", 0.0}}, problems);
  model::complete(specs(), {{"latencyMs", 60'000.0}}, problems);
  EXPECT_THAT(problems, IsEmpty());
  model::complete(specs(), {{"latencyMs", -0.001}}, problems);
  model::complete(specs(), {{"latencyMs", 60'000.001}}, problems);
  model::complete(specs(), {{"latencyMs", std::numeric_limits<double>::quiet_NaN()}}, problems);
  ASSERT_EQ(problems.size(), 3U);
  for (const model::Problem& problem : problems) EXPECT_EQ(problem.code + " " + problem.pointer, "outOfRange /latencyMs");
  EXPECT_EQ(problems[0].message, "This has to be between 0 and 60000.");
}

TEST(Complete, ReportsEveryProblemAtOnce) {
  std::vector<model::Problem> problems;
  const model::Parameters result = model::complete(
      specs(), {{"latencyMs", std::string("1")}, {"mode", std::string("dorp")}, {"latencyMS", 1.0}, {"a/b", 1.0}}, problems);
  ASSERT_EQ(problems.size(), 4U);
  EXPECT_EQ(problems[0].code, "wrongType");
  EXPECT_EQ(problems[1].code, "unknownChoice");
  EXPECT_THAT(problems[1].known, ElementsAre("drop", "refuse"));
  EXPECT_EQ(problems[2].pointer, "/a~1b");
  EXPECT_THAT(problems[2].known, ElementsAre("latencyMs", "mode"));
  EXPECT_EQ(problems[3].pointer, "/latencyMS");
  EXPECT_EQ(problems[3].message, R"("latencyMS" is not a parameter here; did you mean "latencyMs"?)");
  EXPECT_EQ(result, (model::Parameters{{"latencyMs", 100.0}, {"mode", std::string("refuse")}})) << "the defaults stand in";
}

}  // namespace

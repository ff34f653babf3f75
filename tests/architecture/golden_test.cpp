// tests/golden/architectures: every problem of each bad document, all at once; and none of the good ones.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "reading.h"
#include "support/source.h"

namespace architecture_test {
namespace {

const char* const folder = "tests/golden/architectures/";

std::vector<std::string> names_beginning(const std::string& prefix, const std::string& ending) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(source::at(folder))) {
    const std::string name = entry.path().filename().string();
    if (name.rfind(prefix, 0) == 0 && entry.path().extension() == ending) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(GoldenArchitectures, GoodOnesLoad) {
  const auto names = names_beginning("good-", ".json");
  EXPECT_GE(names.size(), 3U);
  for (const std::string& name : names) EXPECT_THAT(problems_of(file(folder + name)), testing::IsEmpty()) << name;
}

TEST(GoldenArchitectures, EveryProblemOfABadOneIsReported) {
  const auto names = names_beginning("bad-", ".json");
  EXPECT_GE(names.size(), 10U);
  for (const std::string& name : names) {
    const std::string stem = name.substr(0, name.size() - std::string(".json").size());
    std::vector<std::string> problems = problems_of(file(folder + name));
    std::sort(problems.begin(), problems.end());
    EXPECT_EQ(problems, lines_of(file(folder + stem + ".expected"))) << name;
  }
}

TEST(Suggestions, UnknownPackageListsAllNearestFirst) {
  const auto result = architecture::read_architecture(file(folder + std::string("bad-packages.json")), packages(), protocols());
  const auto& problems = std::get<architecture::Problems>(result);
  EXPECT_EQ(problems[0].known.front(), "staash");
  EXPECT_EQ(problems[0].known.size(), packages().size());
  EXPECT_EQ(problems[0].message, R"(There is no package "staach"; did you mean "staash"?)");
  EXPECT_EQ(problems[1].known, packages());
}

TEST(Suggestions, UnknownServiceNamesTheNearest) {
  const auto result = architecture::read_architecture(file(folder + std::string("bad-reader-references.json")), packages(), protocols());
  const auto& problems = std::get<architecture::Problems>(result);
  EXPECT_EQ(problems[1].pointer, "/services/0/dependencies/0");
  EXPECT_EQ(problems[1].known.front(), "cache");
  EXPECT_EQ(problems[2].pointer, "/victim");
  EXPECT_EQ(problems[2].known.front(), "webservers");
}

TEST(Suggestions, UnknownFieldNamesTheNearest) {
  const auto result = architecture::read_architecture(file(folder + std::string("bad-unknown-fields.json")), packages(), protocols());
  const auto& problems = std::get<architecture::Problems>(result);
  EXPECT_EQ(problems[1].pointer, "/services/0/serviceTimeMs");
  EXPECT_EQ(problems[1].known.front(), "serviceTime");
}

}  // namespace
}  // namespace architecture_test

// Text that is no JSON: one problem that says where.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reading.h"

namespace architecture_test {
namespace {

using testing::HasSubstr;

struct Case {
  std::string text;
  std::string code;
  std::string part_of_message;
};

class Malformed : public testing::TestWithParam<Case> {};

TEST_P(Malformed, IsOneProblemWithItsPlace) {
  const auto result = architecture::read_architecture(GetParam().text, packages(), protocols());
  const auto* problems = std::get_if<architecture::Problems>(&result);
  ASSERT_NE(problems, nullptr);
  ASSERT_EQ(problems->size(), 1U);
  EXPECT_EQ(problems->front().pointer, "");
  EXPECT_EQ(problems->front().code, GetParam().code);
  EXPECT_THAT(problems->front().message, HasSubstr(GetParam().part_of_message));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Malformed,
    testing::Values(Case{"", "malformedJson", "ends too early, at line 1, column 1."},
                    Case{"{", "malformedJson", "ends too early, at line 1, column 2."},
                    Case{"{\n  \"arch\": x\n}", "malformedJson", "line 2, column 11"},
                    Case{"{\"ä\": \"é\", \"b\" 1}", "malformedJson", "line 1, column 16"},
                    Case{"{} {}", "malformedJson", "line 1, column 4"}, Case{"{\"arch\": 'a'}", "malformedJson", "line 1, column 10"},
                    Case{"{\"a\": 01}", "malformedJson", "line 1, column 8"}, Case{"{\"a\": NaN}", "malformedJson", "line 1, column 7"},
                    Case{"{\"a\": 1,}", "malformedJson", "line 1, column 9"}, Case{"// no comments\n{}", "malformedJson", "line 1, column"},
                    Case{"{\"a\": 1e999}", "outOfRange", "line 1, column 11 is too large"},
                    Case{"{\"arch\": \"\xC3\x28\"}", "malformedJson", "not UTF-8 at line 1"},
                    Case{"{\"arch\": \"\xED\xA0\x80\"}", "malformedJson", "not UTF-8"},
                    Case{"{\"arch\": \"\\ud800\"}", "malformedJson", "line 1"},
                    Case{std::string("{}\0", 3), "malformedJson", "line 1, column 3"}));

TEST(Malformed, ControlCharactersInTextsAreRefused) {
  EXPECT_THAT(problems_of(with_service(R"("machine": "a\u0000b", "process": "a\nb")")),
              testing::ElementsAre("badText /services/0/machine", "badText /services/0/process"));
}

}  // namespace
}  // namespace architecture_test

// A good document with random damage: the reader answers a document, or problems whose pointers are pointers. Fixed seed.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "reading.h"

namespace architecture_test {
namespace {

const std::vector<std::string> pieces{"{",    "}",         "[",          "]",      ",",     ":",          "\"",        "null",
                                      "true", "-1",        "1e400",      "0.5",    "99999", "\\u",        "\\ud8",     "\xC3",
                                      "\x00", "\"name\":", "\"eureka\"", "\"~/\"", "[[[[",  "*",          "\n",        "é",
                                      "1e-9", "\"\"",      "\"www\"",    "false",  " ",     "\"count\":", "{\"a\":1}", "\"s\":{}"};

class Mutator {
 public:
  explicit Mutator(std::uint32_t seed) : random_(seed) {}

  std::string damage(std::string text) {
    const std::size_t times = 1 + below(4);
    for (std::size_t i = 0; i < times; ++i) once(text);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  void once(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = std::min(text.size() - at, below(12));
    switch (below(6)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, pieces[below(pieces.size())]);
        break;
      case 2:
        text.replace(at, length, pieces[below(pieces.size())]);
        break;
      case 3:
        text.insert(below(text.size() + 1), text.substr(at, below(200)));
        break;
      case 4:
        text = text.substr(0, at);
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        break;
    }
  }

  std::mt19937 random_;
};

/// RFC 6901: "" or tokens that begin with "/", "~" only as "~0" or "~1".
bool is_pointer(const std::string& pointer) {
  if (!pointer.empty() && pointer.front() != '/') return false;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '~' && (i + 1 == pointer.size() || (pointer[i + 1] != '0' && pointer[i + 1] != '1'))) return false;
  }
  return true;
}

TEST(Mutations, AlwaysEndInADocumentOrInProblems) {
  const std::string good = file("json_arch/netflixoss_arch.json");
  const std::string full = file("tests/golden/architectures/good-everything.json");
  const std::string loads = file("tests/golden/architectures/good-loads.json");
  const std::string serving = file("tests/golden/architectures/good-serving.json");
  const std::string with_policies = file("tests/golden/architectures/good-policies.json");
  std::size_t documents = 0;
  std::size_t refused = 0;
  for (std::uint32_t seed = 0; seed < 5'000; ++seed) {
    const std::string* const originals[] = {&good, &full, &loads, &serving, &with_policies};
    const std::string text = Mutator(seed).damage(*originals[seed % 5]);
    const auto result = architecture::read_architecture(text, packages(), protocols(), presets(), registries());
    if (const auto* problems = std::get_if<architecture::Problems>(&result)) {
      ++refused;
      ASSERT_FALSE(problems->empty()) << seed;
      for (const model::Problem& problem : *problems) {
        ASSERT_TRUE(is_pointer(problem.pointer)) << seed << " " << problem.pointer;
        ASSERT_FALSE(problem.code.empty()) << seed;
        ASSERT_FALSE(problem.message.empty()) << seed;
      }
    } else {
      ++documents;
      ASSERT_FALSE(std::get<architecture::Architecture>(result).services.empty()) << seed;
    }
  }
  EXPECT_GT(documents, 50U);
  EXPECT_GT(refused, 2'000U);
}

}  // namespace
}  // namespace architecture_test

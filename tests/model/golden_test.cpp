// The fingerprint of every architecture, from a file: a change of behaviour shows there. UPDATE_GOLDEN=1 writes it anew; review is git
// diff. script/matrix runs this as every compiler builds it; tests/run/fingerprints_test.cpp compares other ways to run with the same file.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "support/golden.h"
#include "support/source.h"

namespace {

TEST(Golden, FingerprintsAreTheOnesOnFile) {
  std::vector<std::string> present;
  for (const golden::Run& run : golden::runs()) {
    model::World world(run.spec());
    golden::play(run, world, sim::second);
    present.push_back(golden::text_of(run, world));
  }
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream file(golden::path());
    file << golden::header << "\n";
    for (const std::string& row : present) file << row << "\n";
    return;
  }
  const std::vector<golden::Row> expected = golden::rows();
  ASSERT_EQ(expected.size(), present.size()) << "make " << golden::path() << " with UPDATE_GOLDEN=1";
  for (std::size_t i = 0; i < present.size(); ++i) EXPECT_EQ(present[i], expected[i].text);
}

TEST(Golden, EveryArchitectureIsOnFile) {
  std::set<std::string> on_file, documents;
  for (const golden::Row& row : golden::rows()) on_file.insert(row.run.architecture + "_arch.json");
  for (const auto& entry : std::filesystem::directory_iterator(source::at("json_arch"))) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with("_arch.json")) documents.insert(name);
  }
  EXPECT_EQ(on_file, documents);
}

}  // namespace

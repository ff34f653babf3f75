// The fingerprint of every architecture, from a file: a change of behaviour shows there. UPDATE_GOLDEN=1 writes it anew; review is git
// diff.

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "support/worlds.h"

namespace {

const char* const path = SIMIANVIZ_SOURCE_DIR "/tests/golden/fingerprints.csv";
const char* const header = "architecture,regions,seed,simulated_seconds,events,succeeded,fingerprint";

std::string row_of(const std::string& name, std::uint32_t regions) {
  constexpr int seconds = 10;
  model::World world(worlds::spec_of(name, {1, 100, regions}));
  world.run_until(seconds * sim::second);
  char row[200];
  std::snprintf(row, sizeof row, "%s,%u,1,%d,%llu,%llu,%016llx", name.c_str(), regions, seconds,
                static_cast<unsigned long long>(world.events()), static_cast<unsigned long long>(worlds::requests_of(world).succeeded),
                static_cast<unsigned long long>(world.fingerprint()));
  return row;
}

std::vector<std::string> present_rows() {
  std::vector<std::string> rows{header};
  for (const char* name : {"lamp", "cassandra", "netflixoss", "riak", "storage", "migration0", "migration1", "migration2", "migration3",
                           "migration4", "migration5", "migration6", "migration7", "migration8", "migration9", "fsm", "fanout"}) {
    for (const std::uint32_t regions : {1U, 2U}) rows.push_back(row_of(name, regions));
  }
  return rows;
}

TEST(Golden, FingerprintsAreTheOnesOnFile) {
  const std::vector<std::string> rows = present_rows();
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream file(path);
    for (const std::string& row : rows) file << row << "\n";
    return;
  }
  std::ifstream file(path);
  std::vector<std::string> expected;
  for (std::string line; std::getline(file, line);) expected.push_back(line);
  ASSERT_EQ(expected.size(), rows.size()) << "make " << path << " with UPDATE_GOLDEN=1";
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i], expected[i]);
}

}  // namespace

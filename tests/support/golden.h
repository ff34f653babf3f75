#pragma once
// tests/golden/fingerprints.csv: what runs of every architecture come to, and of one with commands. A change of behaviour shows there.

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/eventful.h"
#include "support/source.h"

namespace golden {

inline std::string path() {
  return source::at("tests/golden/fingerprints.csv");
}
inline const char* const header = "architecture,regions,seed,simulated_seconds,events,succeeded,fingerprint";

/// What is run, and for how long.
struct Run {
  std::string architecture;
  std::uint32_t regions = 1;
  std::uint64_t seed = 1;
  int seconds = 10;
  bool commands = false;  ///< those of eventful::commands, one a second; "+commands" behind the name

  sim::Time end() const { return seconds * sim::second; }
  model::WorldSpec spec(double trace_sample_rate = 0) const {
    model::WorldSpec spec = worlds::spec_of(architecture, {seed, 100, regions});
    spec.trace_sample_rate = trace_sample_rate;
    return spec;
  }
  /// For the name of a test.
  std::string name() const {
    std::string name = architecture + (commands ? "WithCommands" : "") + "In" + std::to_string(regions);
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
  }
};

struct Row {
  Run run;
  std::string text;  ///< all of it
  std::uint64_t events = 0;
  std::uint64_t succeeded = 0;
  std::uint64_t fingerprint = 0;
};

inline std::vector<Run> runs() {
  std::vector<Run> all;
  for (const char* name : {"lamp",
                           "cassandra",
                           "netflixoss",
                           "riak",
                           "storage",
                           "migration0",
                           "migration1",
                           "migration2",
                           "migration3",
                           "migration4",
                           "migration5",
                           "migration6",
                           "migration7",
                           "migration8",
                           "migration9",
                           "fsm",
                           "fanout",
                           "storage-40-70",
                           "storage-60-70",
                           "storage-20-90",
                           "quorum",
                           "timeouts-1-defaults",
                           "timeouts-1-layers",
                           "timeouts-2-slow",
                           "timeouts-3-budget",
                           "timeouts-4-failover",
                           "primary",
                           "queue",
                           "eureka",
                           "serverless",
                           "containers",
                           "cold-start"}) {
    for (const std::uint32_t regions : {1U, 2U}) all.push_back({name, regions, 1, 10, false});
  }
  for (const std::uint32_t regions : {1U, 2U, 3U}) all.push_back({"netflixoss", regions, 11, 20, true});
  return all;
}

inline std::string text_of(const Run& run, const model::World& world) {
  std::array<char, 200> row{};
  std::snprintf(row.data(), row.size(), "%s%s,%u,%llu,%d,%llu,%llu,%016llx", run.architecture.c_str(), run.commands ? "+commands" : "",
                run.regions, static_cast<unsigned long long>(run.seed), run.seconds, static_cast<unsigned long long>(world.events()),
                static_cast<unsigned long long>(worlds::requests_of(world).succeeded),
                static_cast<unsigned long long>(world.fingerprint()));
  return row.data();
}

/// To its end, in slices of this length from command to command; from wherever it is.
inline void play(const Run& run, model::World& world, sim::Time slice) {
  for (auto second = static_cast<int>(world.now() / sim::second) + 1; second <= run.seconds; ++second) {
    while (world.now() < second * sim::second) world.run_until(std::min(world.now() + slice, second * sim::second));
    if (run.commands) eventful::commands(world, second);
  }
}

/// Every row of the file; none when it cannot be read.
inline std::vector<Row> rows() {
  std::vector<Row> all;
  std::ifstream file(path());
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    Row row;
    row.text = line;
    std::istringstream in(line);
    std::string field;
    const auto next = [&] {
      field.clear();
      std::getline(in, field, ',');
      return field;
    };
    row.run.architecture = next();
    const std::size_t plus = row.run.architecture.find("+commands");
    row.run.commands = plus != std::string::npos;
    row.run.architecture.resize(std::min(plus, row.run.architecture.size()));
    row.run.regions = static_cast<std::uint32_t>(std::stoul(next()));
    row.run.seed = std::stoull(next());
    row.run.seconds = std::stoi(next());
    row.events = std::stoull(next());
    row.succeeded = std::stoull(next());
    row.fingerprint = std::stoull(next(), nullptr, 16);
    all.push_back(std::move(row));
  }
  return all;
}

}  // namespace golden

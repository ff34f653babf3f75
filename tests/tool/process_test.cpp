// The program as scripts see it: what `simianviz run` prints where, how it ends.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/program.h"
#include "support/source.h"

namespace {

using nlohmann::json;
using program::Ended;
using testing::HasSubstr;
using testing::StartsWith;

Ended simianviz(const std::vector<std::string>& arguments, const std::string& directory = source::at("")) {
  return program::run(SIMIANVIZ_SERVER, arguments, directory);
}

void expect_refused(const std::vector<std::string>& arguments, const std::string& says) {
  const Ended ended = simianviz(arguments);
  EXPECT_EQ(ended.status, 2) << ended.err;
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, StartsWith("simianviz"));
  EXPECT_THAT(ended.err, HasSubstr(says));
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
}

/// The column of tests/golden/fingerprints.csv.
std::string golden_fingerprint(const std::string& architecture, const std::string& regions) {
  std::ifstream file(source::at("tests/golden/fingerprints.csv"));
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(architecture + "," + regions + ",1,10,", 0) == 0) return line.substr(line.rfind(',') + 1);
  }
  return "";
}

TEST(Run, HasTheFingerprintOfTheSimulation) {
  for (const char* regions : {"1", "2"}) {
    const Ended ended = simianviz({"run", "netflixoss", "--duration", "10s", "--regions", regions, "--fingerprint"});
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(ended.out, golden_fingerprint("netflixoss", regions) + "\n");
  }
  const Ended ended = simianviz({"run", "lamp", "--duration", "10", "--fingerprint", "--report", "json"});
  const json parsed = json::parse(ended.out);
  EXPECT_EQ(parsed["fingerprint"], golden_fingerprint("lamp", "1"));
  EXPECT_EQ(parsed["architecture"], "lamp");
  EXPECT_EQ(parsed["seed"], 1);
}

TEST(Run, AScenarioEndsWithItsVerdict) {
  const Ended met = simianviz({"run", "--scenario", "zone-power-loss"});
  EXPECT_EQ(met.status, 0) << met.err;
  EXPECT_THAT(met.out, StartsWith("# Zone power loss at netflixoss"));
  EXPECT_THAT(met.out, HasSubstr("Verdict at 240 s: as expected"));
  const program::Folder folder;
  // The same, and no zone that would be lost: what is expected of the loss does not come.
  const std::string text = source::text_of("scenarios/zone-power-loss.json");
  std::filesystem::create_directories(folder.at("config"));
  std::filesystem::create_directories(folder.at("scenarios"));
  for (const char* file : {"regions.json", "packages.json", "policies.json"}) {
    std::filesystem::copy_file(source::at(std::string("config/") + file), folder.at(std::string("config/") + file));
  }
  json config = json::parse(source::text_of("config/server.json"));
  config["architectures"] = source::at("json_arch");
  std::ofstream(folder.at("config/server.json")) << config;
  json idle = json::parse(text);
  idle["actions"] = json::array();
  std::ofstream(folder.at("scenarios/idle.json")) << idle;
  std::ofstream(folder.at("scenarios/wrong.json")) << "{}";
  const std::string named = folder.at("config/server.json");
  const Ended not_met = simianviz({"run", "--scenario", "idle", "--config", named});
  EXPECT_EQ(not_met.status, 1) << not_met.err;
  EXPECT_THAT(not_met.out, HasSubstr("not as expected"));
  const Ended wrong = simianviz({"run", "--scenario", "wrong", "--config", named});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.err, HasSubstr("/title"));
  expect_refused({"run", "--scenario", "zone-power-los"}, "did you mean zone-power-loss?");
}

TEST(Run, ThePaceDoesNotMatter) {
  const Ended flat = simianviz({"run", "lamp", "--duration", "2s", "--fingerprint"});
  const Ended paced = simianviz({"run", "lamp", "--duration", "2s", "--fingerprint", "--speed", "100"});
  EXPECT_EQ(paced.out, flat.out);
  EXPECT_EQ(paced.status, 0);
}

TEST(Run, ThreadsDoNotMatter) {
  const program::Folder folder;
  const std::string file = folder.at("events");
  const std::vector<std::string> words = {"run", "netflixoss", "--regions", "3", "--duration", "2s"};
  const auto with = [&words](std::vector<std::string> more) {
    more.insert(more.begin(), words.begin(), words.end());
    return simianviz(more);
  };
  const Ended one = with({"--trace-events", file, "--report", "json"});
  ASSERT_EQ(one.status, 0) << one.err;
  const std::string events = std::to_string(json::parse(one.out)["events"].get<std::uint64_t>());
  for (const char* threads : {"2", "64"}) {
    EXPECT_EQ(with({"--threads", threads, "--compare-events", file}).out, "no difference in " + events + " events\n");
    json report = json::parse(with({"--threads", threads, "--report", "json"}).out);
    const json expected = json::parse(one.out);
    for (const char* wall : {"wallMs", "eventsPerSecond", "messagesPerSecond"}) report[wall] = expected[wall];
    EXPECT_EQ(report, expected);
  }
}

TEST(Run, PrintsAReport) {
  const Ended ended = simianviz({"run", "storage", "--duration", "5s", "--seed", "3", "--histograms"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(ended.err, "");
  for (const char* part : {"storage, seed 3, regions 1, scale 100 %", "6 instances of 5 services", "5 s simulated in ", "Users of  sent",
                           "Service", "From", "mysql  disk  ", "mysql, service: ", "Prob  Bar"}) {
    EXPECT_THAT(ended.out, HasSubstr(part));
  }
}

TEST(Run, TheReportForProgramsSaysTheSame) {
  const Ended ended = simianviz({"run", "storage", "--duration", "5s", "--seed", "3", "--report", "json"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  const json report = json::parse(ended.out);
  EXPECT_EQ(report["simulatedMs"], 5000);
  EXPECT_EQ(report["instances"], 6);
  EXPECT_EQ(report["services"].size(), 5U);
  EXPECT_GT(report["wallMs"], 0);
  const json& users = report["users"];
  EXPECT_EQ(users["sent"], users["succeeded"].get<int>() + users["failed"].get<int>() + users["underWay"].get<int>());
  EXPECT_LT(users["meanMs"]["low"], users["meanMs"]["value"]);
  EXPECT_LT(users["meanMs"]["value"], users["meanMs"]["high"]);
  EXPECT_EQ(report["period"]["toMs"], 5000);
  EXPECT_FALSE(report.contains("histograms"));
  const Ended again = simianviz({"run", "storage", "--duration", "5s", "--seed", "3", "--report", "json"});
  json other = json::parse(again.out);
  for (const char* wall : {"wallMs", "eventsPerSecond", "messagesPerSecond"}) other[wall] = report[wall];
  EXPECT_EQ(other, report);
}

TEST(Run, TakesADocumentByItsPath) {
  const program::Folder folder;
  const std::string path = folder.write("shop.json", R"({"arch": "shop", "services": [
    {"name": "db", "package": "store", "count": 3, "regions": 1},
    {"name": "www", "package": "denominator", "dependencies": ["db"]}]})");
  const Ended ended = simianviz({"run", path, "--duration", "1s"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("Architecture  shop, seed 1"));
  EXPECT_THAT(ended.out, HasSubstr("4 instances of 2 services"));
}

TEST(Run, TellsAllProblemsOfADocument) {
  const Ended ended = simianviz({"run", "tests/golden/architectures/bad-names.json"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, HasSubstr("bad-names.json has 7 problems:\n"));
  EXPECT_THAT(ended.err, HasSubstr("\n  /services/0/name: "));
  EXPECT_THAT(ended.err, HasSubstr("\n  /services/5/dependencies/0: "));
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 8) << ended.err;
  const program::Folder folder;
  const Ended far = simianviz({"run", folder.write("far.json", R"({"arch": "far", "services": [
    {"name": "db", "package": "store", "count": 3, "regions": 1},
    {"name": "www", "package": "denominator", "dependencies": ["db"],
     "load": {"arrivals": "poisson", "requestsPerSecond": 10, "regions": {"nowhere": 2}}}]})")});
  EXPECT_EQ(far.status, 1);
  EXPECT_THAT(far.err, HasSubstr("far.json has 1 problem:\n  /services/1/load/regions/nowhere: "));
  const Ended broken = simianviz({"run", folder.write("broken.json", "{")});
  EXPECT_EQ(broken.status, 1);
  EXPECT_THAT(broken.err, HasSubstr("broken.json has 1 problem:\n  the document: "));
}

TEST(Run, SaysWhatIsWrongAndWhatWouldBeRight) {
  const program::Folder folder;
  expect_refused({"run"}, "which architecture?");
  expect_refused({"run", "netflixos"}, "there is no architecture \"netflixos\" in json_arch, and no file; did you mean netflixoss?");
  expect_refused({"run", "something-else"}, "there are cassandra, cold-start, containers, eureka, fanout, fsm, lamp, ");
  expect_refused({"run", "no/where.json"}, "cannot read the document no/where.json");
  expect_refused({"run", "lamp", "--duration", "10x"}, "--duration is a time such as 10s");
  expect_refused({"run", "lamp", "--durtion", "1"}, "did you mean --duration?");
  expect_refused({"run", "lamp", "--regions", "9"}, "--regions 9 needs 9 regions");
  expect_refused({"run", "lamp", "--regions", "6", "--scale", "1000000", "--config", "nowhere.json"}, "cannot read the configuration");
  expect_refused({"run", "netflixoss", "--regions", "6", "--scale", "1000000"}, "--scale 1000000 makes 3");
  expect_refused({"run", "lamp", "--trace-events", folder.at("no/where")}, "cannot write");
  expect_refused({"run", "lamp", "--compare-events", folder.at("nowhere")}, "write one with --trace-events FILE");
  expect_refused({"run", "lamp", "--config", folder.write("c.json", R"({"regions": "r.json"})")}, "cannot read " + folder.at("r.json"));
  expect_refused({"rnu", "lamp"}, "there is no command \"rnu\", did you mean run?");
  expect_refused({"lamp"}, "there are run and serve");
}

TEST(Run, FindsItsFilesFromAnywhere) {
  const program::Folder folder;
  const Ended ended =
      simianviz({"run", "lamp", "--duration", "10s", "--fingerprint", "--config", source::at("config/server.json")}, folder.path.string());
  EXPECT_EQ(ended.out, golden_fingerprint("lamp", "1") + "\n") << ended.err;
  EXPECT_EQ(simianviz({"run", "lamp"}, folder.path.string()).status, 2);

  // Installed, the configuration is beside the folder of the program.
  std::filesystem::create_directories(folder.path / "bin");
  std::filesystem::copy(SIMIANVIZ_SERVER, folder.path / "bin");
  std::filesystem::copy(source::at("config"), folder.path / "config");
  std::filesystem::copy(source::at("json_arch"), folder.path / "json_arch");
  const Ended installed = program::run(folder.at("bin/simianviz"), {"run", "lamp", "--duration", "10s", "--fingerprint"}, "/");
  EXPECT_EQ(installed.out, golden_fingerprint("lamp", "1") + "\n") << installed.err;
}

TEST(Run, SaysWhenItCannotPrint) {
  const Ended ended = program::run(SIMIANVIZ_SERVER, {"run", "lamp", "--duration", "1s"}, source::at(""), "/dev/full");
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.err, "simianviz run: cannot write to the standard output\n");
}

TEST(Events, OfTwoRunsAreCompared) {
  const program::Folder folder;
  const std::string file = folder.at("lamp.events");
  const Ended traced = simianviz({"run", "lamp", "--duration", "2s", "--trace-events", file, "--report", "json"});
  ASSERT_EQ(traced.status, 0) << traced.err;
  const auto events = json::parse(traced.out)["events"].get<std::uint64_t>();
  const Ended same = simianviz({"run", "lamp", "--duration", "2s", "--compare-events", file});
  EXPECT_EQ(same.status, 0) << same.err;
  EXPECT_EQ(same.out, "no difference in " + std::to_string(events) + " events\n");
  const Ended paced = simianviz({"run", "lamp", "--duration", "2s", "--compare-events", file, "--speed", "50"});
  EXPECT_EQ(paced.out, same.out);
  const Ended other = simianviz({"run", "lamp", "--duration", "2s", "--seed", "2", "--compare-events", file});
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.out, StartsWith("event 1 differs\n  file  "));
  EXPECT_THAT(other.out, HasSubstr("this run is lamp, seed 2, regions 1, scale 100 %\n"));
  EXPECT_EQ(other.err, "");
}

TEST(Help, NamesTheCommands) {
  const Ended server = simianviz({"--help"});
  EXPECT_EQ(server.status, 0);
  EXPECT_THAT(server.out, HasSubstr("simianviz run ARCH"));
  const Ended serve = simianviz({"serve", "--help"});
  EXPECT_EQ(serve.out, server.out);
  const Ended run = simianviz({"run", "--help"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.err, "");
  EXPECT_THAT(run.out, HasSubstr("--compare-events FILE"));
  EXPECT_EQ(simianviz({"serve", "--port", "65536"}).status, 2);
}

}  // namespace

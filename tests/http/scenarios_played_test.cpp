// Every scenario is played and comes out as it says; and would not, if nothing were done, or if something else were expected. What each
// comes to is docs/scenarios.md; UPDATE_GOLDEN=1 writes it.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "http/scenarios.h"
#include "run/scenario/play.h"
#include "run/scenario/report.h"
#include "support/source.h"
#include "support/worlds.h"

namespace {

using run::ExpectationOutcome;
using run::ScenarioOutcome;

std::map<std::string, std::string> texts_in(const std::string& folder, const std::string& ending) {
  std::map<std::string, std::string> texts;
  for (const auto& file : std::filesystem::directory_iterator(source::at(folder))) {
    const std::string name = file.path().filename().string();
    if (!name.ends_with(ending) || name.ends_with(".schema.json")) continue;
    texts[name.substr(0, name.size() - ending.size())] = worlds::text_of(folder + "/" + name);
  }
  return texts;
}

http::Catalogue& catalogue() {
  static http::Catalogue all = [] { return http::Catalogue(worlds::catalogue(), worlds::defaults()); }();
  static const bool loaded = [] {
    for (const auto& [name, text] : texts_in("json_arch", "_arch.json")) all.store(name, text, true);
    return true;
  }();
  EXPECT_TRUE(loaded);
  return all;
}

run::Scenario read(const std::string& name, const std::string& text) {
  auto scenario = http::read_scenario(name, text, catalogue());
  if (const auto* problems = std::get_if<architecture::Problems>(&scenario)) {
    throw std::runtime_error(name + ": " + problems->front().pointer + " " + problems->front().message);
  }
  return std::get<run::Scenario>(std::move(scenario));
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& entry : texts_in("scenarios", ".json")) all.push_back(entry.first);
  return all;
}

run::Scenario read(const std::string& name) {
  return read(name, worlds::text_of("scenarios/" + name + ".json"));
}

ScenarioOutcome play(run::Scenario scenario) {
  const auto shared = std::make_shared<const run::Scenario>(std::move(scenario));
  const auto built = architecture::build(*shared->document, catalogue().regions(), catalogue().defaults(),
                                         {shared->seed, shared->scale_percent, shared->regions, {}});
  if (const auto* refusal = std::get_if<model::Refusal>(&built)) throw std::runtime_error(refusal->detail);
  auto spec = std::get<model::WorldSpec>(built);
  spec.trace_sample_rate = 0;
  model::World world(spec);
  if (const auto refusal = run::check_scenario(*shared, world)) throw std::runtime_error(refusal->detail);
  return run::play_through(world, shared);
}

std::string report(const ScenarioOutcome& outcome) {
  std::ostringstream out;
  run::print_report(outcome, out);
  return out.str();
}

/// The opposite of what is expected.
struct Invert {
  void operator()(run::FigureExpected& e) const {
    using Comparator = model::ProbeSpec::Comparator;
    constexpr Comparator opposites[] = {Comparator::under,    Comparator::over,   Comparator::at_most,
                                        Comparator::at_least, Comparator::beyond, Comparator::within};
    e.probe.comparator = opposites[static_cast<std::size_t>(e.probe.comparator)];
  }
  void operator()(run::IncidentExpected& e) const { e.expected = !e.expected; }
  void operator()(run::DeploymentExpected& e) const { e.state += "!"; }
};

/// What docs/scenarios.md has of one.
std::string documented(const std::string& name) {
  const std::string all = worlds::text_of("docs/scenarios.md");
  const std::string anchor = "\n<a id=\"" + name + "\"></a>\n\n";
  const std::size_t begin = all.find(anchor);
  if (begin == std::string::npos) return "";
  const std::size_t end = all.find("\n<a id=", begin + anchor.size());
  return all.substr(begin + anchor.size(), end == std::string::npos ? end : end - begin - anchor.size());
}

class Scenarios : public testing::TestWithParam<std::string> {};

TEST_P(Scenarios, ComesOutAsItSaysAndNotOtherwise) {
  const run::Scenario said = read(GetParam());
  run::Scenario both = said;
  for (run::Expectation opposite : said.expected) {
    std::visit(Invert{}, opposite.what);
    both.expected.push_back(std::move(opposite));
  }
  ScenarioOutcome outcome = play(std::move(both));
  const std::size_t count = said.expected.size();
  for (std::size_t i = count; i < 2 * count; ++i) {
    EXPECT_EQ(outcome.expectations[i].state, ExpectationOutcome::State::not_met) << wanted_text(outcome.scenario->expected[i]);
  }
  outcome.expectations.resize(count);
  outcome.scenario = std::make_shared<const run::Scenario>(said);
  EXPECT_EQ(outcome.verdict(), ScenarioOutcome::Verdict::met);
  EXPECT_EQ(report(outcome), documented(GetParam()));
}

TEST_P(Scenarios, WouldNotIfNothingWereDone) {
  run::Scenario idle = read(GetParam());
  const bool acts = std::any_of(idle.actions.begin(), idle.actions.end(), [](const auto& action) { return action.at > 0; });
  std::erase_if(idle.actions, [](const auto& action) { return action.at > 0; });
  for (run::Scenario* scenario : {&idle}) {
    if (acts) continue;
    // What is done is in the load.
    auto document = *scenario->document;
    for (auto& service : document.services) {
      if (service.settings.load) service.settings.load->shape = {};
    }
    scenario->document = std::make_shared<const architecture::Architecture>(std::move(document));
  }
  EXPECT_EQ(play(std::move(idle)).verdict(), ScenarioOutcome::Verdict::not_met);
}

INSTANTIATE_TEST_SUITE_P(All, Scenarios, testing::ValuesIn(names()), [](const auto& scenario) {
  std::string name = scenario.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(ScenarioList, HasWhatThereShouldBe) {
  const std::vector<std::string> all = names();
  const auto has = [&](const std::string& name) { return std::find(all.begin(), all.end(), name) != all.end(); };
  for (const char* name :
       {"zone-power-loss", "region-loss", "region-loss-shift", "retry-storm", "slow-dependency", "slow-dependency-breaker", "cache-flush",
        "gray-zone", "registry-outage", "bad-push-canary", "bad-push", "rollback-overload", "autoscaler-slow-start"}) {
    EXPECT_TRUE(has(name)) << name;
  }
  for (int step = 0; step < 10; ++step) {
    const std::string name = "migration-" + std::to_string(step);
    ASSERT_TRUE(has(name)) << name;
    EXPECT_EQ(read(name).next, step < 9 ? "migration-" + std::to_string(step + 1) : "");
    EXPECT_EQ(read(name).architecture, "migration" + std::to_string(step));
  }
  for (const std::string& name : all) {
    const run::Scenario scenario = read(name);
    EXPECT_TRUE(scenario.next.empty() || has(scenario.next)) << name;
    EXPECT_FALSE(scenario.story.empty()) << name;
    EXPECT_LE(scenario.story.back().at, scenario.duration) << name;
  }
}

TEST(ScenarioList, TheDocumentationHasAllOfThemAndNoOthers) {
  const std::string file = source::at("docs/scenarios.md");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream out(file);
    out << "<!-- Written by UPDATE_GOLDEN=1 test_scenarios: what every scenario comes to. Do not edit. -->\n";
    for (const std::string& name : names()) out << "\n<a id=\"" << name << "\"></a>\n\n" << report(play(read(name)));
  }
  const std::string all = worlds::text_of("docs/scenarios.md");
  for (const std::string& name : names()) EXPECT_NE(documented(name), "") << name;
  std::size_t anchors = 0;
  for (std::size_t at = all.find("<a id="); at != std::string::npos; at = all.find("<a id=", at + 1)) ++anchors;
  EXPECT_EQ(anchors, names().size());
}

TEST(ScenarioReader, SaysWhatIsWrongAndWhere) {
  const auto problems_of = [](const std::string& text) {
    auto result = http::read_scenario("test", text, catalogue());
    const auto* problems = std::get_if<architecture::Problems>(&result);
    return problems == nullptr ? architecture::Problems{} : *problems;
  };
  const auto first = [&](const std::string& text) {
    const auto problems = problems_of(text);
    return problems.empty() ? std::string("none") : problems.front().pointer + " " + problems.front().code;
  };
  const std::string head = R"({"title": "T", "summary": "S", "durationMs": 60000, "story": [], "expected": [], )";
  EXPECT_EQ(first(head + R"("architecture": "lamp"})"), "none");
  EXPECT_EQ(first(head + R"("architecture": "lamb"})"), "/architecture unknownArchitecture");
  EXPECT_EQ(first(head + R"("colour": 1, "architecture": "lamp"})"), "/colour unknownField");
  EXPECT_EQ(first(head + R"("durationMs2": 1})"), "/architecture missingField");
  EXPECT_EQ(first(head + R"("architecture": "lamp", "changes": {"services": {"webserver": {"count": -1}}}})"),
            "/changes/services/2/count outOfRange");
  EXPECT_EQ(first(head + R"("architecture": "lamp", "changes": {"services": {"webserver": null}}})").substr(0, 9), "/changes/");
  const auto action = [&](const std::string& rest) {
    return first(head + R"("architecture": "lamp", "actions": [{"atMs": 1, )" + rest + "}]}");
  };
  EXPECT_EQ(action(R"("request": "POST /faults", "body": {"type": "zone.outage", "selector": {"zones": ["us-east-1.zoneA"]}})"), "none");
  EXPECT_EQ(action(R"("request": "POST /fault", "body": {})"), "/actions/0/request unknownRequest");
  EXPECT_EQ(action(R"("request": "GET /faults")"), "/actions/0/request unknownRequest");
  EXPECT_EQ(action(R"("request": "faults")"), "/actions/0/request unknownRequest");
  EXPECT_EQ(action(R"("request": "POST /faults?validateOnly=true", "body": {})"), "/actions/0/request unknownRequest");
  EXPECT_EQ(action(R"("request": "POST /faults", "body": {"type": "zone.outrage", "selector": {}})"),
            "/actions/0/body/type unknownFaultType");
  EXPECT_EQ(action(R"("request": "POST /faults", "body": {"type": "zone.outage"})"), "/actions/0/body/selector missingField");
  EXPECT_EQ(action(R"("request": "POST /faults")"), "/actions/0/body missingBody");
  EXPECT_EQ(action(R"("request": "DELETE /faults/f1", "body": {})"), "/actions/0/body unknownField");
  EXPECT_EQ(action(R"("request": "PUT /services/webserver/scale", "body": {"replicas": 3})"), "none");
  EXPECT_EQ(action(R"("request": "PUT /services/webserver/scale", "body": {"replicas": "3"})"), "/actions/0/body/replicas wrongType");
  EXPECT_EQ(first(head + R"("architecture": "lamp", "actions": [{"atMs": 60001, "request": "DELETE /faults/f1"}]})"),
            "/actions/0/atMs outOfRange");
  EXPECT_EQ(first(head + R"("architecture": "lamp", "load": {"www": {"requestsPerSecond": -1}}})"),
            "/load/www/body/requestsPerSecond outOfRange");
  const auto expected = [&](const std::string& rest) {
    std::string text = head + R"("architecture": "lamp"})";
    const std::string empty = R"("expected": [])";
    return first(text.replace(text.find(empty), empty.size(), R"("expected": [{"text": "t", )" + rest + "}]"));
  };
  EXPECT_EQ(expected(R"("figure": {"metric": "successRatio", "atMs": 60000, "value": 1})"), "none");
  EXPECT_EQ(expected(R"("figure": {"metric": "luck", "atMs": 60000, "value": 1})").substr(0, 26), "/expected/0/figure/metric ");
  EXPECT_EQ(expected(R"("figure": {"metric": "rate", "atMs": 60000, "value": 1}, "incident": {})"), "/expected/0 missingField");
  EXPECT_EQ(expected(R"("incident": {"severity": "outage", "fromMs": 2, "untilMs": 1})"), "/expected/0/incident/untilMs badOrder");
  EXPECT_EQ(expected(R"("incident": {"severity": "bad", "fromMs": 1, "untilMs": 2})").substr(0, 30), "/expected/0/incident/severity ");
  EXPECT_EQ(expected(R"("deployment": {"service": "webserver", "atMs": 2})"), "/expected/0/deployment/state missingField");
}

TEST(ScenarioReader, ChangesADocumentMemberByMember) {
  const run::Scenario scenario = read("test", R"({"title": "T", "summary": "S", "durationMs": 1000, "story": [], "expected": [],
      "architecture": "lamp", "changes": {"victim": "memcache", "services": {
        "webserver": {"count": 3, "timeoutMs": 77}, "www": {"dependencies": ["webserver-elb", "extra"]},
        "extra": {"package": "store", "count": 3, "regions": 1}}}})");
  EXPECT_EQ(scenario.document->victim, "memcache");
  ASSERT_EQ(scenario.document->services.size(), 6U);
  EXPECT_EQ(scenario.document->services[2].name, "webserver");
  EXPECT_EQ(scenario.document->services[2].count, 3U);
  EXPECT_EQ(scenario.document->services[2].settings.timeout_ms, 77);
  EXPECT_EQ(scenario.document->services[2].dependencies.size(), 2U);
  EXPECT_EQ(scenario.document->services[5].name, "extra");
  EXPECT_EQ(scenario.document->services[4].dependencies.back(), "extra");
}

TEST(ScenarioReader, WhatItNamesHasToBeThere) {
  run::Scenario scenario = read("test", R"({"title": "T", "summary": "S", "durationMs": 1000, "story": [], "architecture": "lamp",
      "expected": [{"text": "t", "figure": {"metric": "rate", "service": "webserv", "atMs": 1000, "value": 1}},
                   {"text": "t", "deployment": {"service": "webserv", "state": "succeeded", "atMs": 1000}}]})");
  const model::World world(worlds::spec_of("lamp"));
  const auto refusal = run::check_scenario(scenario, world);
  ASSERT_TRUE(refusal);
  ASSERT_EQ(refusal->problems.size(), 2U);
  EXPECT_EQ(refusal->problems[0].pointer, "/expected/0/figure/service");
  EXPECT_EQ(refusal->problems[1].pointer, "/expected/1/deployment/service");
}

TEST(ScenarioPlay, WhatIsRefusedIsNotAsExpected) {
  const ScenarioOutcome outcome =
      play(read("test", R"({"title": "T", "summary": "S", "durationMs": 2000, "story": [], "architecture": "lamp",
      "actions": [{"atMs": 500, "request": "DELETE /faults/f1"}], "expected": []})"));
  EXPECT_EQ(outcome.verdict(), ScenarioOutcome::Verdict::not_met);
  EXPECT_EQ(outcome.actions[0].state, run::ActionOutcome::State::refused);
  EXPECT_NE(outcome.actions[0].reason.find("f1"), std::string::npos);
}

}  // namespace

// Experiments and their templates in bodies and files: what may be said, what makes no sense and what would be right.

#include "architecture/read_experiment.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "architecture/experiment_template.h"
#include "reading.h"
#include "support/source.h"

namespace architecture_test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> problems(const json& body) {
  const auto result = architecture::read_experiment(body.dump());
  const auto* found = std::get_if<architecture::Problems>(&result);
  return found == nullptr ? std::vector<std::string>{} : summary(*found);
}

json fault(const std::string& id, const json& more = json::object()) {
  json one = {{"id", id}, {"type", "instance.slow"}, {"selector", {{"services", {"web"}}}}, {"durationMs", 1'000}};
  one.update(more);
  return one;
}

TEST(ExperimentReader, TakesEveryField) {
  const json body = {
      {"name", "lose a zone"},
      {"hypothesis", "two are enough"},
      {"labels", {{"team", "sre"}}},
      {"faults",
       {fault("a", {{"factor", 3}, {"probability", 0.5}, {"weight", 2}, {"jitter", 0.1}, {"ramp", {{"upMs", 100}}}}),
        fault("b", {{"startAfter", {"a"}}, {"startAfterMs", 50}}),
        {{"id", "c"},
         {"type", "network.latency"},
         {"selector",
          {{"services", {"web"}}, {"mode", "percent"}, {"value", 25}, {"minRemaining", 2}, {"exclude", {{"labels", {{"vip", "true"}}}}}}},
         {"target", {{"zones", {"us-east-1.zoneA"}}}},
         {"direction", "to"},
         {"distribution", "pareto"},
         {"startWith", "a"},
         {"durationMs", 2'000}}}},
      {"correlation", {{"group", {"a", "c"}}, {"rho", 0.8}}},
      {"steadyState",
       {{{"metric", "successRatio"}, {"value", 0.99}, {"phases", {"during"}}, {"failureThreshold", 3}, {"onFailure", "stop"}}}},
      {"stopConditions", {{{"metric", "errorRatio"}, {"comparator", ">"}, {"value", 0.2}, {"forMs", 3'000}}}},
      {"limits", {{"maxConcurrentFaults", 3}, {"maxCapacityLossPercent", 40}, {"waitForStableMs", 5'000}}},
      {"startAfterMs", 10},
      {"control", true}};
  ASSERT_THAT(problems(body), IsEmpty());
  const auto spec = std::get<model::ExperimentSpec>(architecture::read_experiment(body.dump()));
  EXPECT_EQ(spec.name, "lose a zone");
  EXPECT_EQ(spec.hypothesis, "two are enough");
  EXPECT_EQ(spec.labels.at("team"), "sre");
  ASSERT_EQ(spec.faults.size(), 3U);
  EXPECT_EQ(std::get<double>(spec.faults[0].request.parameters.at("factor")), 3);
  EXPECT_EQ(spec.faults[0].probability, 0.5);
  EXPECT_EQ(spec.faults[0].weight, 2);
  EXPECT_EQ(spec.faults[0].request.ramp, (model::Ramp{model::Ramp::Shape::linear, 100 * sim::millisecond, 0}));
  EXPECT_THAT(spec.faults[1].after, ElementsAre("a"));
  EXPECT_EQ(spec.faults[1].offset, 50 * sim::millisecond);
  EXPECT_EQ(spec.faults[1].weight, 10);
  EXPECT_EQ(spec.faults[2].with, "a");
  EXPECT_EQ(spec.faults[2].request.selector.mode, model::Selector::Mode::percent);
  EXPECT_EQ(spec.faults[2].request.selector.min_remaining, 2U);
  EXPECT_EQ(spec.faults[2].request.selector.exclude.labels.at("vip"), "true");
  EXPECT_THAT(spec.faults[2].request.target->zones, ElementsAre("us-east-1.zoneA"));
  EXPECT_EQ(spec.faults[2].request.direction, model::Direction::to);
  EXPECT_EQ(std::get<std::string>(spec.faults[2].request.parameters.at("distribution")), "pareto");
  EXPECT_THAT(spec.correlated, ElementsAre("a", "c"));
  EXPECT_EQ(spec.rho, 0.8);
  EXPECT_FALSE(spec.steady_state[0].before);
  EXPECT_TRUE(spec.steady_state[0].during);
  EXPECT_TRUE(spec.steady_state[0].stops);
  EXPECT_EQ(spec.steady_state[0].failure_threshold, 3U);
  EXPECT_EQ(spec.stop_conditions[0].lasting, 3 * sim::second);
  EXPECT_EQ(spec.stop_conditions[0].probe.window, 3 * sim::second) << "not longer than it has to last";
  EXPECT_EQ(spec.faults_at_a_time, 3U);
  EXPECT_EQ(spec.capacity_loss_max, 40);
  EXPECT_EQ(spec.stable_wait, 5 * sim::second);
  EXPECT_EQ(spec.start_after, 10 * sim::millisecond);
  EXPECT_TRUE(spec.control);
}

TEST(ExperimentReader, NamesFaultsThatHaveNone) {
  json one = fault("a");
  one.erase("id");
  const auto spec = std::get<model::ExperimentSpec>(architecture::read_experiment(json{{"faults", {one, one}}}.dump()));
  EXPECT_EQ(spec.faults[0].id, "fault1");
  EXPECT_EQ(spec.faults[1].id, "fault2");
}

TEST(ExperimentReader, ThatMakeNoSense) {
  EXPECT_THAT(problems(json::object()), ElementsAre("missingField /faults"));
  EXPECT_THAT(problems({{"faults", json::array()}}), ElementsAre("wrongCount /faults"));
  EXPECT_THAT(problems({{"faults", json::array({{{"id", "a"}}})}}),
              UnorderedElementsAre("missingField /faults/0/type", "missingField /faults/0/selector", "missingField /faults/0/durationMs"));
  EXPECT_THAT(problems({{"faults", {fault("a", {{"type", "instance.slo"}, {"factor", 3}})}}}),
              ElementsAre("unknownFaultType /faults/0/type"))
      << "which may have such a parameter";
  EXPECT_THAT(problems({{"faults", {fault("a", {{"factor", 0}}), fault("b", {{"factor", "x"}}), fault("c", {{"latencyMs", 1}})}}}),
              UnorderedElementsAre("outOfRange /faults/0/factor", "wrongType /faults/1/factor", "unknownField /faults/2/latencyMs"));
  EXPECT_THAT(problems({{"faults", {fault("a"), fault("a")}}}), ElementsAre("duplicate /faults/1/id"));
  EXPECT_THAT(problems({{"faults", {fault("a", {{"startAfter", {"b"}}}), fault("c", {{"startWith", "d"}})}}}),
              UnorderedElementsAre("unknownFault /faults/0/startAfter/0", "unknownFault /faults/1/startWith"));
  EXPECT_THAT(problems({{"faults", {fault("a", {{"startAfter", {"a"}}})}}}), ElementsAre("circle /faults"));
  EXPECT_THAT(problems({{"faults", {fault("a", {{"startAfter", {"b"}}}), fault("b", {{"startWith", "a"}})}}}),
              ElementsAre("circle /faults"));
  EXPECT_THAT(problems({{"faults", {fault("a"), fault("b", {{"startAfter", {"a"}}, {"startWith", "a"}})}}}),
              ElementsAre("conflict /faults/1/startWith"));
  EXPECT_THAT(problems({{"faults", {fault("a")}}, {"correlation", {{"group", {"a", "z"}}, {"rho", 2}}}}),
              UnorderedElementsAre("unknownFault /correlation/group/1", "outOfRange /correlation/rho"));
  EXPECT_THAT(problems({{"faults", {fault("a")}},
                        {"steadyState", {{{"metric", "rate"}, {"value", 1}, {"phases", {"before", "later"}}, {"onFailure", "stop"}}}}}),
              UnorderedElementsAre("unknownChoice /steadyState/0/phases/1", "conflict /steadyState/0/onFailure"));
  EXPECT_THAT(
      problems({{"faults", {fault("a", {{"probability", 1.5}, {"weight", 0}, {"durationMs", 0}})}},
                {"limits", {{"maxConcurrentFaults", 0}, {"maxCapacityLossPercent", 101}}},
                {"seed", 42}}),
      UnorderedElementsAre("outOfRange /faults/0/probability", "outOfRange /faults/0/weight", "outOfRange /faults/0/durationMs",
                           "outOfRange /limits/maxConcurrentFaults", "outOfRange /limits/maxCapacityLossPercent", "unknownField /seed"));
}

TEST(ExperimentTemplates, ThoseThatComeWithTheServerAreSound) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source::at("experiments"))) {
    ++count;
    const auto read = architecture::read_experiment_template(file("experiments/" + entry.path().filename().string()));
    const auto* found = std::get_if<architecture::Problems>(&read);
    ASSERT_EQ(found, nullptr) << entry.path() << " " << found->front().pointer << " " << found->front().message;
    EXPECT_EQ(std::get<architecture::ExperimentTemplate>(read).name + ".json", entry.path().filename());
  }
  EXPECT_GE(count, 5U);
}

json form() {
  return {{"name", "slow"},
          {"title", "Slow"},
          {"variables",
           {{{"name", "who"}, {"default", "web"}}, {{"name", "ms"}, {"default", 1'000}}, {{"name", "zones"}, {"default", {"a", "b"}}}}},
          {"experiment",
           {{"name", "${who} in ${zones} for ${ms}"},
            {"faults",
             {{{"type", "instance.slow"}, {"selector", {{"services", {"${who}"}}, {"zones", "${zones}"}}}, {"durationMs", "${ms}"}}}}}}};
}

std::variant<model::ExperimentSpec, architecture::Problems> filled(const json& values) {
  const auto read = std::get<architecture::ExperimentTemplate>(architecture::read_experiment_template(form().dump()));
  const auto given = std::get<architecture::JsonValue>(architecture::parse_json(values.dump()));
  return architecture::fill_in(read, &given, "/variables");
}

TEST(ExperimentTemplates, AreFilledInWithWhatIsGivenAndElseTheirDefaults) {
  const auto spec = std::get<model::ExperimentSpec>(filled({{"who", "db"}, {"zones", {"c"}}}));
  EXPECT_EQ(spec.from_template, "slow");
  EXPECT_EQ(spec.name, "db in c for 1000");
  EXPECT_EQ(spec.faults[0].request.duration, sim::second);
  EXPECT_THAT(spec.faults[0].request.selector.services, ElementsAre("db"));
  EXPECT_THAT(spec.faults[0].request.selector.zones, ElementsAre("c"));
}

TEST(ExperimentTemplates, ThatMakeNoSense) {
  const auto wrong = [](const json& values) { return summary(std::get<architecture::Problems>(filled(values))); };
  EXPECT_THAT(wrong({{"whom", "db"}}), ElementsAre("unknownField /variables/whom"));
  EXPECT_THAT(wrong({{"who", {{"a", 1}}}}), ElementsAre("wrongType /variables/who"));
  EXPECT_THAT(wrong({{"ms", "long"}}), ElementsAre("wrongType /faults/0/durationMs"));
  const auto read = [](const json& body) {
    const auto result = architecture::read_experiment_template(body.dump());
    return summary(std::get<architecture::Problems>(result));
  };
  json body = form();
  body["experiment"]["name"] = "${what}";
  EXPECT_THAT(read(body), ElementsAre("unknownVariable /experiment/name"));
  body = form();
  body["experiment"]["faults"][0]["durationMs"] = -1;
  EXPECT_THAT(read(body), ElementsAre("outOfRange /experiment/faults/0/durationMs"));
  EXPECT_THAT(read({{"name", "x"}, {"variables", {{{"name", "v"}}}}}),
              UnorderedElementsAre("missingField /title", "missingField /experiment", "missingField /variables/0/default"));
}

}  // namespace
}  // namespace architecture_test

// Experiments: when each fault comes, what is measured, when they are given up and reverted, what is said of them, and that nothing is
// left.

#include "chaos/experiments.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "architecture/read_experiment.h"
#include "chaos/running_experiment.h"
#include "chaos/support.h"

namespace {

using model::ExperimentRecord;
using model::ExperimentState;
using model::Verdict;
using sim::second;
using testing::ElementsAre;
using FaultState = model::ExperimentFaultRecord::State;

model::ExperimentPtr read(const std::string& json) {
  auto result = architecture::read_experiment(json);
  if (const auto* problems = std::get_if<architecture::Problems>(&result)) {
    throw std::runtime_error(problems->front().pointer + " " + problems->front().message);
  }
  return std::make_shared<const model::ExperimentSpec>(std::get<model::ExperimentSpec>(std::move(result)));
}

std::string begin(model::World& world, const std::string& json) {
  auto result = chaos::start_experiment(world, read(json));
  if (const auto* refusal = std::get_if<model::Refusal>(&result)) {
    ADD_FAILURE() << refusal->detail
                  << (refusal->problems.empty() ? "" : " " + refusal->problems[0].pointer + " " + refusal->problems[0].message);
    return "";
  }
  return std::get<chaos::StartedExperiment>(result).id;
}

template <class Result>
std::string refusal_of(const std::variant<Result, model::Refusal>& result) {
  const auto* refusal = std::get_if<model::Refusal>(&result);
  if (refusal == nullptr) return "";
  return refusal->problems.empty() ? refusal->detail : refusal->problems[0].pointer + ": " + refusal->problems[0].message;
}

const ExperimentRecord& record_of(const model::World& world, const std::string& id) {
  return *world.experiments()->find(id);
}

sim::Time seconds_of(double value) {
  return sim::from_ms(value * 1'000);
}

std::size_t faults_on(const model::World& world) {
  return static_cast<std::size_t>(std::count_if(world.faults().begin(), world.faults().end(), [](const auto& f) { return !f.ended; }));
}

const std::string success = R"({"name": "success", "metric": "successRatio", "windowMs": 5000, "comparator": ">=", "value": 0.99})";

/// Half of the requests to web fail for so long.
std::string errors(const std::string& id, double ms, const std::string& more = "") {
  return R"({"id": ")" + id + R"(", "type": "service.error", "selector": {"services": ["web"]}, "rate": 0.5, "durationMs": )" +
         std::to_string(ms) + more + "}";
}
/// Nobody notices.
std::string harmless(const std::string& id, double ms, const std::string& more = "") {
  return R"({"id": ")" + id + R"(", "type": "instance.clockSkew", "selector": {"services": ["db"]}, "durationMs": )" + std::to_string(ms) +
         more + "}";
}
std::string with_faults(const std::string& faults, const std::string& more = "") {
  return R"({"name": "trial", "faults": [)" + faults + "]" + (more.empty() ? "" : ", " + more) + "}";
}
const std::string judged = R"("steadyState": [)" + success + "]";

TEST(Experiments, EachFaultComesWhenItIsToldTo) {
  model::World world(trial::spec());
  world.run_until(second);
  const std::string id =
      begin(world, with_faults(harmless("a", 10'000) + "," + harmless("b", 5'000, R"(, "startAfter": ["a"], "startAfterMs": 2000)") + "," +
                                   harmless("c", 3'000, R"(, "startWith": "b", "startAfterMs": 1500)") + "," +
                                   harmless("d", 1'000, R"(, "startAfterMs": 250)"),
                               judged));
  EXPECT_EQ(record_of(world, id).state, ExperimentState::checking);
  world.run_until(6 * second);
  EXPECT_EQ(record_of(world, id).state, ExperimentState::running);
  world.run_until(100 * second);
  const ExperimentRecord& record = record_of(world, id);
  const auto times = [&](std::size_t fault) { return std::pair(*record.faults[fault].started, *record.faults[fault].ended); };
  EXPECT_EQ(times(0), std::pair(6 * second, 16 * second)) << "after a window of 5 s";
  EXPECT_EQ(times(1), std::pair(18 * second, 23 * second));
  EXPECT_EQ(times(2), std::pair(seconds_of(19.5), seconds_of(22.5)));
  EXPECT_EQ(times(3), std::pair(seconds_of(6.25), seconds_of(7.25)));
  EXPECT_EQ(*record.faults_began, 6 * second);
  EXPECT_EQ(*record.faults_ended, 23 * second);
  EXPECT_EQ(*record.ended, 28 * second) << "after another window";
  EXPECT_EQ(record.state, ExperimentState::completed);
  EXPECT_EQ(record.verdict, Verdict::passed);
  EXPECT_EQ(record.resilience_score, 100);
  const auto planned = model::planned_times(*record.spec);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ((*planned)[i].begins, times(i).first - *record.faults_began) << i;
    EXPECT_EQ((*planned)[i].ends, times(i).second - *record.faults_began) << i;
  }
}

TEST(Experiments, ASteadyStateThatDoesNotHoldIsSaidWithFigures) {
  model::World world(trial::spec());
  const std::string id = begin(world, with_faults(errors("a", 10'000), judged));
  world.run_until(100 * second);
  const ExperimentRecord& record = record_of(world, id);
  EXPECT_EQ(record.state, ExperimentState::completed);
  EXPECT_EQ(record.verdict, Verdict::failed);
  EXPECT_THAT(record.reason,
              testing::HasSubstr("success (successRatio of users >= 0.99) did not hold during the faults: at worst it was "));
  const auto& phases = record.probes[0];
  EXPECT_EQ(phases[model::phase_before].verdict, Verdict::passed);
  EXPECT_EQ(phases[model::phase_during].verdict, Verdict::failed);
  EXPECT_EQ(phases[model::phase_during].checks, 2U);
  EXPECT_EQ(phases[model::phase_during].passed, 0U);
  EXPECT_EQ(*phases[model::phase_during].failed_at, 10 * second);
  EXPECT_NEAR(*phases[model::phase_during].worst, 0.5, trial::width(0.5, 900));
  EXPECT_EQ(phases[model::phase_after].verdict, Verdict::passed);
  EXPECT_DOUBLE_EQ(*record.resilience_score, 100.0 / 3) << "two windows of three failed";
}

TEST(Experiments, FailuresInARowHaveToReachTheThreshold) {
  const auto verdict = [](int threshold) {
    model::World world(trial::spec());
    const std::string probe = success.substr(0, success.size() - 1) + R"(, "failureThreshold": )" + std::to_string(threshold) + "}";
    const std::string id = begin(world, with_faults(errors("a", 15'000), R"("steadyState": [)" + probe + "]"));
    world.run_until(100 * second);
    return record_of(world, id).verdict;
  };
  EXPECT_EQ(verdict(3), Verdict::failed);
  EXPECT_EQ(verdict(4), Verdict::passed);
}

TEST(Experiments, AProbeCanStopThemAndThenNothingIsLeft) {
  model::World world(trial::spec());
  const model::Overlays before = world.overlays();
  const std::string probe = success.substr(0, success.size() - 1) + R"(, "onFailure": "stop", "phases": ["during"]})";
  const std::string id = begin(world, with_faults(errors("a", 60'000) + "," + harmless("b", 1'000, R"(, "startAfter": ["a"])"),
                                                  R"("steadyState": [)" + probe + "]"));
  world.run_until(5 * second);
  const ExperimentRecord& record = record_of(world, id);
  EXPECT_EQ(record.state, ExperimentState::aborted);
  EXPECT_EQ(record.verdict, Verdict::failed);
  EXPECT_EQ(*record.ended, 5 * second);
  EXPECT_EQ(*record.faults[0].ended, 5 * second);
  EXPECT_EQ(record.faults[1].state, FaultState::cancelled);
  EXPECT_EQ(world.overlays(), before);
}

TEST(Experiments, AStopConditionHasToHoldForItsTime) {
  model::World world(trial::spec());
  const std::string conditions =
      R"("stopConditions": [{"metric": "errorRatio", "windowMs": 1000, "comparator": ">", "value": 0.2, "forMs": 7000}])";
  const std::string id = begin(world, with_faults(errors("a", 60'000), conditions));
  world.run_until(seconds_of(6.9));
  EXPECT_EQ(record_of(world, id).state, ExperimentState::running);
  EXPECT_EQ(record_of(world, id).conditions_since[0], 0);
  world.run_until(7 * second);
  EXPECT_EQ(record_of(world, id).state, ExperimentState::aborted);
  EXPECT_EQ(record_of(world, id).verdict, Verdict::failed);
  EXPECT_THAT(record_of(world, id).reason, testing::StartsWith("stop condition: errorRatio of users > 0.2, it is "));
  EXPECT_EQ(faults_on(world), 0U);
}

TEST(Experiments, WithoutASteadyStateNothingIsDone) {
  model::World world(trial::spec());
  const std::string outer = trial::start(world, trial::on("service.error", "web", {{"rate", 1.0}}));
  const std::string id = begin(world, with_faults(errors("a", 1'000), judged + R"(, "limits": {"waitForStableMs": 20000})"));
  world.run_until(25 * second - 1);
  EXPECT_EQ(record_of(world, id).state, ExperimentState::checking);
  world.run_until(25 * second);
  EXPECT_EQ(record_of(world, id).state, ExperimentState::failed);
  EXPECT_EQ(record_of(world, id).verdict, Verdict::inconclusive);
  EXPECT_EQ(record_of(world, id).faults[0].state, FaultState::cancelled);
  EXPECT_EQ(world.faults().size(), 1U) << "that of before";
  EXPECT_THAT(record_of(world, id).reason, testing::HasSubstr("success (successRatio of users >= 0.99) is 0 %"));
  // It waits for as long: then it is there.
  const std::string again = begin(world, with_faults(errors("a", 1'000), judged + R"(, "limits": {"waitForStableMs": 20000})"));
  world.run_until(33 * second);
  chaos::stop_fault(world, outer);
  world.run_until(40 * second);
  EXPECT_EQ(record_of(world, again).state, ExperimentState::running);
}

TEST(Experiments, WithoutTheSteadyStateAfterwardsTheyHaveFailed) {
  model::World world(trial::spec());
  const std::string id =
      begin(world, with_faults(harmless("a", 1'000), R"("limits": {"waitForStableMs": 10000}, "steadyState": [)" +
                                                         success.substr(0, success.size() - 1) + R"(, "phases": ["after"]}])"));
  trial::start(world, trial::on("service.error", "web", {{"rate", 1.0}}));
  world.run_until(16 * second - 1);
  EXPECT_EQ(record_of(world, id).state, ExperimentState::reverting);
  world.run_until(16 * second);
  EXPECT_EQ(record_of(world, id).verdict, Verdict::failed);
  EXPECT_EQ(record_of(world, id).probes[0][model::phase_after].verdict, Verdict::failed);
  EXPECT_EQ(record_of(world, id).resilience_score, 0);
}

TEST(Experiments, ThatMeasureNothingProveNothing) {
  model::World world(trial::spec());
  const std::string id = begin(world, with_faults(errors("a", 1'000)));
  world.run_until(2 * second);
  EXPECT_EQ(record_of(world, id).state, ExperimentState::completed);
  EXPECT_EQ(record_of(world, id).verdict, Verdict::inconclusive);
  EXPECT_EQ(record_of(world, id).resilience_score, std::nullopt);
}

TEST(Experiments, ShorterThanAWindowAreMeasuredAllTheSame) {
  model::World world(trial::spec());
  const std::string id = begin(world, with_faults(errors("a", 2'000), judged));
  world.run_until(100 * second);
  EXPECT_EQ(record_of(world, id).probes[0][model::phase_during].checks, 1U);
  EXPECT_EQ(record_of(world, id).verdict, Verdict::failed);
}

TEST(Experiments, FaultsComeWithTheirProbability) {
  const model::ExperimentPtr spec =
      read(with_faults(harmless("a", 1, R"(, "probability": 0.3)") + "," + harmless("b", 1, R"(, "probability": 1)") + "," +
                       harmless("c", 1, R"(, "probability": 0)")));
  constexpr std::uint64_t runs = 20'000;
  std::array<std::uint64_t, 3> came{};
  for (std::uint64_t n = 1; n <= runs; ++n) {
    const std::vector<bool> comes = chaos::draw_faults(*spec, 1, n);
    for (std::size_t i = 0; i < 3; ++i) came[i] += comes[i] ? 1U : 0U;
  }
  trial::expect_share(0.3, came[0], runs, "0.3");
  EXPECT_EQ(came[1], runs);
  EXPECT_EQ(came[2], 0U);
}

/// With equal chances p the two come together with rho p + (1 - rho) p^2, which makes rho their correlation.
TEST(Experiments, WithACommonCauseTheyComeTogether) {
  for (const double rho : {0.0, 0.8, 1.0}) {
    const model::ExperimentPtr spec =
        read(with_faults(harmless("a", 1, R"(, "probability": 0.3)") + "," + harmless("b", 1, R"(, "probability": 0.3)"),
                         R"("correlation": {"group": ["a", "b"], "rho": )" + std::to_string(rho) + "}"));
    constexpr std::uint64_t runs = 20'000;
    std::uint64_t first = 0, both = 0;
    for (std::uint64_t n = 1; n <= runs; ++n) {
      const std::vector<bool> comes = chaos::draw_faults(*spec, 1, n);
      first += comes[0] ? 1U : 0U;
      both += comes[0] && comes[1] ? 1U : 0U;
    }
    trial::expect_share(0.3, first, runs, "each as often as alone");
    trial::expect_share(rho * 0.3 + (1 - rho) * 0.09, both, runs, "both");
  }
}

TEST(Experiments, OneThatDoesNotComeHoldsNobodyUp) {
  model::World world(trial::spec());
  const std::string id =
      begin(world, with_faults(harmless("a", 5'000, R"(, "probability": 0, "startAfterMs": 1000)") + "," +
                               harmless("b", 1'000, R"(, "startAfter": ["a"])") + "," + harmless("c", 1'000, R"(, "startWith": "a")")));
  world.run_until(10 * second);
  const ExperimentRecord& record = record_of(world, id);
  EXPECT_EQ(record.faults[0].state, FaultState::skipped);
  EXPECT_EQ(*record.faults[1].started, second);
  EXPECT_EQ(*record.faults[2].started, second);
  const std::string none = begin(world, with_faults(harmless("a", 1'000, R"(, "probability": 0)"), judged));
  world.run_until(100 * second);
  EXPECT_EQ(record_of(world, none).verdict, Verdict::inconclusive);
  EXPECT_EQ(record_of(world, none).reason, "by chance no fault came");
}

TEST(Experiments, FaultsWaitWhileThereAreTooMany) {
  model::World world(trial::spec());
  const std::string id = begin(world, with_faults(harmless("a", 5'000) + "," + harmless("b", 3'000) + "," + harmless("c", 1'000),
                                                  R"("limits": {"maxConcurrentFaults": 2})"));
  std::size_t most = 0;
  for (sim::Time t = 0; t <= 8 * second; t += second / 4) {
    world.run_until(t);
    most = std::max(most, faults_on(world));
  }
  EXPECT_EQ(most, 2U);
  EXPECT_EQ(*record_of(world, id).faults[2].started, 3 * second) << "when one of them was over";
}

TEST(Experiments, TakeNoMoreThanTheyMay) {
  model::World world(trial::spec());
  const auto outage = [](const std::string& id, const std::string& zone, const std::string& more = "") {
    return R"({"id": ")" + id + R"(", "type": "zone.outage", "selector": {"zones": ["us-east-1.)" + zone + R"("]}, "durationMs": 10000)" +
           more + "}";
  };
  const std::string both = outage("a", "zoneA") + "," + outage("b", "zoneB", R"(, "startAfterMs": 5000)");
  const auto limit = [](int percent) { return R"("limits": {"maxCapacityLossPercent": )" + std::to_string(percent) + "}"; };
  // Nine instances, three in each zone: two zones are two thirds.
  const std::string much = "/limits/maxCapacityLossPercent: it would take 66.67 % of the capacity, and at most 66 % may be lost";
  EXPECT_EQ(refusal_of(chaos::start_experiment(world, read(with_faults(both, limit(66))))), much);
  EXPECT_EQ(refusal_of(chaos::plan_experiment(world, *read(with_faults(both, limit(66))))), much) << "who only asks is told, too";
  const std::string apart = outage("a", "zoneA") + "," + outage("b", "zoneB", R"(, "startAfter": ["a"])");
  const auto plan = chaos::plan_experiment(world, *read(with_faults(apart, limit(34))));
  EXPECT_NEAR(std::get<chaos::ExperimentPlan>(plan).capacity_lost_percent, 100.0 / 3, 1e-9) << "one after the other";
  EXPECT_EQ(std::get<chaos::ExperimentPlan>(plan).ends, 20 * second);
  EXPECT_EQ(std::get<chaos::ExperimentPlan>(plan).targets.size(), 6U);
  EXPECT_THAT(std::get<chaos::ExperimentPlan>(plan).zones, ElementsAre("us-east-1.zoneA", "us-east-1.zoneB"));

  // It was a third when it was planned; then somebody else took another zone away.
  const std::string id =
      begin(world, with_faults(harmless("a", 1'000) + "," + outage("b", "zoneB", R"(, "startAfterMs": 5000)"), limit(40)));
  world.run_until(second);
  for (const char* service : {"web", "db"}) {
    for (const model::InstanceId instance : worlds::instances_of(world, service)) {
      if (world.shared().locations[world.shared().groups[world.instance(instance).group].location].id == "us-east-1.zoneA")
        world.kill(instance);
    }
  }
  world.run_until(20 * second);
  const ExperimentRecord& record = record_of(world, id);
  EXPECT_EQ(record.state, ExperimentState::aborted);
  EXPECT_EQ(record.faults[1].state, FaultState::cancelled);
  EXPECT_EQ(record.faults[1].reason, "with it 50 % of the capacity would be lost, and maxCapacityLossPercent is 40");
}

TEST(Experiments, AFaultThatCannotBeStartedEndsThem) {
  model::World world(trial::spec());
  const std::string id = begin(
      world,
      with_faults(harmless("a", 60'000) + R"(, {"id": "b", "type": "instance.pause", "selector": {"services": ["db"], "minRemaining": 2},
                                                             "startAfterMs": 5000, "durationMs": 1000})"));
  for (const std::size_t i : {0U, 1U}) world.kill(worlds::instances_of(world, "db")[i]);
  world.run_until(5 * second);
  const ExperimentRecord& record = record_of(world, id);
  EXPECT_EQ(record.state, ExperimentState::failed);
  EXPECT_EQ(record.verdict, Verdict::inconclusive);
  EXPECT_EQ(record.faults[1].state, FaultState::failed);
  EXPECT_EQ(record.reason, "fault b could not be started: the selector matches nothing: minRemaining leaves nobody to be hit");
  EXPECT_EQ(faults_on(world), 0U);
}

TEST(Experiments, PeopleCanStopThemAtAnyTime) {
  for (const double when : {0.5, 4.0, 12.0, 17.0}) {  // pending, checking, running, reverting
    model::World world(trial::spec());
    const std::string id = begin(world, with_faults(errors("a", 5'000), judged + R"(, "startAfterMs": 1000)"));
    const model::Overlays before = world.overlays();
    world.run_until(seconds_of(when == 12.0 ? 8.0 : when == 17.0 ? 12.0 : when));
    const ExperimentState was = record_of(world, id).state;
    EXPECT_EQ(chaos::set_experiment_state(world, id, "stopped"), std::nullopt);
    EXPECT_EQ(faults_on(world), 0U);
    EXPECT_EQ(world.overlays(), before);
    world.run_until(30 * second);
    const ExperimentRecord& record = record_of(world, id);
    EXPECT_EQ(record.state, ExperimentState::stopped) << static_cast<int>(was);
    EXPECT_EQ(record.verdict, was >= ExperimentState::running ? Verdict::failed : Verdict::inconclusive) << static_cast<int>(was);
    EXPECT_EQ(record.reason, "stopped by hand");
    EXPECT_EQ(chaos::set_experiment_state(world, id, "stopped")->kind, model::Refusal::Kind::gone);
  }
  model::World world(trial::spec());
  EXPECT_EQ(chaos::set_experiment_state(world, "e1", "stopped")->kind, model::Refusal::Kind::not_found);
}

TEST(Experiments, WhilePausedNoFaultBegins) {
  model::World world(trial::spec());
  const std::string id = begin(world, with_faults(harmless("a", 4'000) + "," + harmless("b", 1'000, R"(, "startAfterMs": 5000)") + "," +
                                                  harmless("c", 1'000, R"(, "startAfter": ["a"], "startAfterMs": 3000)")));
  EXPECT_EQ(chaos::set_experiment_state(world, id, "running")->kind, model::Refusal::Kind::conflict);
  world.run_until(2 * second);
  EXPECT_EQ(chaos::set_experiment_state(world, id, "paused"), std::nullopt);
  world.run_until(12 * second);
  EXPECT_EQ(record_of(world, id).state, ExperimentState::paused);
  EXPECT_EQ(*record_of(world, id).faults[0].ended, 4 * second) << "what is on goes to its end";
  EXPECT_EQ(record_of(world, id).faults[1].state, FaultState::waiting);
  EXPECT_EQ(chaos::set_experiment_state(world, id, "paused")->kind, model::Refusal::Kind::conflict);
  EXPECT_EQ(chaos::set_experiment_state(world, id, "running"), std::nullopt);
  world.run_until(30 * second);
  EXPECT_EQ(*record_of(world, id).faults[1].started, 15 * second) << "the 10 s of the pause later";
  EXPECT_EQ(*record_of(world, id).faults[2].started, 15 * second) << "its clock stood at 2 s when the other ended";
  EXPECT_EQ(record_of(world, id).state, ExperimentState::completed);
}

TEST(SafetyLever, RevertsEverythingAndRefusesWhatIsNew) {
  model::World world(trial::spec());
  const model::Overlays before = world.overlays();
  const std::string fault = trial::start(world, trial::on("instance.slow", "db"));
  const std::string id = begin(world, with_faults(errors("a", 60'000)));
  world.run_until(second);
  EXPECT_THAT(chaos::set_safety_lever(world, true, "release day"), ElementsAre(id, fault));
  EXPECT_EQ(world.overlays(), before);
  EXPECT_EQ(faults_on(world), 0U);
  EXPECT_EQ(record_of(world, id).state, ExperimentState::aborted);
  EXPECT_EQ(record_of(world, id).verdict, Verdict::inconclusive);
  EXPECT_EQ(record_of(world, id).reason, "the safety lever was engaged: release day");
  const auto refused = chaos::start_fault(world, trial::on("instance.slow", "db"));
  EXPECT_EQ(std::get<model::Refusal>(refused).kind, model::Refusal::Kind::locked);
  EXPECT_EQ(refusal_of(chaos::start_experiment(world, read(with_faults(errors("a", 1'000))))),
            "the safety lever is engaged: release day; nothing may begin until it is released");
  EXPECT_EQ(std::get<model::Refusal>(chaos::plan_fault(world, trial::on("instance.slow", "db"))).kind, model::Refusal::Kind::locked);
  EXPECT_TRUE(chaos::set_safety_lever(world, true, "still").empty());
  EXPECT_EQ(world.experiments()->lever, (model::SafetyLever{true, "still", second}));
  chaos::set_safety_lever(world, false, "");
  EXPECT_FALSE(trial::start(world, trial::on("instance.slow", "db")).empty());
}

TEST(SafetyLever, CancelsFaultsThatWaitedForASteadyState) {
  model::World world(trial::spec());
  const std::string id = begin(world, with_faults(errors("a", 60'000), judged));
  world.run_until(second);
  ASSERT_EQ(record_of(world, id).state, ExperimentState::checking);
  chaos::set_safety_lever(world, true, "release day");
  EXPECT_EQ(record_of(world, id).state, ExperimentState::aborted);
  EXPECT_EQ(record_of(world, id).faults[0].state, FaultState::cancelled);
  EXPECT_EQ(record_of(world, id).faults[0].reason, "the safety lever was engaged: release day");
}

TEST(Halts, StopWhatIsThereAndNothingWhenNothingIs) {
  model::World world(trial::spec());
  world.take_occurrences();
  EXPECT_TRUE(chaos::halt(world, "nothing is there").empty());
  EXPECT_TRUE(world.take_occurrences().empty());
  const std::string first = begin(world, with_faults(errors("a", 60'000)));
  const std::string second_one = begin(world, with_faults(harmless("a", 60'000)));
  EXPECT_THAT(chaos::halt(world, "a game day is over"), ElementsAre(first, second_one));
  EXPECT_EQ(record_of(world, first).state, ExperimentState::stopped);
  EXPECT_EQ(record_of(world, first).reason, "halted: a game day is over");
  EXPECT_EQ(faults_on(world), 0U);
  EXPECT_TRUE(chaos::halt(world, "again").empty());
  EXPECT_FALSE(begin(world, with_faults(errors("a", 1'000))).empty());
}

TEST(Experiments, ACopyOfTheWorldGoesOnWithThem) {
  const std::string spec =
      with_faults(errors("a", 10'000) + "," + harmless("b", 5'000, R"(, "startAfter": ["a"], "probability": 0.5)") + "," +
                      R"({"id": "c", "type": "instance.terminate", "selector": {"services": ["web"], "mode": "one"}, "durationMs": 20000})",
                  judged);
  for (const double when : {2.0, 7.0, 14.0, 27.0}) {
    model::World world(trial::spec());
    const std::string id = begin(world, spec);
    world.run_until(seconds_of(when));
    model::World copy(world);
    world.run_until(60 * second);
    for (sim::Time t = copy.now(); t <= 60 * second; t += 123 * sim::millisecond) copy.run_until(t);
    copy.run_until(60 * second);
    EXPECT_EQ(copy.fingerprint(), world.fingerprint()) << when;
    EXPECT_EQ(record_of(copy, id).probes, record_of(world, id).probes);
    EXPECT_EQ(record_of(copy, id).verdict, record_of(world, id).verdict);
    EXPECT_TRUE(model::is_over(record_of(world, id).state));
  }
}

TEST(Experiments, ADryRunLeavesNoTrace) {
  model::World world(trial::spec());
  world.run_until(second);
  model::World other(world);
  const auto plan = chaos::plan_experiment(world, *read(with_faults(errors("a", 1'000), judged)));
  EXPECT_EQ(std::get<chaos::ExperimentPlan>(plan).targets.size(), 6U);
  EXPECT_TRUE(world.experiments()->list.empty());
  world.run_until(2 * second);
  other.run_until(2 * second);
  EXPECT_EQ(world.fingerprint(), other.fingerprint());
}

TEST(Experiments, AreTheCauseOfWhatTheyDo) {
  model::World world(trial::spec());
  begin(world,
        with_faults(R"({"id": "a", "type": "instance.terminate", "selector": {"services": ["db"], "mode": "one"}, "durationMs": 1000})"));
  world.run_until(5 * second);
  std::map<std::uint64_t, model::Occurrence> told;
  for (const model::Occurrence& o : world.take_occurrences()) told[o.number] = o;
  std::vector<std::string> chain;
  for (const auto& [number, o] : told) {
    if (o.type != "instance.died") continue;
    for (std::uint64_t n = number; n != 0; n = told.at(n).cause) chain.push_back(told.at(n).type);
  }
  EXPECT_THAT(chain, ElementsAre("instance.died", "fault.started", "experiment.started"));
}

TEST(Experiments, WhatMakesNoSenseInAWorldIsSaidAtOnce) {
  model::World world(trial::spec());
  const std::string json = R"({"faults": [{"id": "a", "type": "instance.slow", "selector": {"services": ["webb"]}, "durationMs": 1000},
                                          {"id": "b", "type": "zone.outage", "selector": {"zones": ["us-east-1.zoneZ"]}, "durationMs": 1000}],
                               "steadyState": [{"metric": "queue", "value": 1}], "stopConditions": [{"metric": "rate", "service": "dbs", "value": 1}]})";
  const auto result = chaos::start_experiment(world, read(json));
  const auto& refusal = std::get<model::Refusal>(result);
  std::vector<std::string> pointers;
  for (const model::Problem& problem : refusal.problems) pointers.push_back(problem.pointer);
  EXPECT_THAT(pointers, ElementsAre("/steadyState/0/service", "/stopConditions/0/service", "/faults/0/selector/services/0",
                                    "/faults/1/selector/zones/0"));
}

TEST(Experiments, ThereIsALimitToThoseAtATimeAndToThoseRemembered) {
  model::World world(trial::spec());
  for (std::size_t i = 0; i < model::Experiments::at_a_time_max; ++i) begin(world, with_faults(harmless("a", 1'000)));
  const auto one_more = chaos::start_experiment(world, read(with_faults(harmless("a", 1'000))));
  EXPECT_EQ(std::get<model::Refusal>(one_more).kind, model::Refusal::Kind::limit);
  for (int round = 0; round < 6; ++round) {
    world.run_until(world.now() + 2 * second);
    for (std::size_t i = 0; i < model::Experiments::at_a_time_max; ++i) begin(world, with_faults(harmless("a", 1'000)));
  }
  world.run_until(world.now() + 2 * second);
  begin(world, with_faults(harmless("a", 1'000)));
  EXPECT_EQ(world.experiments()->list.size(), model::Experiments::kept + 1);
}

}  // namespace

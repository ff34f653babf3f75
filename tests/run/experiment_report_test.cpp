// Reports of experiments: who left the normal first, what users felt, and that the control is the same run without it, to the request.

#include "run/experiment_report.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "architecture/experiment_template.h"
#include "chaos/experiments.h"
#include "run/fork.h"
#include "support/source.h"
#include "support/stepped.h"

namespace {

using run::Account;
using run::ExperimentReport;
using run::Simulation;
using sim::second;
using stepped::account_of;
using stepped::carry_out;
using testing::HasSubstr;

constexpr auto always = [] { return true; };

model::ExperimentPtr read(const std::string& json) {
  return std::make_shared<const model::ExperimentSpec>(std::get<model::ExperimentSpec>(architecture::read_experiment(json)));
}

model::ExperimentPtr from_template(const std::string& name) {
  const auto form =
      std::get<architecture::ExperimentTemplate>(architecture::read_experiment_template(worlds::text_of("experiments/" + name + ".json")));
  return std::make_shared<const model::ExperimentSpec>(std::get<model::ExperimentSpec>(architecture::fill_in(form, nullptr, "")));
}

class ReportTest : public stepped::Test {
 protected:
  static std::variant<ExperimentReport, model::Refusal> try_report(Simulation& simulation, const std::string& id) {
    return run::report_experiment(account_of(simulation), simulation.snapshot()->experiments->find(id), always);
  }
  static ExperimentReport report_of(Simulation& simulation, const std::string& id) {
    auto result = try_report(simulation, id);
    if (const auto* refusal = std::get_if<model::Refusal>(&result)) throw std::runtime_error(refusal->detail);
    return std::get<ExperimentReport>(std::move(result));
  }
};

const char* const refused_store = R"({"name": "the store refuses", "hypothesis": "a cache and a fallback are enough",
  "faults": [{"id": "store", "type": "service.error", "selector": {"services": ["cassSubscriber"]}, "durationMs": 20000, "rate": 1}],
  "steadyState": [{"name": "success", "metric": "successRatio", "windowMs": 5000, "comparator": ">=", "value": 0.999}], "control": true})";

TEST_F(ReportTest, the_control_is_the_run_without_it_to_the_request) {
  const auto with = start();
  const auto without = start();
  for (Simulation* simulation : {with.get(), without.get()}) {
    step_to(*simulation, 20 * second);
    carry_out(*simulation, run::SetTraffic{"www", 80.0});
  }
  step_to(*with, 30 * second);
  const std::string id = carry_out(*with, run::StartExperiment{read(refused_store)}).id;
  step_to(*with, 90 * second);
  const ExperimentReport report = report_of(*with, id);
  ASSERT_TRUE(report.record->ended);
  ASSERT_TRUE(report.control);
  EXPECT_EQ(report.control->parted, 30 * second);
  EXPECT_EQ(report.control->from, 30 * second);
  const auto count_between = [&](Simulation& simulation) {
    // A fork at either moment has what had been counted by then.
    const auto at = [&](sim::Time time) {
      run::ForkSpec spec;
      spec.at = time;
      spec.start_paused = true;
      auto made = run::fork(simulations_, simulation, account_of(simulation), spec);
      const auto fork = std::get<std::shared_ptr<Simulation>>(made);
      return *fork->snapshot()->now;
    };
    const run::Counters begin = at(report.control->from), end = at(report.control->until);
    return std::pair(end.succeeded - begin.succeeded, end.failed - begin.failed);
  };
  step_to(*without, 90 * second);
  EXPECT_EQ(std::pair(report.control->base.succeeded, report.control->base.failed), count_between(*without));
  EXPECT_EQ(std::pair(report.control->candidate.succeeded, report.control->candidate.failed), count_between(*with));
  EXPECT_GT(report.control->candidate.failed, report.control->base.failed);
  ASSERT_TRUE(report.control->event);
  EXPECT_GE(report.control->event->at, *report.first_fault);
}

TEST_F(ReportTest, says_who_left_the_normal_and_in_which_order) {
  const auto simulation = start();
  constexpr sim::Time off = 400 * sim::millisecond;  // not at a whole second, at which charts begin
  step_to(*simulation, 30 * second + off);
  const std::string id = carry_out(*simulation, run::StartExperiment{read(refused_store)}).id;
  step_to(*simulation, 120 * second);
  const ExperimentReport report = report_of(*simulation, id);
  EXPECT_EQ(report.record->verdict, model::Verdict::failed);
  EXPECT_EQ(*report.first_fault, 35 * second + off);
  EXPECT_EQ(*report.last_fault, 55 * second + off);
  std::vector<std::string> path;
  for (const run::Bands::Departure& departure : report.path) path.push_back(departure.service);
  ASSERT_GE(path.size(), 3U);
  const auto place = [&](const std::string& name) { return std::find(path.begin(), path.end(), name) - path.begin(); };
  EXPECT_LT(place("subscriber"), static_cast<std::ptrdiff_t>(path.size())) << "which calls the store";
  EXPECT_LT(place("subscriber"), place("homepage"));
  EXPECT_LT(place("homepage"), place("wwwproxy"));
  EXPECT_LT(place("wwwproxy"), place("www"));
  for (const run::Bands::Departure& departure : report.path) {
    EXPECT_GE(departure.at, *report.first_fault);
    EXPECT_LE(departure.at, *report.first_fault + 2 * second);
    EXPECT_GT(departure.worst, departure.limit);
    EXPECT_GE(departure.limit, departure.usual);
    ASSERT_TRUE(departure.back) << departure.service;
  }
  ASSERT_TRUE(report.recovered);
  EXPECT_GE(*report.recovered, *report.last_fault);
  EXPECT_LE(*report.recovered, *report.last_fault + 10 * second);
  ASSERT_TRUE(report.detected);
  EXPECT_LE(*report.detected - *report.first_fault, 5 * second);
  ASSERT_EQ(report.users.size(), 1U);
  EXPECT_GT(report.users[0].failed, 0U);
  EXPECT_GT(report.users[0].budget_burnt, 0);
  EXPECT_FALSE(report.users[0].slow) << "nothing is promised of that";
  const auto noticed = [&](const std::string& who) {
    return std::any_of(report.noticed.begin(), report.noticed.end(), [&](const auto& n) { return n.who == who; });
  };
  EXPECT_TRUE(noticed("the steady state"));
  EXPECT_TRUE(noticed("the operators"));
  EXPECT_TRUE(noticed("the users of www"));
}

run::Command zone_outage(const std::string& zone) {
  run::StartFault start;
  start.request.type = "zone.outage";
  start.request.selector.zones = {zone};
  return start;
}

TEST_F(ReportTest, what_is_not_its_doing_is_not_laid_to_it) {
  const auto simulation = start("netflixoss", {.regions = 2});
  step_to(*simulation, 30 * second);
  const std::string id = carry_out(*simulation, run::StartExperiment{read(R"({
    "faults": [{"id": "clock", "type": "instance.clockSkew", "selector": {"services": ["homepage"]}, "durationMs": 20000}],
    "steadyState": [{"metric": "successRatio", "windowMs": 5000, "value": 0.5}]})")})
                             .id;
  step_to(*simulation, 32 * second);
  carry_out(*simulation, zone_outage("us-east-1.zoneB"));
  step_to(*simulation, 42 * second);
  carry_out(*simulation, zone_outage("us-west-2.zoneC"));
  step_to(*simulation, 120 * second);
  const ExperimentReport report = report_of(*simulation, id);
  ASSERT_TRUE(report.first_fault);
  ASSERT_EQ(*report.first_fault, 35 * second);
  const auto opened = [&](const std::string& part) {
    const auto line = std::find_if(report.timeline.begin(), report.timeline.end(), [&](const ExperimentReport::Line& l) {
      return l.type == "incident.opened" && l.message.find(part) != std::string::npos;
    });
    return line == report.timeline.end() ? ExperimentReport::Line{} : *line;
  };
  EXPECT_EQ(opened("zoneB").at, 33 * second);
  EXPECT_FALSE(opened("zoneB").due_to_it) << "there was no fault of it yet";
  EXPECT_TRUE(opened("zoneC").due_to_it) << "for all that can be known";
  const std::string text = run::report_text(report);
  EXPECT_THAT(text, HasSubstr("zoneB of us-east-1 lost. (Not because of the experiment.)"));
  EXPECT_THAT(text, HasSubstr("zoneC of us-west-2 lost. (f2, f4, which are not of the experiment, were on.)"));
  for (const ExperimentReport::Impact& impact : report.users) EXPECT_GE(impact.budget_burnt, 0);
}

/// More traffic makes the same failures a smaller share of the budget: that is nothing that an experiment gives back.
TEST_F(ReportTest, what_failed_before_is_no_part_of_what_it_burnt) {
  const auto simulation = start();
  step_to(*simulation, 10 * second);
  run::StartFault errors;
  errors.request.type = "service.error";
  errors.request.selector.services = {"login"};
  errors.request.parameters = {{"rate", 1.0}};
  errors.request.duration = 10 * second;
  carry_out(*simulation, errors);
  step_to(*simulation, 30 * second);
  const std::string id = carry_out(*simulation, run::StartExperiment{read(R"({
    "faults": [{"id": "clock", "type": "instance.clockSkew", "selector": {"services": ["homepage"]}, "durationMs": 20000}]})")})
                             .id;
  carry_out(*simulation, run::SetTraffic{"www", 500.0});
  step_to(*simulation, 120 * second);
  const ExperimentReport report = report_of(*simulation, id);
  EXPECT_EQ(report.users.at(0).failed, 0U);
  EXPECT_EQ(report.users.at(0).budget_burnt, 0);
}

TEST_F(ReportTest, one_that_harms_nobody_says_so) {
  const auto simulation = start();
  step_to(*simulation, 30 * second);
  const std::string id = carry_out(*simulation, run::StartExperiment{read(R"({
    "faults": [{"id": "clock", "type": "instance.clockSkew", "selector": {"services": ["homepage"]}, "durationMs": 20000}],
    "steadyState": [{"metric": "successRatio", "windowMs": 5000, "value": 0.99}], "control": true})")})
                             .id;
  step_to(*simulation, 120 * second);
  const ExperimentReport report = report_of(*simulation, id);
  EXPECT_EQ(report.record->verdict, model::Verdict::passed);
  EXPECT_TRUE(report.path.empty());
  EXPECT_FALSE(report.recovered);
  EXPECT_FALSE(report.detected);
  EXPECT_EQ(report.control->base.failed, report.control->candidate.failed);
  const std::string text = run::report_text(report);
  EXPECT_THAT(text, HasSubstr("No service left its normal band."));
  EXPECT_THAT(text, HasSubstr("Nobody noticed anything."));
  EXPECT_THAT(text, HasSubstr("There was nothing to recover from."));
}

TEST_F(ReportTest, is_the_same_whoever_makes_it) {
  const auto text = [&](unsigned threads, sim::Time slice) {
    const auto simulation = start("netflixoss", {.regions = 2, .threads = threads});
    for (sim::Time t = slice; t < 20 * second; t += slice) step_to(*simulation, t);
    step_to(*simulation, 20 * second);
    const std::string id = carry_out(*simulation, run::StartExperiment{from_template("lose-a-zone")}).id;
    for (sim::Time t = 20 * second + slice; t < 70 * second; t += slice) step_to(*simulation, t);
    step_to(*simulation, 70 * second);
    return run::report_text(report_of(*simulation, id));
  };
  const std::string once = text(1, 70 * second);
  EXPECT_EQ(text(2, 7'700 * sim::millisecond), once);
  EXPECT_THAT(once, HasSubstr("It is not over: it is running."));
}

/// As what a schedule starts.
TEST_F(ReportTest, of_one_that_no_command_began_has_no_control) {
  Account account;
  account.spec = std::make_shared<const model::WorldSpec>(worlds::spec_of("lamp"));
  account.notes = std::make_shared<const run::DocumentNotes>();
  account.now = 5 * second;
  model::World world(*account.spec);
  const auto started = chaos::start_experiment(world, read(R"({"control": true,
    "faults": [{"type": "instance.slow", "selector": {"services": ["memcache"]}, "durationMs": 2000}]})"));
  ASSERT_TRUE(std::holds_alternative<chaos::StartedExperiment>(started));
  account.checkpoints.push_back({0, 0, std::make_shared<const model::World>(world), std::make_shared<const run::judge::Judge>(world)});
  world.run_until(account.now);
  const auto made = run::report_experiment(account, world.experiments()->list[0], always);
  const auto& report = std::get<ExperimentReport>(made);
  EXPECT_TRUE(report.record->ended);
  EXPECT_FALSE(report.control);
  EXPECT_THAT(run::report_text(report), HasSubstr("There is no control: the experiment was not begun by a command"));
}

TEST_F(ReportTest, of_one_that_has_not_begun_is_refused) {
  const auto simulation = start("lamp");
  const std::string id = carry_out(*simulation, run::StartExperiment{read(R"({"startAfterMs": 5000,
    "faults": [{"type": "instance.slow", "selector": {"services": ["memcache"]}, "durationMs": 20000}]})")})
                             .id;
  step_to(*simulation, second);
  EXPECT_EQ(std::get<model::Refusal>(try_report(*simulation, id)).kind, model::Refusal::Kind::conflict);
}

TEST_F(ReportTest, in_the_moment_in_which_it_begins_there_is_nothing_to_compare) {
  const auto simulation = start();
  step_to(*simulation, 20 * second);
  const std::string id = carry_out(*simulation, run::StartExperiment{read(refused_store)}).id;
  const ExperimentReport report = report_of(*simulation, id);
  EXPECT_FALSE(report.control);
  const std::string text = run::report_text(report);
  EXPECT_THAT(text, HasSubstr("The experiment has only just begun: there is nothing to compare yet."));
  EXPECT_THAT(text, HasSubstr("measured over 5.0 s at a time. No window has been measured."));
}

/// docs/experiment-report.md is what this comes to: UPDATE_GOLDEN=1 writes it anew.
TEST_F(ReportTest, the_example_in_the_documents_is_what_comes_out) {
  const auto simulation = start();
  step_to(*simulation, 60 * second);
  const std::string id = carry_out(*simulation, run::StartExperiment{from_template("lose-a-zone")}).id;
  step_to(*simulation, 300 * second);
  const ExperimentReport report = report_of(*simulation, id);
  EXPECT_TRUE(report.record->ended);
  const std::string text = run::report_text(report);
  const std::string path = source::at("docs/experiment-report.md");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  EXPECT_EQ(worlds::text_of("docs/experiment-report.md"), text);
}

}  // namespace

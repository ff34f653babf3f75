#include "run/scenario/play.h"

#include <algorithm>

#include "run/apply.h"

namespace run {
namespace {

using State = ExpectationOutcome::State;

bool is_about(const judge::Incident& incident, const std::string& about) {
  return about.empty() || incident.title.find(about) != std::string::npos || incident.cause.find(about) != std::string::npos;
}

void decide(ExpectationOutcome& outcome, bool met, sim::Time now, std::string found) {
  outcome.state = met ? State::met : State::not_met;
  outcome.decided = now;
  outcome.found = std::move(found);
}

}  // namespace

Play::Play(ScenarioPtr scenario) {
  outcome_.scenario = std::move(scenario);
  outcome_.actions.resize(outcome_.scenario->actions.size());
  outcome_.expectations.resize(outcome_.scenario->expected.size());
  for (std::size_t i = 0; i < outcome_.scenario->expected.size(); ++i) {
    const auto* figure = std::get_if<FigureExpected>(&outcome_.scenario->expected[i].what);
    if (figure == nullptr) continue;
    Window window;
    window.expectation = i;
    window.from = std::max<sim::Time>(0, figure->at - figure->probe.window);
    window.until = figure->at;
    windows_.push_back(std::move(window));
  }
}

sim::Time Play::look_due() const {
  sim::Time due = sim::never;
  for (const Window& window : windows_) due = std::min(due, window.begun ? window.until : window.from);
  for (std::size_t i = 0; i < outcome_.expectations.size(); ++i) {
    if (outcome_.expectations[i].state != State::pending) continue;
    const auto* deployment = std::get_if<DeploymentExpected>(&scenario().expected[i].what);
    if (deployment != nullptr) due = std::min(due, deployment->at);
  }
  return due;
}

sim::Time Play::action_due() const {
  const auto number = next(sim::never);
  return number ? action(*number).at : sim::never;
}

std::optional<std::size_t> Play::next(sim::Time now) const {
  for (std::size_t i = 0; i < outcome_.actions.size(); ++i) {
    if (outcome_.actions[i].state != ActionOutcome::State::pending) continue;
    if (scenario().actions[i].at <= now) return i + 1;
    return std::nullopt;
  }
  return std::nullopt;
}

void Play::done(std::size_t number, const Outcome& result) {
  ActionOutcome& mine = outcome_.actions[number - 1];
  if (const auto* refusal = std::get_if<model::Refusal>(&result)) {
    mine.state = ActionOutcome::State::refused;
    mine.reason = refusal->detail;
    if (!refusal->problems.empty()) mine.reason += ": " + refusal->problems.front().pointer + " " + refusal->problems.front().message;
    return;
  }
  mine.state = ActionOutcome::State::done;
  mine.id = std::get<Applied>(result).id;
}

void Play::look(const model::World& world, const judge::Judge& judge) {
  for (Window& window : windows_) look_at_window(window, world);
  std::erase_if(windows_, [&](const Window& window) { return outcome_.expectations[window.expectation].state != State::pending; });
  std::optional<judge::Judgement> judgement;
  for (std::size_t i = 0; i < outcome_.expectations.size(); ++i) {
    ExpectationOutcome& outcome = outcome_.expectations[i];
    if (outcome.state != State::pending) continue;
    const auto& what = scenario().expected[i].what;
    if (const auto* deployment = std::get_if<DeploymentExpected>(&what)) look_at_deployment(*deployment, outcome, world);
    if (const auto* incident = std::get_if<IncidentExpected>(&what)) {
      if (!judgement) judgement = judge.judgement();
      look_at_incidents(*incident, outcome, *judgement, world.now());
    }
  }
}

void Play::look_at_window(Window& window, const model::World& world) {
  const auto& figure = std::get<FigureExpected>(scenario().expected[window.expectation].what);
  if (!window.begun) {
    if (world.now() < window.from) return;
    window.prober.begin(world, figure.probe);
    window.begun = true;
    return;
  }
  if (world.now() < window.until) return window.prober.look(world);
  const model::ProbeResult result = window.prober.measure(world, figure.probe);
  ExpectationOutcome& outcome = outcome_.expectations[window.expectation];
  outcome.value = result.value;
  decide(outcome, result.passed, world.now(), result.value ? model::figure_text(figure.probe.metric, *result.value) : "nothing was there");
}

void Play::look_at_incidents(const IncidentExpected& expected, ExpectationOutcome& outcome, const judge::Judgement& judgement,
                             sim::Time now) const {
  if (now < expected.from) return;
  for (const judge::Incident& incident : judgement.incidents) {
    if (incident.closed || incident.severity < expected.severity || !is_about(incident, expected.about)) continue;
    return decide(outcome, expected.expected, now, std::string(judge::name_of(incident.severity)) + ": " + incident.title);
  }
  if (now >= expected.until) decide(outcome, !expected.expected, now, "none");
}

void Play::look_at_deployment(const DeploymentExpected& expected, ExpectationOutcome& outcome, const model::World& world) const {
  if (world.now() < expected.at) return;
  std::string state = "none";
  for (const model::DeploymentRecord& record : world.deployments()) {
    if (record.service == expected.service) state = record.state + (record.reason.empty() ? "" : ": " + record.reason);
  }
  decide(outcome, state.substr(0, state.find(':')) == expected.state, world.now(), state);
}

ScenarioOutcome play_through(model::World& world, const ScenarioPtr& scenario) {
  judge::Judge judge(world, scenario->document->objectives);
  Play play(scenario);
  while (true) {
    if (play.look_due() <= world.now()) play.look(world, judge);
    while (const auto number = play.next(world.now())) play.done(*number, apply(world, judge, play.action(*number).command));
    const sim::Time due = std::min(judge.due(), play.due());
    if (due > scenario->duration) break;
    world.run_until(due);
    if (judge.due() > due) continue;
    judge.hear(world.take_occurrences());
    judge.look(world);
    judge.take_notices();
    play.look(world, judge);
  }
  world.run_until(scenario->duration);
  return play.outcome(world.now());
}

std::optional<model::Refusal> check_scenario(const Scenario& scenario, const model::World& world) {
  std::vector<model::Problem> problems;
  for (std::size_t i = 0; i < scenario.expected.size(); ++i) {
    const std::string pointer = "/expected/" + std::to_string(i);
    const auto& what = scenario.expected[i].what;
    if (const auto* figure = std::get_if<FigureExpected>(&what)) model::check_probe(world, figure->probe, pointer + "/figure", problems);
    const auto* deployment = std::get_if<DeploymentExpected>(&what);
    if (deployment != nullptr && !world.find_service(deployment->service)) {
      problems.push_back({pointer + "/deployment/service", "unknownService", "there is no service \"" + deployment->service + "\"", {}});
    }
  }
  if (problems.empty()) return std::nullopt;
  const std::string detail = "the scenario does not suit its architecture: " + problems.front().message;
  return model::Refusal{model::Refusal::Kind::invalid, detail, std::move(problems)};
}

ScenarioOutcome Play::outcome(sim::Time now) const {
  ScenarioOutcome result = outcome_;
  result.now = now;
  return result;
}

}  // namespace run

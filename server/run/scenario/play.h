#pragma once
// A scenario that goes on: what is to be done next, and what has come of it. A plain value: a copy goes on with a copy of the World.
// Whoever runs the World asks when something is due, calls look() then and after each look of the judge, and carries out what next() says;
// commands that are taken from a journal instead are told with done(). Simulation thread only, between events.

#include <cstddef>
#include <optional>
#include <vector>

#include "model/probe.h"
#include "model/world.h"
#include "run/judge/judge.h"
#include "run/scenario/scenario.h"

namespace run {

class Play {
 public:
  /// REQUIRES: the World is at its beginning.
  explicit Play(ScenarioPtr scenario);

  const Scenario& scenario() const { return *outcome_.scenario; }
  /// When something has to be measured; sim::never when nothing is.
  sim::Time look_due() const;
  /// When the next action is; sim::never when there is none. Below the present time: now.
  sim::Time action_due() const;
  sim::Time due() const { return std::min(look_due(), action_due()); }

  /// Begins and ends what is measured. Before the actions of that time; after the judge has looked, when it looks.
  void look(const model::World& world, const judge::Judge& judge);
  /// The number, from 1, of an action whose time has come; nothing when there is none.
  std::optional<std::size_t> next(sim::Time now) const;
  const ScenarioAction& action(std::size_t number) const { return scenario().actions[number - 1]; }
  void done(std::size_t number, const Outcome& outcome);

  ScenarioOutcome outcome(sim::Time now) const;

 private:
  /// A figure that is measured.
  struct Window {
    std::size_t expectation = 0;
    sim::Time from = 0;
    sim::Time until = 0;
    bool begun = false;
    model::Prober prober;
  };

  void look_at_window(Window& window, const model::World& world);
  void look_at_incidents(const IncidentExpected& expected, ExpectationOutcome& outcome, const judge::Judgement& judgement,
                         sim::Time now) const;
  void look_at_deployment(const DeploymentExpected& expected, ExpectationOutcome& outcome, const model::World& world) const;

  ScenarioOutcome outcome_;
  std::vector<Window> windows_;
};

/// All of it, at once. REQUIRES: the World is at its beginning and of the scenario's document; check_scenario() finds nothing.
ScenarioOutcome play_through(model::World& world, const ScenarioPtr& scenario);

/// What its expectations name that this World does not have; pointers are into the scenario: /expected/0/figure/service.
std::optional<model::Refusal> check_scenario(const Scenario& scenario, const model::World& world);

}  // namespace run

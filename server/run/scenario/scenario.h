#pragma once
// A packaged story: an architecture, what is done to it at which simulated times, what there is to be seen, and what should come of it.
// Plain data, immutable once read, any thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "architecture/architecture.h"
#include "model/probe.h"
#include "run/command.h"
#include "run/judge/incident.h"

namespace run {

/// Something to look at from some time on.
struct StoryPoint {
  sim::Time at = 0;
  std::string text;
};

struct ScenarioAction {
  sim::Time at = 0;
  std::string text;     ///< for people; "" when the story says it
  std::string request;  ///< as REST has it, below the simulation: "POST /faults"
  std::string body;     ///< JSON, "" for none
  Command command;
};

/// One figure, over the window of the probe up to `at`.
struct FigureExpected {
  model::ProbeSpec probe;
  sim::Time at = 0;
};

/// An incident of at least this severity from one time to the other, or none.
struct IncidentExpected {
  judge::Severity severity = judge::Severity::outage;
  bool expected = true;
  sim::Time from = 0;
  sim::Time until = 0;
  std::string about;  ///< text of its title, or of its cause; "": any
};

/// The last deployment of a service is in this state at that time.
struct DeploymentExpected {
  std::string service;
  std::string state;
  sim::Time at = 0;
};

struct Expectation {
  std::string text;  ///< for people: what it means
  std::variant<FigureExpected, IncidentExpected, DeploymentExpected> what;
};

struct Scenario {
  static constexpr sim::Time duration_max = sim::hour * 24 * 7;
  static constexpr std::size_t actions_max = 200;
  static constexpr std::size_t story_max = 200;
  static constexpr std::size_t expectations_max = 200;

  std::string name;
  std::string title;
  std::string summary;            ///< one or two sentences
  std::vector<StoryPoint> story;  ///< ascending
  std::string next;               ///< name of the scenario that goes on from here, "" for none
  std::string architecture;       ///< name of the document that it begins from, "" when it has one of its own
  std::shared_ptr<const architecture::Architecture> document;
  std::uint64_t seed = 1;
  std::uint32_t regions = 1;
  std::uint32_t scale_percent = 100;
  sim::Time duration = 0;               ///< by then everything is done and decided
  std::vector<ScenarioAction> actions;  ///< ascending
  std::vector<Expectation> expected;
};
using ScenarioPtr = std::shared_ptr<const Scenario>;

/// What became of an action.
struct ActionOutcome {
  enum class State : std::uint8_t { pending, done, refused };
  State state = State::pending;
  std::string id;      ///< of the fault, deployment ... that it made
  std::string reason;  ///< why it was refused
  bool operator==(const ActionOutcome&) const = default;
};

/// What became of an expectation.
struct ExpectationOutcome {
  enum class State : std::uint8_t { pending, met, not_met };
  State state = State::pending;
  sim::Time decided = 0;        ///< when it was
  std::optional<double> value;  ///< measured
  std::string found;            ///< for people: "99.97 %", "outage: ...", "rolledBack"
  bool operator==(const ExpectationOutcome&) const = default;
};

/// How a scenario goes.
struct ScenarioOutcome {
  enum class Verdict : std::uint8_t { pending, met, not_met };
  ScenarioPtr scenario;
  sim::Time now = 0;
  std::vector<ActionOutcome> actions;            ///< parallel to the scenario's
  std::vector<ExpectationOutcome> expectations;  ///< likewise

  /// not_met as soon as one is not.
  Verdict verdict() const;
};
/// "pending", "met", "notMet"; "pending", "done", "refused".
const char* name_of(ScenarioOutcome::Verdict verdict);
const char* name_of(ExpectationOutcome::State state);
const char* name_of(ActionOutcome::State state);

/// What has to be, in words: "successRatio of users >= 0.999 over 30 s until 60 s".
std::string wanted_text(const Expectation& expectation);
/// "60 s", "1.5 s", "10 min", "2 h".
std::string duration_text(sim::Time time);

}  // namespace run

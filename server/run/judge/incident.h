#pragma once
// What is told of a time in which something was wrong: plain values, published in snapshots.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/objective.h"
#include "run/judge/budget.h"
#include "sim/time.h"

namespace run::judge {

enum class Severity : std::uint8_t {
  normal,
  redundant,  ///< something is lost and users are served: by design
  at_risk,    ///< one more loss is an outage, or an error budget will not last
  outage,     ///< an objective is broken, or users have no path left
};
/// "healthy", "degraded, redundant", "at risk", "outage".
const char* name_of(Severity severity);

/// Who is affected, and by how much since the incident was opened.
struct Affected {
  std::string service;  ///< entry service
  std::uint64_t requests = 0;
  std::uint64_t failed = 0;
  std::uint64_t slow = 0;
  std::vector<std::string> regions;  ///< into which calls failed; none: it is not known
  bool operator==(const Affected&) const = default;
};

struct Moment {
  sim::Time at = 0;
  Severity severity = Severity::normal;
  std::string text;
  bool operator==(const Moment&) const = default;
};

struct Incident {
  static constexpr std::size_t moments_max = 100;
  static constexpr std::size_t actions_max = 20;

  std::uint32_t number = 0;                 ///< 1, 2, ... of this simulation
  Severity severity = Severity::redundant;  ///< now, or when it was closed
  Severity worst = Severity::redundant;
  sim::Time began = 0;  ///< the last moment at which there was nothing to be seen of it
  sim::Time opened = 0;
  std::optional<sim::Time> closed;
  std::string title;
  std::string cause;
  std::vector<Affected> affected;
  std::vector<std::string> actions;  ///< what the system has done by itself
  std::string advice;                ///< what to do or not to do
  std::vector<Moment> timeline;

  std::string id() const { return "i" + std::to_string(number); }
  bool operator==(const Incident&) const = default;
};

struct ShareStatus {
  double target = 0;
  Outcomes outcomes;   ///< of the window
  double left = 1;     ///< of the error budget
  double allowed = 0;  ///< bad outcomes that the whole budget is, at the present rate
  BurnRates rates;
};

struct ObjectiveStatus {
  std::string service;
  model::Objective objective;
  ShareStatus success;
  std::optional<ShareStatus> latency;
};

/// What the judge publishes.
struct Judgement {
  Severity severity = Severity::normal;
  std::string detail;               ///< one or two sentences for people
  std::vector<Incident> incidents;  ///< oldest first: those that are open, and the last closed ones
  std::vector<ObjectiveStatus> objectives;

  const Incident* find(const std::string& id) const;
};

/// Something to be said now.
struct Notice {
  enum class Kind : std::uint8_t { opened, changed, closed, status };
  Kind kind = Kind::status;
  sim::Time at = 0;
  Severity severity = Severity::normal;
  std::string incident;  ///< id; "": of the simulation
  std::string title, cause, advice;
  std::vector<std::string> actions;
};

}  // namespace run::judge

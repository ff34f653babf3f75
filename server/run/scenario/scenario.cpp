#include "run/scenario/scenario.h"

#include <algorithm>

#include "model/problem_text.h"

namespace run {
namespace {

struct WantedText {
  std::string operator()(const FigureExpected& e) const {
    std::string text = model::describe(e.probe);
    if (e.probe.metric == model::ProbeSpec::Metric::instances_up) return text + " at " + duration_text(e.at);
    return text + ", from " + duration_text(std::max<sim::Time>(0, e.at - e.probe.window)) + " to " + duration_text(e.at);
  }
  std::string operator()(const IncidentExpected& e) const {
    const std::string what = e.expected ? "an incident" : "no incident";
    const std::string about = e.about.empty() ? "" : " about \"" + e.about + "\"";
    const std::string worse = e.severity == judge::Severity::outage ? "" : " or worse";
    return what + about + " that is " + judge::name_of(e.severity) + worse + ", from " + duration_text(e.from) + " to " +
           duration_text(e.until);
  }
  std::string operator()(const DeploymentExpected& e) const {
    return "the last deployment of " + e.service + " is " + e.state + " at " + duration_text(e.at);
  }
};

}  // namespace

ScenarioOutcome::Verdict ScenarioOutcome::verdict() const {
  using Expected = ExpectationOutcome::State;
  const auto any = [&](Expected state) {
    return std::any_of(expectations.begin(), expectations.end(), [&](const auto& e) { return e.state == state; });
  };
  const auto refused = [](const ActionOutcome& a) { return a.state == ActionOutcome::State::refused; };
  if (any(Expected::not_met) || std::any_of(actions.begin(), actions.end(), refused)) return Verdict::not_met;
  return any(Expected::pending) || now < scenario->duration ? Verdict::pending : Verdict::met;
}

const char* name_of(ScenarioOutcome::Verdict verdict) {
  constexpr const char* names[] = {"pending", "met", "notMet"};
  return names[static_cast<std::size_t>(verdict)];
}

const char* name_of(ExpectationOutcome::State state) {
  constexpr const char* names[] = {"pending", "met", "notMet"};
  return names[static_cast<std::size_t>(state)];
}

const char* name_of(ActionOutcome::State state) {
  constexpr const char* names[] = {"pending", "done", "refused"};
  return names[static_cast<std::size_t>(state)];
}

std::string wanted_text(const Expectation& expectation) {
  return std::visit(WantedText{}, expectation.what);
}

std::string duration_text(sim::Time time) {
  constexpr sim::Time minute = 60 * sim::second, hour = 60 * minute;
  if (time >= 10 * hour && time % hour == 0) return std::to_string(time / hour) + " h";
  if (time >= 10 * minute && time % minute == 0) return std::to_string(time / minute) + " min";
  return model::number_text(sim::to_seconds(time)) + " s";
}

}  // namespace run

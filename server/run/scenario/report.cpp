#include "run/scenario/report.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

namespace run {
namespace {

using ScenarioVerdict = ScenarioOutcome::Verdict;

/// One line of what happens.
struct Line {
  sim::Time at;
  std::string text;
};

std::string action_text(const ScenarioAction& action, const ActionOutcome& outcome) {
  std::string text = action.text.empty() ? "" : action.text + " ";
  text += "`" + action.request + (action.body.empty() ? "" : " " + action.body) + "`";
  if (!outcome.id.empty()) text += " makes " + outcome.id + ".";
  if (outcome.state == ActionOutcome::State::refused) text += " was refused: " + outcome.reason + ".";
  return text;
}

void print_story(const ScenarioOutcome& outcome, std::ostream& out) {
  const Scenario& scenario = *outcome.scenario;
  std::vector<Line> lines;
  for (const StoryPoint& point : scenario.story) lines.push_back({point.at, point.text});
  for (std::size_t i = 0; i < scenario.actions.size(); ++i) {
    lines.push_back({scenario.actions[i].at, action_text(scenario.actions[i], outcome.actions[i])});
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.at < b.at; });
  out << "What happens:\n\n";
  for (const Line& line : lines) out << "- At " << duration_text(line.at) << ": " << line.text << '\n';
}

void print_expectation(const Expectation& expectation, const ExpectationOutcome& outcome, std::ostream& out) {
  constexpr const char* words[] = {"Pending", "Met", "Not met"};
  out << "- " << words[static_cast<std::size_t>(outcome.state)] << ": " << expectation.text << " Expected: " << wanted_text(expectation)
      << '.';
  if (outcome.state != ExpectationOutcome::State::pending) {
    out << " Found: " << outcome.found << ", at " << duration_text(outcome.decided) << '.';
  }
  out << '\n';
}

}  // namespace

void print_report(const ScenarioOutcome& outcome, std::ostream& out) {
  const Scenario& scenario = *outcome.scenario;
  out << "# " << scenario.title << "\n\n" << scenario.summary << "\n\n";
  out << "Architecture " << scenario.document->name << ", " << scenario.regions << (scenario.regions == 1 ? " region" : " regions")
      << ", seed " << scenario.seed << ", " << duration_text(scenario.duration) << " of simulated time.\n\n";
  print_story(outcome, out);
  out << "\nWhat came of it:\n\n";
  for (std::size_t i = 0; i < scenario.expected.size(); ++i) print_expectation(scenario.expected[i], outcome.expectations[i], out);
  const auto met = std::count_if(outcome.expectations.begin(), outcome.expectations.end(),
                                 [](const auto& e) { return e.state == ExpectationOutcome::State::met; });
  const ScenarioVerdict verdict = outcome.verdict();
  out << "\nVerdict at " << duration_text(outcome.now) << ": "
      << (verdict == ScenarioVerdict::met       ? "as expected"
          : verdict == ScenarioVerdict::pending ? "pending"
                                                : "not as expected")
      << ", " << met << " of " << outcome.expectations.size() << " expectations are met.\n";
  if (!scenario.next.empty()) out << "\nIt goes on with " << scenario.next << ".\n";
}

}  // namespace run

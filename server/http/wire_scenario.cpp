// Scenarios and what comes of them.

#include "http/wire.h"

namespace http {
namespace {

void write_story(JsonWriter& json, const run::Scenario& scenario) {
  json.key("story").begin_array();
  for (const run::StoryPoint& point : scenario.story) {
    json.begin_object().member("atMs", sim_ms(point.at)).member("text", point.text).end_object();
  }
  json.end_array();
}

/// Members.
void write_action(JsonWriter& json, const run::ScenarioAction& action) {
  json.member("atMs", sim_ms(action.at)).member("text", action.text).member("request", action.request);
  if (!action.body.empty()) json.key("body").raw(action.body);
}

/// Members.
void write_expectation(JsonWriter& json, const run::Expectation& expectation) {
  constexpr const char* kinds[] = {"figure", "incident", "deployment"};
  json.member("text", expectation.text).member("kind", kinds[expectation.what.index()]).member("wanted", run::wanted_text(expectation));
}

}  // namespace

void write_scenario(JsonWriter& json, const run::Scenario& scenario, bool whole) {
  json.begin_object().member("name", scenario.name).member("title", scenario.title).member("summary", scenario.summary);
  json.member("architecture", scenario.document->name).member("regions", scenario.regions).member("scalePercent", scenario.scale_percent);
  json.member("seed", scenario.seed).member("durationMs", sim_ms(scenario.duration));
  if (!scenario.next.empty()) json.member("next", scenario.next);
  if (whole) {
    write_story(json, scenario);
    json.key("actions").begin_array();
    for (const run::ScenarioAction& action : scenario.actions) {
      json.begin_object();
      write_action(json, action);
      json.end_object();
    }
    json.end_array().key("expected").begin_array();
    for (const run::Expectation& expectation : scenario.expected) {
      json.begin_object();
      write_expectation(json, expectation);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

void write_outcome(JsonWriter& json, const run::ScenarioOutcome& outcome) {
  const run::Scenario& scenario = *outcome.scenario;
  json.begin_object().member("scenario", scenario.name).member("title", scenario.title).member("simTimeMs", sim_ms(outcome.now));
  json.member("durationMs", sim_ms(scenario.duration)).member("verdict", name_of(outcome.verdict()));
  if (!scenario.next.empty()) json.member("next", scenario.next);
  write_story(json, scenario);
  json.key("actions").begin_array();
  for (std::size_t i = 0; i < scenario.actions.size(); ++i) {
    json.begin_object();
    write_action(json, scenario.actions[i]);
    json.member("state", name_of(outcome.actions[i].state));
    if (!outcome.actions[i].id.empty()) json.member("id", outcome.actions[i].id);
    if (!outcome.actions[i].reason.empty()) json.member("reason", outcome.actions[i].reason);
    json.end_object();
  }
  json.end_array().key("expectations").begin_array();
  for (std::size_t i = 0; i < scenario.expected.size(); ++i) {
    const run::ExpectationOutcome& mine = outcome.expectations[i];
    json.begin_object();
    write_expectation(json, scenario.expected[i]);
    json.member("state", name_of(mine.state));
    if (mine.state != run::ExpectationOutcome::State::pending) {
      json.member("found", mine.found).member("decidedSimTimeMs", sim_ms(mine.decided));
    }
    if (mine.value) json.member("value", *mine.value);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace http

#pragma once
// The JSON shapes of what a simulation publishes, as docs/api.md has them. Pure functions, any thread.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "architecture/lint/lint.h"
#include "http/json_writer.h"
#include "model/experiment.h"
#include "run/catalogue.h"
#include "run/experiment_report.h"
#include "run/simulation.h"

namespace http {

/// RFC 3339 in UTC with milliseconds.
std::string wall_time_text(std::chrono::system_clock::time_point time);
std::string wall_time_text(std::int64_t unix_ms);
/// 16 hexadecimal digits.
std::string hex_text(std::uint64_t number);

/// Significant ones of figures that are compared: what is between them may be little.
inline constexpr int figure_digits = 6;

/// Simulated time in ms, to the microsecond.
double sim_ms(sim::Time time);

void write_clock(JsonWriter& json, const run::Snapshot& snapshot, bool with_time);
void write_event(JsonWriter& json, const run::Event& event);
void write_flow(JsonWriter& json, const run::Flow& flow, bool spans);
void write_selector(JsonWriter& json, const model::Selector& selector);
void write_parameters(JsonWriter& json, const model::Parameters& parameters);
/// Members target, direction, ramp and jitter, those that are given.
void write_reach(JsonWriter& json, const std::optional<model::SelectorParts>& target, const std::optional<model::Direction>& direction,
                 const model::Ramp& ramp, double jitter);
/// `whole`: with the schema of its parameters, their defaults and an example.
void write_fault_type(JsonWriter& json, const run::FaultEntry& fault, bool whole);
void write_fault(JsonWriter& json, const model::FaultRecord& fault);
void write_fault_request(JsonWriter& json, const model::FaultRequest& request);  ///< as POST takes it
void write_schedule(JsonWriter& json, const model::ScheduleRecord& record, model::Epoch epoch);
void write_schedule_spec(JsonWriter& json, const model::ScheduleSpec& spec);     ///< members
void write_schedule_times(JsonWriter& json, const model::ScheduleTimes& times);  ///< likewise
void write_deployment(JsonWriter& json, const model::DeploymentRecord& deployment);
/// Members, as architecture::read_deployment reads them.
void write_deployment_spec(JsonWriter& json, const model::DeploymentSpec& spec);
void write_version_content(JsonWriter& json, const model::VersionSpec& version);  ///< members, all but the name
void write_routing(JsonWriter& json, const model::RoutingSpec& routing);          ///< an array
void write_flags(JsonWriter& json, const std::vector<model::FeatureFlag>& flags);
/// As architecture::read_autoscaler reads it, every field.
void write_autoscaler(JsonWriter& json, const policies::AutoscalerSpec& spec);
void write_decision(JsonWriter& json, const model::AutoscalerRecord::Entry& entry);
void write_state_counts(JsonWriter& json, const run::StateCounts& counts);
void write_command(JsonWriter& json, const run::JournalEntry& entry);
/// As architecture::read_load reads it. `whole`: with the rows of a trace; else with their number and length.
void write_load(JsonWriter& json, const model::LoadSpec& load, bool whole);
/// As architecture::read_policy reads it, every field.
void write_policy(JsonWriter& json, const model::Policy& policy);
/// As a document has it, every field but the preset.
void write_registry(JsonWriter& json, const model::DiscoverySpec& spec);
void write_policy_count(JsonWriter& json, const model::PolicyCount& count);
/// As architecture::read_shedding reads it, every field; null for none.
void write_shedding(JsonWriter& json, const model::Shedding* shedding);
void write_requests(JsonWriter& json, const char* name, const model::RequestCount& count);  ///< a member
void write_shed_count(JsonWriter& json, const run::ShedCount& shed);                        ///< by importance
/// Members p50Ms, p95Ms, p99Ms, meanMs.
void write_quantiles(JsonWriter& json, const model::Histogram& histogram);
/// As a document has it, every field.
void write_objective(JsonWriter& json, const model::Objective& objective);
void write_objective_status(JsonWriter& json, const run::judge::ObjectiveStatus& status);
void write_incident(JsonWriter& json, const run::judge::Incident& incident);
/// As architecture::read_probe reads it; members.
void write_probe(JsonWriter& json, const model::ProbeSpec& probe);
/// As architecture::read_experiment reads it.
void write_experiment_spec(JsonWriter& json, const model::ExperimentSpec& spec);
void write_experiment(JsonWriter& json, const model::ExperimentRecord& experiment);
void write_experiment_report(JsonWriter& json, const run::ExperimentReport& report);
void write_finding(JsonWriter& json, const architecture::lint::Finding& finding);
/// `whole`: with its story, actions and expectations.
void write_scenario(JsonWriter& json, const run::Scenario& scenario, bool whole);
void write_outcome(JsonWriter& json, const run::ScenarioOutcome& outcome);
void write_simulation(JsonWriter& json, const run::Simulation& simulation);

}  // namespace http

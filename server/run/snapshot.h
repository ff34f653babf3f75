#pragma once
// What the outside sees of a running simulation: immutable values, published by the simulation thread, read by any thread.
// A Structure says what exists and changes rarely; Counters say what has happened and are taken every 100 ms of wall time.

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/discovery.h"
#include "model/function.h"
#include "model/histogram.h"
#include "model/instance.h"
#include "model/load_spec.h"
#include "model/machines.h"
#include "model/policy.h"
#include "model/records.h"
#include "model/routing.h"
#include "model/schedule.h"
#include "model/service_spec.h"
#include "model/statistics.h"
#include "model/totals.h"
#include "run/judge/incident.h"
#include "run/scenario/scenario.h"
#include "run/stores.h"
#include "sim/time.h"

namespace model {
struct Experiments;
}

namespace run {

using InstanceId = std::uint32_t;

using model::InstanceState;
using model::StateCounts;
const char* name_of(InstanceState state);

/// Of an instance among those that share data.
enum class Role : std::uint8_t { none, primary, secondary };
const char* name_of(Role role);  ///< "" for none

/// A place instances can be in: a zone, a region as a whole ("*" as its zone), or the world outside any region ("*", "*").
struct LocationInfo {
  std::string region;
  std::string zone;
  std::string id;  ///< "us-east-1.zoneA", "us-east-1.*", "*.*"
};

using PolicyPtr = std::shared_ptr<const model::Policy>;
using SheddingPtr = std::shared_ptr<const model::Shedding>;

struct VersionInfo {
  model::VersionSpec spec;
  std::uint32_t wanted = 0;       ///< instances that should be
  bool spare = false;             ///< they stay warm, without traffic
  std::optional<double> percent;  ///< of the traffic, when that is set
};

struct ServiceInfo {
  std::string name;
  std::string package;
  std::vector<std::string> dependencies;
  std::vector<PolicyPtr> policies;  ///< parallel to dependencies: how each is called; nullptr: without a policy
  std::uint32_t tier = 0;           ///< column, 0 = where load enters
  std::uint32_t lane = 0;           ///< order within the tier
  bool entry = false;               ///< a load source
  std::uint32_t desired = 0;
  model::Discipline discipline = model::Discipline::first_come;
  std::uint32_t last_come_above = 0;
  bool worker_held = false;
  model::FanOut fan_out = model::FanOut::any;
  std::uint32_t fan_out_first = 0;    ///< 0: all
  SheddingPtr shedding;               ///< nullptr: it takes every call
  std::string version;                ///< the one that new instances get
  std::vector<VersionInfo> versions;  ///< those that have instances, or should
  model::RoutingSpec routing;
  std::vector<model::FeatureFlag> flags;
  std::shared_ptr<const model::AutoscalerRecord> autoscaler;  ///< nullptr: none
  model::LoadSpecPtr load;                                    ///< load sources: what they send; else nullptr
  sim::Time load_since = 0;                                   ///< when that was set
  std::optional<model::FunctionSpec> function;
  std::uint32_t function_number = 0;  ///< of those: its place in Counters::functions
};

/// The instances of one service in one place.
struct GroupInfo {
  std::uint32_t service = 0;
  std::uint32_t location = 0;
  bool listed = false;  ///< all its instances are among Structure::instances
};

/// Statistics are kept per cell: one version of one group.
struct CellInfo {
  std::uint32_t group = 0;
  std::string version;
  StateCounts instances;      ///< dead ones stay a while
  std::uint64_t workers = 0;  ///< of those that are up or draining
};

/// One group's callers of another: what is counted as an edge above the level of instances.
struct LinkInfo {
  std::uint32_t source = 0;  ///< group
  std::uint32_t target = 0;  ///< group
};

struct InstanceInfo {
  InstanceId id = 0;
  std::uint32_t group = 0;
  std::uint32_t cell = 0;
  std::uint32_t serial = 0;  ///< the number in its name
  std::uint32_t slot = 0;    ///< its place within its group for as long as it lives
  std::uint32_t workers = 0;
  InstanceState state = InstanceState::up;
  Role role = Role::none;
  sim::Time started = 0;
  std::uint32_t machine = no_machine;  ///< index of Structure::machines
  std::string address;
  static constexpr std::uint32_t no_machine = 0xffffffffU;
};

struct MachineTypeInfo {
  std::string name;
  model::MachineKind kind = model::MachineKind::virtual_machine;
  std::uint32_t memory_mb = 0;
  std::uint32_t slots = 0;
};

struct MachineInfo {
  std::uint32_t type = 0;
  std::uint32_t location = 0;
  std::uint32_t serial = 0;  ///< the number in its name
  std::uint32_t used_mb = 0;
  model::MachineState state = model::MachineState::up;
  bool shared = false;
  sim::Time started = 0;
  sim::Time up_at = 0;                                             ///< when it is, or was, up
  std::vector<std::pair<std::uint32_t, std::uint32_t>> instances;  ///< group and serial
};

struct Structure {
  std::uint64_t version = 0;  ///< grows with every change
  std::string architecture;
  std::vector<LocationInfo> locations;
  std::vector<ServiceInfo> services;
  std::vector<GroupInfo> groups;
  std::vector<CellInfo> cells;
  std::vector<LinkInfo> links;
  /// Ascending by (group, serial): all while there are at most instances_shown_max, else those that somebody looks at.
  std::vector<InstanceInfo> instances;
  bool everything = false;                               ///< all are listed
  sim::Time counted_since = 0;                           ///< the instances were counted since then, or since they started
  std::vector<std::pair<InstanceId, InstanceId>> wires;  ///< who of these knows whom; empty when there are more than wires_max
  std::uint64_t wire_count = 0;                          ///< of all instances
  Stores stores;
  std::vector<model::FaultRecord> faults;                    ///< active ones, and the last 100 ended
  std::vector<model::DeploymentRecord> deployments;          ///< all, oldest first, the last 100
  std::vector<MachineTypeInfo> machine_types;                ///< none: machines are not modelled
  std::vector<MachineInfo> machines;                         ///< ascending by (location, type, serial)
  std::vector<model::EvacuationRecord> evacuations;          ///< likewise
  std::vector<model::ScheduleRecord> schedules;              ///< oldest first
  model::Epoch starts_at = model::usual_epoch;               ///< what simulated time 0 is
  std::string victim;                                        ///< service that monkeys hit unless told otherwise
  std::map<std::string, model::PlaceTraffic> place_traffic;  ///< of zones and regions that ever were shifted
  bool deployments_wait = true;                              ///< while a zone or a region is down
  bool cold_start = false;                                   ///< it began with nothing up
  std::optional<sim::Time> all_up;                           ///< when all that it began with was up
  model::DiscoverySpec discovery;                            ///< how callers find out who is there
  std::uint32_t regions = 0;
  std::uint32_t zones = 0;

  static constexpr std::size_t wires_max = 20'000;

  /// Short name of one of `instances`: "netflixoss.us-east-1.zoneA.homepage15".
  std::string name_of(const InstanceInfo& instance) const;
  std::string name_of(const MachineInfo& machine) const;  ///< "netflixoss.us-east-1.zoneA.m3.xlarge03"
  std::string name_of(std::uint32_t group, std::uint32_t serial) const;
  /// The nine levels.
  std::string full_name_of(const InstanceInfo& instance) const;
  /// nullptr when none of the listed is that.
  const InstanceInfo* find(const std::string& name) const;
  const InstanceInfo* find(std::uint32_t group, std::uint32_t serial) const;
  const MachineInfo* find_machine(const std::string& name) const;  ///< nullptr when there is none
  /// By state.
  StateCounts instances_of(std::uint32_t service) const;
  std::optional<std::uint32_t> service_index(const std::string& name) const;

  std::vector<std::array<std::string, 4>> levels;  ///< per service: machine, instance, container, process, "" where not given
};

struct InstanceCount {
  std::uint64_t requests = 0;  ///< arrived
  std::uint64_t errors = 0;    ///< answered with a failure, or refused
  std::uint64_t replies = 0;
  std::uint64_t service_ns = 0;  ///< sum of (server send - server receive)
  std::uint64_t busy_ns = 0;     ///< sum of worker time
  std::uint32_t in_flight = 0;
  std::uint32_t queue = 0;
};

struct EdgeCount {
  std::uint64_t requests = 0;
  std::uint64_t replies = 0;  ///< of any kind, time-outs included
  std::uint64_t errors = 0;
  std::uint64_t one_way = 0;      ///< of the replies, those that are none: messages that nobody answers
  std::uint64_t response_ns = 0;  ///< sum over the other replies
};

/// Calls turned down on arrival, by model::importance_of their priority.
using ShedCount = std::array<std::uint64_t, policies::importances>;

struct CellCount {
  std::uint64_t requests = 0;  ///< arrived
  std::uint64_t errors = 0;
  std::uint64_t replies = 0;
  std::uint64_t in_flight = 0;  ///< present
  std::uint64_t queued = 0;     ///< present
  std::uint64_t busy_ns = 0;    ///< sum of worker time, modulo 2^64
  std::uint64_t useless = 0;    ///< answered when the caller had given up
  ShedCount shed{};             ///< of the requests
};

/// The three histograms of a cell, as its callers saw it; for a load source, what its users saw (response only).
struct CellHistograms {
  model::Histogram response;  ///< cr - cs
  model::Histogram service;   ///< ss - sr
  model::Histogram network;   ///< (sr - cs) + (cr - ss)
  std::uint64_t errors = 0;   ///< of the responses, how many failed
};

/// Cumulative counts at one moment.
struct Counters {
  sim::Time at = 0;
  std::vector<std::pair<InstanceId, InstanceCount>> instances;  ///< of those that are listed, ascending by id
  std::vector<EdgeCount> links;                                 ///< parallel to Structure::links
  std::vector<model::PolicyCount> policies;                     ///< parallel to Structure::links
  std::vector<CellCount> cells;                                 ///< parallel to Structure::cells
  std::vector<model::FunctionCount> functions;                  ///< by ServiceInfo::function_number, all regions together
  /// Exact counts per pair of instances, only while somebody looks at that level: key is source << 32 | target.
  std::unordered_map<std::uint64_t, EdgeCount> wires;
  StoreCounts stores;
  std::uint64_t events = 0;
  std::uint64_t sent = 0, succeeded = 0, failed = 0;  ///< requests of users

  const InstanceCount* find(InstanceId id) const;  ///< nullptr when it was not listed
};

/// What policies did to the calls of one service to another; all 0 when there is no such other.
model::PolicyCount policy_count(const Structure& structure, const Counters& counters, std::uint32_t service,
                                std::optional<std::uint32_t> dependency);

/// What an instance did between two moments. What was not listed at the first did nothing that is known, unless it had not begun.
struct InstanceChange {
  InstanceCount now;
  std::uint64_t requests = 0, errors = 0, replies = 0, service_ns = 0, busy_ns = 0;
};
InstanceChange change_of(const InstanceInfo& instance, const Counters& now, const Counters& base);

struct Histograms {
  sim::Time from = 0, to = 0;
  std::vector<CellHistograms> cells;
  StoreHistograms stores;
};

/// Boundaries of batches of simulated time, at most model::Batches::batches_max + 1 each: what intervals are made of.
struct Measured {
  model::Marks whole;   ///< of the whole run
  model::Marks recent;  ///< since the structure last changed
};

struct Snapshot {
  std::uint64_t number = 0;  ///< 1, 2, ... of this simulation
  std::chrono::system_clock::time_point wall_time;
  sim::Time sim_time = 0;
  std::string state;             ///< running, paused, failed
  double speed = 1;              ///< asked for; 0 = flat out
  double achieved_speed = 0;     ///< simulated over wall time, over the last second of wall time
  double events_per_second = 0;  ///< wall
  std::uint64_t fingerprint = 0;
  std::string status;  ///< healthy | "degraded, redundant" | "at risk" | outage: judge::name_of
  std::string status_detail;
  std::shared_ptr<const ScenarioOutcome> scenario;    ///< how the scenario goes; nullptr: none
  std::shared_ptr<const judge::Judgement> judgement;  ///< incidents and objectives, as of the last whole second
  std::uint64_t last_event_seq = 0;
  std::shared_ptr<const Structure> structure;
  std::shared_ptr<const Counters> now;
  std::shared_ptr<const Counters> base;      ///< about a second of simulated time before now: rates are differences to it
  std::shared_ptr<const Histograms> total;   ///< since the start; refreshed about once a second
  std::shared_ptr<const Histograms> window;  ///< about the last ten seconds of simulated time
  std::shared_ptr<const Measured> measured;  ///< at whole seconds, so a little older than `now`
  std::vector<model::RegistryStatus> registries;
  std::shared_ptr<const model::Experiments> experiments;  ///< and the safety lever
};

/// One thing that happened, for people.
struct Event {
  std::uint64_t seq = 0;
  sim::Time sim_time = 0;
  std::chrono::system_clock::time_point wall_time;
  std::string type;
  std::string severity;  ///< info, warning, error
  std::string subject_kind;
  std::string subject_id;
  std::uint64_t cause_seq = 0;  ///< 0: none
  std::string message;
  std::vector<std::pair<std::string, std::string>> data;
};

struct SpanRecord {
  std::uint32_t span = 0, parent = 0;  ///< parent 0: the root
  InstanceId source = 0, target = 0;
  std::string source_name, target_name, service, operation, status;
  std::uint32_t attempt = 1;
  bool shed = false;
  sim::Time cs = 0, sr = 0, ss = 0, cr = 0;  ///< 0: did not happen
};

/// One traced request of a user, complete.
struct Flow {
  std::uint64_t trace = 0;
  std::string root_service;
  std::string status;
  sim::Time start = 0, end = 0;
  std::vector<SpanRecord> spans;
};

}  // namespace run

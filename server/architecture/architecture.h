#pragma once
// An architecture document and the settings that go with it, as plain data: what read.h makes out of JSON and build.h makes
// a World out of. Nothing here is checked; read() checks.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "architecture/platform.h"
#include "model/calendar.h"
#include "model/discovery_spec.h"
#include "model/distribution_spec.h"
#include "model/load_spec.h"
#include "model/objective.h"
#include "model/policy.h"
#include "model/service_spec.h"

namespace architecture {

/// What a service may say about how it serves; what it leaves out comes from its package's defaults (config/packages.json).
struct ServiceSettings {
  std::optional<model::DistributionSpec> service_time;
  std::optional<std::uint32_t> concurrency;               ///< workers of an instance, 1 to 65,535
  std::optional<std::uint32_t> queue_limit;               ///< calls that wait for a worker, 0 to 1,000,000
  std::optional<double> hit_ratio;                        ///< chance that a read finds its key, 0 to 1
  std::optional<double> error_rate;                       ///< chance that a call fails in the service, 0 to 1
  std::optional<double> timeout_ms;                       ///< how long its callers wait for it, 0.001 to 3,600,000
  std::optional<double> start_up_ms;                      ///< from start to ready, 0 to 86,400,000
  std::optional<std::optional<double>> replace_after_ms;  ///< until one that died is replaced, 0 to 86,400,000; null: never
  std::optional<double> requests_per_second;              ///< load sources only: of each instance, 0 to 1,000,000
  std::optional<model::LoadSpec> load;                    ///< load sources only; packages have none
};

/// How a service serves and calls, where its document says more than figures. Packages have no defaults for it.
struct Serving {
  model::Discipline discipline = model::Discipline::first_come;
  std::uint32_t last_come_above = 0;  ///< last_come only, 0 to 1,000,000
  bool worker_held = false;
  std::optional<model::DistributionSpec> queue_timeout;
  std::optional<model::Shedding> shedding;             ///< not of load sources
  std::optional<model::DistributionSpec> hit_time;     ///< stores that look keys up; nothing: as serviceTime
  std::optional<model::DistributionSpec> miss_time;    ///< likewise
  double contention = 0;                               ///< 0 to 1
  double crosstalk = 0;                                ///< 0 to 1
  std::optional<model::ContentSpec> content;           ///< stores that look keys up
  std::optional<model::Replication> replication;       ///< packages that replicate
  std::optional<model::PrimarySpec> primary;           ///< packages that elect one
  std::optional<model::QueueSpec> queue;               ///< brokers
  std::optional<policies::AutoscalerSpec> autoscaler;  ///< not of load sources
  std::string version;                                 ///< of the instances of the beginning; "": the usual one
  model::FanOut fan_out = model::FanOut::any;
  std::uint32_t fan_out_first = 0;  ///< parallel only; 0: all
};

/// What a service takes from a broker, by name.
struct Consume {
  std::string service;
  std::string topic;          ///< "": its first
  std::uint32_t at_once = 0;  ///< 0: as many as an instance has workers
};

struct Service {
  std::string name;
  std::string package;
  std::uint32_t regions = 1;                 ///< 0: one global instance, outside any region; else multiplied by the run's number of regions
  std::uint32_t count = 0;                   ///< 0: one instance a region, outside any zone; else instances a region
  std::vector<std::string> dependencies;     ///< services, or the special "eureka"
  std::vector<std::uint32_t> items;          ///< parallel to dependencies: which of the document's they are; one named twice counts once
  std::vector<model::DependencySpec> calls;  ///< parallel to dependencies: how each is called
  std::vector<Consume> consumes;
  std::map<std::string, std::string> labels;          ///< for selectors, at most 32
  std::string machine, instance, container, process;  ///< levels of the name, "" when not given
  ServiceSettings settings;
  Serving serving;
  Platform platform;
};

/// Distances that a document has of its own; what it leaves out is the catalogue's.
struct Distances {
  std::optional<double> same_zone_ms;   ///< one way, 0.001 to 10,000, as all of them
  std::optional<double> other_zone_ms;  ///< also to and from what is regional
  std::optional<double> global_ms;      ///< to and from what is outside all regions
  std::optional<double> jitter;         ///< share of each that is random, 0 to 0.9
};

struct Architecture {
  std::string name;
  std::string version;
  std::string description;
  std::string args;
  std::string date;
  std::string victim;                     ///< service whose instances the chaos monkey kills by default, "" for none
  std::optional<model::Epoch> starts_at;  ///< what simulated time 0 is; left out: a Monday
  Distances network;
  Platforms platforms;
  std::optional<model::DiscoverySpec> registry;        ///< left out: the fixed delay of the defaults
  std::map<std::string, model::Objective> objectives;  ///< by load source; what is left out is promised as usual
  std::vector<Service> services;
};

/// One region of the catalogue (config/regions.json).
struct Region {
  std::string name;
  std::string continent;
  std::vector<std::string> zones;           ///< "zoneA", ...
  std::vector<std::string> address_ranges;  ///< one a zone: "54.198"
};

/// config/regions.json: where instances can be and how far it is. One-way delays in ms; the mean of what is drawn.
struct Regions {
  std::vector<Region> regions;  ///< the first W are used by a run with W regions
  double same_zone_ms = 0;
  double other_zone_ms = 0;
  double global_ms = 0;                         ///< between something outside any region and any region
  double jitter = 0;                            ///< share of the mean that is random (exponential), 0 to 1
  std::vector<std::vector<double>> between_ms;  ///< region to region, one way; [i][i] unused
  // Of one connection, in megabits a second; 0: without limit. Only messages with sizes take time by them.
  double same_zone_mbps = 0;
  double other_zone_mbps = 0;
  double between_regions_mbps = 0;
  double global_mbps = 0;
};

/// config/packages.json: defaults of each package, every field of ServiceSettings but the load set; and protocols by name.
struct PackageDefaults {
  ServiceSettings settings;
};
/// A policy that documents may name (config/policies.json).
struct PolicyPreset {
  std::string name;  ///< and date of what it copies: "hystrix-1.5"
  std::string why;
  std::string source;
  model::Policy policy;  ///< Policy::preset is the name
};
using PolicyPresets = std::vector<PolicyPreset>;

/// How callers find out who is there, as documents may name it (config/packages.json).
struct RegistryPreset {
  std::string why;
  std::string source;
  model::DiscoverySpec spec;  ///< with its name
};
using RegistryPresets = std::vector<RegistryPreset>;

struct Defaults {
  std::map<std::string, PackageDefaults> packages;
  std::vector<model::Protocol> protocols;  ///< those that documents may name
  RegistryPresets registries;              ///< likewise
  PolicyPresets policies;                  ///< those that documents may name; not in packages.json but in a file of their own
  Platforms platforms;
  double registry_delay_ms = 0;  ///< until callers no longer see an instance that died, or see one that came up
  double trace_sample_rate = 0;  ///< share of requests whose spans are kept, 0 to 1
};

}  // namespace architecture

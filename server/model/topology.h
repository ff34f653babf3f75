#pragma once
// Who is where and who knows whom: services, groups (a service in a place), links (a group's calls to another) and routes. Shared by all
// shards; changed only at barriers, between events, so that shards may read it while they run.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/instance.h"
#include "model/keeping.h"
#include "model/known_log.h"
#include "model/load.h"
#include "model/package.h"
#include "model/policy.h"
#include "model/primary.h"
#include "model/queue.h"
#include "model/release.h"
#include "model/routing.h"
#include "model/service_spec.h"
#include "sim/distribution.h"

namespace model {

inline constexpr std::uint32_t no_function = 0xffffffffU;

/// How instances of one version of one service behave.
struct Profile {
  // What every call asks for is together.
  Step step = nullptr;
  sim::Distribution service_time;
  std::uint16_t workers = 1;
  bool looks_first = false;  ///< whether a get finds its key is decided before the work, since hits and misses take times of their own
  bool holds_worker = false;
  bool unusual = false;           ///< discipline sharing, or a function
  bool works = true;              ///< a request waits for a worker and takes its time before the step of its package begins
  bool begins_otherwise = false;  ///< not just that: unusual, looks_first, or not works
  bool patient = true;            ///< a call waits for a worker as long as it takes
  Discipline discipline = Discipline::first_come;
  std::uint64_t error = 0;  ///< sim::threshold
  double contention = 0;    ///< see slowdown()
  double crosstalk = 0;
  std::uint32_t queue_limit = 0;
  std::uint32_t last_come_above = 0;
  std::uint32_t function = no_function;  ///< index of Shared::functions
  std::uint32_t service = 0;
  std::uint64_t hit = 0;               ///< sim::threshold
  std::optional<ContentSpec> content;  ///< decides in place of `hit`
  sim::Distribution hit_time;
  sim::Distribution miss_time;
  sim::Distribution patience;  ///< unless `patient`, so long
  std::string version;
  VersionSpec spec;                ///< of a version that was pushed
  std::optional<Release> release;  ///< when its name is one
  std::uint32_t number = 0;        ///< its place in Service::profiles
  double service_time_factor = 1;  ///< against the service's first version
  double error_rate = 0;

  /// Of a piece of work; `outcome`: of a get that was looked up first.
  const sim::Distribution& work_time(Verb verb, Status outcome) const { return looks_first ? looked_up_time(verb, outcome) : service_time; }
  const sim::Distribution& looked_up_time(Verb verb, Status outcome) const {
    if (verb != Verb::get) return service_time;
    return outcome == Status::miss ? miss_time : hit_time;
  }
  bool slows_down() const { return contention > 0 || crosstalk > 0; }
  /// Factor on every piece of work while n workers are busy, by the universal scalability law (Gunther): n of them do n / slowdown(n)
  /// times what one does.
  double slowdown(std::uint64_t n) const {
    const double others = static_cast<double>(n) - 1;
    return 1 + contention * others + crosstalk * static_cast<double>(n) * others;
  }
};

/// One dependency of a service, ready to be used.
struct Dependency {
  std::uint32_t policy = 0;         ///< index of Shared::policies; 0: none
  std::uint64_t calls = 1;          ///< whole calls for each request
  std::uint64_t another = 0;        ///< sim::threshold of one more
  bool sized = false;               ///< messages have sizes
  sim::Distribution request_bytes;  ///< payload, in bytes
  sim::Distribution reply_bytes;
  std::uint64_t serialize = 0;  ///< ns per byte of payload, times 2^cost_bits
  std::uint64_t deserialize = 0;
  std::uint64_t wire = 0;         ///< bytes on the wire per byte of payload, times 2^cost_bits
  std::uint32_t connections = 0;  ///< 0: no limit
  std::uint32_t connection_queue = 0;
  std::optional<VersionRange> versions;  ///< that the caller can do with; nothing: see steering.cpp
  std::uint32_t topic = 0;               ///< of a broker, by its number there

  static constexpr int cost_bits = 16;
  bool special() const { return sized || connections > 0; }
};

/// One service's part of a link: which group, over which link.
struct RouteEnd {
  std::uint32_t group = 0;
  std::uint32_t link = 0;
};

/// From one group to one dependency: the groups that may answer, nearest first.
struct Route {
  std::uint32_t service = 0;
  std::uint32_t dependency = 0;             ///< index of Shared::dependencies
  std::array<std::uint16_t, 4> tier_end{};  ///< ends before [1]: own zone; before [2]: own region; before [3]: all
  std::vector<RouteEnd> ends;               ///< own zone, then own region, then elsewhere
  bool directed = false;                    ///< to a ReplicaSet, or steered: pick_directed() says who it is, and no end is in a tier
  bool steered = false;                     ///< versions or places matter: see steer.cpp
  std::array<std::uint16_t, 4> tiers{};     ///< as tier_end, of those that are steered, too
  std::vector<std::uint32_t> callers;       ///< by end: the caller's own group in that place; `outside` when it has none there
  std::vector<std::uint16_t> in_order;      ///< the ends by group: the same order for every caller
};

struct Group {
  std::uint32_t service = 0;
  std::uint32_t location = 0;
  std::uint32_t shard = 0;
  std::uint32_t cell = 0;           ///< of the version that new instances get
  std::vector<Route> routes;        ///< one a dependency, the own service left out
  InstanceList known;               ///< whom the registry lists: what callers believe as soon as they have heard of it
  std::vector<InstanceId> members;  ///< every instance not removed yet, by serial
  std::vector<InstanceId> ring;     ///< the members as owners of token ranges; no_instance where the others do not think it up
  std::vector<std::uint32_t> free_display_slots;  ///< places given back, a heap with the least on top
  std::uint32_t display_slots = 0;                ///< places given out so far
  std::vector<std::uint32_t> cells;               ///< of all its versions
  /// Of a service with a Replication: the zones that hold copies, by region, the own one first; else empty.
  std::vector<std::vector<RouteEnd>> data_regions;
  std::uint32_t set = ReplicaSet::none;  ///< index of Shared::sets
  std::vector<RouteEnd> takers;          ///< groups that take messages from this one, each once
  Route cluster;                         ///< to the own service, the own group first; no ends when it does not depend on itself
  KnownLog log;                          ///< what `known` was, for callers who have not heard yet
  std::uint32_t ghosts = 0;              ///< of `known`, those that were removed
  sim::Time split = sim::never;          ///< since when its registry is split ...
  bool far_side = false;                 ///< ... and on which side it is
};

struct Link {
  std::uint32_t source = 0;      ///< group
  std::uint32_t target = 0;      ///< group
  std::uint32_t route = 0;       ///< index of Group::routes, or own_cluster
  std::uint32_t dependency = 0;  ///< index of Shared::dependencies
  bool hinted = false;           ///< writes over it that fail are kept: see hints.cpp
  bool special = false;          ///< its messages have sizes, or need connections, or a fault takes connections away
  std::uint32_t delivers = 0;    ///< messages of a queue: index of Shared::subscriptions, from 1; 0: it does not
  std::uint16_t there = 0;       ///< Network::way of requests
  std::uint16_t back = 0;        ///< and of replies
  static constexpr std::uint32_t own_cluster = 0xffffffffU;
  static constexpr std::uint32_t delivery = 0xfffffffeU;
};

/// One version of a group.
struct Cell {
  std::uint32_t group = 0;
  std::uint32_t profile = 0;
  StateCounts instances;      ///< those not removed yet
  std::uint64_t workers = 0;  ///< of those that are up or draining
};

/// A queue of a broker: what one service takes of one topic. A topic that nobody takes from has one, too.
struct Subscription {
  static constexpr std::uint32_t nobody = 0xffffffffU;

  /// From the brokers that instances of a group know.
  struct Way {
    std::uint32_t group = 0;     ///< of those who take
    std::vector<RouteEnd> ends;  ///< groups of the broker, the nearest first, and the link from there
  };
  std::uint32_t broker = 0;  ///< service
  std::uint32_t consumer = nobody;
  std::uint32_t at_once = 0;  ///< as ConsumeSpec has it
  TopicSpec topic;
  std::uint32_t dead_letters = nobody;  ///< number of a topic of the broker
  std::uint32_t dependency = 0;         ///< index of Shared::dependencies, of its links
  std::vector<Way> ways;
};

struct Service {
  std::string name;
  const PackageInfo* package = nullptr;
  std::vector<std::uint32_t> dependencies;  ///< services; may name itself
  std::vector<std::uint32_t> calls;         ///< parallel to dependencies: index of Shared::dependencies
  FanOut fan_out = FanOut::any;
  std::optional<Replication> replication;
  std::optional<Primary> primary;                  ///< of a package that elects one
  std::vector<std::vector<std::uint32_t>> topics;  ///< brokers: the queues of each, indexes of Shared::subscriptions
  std::vector<std::uint32_t> takes;                ///< likewise: those that it takes messages from
  std::uint32_t fan_out_first = 0;
  std::uint32_t shedding = 0;         ///< index of Shared::sheddings; 0: none
  bool everywhere = false;            ///< depends on eureka: registers with and asks all registries
  std::uint32_t regions = 0;          ///< 0: global
  std::uint32_t count = 0;            ///< 0: one instance a region
  std::array<std::string, 4> levels;  ///< machine, instance (when it is given), container, process
  std::vector<std::uint32_t> groups;
  std::vector<std::uint32_t> profiles;  ///< one a version, the current one is current_profile
  std::uint32_t current_profile = 0;
  std::uint32_t desired = 0;  ///< instances that should be
  Keeping keeping;
  Profile first;                     ///< the version of the beginning, without features
  RoutingSpec routing;               ///< people's rules
  std::vector<VersionShare> shares;  ///< as a deployment has them; empty: all alike
  std::vector<FeatureFlag> flags;
  std::optional<std::uint32_t> interface;  ///< of the versions that clients get who say nothing; nothing: any
  std::uint32_t next_serial = 0;
  std::vector<std::uint32_t> group_of_serial;  ///< where each instance that ever was had its place
  sim::Time timeout = 0;                       ///< how long its callers wait
  sim::Time start_up = 0;
  StartUpSpec starting;
  sim::Distribution start_up_time;  ///< when starting.time says so
  std::optional<PlacementSpec> placement;
  std::uint32_t tier = 0;  ///< column in pictures: longest way from a load source
  std::uint32_t lane = 0;  ///< order within the tier
  Load load;               ///< load sources
  double surge = 1;        ///< factor of faults on the load
  bool deal_planned = false;
  std::map<std::string, std::string> labels;  ///< of its document, for selectors
};

Profile make_profile(const ServiceSpec& spec, std::uint32_t service);
Dependency make_dependency(const DependencySpec& spec);

struct RegionNames {
  std::string name;
  std::vector<std::string> zones;
  std::vector<std::string> address_ranges;  ///< one a zone
  std::string continent{};
};

}  // namespace model

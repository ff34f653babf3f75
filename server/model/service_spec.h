#pragma once
// What a service is, as a World is told: how its instances serve, whom they call and how. Plain data.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/content.h"
#include "model/distribution_spec.h"
#include "model/function.h"
#include "model/load_spec.h"
#include "model/machines.h"
#include "model/policy.h"
#include "model/primary.h"
#include "model/queue.h"
#include "model/release.h"
#include "model/replication.h"
#include "model/shedding.h"
#include "model/start_up.h"
#include "policies/autoscaler.h"
#include "sim/time.h"

namespace model {

struct PackageInfo;

/// Who of those that wait is served next.
enum class Discipline : std::uint8_t {
  first_come,  ///< in the order in which they came
  priority,    ///< the most urgent class first, in order within a class; work that has begun is not interrupted
  last_come,   ///< in order; while more than `last_come_above` wait, the newest first (adaptive LIFO)
  sharing,     ///< nobody waits: all share the workers, each gets at most one (processor sharing)
};

/// How a service that passes requests on calls its dependencies.
enum class FanOut : std::uint8_t {
  any,           ///< one call, to one dependency, chosen by its number of instances
  sequential,    ///< every call after the answer to the one before; ends with the first that fails
  parallel,      ///< all at once; waits for all, or for the first `fan_out_first` that succeed
  asynchronous,  ///< all at once; waits for none
};

/// What they are called outside, in the order of their values: "firstCome", "any".
const std::vector<std::string>& discipline_names();
const std::vector<std::string>& fan_out_names();
const std::string& name_of(Discipline discipline);
const std::string& name_of(FanOut fan_out);

/// Limits of what a service calls for one request; places are whole calls and one more for a fraction, of all dependencies together.
inline constexpr std::uint32_t calls_in_turn_max = 255;     ///< places, when sequential: Call::scratch counts them
inline constexpr std::uint32_t calls_at_once_max = 10'000;  ///< places, when parallel or asynchronous; also of each dependency
inline constexpr std::uint32_t calls_to_spare_max = 255;    ///< calls less fan_out_first: Call::scratch counts those that may fail

/// What it costs to put a message on the wire and to take it off again. Times are CPU time of whoever does it.
struct Protocol {
  std::string name;                  ///< "": none of it is modelled
  double serialize_ns_per_byte = 0;  ///< of payload, 0 to 10,000
  double deserialize_ns_per_byte = 0;
  double size_factor = 1;  ///< bytes on the wire for a byte of payload, 0.01 to 100

  bool operator==(const Protocol&) const = default;
};

/// One dependency of a service.
struct DependencySpec {
  double calls = 1;  ///< for each request, 0 to 10,000; a fraction is a chance
  Protocol protocol;
  std::optional<DistributionSpec> request_bytes;  ///< of payload; the figures of the spec are bytes
  std::optional<DistributionSpec> reply_bytes;    ///< of answers that are no failure
  std::uint32_t connections = 0;                  ///< calls at a time of one instance, each way of it; 0: as many as there are
  std::uint32_t connection_queue = 0;             ///< calls that may wait for a connection; one more is rejected
  std::optional<VersionRange> versions;           ///< that the caller can do with
  std::string topic;                              ///< of a broker; "": its first
  std::optional<Policy> policy;                   ///< none: one try and the callee's time-out, and one more elsewhere if nobody answers

  bool operator==(const DependencySpec&) const = default;
};

struct ServiceSpec {
  std::string name;
  std::string version = "1.0";  ///< of the instances of the beginning
  const PackageInfo* package = nullptr;
  std::vector<std::uint32_t> dependencies;
  std::vector<DependencySpec> calls;  ///< parallel to dependencies; what is left out at the end is as DependencySpec says
  bool everywhere = false;
  std::map<std::string, std::string> labels;  ///< for selectors
  std::uint32_t regions = 0;                  ///< already multiplied; 0: global
  std::uint32_t count = 0;                    ///< already scaled; 0: one instance a region
  std::array<std::string, 4> levels;
  DistributionSpec service_time;
  std::optional<DistributionSpec> hit_time;   ///< of gets that find their key; nothing: service_time
  std::optional<DistributionSpec> miss_time;  ///< of gets that do not
  std::uint32_t concurrency = 1;
  std::uint32_t queue_limit = 0;
  Discipline discipline = Discipline::first_come;
  std::uint32_t last_come_above = 0;
  bool holds_worker = false;                      ///< a worker stays with its request until that is answered: thread per request
  std::optional<DistributionSpec> queue_timeout;  ///< how long a call is willing to wait for a worker; drawn for each
  std::optional<Shedding> shedding;
  double contention = 0;  ///< universal scalability law: share that is done one at a time
  double crosstalk = 0;   ///< and cost of each pair that has to agree
  FanOut fan_out = FanOut::any;
  std::uint32_t fan_out_first = 0;  ///< parallel: how many answers are enough; 0: all
  double hit_ratio = 1;
  std::optional<ContentSpec> content;      ///< packages that look keys up: what is there, in place of hit_ratio
  std::optional<Replication> replication;  ///< packages that replicate; nothing: a copy in each zone, copied without waiting
  std::optional<PrimarySpec> primary;      ///< packages that elect; nothing: the first preset
  std::optional<QueueSpec> queue;          ///< brokers; nothing: one topic
  std::vector<ConsumeSpec> consumes;       ///< what its instances take from brokers
  double error_rate = 0;
  sim::Time timeout = 0;
  sim::Time start_up = 0;
  sim::Time replace_after = sim::never;                ///< see Keeping
  std::optional<policies::AutoscalerSpec> autoscaler;  ///< not of load sources
  StartUpSpec starting;
  std::optional<PlacementSpec> placement;  ///< nothing: machines are not modelled
  std::optional<FunctionSpec> function;    ///< packages on demand; then one worker is held for each call, `concurrency` is its limit
  double requests_per_second = 0;          ///< load sources: of each instance, unless `load` says how many
  LoadSpecPtr load;                        ///< load sources; nullptr: a Poisson stream of the usual mix
};

}  // namespace model

// A fault hits those that it selects and nobody else: of two systems side by side in the same zones one has the fault, and everything that
// happens in the other is what happens in a run without it.

#include <map>
#include <tuple>

#include "chaos/list.h"
#include "chaos/support.h"
#include "operations/operations.h"

namespace {

constexpr sim::Time second = sim::second;

/// users -> web -> a db, a cluster, a broker whose messages a worker takes. Something of each kind that a fault can be about.
void add_system(model::WorldSpec& spec, const std::string& suffix) {
  const auto first = static_cast<std::uint32_t>(spec.services.size());
  const std::uint32_t db = first, cluster = first + 1, broker = first + 2, web = first + 3;
  spec.services.push_back(worlds::service("db" + suffix, "store", 3, {}, 3));
  spec.services.push_back(worlds::service("cluster" + suffix, "priamCassandra", 3, {cluster}));
  spec.services.push_back(worlds::service("broker" + suffix, "queue", 3, {}));
  spec.services.push_back(worlds::service("web" + suffix, "karyon", 6, {db, cluster, broker}));
  spec.services.push_back(worlds::service("worker" + suffix, "monolith", 3, {}, 10));
  spec.services.push_back(worlds::service("users" + suffix, "denominator", 0, {web}));
  spec.services[db].concurrency = 1;  // so that some have to wait
  spec.services[db].autoscaler.emplace();
  spec.services[db].autoscaler->max = 3;
  spec.services[db].autoscaler->metrics = {{policies::AutoscalerSpec::Metric::requests, 15}};  // for a third of 200: it would have more
  spec.services[cluster].replication.emplace();
  spec.services[cluster].replication->read = spec.services[cluster].replication->write = model::Consistency::all;
  spec.services[broker].queue.emplace();
  spec.services[first + 4].consumes = {{broker, "", 0}};
  spec.services[web].calls.resize(3);
  model::Policy policy;  // clocks matter where deadlines are passed on
  policy.timeout = policy.try_timeout = second;
  policy.pass_deadline = policy.check_at_dequeue = true;
  spec.services[web].calls[0].policy = policy;
  spec.services[first + 5].requests_per_second = trial::rate;
}

model::WorldSpec side_by_side() {
  model::WorldSpec spec = worlds::small({});
  add_system(spec, "");
  add_system(spec, "2");
  return spec;
}

/// What is to be seen of a system: of each service what it was asked, what it answered, how long that took; who is there, as what.
struct Sight {
  using Figures = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, model::Histogram, std::vector<std::uint64_t>>;
  std::map<std::string, Figures> services;
  std::string changes;  ///< what its deployment and its autoscaler came to
  bool operator==(const Sight&) const = default;
};

std::uint64_t misses_of(const model::World& world, const std::string& service) {
  std::uint64_t sum = 0;
  for (const model::Shard& shard : world.shards()) {
    for (std::size_t c = 0; c < world.shared().cells.size(); ++c) {
      const model::Group& group = world.shared().groups[world.shared().cells[c].group];
      if (group.service == *world.find_service(service)) sum += shard.cell_counts()[c].misses;
    }
  }
  return sum;
}

Sight sight_of(const model::World& world, const std::string& suffix) {
  Sight sight;
  for (const char* name : {"db", "cluster", "broker", "web", "worker", "users"}) {
    const std::string service = name + suffix;
    const model::CellCount cells = worlds::cells_of(world, service);
    std::vector<std::uint64_t> states(5);
    for (const model::InstanceId id : worlds::instances_of(world, service)) ++states[static_cast<std::size_t>(world.instance(id).state)];
    states.push_back(world.shared().services[*world.find_service(service)].desired);
    sight.services[name] = {cells.replies, cells.requests, cells.errors, misses_of(world, service), cells.response, states};
  }
  for (const model::DeploymentRecord& record : world.deployments()) {
    if (record.service == "worker" + suffix)
      sight.changes += record.state + " " + std::to_string(record.updated) + " " + record.reason + "; ";
  }
  sight.changes += world.autoscalers().at(*world.find_service("db" + suffix)).decisions.back().decision.reason;
  return sight;
}

/// The fault from the first second on, unless there is none; meanwhile both systems are scaled, get a new version, and their autoscalers
/// decide. The new instances of the other one come first, all at once: chance goes by their numbers, and of the first there may be fewer.
void play(model::World& world, const chaos::FaultRequest* request) {
  world.run_until(second);
  if (request != nullptr) trial::start(world, *request);
  for (const std::string suffix : {"2", ""}) {
    operations::scale(world, {"web" + suffix, 8U, {}});
    model::DeploymentSpec spec;
    spec.version.name = "2.0";
    spec.max_surge = {100, true};
    spec.force = true;  // whatever place is down
    operations::push(world, "worker" + suffix, spec);
  }
  world.run_until(20 * second);
}

chaos::FaultRequest on_the_first(const chaos::FaultType& type) {
  chaos::FaultRequest request;
  request.type = type.type;
  request.selector.services = {"db", "cluster", "broker", "web", "worker"};
  if (type.takes_target) request.selector.services = {"web"};  // and whom it calls
  if (type.type == "load.surge") request.selector.services = {"users"};
  if (type.type == "instance.clockSkew") request.selector.services = {"db"};
  if (type.type == "region.isolate") request.parameters = {{"users", std::string("cut")}};
  if (type.scope == chaos::Scope::instances) {
    const model::World world(side_by_side());
    request.selector.instances = {world.name_of(worlds::instances_of(world, "web")[0])};
  }
  if (type.scope == chaos::Scope::zones) request.selector.zones = {"us-east-1.zoneB"};
  if (type.scope == chaos::Scope::regions) request.selector.regions = {"us-east-1"};
  return request;
}

/// What is about places as such has no services to be selected by.
bool is_about_places(const chaos::FaultType& type) {
  return type.type.starts_with("registry.") || type.type.starts_with("capacity.");
}

TEST(EveryFault, HitsItsSelectionAlone) {
  model::World without(side_by_side());
  play(without, nullptr);
  const Sight usual = sight_of(without, ""), untouched = sight_of(without, "2");
  ASSERT_GT(std::get<0>(untouched.services.at("users")), 3'000U);
  std::size_t tried = 0;
  for (const chaos::FaultType& type : chaos::all()) {
    if (is_about_places(type)) continue;
    ++tried;
    model::World world(side_by_side());
    const chaos::FaultRequest request = on_the_first(type);
    play(world, &request);
    EXPECT_FALSE(sight_of(world, "") == usual) << type.type << " does nothing to those that it selects";
    const Sight other = sight_of(world, "2");
    EXPECT_EQ(other.changes, untouched.changes) << type.type;
    for (const auto& [service, figures] : untouched.services) {
      EXPECT_TRUE(other.services.at(service) == figures) << type.type << " does something to the other " << service;
    }
  }
  EXPECT_EQ(tried + 4, chaos::all().size());
}

/// The registry of one zone: its callers alone do not know of those that have come.
TEST(RegistryFault, OfAZoneIsThatOfItsCallers) {
  for (const std::string type : {"registry.outage", "registry.stale"}) {
    model::WorldSpec spec = trial::spec();
    spec.services[1].package = packages::find("monolith");  // which asks all zones
    model::World world(spec);
    world.run_until(second);
    chaos::FaultRequest request;
    request.type = type;
    request.selector.zones = {"us-east-1.zoneA"};
    request.duration = 10 * second;
    trial::start(world, request);
    operations::scale(world, {"db", {}, {{"us-east-1.zoneB", 3}}});
    const std::uint32_t db = *world.find_service("db");
    const auto expect_known = [&](std::size_t here, std::size_t elsewhere) {
      for (const model::InstanceId id : worlds::instances_of(world, "web")) {
        const bool near = world.name_of(id).find("zoneA") != std::string::npos;
        EXPECT_EQ(world.believed_by(id, db, 0, 100).size(), near ? here : elsewhere) << type;
      }
    };
    world.run_until(10 * second);
    expect_known(3, 5);
    world.run_until(15 * second);
    expect_known(5, 5);
  }
}

}  // namespace

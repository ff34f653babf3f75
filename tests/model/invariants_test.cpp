// What holds at every moment of every run, tried on architectures and commands made at random from a seed.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "chaos/experiment.h"
#include "operations/operations.h"
#include "support/arrivals.h"

namespace {

/// A deterministic source of choices for a test.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}
  std::uint64_t below(std::uint64_t n) { return sim::scale(sim::draw(seed_, 0, sim::Purpose::load, n_++), n); }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::uint64_t seed_;
  std::uint64_t n_ = 0;
};

model::WorldSpec random_spec(Dice& dice) {
  static const char* const kinds[] = {"karyon", "monolith", "staash", "store", "cache", "priamCassandra", "riak", "volume"};
  std::vector<model::ServiceSpec> services;
  const std::uint64_t tiers = 2 + dice.below(5);
  for (std::uint32_t s = 0; s < tiers; ++s) {
    std::vector<std::uint32_t> dependencies;
    for (std::uint32_t d = 0; d < s; ++d) {
      if (d + 1 == s || dice.one_in(3)) dependencies.push_back(d);
    }
    const char* kind = s == 0 ? "store" : kinds[dice.below(8)];
    if (std::string(kind) == "priamCassandra" || std::string(kind) == "riak") dependencies = {s};
    services.push_back(worlds::service("s" + std::to_string(s), kind, static_cast<std::uint32_t>(dice.below(8)), dependencies,
                                       0.1 + 0.1 * static_cast<double>(dice.below(60))));
    services.back().concurrency = static_cast<std::uint32_t>(1 + dice.below(8));
    services.back().queue_limit = static_cast<std::uint32_t>(dice.below(40));
    services.back().timeout = static_cast<sim::Time>(5 + dice.below(300)) * sim::millisecond;
    services.back().error_rate = dice.one_in(4) ? 0.05 : 0;
    services.back().hit_ratio = 0.7;
    services.back().service_time.kind =
        dice.one_in(2) ? model::DistributionSpec::Kind::exponential : model::DistributionSpec::Kind::log_normal;
  }
  services.push_back(worlds::service("elb", "elb", 0, {static_cast<std::uint32_t>(tiers - 1)}));
  services.push_back(worlds::service("users", "denominator", 0, {static_cast<std::uint32_t>(tiers)}));
  services.back().requests_per_second = static_cast<double>(50 + dice.below(2000));
  model::WorldSpec spec = worlds::small(std::move(services), dice.below(1'000'000));
  spec.network = {0.1, 0.4, 2, 0.2, {{0, 20}, {20, 0}}};
  spec.trace_sample_rate = 0.2;
  if (dice.one_in(2)) {
    spec.regions.push_back({"us-west-2", {"zoneA", "zoneB", "zoneC"}, {"54.245", "54.244", "54.214"}});
    for (model::ServiceSpec& s : spec.services) {
      if (s.regions > 0) s.regions = 2;
      s.everywhere = s.package->name == "priamCassandra";
    }
  }
  return spec;
}

model::DependencySpec random_call(Dice& dice, const model::ServiceSpec& service, bool own) {
  model::DependencySpec call;
  if (service.fan_out != model::FanOut::any && !own) call.calls = static_cast<double>(dice.below(6)) / (service.fan_out_first > 0 ? 1 : 2);
  if (dice.one_in(2)) {
    call.request_bytes = model::DistributionSpec{};
    call.request_bytes->kind = model::DistributionSpec::Kind::exponential;
    call.request_bytes->mean_ms = 2'000;
    if (dice.one_in(2)) {
      call.reply_bytes = model::DistributionSpec{};
      call.reply_bytes->mean_ms = 5'000;
    }
    if (dice.one_in(2)) call.protocol = {"own", static_cast<double>(dice.below(300)), static_cast<double>(dice.below(300)), 1};
  }
  if (!own && dice.one_in(2)) {
    call.connections = static_cast<std::uint32_t>(1 + dice.below(4));
    call.connection_queue = static_cast<std::uint32_t>(dice.below(10));
  }
  return call;
}

/// Services that serve and call in every way that a document may give them.
void vary_serving(model::WorldSpec& spec, Dice& dice) {
  for (std::uint32_t s = 0; s + 1 < spec.services.size(); ++s) {
    model::ServiceSpec& service = spec.services[s];
    service.discipline = static_cast<model::Discipline>(dice.below(4));
    service.last_come_above = static_cast<std::uint32_t>(dice.below(5));
    if (service.discipline != model::Discipline::sharing) {
      service.holds_worker = dice.one_in(3);
      if (dice.one_in(3)) {
        service.queue_timeout = model::DistributionSpec{};
        service.queue_timeout->kind = model::DistributionSpec::Kind::exponential;
        service.queue_timeout->mean_ms = static_cast<double>(1 + dice.below(30));
      }
    }
    if (service.concurrency < 10) {
      service.contention = static_cast<double>(dice.below(3)) / 10;
      service.crosstalk = static_cast<double>(dice.below(3)) / 100;
    }
    if (service.package->passes_on) service.fan_out = static_cast<model::FanOut>(dice.below(4));
    if (service.fan_out == model::FanOut::parallel && dice.one_in(2)) service.fan_out_first = static_cast<std::uint32_t>(1 + dice.below(3));
    for (const std::uint32_t d : service.dependencies) service.calls.push_back(random_call(dice, service, d == s));
  }
  spec.network.same_zone_mbps = spec.network.other_zone_mbps = 100;
  spec.network.between_regions_mbps = 50;
  spec.network.global_mbps = 10;
}

std::string some_service(const model::World& world, Dice& dice) {
  return world.shared().services[dice.below(world.shared().services.size())].name;
}

/// One of every kind, each with a shape that a trace has no use for.
model::LoadSpec random_load(Dice& dice) {
  using Arrivals = model::LoadSpec::Arrivals;
  const auto arrivals = static_cast<Arrivals>(dice.below(5));
  model::LoadSpec load = worlds::open_load(arrivals, static_cast<double>(50 + dice.below(1000)));
  if (arrivals == Arrivals::users) {
    load = worlds::users_load(static_cast<std::uint32_t>(dice.below(200)), static_cast<double>(1 + dice.below(50)));
    load.think_time.kind = dice.one_in(2) ? model::DistributionSpec::Kind::exponential : model::DistributionSpec::Kind::constant;
  }
  if (arrivals == Arrivals::trace) {
    for (int i = 0; i < 100; ++i) load.trace.push_back({i * static_cast<sim::Time>(dice.below(100)) * 1'000, model::TraceRow::any});
    std::sort(load.trace.begin(), load.trace.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    load.loop_ms = dice.one_in(2) ? 100 : 0;
    return load;
  }
  load.shape.kind = model::ShapeSpec::Kind::spike;
  load.shape.rise_ms = static_cast<double>(dice.below(300));
  load.shape.hold_ms = static_cast<double>(dice.below(300));
  load.shape.fall_ms = static_cast<double>(dice.below(300));
  load.shape.to_factor = static_cast<double>(dice.below(5)) / 2;
  load.shape.period_ms = dice.one_in(2) ? 1'000 : 0;
  return load;
}

void random_command(model::World& world, Dice& dice) {
  model::Selector selector;
  selector.zones = {"us-east-1.zone" + std::string(1, static_cast<char>('A' + dice.below(3)))};
  const std::string service = some_service(world, dice);
  switch (dice.below(8)) {
    case 0:
      chaos::start_fault(world, "zone.outage", selector, sim::second, {{"mode", std::string(dice.one_in(2) ? "fail" : "blackhole")}});
      break;
    case 1:
      selector.zones.clear();
      selector.services = {service};
      chaos::start_fault(world, "service.latency", selector, sim::second, {{"latencyMs", 20.0}});
      break;
    case 2:
      operations::scale(world, {service, static_cast<std::uint32_t>(1 + dice.below(10)), {}});
      break;
    case 3:
      operations::push(world, {service, "v" + std::to_string(dice.below(4)), "rolling", 1, 0, 30});
      break;
    case 4: {
      const auto all = worlds::instances_of(world, service);
      if (!all.empty()) world.kill(all[dice.below(all.size())]);
      break;
    }
    case 5:
      for (const model::FaultRecord& fault : world.faults()) {
        if (fault.ended) continue;
        chaos::stop_fault(world, fault.id);
        break;
      }
      break;
    case 6:
      operations::set_load(world, "users", worlds::shared(random_load(dice)));
      break;
    default:
      for (const model::DeploymentRecord& d : world.deployments()) {
        if (d.state != "progressing") continue;
        operations::roll_back(world, d.service, d.id);
        break;
      }
  }
}

/// Users are where they should be: so many as the shape says, those who wait among the requests in flight.
void check_users(const model::World& world) {
  const model::Load& load = world.shared().services[*world.find_service("users")].load;
  for (const model::InstanceId id : worlds::instances_of(world, "users")) {
    const model::Source& source = world.shards()[model::shard_of(id)].source(model::slot_of(id));
    const model::Instance& instance = world.instance(id);
    ASSERT_LE(source.waiting, instance.in_flight);
    if (instance.state != model::InstanceState::up || source.stream != model::Source::Stream::users) continue;
    ASSERT_LE(source.waiting, source.users);
    // What this nanosecond brings is still to come.
    const double now = model::users_at(load, source, world.now());
    const double before = model::users_at(load, source, std::max(load.since, world.now() - 1));
    ASSERT_TRUE(source.users - source.leaving == now || source.users - source.leaving == before);
  }
}

/// What cells say of their instances, counted once more.
void check_cells(const model::World& world) {
  std::vector<model::Cell> cells(world.shared().cells.size());
  for (const model::Group& group : world.shared().groups) {
    for (const model::InstanceId id : group.members) {
      const model::Instance& i = world.instance(id);
      ++cells[i.cell].instances[i.state];
      if (i.state == model::InstanceState::up || i.state == model::InstanceState::draining) cells[i.cell].workers += i.workers;
      ASSERT_EQ(world.find_instance(world.name_of(id)), id);
    }
  }
  for (std::size_t c = 0; c < cells.size(); ++c) {
    ASSERT_EQ(cells[c].instances, world.shared().cells[c].instances);
    ASSERT_EQ(cells[c].workers, world.shared().cells[c].workers);
    const std::vector<std::uint32_t>& of_group = world.shared().groups[world.shared().cells[c].group].cells;
    ASSERT_EQ(std::count(of_group.begin(), of_group.end(), c), 1);
  }
}

/// `plain`: services do nothing but what they are asked for, and wait for whom they ask.
void check_counts(const model::World& world, bool plain) {
  const worlds::Sums sums = worlds::requests_of(world);
  std::uint64_t at_sources = 0;
  for (const model::InstanceId id : worlds::instances_of(world, "users")) at_sources += world.instance(id).in_flight;
  ASSERT_EQ(sums.in_flight(), at_sources);
  for (const model::Shard& shard : world.shards()) {
    for (const model::LinkCount& link : shard.link_counts()) {
      ASSERT_LE(link.replies, link.requests);
      ASSERT_LE(link.errors, link.replies);
    }
  }
  for (const model::Group& group : world.shared().groups) {
    for (const model::InstanceId id : group.members) {
      const model::Instance& i = world.instance(id);
      ASSERT_LE(i.busy, i.workers);
      if (plain) {
        ASSERT_LE(i.queued, world.shared().profiles[i.profile].queue_limit);
        ASSERT_LE(i.queued + i.busy, i.in_flight);
      }
      ASSERT_TRUE(i.queued == 0 || i.busy == i.workers);
      if (i.state == model::InstanceState::dead || i.state == model::InstanceState::down) {
        ASSERT_EQ(i.in_flight, 0U) << world.name_of(id);
      }
      ASSERT_EQ(std::count(group.known.begin(), group.known.end(), id), i.known ? 1 : 0);
    }
    ASSERT_EQ(group.ring.size(), group.members.size());
  }
  check_cells(world);
}

/// One root; children start after their parent and, when they were waited for, end before it.
void check_spans(model::World& world, bool plain) {
  std::map<std::uint64_t, std::map<std::uint32_t, model::Span>> traces;
  for (model::Shard& shard : world.shards()) {
    for (const model::Span& span : shard.spans()) ASSERT_TRUE(traces[span.trace].emplace(span.span, span).second) << "a span twice";
  }
  std::size_t checked = 0;
  for (const auto& [trace, spans] : traces) {
    const auto is_root = [](const auto& entry) { return entry.second.root; };
    if (std::none_of(spans.begin(), spans.end(), is_root)) continue;  // still open
    ASSERT_EQ(std::count_if(spans.begin(), spans.end(), is_root), 1);
    for (const auto& [id, span] : spans) {
      if (span.sr != 0 && span.ss != 0) {
        ASSERT_LE(span.sr, span.ss);
      }
      if (span.cs != 0 && span.sr != 0) {
        ASSERT_LE(span.cs, span.sr);
      }
      if (span.root) continue;
      const auto parent = spans.find(span.parent);
      if (parent == spans.end() || span.cs == 0 || span.cr == 0) continue;  // its caller died, or nobody waited
      ASSERT_LE(parent->second.sr, span.cs);
      if (plain && parent->second.ss != 0) {
        ASSERT_LE(span.cr, parent->second.ss);
      }
      ++checked;
    }
  }
  EXPECT_GT(checked, 10U);
}

void check(std::uint64_t seed, bool plain) {
  SCOPED_TRACE("repeat with: test_model --gtest_filter='Invariants.*' and SIMIANVIZ_SEED=" + std::to_string(seed));
  Dice dice(seed);
  model::WorldSpec spec = random_spec(dice);
  if (!plain) vary_serving(spec, dice);
  model::World world(spec);
  for (int step = 1; step <= 30; ++step) {
    world.run_until(step * 150 * sim::millisecond);
    random_command(world, dice);
    ASSERT_NO_FATAL_FAILURE(check_counts(world, plain));
    ASSERT_NO_FATAL_FAILURE(check_users(world));
  }
  for (const model::FaultRecord& fault : std::vector(world.faults())) {
    if (!fault.ended) chaos::stop_fault(world, fault.id);
  }
  for (std::uint32_t s = 0; s < world.shared().services.size(); ++s) {
    if (world.shared().services[s].package->load_source)
      world.set_load(s, worlds::shared(worlds::open_load(model::LoadSpec::Arrivals::poisson, 0)));
  }
  ASSERT_NO_FATAL_FAILURE(check_spans(world, plain));
  world.run_until(world.now() + 200 * sim::second);
  ASSERT_NO_FATAL_FAILURE(check_counts(world, plain));
  EXPECT_EQ(worlds::requests_of(world).in_flight(), 0U);
  EXPECT_EQ(worlds::calls_in_flight(world), 0U);
}

void check_seeds(std::uint64_t count, bool plain) {
  if (const char* seed = std::getenv("SIMIANVIZ_SEED")) {
    check(std::stoull(seed), plain);
    return;
  }
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    check(seed, plain);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Invariants, HoldOnRandomArchitectures) {
  check_seeds(200, true);
}

TEST(Invariants, HoldHoweverServicesServeAndCall) {
  check_seeds(200, false);
}

}  // namespace

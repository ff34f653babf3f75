#include "model/swarm/scenario.h"

#include <algorithm>

#include "support/worlds.h"

namespace swarm {
namespace {

using Kind = model::DistributionSpec::Kind;

model::DistributionSpec some_distribution(Dice& dice, double mean_ms) {
  static constexpr Kind kinds[] = {Kind::constant, Kind::exponential, Kind::log_normal, Kind::pareto, Kind::erlang, Kind::hyperexponential};
  model::DistributionSpec spec;
  spec.kind = kinds[dice.below(6)];
  spec.mean_ms = mean_ms;
  if (spec.kind == Kind::hyperexponential) spec.cv = 1.5;
  return spec;
}

model::ServiceSpec some_service(Dice& dice, std::uint32_t number) {
  static const char* const kinds[] = {"karyon", "monolith", "staash", "store", "cache", "priamCassandra", "riak", "volume", "zuul"};
  std::vector<std::uint32_t> dependencies;
  for (std::uint32_t d = 0; d < number; ++d) {
    if (d + 1 == number || dice.one_in(3)) dependencies.push_back(d);
  }
  const std::string kind = number == 0 ? "store" : kinds[dice.below(9)];
  if (kind == "priamCassandra" || kind == "riak") dependencies = {number};
  const double mean_ms = 0.1 * dice.between(1, 60);
  model::ServiceSpec service =
      worlds::service("s" + std::to_string(number), kind, static_cast<std::uint32_t>(dice.below(8)), dependencies, mean_ms);
  service.service_time = some_distribution(dice, mean_ms);
  service.concurrency = static_cast<std::uint32_t>(1 + dice.below(8));
  service.queue_limit = static_cast<std::uint32_t>(dice.below(40));
  service.timeout = static_cast<sim::Time>(5 + dice.below(300)) * sim::millisecond;
  service.error_rate = dice.one_in(4) ? 0.05 : 0;
  service.hit_ratio = 0.7;
  return service;
}

/// One to four regions of three zones; what is nearest is fastest.
void add_regions(model::WorldSpec& spec, Dice& dice) {
  static const model::RegionNames more[] = {{"us-west-2", {"zoneA", "zoneB", "zoneC"}, {"54.245", "54.244", "54.214"}},
                                            {"eu-west-1", {"zoneA", "zoneB", "zoneC"}, {"54.247", "54.246", "54.216"}},
                                            {"ap-south-1", {"zoneA", "zoneB", "zoneC"}, {"54.250", "54.251", "54.252"}}};
  const auto regions = static_cast<std::uint32_t>(dice.one_in(2) ? 1 : 2 + dice.below(3));
  for (std::uint32_t r = 1; r < regions; ++r) spec.regions.push_back(more[r - 1]);
  spec.network = {0.1, 0.4, regions > 1 ? 10.0 : 2.0, dice.one_in(3) ? 0 : 0.2, {}};
  spec.network.between_ms.assign(regions, std::vector<double>(regions, 0));
  for (std::uint32_t a = 0; a < regions; ++a) {
    for (std::uint32_t b = 0; b < a; ++b) {
      spec.network.between_ms[a][b] = spec.network.between_ms[b][a] = 20.0 * (a + b);
    }
  }
  for (model::ServiceSpec& s : spec.services) {
    if (s.regions > 0) s.regions = regions;
    s.everywhere = regions > 1 && s.package->name == "priamCassandra";
  }
}

model::WorldSpec some_architecture(Dice& dice) {
  std::vector<model::ServiceSpec> services;
  const std::uint64_t tiers = 2 + dice.below(5);
  for (std::uint32_t s = 0; s < tiers; ++s) services.push_back(some_service(dice, s));
  services.push_back(worlds::service("elb", "elb", 0, {static_cast<std::uint32_t>(tiers - 1)}));
  services.push_back(worlds::service("users", "denominator", 0, {static_cast<std::uint32_t>(tiers)}));
  services.back().requests_per_second = static_cast<double>(50 + dice.below(2000));
  if (dice.one_in(6)) {
    const auto self = static_cast<std::uint32_t>(services.size());
    services.push_back(worlds::service("pirates", "pirate", static_cast<std::uint32_t>(1 + dice.below(6)), {self}));
    services.back().service_time.mean_ms = 0;
  }
  model::WorldSpec spec = worlds::small(std::move(services), dice.below(1'000'000));
  spec.trace_sample_rate = dice.one_in(2) ? 1 : 0.2;
  add_regions(spec, dice);
  return spec;
}

model::DependencySpec some_call(Dice& dice, const model::ServiceSpec& service, bool own) {
  model::DependencySpec call;
  if (service.fan_out != model::FanOut::any && !own) call.calls = static_cast<double>(dice.below(6)) / (service.fan_out_first > 0 ? 1 : 2);
  if (dice.one_in(2)) {
    call.request_bytes = model::DistributionSpec{};
    call.request_bytes->kind = Kind::exponential;
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
  for (model::ServiceSpec& service : spec.services) {
    if (service.package->load_source || service.package->wakes) continue;
    const std::uint32_t self = static_cast<std::uint32_t>(&service - spec.services.data());
    service.discipline = static_cast<model::Discipline>(dice.below(4));
    service.last_come_above = static_cast<std::uint32_t>(dice.below(5));
    if (service.discipline != model::Discipline::sharing) {
      service.holds_worker = dice.one_in(3);
      if (dice.one_in(3)) service.queue_timeout = some_distribution(dice, dice.between(1, 30));
    }
    if (service.concurrency < 10) {
      service.contention = static_cast<double>(dice.below(3)) / 10;
      service.crosstalk = static_cast<double>(dice.below(3)) / 100;
    }
    if (service.package->passes_on) service.fan_out = static_cast<model::FanOut>(dice.below(4));
    if (service.fan_out == model::FanOut::parallel && dice.one_in(2)) service.fan_out_first = static_cast<std::uint32_t>(1 + dice.below(3));
    for (const std::uint32_t d : service.dependencies) service.calls.push_back(some_call(dice, service, d == self));
  }
  spec.network.same_zone_mbps = spec.network.other_zone_mbps = 100;
  spec.network.between_regions_mbps = 50;
  spec.network.global_mbps = 10;
}

/// Stores: times of hits and of misses, copies that have to answer. By dice of its own: what a seed means otherwise stays as it is.
void vary_stores(model::WorldSpec& spec, Dice dice) {
  for (std::size_t s = 0; s < spec.services.size(); ++s) {
    model::ServiceSpec& service = spec.services[s];
    if (service.package->looks_up && dice.one_in(4)) {
      service.content = model::ContentSpec{static_cast<std::uint32_t>(1 + dice.below(300)), static_cast<model::Eviction>(dice.below(4))};
    }
    if (service.package->looks_up && dice.one_in(3)) {
      service.hit_time = some_distribution(dice, 0.5);
      if (dice.one_in(2)) service.miss_time = some_distribution(dice, 2);
    }
    if (!service.package->replicates || dice.one_in(3)) continue;
    model::Replication replication;
    replication.factor = static_cast<std::uint32_t>(1 + dice.below(4));
    replication.read = static_cast<model::Consistency>(1 + dice.below(8));
    replication.write = static_cast<model::Consistency>(dice.below(9));
    replication.speculative = dice.one_in(2) ? static_cast<sim::Time>(1 + dice.below(20)) * sim::millisecond : 0;
    replication.hint_window = dice.one_in(4) ? 0 : static_cast<sim::Time>(1 + dice.below(20)) * sim::second;
    replication.hint_bytes = 10'000;
    replication.read_repair = !dice.one_in(4);
    if (replication.speculative == 0 && dice.one_in(2)) replication.speculative_quantile = 0.9;
    service.replication = replication;
  }
}

/// How callers find out who is there, in times that matter in a run of seconds. By dice of its own, too, which leave the seeds that failed
/// once as they were.
void vary_discovery(model::WorldSpec& spec, Dice dice) {
  if (dice.one_in(3)) return;
  const auto ms = [&dice](std::uint64_t low, std::uint64_t high) {
    return static_cast<sim::Time>(low + dice.below(high - low + 1)) * sim::millisecond;
  };
  model::DiscoverySpec& discovery = spec.discovery;
  discovery.kind = static_cast<model::DiscoveryKind>(dice.below(3));
  if (dice.one_in(4)) discovery.drain_least = ms(500, 1'500);
  if (discovery.kind == model::DiscoveryKind::fixed) {
    if (dice.one_in(2)) discovery.delay = ms(0, 300);
    return;
  }
  for (sim::Time* period : {&discovery.caches.server, &discovery.caches.fetch, &discovery.caches.list}) *period = ms(0, 300);
  if (dice.one_in(4)) discovery.caches = {};
  policies::LeaseSpec& leases = discovery.leases;
  leases.heartbeat = static_cast<sim::Time>(1 + dice.below(6)) * 100 * sim::millisecond;
  leases.duration = ms(100, 600);
  leases.pass = ms(100, 400);
  leases.renewal_percent = static_cast<std::uint32_t>(dice.below(101));
  leases.self_preservation = dice.one_in(2);
  leases.recount = ms(1'000, 20'000);
  leases.registration = ms(0, 300);
  leases.starts_empty = dice.one_in(6);
  leases.empty_wait = ms(0, 500);
  policies::ProbeSpec& probes = discovery.probes;
  probes.health.interval = ms(100, 400);
  probes.health.timeout = ms(1, 100);
  probes.health.healthy = static_cast<std::uint8_t>(1 + dice.below(3));
  probes.health.unhealthy = static_cast<std::uint8_t>(1 + dice.below(3));
  probes.health.first_pass_is_enough = dice.one_in(2);
  probes.initial_delay = dice.one_in(2) ? ms(0, 500) : 0;
  probes.fails_open = dice.one_in(2);
}

/// A broker whose consumers call one of the services; some of them fail.
std::uint32_t add_broker(model::WorldSpec& spec, Dice& dice) {
  const auto broker = static_cast<std::uint32_t>(spec.services.size());
  spec.services.push_back(worlds::service("broker", "queue", static_cast<std::uint32_t>(dice.below(5)), {}, 0.5));
  model::TopicSpec topic;
  topic.name = "one";
  topic.visibility = static_cast<sim::Time>(20 + dice.below(400)) * sim::millisecond;
  topic.max_receives = static_cast<std::uint32_t>(1 + dice.below(4));
  topic.depth_limit = static_cast<std::uint32_t>(1 + dice.below(400));
  topic.returns_failures = dice.one_in(2);
  model::QueueSpec queue;
  queue.topics = {topic};
  if (dice.one_in(2)) {
    queue.topics.front().dead_letters = "dead";
    topic.name = "dead";
    queue.topics.push_back(topic);
  }
  spec.services.back().queue = queue;
  const std::uint64_t consumers = dice.below(3);
  for (std::uint64_t c = 0; c < consumers; ++c) {
    model::ServiceSpec consumer =
        worlds::service("consumer" + std::to_string(c), dice.one_in(2) ? "monolith" : "karyon", static_cast<std::uint32_t>(dice.below(6)),
                        {static_cast<std::uint32_t>(dice.below(2))}, 3);
    consumer.concurrency = static_cast<std::uint32_t>(1 + dice.below(4));
    consumer.queue_limit = static_cast<std::uint32_t>(dice.below(10));
    consumer.holds_worker = dice.one_in(2);
    consumer.error_rate = dice.one_in(2) ? 0.2 : 0;
    consumer.everywhere = dice.one_in(2);
    consumer.consumes = {{broker, "", static_cast<std::uint32_t>(dice.below(4))}};
    if (queue.topics.size() > 1 && dice.one_in(2)) consumer.consumes.push_back({broker, "dead", 1});
    spec.services.push_back(std::move(consumer));
  }
  return broker;
}

/// A database with a primary, which is soon missed.
std::uint32_t add_database(model::WorldSpec& spec, Dice& dice) {
  const auto database = static_cast<std::uint32_t>(spec.services.size());
  spec.services.push_back(worlds::service("database", "primary", static_cast<std::uint32_t>(dice.below(6)), {database}, 1));
  model::ServiceSpec& service = spec.services.back();
  service.concurrency = static_cast<std::uint32_t>(1 + dice.below(8));
  service.queue_limit = 40;
  service.timeout = 200 * sim::millisecond;
  model::PrimarySpec primary = model::primary_preset(dice.below(model::primary_preset_names().size()));
  primary.read_from = static_cast<model::ReadFrom>(dice.below(3));
  primary.lag = some_distribution(dice, dice.between(1, 100));
  primary.apply = dice.one_in(3) ? static_cast<sim::Time>(dice.below(20)) * sim::millisecond : 0;
  if (dice.one_in(2)) primary.acknowledgements = static_cast<std::uint32_t>(dice.below(3));
  primary.goes_on = dice.one_in(2);
  primary.detection = some_distribution(dice, dice.between(1, 300));
  primary.failover = some_distribution(dice, dice.between(1, 300));
  service.primary = primary;
  return database;
}

/// Stores whose instances share what they have, and a shop that users ask and that uses them. By dice of their own, as above.
void add_shared_stores(model::WorldSpec& spec, Dice dice, bool plain) {
  const std::size_t before = spec.services.size();
  std::vector<std::uint32_t> stores;
  if (dice.one_in(3)) stores.push_back(add_broker(spec, dice));
  if (dice.one_in(3)) stores.push_back(add_database(spec, dice));
  if (stores.empty()) return;
  const auto shop = static_cast<std::uint32_t>(spec.services.size());
  spec.services.push_back(worlds::service("shop", "monolith", static_cast<std::uint32_t>(1 + dice.below(6)), stores));
  if (!plain && dice.one_in(3)) spec.services.back().fan_out = static_cast<model::FanOut>(dice.below(4));
  for (std::size_t s = before; s < spec.services.size(); ++s) spec.services[s].regions = static_cast<std::uint32_t>(spec.regions.size());
  const auto users = std::find_if(spec.services.begin(), spec.services.end(), [](const auto& s) { return s.name == "users"; });
  users->dependencies.push_back(shop);
}

}  // namespace

Scenario::Scenario(std::uint64_t seed)
    : dice(seed),
      plain(seed % 2 == 1),
      gentle(dice.one_in(4)),
      threads(1),
      repeat(dice.one_in(3)),
      guarded(Dice(~seed).one_in(3)),
      platforms(Dice(seed ^ 0x706c6174666f726d).one_in(3)),
      shedding(Dice(seed ^ 0x73686564).one_in(3)),
      changes(Dice(seed ^ 0x6368616e6765).one_in(2)),
      scheduled(Dice(seed ^ 0x7363686564756c65).one_in(3)),
      timed(seed ^ 0x74696d6564),
      more(seed ^ 0x6d6f7265),
      trials(seed ^ 0x747269616c) {
  spec = some_architecture(dice);
  if (!plain) vary_serving(spec, dice);
  vary_stores(spec, Dice(seed ^ 0x73746f726573));
  vary_discovery(spec, Dice(seed ^ 0x72656704));
  if (platforms) vary_platforms(spec, Dice(seed ^ 0x6d616368696e6573));
  if (guarded) add_policies(spec, dice);
  add_shared_stores(spec, Dice(seed ^ 0x736861726564), plain);
  if (shedding) add_shedding(spec, more);
  if (changes) keep_numbers(spec, Dice(seed ^ 0x6b656570));
  if (spec.regions.size() > 1 && dice.one_in(3)) threads = static_cast<unsigned>(2 + dice.below(2));
}

}  // namespace swarm

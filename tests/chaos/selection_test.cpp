// Ramps, selectors and their blast radius, dry runs.

#include <algorithm>
#include <cstdlib>

#include "chaos/running.h"
#include "chaos/support.h"
#include "sim/math.h"

namespace {

using model::Selector;
using Mode = model::Selector::Mode;

TEST(Ramps, FollowTheirFormulas) {
  const auto at = [](model::Ramp ramp, double seconds) {
    return chaos::level_at(ramp, 0, 1, 1, 10 * sim::second, 110 * sim::second, 10 * sim::second + sim::from_ms(1'000 * seconds));
  };
  const model::Ramp step;
  EXPECT_EQ(at(step, 0), 1);
  EXPECT_EQ(at(step, 99.9), 1);
  const model::Ramp linear{model::Ramp::Shape::linear, 20 * sim::second, 40 * sim::second};
  EXPECT_EQ(at(linear, 0), 0);
  EXPECT_NEAR(at(linear, 5), 0.25, 1e-12);
  EXPECT_EQ(at(linear, 30), 1);
  EXPECT_NEAR(at(linear, 90), 0.25, 1e-12);
  EXPECT_EQ(at(linear, 100), 0);
  const model::Ramp exponential{model::Ramp::Shape::exponential, 20 * sim::second, 0};
  EXPECT_EQ(at(exponential, 0), 0);
  EXPECT_NEAR(at(exponential, 10), 31.0 / 1023, 1e-9);  // (2^(10/2) - 1) / (2^10 - 1)
  EXPECT_NEAR(at(exponential, 18), 511.0 / 1023, 1e-9);
  EXPECT_EQ(at(exponential, 20), 1);
}

TEST(Ramps, JitterIsWithinItsShareAndAnewEverySecond) {
  double sum = 0;
  double last = -1;
  for (int second = 0; second < 1'000; ++second) {
    const sim::Time now = second * sim::second;
    const double level = chaos::level_at({}, 0.4, 7, 3, 0, {}, now);
    EXPECT_LE(level, 1);
    EXPECT_GE(level, 0.6);
    EXPECT_NE(level, last);
    EXPECT_EQ(level, chaos::level_at({}, 0.4, 7, 3, 0, {}, now + sim::second - 1));
    sum += last = level;
  }
  EXPECT_NEAR(sum / 1'000, 0.8, 5 * 0.4 / std::sqrt(12.0 * 1'000));
}

TEST(Ramps, StrengthGrows) {
  trial::Trial trial;
  chaos::FaultRequest request = trial::on("service.latency", "db", {{"latencyMs", 100.0}});
  request.ramp = {model::Ramp::Shape::linear, 10 * sim::second, 0};
  trial::start(trial.world, request);
  trial.see(5 * sim::second);
  const trial::Seen half = trial.see(100 * sim::millisecond);
  EXPECT_NEAR(sim::to_ms(half.response.quantile(0.5)), 52.4, 2);
  trial.see(5 * sim::second);
  trial::expect_time(trial.see(sim::second).response.quantile(0.5), 102.4, "all of it");
}

TEST(Ramps, NumbersGrowAndShrink) {
  trial::Trial trial;
  chaos::FaultRequest request = trial::on("service.outage", "web");
  request.ramp = {model::Ramp::Shape::linear, 6 * sim::second, 6 * sim::second};
  request.duration = 20 * sim::second;
  trial::start(trial.world, request);
  for (int second = 0; second <= 20; ++second) {
    trial.world.run_until(second * sim::second);
    const int expected = second >= 20 ? 0 : std::min({second, 6, 20 - second});
    EXPECT_EQ(worlds::in_state(trial.world, "web", model::InstanceState::down), static_cast<std::size_t>(expected)) << second;
  }
}

std::vector<model::InstanceId> targets(model::World& world, const chaos::FaultRequest& request) {
  auto plan = chaos::plan_fault(world, request);
  if (std::holds_alternative<model::Refusal>(plan)) return {};
  const auto started = chaos::start_fault(world, request);
  EXPECT_EQ(std::get<chaos::Plan>(plan).targets, std::get<chaos::Started>(started).targets) << "a dry run says whom it hits";
  return std::get<chaos::Plan>(plan).targets;
}

TEST(Selectors, ChooseAsManyAsTheySaySpreadOverTheZones) {
  const auto chosen = [](Mode mode, double value, std::uint64_t seed = 1) {
    model::World world(trial::spec(seed));
    chaos::FaultRequest request = trial::on("instance.outage", "web");
    request.type = "instance.slow";
    request.selector.mode = mode;
    request.selector.value = value;
    auto ids = targets(world, request);
    std::map<std::uint32_t, int> zones;
    for (const model::InstanceId id : ids) ++zones[world.instance(id).group];
    int most = 0, least = 100;
    for (const auto& [zone, count] : zones) {
      most = std::max(most, count);
      least = std::min(least, count);
    }
    EXPECT_TRUE(zones.size() < 3 || most - least <= 1);
    return ids;
  };
  EXPECT_EQ(chosen(Mode::all, 0).size(), 6U);
  EXPECT_EQ(chosen(Mode::one, 0).size(), 1U);
  EXPECT_EQ(chosen(Mode::count, 3).size(), 3U);
  EXPECT_EQ(chosen(Mode::count, 60).size(), 6U);
  EXPECT_EQ(chosen(Mode::percent, 50).size(), 3U);
  EXPECT_EQ(chosen(Mode::percent, 1).size(), 1U);
  std::set<model::InstanceId> by_chance;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) by_chance.insert(chosen(Mode::one, 0, seed)[0]);
  EXPECT_EQ(by_chance.size(), 6U);  // the chance to miss one of them is 6 (5/6)^60 < 0.0002
}

TEST(Selectors, APercentageIsOfThoseThatAreNotDown) {
  model::World world(trial::spec());
  chaos::FaultRequest outage = trial::on("service.outage", "web");
  outage.selector.mode = Mode::count;
  outage.selector.value = 4;
  trial::start(world, outage);
  chaos::FaultRequest slow = trial::on("instance.slow", "web");
  slow.selector.mode = Mode::percent;
  slow.selector.value = 100;
  const auto hit = targets(world, slow);
  EXPECT_EQ(hit.size(), 2U);
  for (const model::InstanceId id : hit) EXPECT_EQ(world.instance(id).state, model::InstanceState::up);
  slow.selector.value = 50;
  EXPECT_EQ(targets(world, slow).size(), 1U) << "of two";
  slow.selector.states = {"down"};
  EXPECT_EQ(targets(world, slow).size(), 2U) << "of the four that were asked for";
  outage.selector.mode = Mode::all;
  outage.selector.value = 0;
  trial::start(world, outage);
  slow.selector.states.clear();
  const auto refused = chaos::plan_fault(world, slow);
  EXPECT_EQ(std::get<model::Refusal>(refused).problems[0].message, "all that match are down, and percent is of those that are not");
}

/// web99 is before web100, as people count.
TEST(Events, NameInstancesInTheOrderOfTheirNumbers) {
  model::WorldSpec spec = trial::spec();
  spec.services[1].count = 99;
  model::World world(spec);
  world.set_number(1, 105);
  world.take_occurrences();
  chaos::FaultRequest request = trial::on("instance.slow", "web");
  request.selector.zones = {"us-east-1.zoneA"};
  trial::start(world, request);
  std::string names;
  for (const model::Occurrence& o : world.take_occurrences()) {
    for (const auto& [name, value] : o.data) names = name == "instances" ? value : names;
  }
  std::vector<int> numbers;
  for (std::size_t at = names.find("web"); at != std::string::npos; at = names.find("web", at + 1)) {
    numbers.push_back(std::atoi(names.c_str() + at + 3));
  }
  EXPECT_EQ(numbers.size(), 35U) << names;
  EXPECT_GE(numbers.empty() ? 0 : numbers.back(), 100) << "one with more digits is among them";
  EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end())) << names;
}

TEST(Selectors, ExcludeAndLeaveSome) {
  model::World world(trial::spec());
  chaos::FaultRequest request = trial::on("instance.slow", "web");
  request.selector.exclude.zones = {"us-east-1.zoneA"};
  EXPECT_EQ(targets(world, request).size(), 4U);
  request.selector.exclude = {};
  request.selector.min_remaining = 4;
  EXPECT_EQ(targets(world, request).size(), 2U);
  request.selector.min_remaining = 6;
  const auto refused = chaos::start_fault(world, request);
  EXPECT_EQ(std::get<model::Refusal>(refused).problems.at(0).code, "matchesNothing");
}

TEST(Selectors, KnowVersionsLabelsContinentsAndStates) {
  model::WorldSpec spec = trial::spec();
  spec.services[0].labels = {{"tier", "db"}};
  spec.regions[0].continent = "North America";
  model::World world(spec);
  chaos::FaultRequest request;
  request.type = "instance.slow";
  request.selector.labels = {{"tier", "db"}};
  EXPECT_EQ(targets(world, request).size(), 3U);
  request.selector.labels.clear();
  request.selector.continents = {"North America"};
  EXPECT_EQ(targets(world, request).size(), 9U);  // users are nowhere
  model::VersionSpec version;
  version.name = "2.0";
  const std::uint32_t other = world.add_version(1, version);
  world.start_instance(1, *world.find_location("us-east-1.zoneA"), other);
  request.selector.continents.clear();
  request.selector.versions = {"2.0"};
  EXPECT_EQ(targets(world, request).size(), 1U);
  request.selector.versions.clear();
  request.selector.states = {"starting"};
  EXPECT_EQ(targets(world, request).size(), 1U);
}

/// Chance chooses among those that the fault can be done to.
TEST(Selectors, ChooseAmongThoseThatItSuits) {
  std::set<model::InstanceId> by_chance;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    model::World world(trial::spec(seed));
    chaos::FaultRequest request;
    request.type = "datastore.nodeDown";
    request.selector.regions = {"us-east-1"};  // three of the db, and six of the web, which is no store
    request.selector.mode = Mode::one;
    const auto ids = targets(world, request);
    ASSERT_EQ(ids.size(), 1U) << seed;
    by_chance.insert(ids[0]);
  }
  model::World world(trial::spec());
  const std::vector<model::InstanceId> stores = worlds::instances_of(world, "db");
  EXPECT_EQ(by_chance, std::set<model::InstanceId>(stores.begin(), stores.end()));
  chaos::FaultRequest request = trial::on("datastore.nodeDown", "web");
  request.selector.min_remaining = 1;
  const auto refusal = std::get<model::Refusal>(chaos::start_fault(world, request));
  EXPECT_EQ(refusal.problems.at(0).message, "it takes data stores, and none matches");
}

/// Of faults on services or places as such: which ones.
TEST(Selectors, NameServicesAndPlaces) {
  const auto with = [](const char* type, const model::Selector& selector) {
    model::World world(trial::spec());
    chaos::FaultRequest request;
    request.type = type;
    request.selector = selector;
    trial::start(world, request);
    return world;
  };
  const auto frozen = [&](const model::Selector& selector) {
    const model::World world = with("deploy.freeze", selector);
    return world.denials().deployments;
  };
  const auto denied = [&](const model::Selector& selector) {
    const model::World world = with("capacity.denied", selector);
    std::set<std::string> places;
    for (std::size_t l = 0; l < world.denials().capacity.size(); ++l) {
      if (world.denials().capacity[l] > 0 && world.shared().locations[l].zone != model::outside)
        places.insert(world.shared().locations[l].id);
    }
    return places;
  };
  using Counts = std::vector<std::uint32_t>;  // db, web, users
  using Places = std::set<std::string>;
  const model::World world(trial::spec());
  const std::string db_a = world.name_of(worlds::instances_of(world, "db")[0]);
  Selector one;
  one.instances = {db_a};
  EXPECT_EQ(frozen(one), (Counts{1, 0, 0})) << "the one that it is of";
  EXPECT_EQ(denied(one), Places{"us-east-1.zoneA"}) << "the one that it is in";
  Selector others;
  others.regions = {"us-east-1"};
  others.exclude.services = {"web"};
  EXPECT_EQ(frozen(others), (Counts{1, 0, 0}));
  EXPECT_EQ(denied(others).size(), 3U) << "a place is not a service";
  others.exclude = {};
  others.exclude.zones = {"us-east-1.zoneB"};
  EXPECT_EQ(frozen(others), (Counts{1, 1, 0})) << "they are in other zones, too";
  EXPECT_EQ(denied(others), (Places{"us-east-1.zoneA", "us-east-1.zoneC"}));
  others.exclude = {};
  others.exclude.instances = {db_a};
  EXPECT_EQ(frozen(others), (Counts{1, 1, 0}));
  Selector outside;
  outside.services = {"users"};
  EXPECT_EQ(denied(outside), Places{}) << "they are in no zone";
}

TEST(Selectors, OfServicesAndPlacesTakeThemWhole) {
  for (const char* type : {"deploy.freeze", "autoscaler.freeze", "capacity.denied", "registry.outage"}) {
    model::World world(trial::spec());
    chaos::FaultRequest request = trial::on(type, "web");
    request.selector.mode = Mode::one;
    request.selector.min_remaining = 1;
    const auto refusal = std::get<model::Refusal>(chaos::start_fault(world, request));
    ASSERT_EQ(refusal.problems.size(), 2U) << type;
    EXPECT_EQ(refusal.problems[0].pointer, "/selector/mode");
    EXPECT_EQ(refusal.problems[1].pointer, "/selector/minRemaining");
  }
}

/// Of load sources those that are chosen, and no other that the parts of the selector match.
TEST(Selectors, ChooseLoadSources) {
  model::WorldSpec spec = trial::spec();
  spec.services.push_back(worlds::service("others", "denominator", 0, {1}));
  spec.services.back().requests_per_second = trial::rate;
  for (const bool excluded : {true, false}) {
    trial::Trial trial(spec);
    trial.see(sim::second);
    chaos::FaultRequest request = trial::on("load.surge", "users", {{"factor", 3.0}});
    request.selector.services = {"users", "others"};
    request.selector.mode = excluded ? Mode::all : Mode::one;
    if (excluded) request.selector.exclude.services = {"others"};
    trial::start(trial.world, request);
    const std::uint64_t before = worlds::cells_of(trial.world, "users").replies + worlds::cells_of(trial.world, "others").replies;
    trial.see(20 * sim::second);
    const std::uint64_t after = worlds::cells_of(trial.world, "users").replies + worlds::cells_of(trial.world, "others").replies;
    const double expected = (3 + 1) * trial::rate * 20;
    EXPECT_NEAR(static_cast<double>(after - before), expected, 5 * std::sqrt(expected));
    EXPECT_FALSE(chaos::stop_fault(trial.world, trial.world.faults()[0].id));
    EXPECT_TRUE(trial.world.overlays() == model::World(spec).overlays());
  }
}

TEST(Selectors, SayWhatIsWrong) {
  model::World world(trial::spec());
  chaos::FaultRequest request = trial::on("network.latency", "web");
  request.selector.mode = Mode::percent;
  request.selector.value = 101;
  request.selector.versions = {"9"};
  request.selector.states = {"upp"};
  request.selector.continents = {"Atlantis"};
  request.selector.labels = {{"tier", "db"}};
  request.selector.exclude.services = {"wep"};
  request.target.emplace().zones = {"us-east-1.zoneD"};
  request.jitter = 2;
  request.ramp = {model::Ramp::Shape::step, sim::second, sim::second};
  const auto refusal = std::get<model::Refusal>(chaos::start_fault(world, request));
  std::vector<std::string> pointers;
  for (const model::Problem& problem : refusal.problems) pointers.push_back(problem.pointer);
  std::sort(pointers.begin(), pointers.end());
  EXPECT_EQ(pointers, (std::vector<std::string>{"/jitter", "/ramp/downMs", "/ramp/shape", "/selector/continents/0",
                                                "/selector/exclude/services/0", "/selector/labels/tier", "/selector/states/0",
                                                "/selector/value", "/selector/versions/0", "/target/zones/0"}));
  chaos::FaultRequest local = trial::on("instance.slow", "web");
  local.target.emplace().services = {"db"};
  local.direction = model::Direction::to;
  EXPECT_EQ(std::get<model::Refusal>(chaos::start_fault(world, local)).problems.size(), 2U);
  EXPECT_TRUE(world.faults().empty());
}

TEST(DryRuns, SayWhatWouldBeLost) {
  model::World world(trial::spec());
  chaos::FaultRequest request;
  request.type = "zone.outage";
  request.selector.zones = {"us-east-1.zoneB"};
  const auto plan = std::get<chaos::Plan>(chaos::plan_fault(world, request));
  EXPECT_EQ(plan.targets.size(), 3U);  // two of the web, one of the db
  EXPECT_EQ(plan.zones, (std::vector<std::string>{"us-east-1.zoneB"}));
  ASSERT_EQ(plan.services.size(), 2U);
  for (const auto& loss : plan.services) EXPECT_NEAR(loss.capacity_lost_percent, 100.0 / 3, 1e-9) << loss.service;
  EXPECT_NEAR(plan.capacity_lost_percent, 100.0 / 3, 1e-9);
  request = trial::on("cpu.stress", "db", {{"percent", 60.0}});
  EXPECT_NEAR(std::get<chaos::Plan>(chaos::plan_fault(world, request)).capacity_lost_percent, 100 * 0.6 * 3 / 9, 1e-9);
  EXPECT_TRUE(world.faults().empty());
  EXPECT_TRUE(world.overlays() == model::World(trial::spec()).overlays());
}

}  // namespace

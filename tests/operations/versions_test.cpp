// Versions beside each other: who gets which, by what they can do with, by rules, by features; and when an old one may go.

#include "support/deploying.h"

namespace {

using namespace deploying;

constexpr double calls = 20'000;  ///< of the periods that are looked at

/// users -> front, other -> api: two clients of one service.
model::WorldSpec clients_spec() {
  model::WorldSpec spec = worlds::small({worlds::service("api", "store", 6, {}, 2), worlds::service("front", "karyon", 3, {0}),
                                         worlds::service("other", "karyon", 3, {0}), worlds::service("users", "denominator", 0, {1}),
                                         worlds::service("robots", "denominator", 0, {2})});
  spec.services[0].version = "1.2.3";
  spec.services[3].requests_per_second = 1'000;
  spec.services[4].requests_per_second = 1'000;
  return spec;
}

void bind(model::WorldSpec& spec, std::uint32_t client, const std::string& versions) {
  spec.services[client].calls.resize(1);
  spec.services[client].calls[0].versions = model::range_of(versions);
}

model::DeploymentSpec beside(const std::string& name) {
  model::DeploymentSpec spec = version(name);
  spec.keep = true;
  return spec;
}

/// Calls from a client to each version of the service in the next while: links are by group, so versions are told by cells; one client at a
/// time has load.
Numbers calls_of(model::World& world, const std::string& users) {
  for (const char* source : {"users", "robots"}) operations::set_traffic(world, source, source == users ? 1'000 : 0);
  world.run_until(world.now() + second);
  const Numbers before = answers(world);
  world.run_until(world.now() + 20 * second);
  Numbers after = answers(world);
  for (auto& [name, number] : after) number -= before.contains(name) ? before.at(name) : 0;
  std::erase_if(after, [](const auto& entry) { return entry.second == 0; });
  for (const char* source : {"users", "robots"}) operations::set_traffic(world, source, 1'000);
  return after;
}

double part(const Numbers& numbers, const std::string& name) {
  return numbers.contains(name) ? static_cast<double>(numbers.at(name)) / static_cast<double>(sum(numbers)) : 0;
}

void route(model::World& world, std::vector<model::RouteRule> rules) {
  const auto refusal = operations::set_routing(world, "api", {std::move(rules)});
  ASSERT_FALSE(refusal) << refusal->detail;
}

model::RouteRule to(const std::string& name) {
  model::RouteRule rule;
  rule.to_version = name;
  return rule;
}

TEST(Releases, AreThreeNumbers) {
  using model::range_between;
  using model::range_of;
  using model::release_of;
  EXPECT_EQ(release_of("1.2.3"), (model::Release{1, 2, 3}));
  for (const char* other : {"1.0", "v1.2.3", "1.2.3.4", "1..3", "", "1.2.x", "1.2.1000000", "."}) EXPECT_FALSE(release_of(other)) << other;
  EXPECT_LT(release_of("1.9.9"), release_of("1.10.0"));
  EXPECT_TRUE(range_of("1.3")->takes({1, 3, 0}));
  EXPECT_TRUE(range_of("1.3")->takes({1, 3, 77}));
  EXPECT_FALSE(range_of("1.3")->takes({1, 4, 0}));
  EXPECT_FALSE(range_of("1.3")->takes({1, 2, 9}));
  EXPECT_TRUE(range_of("1")->takes({1, 99, 0}));
  EXPECT_TRUE(range_between("1.2", "1.4")->takes({1, 4, 9}));
  EXPECT_FALSE(range_between("1.2", "1.4")->takes({1, 5, 0}));
  EXPECT_FALSE(range_between("1.4", "1.2"));
  EXPECT_FALSE(range_of("new"));
  EXPECT_EQ(model::to_text(*range_of("1.3")), "1.3");
  EXPECT_EQ(model::to_text(*range_of("2")), "2");
  EXPECT_EQ(model::to_text(*range_between("1.2", "1.4")), "1.2.0 to 1.4.999999");
}

TEST(Versions, ClientsThatAreBoundGetWhatTheyAreBoundTo) {
  model::WorldSpec spec = clients_spec();
  bind(spec, 2, "1.3");
  model::World world(spec);
  world.run_until(5 * second);
  EXPECT_EQ(calls_of(world, "robots"), Numbers{}) << "there is no 1.3 yet";
  pushed(world, beside("1.3.0"));
  world.run_until(world.now() + 30 * second);
  EXPECT_EQ(up(world), (Numbers{{"1.2.3", 6}, {"1.3.0", 6}}));
  EXPECT_EQ(world.shared().services[0].desired, 12U);
  EXPECT_EQ(part(calls_of(world, "robots"), "1.3.0"), 1);
  EXPECT_NEAR(part(calls_of(world, "users"), "1.3.0"), 0.5, doubt(0.5, calls)) << "a feature more is no other interface";
}

TEST(Versions, AnotherInterfaceOnlyGetsThoseThatAreRoutedToIt) {
  model::World world(clients_spec());
  pushed(world, beside("2.0.0"));
  world.run_until(30 * second);
  EXPECT_EQ(part(calls_of(world, "users"), "1.2.3"), 1);
  EXPECT_EQ(part(calls_of(world, "robots"), "2.0.0"), 0);
  model::RouteRule rule = to("2.0.0");
  rule.client = "other";
  route(world, {rule});
  EXPECT_EQ(part(calls_of(world, "robots"), "2.0.0"), 1);
  EXPECT_EQ(part(calls_of(world, "users"), "2.0.0"), 0);
}

TEST(Versions, AnOldOneGoesWhenNobodyNeedsItAndNotBefore) {
  model::World world(clients_spec());
  const model::Refusal refusal = refused(world, version("2.0.0"));
  EXPECT_EQ(refusal.kind, Kind::conflict);
  EXPECT_NE(refusal.detail.find("front needs interface 1, other needs interface 1"), std::string::npos) << refusal.detail;
  pushed(world, beside("2.0.0"));
  world.run_until(30 * second);
  const auto remove = [&](const std::string& name) { return operations::remove_version(world, "api", name); };
  EXPECT_NE(remove("1.2.3")->detail.find("front needs interface 1"), std::string::npos);
  EXPECT_EQ(remove("2.0.0")->kind, Kind::conflict) << "new instances get it";
  EXPECT_EQ(remove("1.9.9")->kind, Kind::not_found);
  model::RouteRule others = to("2.0.0");
  others.client = "other";
  route(world, {others});
  const std::string detail = remove("1.2.3")->detail;
  EXPECT_EQ(detail.find("other needs"), std::string::npos) << detail;
  EXPECT_NE(detail.find("front"), std::string::npos) << detail;
  model::RouteRule fronts = to("2.0.0");
  fronts.client = "front";
  fronts.weight = 99;
  route(world, {others, fronts});
  EXPECT_TRUE(remove("1.2.3")) << "one in a hundred still goes there";
  route(world, {to("2.0.0")});
  EXPECT_FALSE(remove("1.2.3"));
  world.run_until(world.now() + 30 * second);
  EXPECT_EQ(up(world), (Numbers{{"2.0.0", 6}}));
  EXPECT_EQ(world.shared().services[0].desired, 6U);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
  route(world, {});
  EXPECT_EQ(part(calls_of(world, "users"), "2.0.0"), 1) << "it is the interface that there is";
}

TEST(Versions, ARefusedPushLeavesNothingBehind) {
  model::World world(clients_spec());
  const model::World untouched = world;
  model::DeploymentSpec slow = version("2.0.0");
  slow.version.service_time_factor = 3;
  refused(world, slow);
  EXPECT_EQ(world.shared().services[0].profiles, untouched.shared().services[0].profiles);
  EXPECT_EQ(world.shared().profiles.size(), untouched.shared().profiles.size());
  EXPECT_TRUE(operations::set_routing(world, "api", {{to("2.0.0")}})) << "nobody knows that version";
  model::World other = untouched;
  for (model::World* each : {&world, &other}) {
    pushed(*each, beside("2.0.0"));
    each->run_until(30 * second);
  }
  EXPECT_EQ(world.fingerprint(), other.fingerprint()) << "as if it had never been asked for";
}

TEST(Versions, TheOneOfTheDocumentIsAsItIs) {
  model::World world(clients_spec());
  pushed(world, beside("1.2.4"));
  world.run_until(30 * second);
  model::DeploymentSpec back = version("1.2.3");
  back.version.error_rate = 0.5;
  EXPECT_NE(refused(world, back).detail.find("behaves otherwise"), std::string::npos);
  pushed(world, version("1.2.3"));
}

TEST(Versions, AContractCanStandForOlderOnes) {
  model::WorldSpec spec = clients_spec();
  bind(spec, 1, "1.2");
  model::World world(spec);
  EXPECT_EQ(refused(world, version("1.3.0")).kind, Kind::conflict);
  model::DeploymentSpec wide = version("2.0.0");
  wide.version.contract = model::range_between("1.2", "2.0");
  pushed(world, wide);
  world.run_until(60 * second);
  EXPECT_EQ(up(world), (Numbers{{"2.0.0", 6}}));
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(Versions, OtherNamesSuitEverybody) {
  model::WorldSpec plain = clients_spec();
  plain.services[0].version = "1.0";
  model::World unnamed(plain);
  pushed(unnamed, version("2.0.0"));
  unnamed.run_until(60 * second);
  EXPECT_EQ(up(unnamed), (Numbers{{"2.0.0", 6}}));
  EXPECT_EQ(refused(unnamed, version("3.0.0")).kind, Kind::conflict) << "from then on interface 2 is what they have";

  model::WorldSpec spec = clients_spec();
  bind(spec, 1, "1.2");
  model::World world(spec);
  pushed(world, version("blue"));
  world.run_until(60 * second);
  EXPECT_EQ(up(world), (Numbers{{"blue", 6}}));
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

/// Both versions are there, and by themselves get half each.
model::World two_versions() {
  model::World world(clients_spec());
  pushed(world, beside("1.2.4"));
  world.run_until(30 * second);
  return world;
}

TEST(Routes, AWeightIsAShareOfAllRequests) {
  model::World world(two_versions());
  model::RouteRule rule = to("1.2.4");
  for (const double percent : {0.0, 1.0, 30.0, 100.0}) {
    rule.weight = percent;
    route(world, {rule});
    const double share = percent / 100;
    EXPECT_NEAR(part(calls_of(world, "users"), "1.2.4"), share, doubt(share, calls)) << percent;
  }
}

TEST(Routes, ACohortIsAlwaysTheSameUsers) {
  model::World world(two_versions());
  model::RouteRule rule = to("1.2.4");
  rule.percent = 20;
  // A second rule of the same cohort finds nobody that the first has left; of a header's, as many as of all.
  model::RouteRule again = to("1.2.3");
  again.percent = 20;
  route(world, {rule, again, to("1.2.4")});
  EXPECT_EQ(part(calls_of(world, "users"), "1.2.3"), 0);
}

/// Some users ask more often than others, so a fifth of them is a fifth of the requests only on average over cohorts.
TEST(Routes, OfManyHeadersEachHasItsUsers) {
  model::World world(two_versions());
  model::RouteRule rule = to("1.2.4");
  rule.percent = 20;
  double total = 0, squares = 0;
  constexpr int headers = 40;
  for (int i = 0; i < headers; ++i) {
    rule.header = "x-" + std::to_string(i);
    route(world, {rule});
    const double found = share_of(world, "1.2.4", 2 * second);
    total += found;
    squares += found * found;
  }
  const double mean = total / headers;
  const double deviation = std::sqrt((squares / headers - mean * mean) / (headers - 1));
  EXPECT_GT(deviation, 0) << "another header, other users";
  EXPECT_NEAR(mean, 0.2, 4 * deviation);
}

TEST(Routes, StickySharesAreSharesOfUsers) {
  model::World world(two_versions());
  model::RouteRule rule = to("1.2.4");
  rule.weight = 30;
  rule.sticky = true;
  model::RouteRule again = rule;
  again.to_version = "1.2.3";
  route(world, {rule, again, to("1.2.4")});
  EXPECT_EQ(part(calls_of(world, "users"), "1.2.3"), 0) << "whom the first rule has taken";
  rule.sticky = again.sticky = false;
  route(world, {rule, again, to("1.2.4")});
  EXPECT_NEAR(part(calls_of(world, "users"), "1.2.3"), 0.7 * 0.3, doubt(0.21, calls));
}

TEST(Routes, AMirrorGetsACopyThatNobodyWaitsFor) {
  model::World world(two_versions());
  model::RouteRule mirror = to("1.2.4");
  mirror.weight = 50;
  mirror.mirror = true;
  route(world, {mirror, to("1.2.3")});
  const Numbers found = calls_of(world, "users");
  const auto real = static_cast<double>(found.at("1.2.3"));
  EXPECT_NEAR(real, calls, 6 * std::sqrt(calls));
  EXPECT_NEAR(static_cast<double>(found.at("1.2.4")) / real, 0.5, doubt(0.5, calls));
  const std::uint64_t failed = worlds::requests_of(world).failed;
  operations::set_flags(world, "api", {{"broken", "1.2.4", true, 1, 1}});
  EXPECT_GT(calls_of(world, "users").at("1.2.4"), 0U);
  EXPECT_EQ(worlds::requests_of(world).failed, failed) << "whatever becomes of the copies";
}

TEST(Routes, CanariesCallCanaries) {
  model::World world(two_versions());
  model::DeploymentSpec front = version("5.0.0");
  front.keep = true;
  ASSERT_TRUE(std::holds_alternative<std::string>(operations::push(world, "front", front)));
  world.run_until(world.now() + 30 * second);
  model::RouteRule rule = to("1.2.4");
  rule.client = "front";
  rule.client_version = "5.0.0";
  model::RouteRule rest = to("1.2.3");
  route(world, {rule, rest});
  EXPECT_NEAR(part(calls_of(world, "users"), "1.2.4"), 0.5, doubt(0.5, calls)) << "half of front is 5.0.0";
  EXPECT_EQ(part(calls_of(world, "robots"), "1.2.4"), 0);
}

TEST(Routes, HoldForCallsUnderAPolicyToo) {
  model::WorldSpec spec = clients_spec();
  spec.services[1].calls.resize(1);
  spec.services[1].calls[0].policy = model::Policy{};
  spec.services[1].calls[0].policy->balancing.kind = model::Balancer::least_request;
  spec.services[1].calls[0].policy->balancing.zones = model::Zones::any;
  model::World world(spec);
  pushed(world, beside("1.2.4"));
  world.run_until(30 * second);
  model::RouteRule rule = to("1.2.4");
  rule.weight = 10;
  route(world, {rule, to("1.2.3")});
  EXPECT_NEAR(part(calls_of(world, "users"), "1.2.4"), 0.1, doubt(0.1, calls));
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(Routes, WhenNobodyOfAVersionIsLeftTheOthersAnswer) {
  model::World world(two_versions());
  route(world, {to("1.2.4")});
  for (const model::InstanceId id : worlds::instances_of(world, "api")) {
    if (world.shared().profiles[world.instance(id).profile].version == "1.2.4") world.kill(id);
  }
  world.run_until(world.now() + 10 * second);
  EXPECT_EQ(part(calls_of(world, "users"), "1.2.3"), 1);
}

TEST(Routes, LeadToVersionsThatHaveInstancesOrGetSome) {
  model::World world(clients_spec());
  const auto known_for = [&](const std::string& name) {
    const auto refusal = operations::set_routing(world, "api", {{to(name)}});
    return refusal ? refusal->problems[0].known : std::vector<std::string>{};
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(known_for("1.2.4"), (Names{"1.2.3"})) << "it was not pushed yet";
  pushed(world, version("1.2.4"));
  EXPECT_EQ(known_for("1.2.4"), Names{}) << "the first are on their way";
  EXPECT_EQ(known_for("9"), (Names{"1.2.3", "1.2.4"}));
  route(world, {});
  world.run_until(120 * second);
  ASSERT_EQ(up(world), (Numbers{{"1.2.4", 6}}));
  EXPECT_EQ(known_for("1.2.3"), (Names{"1.2.4"})) << "it is gone";
  EXPECT_EQ(operations::set_routing(world, "api", {{to("1.2.3")}})->kind, Kind::invalid);
  EXPECT_EQ(known_for("1.2.4"), Names{});
  route(world, {});
  operations::scale(world, {"api", 0, {}});
  world.run_until(180 * second);
  EXPECT_EQ(known_for("1.2.4"), Names{}) << "new ones get it";
}

TEST(Routes, SayWhatIsWrong) {
  model::World world(clients_spec());
  model::RouteRule rule = to("9.9.9");
  rule.client = "nobody";
  const auto refusal = operations::set_routing(world, "api", {{rule}});
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->problems[0].pointer, "/rules/0/toVersion");
  EXPECT_EQ(refusal->problems[1].pointer, "/rules/0/match/client");
  model::RouteRule mute = to("1.2.3");
  mute.client = "users";
  EXPECT_EQ(operations::set_routing(world, "api", {{mute}})->problems[0].code, "conflict") << "users do not call it";
  EXPECT_TRUE(operations::set_routing(world, "users", {}));
  EXPECT_EQ(operations::set_flags(world, "api", {{"f", "2", true, 1, 0}})->problems[0].code, "unknownVersion");
  EXPECT_EQ(operations::set_flags(world, "api", {{"f", "1.2.3", true, 1, 0}, {"f", "1.2.3", false, 1, 0}})->problems[0].code,
            "duplicateName");
}

TEST(Flags, ChangeWhatAVersionDoesWhileTheyAreOn) {
  model::World world(two_versions());
  route(world, {to("1.2.4")});
  const auto response = [&] {
    const model::CellCount before = worlds::cells_of(world, "api");
    world.run_until(world.now() + 10 * second);
    return worlds::cells_of(world, "api").service.since(before.service).mean_ns() / 1e6;
  };
  EXPECT_NEAR(response(), 2, 1e-6);
  operations::set_flags(world, "api", {{"new-cart", "1.2.4", true, 3, 0}, {"other", "1.2.4", false, 9, 0.5}});
  world.run_until(world.now() + second);
  EXPECT_NEAR(response(), 6, 1e-6);
  operations::set_flags(world, "api", {{"new-cart", "1.2.4", false, 3, 0}});
  world.run_until(world.now() + second);
  EXPECT_NEAR(response(), 2, 1e-6);
}

TEST(Routes, AForkStepsAsItsOriginWhateverTheSlices) {
  model::World world(two_versions());
  model::RouteRule rule = to("1.2.4");
  rule.weight = 30;
  rule.percent = 50;
  route(world, {rule});
  model::World fork(world);
  fork.run_until(60 * second);
  for (sim::Time t = world.now(); t < 60 * second; t += 7 * sim::millisecond) world.run_until(t);
  world.run_until(60 * second);
  EXPECT_EQ(world.fingerprint(), fork.fingerprint());
}

}  // namespace

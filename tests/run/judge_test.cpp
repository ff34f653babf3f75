// What the judge says of runs whose end is known. It looks once a simulated second, so what can be seen at once is told within two looks;
// the limit of the product is five seconds.

#include "run/judge/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chaos/experiment.h"
#include "operations/operations.h"
#include "support/pushes.h"
#include "support/worlds.h"

namespace {

using model::Objective;
using run::judge::Incident;
using run::judge::Judge;
using run::judge::Severity;
using testing::HasSubstr;

constexpr sim::Time detected_within = 5 * sim::second;

/// A World and what is said of it.
struct Judged {
  model::World world;
  Judge judge;

  explicit Judged(const model::WorldSpec& spec, const Judge::Objectives& objectives = {}) : world(spec), judge(world, objectives) {}

  void run_to(sim::Time end) {
    while (judge.due() <= end) {
      world.run_until(judge.due());
      judge.hear(world.take_occurrences());
      judge.look(world);
    }
    world.run_until(end);
  }
  void run_for(sim::Time time) { run_to(world.now() + time); }
  /// Until the judge says so; how long that took, at most `limit`.
  sim::Time until(Severity severity, sim::Time limit) {
    const sim::Time from = world.now();
    while (judge.severity() != severity && world.now() < from + limit) run_for(sim::second);
    return world.now() - from;
  }
  std::vector<Incident> incidents() const { return judge.judgement().incidents; }
  Incident last() const { return incidents().empty() ? Incident{} : incidents().back(); }
};

std::string fault(model::World& world, const std::string& type, const model::Selector& selector, const model::Parameters& parameters = {}) {
  auto started = chaos::start_fault(world, type, selector, std::nullopt, parameters);
  if (const auto* refusal = std::get_if<model::Refusal>(&started)) throw std::runtime_error(refusal->detail);
  return std::get<chaos::Started>(started).id;
}

std::string lose_zone(model::World& world, const std::string& zone) {
  model::Selector selector;
  selector.zones = {"us-east-1." + zone};
  return fault(world, "zone.outage", selector);
}

void slow_down(model::World& world, const std::string& service, double ms) {
  model::Selector selector;
  selector.services = {service};
  fault(world, "service.latency", selector, {{"latencyMs", ms}});
}

/// users -> front -> store, one instance of each in every zone; the store is busy for `busy` of 3 workers.
model::WorldSpec three_zones(double busy) {
  auto users = worlds::service("users", "denominator", 0, {1});
  users.requests_per_second = busy * 1'000 / 10;  // 10 ms each
  auto front = worlds::service("front", "monolith", 3, {2}, 0.1);
  auto store = worlds::service("store", "store", 3, {}, 10);
  store.concurrency = 1;
  return worlds::small({users, front, store});
}

TEST(Judge, NothingIsWrong) {
  Judged run(worlds::spec_of("netflixoss"));
  run.run_to(30 * sim::second);
  EXPECT_EQ(run.judge.severity(), Severity::normal);
  EXPECT_TRUE(run.incidents().empty());
  const auto objective = run.judge.judgement().objectives.at(0);
  EXPECT_EQ(objective.service, "www");
  EXPECT_EQ(objective.success.outcomes.bad, 0U);
  EXPECT_GT(objective.success.outcomes.all, 2'000U);
  EXPECT_EQ(objective.success.left, 1);
}

TEST(Judge, AZoneIsLostByDesign) {
  Judged run(worlds::spec_of("netflixoss"));
  run.run_to(10 * sim::second + 300 * sim::millisecond);
  const std::string id = lose_zone(run.world, "zoneB");
  EXPECT_LE(run.until(Severity::redundant, detected_within), detected_within);
  ASSERT_EQ(run.judge.severity(), Severity::redundant);
  Incident incident = run.last();
  EXPECT_EQ(incident.title, "zoneB of us-east-1 lost");
  EXPECT_THAT(incident.cause, HasSubstr("None of the 21 instances"));
  EXPECT_THAT(incident.advice, HasSubstr("2 of 3 zones carry the load: inform, do not touch"));
  EXPECT_LE(incident.opened - incident.began, detected_within);
  run.run_for(10 * sim::second);
  EXPECT_EQ(run.judge.severity(), Severity::redundant);
  EXPECT_EQ(run.incidents().size(), 1U);
  EXPECT_THAT(run.last().actions, testing::Contains(HasSubstr("callers asked others")));
  chaos::stop_fault(run.world, id);
  run.until(Severity::normal, 30 * sim::second);
  incident = run.last();
  ASSERT_TRUE(incident.closed);
  EXPECT_THAT(incident.actions, testing::Contains(HasSubstr("callers asked others"))) << "it is told when it is over, too";
  EXPECT_EQ(incident.timeline.back().text, "Nothing of zoneB of us-east-1 is missing any more.");
  EXPECT_EQ(incident.worst, Severity::redundant);
  EXPECT_EQ(incident.timeline.back().severity, Severity::normal);
}

TEST(Judge, TheSecondZoneIsOneTooMany) {
  Judged run(worlds::spec_of("netflixoss"));
  run.run_to(10 * sim::second);
  lose_zone(run.world, "zoneB");
  run.run_for(5 * sim::second);
  EXPECT_EQ(run.judge.severity(), Severity::redundant) << "whichever of two goes, one is left";
  lose_zone(run.world, "zoneA");
  EXPECT_LE(run.until(Severity::at_risk, detected_within), detected_within);
  ASSERT_EQ(run.judge.severity(), Severity::at_risk);
  EXPECT_EQ(run.incidents().size(), 2U);
  for (const Incident& incident : run.incidents()) {
    EXPECT_EQ(incident.severity, Severity::at_risk) << incident.title;
    EXPECT_THAT(incident.advice, HasSubstr("One more loss is an outage: without zoneC of us-east-1"));
  }
}

TEST(Judge, AZoneIsLostByDesignOnlyWhileUsersAreServed) {
  Judged run(worlds::spec_of("netflixoss", {1, 100, 2}));
  run.run_to(10 * sim::second);
  lose_zone(run.world, "zoneB");
  run.run_for(3 * sim::second);
  EXPECT_THAT(run.last().advice, HasSubstr("By design 2 of 3 zones carry the load"));
  lose_zone(run.world, "zoneA");
  run.run_for(3 * sim::second);
  for (const Incident& incident : run.incidents()) EXPECT_THAT(incident.advice, testing::Not(HasSubstr("By design"))) << incident.title;
  Judged alone(worlds::spec_of("netflixoss"));
  alone.run_to(10 * sim::second);
  for (const char* zone : {"zoneA", "zoneB", "zoneC"}) {
    lose_zone(alone.world, zone);
    alone.run_for(3 * sim::second);
  }
  ASSERT_EQ(alone.judge.severity(), Severity::outage);
  for (const Incident& incident : alone.incidents()) {
    if (incident.closed) continue;
    EXPECT_THAT(incident.advice, testing::Not(HasSubstr("not an outage"))) << incident.title;
  }
}

TEST(Judge, CapacityDecidesWhatTheNextLossIs) {
  // Two of three zones have 2 workers for what keeps 0.9 of them busy; one alone would have 1 worker for that.
  Judged light(three_zones(0.9));
  light.run_to(20 * sim::second);
  lose_zone(light.world, "zoneB");
  light.run_for(5 * sim::second);
  EXPECT_EQ(light.judge.severity(), Severity::redundant);
  Judged heavy(three_zones(1.3));
  heavy.run_to(20 * sim::second);
  EXPECT_EQ(heavy.judge.severity(), Severity::normal) << "nothing is lost";
  lose_zone(heavy.world, "zoneB");
  heavy.until(Severity::at_risk, detected_within);
  ASSERT_EQ(heavy.judge.severity(), Severity::at_risk) << heavy.last().title;
  EXPECT_THAT(heavy.last().advice, HasSubstr("store needs"));
}

TEST(Judge, TheLastInstanceOfSeveralIsARisk) {
  auto users = worlds::service("users", "denominator", 0, {1});
  users.requests_per_second = 50;
  Judged run(worlds::small({users, worlds::service("s", "store", 2, {})}));
  run.run_to(5 * sim::second);
  operations::kill(run.world, "small.us-east-1.zoneA.s00");
  run.until(Severity::at_risk, detected_within);
  EXPECT_EQ(run.judge.severity(), Severity::at_risk);
  EXPECT_EQ(run.last().title, "1 of 2 instances of s lost");
}

TEST(Judge, WhatTheSystemDoesByItselfIsTold) {
  Judged run(worlds::spec_of("netflixoss"));
  run.run_to(5 * sim::second);
  operations::kill(run.world, "netflixoss.us-east-1.zoneA.homepage00");
  run.until(Severity::redundant, detected_within);
  ASSERT_EQ(run.judge.severity(), Severity::redundant);
  run.until(Severity::normal, 120 * sim::second);
  ASSERT_TRUE(run.last().closed) << "a service keeps its number";
  EXPECT_THAT(run.last().actions, testing::Contains(HasSubstr("homepage: 1 started")));
}

TEST(Judge, WhatIsARiskByDesignIsNone) {
  // There is one instance of `one`: without it there is no path, but that has always been so.
  auto users = worlds::service("users", "denominator", 0, {1});
  users.requests_per_second = 50;
  Judged run(worlds::small({users, worlds::service("front", "monolith", 3, {2}), worlds::service("one", "store", 1, {})}));
  run.run_to(5 * sim::second);
  EXPECT_EQ(run.judge.severity(), Severity::normal);
  operations::kill(run.world, "small.us-east-1.zoneB.front01");
  run.run_for(5 * sim::second);
  EXPECT_EQ(run.judge.severity(), Severity::redundant) << run.last().advice;
}

TEST(Judge, TotalLossNamesWhoIsAffected) {
  Judged run(worlds::spec_of("netflixoss"));
  run.run_to(10 * sim::second);
  model::Selector selector;
  selector.regions = {"us-east-1"};
  const std::string id = fault(run.world, "region.outage", selector);
  EXPECT_LE(run.until(Severity::outage, detected_within), detected_within);
  ASSERT_EQ(run.judge.severity(), Severity::outage);
  run.run_for(5 * sim::second);
  const Incident incident = run.last();
  EXPECT_EQ(run.incidents().size(), 1U) << "one thing is wrong";
  EXPECT_EQ(incident.title, "us-east-1 lost");
  EXPECT_THAT(incident.advice, HasSubstr("move users"));
  ASSERT_EQ(incident.affected.size(), 1U);
  EXPECT_EQ(incident.affected[0].service, "www");
  EXPECT_GT(incident.affected[0].failed, 100U);
  EXPECT_THAT(run.judge.judgement().detail, HasSubstr("us-east-1 lost"));
  chaos::stop_fault(run.world, id);
  run.until(Severity::normal, 120 * sim::second);
  EXPECT_TRUE(run.last().closed);
  EXPECT_EQ(run.last().worst, Severity::outage);
}

TEST(Judge, ASlowServiceBurnsTheObjectiveOnLatency) {
  Judged run(worlds::spec_of("netflixoss", {1, 100, 2}), {{"www", {.latency_ms = 100}}});
  run.run_to(10 * sim::second);
  EXPECT_EQ(run.judge.severity(), Severity::normal);
  slow_down(run.world, "subscriber", 200);
  EXPECT_LE(run.until(Severity::outage, detected_within), detected_within);
  ASSERT_EQ(run.judge.severity(), Severity::outage);
  const Incident incident = run.last();
  EXPECT_EQ(incident.title, "www: too many requests are slow");
  EXPECT_THAT(incident.cause, HasSubstr("waiting for subscriber"));
  ASSERT_EQ(incident.affected.size(), 1U);
  EXPECT_GT(incident.affected[0].slow, 50U);
}

TEST(Judge, WhatNobodyNoticesIsNothing) {
  Judged run(worlds::spec_of("netflixoss"), {{"www", {.latency_ms = 1'000}}});
  run.run_to(10 * sim::second);
  slow_down(run.world, "subscriber", 2);
  run.run_for(20 * sim::second);
  EXPECT_EQ(run.judge.severity(), Severity::normal);
  EXPECT_TRUE(run.incidents().empty());
}

TEST(Judge, ErrorsAreFollowedToWhereTheyBegin) {
  Judged run(worlds::spec_of("netflixoss"));
  run.run_to(10 * sim::second);
  model::DeploymentSpec bad = worlds::rolling("1.1", 100);
  bad.version.error_rate = 0.9;
  const auto pushed = operations::push(run.world, "subscriber", bad);
  ASSERT_TRUE(std::holds_alternative<std::string>(pushed));
  run.until(Severity::outage, 60 * sim::second);
  ASSERT_EQ(run.judge.severity(), Severity::outage);
  EXPECT_EQ(run.last().title, "www: too many requests fail");
  EXPECT_THAT(run.last().cause, HasSubstr("calls to subscriber fail"));
  EXPECT_THAT(run.last().advice, HasSubstr("roll subscriber back"));
}

/// users -> front -> one, two: three instances each.
model::WorldSpec two_stores() {
  auto users = worlds::service("users", "denominator", 0, {1});
  users.requests_per_second = 200;
  return worlds::small({users, worlds::service("front", "karyon", 3, {2, 3}, 1), worlds::service("one", "store", 3, {}),
                        worlds::service("two", "store", 3, {})});
}

std::string fail(model::World& world, const std::string& service, double rate) {
  model::Selector selector;
  selector.services = {service};
  return fault(world, "service.error", selector, {{"rate", rate}});
}

std::size_t told(Judge& judge, run::judge::Notice::Kind kind) {
  const std::vector<run::judge::Notice> notices = judge.take_notices();
  return static_cast<std::size_t>(std::count_if(notices.begin(), notices.end(), [&](const auto& notice) { return notice.kind == kind; }));
}

TEST(Judge, WhenItComesFromElsewhereItSaysSo) {
  using Kind = run::judge::Notice::Kind;
  Judged run(two_stores());
  run.run_to(10 * sim::second);
  const std::string first = fail(run.world, "one", 0.3);
  run.run_for(10 * sim::second);
  ASSERT_EQ(run.judge.severity(), Severity::outage);
  EXPECT_THAT(run.last().cause, HasSubstr("of the calls to one fail, and nothing below it explains that."));
  run.judge.take_notices();
  fail(run.world, "two", 0.5);
  run.run_for(10 * sim::second);
  EXPECT_THAT(run.last().cause, HasSubstr("of the calls to two and "));
  EXPECT_THAT(run.last().cause, HasSubstr("of those to one fail, and nothing below them explains that."));
  EXPECT_THAT(run.last().advice, HasSubstr("Look at two and one: let breakers and fallbacks keep them from others"));
  EXPECT_EQ(told(run.judge, Kind::changed), 1U) << "the worst is another, and that is said once";
  chaos::stop_fault(run.world, first);
  run.run_for(10 * sim::second);
  EXPECT_THAT(run.last().cause, HasSubstr("of the calls to two fail, and nothing below it"));
  EXPECT_EQ(told(run.judge, Kind::changed), 0U) << "nothing new";
  EXPECT_EQ(run.incidents().size(), 1U);
}

TEST(Judge, TheFigureIsOfTheTimeSinceItBegan) {
  Judged run(two_stores());
  run.run_to(10 * sim::second);
  fail(run.world, "one", 1);
  run.until(Severity::outage, detected_within);
  ASSERT_EQ(run.judge.severity(), Severity::outage);
  EXPECT_THAT(run.last().cause, HasSubstr("100 % of the calls to one fail")) << "of five seconds it would be less";
}

TEST(Judge, WhatIsOverCameFromWhereItCameFrom) {
  Judged run(two_stores());
  run.run_to(10 * sim::second);
  const std::string id = fail(run.world, "one", 1);
  run.run_for(60 * sim::second);
  chaos::stop_fault(run.world, id);
  run.run_for(10 * sim::second);
  ASSERT_NE(run.judge.severity(), Severity::normal) << "the budget is gone";
  EXPECT_THAT(run.last().cause, HasSubstr("Last seen: 100 % of the calls to one fail"));
}

TEST(Judge, AServiceWithoutInstancesIsNamedAndNotItsCaller) {
  auto users = worlds::service("users", "denominator", 0, {1});
  users.requests_per_second = 200;
  Judged run(worlds::small({users, worlds::service("front", "monolith", 3, {2}, 1), worlds::service("store", "store", 3, {})}));
  run.run_to(10 * sim::second);
  const std::vector<std::string> names = {"small.us-east-1.zoneA.store00", "small.us-east-1.zoneB.store01",
                                          "small.us-east-1.zoneC.store02"};
  for (const std::string& name : names) operations::kill(run.world, name);
  run.run_for(10 * sim::second);
  ASSERT_EQ(run.judge.severity(), Severity::outage);
  EXPECT_THAT(run.last().cause, HasSubstr("No instance of store was there, which front needs: "));
}

std::string out_of_service(model::World& world, const std::string& service) {
  model::Selector selector;
  selector.services = {service};
  return fault(world, "service.outage", selector);
}

TEST(Judge, WhoWasAwayIsTheCauseWhenItIsBackToo) {
  Judged run(worlds::spec_of("netflixoss", {5}));
  run.run_to(10 * sim::second);
  operations::push(run.world, "homepage", worlds::rolling("1.1", 100));
  run.run_to(60 * sim::second);
  const std::string id = out_of_service(run.world, "subscriber");
  run.run_for(30 * sim::second);
  EXPECT_THAT(run.last().title, HasSubstr("6 of 6 instances of subscriber lost"));
  chaos::stop_fault(run.world, id);
  for (int i = 0; i < 10 && !run.last().closed; ++i) {
    EXPECT_THAT(run.last().cause, HasSubstr("subscriber"));
    EXPECT_THAT(run.last().advice, testing::Not(HasSubstr("roll homepage back")));
    run.run_for(sim::second);
  }
}

TEST(Judge, OneServiceIsNamedOnce) {
  Judged run(worlds::spec_of("netflixoss"));
  run.run_to(10 * sim::second);
  fail(run.world, "login", 0.6);
  run.run_for(10 * sim::second);
  out_of_service(run.world, "subscriber");
  for (int i = 0; i < 15; ++i) {
    run.run_for(sim::second);
    for (const Incident& incident : run.incidents()) EXPECT_THAT(incident.advice, testing::Not(HasSubstr("subscriber and subscriber")));
  }
}

TEST(Judge, UsersWhoAreAnsweredAreServed) {
  Judged run(worlds::spec_of("netflixoss"));
  run.run_to(10 * sim::second);
  out_of_service(run.world, "login");  // the proxy asks homepage instead
  run.run_for(90 * sim::second);
  EXPECT_EQ(run.judge.severity(), Severity::at_risk);
  EXPECT_THAT(run.judge.judgement().detail, testing::Not(HasSubstr("cannot be served")));
  EXPECT_THAT(run.last().cause, HasSubstr("nobody is there of login. Requests are answered all the same"));
}

TEST(Judge, TheTitleHasTheWorst) {
  Judged run(worlds::spec_of("netflixoss"));
  run.run_to(10 * sim::second);
  lose_zone(run.world, "zoneB");
  run.run_for(20 * sim::second);
  EXPECT_EQ(run.last().title, "zoneB of us-east-1 lost");
  fail(run.world, "login", 0.9);
  EXPECT_LE(run.until(Severity::outage, 10 * sim::second), 10 * sim::second);
  EXPECT_EQ(run.last().title, "zoneB of us-east-1 lost; www: too many requests fail");
}

TEST(Judge, ALossElsewhereHasNotTakenItOver) {
  Judged run(worlds::spec_of("netflixoss"));
  run.run_to(10 * sim::second);
  const std::string id = lose_zone(run.world, "zoneB");
  run.run_for(5 * sim::second);
  for (const char* name : {"netflixoss.us-east-1.zoneA.login00", "netflixoss.us-east-1.zoneA.login03"}) operations::kill(run.world, name);
  run.run_for(3 * sim::second);
  chaos::stop_fault(run.world, id);
  run.run_for(2 * sim::second);
  const Incident zone = run.incidents().front();
  ASSERT_TRUE(zone.closed);
  EXPECT_EQ(zone.timeline.back().text, "Nothing of zoneB of us-east-1 is missing any more.");
}

TEST(Judge, HowItEndedIsSaid) {
  Judged run(worlds::spec_of("netflixoss"));
  run.run_to(10 * sim::second);
  operations::kill(run.world, "netflixoss.us-east-1.zoneB.homepage01");
  run.until(Severity::redundant, detected_within);
  lose_zone(run.world, "zoneB");
  run.run_for(5 * sim::second);
  ASSERT_EQ(run.incidents().size(), 2U);
  ASSERT_TRUE(run.incidents()[0].closed);
  EXPECT_EQ(run.incidents()[0].timeline.back().text, "It is part of i2 now.");

  Judged replaced(worlds::spec_of("netflixoss"));
  replaced.run_to(10 * sim::second);
  operations::kill(replaced.world, "netflixoss.us-east-1.zoneA.homepage00");
  replaced.until(Severity::redundant, detected_within);
  replaced.until(Severity::normal, 120 * sim::second);
  EXPECT_EQ(replaced.last().timeline.back().text, "What was lost of homepage is back or on its way: 1 instance is still starting.");
  EXPECT_THAT(replaced.last().actions, testing::Contains(HasSubstr("homepage: 1 started")));
}

TEST(Judge, FewErrorsAreATicket) {
  // 0.5 % of the requests fail: five times what 99.9 % allows, so neither 14.4 nor 6, but 1 once a 36th of the long window is over:
  // 5 x (time / 72 min) >= 1 from 864 s on.
  auto users = worlds::service("users", "denominator", 0, {1});
  users.requests_per_second = 200;
  auto store = worlds::service("store", "store", 3, {});
  store.error_rate = 0.005;
  Judged run(worlds::small({users, store}));
  run.run_to(600 * sim::second);
  EXPECT_EQ(run.judge.severity(), Severity::normal);
  run.run_to(1'200 * sim::second);
  EXPECT_EQ(run.judge.severity(), Severity::at_risk);
  EXPECT_THAT(run.last().advice, HasSubstr("error budget will not last"));
  EXPECT_THAT(run.last().cause, HasSubstr("calls to store fail"));
}

TEST(Judge, AnotherObjectiveBeginsANewBudget) {
  Judged run(three_zones(0.5), {{"users", {.latency_ms = 1}}});
  run.run_to(20 * sim::second);
  EXPECT_EQ(run.judge.severity(), Severity::outage) << "nothing is answered within 1 ms";
  EXPECT_TRUE(run.judge.set_objective(run.world, "users", {.latency_ms = 1'000}));
  EXPECT_FALSE(run.judge.set_objective(run.world, "store", {}));
  run.run_for(sim::second);
  EXPECT_EQ(run.judge.severity(), Severity::normal);
  EXPECT_EQ(run.judge.judgement().objectives.at(0).latency->left, 1);
}

TEST(Judge, RollingOutTakesNothingAway) {
  Judged run(worlds::spec_of("netflixoss"));
  run.run_to(5 * sim::second);
  operations::push(run.world, "homepage", worlds::rolling("1.1"));
  operations::scale(run.world, {"login", 9, {}});
  run.run_for(60 * sim::second);
  EXPECT_TRUE(run.incidents().empty()) << run.last().title;
}

TEST(Judge, ChangesNothingAndIsTheSameHoweverTheWorldIsRun) {
  const auto spec = worlds::spec_of("netflixoss", {7, 100, 2});
  const auto hurt = [](Judged& run) {
    run.run_to(5 * sim::second);
    const std::string id = lose_zone(run.world, "zoneB");
    run.run_to(12 * sim::second);
    lose_zone(run.world, "zoneA");
    run.run_to(20 * sim::second);
    chaos::stop_fault(run.world, id);
    run.run_to(30 * sim::second);
  };
  Judged whole(spec);
  hurt(whole);
  model::World alone(spec);
  {
    alone.run_until(5 * sim::second);
    const std::string id = lose_zone(alone, "zoneB");
    alone.run_until(12 * sim::second);
    lose_zone(alone, "zoneA");
    alone.run_until(20 * sim::second);
    chaos::stop_fault(alone, id);
    alone.run_until(30 * sim::second);
  }
  EXPECT_EQ(whole.world.fingerprint(), alone.fingerprint());
  Judged forked(spec);
  forked.run_to(5 * sim::second);
  Judged copy = forked;
  hurt(copy);
  EXPECT_EQ(copy.incidents(), whole.incidents());
  EXPECT_GE(whole.incidents().size(), 2U);
}

}  // namespace

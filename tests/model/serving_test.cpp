// What a document says of how services serve and call is what happens: small runs from traces, in which every time is known.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/worlds.h"

namespace {

using testing::ElementsAre;

/// These services and users of the one called front who ask when the trace says (rows with blanks between them: seconds, and "get" or
/// one of the classes "urgent" and "idle"). Every way takes 1 ms, every request is traced.
model::WorldSpec spec_of(const std::string& services, std::string rows) {
  for (std::size_t at = 0; (at = rows.find(' ', at)) != std::string::npos; at += 2) rows.replace(at, 1, "\\n");
  model::WorldSpec spec = worlds::spec_of_text(R"({"arch": "small", "services": [)" + services + R"(,
    {"name": "users", "package": "denominator", "dependencies": ["front"], "load": {
      "arrivals": {"kind": "trace", "csv": ")" +
                                               rows + R"("},
      "mix": [{"name": "get", "verb": "get", "key": "fixed"}, {"name": "urgent", "verb": "get", "key": "fixed", "priority": 0},
              {"name": "idle", "verb": "get", "key": "fixed", "priority": 7}]}}]})");
  spec.network = {1, 1, 1, 0, {{0}}};
  spec.trace_sample_rate = 1;
  return spec;
}

constexpr sim::Time long_enough = 10 * sim::second;

model::World run(const std::string& services, const std::string& rows) {
  model::World world(spec_of(services, rows));
  world.run_until(long_enough);
  return world;
}

/// Response times in ms, as callers saw them, of the calls to a service, in the order in which they were sent.
std::vector<double> responses(model::World world, const std::string& service) {
  std::vector<model::Span> spans;
  for (model::Shard& shard : world.shards()) {
    for (const model::Span& span : shard.spans()) {
      const model::Group& group = world.shared().groups[world.instance(span.target).group];
      if (!span.root && world.shared().services[group.service].name == service) spans.push_back(span);
    }
  }
  std::sort(spans.begin(), spans.end(), [](const auto& a, const auto& b) { return a.cs != b.cs ? a.cs < b.cs : a.span < b.span; });
  std::vector<double> result;
  for (const model::Span& span : spans) result.push_back(sim::to_ms(span.cr - span.cs));
  return result;
}

std::uint64_t requests(const model::World& world, const std::string& service) {
  return worlds::cells_of(world, service).requests;
}

std::string store(const std::string& name, const std::string& members) {
  return R"({"name": ")" + name + R"(", "package": "store", "regions": 1, )" + members + "}";
}

/// One worker that takes 10 ms.
std::string queue(const std::string& members) {
  return store("front", R"("concurrency": 1, "serviceTime": 10)" + (members.empty() ? "" : ", " + members));
}

// --- who is served next. The network adds 2 ms to each.

TEST(Serving, FirstComeFirstServed) {
  EXPECT_THAT(responses(run(queue(""), "0 0.001 0.002 0.003"), "front"), ElementsAre(12, 21, 30, 39));
}

TEST(Serving, LastComeFirstServedWhileMoreWaitThanAllowed) {
  EXPECT_THAT(responses(run(queue(R"("discipline": "lastCome")"), "0 0.001 0.002 0.003"), "front"), ElementsAre(12, 41, 30, 19));
  EXPECT_THAT(responses(run(queue(R"("discipline": {"kind": "lastCome", "above": 2})"), "0 0.001 0.002 0.003"), "front"),
              ElementsAre(12, 31, 40, 19));
  EXPECT_THAT(responses(run(queue(R"("discipline": {"kind": "lastCome", "above": 3})"), "0 0.001 0.002 0.003"), "front"),
              ElementsAre(12, 21, 30, 39));
}

TEST(Serving, UrgentOnesOvertakeThoseThatWait) {
  EXPECT_THAT(responses(run(queue(R"("discipline": "priority")"), "0,idle 0.001,idle 0.002,get 0.003,urgent 0.004,urgent"), "front"),
              ElementsAre(12, 51, 40, 19, 28));
}

TEST(Serving, AllShareTheWorkers) {
  EXPECT_THAT(responses(run(queue(R"("discipline": "sharing")"), "0 0"), "front"), ElementsAre(22, 22));
  // One is half done when another comes: 5 ms of it are left, each of which takes two.
  EXPECT_THAT(responses(run(queue(R"("discipline": "sharing")"), "0 0.005"), "front"), ElementsAre(17, 17));
}

TEST(Serving, WhoWaitsTooLongIsRejected) {
  const model::World world = run(queue(R"("queueTimeout": 5)"), "0 0.001 0.006");
  EXPECT_THAT(responses(world, "front"), ElementsAre(12, 7, 16)) << "the second gives up at 6 ms, the third waits 4 ms";
  EXPECT_EQ(worlds::requests_of(world).failed, 1U);
}

TEST(Serving, BusyWorkersHinderEachOther) {
  const auto with = [](const char* law) {
    return responses(run(store("front", std::string(R"("concurrency": 3, "serviceTime": 10, )") + law), "0 0 0"), "front");
  };
  EXPECT_THAT(with(R"("contention": 0.5)"), ElementsAre(12, 17, 22)) << "1, 1.5 and 2 times as long";
  EXPECT_THAT(with(R"("crosstalk": 0.5)"), ElementsAre(12, 22, 42)) << "1, 2 and 4 times as long";
  EXPECT_THAT(with(R"("contention": 0.5, "crosstalk": 0.5)"), ElementsAre(12, 27, 52));
}

TEST(Serving, ScalabilityHasAnEnd) {
  // The law at its worst, with as many workers as there may be: nothing overflows, nobody is done.
  const model::World world = run(
      store("front", R"("concurrency": 65535, "serviceTime": 3600000, "contention": 1, "crosstalk": 1, "timeoutMs": 3600000)"), "0 0 0");
  EXPECT_EQ(worlds::calls_in_flight(world), 6U) << "and the three of the users";
  model::WorldSpec spec =
      spec_of(store("front", R"("discipline": "sharing", "concurrency": 65535, "queueLimit": 1000000, "serviceTime": 3600000,
                                                  "contention": 1, "crosstalk": 1, "timeoutMs": 3600000)"),
              "0");
  spec.trace_sample_rate = 0;
  model::LoadSpec crowd;
  crowd.arrivals = model::LoadSpec::Arrivals::deterministic;
  crowd.requests_per_second = 1'000'000;
  spec.services[1].load = std::make_shared<const model::LoadSpec>(crowd);
  model::World shared(spec);
  shared.run_until(70 * sim::millisecond);
  EXPECT_EQ(worlds::requests_of(shared).failed, 0U);
  EXPECT_EQ(worlds::requests_of(shared).succeeded, 0U);
}

TEST(Serving, SharedWorkMayGoOnForAges) {
  // Two users who never rest, one worker, services of a day: an answer every day, for more than the 208 days that 2^64 units of work are.
  model::WorldSpec spec = spec_of(store("front", R"("discipline": "sharing", "concurrency": 1, "serviceTime": 1)"), "0");
  spec.trace_sample_rate = 0;
  const sim::Time day = 24 * 3600 * sim::second;
  spec.services[0].service_time.mean_ms = sim::to_ms(day);
  spec.services[0].timeout = 100 * day;
  model::LoadSpec two;
  two.arrivals = model::LoadSpec::Arrivals::users;
  two.users = 2;
  spec.services[1].load = std::make_shared<const model::LoadSpec>(two);
  spec.services[1].timeout = 100 * day;
  model::World world(spec);
  const std::uint64_t days = 600;
  world.run_until(static_cast<sim::Time>(days) * day + sim::second * 3600);
  // Both ask at about the same time and are answered together, every two days.
  EXPECT_EQ(worlds::requests_of(world).succeeded, days);
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(Serving, HeldWorkersWaitForWhomTheyCall) {
  const auto front = [](const char* held) {
    return run(R"({"name": "front", "package": "monolith", "regions": 1, "concurrency": 1, "serviceTime": 1, "dependencies": ["back"], )" +
                   std::string(R"("workerHeld": )") + held + "}, " + store("back", R"("concurrency": 10, "serviceTime": 7)"),
               "0 0");
  };
  EXPECT_THAT(responses(front("false"), "front"), ElementsAre(12, 13)) << "the second one's work begins when the first one's is done";
  EXPECT_THAT(responses(front("true"), "front"), ElementsAre(12, 22)) << "... when the first one is answered";
}

// --- whom and how often. Each call takes its time and 2 ms of network, and so does front.

std::string fan_out(const std::string& how, const std::string& dependencies) {
  return R"({"name": "front", "package": "monolith", "regions": 1, "concurrency": 100, "serviceTime": 0, "timeoutMs": 9000, "fanOut": )" +
         how + R"(, "dependencies": [)" + dependencies + "]}, " + store("a", R"("concurrency": 100, "serviceTime": 10)") + ", " +
         store("b", R"("concurrency": 100, "serviceTime": 20)") + ", " + store("c", R"("concurrency": 100, "serviceTime": 40)");
}

TEST(FanOuts, OneAfterAnother) {
  EXPECT_THAT(responses(run(fan_out("\"sequential\"", R"("a", "b", "c")"), "0"), "front"), ElementsAre(2 + 12 + 22 + 42));
  const model::World often = run(fan_out("\"sequential\"", R"({"service": "a", "calls": 3}, {"service": "b", "calls": 0}, "c")"), "0");
  EXPECT_THAT(responses(often, "front"), ElementsAre(2 + 3 * 12 + 42));
  EXPECT_EQ(requests(often, "a"), 3U);
  EXPECT_EQ(requests(often, "b"), 0U);
}

TEST(FanOuts, OneAfterAnotherEndsWithTheFirstFailure) {
  std::string services = fan_out("\"sequential\"", R"("a", "b", "c")");
  const std::string b = R"("name": "b", )";
  services.insert(services.find(b), R"("errorRate": 1, )");
  const model::World world = run(services, "0");
  EXPECT_THAT(responses(world, "front"), ElementsAre(2 + 12 + 22));
  EXPECT_EQ(requests(world, "c"), 0U);
  EXPECT_EQ(worlds::requests_of(world).failed, 1U);
}

TEST(FanOuts, AllAtOnceTakeAsLongAsTheSlowest) {
  EXPECT_THAT(responses(run(fan_out("\"parallel\"", R"("a", {"service": "b", "calls": 5}, "c")"), "0"), "front"), ElementsAre(2 + 42));
}

TEST(FanOuts, OfManyPartsTheSlowestDecides) {
  model::World world(worlds::spec_of("fanout"));
  world.run_until(30 * sim::second);
  const model::CellCount page = worlds::cells_of(world, "page");
  model::CellCount parts;
  for (std::uint32_t s = 0; s < 10; ++s) parts.response.merge(worlds::cells_of(world, world.shared().services[s].name).response);
  // The page is there by t when each of its ten parts is. Its own work: 1 ms, 600 bytes of JSON to read and 60,000 to write.
  const sim::Time own = sim::from_ms(1 + 600 * 5.1e-6 + 60'000 * 3.52e-6);
  const auto share = [](const auto& histogram, sim::Time t) {
    return static_cast<double>(histogram.count_at_most(t)) / static_cast<double>(histogram.count());
  };
  const auto n = static_cast<double>(page.service.count());
  for (const double p : {0.1, 0.5, 0.9}) {
    const sim::Time t = page.service.quantile(p);
    EXPECT_NEAR(std::pow(share(parts.response, t - own), 10), p, 5 * std::sqrt(p * (1 - p) / n)) << p;
  }
  EXPECT_GT(page.service.quantile(0.5) - own, parts.response.quantile(0.9)) << "every other page waits for one of ten in the tail";
  EXPECT_EQ(worlds::requests_of(world).failed, 0U);
}

TEST(FanOuts, TheFirstThatSucceedAreEnough) {
  const auto with = [](int first) {
    return run(fan_out(R"({"kind": "parallel", "first": )" + std::to_string(first) + "}", R"("c", "b", {"service": "a", "calls": 2})"),
               "0");
  };
  EXPECT_THAT(responses(with(1), "front"), ElementsAre(2 + 12));
  EXPECT_THAT(responses(with(2), "front"), ElementsAre(2 + 12));
  EXPECT_THAT(responses(with(3), "front"), ElementsAre(2 + 22));
  EXPECT_THAT(responses(with(4), "front"), ElementsAre(2 + 42));
  EXPECT_EQ(requests(with(1), "c"), 1U) << "called all the same";
}

TEST(FanOuts, AsManyAsThereMayBe) {
  // 255 of 256 may fail, and 10,000 at once: what the numbers kept for a call can hold.
  std::string services = fan_out(R"({"kind": "parallel", "first": 1})", R"({"service": "a", "calls": 255}, "b")");
  services.insert(services.find(R"("name": "a", )"), R"("errorRate": 1, )");
  const model::World most = run(services, "0");
  EXPECT_THAT(responses(most, "front"), ElementsAre(2 + 22));
  EXPECT_EQ(worlds::requests_of(most).succeeded, 1U);
  const model::World in_turn = run(fan_out("\"sequential\"", R"({"service": "a", "calls": 255})"), "0");
  EXPECT_THAT(responses(in_turn, "front"), ElementsAre(2 + 255 * 12));
  EXPECT_EQ(requests(in_turn, "a"), 255U);
  const model::World at_once = run(fan_out("\"parallel\"", R"({"service": "a", "calls": 10000})"), "0");
  EXPECT_EQ(requests(at_once, "a"), 10'000U);
}

TEST(FanOuts, NobodyIsWaitedFor) {
  const model::World world = run(fan_out("\"asynchronous\"", R"("a", {"service": "c", "calls": 2})"), "0");
  EXPECT_THAT(responses(world, "front"), ElementsAre(2));
  EXPECT_EQ(requests(world, "a"), 1U);
  EXPECT_EQ(requests(world, "c"), 2U);
}

TEST(FanOuts, AFractionIsAChance) {
  for (const char* how : {"\"sequential\"", "\"parallel\"", "\"asynchronous\""}) {
    model::WorldSpec spec = spec_of(fan_out(how, R"({"service": "a", "calls": 1.25}, {"service": "b", "calls": 0.5})"), "0");
    spec.trace_sample_rate = 0;
    model::LoadSpec load;
    load.arrivals = model::LoadSpec::Arrivals::deterministic;
    load.requests_per_second = 1000;
    spec.services[4].load = std::make_shared<const model::LoadSpec>(load);
    spec.services[0].concurrency = spec.services[1].concurrency = spec.services[2].concurrency = 1000;
    model::World world(spec);
    world.run_until(10 * sim::second);
    const auto n = static_cast<double>(worlds::requests_of(world).succeeded);
    const double in_flight = static_cast<double>(worlds::requests_of(world).in_flight());
    const auto deviation = [n](double p) { return 5 * std::sqrt(n * p * (1 - p)); };
    EXPECT_NEAR(static_cast<double>(requests(world, "a")), 1.25 * n, deviation(0.25) + 2 * in_flight) << how;
    EXPECT_NEAR(static_cast<double>(requests(world, "b")), 0.5 * n, deviation(0.5) + in_flight) << how;
  }
}

TEST(FanOuts, ThePathOfUsersWorksWithAsManyAsItNeeds) {
  const auto works = [](const std::string& how, const std::string& dependencies, const std::vector<std::string>& dead) {
    model::World world(spec_of(fan_out(how, dependencies), "0"));
    for (const std::string& name : dead) world.kill(worlds::instances_of(world, name).front());
    return world.redundant();
  };
  const std::string all = R"("a", "b", "c")";
  for (const char* how : {"\"sequential\"", "\"parallel\""}) {
    EXPECT_TRUE(works(how, all, {}));
    EXPECT_FALSE(works(how, all, {"b"}));
    EXPECT_TRUE(works(how, R"("a", {"service": "b", "calls": 0}, "c")", {"b"})) << "never called";
    EXPECT_FALSE(works(how, R"("a", {"service": "b", "calls": 0.1}, "c")", {"b"}));
  }
  EXPECT_TRUE(works(R"({"kind": "parallel", "first": 2})", all, {"b"}));
  EXPECT_FALSE(works(R"({"kind": "parallel", "first": 2})", all, {"a", "b"}));
  EXPECT_TRUE(works(R"({"kind": "parallel", "first": 2})", R"("a", "b", {"service": "c", "calls": 2})", {"a", "b"}));
  EXPECT_TRUE(works("\"asynchronous\"", all, {"a", "b", "c"}));
  EXPECT_TRUE(works("\"any\"", all, {"a", "b"}));
}

// --- messages and connections

/// front asks data for a megabyte.
std::string megabyte(const std::string& how) {
  return R"({"name": "front", "package": "monolith", "regions": 1, "concurrency": 1, "serviceTime": 0, "dependencies": [
             {"service": "data", "replyBytes": 1e6)" +
         how + "}]}, " + store("data", R"("concurrency": 1, "serviceTime": 0)");
}

double megabyte_response(const std::string& how, double mbps) {
  model::WorldSpec spec = spec_of(megabyte(how), "0");
  spec.network.other_zone_mbps = mbps;
  spec.network.same_zone_mbps = mbps;
  model::World world(spec);
  world.run_until(long_enough);
  return responses(world, "front").at(0);
}

TEST(Messages, AMegabyteOfXmlHurts) {
  // 4 ms of network and, for a million bytes of JSON: to put together, on the wire at 5 Gbps, to take apart.
  const double xml = 4 + 5.94 + 1.41 * 8 / 5 + 10.87;
  const double protobuf = 4 + 2.8 + 0.49 * 8 / 5 + 1.55;
  const double json = 4 + 3.52 + 8.0 / 5 + 5.1;
  const double rounding = 1e6 / 65'536 * 2e-6 + 3e-6;  // costs a byte are kept in 2^-16 ns, times in whole ns
  EXPECT_NEAR(megabyte_response(R"(, "protocol": "xml")", 5000), xml, rounding);
  EXPECT_NEAR(megabyte_response(R"(, "protocol": "protobuf")", 5000), protobuf, rounding);
  EXPECT_NEAR(megabyte_response(R"(, "protocol": "json")", 5000), json, rounding);
  EXPECT_GT(xml, 2 * protobuf);
}

TEST(Messages, WithoutAProtocolTheWireAloneCounts) {
  const double rounding = 1e6 / 1'048'576 * 1e-6 + 2e-6;  // times a byte are kept in 2^-20 ns
  EXPECT_NEAR(megabyte_response("", 0), 4, 0) << "without limit";
  EXPECT_NEAR(megabyte_response("", 100), 4 + 80, rounding);
  EXPECT_NEAR(megabyte_response(R"(, "requestBytes": 500000)", 100), 4 + 80 + 40, 2 * rounding);
}

TEST(Messages, XmlNeedsMoreThanTwiceTheWorkers) {
  // With one worker each, what the slower end does a second is the most that is done.
  const auto served = [](const std::string& protocol) {
    model::WorldSpec spec = spec_of(megabyte(R"(, "protocol": ")" + protocol + "\""), "0");
    spec.trace_sample_rate = 0;
    model::LoadSpec load;
    load.arrivals = model::LoadSpec::Arrivals::deterministic;
    load.requests_per_second = 1000;
    spec.services[2].load = std::make_shared<const model::LoadSpec>(load);
    model::World world(spec);
    world.run_until(10 * sim::second);
    return static_cast<double>(worlds::requests_of(world).succeeded) / 10;
  };
  EXPECT_LE(served("xml"), 1000 / 10.87);
  EXPECT_GT(served("protobuf"), 2 * served("xml"));
}

TEST(Messages, ConfiguredBandwidthsReachTheNetwork) {
  const model::WorldSpec spec = worlds::spec_of("lamp");
  EXPECT_EQ(spec.network.same_zone_mbps, 5'000);
  EXPECT_EQ(spec.network.other_zone_mbps, 5'000);
  EXPECT_EQ(spec.network.between_regions_mbps, 5'000);
  EXPECT_EQ(spec.network.global_mbps, 100);
}

TEST(Connections, LimitTheCallsOfAnInstance) {
  const model::World world = run(fan_out("\"parallel\"", R"({"service": "a", "calls": 4, "connections": 1, "connectionQueue": 3})"), "0");
  EXPECT_THAT(responses(world, "a"), ElementsAre(12, 24, 36, 48)) << "one at a time: each waits for the connection of the one before";
  EXPECT_THAT(responses(world, "front"), ElementsAre(2 + 48));
}

TEST(Connections, OneMoreThanMayWaitIsRejected) {
  const model::World world = run(fan_out("\"parallel\"", R"({"service": "a", "calls": 4, "connections": 1, "connectionQueue": 2})"), "0");
  EXPECT_EQ(requests(world, "a"), 3U);
  EXPECT_EQ(worlds::requests_of(world).failed, 1U);
}

}  // namespace

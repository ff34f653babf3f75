// How a service serves and calls: what a document may say, what makes no sense and what would be right, every bound at it and one past it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reading.h"

namespace architecture_test {
namespace {

using architecture::Service;
using model::Discipline;
using model::FanOut;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = model::DistributionSpec::Kind;

/// A service t of this package with these members, after services a and b that it may call.
std::string with_caller(const std::string& members, const std::string& package = "karyon") {
  return R"({"arch": "x", "services": [{"name": "a", "package": "store"}, {"name": "b", "package": "store"}, {"name": "t", "package": ")" +
         package + "\"" + (members.empty() ? "" : ", " + members) + "}]}";
}

/// What the reader makes of t.
Service caller(const std::string& members, const std::string& package = "karyon") {
  return document_of(with_caller(members, package)).services[2];
}

std::vector<std::string> problems(const std::string& members, const std::string& package = "karyon") {
  return problems_of(with_caller(members, package));
}

/// The only problem's message.
std::string message(const std::string& members, const std::string& package = "karyon") {
  const auto result = architecture::read_architecture(with_caller(members, package), packages(), protocols());
  const auto* found = std::get_if<architecture::Problems>(&result);
  return found == nullptr || found->size() != 1 ? "not one problem" : found->front().message;
}

/// A dependency on a that has these members as well.
std::string dependency(const std::string& members) {
  return R"("dependencies": [{"service": "a", )" + members + "}]";
}

TEST(Serving, IsPlainWhenTheDocumentSaysNothing) {
  const Service service = caller(R"("dependencies": ["a", {"service": "b"}])");
  EXPECT_EQ(service.serving.discipline, Discipline::first_come);
  EXPECT_FALSE(service.serving.worker_held);
  EXPECT_FALSE(service.serving.queue_timeout.has_value());
  EXPECT_EQ(service.serving.contention, 0);
  EXPECT_EQ(service.serving.crosstalk, 0);
  EXPECT_EQ(service.serving.fan_out, FanOut::any);
  EXPECT_THAT(service.dependencies, ElementsAre("a", "b"));
  EXPECT_THAT(service.calls, ElementsAre(model::DependencySpec{}, model::DependencySpec{})) << "an object with a name alone is a name";
}

TEST(Serving, DisciplinesByNameOrAsObjects) {
  EXPECT_EQ(caller(R"("discipline": "priority")").serving.discipline, Discipline::priority);
  EXPECT_EQ(caller(R"("discipline": "sharing")").serving.discipline, Discipline::sharing);
  EXPECT_EQ(caller(R"("discipline": {"kind": "firstCome"})").serving.discipline, Discipline::first_come);
  EXPECT_EQ(caller(R"("discipline": "lastCome")").serving.last_come_above, 0U);
  const Service adaptive = caller(R"("discipline": {"kind": "lastCome", "above": 1000000})");
  EXPECT_EQ(adaptive.serving.discipline, Discipline::last_come);
  EXPECT_EQ(adaptive.serving.last_come_above, 1'000'000U);
  EXPECT_THAT(problems(R"("discipline": {"kind": "lastCome", "above": 1000001})"), ElementsAre("outOfRange /services/2/discipline/above"));
  EXPECT_THAT(problems(R"("discipline": {"kind": "priority", "above": 1})"), ElementsAre("unknownField /services/2/discipline/above"));
  EXPECT_THAT(problems(R"("discipline": {"above": 1})"), ElementsAre("missingField /services/2/discipline/kind"));
  EXPECT_THAT(problems(R"("discipline": "lifo")"), ElementsAre("unknownChoice /services/2/discipline"));
  EXPECT_EQ(message(R"("discipline": 5)"), "This has to be the name of a discipline or an object with its kind, not a number.");
}

TEST(Serving, SharingHasNoWorkersToHoldOrWaitFor) {
  EXPECT_THAT(problems(R"("discipline": "sharing", "workerHeld": true, "queueTimeout": 5)"),
              ElementsAre("conflict /services/2/workerHeld", "conflict /services/2/queueTimeout"));
  EXPECT_THAT(message(R"("discipline": "sharing", "workerHeld": true)"), HasSubstr("none is held; leave out one of the two"));
  EXPECT_THAT(message(R"("discipline": "sharing", "queueTimeout": 5)"), HasSubstr("nobody waits for a worker; leave out one of the two"));
  EXPECT_THAT(problems(R"("discipline": "sharing", "workerHeld": false)"), IsEmpty());
}

TEST(Serving, WorkersPatienceAndScalability) {
  const Service service = caller(
      R"("workerHeld": true, "queueTimeout": {"distribution": "erlang", "meanMs": 20, "shape": 4}, "contention": 0.1, "crosstalk": 0.001)");
  EXPECT_TRUE(service.serving.worker_held);
  EXPECT_EQ(service.serving.queue_timeout->kind, Kind::erlang);
  EXPECT_EQ(service.serving.queue_timeout->shape, 4U);
  EXPECT_EQ(service.serving.contention, 0.1);
  EXPECT_EQ(service.serving.crosstalk, 0.001);
  EXPECT_EQ(caller(R"("queueTimeout": 7)").serving.queue_timeout->mean_ms, 7);
  EXPECT_THAT(problems(R"("workerHeld": 1, "queueTimeout": -1, "contention": 1.1, "crosstalk": -0.1)"),
              ElementsAre("wrongType /services/2/workerHeld", "outOfRange /services/2/queueTimeout", "outOfRange /services/2/contention",
                          "outOfRange /services/2/crosstalk"));
}

TEST(Serving, HitsAndMissesOfThoseThatLookUp) {
  const Service cache = caller(R"("hitTime": 0.2, "missTime": {"distribution": "exponential", "meanMs": 3})", "cache");
  EXPECT_EQ(cache.serving.hit_time->mean_ms, 0.2);
  EXPECT_EQ(cache.serving.miss_time->kind, Kind::exponential);
  EXPECT_FALSE(caller("", "cache").serving.hit_time.has_value());
  for (const model::PackageInfo* package : packages::all()) {
    const std::string name(package->name);
    const std::vector<std::string> found = problems(R"("hitTime": 1, "missTime": 2)", name);
    if (package->looks_up) {
      EXPECT_THAT(found, IsEmpty()) << name;
    } else {
      EXPECT_THAT(found, ElementsAre("conflict /services/2/hitTime", "conflict /services/2/missTime")) << name;
    }
  }
  EXPECT_EQ(message(R"("hitTime": 1)", "zuul"),
            "Services of package \"zuul\" look no keys up; \"hitTime\" is for those that do: cache, primary, riak, store, volume.");
  EXPECT_THAT(problems(R"("hitTime": -1, "missTime": "long")", "cache"),
              ElementsAre("outOfRange /services/2/hitTime", "wrongType /services/2/missTime"));
}

TEST(Serving, ContentInPlaceOfAHitRatio) {
  const Service cache = caller(R"("content": {"capacity": 1000, "eviction": "lfu"})", "cache");
  EXPECT_EQ(cache.serving.content, (model::ContentSpec{1'000, model::Eviction::lfu}));
  EXPECT_EQ(caller(R"("content": {"capacity": 10000000})", "volume").serving.content,
            (model::ContentSpec{10'000'000, model::Eviction::lru}));
  EXPECT_FALSE(caller("", "cache").serving.content.has_value());
  EXPECT_THAT(problems(R"("content": {"capacity": 10}, "hitRatio": 0.5)", "cache"), ElementsAre("conflict /services/2/hitRatio"));
  EXPECT_THAT(problems(R"("content": {"capacity": 0, "eviction": "mru"})", "cache"),
              ElementsAre("outOfRange /services/2/content/capacity", "unknownChoice /services/2/content/eviction"));
  EXPECT_THAT(problems(R"("content": {"capacity": 10000001})", "cache"), ElementsAre("outOfRange /services/2/content/capacity"));
  EXPECT_THAT(problems(R"("content": {})", "cache"), ElementsAre("missingField /services/2/content/capacity"));
  EXPECT_THAT(problems(R"("content": 5)", "cache"), ElementsAre("wrongType /services/2/content"));
  EXPECT_THAT(problems(R"("content": {"capacity": 10})", "karyon"), ElementsAre("conflict /services/2/content"));
}

TEST(Serving, ReplicationIsForClustersOfItsPackage) {
  EXPECT_FALSE(caller("", "priamCassandra").serving.replication.has_value());
  const Service plain = caller(R"("dependencies": ["t"], "replication": {})", "priamCassandra");
  EXPECT_EQ(plain.serving.replication, model::Replication{});
  const Service full = caller(R"("dependencies": ["t"], "replication": {"factor": 5, "read": "LOCAL_QUORUM", "write": "ANY",
      "speculativeRetryMs": 20, "hintWindowMs": 60000, "hintBytes": 100, "hintKiBPerSecond": 10, "readRepair": false})",
                              "priamCassandra");
  EXPECT_EQ(full.serving.replication, (model::Replication{5, model::Consistency::local_quorum, model::Consistency::any,
                                                          20 * sim::millisecond, 0, false, 60 * sim::second, 100, 10}));
  for (std::size_t n = 0; n < model::speculation_names().size(); ++n) {
    const std::string name = model::speculation_names()[n];
    const Service at = caller(R"("dependencies": ["t"], "replication": {"speculativeRetry": ")" + name + "\"}", "priamCassandra");
    EXPECT_EQ(at.serving.replication->speculative_quantile, model::speculation_quantile(n));
    EXPECT_TRUE(at.serving.replication->read_repair);
    EXPECT_EQ("0." + name.substr(1), std::to_string(model::speculation_quantile(n)).substr(0, 1 + name.size())) << "p999 is 0.999";
  }
  EXPECT_EQ(message(R"("dependencies": ["t"], "replication": {"speculativeRetry": "p99", "speculativeRetryMs": 3})", "priamCassandra"),
            "A read waits for a time or for a quantile of the times of others; leave out one of the two.");
  EXPECT_THAT(problems(R"("dependencies": ["t"], "replication": {"speculativeRetry": "p42", "readRepair": 1})", "priamCassandra"),
              ElementsAre("unknownChoice /services/2/replication/speculativeRetry", "wrongType /services/2/replication/readRepair"));
  EXPECT_EQ(message(R"("replication": {})", "priamCassandra"),
            "Copies are on other nodes of a cluster: the service has to name itself among its \"dependencies\".");
  EXPECT_EQ(message(R"("dependencies": ["t"], "replication": {})", "riak"),
            "Services of package \"riak\" have no coordinators; a \"replication\" is for priamCassandra.");
  EXPECT_THAT(problems(R"("dependencies": ["t"], "replication": {"read": "ANY", "write": "MOST", "factor": 9})", "priamCassandra"),
              ElementsAre("outOfRange /services/2/replication/factor", "conflict /services/2/replication/read",
                          "unknownChoice /services/2/replication/write"));
  EXPECT_THAT(problems(R"("replication": 3)", "priamCassandra"), ElementsAre("wrongType /services/2/replication"));
}

// --- fan-out

TEST(FanOuts, ByNameOrAsObjects) {
  EXPECT_EQ(caller(R"("fanOut": "sequential")").serving.fan_out, FanOut::sequential);
  EXPECT_EQ(caller(R"("fanOut": "asynchronous")").serving.fan_out, FanOut::asynchronous);
  EXPECT_EQ(caller(R"("fanOut": {"kind": "any"})").serving.fan_out, FanOut::any);
  EXPECT_EQ(caller(R"("fanOut": "parallel")").serving.fan_out_first, 0U);
  const Service quorum = caller(R"("fanOut": {"kind": "parallel", "first": 2}, "dependencies": ["a", "b"])");
  EXPECT_EQ(quorum.serving.fan_out, FanOut::parallel);
  EXPECT_EQ(quorum.serving.fan_out_first, 2U);
  EXPECT_THAT(problems(R"("fanOut": {"kind": "sequential", "first": 1})"), ElementsAre("unknownField /services/2/fanOut/first"));
  EXPECT_THAT(problems(R"("fanOut": {"kind": "parallel", "first": 0})"), ElementsAre("outOfRange /services/2/fanOut/first"));
}

TEST(FanOuts, AreForThoseThatPassRequestsOn) {
  for (const model::PackageInfo* package : packages::all()) {
    const std::string name(package->name);
    const std::vector<std::string> found = problems(R"("fanOut": "parallel", "dependencies": [{"service": "a", "calls": 2}])", name);
    if (package->passes_on) {
      EXPECT_THAT(found, IsEmpty()) << name;
    } else {
      EXPECT_THAT(found, ElementsAre("conflict /services/2/fanOut", "conflict /services/2/dependencies/0/calls")) << name;
    }
  }
  EXPECT_EQ(message(R"("fanOut": "any")", "staash"),
            "Services of package \"staash\" call whom and as often as their package says; a \"fanOut\" is for those that pass requests on: "
            "elb, function, karyon, monolith, zuul.");
}

TEST(FanOuts, OneOfAllIsCalledOnce) {
  EXPECT_THAT(problems(R"("dependencies": [{"service": "a", "calls": 1}, {"service": "b", "calls": 0.5}])"),
              ElementsAre("conflict /services/2/dependencies/1/calls"));
  EXPECT_THAT(message(dependency(R"("calls": 2)")), HasSubstr("more needs a \"fanOut\" of sequential, parallel or asynchronous"));
}

TEST(FanOuts, LimitsOfHowManyCalls) {
  const auto with = [](const char* fan_out, const std::string& a, const std::string& b) {
    return problems(std::string("\"fanOut\": ") + fan_out + R"(, "dependencies": [{"service": "a", "calls": )" + a +
                    R"(}, {"service": "b", "calls": )" + b + "}]");
  };
  const auto too_many = ElementsAre("tooMany /services/2/dependencies");
  EXPECT_THAT(with("\"sequential\"", "200", "55"), IsEmpty());
  EXPECT_THAT(with("\"sequential\"", "200", "54.5"), IsEmpty());
  EXPECT_THAT(with("\"sequential\"", "200", "55.5"), too_many) << "a fraction takes a place of its own";
  EXPECT_THAT(with("\"sequential\"", "200", "56"), too_many);
  EXPECT_THAT(with("\"parallel\"", "9999", "1"), IsEmpty());
  EXPECT_THAT(with("\"parallel\"", "9999", "1.1"), too_many);
  EXPECT_THAT(with("\"asynchronous\"", "5000", "5000"), IsEmpty());
  EXPECT_THAT(with("\"asynchronous\"", "5000", "5001"), too_many);
  EXPECT_THAT(with("\"parallel\"", "10001", "0"), ElementsAre("outOfRange /services/2/dependencies/0/calls"));
  EXPECT_EQ(message(R"("fanOut": "sequential", "dependencies": [{"service": "a", "calls": 256}])"),
            "For one request these are up to 256 calls; one after another at most 255 are possible.");
}

TEST(FanOuts, FirstIsAtMostTheCallsAndSparesAtMost255) {
  const auto with = [](int first, const std::string& calls) {
    return R"("fanOut": {"kind": "parallel", "first": )" + std::to_string(first) + R"(}, "dependencies": [{"service": "a", "calls": )" +
           calls + R"(}, "b"])";
  };
  const auto out_of_range = ElementsAre("outOfRange /services/2/fanOut/first");
  EXPECT_THAT(problems(with(4, "3")), IsEmpty());
  EXPECT_THAT(problems(with(5, "3")), out_of_range);
  EXPECT_EQ(message(with(5, "3")), "5 answers are more than the 4 calls that are made; leave it out to wait for all.");
  EXPECT_THAT(problems(with(1, "255")), IsEmpty());
  EXPECT_THAT(problems(with(1, "256")), out_of_range);
  EXPECT_EQ(message(with(1, "256")), "Of 257 calls at most 255 may be to spare; this has to be at least 2.");
  EXPECT_THAT(problems(with(2, "2.5")), ElementsAre("conflict /services/2/dependencies/0/calls"));
  EXPECT_THAT(message(with(2, "2.5")), HasSubstr("a whole number"));
  EXPECT_THAT(problems(R"("fanOut": {"kind": "parallel", "first": 1})"), out_of_range) << "nobody is called";
}

TEST(FanOuts, TheRegistryAndTheOwnServiceAreNotCalled) {
  EXPECT_THAT(problems(R"("fanOut": {"kind": "parallel", "first": 2}, "dependencies": ["eureka", "t", "a"])"),
              ElementsAre("outOfRange /services/2/fanOut/first"));
}

// --- dependencies

TEST(Dependencies, EveryMemberIsKept) {
  const Service service =
      caller(R"("fanOut": "sequential", "dependencies": ["eureka", {"service": "a", "calls": 2.25, "protocol": "xml", "requestBytes": 300,
             "replyBytes": {"distribution": "logNormal", "meanBytes": 5000, "cv": 3}, "connections": 10, "connectionQueue": 20}])");
  EXPECT_THAT(service.dependencies, ElementsAre("eureka", "a"));
  ASSERT_EQ(service.calls.size(), 2U);
  EXPECT_EQ(service.calls[0], model::DependencySpec{});
  const model::DependencySpec& call = service.calls[1];
  EXPECT_EQ(call.calls, 2.25);
  EXPECT_EQ(call.protocol.name, "xml");
  EXPECT_EQ(call.request_bytes->mean_ms, 300) << "bytes";
  EXPECT_EQ(call.reply_bytes->kind, Kind::log_normal);
  EXPECT_EQ(call.reply_bytes->mean_ms, 5000);
  EXPECT_EQ(call.reply_bytes->cv, 3);
  EXPECT_EQ(call.connections, 10U);
  EXPECT_EQ(call.connection_queue, 20U);
}

TEST(Dependencies, AreNamesOrObjects) {
  EXPECT_EQ(message(R"("dependencies": [5])"), "This has to be the name of a service or an object with how it is called, not a number.");
  EXPECT_THAT(problems(R"("dependencies": [{"calls": 1}])"), ElementsAre("missingField /services/2/dependencies/0/service"));
  EXPECT_THAT(problems(R"("dependencies": [{"service": ""}])"), ElementsAre("empty /services/2/dependencies/0/service"));
  EXPECT_THAT(problems(R"("dependencies": [{"service": "c"}])"), ElementsAre("unknownService /services/2/dependencies/0"));
  EXPECT_THAT(problems(R"("dependencies": [{"service": "a", "call": 1}])"), ElementsAre("unknownField /services/2/dependencies/0/call"));
}

TEST(Dependencies, NamedTwiceCountOnceWhenTheySayTheSame) {
  EXPECT_THAT(caller(R"("dependencies": ["a", {"service": "a"}, "b", "a"])").dependencies, ElementsAre("a", "b"));
  const Service twice = caller(R"("dependencies": [{"service": "a", "connections": 2}, {"service": "a", "connections": 2}, "b"])");
  EXPECT_THAT(twice.dependencies, ElementsAre("a", "b"));
  ASSERT_EQ(twice.calls.size(), 2U);
  EXPECT_EQ(twice.calls[0].connections, 2U);
  EXPECT_EQ(twice.calls[1].connections, 0U);
  EXPECT_THAT(problems(R"("dependencies": ["b", "a", {"service": "a", "connections": 2}])"),
              ElementsAre("duplicateName /services/2/dependencies/2"));
  EXPECT_THAT(message(R"("dependencies": ["a", {"service": "a", "connections": 2}])"),
              HasSubstr("is already at /services/2/dependencies/0"));
}

TEST(Dependencies, BytesWithoutAProtocolTakeTimeOnTheWireAlone) {
  const model::DependencySpec call = caller(dependency(R"("requestBytes": 1e6)")).calls[0];
  EXPECT_EQ(call.protocol, model::Protocol{});
  EXPECT_TRUE(call.request_bytes.has_value());
  EXPECT_FALSE(call.reply_bytes.has_value());
}

TEST(Dependencies, AProtocolNeedsBytes) {
  EXPECT_THAT(problems(dependency(R"("protocol": "json")")), ElementsAre("conflict /services/2/dependencies/0/protocol"));
  EXPECT_THAT(message(dependency(R"("protocol": "json")")), HasSubstr("give \"requestBytes\", \"replyBytes\" or both"));
  EXPECT_THAT(problems(dependency(R"("protocol": "json", "requestBytes": 1)")), IsEmpty());
  EXPECT_THAT(problems(dependency(R"("protocol": "json", "replyBytes": 1)")), IsEmpty());
}

TEST(Dependencies, AQueueNeedsConnections) {
  EXPECT_THAT(problems(dependency(R"("connectionQueue": 5)")), ElementsAre("conflict /services/2/dependencies/0/connectionQueue"));
  EXPECT_THAT(problems(dependency(R"("connections": 65535, "connectionQueue": 1000000)")), IsEmpty());
  EXPECT_THAT(problems(dependency(R"("connections": 65536, "connectionQueue": 1000001)")),
              ElementsAre("outOfRange /services/2/dependencies/0/connections", "outOfRange /services/2/dependencies/0/connectionQueue"));
  EXPECT_THAT(problems(dependency(R"("connections": 0)")), ElementsAre("outOfRange /services/2/dependencies/0/connections"));
}

TEST(Dependencies, TheRegistryTakesNoSettings) {
  EXPECT_THAT(problems(R"("dependencies": [{"service": "eureka"}])"), IsEmpty());
  EXPECT_THAT(problems(R"("dependencies": [{"service": "eureka", "calls": 1, "protocol": "json", "requestBytes": 1, "replyBytes": 1,
                       "connections": 1, "connectionQueue": 1}])"),
              ElementsAre("conflict /services/2/dependencies/0/calls", "conflict /services/2/dependencies/0/protocol",
                          "conflict /services/2/dependencies/0/requestBytes", "conflict /services/2/dependencies/0/replyBytes",
                          "conflict /services/2/dependencies/0/connections", "conflict /services/2/dependencies/0/connectionQueue"));
}

TEST(Dependencies, AClusterHasMessagesWithSizesButNoPools) {
  EXPECT_THAT(problems(R"("dependencies": [{"service": "t", "protocol": "json", "requestBytes": 1}])", "priamCassandra"), IsEmpty());
  EXPECT_THAT(problems(R"("dependencies": [{"service": "t", "calls": 1, "connections": 1, "connectionQueue": 1}])", "priamCassandra"),
              ElementsAre("conflict /services/2/dependencies/0/calls", "conflict /services/2/dependencies/0/connections",
                          "conflict /services/2/dependencies/0/connectionQueue"));
}

// --- sizes and protocols

TEST(Bytes, AreDistributionsWithFieldsOfTheirOwn) {
  const auto bytes = [](const std::string& text) { return *caller(dependency("\"replyBytes\": " + text)).calls[0].reply_bytes; };
  EXPECT_EQ(bytes("1e9").mean_ms, 1e9);
  EXPECT_EQ(bytes(R"({"distribution": "constant", "meanBytes": 0})").mean_ms, 0);
  EXPECT_EQ(bytes(R"({"distribution": "uniform", "minBytes": 1, "maxBytes": 2})").max_ms, 2);
  EXPECT_EQ(bytes(R"({"distribution": "exponential", "meanBytes": 5})").kind, Kind::exponential);
  EXPECT_EQ(bytes(R"({"distribution": "pareto", "meanBytes": 5, "alpha": 1.2})").alpha, 1.2);
  EXPECT_EQ(bytes(R"({"distribution": "erlang", "meanBytes": 5, "shape": 3})").shape, 3U);
  EXPECT_EQ(bytes(R"({"distribution": "hyperexponential", "meanBytes": 5})").cv, 2);
  EXPECT_THAT(bytes(R"({"distribution": "empirical", "valuesBytes": [3, 1]})").values_ms, ElementsAre(1, 3));
  const auto problems_with = [](const std::string& text) { return problems(dependency("\"replyBytes\": " + text)); };
  const std::string at = " /services/2/dependencies/0/replyBytes";
  EXPECT_THAT(problems_with("1000000001"), ElementsAre("outOfRange" + at));
  EXPECT_THAT(problems_with("-1"), ElementsAre("outOfRange" + at));
  EXPECT_THAT(problems_with(R"({"distribution": "constant", "meanMs": 1})"),
              ElementsAre("missingField" + at + "/meanBytes", "unknownField" + at + "/meanMs"));
  EXPECT_THAT(problems_with(R"({"distribution": "uniform", "minBytes": 2, "maxBytes": 1})"), ElementsAre("outOfRange" + at + "/maxBytes"));
  EXPECT_EQ(message(dependency(R"("replyBytes": "big")")),
            "This has to be a number of bytes or an object with a distribution, not a string.");
}

TEST(Bytes, TablesOfADocumentAreLimited) {
  const auto document = [](std::size_t tables, const std::string& last) {
    std::string json = R"({"arch": "x", "services": [{"name": "a", "package": "store"})";
    const std::string table = R"({"distribution": "exponential", "meanBytes": 1})";
    const std::size_t pairs = tables / 2;
    for (std::size_t i = 0; i < pairs / 500; ++i) {
      json += R"(, {"name": "s)" + std::to_string(i) + R"(", "package": "karyon", "dependencies": [)";
      for (std::size_t d = 0; d < 500; ++d) {
        json += (d == 0 ? "" : ", ") + std::string(R"({"service": "d)") + std::to_string(d) + R"(", "requestBytes": )" + table +
                R"(, "replyBytes": )" + table + "}";
      }
      json += "]}";
    }
    for (std::size_t d = 0; d < 500; ++d) json += R"(, {"name": "d)" + std::to_string(d) + R"(", "package": "store"})";
    return json + R"(, {"name": "last", "package": "karyon", "dependencies": [{"service": "a", "replyBytes": )" + last + "}]}]}";
  };
  static_assert(architecture::message_tables_max % 1'000 == 0);
  const std::size_t max = architecture::message_tables_max;
  EXPECT_THAT(problems_of(document(max, "5")), IsEmpty());
  EXPECT_THAT(problems_of(document(max, R"({"distribution": "uniform", "minBytes": 1, "maxBytes": 2})")), IsEmpty());
  EXPECT_THAT(problems_of(document(max, R"({"distribution": "empirical", "valuesBytes": [1, 2]})")), IsEmpty());
  EXPECT_THAT(problems_of(document(max, R"({"distribution": "pareto", "meanBytes": 1})")),
              ElementsAre("tooMany /services/" + std::to_string(max / 1'000 + 501) + "/dependencies/0"));
}

TEST(Protocol, ByNameHasTheFiguresOfTheConfiguration) {
  for (const model::Protocol& known : protocols()) {
    EXPECT_EQ(caller(dependency("\"replyBytes\": 1, \"protocol\": \"" + known.name + "\"")).calls[0].protocol, known);
  }
  EXPECT_EQ(message(dependency(R"("replyBytes": 1, "protocol": "jsn")")), R"(There is no protocol "jsn"; did you mean "json"?)");
  EXPECT_EQ(message(dependency(R"("replyBytes": 1, "protocol": "carrier pigeon")")),
            R"(There is no protocol "carrier pigeon"; known are json, xml, protobuf, thrift, avro, sbe.)");
  const auto result = architecture::read_architecture(with_caller(dependency(R"("replyBytes": 1, "protocol": "json")")), packages(), {});
  EXPECT_EQ(std::get<architecture::Problems>(result)[0].message, R"(There is no protocol "json"; none has a name here.)");
}

TEST(Protocol, InFigures) {
  const auto with = [](const std::string& name, const char* serialize, const char* deserialize, const char* size) {
    return dependency(R"("replyBytes": 1, "protocol": {"name": ")" + name + R"(", "serializeNsPerByte": )" + serialize +
                      R"(, "deserializeNsPerByte": )" + deserialize + R"(, "sizeFactor": )" + size + "}");
  };
  const model::Protocol own = caller(with("gzip", "0", "10000", "0.01")).calls[0].protocol;
  EXPECT_EQ(own.name, "gzip");
  EXPECT_EQ(own.serialize_ns_per_byte, 0);
  EXPECT_EQ(own.deserialize_ns_per_byte, 10'000);
  EXPECT_EQ(own.size_factor, 0.01);
  EXPECT_EQ(caller(with("json", "10000", "0", "100")).calls[0].protocol.size_factor, 100) << "figures of its own under a known name";
  const std::string at = " /services/2/dependencies/0/protocol";
  EXPECT_THAT(problems(with("a b", "-1", "10000.1", "0.009")),
              ElementsAre("badName" + at + "/name", "outOfRange" + at + "/serializeNsPerByte", "outOfRange" + at + "/deserializeNsPerByte",
                          "outOfRange" + at + "/sizeFactor"));
  EXPECT_THAT(
      problems(dependency(R"("replyBytes": 1, "protocol": {"size": 1})")),
      ElementsAre("missingField" + at + "/name", "missingField" + at + "/serializeNsPerByte", "missingField" + at + "/deserializeNsPerByte",
                  "missingField" + at + "/sizeFactor", "unknownField" + at + "/size"));
  EXPECT_EQ(message(dependency(R"("replyBytes": 1, "protocol": null)")),
            "This has to be the name of a protocol or an object with its figures, not null.");
}

}  // namespace
}  // namespace architecture_test

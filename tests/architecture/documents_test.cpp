// The documents of json_arch against the tables of their authors' talks, and what the reader makes of each field.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "reading.h"
#include "support/source.h"

namespace architecture_test {
namespace {

using architecture::Architecture;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

Architecture built_in(const std::string& name) {
  return document_of(file("json_arch/" + name + "_arch.json"));
}

/// "name package count regions [dependencies]", one line a service.
std::vector<std::string> table(const Architecture& document) {
  std::vector<std::string> lines;
  for (const architecture::Service& service : document.services) {
    std::string dependencies;
    for (const std::string& name : service.dependencies) dependencies += (dependencies.empty() ? "" : " ") + name;
    lines.push_back(service.name + " " + service.package + " " + std::to_string(service.count) + " " + std::to_string(service.regions) +
                    " [" + dependencies + "]");
  }
  return lines;
}

TEST(Documents, AllLoadUnderTheNameOfTheirFile) {
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source::at("json_arch"))) {
    const std::string name = entry.path().filename().string();
    const std::string ending = "_arch.json";
    if (name.size() <= ending.size() || name.substr(name.size() - ending.size()) != ending) continue;
    const Architecture document = document_of(file("json_arch/" + name));
    EXPECT_EQ(document.name + ending, name);
    EXPECT_FALSE(document.description.empty()) << name;
    EXPECT_FALSE(document.version.empty()) << name;
    ++seen;
  }
  EXPECT_GE(seen, 15U);
}

TEST(Documents, Lamp) {
  const Architecture document = built_in("lamp");
  EXPECT_EQ(document.description, "Simple LAMP stack");
  EXPECT_EQ(document.victim, "webserver");
  EXPECT_THAT(table(document),
              ElementsAre("rds-mysql store 2 1 []", "memcache store 1 1 []", "webserver monolith 18 1 [memcache rds-mysql]",
                          "webserver-elb elb 0 1 [webserver]", "www denominator 0 0 [webserver-elb]"));
}

TEST(Documents, Cassandra) {
  const Architecture document = built_in("cassandra");
  EXPECT_EQ(document.victim, "");
  EXPECT_THAT(table(document), ElementsAre("cassandra priamCassandra 6 1 [cassandra eureka]", "restdata staash 6 1 [cassandra]",
                                           "app karyon 12 1 [restdata]", "proxy zuul 6 1 [app]", "www-elb elb 0 1 [proxy]",
                                           "www denominator 0 0 [www-elb]"));
}

TEST(Documents, Netflixoss) {
  const Architecture document = built_in("netflixoss");
  EXPECT_EQ(document.victim, "homepage");
  EXPECT_THAT(table(document), ElementsAre("cassSubscriber priamCassandra 6 1 [cassSubscriber eureka]", "evcacheSubscriber store 3 1 []",
                                           "subscriber staash 6 1 [cassSubscriber evcacheSubscriber]", "login karyon 18 1 [subscriber]",
                                           "homepage karyon 24 1 [subscriber]", "wwwproxy zuul 6 1 [login homepage]",
                                           "www-elb elb 0 1 [wwwproxy]", "www denominator 0 0 [www-elb]"));
}

TEST(Documents, Riak) {
  const Architecture document = built_in("riak");
  EXPECT_EQ(document.description, "Riak IoT ingestion");
  EXPECT_THAT(
      table(document),
      ElementsAre("riakTS riak 6 1 [riakTS eureka]", "ingester staash 6 1 [riakTS]", "ingestMQ karyon 3 1 [ingester]",
                  "riakKV riak 3 1 [riakKV]", "enricher staash 6 1 [riakKV ingestMQ]", "enrichMQ karyon 3 1 [enricher]",
                  "analytics karyon 6 1 [ingester]", "analytics-elb elb 0 1 [analytics]", "analytics-api denominator 0 0 [analytics-elb]",
                  "normalization karyon 6 1 [enrichMQ]", "iot-elb elb 0 1 [normalization]", "iot-api denominator 0 0 [iot-elb]",
                  "stream karyon 6 1 [ingestMQ]", "stream-elb elb 0 1 [stream]", "stream-api denominator 0 0 [stream-elb]"));
}

TEST(Documents, Storage) {
  EXPECT_THAT(table(built_in("storage")), ElementsAre("disk volume 0 1 []", "mysql staash 1 1 [disk]", "memcache cache 2 1 []",
                                                      "web staash 1 1 [memcache mysql]", "load denominator 0 1 [web]"))
      << "as in the talk, but that the load is where the rest is and not as far away as users are";
}

TEST(Documents, FanoutAsksTenPartsAtOnce) {
  const Architecture document = built_in("fanout");
  const architecture::Service& page = document.services[10];
  EXPECT_EQ(page.name, "page");
  EXPECT_EQ(page.serving.fan_out, model::FanOut::parallel);
  EXPECT_TRUE(page.serving.worker_held);
  ASSERT_EQ(page.dependencies.size(), 10U);
  for (std::size_t i = 0; i < page.dependencies.size(); ++i) {
    EXPECT_EQ(page.dependencies[i], document.services[i].name);
    EXPECT_EQ(page.calls[i].protocol.name, "protobuf");
    EXPECT_EQ(page.calls[i].connections, 20U);
    EXPECT_TRUE(page.calls[i].reply_bytes.has_value());
  }
}

TEST(Documents, MigrationStartsAsLamp) {
  EXPECT_THAT(table(built_in("migration0")), ElementsAre("rds-mysql store 2 1 [rds-mysql]", "php monolith 9 1 [rds-mysql]",
                                                         "www-elb elb 0 1 [php]", "www denominator 0 0 [www-elb]"));
  EXPECT_THAT(table(built_in("migration2")),
              ElementsAre("rds-mysql store 2 1 [rds-mysql]", "memcache store 1 1 []", "php monolith 9 1 [rds-mysql memcache]",
                          "wwwproxy zuul 9 1 [php]", "www-elb elb 0 1 [wwwproxy]", "www denominator 0 0 [www-elb]"));
}

TEST(Documents, MigrationHasBothDatabasesInStepFive) {
  EXPECT_THAT(table(built_in("migration5")),
              ElementsAre("cassTurtle priamCassandra 12 1 [cassTurtle]", "rds-mysql store 2 1 [rds-mysql]", "evcache store 3 1 []",
                          "turtle staash 6 1 [rds-mysql evcache cassTurtle]", "php karyon 9 1 [turtle]", "node karyon 9 1 [turtle]",
                          "wwwproxy zuul 9 1 [php node]", "www-elb elb 0 1 [wwwproxy]", "www denominator 0 0 [www-elb]"));
}

TEST(Documents, MigrationStepsAddUp) {
  const std::vector<std::size_t> services{4, 5, 6, 7, 8, 9, 8, 8, 8, 8};
  const std::vector<std::uint32_t> regions{1, 1, 1, 1, 1, 1, 1, 2, 2, 3};
  for (std::size_t step = 0; step < services.size(); ++step) {
    const Architecture document = built_in("migration" + std::to_string(step));
    EXPECT_EQ(document.services.size(), services[step]) << step;
    for (const architecture::Service& service : document.services) {
      EXPECT_EQ(service.regions, service.package == "denominator" ? 0U : regions[step]) << step << " " << service.name;
      const bool connected = std::count(service.dependencies.begin(), service.dependencies.end(), "eureka") == 1;
      EXPECT_EQ(connected, service.package == "priamCassandra" && step >= 8) << step << " " << service.name;
    }
  }
}

TEST(Documents, LeftOutNumbersAreNoneAsInSpigo) {
  const Architecture document = document_of(with_service(""));
  EXPECT_EQ(document.services[0].regions, 0U);
  EXPECT_EQ(document.services[0].count, 0U);
  EXPECT_THAT(document.services[0].dependencies, IsEmpty());
  EXPECT_FALSE(document.services[0].settings.service_time.has_value());
  EXPECT_FALSE(document.services[0].settings.concurrency.has_value());
}

TEST(Documents, EveryFieldIsKept) {
  const Architecture document = document_of(file("tests/golden/architectures/good-everything.json"));
  EXPECT_EQ(document.args, "[tool -x]");
  EXPECT_EQ(document.date, "2016-04-09T12:43:57.950415642-07:00");
  const architecture::Service& db = document.services[0];
  EXPECT_EQ(db.machine, "ecs:4");
  EXPECT_EQ(db.instance, "i");
  EXPECT_EQ(db.container, "postgres:9.4");
  EXPECT_EQ(db.process, "./run");
  EXPECT_EQ(db.settings.service_time->mean_ms, 1.5);
  EXPECT_EQ(db.settings.concurrency, 65'535U);
  EXPECT_EQ(db.settings.queue_limit, 1'000'000U);
  EXPECT_EQ(db.settings.hit_ratio, 1.0);
  EXPECT_EQ(db.settings.error_rate, 0.0);
  EXPECT_EQ(db.settings.timeout_ms, 3'600'000.0);
  EXPECT_EQ(db.settings.start_up_ms, 86'400'000.0);
  EXPECT_EQ(db.settings.requests_per_second, 0.0);
  const model::DistributionSpec& log_normal = *document.services[4].settings.service_time;
  EXPECT_EQ(log_normal.kind, model::DistributionSpec::Kind::log_normal);
  EXPECT_EQ(log_normal.cv, 0.5);
  EXPECT_EQ(document.services[5].settings.service_time->alpha, 1.5);
  EXPECT_THAT(document.services[6].settings.service_time->values_ms, ElementsAre(1, 2, 3)) << "sorted";
}

TEST(Documents, NameOfAnArchitectureMayBeAPath) {
  const Architecture document = document_of(file("tests/golden/architectures/good-composed.json"));
  EXPECT_EQ(document.name, "compose-some_yaml-test-yml");
  EXPECT_THAT(document.services[4].dependencies, ElementsAre("worker")) << "named twice, kept once";
  EXPECT_EQ(document_of(R"({"arch": "-a.-b-", "services": [{"name": "s", "package": "store"}]})").name, "-a-b-");
}

}  // namespace
}  // namespace architecture_test

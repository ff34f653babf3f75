// What a document may say of databases with a primary, and of brokers and those who take their messages; what makes no sense.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reading.h"

namespace architecture_test {
namespace {

using architecture::Consume;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = model::DistributionSpec::Kind;

std::string document(const std::string& services) {
  return R"({"arch": "x", "services": [)" + services + "]}";
}

/// The only problem's message.
std::string message(const std::string& json) {
  const auto result = architecture::read_architecture(json, packages(), protocols());
  const auto* found = std::get_if<architecture::Problems>(&result);
  return found == nullptr || found->size() != 1 ? "not one problem" : found->front().message;
}

// --- primary

std::string with_primary(const std::string& primary, const std::string& more = R"(, "dependencies": ["d"])",
                         const std::string& package = "primary") {
  return document(R"({"name": "d", "package": ")" + package + R"(", "primary": )" + primary + more + "}");
}

model::PrimarySpec primary_of(const std::string& json) {
  return *document_of(with_primary(json)).services[0].serving.primary;
}

TEST(PrimaryDocument, APresetByName) {
  EXPECT_THAT(model::primary_preset_names(), ElementsAre("mongodb", "rdsMultiAz", "aurora", "mysql"));
  for (std::size_t p = 0; p < model::primary_preset_names().size(); ++p) {
    const std::string name = "\"" + model::primary_preset_names()[p] + "\"";
    EXPECT_EQ(primary_of(name), model::primary_preset(p));
    EXPECT_EQ(primary_of("{\"preset\": " + name + "}"), model::primary_preset(p));
  }
  EXPECT_EQ(primary_of("{}"), model::primary_preset(0));
  EXPECT_FALSE(document_of(document(R"({"name": "d", "package": "primary"})")).services[0].serving.primary.has_value());
}

TEST(PrimaryDocument, SaysWhatIsDifferent) {
  const model::PrimarySpec spec =
      primary_of(R"({"preset": "aurora", "reads": "nearest", "lag": {"distribution": "exponential", "meanMs": 7},
      "applyMs": 0.5, "acknowledgements": 2, "goesOnAlone": false, "sharedStorage": false, "needsMajority": true, "detection": 1500,
      "failover": {"distribution": "uniform", "minMs": 1, "maxMs": 2}})");
  EXPECT_EQ(spec.read_from, model::ReadFrom::nearest);
  EXPECT_EQ(spec.lag.kind, Kind::exponential);
  EXPECT_EQ(spec.lag.mean_ms, 7);
  EXPECT_EQ(spec.apply, 500 * sim::microsecond);
  EXPECT_EQ(spec.acknowledgements, 2U);
  EXPECT_FALSE(spec.goes_on);
  EXPECT_FALSE(spec.shared_storage);
  EXPECT_TRUE(spec.needs_majority);
  EXPECT_EQ(spec.detection.mean_ms, 1'500);
  EXPECT_EQ(spec.failover.max_ms, 2);
  EXPECT_EQ(primary_of(R"({"acknowledgements": "majority"})").acknowledgements, model::PrimarySpec::majority_acknowledges);
  EXPECT_EQ(primary_of(R"({"preset": "mysql", "lag": 3})").failover, model::primary_preset(3).failover) << "the rest is the preset's";
}

TEST(PrimaryDocument, SaysWhatIsWrong) {
  EXPECT_THAT(problems_of(with_primary("\"oracle\"")), ElementsAre("unknownChoice /services/0/primary"));
  EXPECT_THAT(problems_of(with_primary("7")), ElementsAre("wrongType /services/0/primary"));
  EXPECT_THAT(problems_of(with_primary(R"({"preset": "oracle", "reads": "all", "lag": -1, "applyMs": -1, "acknowledgements": 101,
      "goesOnAlone": 1, "detection": "soon"})")),
              ElementsAre("unknownChoice /services/0/primary/preset", "unknownChoice /services/0/primary/reads",
                          "outOfRange /services/0/primary/lag", "outOfRange /services/0/primary/applyMs",
                          "outOfRange /services/0/primary/acknowledgements", "wrongType /services/0/primary/goesOnAlone",
                          "wrongType /services/0/primary/detection"));
  EXPECT_THAT(problems_of(with_primary(R"({"acknowledgements": "most"})")),
              ElementsAre("unknownChoice /services/0/primary/acknowledgements"));
  EXPECT_EQ(message(with_primary("{}", "", "store")),
            "Services of package \"store\" have no primary; a \"primary\" is for services of package \"primary\".");
  EXPECT_EQ(message(with_primary("{}", "")),
            "Writes wait for secondaries, which are other instances: the service has to name itself among its \"dependencies\", or have 0 "
            "\"acknowledgements\".");
  EXPECT_THAT(problems_of(with_primary("\"mysql\"", "")), IsEmpty()) << "nobody waits for secondaries";
}

// --- brokers

std::string with_topics(const std::string& topics, const std::string& more = "") {
  return document(R"({"name": "q", "package": "queue", "queue": {"topics": )" + topics + "}}" + (more.empty() ? "" : ", " + more));
}

std::vector<model::TopicSpec> topics_of(const std::string& topics) {
  return document_of(with_topics(topics)).services[0].serving.queue->topics;
}

TEST(QueueDocument, TopicsByNameOrAsObjects) {
  EXPECT_THAT(topics_of(R"(["a"])"), ElementsAre(model::TopicSpec{.name = "a"}));
  const auto topics = topics_of(R"([{"name": "a", "visibilityTimeoutMs": 1500, "maxReceives": 4, "depthLimit": 7, "deadLetters": "dead",
      "returnFailures": true}, "dead"])");
  EXPECT_EQ(topics.at(0), (model::TopicSpec{"a", 1'500 * sim::millisecond, 4, 7, "dead", true}));
  EXPECT_EQ(topics.at(1), model::TopicSpec{.name = "dead"});
  EXPECT_EQ(model::QueueSpec{}.topics, std::vector<model::TopicSpec>{{.name = "messages"}});
}

TEST(QueueDocument, SaysWhatIsWrongWithTopics) {
  const std::string at = " /services/0/queue/topics";
  EXPECT_THAT(problems_of(with_topics("[]")), ElementsAre("empty" + at));
  EXPECT_THAT(problems_of(with_topics("7")), ElementsAre("wrongType" + at));
  EXPECT_THAT(problems_of(document(R"({"name": "q", "package": "queue", "queue": {}})")), ElementsAre("missingField" + at));
  EXPECT_THAT(problems_of(document(R"({"name": "q", "package": "queue", "queue": []})")), ElementsAre("wrongType /services/0/queue"));
  EXPECT_THAT(problems_of(with_topics(R"(["a", {"name": "a", "depthLimit": 1}, "a"])")),
              ElementsAre("duplicateName" + at + "/1/name", "duplicateName" + at + "/2"));
  EXPECT_THAT(problems_of(with_topics(R"([{"name": "a b"}, {"visibilityTimeoutMs": 0.9}, 3])")),
              ElementsAre("badName" + at + "/0/name", "missingField" + at + "/1/name", "outOfRange" + at + "/1/visibilityTimeoutMs",
                          "wrongType" + at + "/2"));
  EXPECT_EQ(message(with_topics(R"([{"name": "a", "maxReceives": 2, "deadLetters": "died"}, "dead"])")),
            "There is no topic \"died\" here; did you mean \"dead\"?");
  EXPECT_EQ(message(with_topics(R"([{"name": "a", "deadLetters": "b"}, "b"])")),
            "Without \"maxReceives\" no message dies, so none goes there; say after how many times one is dead.");
  EXPECT_EQ(message(with_topics(R"([{"name": "a", "maxReceives": 2, "deadLetters": "a"}])")),
            "Dead letters of \"a\" come back to it: they would go round for ever.");
  EXPECT_THAT(problems_of(with_topics(R"([{"name": "a", "maxReceives": 2, "deadLetters": "b"},
      {"name": "b", "maxReceives": 2, "deadLetters": "a"}])")),
              ElementsAre("conflict" + at + "/0/deadLetters", "conflict" + at + "/1/deadLetters"));
  EXPECT_EQ(message(document(R"({"name": "q", "package": "store", "queue": {"topics": ["a"]}})")),
            "Services of package \"store\" keep no messages; a \"queue\" is for services of package \"queue\".");
}

std::string consumer(const std::string& consumes, const std::string& package = "karyon") {
  return with_topics(R"(["a", "b"])",
                     R"({"name": "s", "package": "store"}, {"name": "c", "package": ")" + package + R"(", "consumes": )" + consumes + "}");
}

TEST(QueueDocument, ConsumesByNameOrAsObjects) {
  const auto consumes = document_of(consumer(R"(["q", {"service": "q", "topic": "b", "atOnce": 65535}])")).services[2].consumes;
  ASSERT_EQ(consumes.size(), 2U);
  EXPECT_EQ(consumes[0].service, "q");
  EXPECT_EQ(consumes[0].topic, "");
  EXPECT_EQ(consumes[0].at_once, 0U);
  EXPECT_EQ(consumes[1].topic, "b");
  EXPECT_EQ(consumes[1].at_once, 65'535U);
}

TEST(QueueDocument, SaysWhatIsWrongWithConsumers) {
  const std::string at = " /services/2/consumes";
  EXPECT_THAT(problems_of(consumer("7")), ElementsAre("wrongType" + at));
  EXPECT_THAT(problems_of(consumer(R"([7, {"topic": "b"}, {"service": "q", "atOnce": 65536}])")),
              ElementsAre("wrongType" + at + "/0", "missingField" + at + "/1/service", "outOfRange" + at + "/2/atOnce"));
  EXPECT_EQ(message(consumer(R"(["qq"])")), "There is no service \"qq\"; did you mean \"q\"?");
  EXPECT_EQ(message(consumer(R"(["s"])")),
            "\"s\" is of package \"store\" and keeps no messages; \"consumes\" is for services of package \"queue\".");
  EXPECT_EQ(message(consumer(R"([{"service": "q", "topic": "zzz"}])")), "\"q\" has no topic \"zzz\"; it has a, b.");
  EXPECT_EQ(message(consumer(R"(["q", {"service": "q", "topic": "a"}])")), "Messages of \"a\" are taken already; say it once.");
  EXPECT_EQ(message(consumer(R"(["q"])", "denominator")),
            "Services of package \"denominator\" take no messages: they do nothing for a request.");
  EXPECT_EQ(message(consumer(R"(["q"])", "queue")), "Services of package \"queue\" take no messages: they keep them.");
}

TEST(QueueDocument, ATopicOfADependency) {
  const auto producer = [](const std::string& dependency) {
    return with_topics(R"(["a", "b"])",
                       R"({"name": "s", "package": "store"}, {"name": "p", "package": "karyon", "dependencies": [)" + dependency + "]}");
  };
  EXPECT_EQ(document_of(producer(R"({"service": "q", "topic": "b"})")).services[2].calls[0].topic, "b");
  EXPECT_EQ(message(producer(R"({"service": "q", "topic": "c"})")), "\"q\" has no topic \"c\"; did you mean \"a\"?");
  EXPECT_EQ(message(producer(R"({"service": "s", "topic": "a"})")),
            "\"s\" is of package \"store\" and keeps no messages; \"topic\" is for services of package \"queue\".");
  EXPECT_THAT(problems_of(producer(R"({"service": "eureka", "topic": "a"})")), ElementsAre("conflict /services/2/dependencies/0/topic"));
  EXPECT_THAT(problems_of(producer(R"({"service": "nobody", "topic": "a"})")), ElementsAre("unknownService /services/2/dependencies/0"));
}

}  // namespace
}  // namespace architecture_test

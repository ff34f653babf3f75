// Probes in documents and bodies: what may be said, and what makes no sense.

#include "architecture/read_probe.h"

#include <gmock/gmock.h>

#include "reading.h"

namespace architecture_test {
namespace {

using model::ProbeSpec;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct Read {
  ProbeSpec spec;
  std::vector<std::string> problems;
};

Read read(const std::string& json) {
  const auto parsed = std::get<architecture::JsonValue>(architecture::parse_json(json));
  architecture::Report report;
  Read result;
  result.spec = architecture::read_probe(parsed, "/probe", report);
  result.problems = summary(report.take());
  return result;
}

TEST(ProbeReader, TakesEveryField) {
  const Read full = read(R"({"name": "quick", "metric": "p99Ms", "service": "homepage", "region": "us-east-1", "windowMs": 5000,
                             "comparator": "outside", "value": [1, 20]})");
  EXPECT_THAT(full.problems, IsEmpty());
  ProbeSpec expected;
  expected.name = "quick";
  expected.metric = ProbeSpec::Metric::p99_ms;
  expected.service = "homepage";
  expected.region = "us-east-1";
  expected.window = 5 * sim::second;
  expected.comparator = ProbeSpec::Comparator::beyond;
  expected.value = 1;
  expected.high = 20;
  EXPECT_EQ(full.spec, expected);
}

TEST(ProbeReader, HasDefaults) {
  EXPECT_EQ(read(R"({"metric": "rate", "value": 3})").spec.comparator, ProbeSpec::Comparator::at_least);
  EXPECT_EQ(read(R"({"metric": "rate", "value": [3, 3]})").spec.comparator, ProbeSpec::Comparator::within);
  EXPECT_EQ(read(R"({"metric": "rate", "value": 3})").spec.window, 10 * sim::second);
}

TEST(ProbeReader, EveryMetricAndComparatorHasItsName) {
  for (std::size_t i = 0; i < model::probe_metric_names().size(); ++i) {
    const Read one = read(R"({"value": 1, "metric": ")" + model::probe_metric_names()[i] + "\"}");
    EXPECT_THAT(one.problems, IsEmpty());
    EXPECT_EQ(static_cast<std::size_t>(one.spec.metric), i);
  }
  EXPECT_EQ(model::probe_metric_names().size(), static_cast<std::size_t>(ProbeSpec::Metric::instances_up) + 1);
  for (std::size_t i = 0; i < model::probe_comparator_names().size(); ++i) {
    const std::string& name = model::probe_comparator_names()[i];
    const char* value = name.size() > 2 ? "[1, 2]" : "1";
    const Read one = read(R"({"metric": "rate", "comparator": ")" + name + R"(", "value": )" + value + "}");
    EXPECT_THAT(one.problems, IsEmpty());
    EXPECT_EQ(static_cast<std::size_t>(one.spec.comparator), i);
  }
}

TEST(ProbeReader, ThatMakeNoSense) {
  EXPECT_THAT(read("{}").problems, UnorderedElementsAre("missingField /probe/metric", "missingField /probe/value"));
  EXPECT_THAT(read("[]").problems, ElementsAre("wrongType /probe"));
  EXPECT_THAT(read(R"({"metric": "latency", "value": "1"})").problems,
              UnorderedElementsAre("unknownChoice /probe/metric", "wrongType /probe/value"));
  EXPECT_THAT(read(R"({"metric": "rate", "value": [1]})").problems, ElementsAre("wrongCount /probe/value"));
  EXPECT_THAT(read(R"({"metric": "rate", "value": [2, 1]})").problems, ElementsAre("outOfRange /probe/value"));
  EXPECT_THAT(read(R"({"metric": "rate", "value": [1, 2], "comparator": "<"})").problems, ElementsAre("conflict /probe/value"));
  EXPECT_THAT(read(R"({"metric": "rate", "value": 1, "comparator": "within"})").problems, ElementsAre("conflict /probe/value"));
  EXPECT_THAT(read(R"({"metric": "rate", "value": 2e12, "windowMs": 0.5, "users": true})").problems,
              UnorderedElementsAre("outOfRange /probe/value", "outOfRange /probe/windowMs", "unknownField /probe/users"));
}

}  // namespace
}  // namespace architecture_test

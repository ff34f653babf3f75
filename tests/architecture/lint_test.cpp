// Every rule of lint: a document in which it finds something, and one next to it in which it does not. And tests/golden/lint.txt: what is
// found in every architecture that comes with the server. UPDATE_GOLDEN=1 writes it anew; review is git diff.

#include "architecture/lint/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "reading.h"
#include "support/source.h"

namespace architecture_test {
namespace {

namespace lint = architecture::lint;
using testing::ElementsAre;
using testing::IsEmpty;

lint::Findings findings_of(const std::string& json) {
  static const auto defaults = std::get<architecture::Defaults>(architecture::read_defaults(file("config/packages.json"), packages()));
  static const auto regions = std::get<architecture::Regions>(architecture::read_regions(file("config/regions.json")));
  return lint::lint(document_of(json), defaults, regions);
}

/// "severity first-place (more places)", of one rule.
std::vector<std::string> found(const std::string& rule, const std::string& services, const std::string& members = "") {
  std::vector<std::string> lines;
  for (const lint::Finding& finding : findings_of(R"({"arch": "a", )" + members + R"("services": [)" + services + "]}")) {
    if (finding.rule != rule) continue;
    const std::size_t more = finding.places.size() - 1;
    lines.push_back(std::string(name_of(finding.severity)) + " " + finding.places.front() + (more > 0 ? " +" + std::to_string(more) : ""));
  }
  return lines;
}

std::string service(const std::string& name, const std::string& package, const std::string& dependencies = "",
                    const std::string& rest = "") {
  return R"({"name": ")" + name + R"(", "package": ")" + package + R"(", "count": 3, "regions": 1, "dependencies": [)" + dependencies +
         "]" + (rest.empty() ? "" : ", " + rest) + "}";
}

std::string users(const std::string& dependencies) {
  return R"({"name": "users", "package": "denominator", "dependencies": [)" + dependencies + "]}";
}

std::string called(const std::string& name, const std::string& rest) {
  return R"({"service": ")" + name + R"(", )" + rest + "}";
}

TEST(Lint, SingleZone) {
  const auto with = [](int count) {
    return found("singleZone", R"({"name": "s", "package": "store", "regions": 1, "count": )" + std::to_string(count) + "}");
  };
  EXPECT_THAT(with(1), ElementsAre("warning /services/0/count"));
  EXPECT_THAT(with(2), IsEmpty());
  EXPECT_THAT(with(0), IsEmpty()) << "outside of the zones";
  EXPECT_THAT(found("singleZone", R"({"name": "users", "package": "denominator", "regions": 1, "count": 1})"), IsEmpty());
}

TEST(Lint, QuorumOfCopies) {
  const auto with = [](int count, const std::string& replication, const std::string& mix = "") {
    return found("quorumZones", R"({"name": "c", "package": "priamCassandra", "regions": 1, "count": )" + std::to_string(count) +
                                    R"(, "dependencies": ["c"], "replication": )" + replication + "}, " +
                                    R"({"name": "users", "package": "denominator", "dependencies": ["c"])" + mix + "}");
  };
  const std::string local = R"({"factor": 3, "read": "LOCAL_QUORUM", "write": "LOCAL_QUORUM"})";
  EXPECT_THAT(with(2, local), ElementsAre("error /services/0/replication")) << "three copies wanted, two nodes in two zones";
  EXPECT_THAT(with(3, local), IsEmpty());
  EXPECT_THAT(with(6, R"({"factor": 2, "write": "QUORUM"})"), ElementsAre("error /services/0/replication")) << "two of two";
  EXPECT_THAT(with(6, R"({"factor": 4, "write": "LOCAL_QUORUM"})"), ElementsAre("error /services/0/replication")) << "two of four left";
  EXPECT_THAT(with(6, R"({"factor": 5, "write": "LOCAL_QUORUM"})"), IsEmpty()) << "three of five left";
  EXPECT_THAT(with(6, R"({"factor": 3})"), IsEmpty()) << "one is enough";
  EXPECT_THAT(with(6, R"({"factor": 3})", R"(, "load": {"mix": [{"name": "p", "verb": "put", "key": "new", "consistency": "ALL"}]})"),
              ElementsAre("error /services/0/replication"));
}

TEST(Lint, QuorumOfVoters) {
  const auto with = [](int count) {
    return found("quorumZones",
                 R"({"name": "p", "package": "primary", "regions": 1, "dependencies": ["p"], "primary": "mongodb", "count": )" +
                     std::to_string(count) + "}");
  };
  EXPECT_THAT(with(2), ElementsAre("error /services/0/count"));
  EXPECT_THAT(with(3), IsEmpty());
  EXPECT_THAT(with(4), ElementsAre("error /services/0/count")) << "two in one zone: two of four left";
}

TEST(Lint, Unreachable) {
  EXPECT_THAT(found("unreachable", service("s", "store") + "," + service("lonely", "store") + "," + users(R"("s")")),
              ElementsAre("warning /services/1"));
  EXPECT_THAT(found("unreachable", service("s", "store") + "," + users(R"("s")")), IsEmpty());
  EXPECT_THAT(found("unreachable", service("s", "store")), ElementsAre("warning /services")) << "no entry at all";
  EXPECT_THAT(
      found("unreachable", service("q", "queue") + "," + service("taker", "monolith", "", R"("consumes": ["q"])") + "," + users(R"("q")")),
      IsEmpty())
      << "over a queue";
  EXPECT_THAT(found("unreachable", R"({"name": "p", "package": "pirate", "count": 3, "dependencies": ["p"]})"), IsEmpty())
      << "acts on its own";
}

TEST(Lint, Cycle) {
  const std::string a = service("a", "karyon", R"("b")");
  EXPECT_THAT(found("cycle", a + "," + service("b", "karyon", R"("c")") + "," + service("c", "karyon", R"("a")")),
              ElementsAre("warning /services/0/dependencies/0 +2"));
  EXPECT_THAT(found("cycle", a + "," + service("b", "karyon", R"("c")") + "," + service("c", "store", R"("c")")), IsEmpty())
      << "a cluster is none";
}

TEST(Lint, PublicDataStore) {
  EXPECT_THAT(found("publicDataStore", service("s", "store") + "," + users(R"("s")")), ElementsAre("warning /services/1/dependencies/0"));
  EXPECT_THAT(found("publicDataStore", service("s", "cache") + "," + service("elb", "elb", R"("s")") + "," + users(R"("elb")")),
              ElementsAre("warning /services/1/dependencies/0"));
  EXPECT_THAT(found("publicDataStore", service("s", "cache") + "," + service("d", "staash", R"("s")") + "," + users(R"("d")")), IsEmpty());
}

TEST(Lint, NoTimeout) {
  const std::string below = service("s", "store", "", R"("timeoutMs": 100)");
  const auto with = [&](const std::string& policy, const std::string& above = R"({"timeoutMs": 900})") {
    return found("noTimeout", below + "," + service("a", "karyon", called("s", R"("policy": )" + policy)) + "," +
                                  users(called("a", R"("policy": )" + above)));
  };
  EXPECT_THAT(with("{}"), ElementsAre("warning /services/1/dependencies/0/policy"));
  EXPECT_THAT(with(R"({"timeoutMs": 100})"), IsEmpty());
  EXPECT_THAT(with(R"({"tryTimeoutMs": 100})"), IsEmpty());
  const std::string passes = R"({"deadline": {"pass": true}})";
  EXPECT_THAT(with(passes), ElementsAre("warning /services/1/dependencies/0/policy")) << "no deadline comes";
  EXPECT_THAT(with(passes, R"({"timeoutMs": 900, "deadline": {"pass": true}})"), IsEmpty());
  EXPECT_THAT(found("noTimeout", below + "," + users(R"("s")")), IsEmpty()) << "the service says how long";
  EXPECT_THAT(found("noTimeout", service("s", "store") + "," + service("a", "karyon", R"("s")") + "," + users(R"("a")")),
              ElementsAre("info /services/1/dependencies/0 +1"));
}

TEST(Lint, TimeoutInversion) {
  const auto with = [](const std::string& policy, const std::string& rest = "") {
    return found("timeoutInversion", service("s", "store") + "," + service("a", "karyon", called("s", R"("policy": )" + policy), rest) +
                                         "," + users(called("a", R"("policy": {"timeoutMs": 3000})")));
  };
  const std::string three = R"("retry": {"attempts": 3}})";
  EXPECT_THAT(with(R"({"tryTimeoutMs": 2000, )" + three), ElementsAre("warning /services/2/dependencies/0 +1"));
  EXPECT_THAT(with(R"({"tryTimeoutMs": 1000, )" + three), IsEmpty()) << "three tries of 1 s";
  EXPECT_THAT(with(R"({"tryTimeoutMs": 2000, "timeoutMs": 3000, )" + three), IsEmpty()) << "3 s in all";
  EXPECT_THAT(with(R"({"tryTimeoutMs": 2000, )" + three, R"("fanOut": "asynchronous")"), IsEmpty()) << "waits for none";
  EXPECT_THAT(found("timeoutInversion", service("s", "store", "", R"("timeoutMs": 400)") + "," +
                                            service("a", "karyon", R"("s")", R"("timeoutMs": 700)") + "," + users(R"("a")")),
              ElementsAre("warning /services/2/dependencies/0 +1"))
      << "400 ms, and once more elsewhere";
  EXPECT_THAT(
      found("timeoutInversion", service("s", "store") + "," + service("a", "karyon", called("s", R"("policy": {"timeoutMs": 4000})")) +
                                    "," + users(called("a", R"("policy": {"timeoutMs": 3000, "deadline": {"pass": true}})"))),
      IsEmpty())
      << "those below know when it is over";
}

TEST(Lint, RetryLayers) {
  const std::string three = R"("policy": {"timeoutMs": 100, "retry": {"attempts": 3}})";
  const std::string once = R"("policy": {"timeoutMs": 100})";
  const auto with = [](const std::string& upper, const std::string& lower) {
    return found("retryLayers", service("s", "store") + "," + service("a", "karyon", called("s", lower)) + "," + users(called("a", upper)));
  };
  EXPECT_THAT(with(three, three), ElementsAre("warning /services/2/dependencies/0 +1"));
  EXPECT_THAT(with(once, three), IsEmpty());
  EXPECT_THAT(with(R"("calls": 1)", three), ElementsAre("info /services/2/dependencies/0 +1")) << "once more by default";
  const auto all = findings_of(R"({"arch": "a", "services": [)" + service("s", "store") + "," + service("a", "karyon", called("s", three)) +
                               "," + service("b", "karyon", called("a", three)) + "," + users(called("b", three)) + "]}");
  const auto one = std::find_if(all.begin(), all.end(), [](const lint::Finding& f) { return f.rule == "retryLayers"; });
  ASSERT_NE(one, all.end());
  EXPECT_NE(one->why.find("one request may become 27."), std::string::npos) << one->why;
}

TEST(Lint, RetryWithoutBudget) {
  const auto with = [](const std::string& retry) {
    return found("retryWithoutBudget",
                 service("s", "store") + "," + users(called("s", R"("policy": {"timeoutMs": 100, "retry": )" + retry + "}")));
  };
  EXPECT_THAT(with(R"({"attempts": 2})"), ElementsAre("warning /services/1/dependencies/0/policy"));
  EXPECT_THAT(with(R"({"attempts": 2, "budget": {"kind": "sre"}})"), IsEmpty());
  EXPECT_THAT(with(R"({"attempts": 1})"), IsEmpty());
}

TEST(Lint, FanOutWithoutBulkhead) {
  const auto with = [](const std::string& x, const std::string& rest) {
    return found("fanOutWithoutBulkhead", service("x", "store") + "," + service("y", "store") + "," +
                                              service("a", "karyon", called("x", x) + "," + called("y", R"("connections": 5)"), rest));
  };
  const std::string held = R"("workerHeld": true)";
  EXPECT_THAT(with(R"("calls": 1)", held), ElementsAre("warning /services/2/dependencies/0"));
  EXPECT_THAT(with(R"("policy": {"timeoutMs": 100, "bulkhead": {"concurrent": 10}})", held), IsEmpty());
  EXPECT_THAT(with(R"("connections": 10)", held), IsEmpty());
  EXPECT_THAT(with(R"("calls": 1)", R"("fanOut": "parallel")"), ElementsAre("info /services/2/dependencies/0"));
  EXPECT_THAT(with(R"("calls": 1)", R"("fanOut": "sequential")"), IsEmpty()) << "who waits holds nothing";
}

TEST(Lint, NoFallback) {
  const auto with = [](const std::string& x, const std::string& fan_out) {
    return found("noFallback", service("x", "store") + "," + service("y", "store") + "," +
                                   service("a", "karyon", called("x", x) + R"(, "y")", R"("fanOut": )" + fan_out));
  };
  EXPECT_THAT(with(R"("calls": 1)", R"("parallel")"), ElementsAre("info /services/2/dependencies/0 +1"));
  EXPECT_THAT(with(R"("policy": {"timeoutMs": 100, "fallback": true})", R"("parallel")"), IsEmpty());
  EXPECT_THAT(with(R"("calls": 1)", R"({"kind": "parallel", "first": 1})"), IsEmpty());
  EXPECT_THAT(with(R"("calls": 1)", R"("sequential")"), IsEmpty());
}

TEST(Lint, MissingHealthCheck) {
  const auto with = [](const std::string& registry, const std::string& policy) {
    return found("missingHealthCheck", service("s", "store") + "," + users(called("s", R"("policy": )" + policy)), registry);
  };
  const std::string once = R"({"timeoutMs": 100})";
  EXPECT_THAT(with("", once), ElementsAre("info /services/1/dependencies/0"));
  EXPECT_THAT(with(R"("registry": "fixed", )", once), ElementsAre("info /registry +1"));
  EXPECT_THAT(with(R"("registry": "kubernetes", )", once), IsEmpty());
  EXPECT_THAT(with("", R"({"timeoutMs": 100, "outliers": {}})"), IsEmpty());
  EXPECT_THAT(with("", R"({"timeoutMs": 100, "healthCheck": {"intervalMs": 1000, "timeoutMs": 100, "healthy": 2, "unhealthy": 2}})"),
              IsEmpty());
}

TEST(Lint, ADependencyThatIsNamedTwiceKeepsItsPlace) {
  EXPECT_THAT(found("publicDataStore", service("s", "store") + "," + service("t", "store") + "," + users(R"("s", "s", "t")")),
              ElementsAre("warning /services/2/dependencies/0", "warning /services/2/dependencies/2"));
}

TEST(Lint, TheWorstComesFirst) {
  const auto all = findings_of(file("json_arch/timeouts-1-layers_arch.json"));
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const auto& x, const auto& y) { return x.severity > y.severity; }));
}

TEST(Lint, RulesHaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const lint::Rule* rule : lint::rules()) {
    names.insert(rule->name);
    EXPECT_FALSE(rule->title.empty() || rule->description.empty()) << rule->name;
  }
  EXPECT_EQ(names.size(), 12U);
}

TEST(GoldenLint, EveryArchitecture) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(source::at("json_arch"))) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with("_arch.json")) names.insert(name);
  }
  std::string text;
  for (const std::string& name : names) {
    const std::string document = file("json_arch/" + name);
    const auto parsed = nlohmann::json::parse(document);
    const lint::Findings findings = findings_of(document);
    text += "== " + name + "\n";
    for (const lint::Finding& finding : findings) {
      text += std::string(name_of(finding.severity)) + " " + std::string(finding.rule);
      for (const std::string& place : finding.places) {
        text += " " + place;
        EXPECT_TRUE(parsed.contains(nlohmann::json::json_pointer(place))) << name << " " << place;
      }
      text += "\n  " + finding.why + "\n  " + finding.mend + "\n";
    }
  }
  const std::string path = "tests/golden/lint.txt";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(source::at(path)) << text;
    return;
  }
  EXPECT_EQ(text, file(path)) << "make " << path << " with UPDATE_GOLDEN=1";
}

}  // namespace
}  // namespace architecture_test

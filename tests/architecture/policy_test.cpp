// Policies of dependencies: presets as their originals have them, what a document changes of them, what goes together.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reading.h"

namespace architecture_test {
namespace {

using model::Policy;
using model::Status;
using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Policy policy_of(const json& value) {
  auto read = architecture::read_policy(value.dump(), presets());
  if (const auto* problems = std::get_if<architecture::Problems>(&read)) {
    throw std::runtime_error(problems->front().pointer + ": " + problems->front().message);
  }
  return std::get<Policy>(std::move(read));
}

std::vector<std::string> problems_with(const json& value) {
  const auto read = architecture::read_policy(value.dump(), presets());
  const auto* problems = std::get_if<architecture::Problems>(&read);
  return problems == nullptr ? std::vector<std::string>() : summary(*problems);
}

architecture::Problems all_of(const json& value) {
  return std::get<architecture::Problems>(architecture::read_policy(value.dump(), presets()));
}

Policy preset(const char* name) {
  return policy_of({{"preset", name}});
}

TEST(PolicyPresets, AreTheSevenThatAreNamed) {
  std::vector<std::string> names;
  for (const architecture::PolicyPreset& known : presets()) {
    names.push_back(known.name);
    EXPECT_GT(known.why.size(), 50U) << known.name;
    EXPECT_GT(known.source.size(), 50U) << known.name;
    EXPECT_EQ(known.policy.preset, known.name);
    EXPECT_EQ(policy_of({{"preset", known.name}}), known.policy);
  }
  EXPECT_THAT(names, ElementsAre("hystrix-1.5", "resilience4j-2", "envoy-1.28", "grpc-a6", "finagle-22", "ribbon-2", "aws-sdk-2020"));
}

/// The figures of the presets are written out; where they are defaults of what decides, both have to agree.
TEST(PolicyPresets, HaveTheDefaultsOfTheirMachines) {
  const Policy hystrix = preset("hystrix-1.5");
  EXPECT_EQ(hystrix.breaker, policies::BreakerSpec(policies::HystrixSpec{}));
  EXPECT_FALSE(hystrix.breaker_each_try);
  EXPECT_EQ(hystrix.bulkhead, policies::BulkheadSpec::hystrix_thread_pool());
  EXPECT_EQ(hystrix.timeout, sim::second);
  EXPECT_EQ(hystrix.attempts, 1U);

  const Policy resilience4j = preset("resilience4j-2");
  EXPECT_EQ(resilience4j.breaker, policies::BreakerSpec(policies::Resilience4jSpec{}));
  EXPECT_TRUE(resilience4j.breaker_each_try);
  EXPECT_EQ(resilience4j.bulkhead, policies::BulkheadSpec::resilience4j());
  EXPECT_EQ(resilience4j.backoff.base, policies::BackoffSpec::resilience4j().base);
  EXPECT_EQ(resilience4j.backoff.kind, policies::BackoffSpec::Kind::fixed);

  const Policy envoy = preset("envoy-1.28");
  EXPECT_EQ(envoy.backoff, policies::BackoffSpec::envoy());
  EXPECT_EQ(envoy.budget, policies::RetryBudgetSpec(policies::ConcurrentRetries{}));
  EXPECT_EQ(envoy.outliers, policies::OutlierSpec{});
  EXPECT_TRUE(envoy.ejects && envoy.bulkhead_limits);
  EXPECT_EQ(envoy.timeout, 15 * sim::second);

  EXPECT_EQ(preset("grpc-a6").budget, policies::RetryBudgetSpec(policies::GrpcTokens{}));
  EXPECT_EQ(preset("grpc-a6").timeout, 0);
  EXPECT_EQ(preset("finagle-22").budget, policies::RetryBudgetSpec(policies::FinagleCredits{}));
  EXPECT_EQ(preset("aws-sdk-2020").budget, policies::RetryBudgetSpec(policies::AwsTokens{}));
  EXPECT_EQ(preset("ribbon-2").try_timeout, 5 * sim::second);
}

TEST(Policies, MayBeANameAnObjectOrNone) {
  const auto calls = [](const std::string& policy) {
    const std::string text = R"({"arch": "a", "services": [{"name": "s", "package": "store"}, {"name": "t", "package": "karyon",
      "dependencies": [{"service": "s", "policy": )" +
                             policy + "}]}]}";
    return document_of(text).services[1].calls[0].policy;
  };
  EXPECT_EQ(calls(R"("ribbon-2")"), preset("ribbon-2"));
  EXPECT_EQ(calls("{}"), Policy{});
  EXPECT_EQ(calls("null"), std::nullopt);
}

TEST(Policies, ChangeWhatTheyNameAndNothingElse) {
  Policy expected = preset("envoy-1.28");
  expected.timeout = 0;
  expected.outliers.consecutive_5xx = 3;
  expected.retry_on = {Status::error};
  EXPECT_EQ(
      policy_of({{"preset", "envoy-1.28"}, {"timeoutMs", nullptr}, {"retry", {{"on", {"error"}}}}, {"outliers", {{"consecutive5xx", 3}}}}),
      expected);
}

TEST(Policies, NullSwitchesASectionOff) {
  json off;
  for (const char* section : {"retry", "hedge", "deadline", "breaker", "bulkhead", "throttle", "outliers", "balancer", "timeoutMs",
                              "tryTimeoutMs", "connectTimeoutMs", "healthCheck", "serverBreaker"}) {
    off[section] = nullptr;
  }
  for (const architecture::PolicyPreset& known : presets()) {
    Policy none;
    none.preset = off["preset"] = known.name;
    EXPECT_EQ(policy_of(off), none) << known.name;
  }
  EXPECT_EQ(policy_of({{"preset", "envoy-1.28"}, {"retry", {{"budget", nullptr}}}}).budget.index(), 0U);
  EXPECT_EQ(policy_of({{"preset", "envoy-1.28"}, {"retry", {{"backoff", nullptr}}}}).backoff, policies::BackoffSpec{});
}

TEST(Policies, AnotherKindBeginsWithItsOwnDefaults) {
  const Policy changed = policy_of({{"preset", "hystrix-1.5"}, {"breaker", {{"kind", "resilience4j"}, {"probes", 3}}}});
  policies::Resilience4jSpec expected;
  expected.probes = 3;
  EXPECT_EQ(changed.breaker, policies::BreakerSpec(expected));
  EXPECT_TRUE(changed.breaker_each_try) << "as resilience4j counts";
  const Policy same = policy_of({{"preset", "hystrix-1.5"}, {"breaker", {{"kind", "hystrix"}, {"each", "try"}}}});
  EXPECT_EQ(same.breaker, preset("hystrix-1.5").breaker);
  EXPECT_TRUE(same.breaker_each_try);
  EXPECT_EQ(policy_of({{"retry", {{"backoff", {{"kind", "exponential"}}}}}}).backoff, policies::BackoffSpec::exponential_of_resilience4j());
  EXPECT_EQ(policy_of({{"retry", {{"backoff", {{"kind", "envoy"}, {"baseMs", 100}}}}}}).backoff.max, sim::second) << "ten times";
  EXPECT_EQ(policy_of({{"preset", "envoy-1.28"}, {"retry", {{"budget", {{"kind", "sre"}}}}}}).budget,
            policies::RetryBudgetSpec(policies::SreRatio{}));
}

TEST(Policies, KindsWithoutDefaultsWantToBeTold) {
  for (const char* kind : {"grpc", "fullJitter", "equalJitter", "decorrelated"}) {
    EXPECT_THAT(problems_with({{"retry", {{"backoff", {{"kind", kind}}}}}}),
                UnorderedElementsAre("missingField /retry/backoff/baseMs", "missingField /retry/backoff/maxMs"))
        << kind;
  }
  EXPECT_THAT(problems_with({{"preset", "aws-sdk-2020"}, {"retry", {{"backoff", {{"kind", "fullJitter"}}}}}}), IsEmpty());
}

TEST(Policies, UnlimitedIsNull) {
  const Policy policy = policy_of({{"bulkhead", {{"concurrent", 3}, {"queue", nullptr}, {"maxWaitMs", nullptr}}}});
  EXPECT_EQ(policy.bulkhead.queue, policies::BulkheadSpec::unlimited);
  EXPECT_EQ(policy.bulkhead.max_wait, sim::never);
  EXPECT_EQ(policy_of({{"bulkhead", {{"concurrent", 3}, {"queue", 2}, {"maxWaitMs", 1.5}}}}).bulkhead.max_wait, 1'500'000);
  EXPECT_EQ(policy_of({{"preset", "resilience4j-2"}, {"breaker", {{"halfOpenMaxMs", nullptr}, {"force", nullptr}}}}),
            preset("resilience4j-2"));
}

TEST(Policies, AForceIsOneOfTwo) {
  const auto force = [](const char* name) {
    return std::get<policies::HystrixSpec>(policy_of({{"preset", "hystrix-1.5"}, {"breaker", {{"force", name}}}}).breaker).force;
  };
  EXPECT_EQ(force("open"), (policies::BreakerForce{.open = true, .closed = false}));
  EXPECT_EQ(force("closed"), (policies::BreakerForce{.open = false, .closed = true}));
}

TEST(Policies, EveryReadPolicyIsOneThatTheMachinesTake) {
  const auto valid = [](const Policy& p) {
    const auto breaker = [](const auto& spec) {
      if constexpr (std::is_same_v<std::decay_t<decltype(spec)>, std::monostate>)
        return true;
      else
        return spec.valid();
    };
    return p.backoff.valid() && policies::valid(p.budget) && std::visit(breaker, p.breaker) && p.bulkhead.valid() && p.throttle.valid() &&
           p.outliers.valid();
  };
  for (const architecture::PolicyPreset& known : presets()) EXPECT_TRUE(valid(known.policy)) << known.name;
  const architecture::Architecture document = document_of(file("tests/golden/architectures/good-policies.json"));
  std::size_t seen = 0;
  for (const architecture::Service& service : document.services) {
    for (const model::DependencySpec& call : service.calls) {
      if (!call.policy) continue;
      EXPECT_TRUE(valid(*call.policy)) << service.name;
      ++seen;
    }
  }
  EXPECT_EQ(seen, 15U);
}

TEST(Policies, UnknownNamesGetTheNearest) {
  const auto problems = all_of({{"preset", "histrix-1.5"}, {"timeoutMs", -1}});
  EXPECT_THAT(summary(problems), ElementsAre("unknownPreset /preset")) << "what changes nothing known is not judged";
  EXPECT_EQ(problems[0].message, R"(There is no policy "histrix-1.5"; did you mean "hystrix-1.5"?)");
  EXPECT_EQ(problems[0].known.front(), "hystrix-1.5");
  const auto field = all_of({{"breaker", {{"kind", "hystrix"}, {"errorPercentage", 5}}}});
  EXPECT_THAT(summary(field), ElementsAre("unknownField /breaker/errorPercentage"));
  EXPECT_EQ(field[0].known.front(), "errorPercent");
  const auto none = architecture::read_policy(R"({"preset": "hystrix-1.5"})", {});
  EXPECT_EQ(std::get<architecture::Problems>(none)[0].message, R"(There is no policy "hystrix-1.5"; none has a name here.)");
}

TEST(Policies, APolicyByItselfIsAnObjectOrAName) {
  EXPECT_THAT(problems_with(nullptr), ElementsAre("wrongType "));
  EXPECT_THAT(problems_with(5), ElementsAre("wrongType "));
  EXPECT_EQ(policy_of("ribbon-2"), preset("ribbon-2"));
  EXPECT_THAT(summary(std::get<architecture::Problems>(architecture::read_policy("{", presets()))), ElementsAre("malformedJson "));
}

TEST(PolicyFile, IsRefusedWithEveryPlace) {
  const auto problems_in = [](const json& value) {
    const auto read = architecture::read_policies(value.dump());
    const auto* problems = std::get_if<architecture::Problems>(&read);
    return problems == nullptr ? std::vector<std::string>() : summary(*problems);
  };
  const json right = json::parse(file("config/policies.json"));
  EXPECT_THAT(problems_in(right), IsEmpty());
  json wrong = right;
  wrong["policies"]["hystrix-1.5"].erase("why");
  wrong["policies"]["envoy-1.28"]["preset"] = "hystrix-1.5";
  wrong["policies"]["ribbon-2"]["tryTimeoutMs"] = 0;
  wrong["policies"]["a name"] = right["policies"]["ribbon-2"];
  wrong["policies"]["none"] = 5;
  wrong["polices"] = 1;
  EXPECT_THAT(problems_in(wrong), UnorderedElementsAre("missingField /policies/hystrix-1.5/why", "unknownField /policies/envoy-1.28/preset",
                                                       "outOfRange /policies/ribbon-2/tryTimeoutMs", "badName /policies/a name",
                                                       "wrongType /policies/none", "unknownField /polices"));
  EXPECT_THAT(problems_in(json::object()), ElementsAre("missingField /policies"));
  json many = right;
  for (std::size_t i = right["policies"].size(); i <= architecture::policies_max; ++i) {
    many["policies"]["p" + std::to_string(i)] = right["policies"]["ribbon-2"];
  }
  EXPECT_THAT(problems_in(many), ElementsAre("tooMany /policies"));
}

}  // namespace
}  // namespace architecture_test

#include "policies/retry_budget.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace policies {
namespace {

constexpr std::uint32_t retries_max = 1'000'000;

std::uint32_t in_thousandths(double tokens) {
  return static_cast<std::uint32_t>(std::floor(tokens * 1'000 + 0.5));
}

std::uint32_t cost_of(const AwsTokens& aws, Outcome cause) {
  return cause == Outcome::timeout ? aws.timeout_cost : aws.cost;
}

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

/// The length of a bucket, for those that have a window.
sim::Time bucket_of(const RetryBudgetSpec& spec) {
  if (const auto* finagle = std::get_if<FinagleCredits>(&spec)) return finagle->expiry / 10;
  return std::get<SreRatio>(spec).window / 10;
}

}  // namespace

bool valid(const RetryBudgetSpec& spec) {
  return std::visit(
      Overloaded{
          [](std::monostate) { return true; },
          [](const ConcurrentRetries& s) { return s.max <= retries_max; },
          [](const RatioOfActive& s) { return s.percent >= 0 && s.percent <= 100 && s.minimum <= retries_max; },
          [](const GrpcTokens& s) { return s.max >= 1 && s.max <= 1'000 && s.ratio >= 0.001 && s.ratio <= 1'000; },
          [](const FinagleCredits& s) {
            return s.percent <= 1'000 && s.per_second <= 10'000 && s.expiry >= sim::second && s.expiry <= 60 * sim::second &&
                   s.expiry % sim::second == 0;
          },
          [](const AwsTokens& s) {
            return s.capacity >= 1 && s.capacity <= retries_max && s.cost <= s.capacity && s.timeout_cost <= s.capacity &&
                   s.increment <= s.capacity;
          },
          [](const SreRatio& s) { return s.percent >= 0 && s.percent <= 100 && s.window >= sim::second && s.window <= sim::hour; },
      },
      spec);
}

RetryBudget::RetryBudget(const RetryBudgetSpec& spec) {
  assert(valid(spec));
  if (std::holds_alternative<ConcurrentRetries>(spec) || std::holds_alternative<RatioOfActive>(spec)) state_ = Active();
  if (const auto* grpc = std::get_if<GrpcTokens>(&spec)) state_ = Tokens{grpc->max * 1'000};
  if (const auto* aws = std::get_if<AwsTokens>(&spec)) state_ = Tokens{aws->capacity};
  if (std::holds_alternative<FinagleCredits>(spec) || std::holds_alternative<SreRatio>(spec)) state_ = Window();
}

void RetryBudget::start(const RetryBudgetSpec& spec, sim::Time now) {
  if (auto* active = std::get_if<Active>(&state_)) ++active->all;
  if (auto* window = std::get_if<Window>(&state_)) ++window->at(bucket_of(spec), now).requests;
}

void RetryBudget::grpc_ended(const RetryBudgetSpec& spec, Outcome outcome) {
  const auto* grpc = std::get_if<GrpcTokens>(&spec);
  if (grpc == nullptr) return;
  std::uint32_t& left = std::get<Tokens>(state_).left;
  if (outcome == Outcome::success) left = std::min(left + in_thousandths(grpc->ratio), grpc->max * 1'000);
  if (is_failure(outcome)) left -= std::min(left, 1'000U);
}

void RetryBudget::end(const RetryBudgetSpec& spec, sim::Time, Outcome outcome) {
  if (auto* active = std::get_if<Active>(&state_)) {
    assert(active->all > active->retries);
    --active->all;
  }
  grpc_ended(spec, outcome);
  if (const auto* aws = std::get_if<AwsTokens>(&spec); aws != nullptr && outcome == Outcome::success) {
    std::uint32_t& left = std::get<Tokens>(state_).left;
    left = std::min(left + aws->increment, aws->capacity);
  }
}

bool RetryBudget::try_retry(const RetryBudgetSpec& spec, sim::Time now, Outcome cause) {
  return std::visit(Overloaded{
                        [](std::monostate) { return true; },
                        [&](const ConcurrentRetries& s) {
                          auto& active = std::get<Active>(state_);
                          if (active.retries >= s.max) return false;
                          ++active.all;
                          ++active.retries;
                          return true;
                        },
                        [&](const RatioOfActive& s) {
                          auto& active = std::get<Active>(state_);
                          const auto share = static_cast<std::uint32_t>(s.percent * active.all / 100);
                          if (active.retries >= std::max(share, s.minimum)) return false;
                          ++active.all;
                          ++active.retries;
                          return true;
                        },
                        [&](const GrpcTokens& s) { return std::get<Tokens>(state_).left > s.max * 500; },
                        [&](const FinagleCredits& s) {
                          // In hundredths of a retry.
                          auto& window = std::get<Window>(state_);
                          const Counts seen = window.sum(bucket_of(spec), now);
                          const std::uint64_t earned =
                              std::uint64_t{seen.requests} * s.percent +
                              std::uint64_t{100} * s.per_second * static_cast<std::uint64_t>(s.expiry / sim::second);
                          if ((std::uint64_t{seen.retries} + 1) * 100 > earned) return false;
                          ++window.at(bucket_of(spec), now).retries;
                          return true;
                        },
                        [&](const AwsTokens& s) {
                          std::uint32_t& left = std::get<Tokens>(state_).left;
                          if (left < cost_of(s, cause)) return false;
                          left -= cost_of(s, cause);
                          return true;
                        },
                        [&](const SreRatio& s) {
                          auto& window = std::get<Window>(state_);
                          const Counts seen = window.sum(bucket_of(spec), now);
                          if (!(seen.retries * 100.0 < seen.requests * s.percent)) return false;
                          ++window.at(bucket_of(spec), now).retries;
                          return true;
                        },
                    },
                    spec);
}

void RetryBudget::end_retry(const RetryBudgetSpec& spec, sim::Time, Outcome cause, Outcome outcome) {
  if (auto* active = std::get_if<Active>(&state_)) {
    assert(active->retries > 0);
    --active->all;
    --active->retries;
  }
  grpc_ended(spec, outcome);
  if (const auto* aws = std::get_if<AwsTokens>(&spec); aws != nullptr && outcome == Outcome::success) {
    std::uint32_t& left = std::get<Tokens>(state_).left;
    left = std::min(left + cost_of(*aws, cause), aws->capacity);
  }
}

}  // namespace policies

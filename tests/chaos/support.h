#pragma once
// A small system that faults are tried on, and what users saw of it.

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>

#include "chaos/experiment.h"
#include "chaos/fault.h"
#include "support/worlds.h"

namespace trial {

inline constexpr double rate = 200;  ///< requests a second

/// Users ask a web of six, which asks a db of three; each takes 1 ms for a piece of work and 0.1 ms for a way. A request takes 2.6 ms with
/// the db's part: user to web 0.1, web 1, web to db 0.1, db 1, and 0.2 back, which makes 2.4 ms.
inline constexpr double usual_ms = 2.4;

inline model::WorldSpec spec(std::uint64_t seed = 1) {
  model::WorldSpec spec = worlds::small(
      {worlds::service("db", "store", 3, {}), worlds::service("web", "karyon", 6, {0}), worlds::service("users", "denominator", 0, {1})},
      seed);
  spec.services[2].requests_per_second = rate;
  return spec;
}

inline chaos::FaultRequest on(const std::string& type, const std::string& service, const model::Parameters& parameters = {}) {
  chaos::FaultRequest request;
  request.type = type;
  request.selector.services = {service};
  request.parameters = parameters;
  return request;
}

inline std::string start(model::World& world, const chaos::FaultRequest& request) {
  const auto result = chaos::start_fault(world, request);
  if (const auto* refusal = std::get_if<model::Refusal>(&result)) {
    ADD_FAILURE() << request.type << ": " << refusal->detail
                  << (refusal->problems.empty() ? "" : " " + refusal->problems[0].pointer + " " + refusal->problems[0].message);
    return "";
  }
  return std::get<chaos::Started>(result).id;
}

/// What users saw in a part of the run.
struct Seen {
  std::uint64_t count = 0;
  std::uint64_t failed = 0;
  model::Histogram response;
  double failed_share() const { return count == 0 ? 0 : static_cast<double>(failed) / static_cast<double>(count); }
};

class Trial {
 public:
  explicit Trial(const model::WorldSpec& spec = trial::spec(), std::string users = "users")
      : world(spec), users_(std::move(users)), before_(worlds::cells_of(world, users_)) {}

  /// Runs for so long.
  Seen see(sim::Time length) {
    world.run_until(world.now() + length);
    const model::CellCount now = worlds::cells_of(world, users_);
    Seen seen{now.replies - before_.replies, now.errors - before_.errors, now.response.since(before_.response)};
    before_ = now;
    return seen;
  }

  model::World world;

 private:
  std::string users_;
  model::CellCount before_;
};

/// Half of the width of what a share of `count` draws can be with chance p, five standard deviations.
inline double width(double p, std::uint64_t count) {
  return 5 * std::sqrt(std::max(p * (1 - p), 1.0 / static_cast<double>(count)) / static_cast<double>(count));
}

inline void expect_share(double p, std::uint64_t hits, std::uint64_t count, const std::string& what) {
  ASSERT_GT(count, 0U) << what;
  EXPECT_NEAR(static_cast<double>(hits) / static_cast<double>(count), p, width(p, count)) << what;
}

/// Buckets are as wide as 1/128 of their values.
inline void expect_time(sim::Time time, double ms, const std::string& what) {
  EXPECT_NEAR(sim::to_ms(time), ms, ms / 100) << what;
}

}  // namespace trial

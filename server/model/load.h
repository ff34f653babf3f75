#pragma once
// A load as a source plays it: when the next request comes, and for what. Plain data and pure functions of it; the Shard draws, schedules
// and sends (source.cpp), the World deals the load out to the sources of a service (traffic.cpp).
//
// An open source sends at the times that its arrival process gives and at no others, whether or not earlier answers are there: a response
// time that counts from `Call::sent` counts from the intended time, and a system that stands still is not asked less (no coordinated
// omission).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/load_spec.h"
#include "model/problem.h"
#include "model/shape.h"
#include "sim/distribution.h"
#include "sim/zipf.h"

namespace model {

/// What one request is for.
struct RequestKind {
  Verb verb = Verb::get;
  RequestSpec::Key key = RequestSpec::Key::fixed;
  std::uint8_t priority = usual_priority;
  std::uint8_t level = no_level;  ///< a Consistency
  sim::Zipf popularity;
  std::uint64_t upto = 0;  ///< sim::threshold of the weights of it and of those before it
};

/// A load ready to be played. Shared by the sources of a service.
struct Load {
  Load() = default;
  /// REQUIRES: the spec was checked.
  Load(LoadSpecPtr given, sim::Time now);

  LoadSpecPtr spec = std::make_shared<const LoadSpec>();
  Shape shape;
  std::vector<RequestKind> mix;
  sim::Distribution think;
  /// Gaps to be stretched. Their mean: as many digits as a nanosecond allows, and yet tails that do not reach Distribution::longest.
  static constexpr sim::Time unit_mean = sim::millisecond;
  sim::Distribution unit;
  sim::Distribution gap;  ///< of one source, where nothing stretches it
  sim::Time since = 0;    ///< when it was set: shapes and traces count from here
  double rate_since = 0;  ///< integral of the shape at the time when the present rate was set
  std::uint32_t sources = 1;

  /// Divides it among as many sources.
  void deal(std::uint32_t count);
  /// The same with another rate, from now on. REQUIRES: spec->has_rate().
  void set_rate(double requests_per_second, sim::Time now);
  /// All its sources have another multiplier from now on.
  void be_surged(sim::Time now);
  double multiplier(const std::string& region) const;  ///< of LoadSpec::regions
  const RequestKind& pick(std::uint64_t random) const;
};

/// One instance of a load source.
struct Source {
  enum class Stream : std::uint8_t {
    none,
    steady,   ///< Poisson of constant rate: one draw a request
    renewal,  ///< independent gaps, through the shape
    regular,  ///< equal gaps, through the shape
    trace,
    users,
  };
  Stream stream = Stream::none;
  std::uint32_t ordinal = 0;   ///< among the sources of its service: of a trace, and of equal gaps, each takes its turn
  std::uint32_t line = 0;      ///< of the shape, where the last arrival was
  std::uint32_t keys_put = 0;  ///< so far
  double rate = 0;             ///< requests a second that all sources would send together if they were like this one
  double due = 0;              ///< renewal: integral of the shape at the next arrival
  std::uint64_t next = 0;      ///< regular: number of the next request among those of all sources, from 1; trace: its row, counted on in
                               ///< every loop
  double users_below = 0;      ///< its users are from here ...
  double users_upto = 0;       ///< ... to here, of those of all sources
  std::uint32_t users = 0;     ///< present, those who are to leave included
  std::uint32_t leaving = 0;   ///< so many of them are to leave; who is decided when somebody has thought or has been answered
  std::uint32_t waiting = 0;   ///< for an answer
  std::uint64_t draws = 0;     ///< of Purpose::load, so far
};

/// What a source does under a load; which users, keys and requests it has is kept. `users_below` is where the users of those before it end.
void assign(const Load& load, double multiplier, std::uint32_t ordinal, double users_below, Source& source);

/// Whether arrivals need a random number each.
constexpr bool draws_gaps(const Source& source) {
  return source.stream == Source::Stream::steady || source.stream == Source::Stream::renewal;
}
/// The first arrival at or after `now`, and then each after the other; sim::never when there is none.
sim::Time first_arrival(const Load& load, Source& source, sim::Time now, std::uint64_t random);
sim::Time next_arrival(const Load& load, Source& source, sim::Time now, std::uint64_t random);
/// What the trace says that its next arrival is for: index in the mix, or TraceRow::any.
std::uint32_t traced_request(const Load& load, const Source& source);

/// How many users a source should have now, and when that may change next.
std::uint32_t users_at(const Load& load, const Source& source, sim::Time now);
sim::Time users_change(const Load& load, const Source& source, sim::Time now);

/// What is wrong with a load whose rate or number of users is over the maximum where its factors are largest; place within the load.
std::optional<Problem> too_much(const LoadSpec& spec);

/// Multipliers of regions that are not among `known`; places within the load.
std::vector<Problem> unknown_regions(const LoadSpec& spec, const std::vector<std::string>& known);

/// "sends 200 requests a second (Pareto, diurnal)": what people are told.
std::string describe(const LoadSpec& spec);

}  // namespace model

#include "model/load.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "model/problem_text.h"

namespace model {
namespace {

using Stream = Source::Stream;
using Arrivals = LoadSpec::Arrivals;

/// Later than any run lasts.
constexpr double far_away = 9e18;

/// An arrival at a time that is no whole number of nanoseconds comes at the nearest; `now` is the least.
sim::Time arrival_at(const Load& load, Source& source, double integral, sim::Time now) {
  const double after = load.shape.inverse(integral, source.line);
  const double time = static_cast<double>(load.since) + after;
  if (time >= far_away) return sim::never;
  return std::max(now, load.since + static_cast<sim::Time>(std::floor(after + 0.5)));
}

/// Those of all sources come at equal distances; this one takes every n-th.
sim::Time regular_arrival(const Load& load, Source& source, sim::Time now) {
  // By its number, so that errors do not add up.
  return arrival_at(load, source, load.rate_since + static_cast<double>(source.next) * 1e9 / source.rate, now);
}

sim::Time trace_arrival(const Load& load, const Source& source, sim::Time now) {
  const std::vector<TraceRow>& rows = load.spec->trace;
  const std::uint64_t loop = source.next / rows.size();
  const sim::Time length = sim::from_ms(load.spec->loop_ms);
  if (loop > 0 && length == 0) return sim::never;
  return std::max(now, load.since + static_cast<sim::Time>(loop) * length + rows[source.next % rows.size()].at);
}

std::uint64_t first_of_turn(std::uint64_t least, std::uint64_t ordinal, std::uint64_t sources) {
  return least + (ordinal + sources - least % sources) % sources;
}

void find_first_row(const Load& load, Source& source, sim::Time now) {
  const std::vector<TraceRow>& rows = load.spec->trace;
  const sim::Time length = sim::from_ms(load.spec->loop_ms);
  const sim::Time passed = now - load.since;
  const std::uint64_t loop = length > 0 ? static_cast<std::uint64_t>(passed / length) : 0;
  const sim::Time within = length > 0 ? passed % length : passed;
  const auto row = std::lower_bound(rows.begin(), rows.end(), within, [](const TraceRow& r, sim::Time time) { return r.at < time; });
  source.next = first_of_turn(loop * rows.size() + static_cast<std::uint64_t>(row - rows.begin()), source.ordinal, load.sources);
}

const char* name_of(ShapeSpec::Kind kind) {
  static const char* const names[] = {"constant", "ramp", "step", "spike", "diurnal", "piecewise"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace

Load::Load(LoadSpecPtr given, sim::Time now) : spec(std::move(given)), shape(spec->shape), since(now) {
  double sum = 0;
  for (const RequestSpec& request : spec->mix) sum += request.weight;
  double upto = 0;
  for (const RequestSpec& request : spec->mix) {
    upto += request.weight;
    const std::uint8_t level = request.consistency ? static_cast<std::uint8_t>(*request.consistency) : no_level;
    mix.push_back({request.verb, request.key, request.priority, level, sim::Zipf(request.keys, request.zipf), sim::threshold(upto / sum)});
  }
  think = make_distribution(spec->think_time);
  if (spec->arrivals == Arrivals::pareto) unit = sim::Distribution::pareto(unit_mean, spec->alpha);
  if (spec->arrivals == Arrivals::poisson && (!shape.constant() || !spec->regions.empty()))
    unit = sim::Distribution::exponential(unit_mean);
}

void Load::deal(std::uint32_t count) {
  sources = count;
  const double rate = spec->requests_per_second.value_or(0);
  if (spec->arrivals == Arrivals::poisson && rate > 0) gap = sim::Distribution::exponential(sim::from_ms(1000.0 * count / rate));
}

void Load::set_rate(double requests_per_second, sim::Time now) {
  assert(spec->has_rate());
  LoadSpec changed = *spec;
  changed.requests_per_second = requests_per_second;
  spec = std::make_shared<const LoadSpec>(std::move(changed));
  rate_since = shape.integral(static_cast<double>(now - since));
}

void Load::be_surged(sim::Time now) {
  if (spec->arrivals == Arrivals::poisson && unit.is_constant()) unit = sim::Distribution::exponential(unit_mean);
  rate_since = shape.integral(static_cast<double>(now - since));
}

double Load::multiplier(const std::string& region) const {
  const auto found = spec->regions.find(region);
  return found == spec->regions.end() ? 1 : found->second;
}

const RequestKind& Load::pick(std::uint64_t random) const {
  std::size_t i = 0;
  while (i + 1 < mix.size() && random >= mix[i].upto) ++i;
  return mix[i];
}

void assign(const Load& load, double multiplier, std::uint32_t ordinal, double users_below, Source& source) {
  const LoadSpec& spec = *load.spec;
  const double rate = spec.requests_per_second.value_or(0) * multiplier;
  source.stream = Stream::none;
  source.ordinal = ordinal;
  source.line = 0;
  if (spec.arrivals == Arrivals::users) {
    source.stream = Stream::users;
    source.users_below = users_below;
    source.users_upto = users_below + static_cast<double>(spec.users) * multiplier / load.sources;
  } else if (spec.arrivals == Arrivals::trace) {
    source.stream = Stream::trace;
  } else if (rate > 0) {
    source.rate = rate;
    if (spec.arrivals == Arrivals::deterministic)
      source.stream = Stream::regular;
    else
      source.stream = spec.arrivals == Arrivals::poisson && load.shape.constant() && multiplier == 1 ? Stream::steady : Stream::renewal;
  }
}

sim::Time first_arrival(const Load& load, Source& source, sim::Time now, std::uint64_t random) {
  const auto passed = static_cast<double>(now - load.since);
  switch (source.stream) {
    case Stream::steady:
      return now + load.gap.sample(random);
    case Stream::renewal:
      source.due = load.shape.integral(passed);
      return next_arrival(load, source, now, random);
    case Stream::regular: {
      // What was due more than half a nanosecond ago has been sent.
      const double gaps = (load.shape.integral(passed - 0.5) - load.rate_since) * source.rate / 1e9;
      const auto least = static_cast<std::uint64_t>(std::max(1.0, std::ceil(gaps)));
      source.next = 1 + first_of_turn(least - 1, source.ordinal, load.sources);
      return regular_arrival(load, source, now);
    }
    case Stream::trace:
      find_first_row(load, source, now);
      return trace_arrival(load, source, now);
    case Stream::none:
    case Stream::users:
      break;
  }
  return sim::never;
}

sim::Time next_arrival(const Load& load, Source& source, sim::Time now, std::uint64_t random) {
  switch (source.stream) {
    case Stream::steady:
      return now + load.gap.sample(random);
    case Stream::renewal:
      source.due += static_cast<double>(load.unit.sample(random)) * (1e9 / Load::unit_mean) * load.sources / source.rate;
      return arrival_at(load, source, source.due, now);
    case Stream::regular:
      source.next += load.sources;
      return regular_arrival(load, source, now);
    case Stream::trace:
      source.next += load.sources;
      return trace_arrival(load, source, now);
    case Stream::none:
    case Stream::users:
      break;
  }
  return sim::never;
}

std::uint32_t traced_request(const Load& load, const Source& source) {
  return load.spec->trace[source.next % load.spec->trace.size()].request;
}

std::uint32_t users_at(const Load& load, const Source& source, sim::Time now) {
  const double factor = load.shape.factor(now - load.since);
  // The sources' numbers add up to the rounded number of all.
  return static_cast<std::uint32_t>(std::floor(source.users_upto * factor + 0.5) - std::floor(source.users_below * factor + 0.5));
}

sim::Time users_change(const Load& load, const Source& source, sim::Time now) {
  const sim::Time passed = now - load.since;
  const sim::Time next = std::min(load.shape.next_step(source.users_below, passed), load.shape.next_step(source.users_upto, passed));
  return next == sim::never ? next : load.since + next;
}

std::optional<Problem> too_much(const LoadSpec& spec) {
  double factor = Shape(spec.shape).peak();
  double multiplier = 1;
  for (const auto& [region, value] : spec.regions) multiplier = std::max(multiplier, value);
  factor *= multiplier;
  const bool users = spec.arrivals == Arrivals::users;
  const double most = users ? LoadSpec::users_max : LoadSpec::requests_per_second_max;
  const double asked = (users ? spec.users : spec.requests_per_second.value_or(0)) * factor;
  if (asked <= most || spec.arrivals == Arrivals::trace) return std::nullopt;
  return Problem{users ? "/users" : "/requestsPerSecond",
                 "outOfRange",
                 "With the largest factor of its shape and regions, " + number_text(factor) + ", this is " + number_text(asked) +
                     (users ? " users" : " requests a second") + "; at most " + number_text(most) + " are possible.",
                 {}};
}

std::vector<Problem> unknown_regions(const LoadSpec& spec, const std::vector<std::string>& known) {
  std::vector<Problem> problems;
  for (const auto& [region, multiplier] : spec.regions) {
    if (std::find(known.begin(), known.end(), region) != known.end()) continue;
    const std::string nearest = nearest_name(region, known);
    const std::string hint = nearest.empty() ? "; there are " + joined(known) + "." : "; did you mean \"" + nearest + "\"?";
    problems.push_back(
        {child_pointer("/regions", region), "unknownRegion", "There is no region " + quoted(region) + hint, nearest_first(region, known)});
  }
  return problems;
}

std::string describe(const LoadSpec& spec) {
  std::string what;
  std::vector<std::string> more;
  switch (spec.arrivals) {
    case Arrivals::users:
      what = "has " + std::to_string(spec.users) + " users";
      break;
    case Arrivals::trace:
      what = "plays a trace of " + std::to_string(spec.trace.size()) + " requests" + (spec.loop_ms > 0 ? " again and again" : "");
      break;
    case Arrivals::poisson:
    case Arrivals::deterministic:
    case Arrivals::pareto:
      what = "sends " + number_text(spec.requests_per_second.value_or(0)) + " requests a second";
      if (spec.arrivals == Arrivals::deterministic) more.emplace_back("equal gaps");
      if (spec.arrivals == Arrivals::pareto) more.emplace_back("Pareto gaps");
      break;
  }
  if (spec.shape.kind != ShapeSpec::Kind::constant) more.emplace_back(name_of(spec.shape.kind));
  return more.empty() ? what : what + " (" + joined(more) + ")";
}

}  // namespace model

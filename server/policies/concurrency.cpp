#include "policies/concurrency.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "sim/random.h"

namespace policies {
namespace {

constexpr std::uint32_t million = 1'000'000;

/// max(1, floor(log10 n)), by counting digits: a logarithm that is rounded would be wrong at 1,000.
double magnitude(double limit) {
  int digits = 0;
  for (auto n = static_cast<std::uint32_t>(limit); n >= 10; n /= 10) ++digits;
  return std::max(1, digits);
}

bool valid_range(std::uint32_t min, std::uint32_t initial, std::uint32_t max) {
  return min >= 1 && min <= initial && initial <= max && max <= million;
}

struct Valid {
  bool operator()(const FixedLimit& s) const { return s.limit >= 1 && s.limit <= million; }
  bool operator()(const AimdSpec& s) const {
    return valid_range(s.min, s.initial, s.max) && s.backoff >= 0.5 && s.backoff < 1 && s.timeout > 0;
  }
  bool operator()(const VegasSpec& s) const {
    return valid_range(1, s.initial, s.max) && s.smoothing > 0 && s.smoothing <= 1 && s.probe_multiplier >= 1 &&
           s.probe_multiplier <= 1'000;
  }
  bool operator()(const Gradient2Spec& s) const {
    return valid_range(s.min, s.initial, s.max) && s.tolerance >= 1 && s.tolerance <= 10 && s.long_window >= 1 &&
           s.long_window <= million && s.smoothing > 0 && s.smoothing <= 1 && s.queue <= million;
  }
  bool operator()(const EnvoyGradientSpec& s) const {
    return valid_range(s.min_concurrency, s.min_concurrency, s.max) && s.update_interval >= sim::millisecond &&
           s.update_interval <= sim::hour && s.min_rtt_interval >= sim::millisecond && s.min_rtt_interval <= 24 * sim::hour &&
           s.requests >= 1 && s.requests <= million && s.jitter >= 0 && s.jitter <= 1 && s.buffer >= 0 && s.buffer <= 10 &&
           s.quantile > 0 && s.quantile < 1;
  }
};

}  // namespace

bool valid(const ConcurrencySpec& spec) {
  return std::visit(Valid{}, spec);
}

ConcurrencyLimit::ConcurrencyLimit(const ConcurrencySpec& spec, sim::Time now) {
  assert(valid(spec));
  if (const auto* fixed = std::get_if<FixedLimit>(&spec)) limit_ = fixed->limit;
  if (const auto* aimd = std::get_if<AimdSpec>(&spec)) limit_ = aimd->initial;
  if (const auto* vegas = std::get_if<VegasSpec>(&spec)) {
    limit_ = vegas->initial;
    state_ = Vegas();
  }
  if (const auto* gradient2 = std::get_if<Gradient2Spec>(&spec)) {
    limit_ = gradient2->initial;
    state_ = Gradient2();
  }
  if (const auto* envoy = std::get_if<EnvoyGradientSpec>(&spec)) {
    limit_ = envoy->min_concurrency;
    state_ = EnvoyGradient();
    measure_min_rtt(*envoy, now);
  }
}

std::uint32_t ConcurrencyLimit::limit(const ConcurrencySpec& spec, sim::Time now) {
  if (const auto* envoy = std::get_if<EnvoyGradientSpec>(&spec)) advance_envoy(*envoy, now);
  return static_cast<std::uint32_t>(limit_);
}

void ConcurrencyLimit::sample(const ConcurrencySpec& spec, sim::Time now, const RttSample& sample, std::uint64_t random) {
  assert(sample.rtt > 0);
  if (const auto* aimd = std::get_if<AimdSpec>(&spec)) sample_aimd(*aimd, sample);
  if (const auto* vegas = std::get_if<VegasSpec>(&spec)) sample_vegas(*vegas, sample, random);
  if (const auto* gradient2 = std::get_if<Gradient2Spec>(&spec)) sample_gradient2(*gradient2, sample);
  if (const auto* envoy = std::get_if<EnvoyGradientSpec>(&spec)) sample_envoy(*envoy, now, sample, random);
}

void ConcurrencyLimit::sample_aimd(const AimdSpec& spec, const RttSample& sample) {
  if (sample.dropped || sample.rtt > spec.timeout) {
    limit_ = std::floor(limit_ * spec.backoff);
  } else if (2.0 * sample.in_flight >= limit_) {
    limit_ += 1;
  }
  limit_ = std::clamp<double>(limit_, spec.min, spec.max);
}

void ConcurrencyLimit::sample_vegas(const VegasSpec& spec, const RttSample& sample, std::uint64_t random) {
  auto& vegas = std::get<Vegas>(state_);
  ++vegas.since_probe;
  if (vegas.probe_share * spec.probe_multiplier * limit_ <= vegas.since_probe) {
    vegas.probe_share = 0.5 + sim::unit(random) / 2;
    vegas.since_probe = 0;
    vegas.least_rtt = sample.rtt;
    return;
  }
  if (vegas.least_rtt == 0 || sample.rtt < vegas.least_rtt) {
    vegas.least_rtt = sample.rtt;
    return;
  }
  const double step = magnitude(limit_);
  const double queue = std::ceil(limit_ * (1 - static_cast<double>(vegas.least_rtt) / static_cast<double>(sample.rtt)));
  if (!sample.dropped && 2.0 * sample.in_flight < limit_) return;
  double next = limit_;
  if (sample.dropped || queue > 6 * step) {
    next -= step;
  } else if (queue <= step) {
    next += 6 * step;
  } else if (queue < 3 * step) {
    next += step;
  } else {
    return;
  }
  limit_ = (1 - spec.smoothing) * limit_ + spec.smoothing * std::clamp<double>(next, 1, spec.max);
}

void ConcurrencyLimit::sample_gradient2(const Gradient2Spec& spec, const RttSample& sample) {
  auto& gradient2 = std::get<Gradient2>(state_);
  const auto rtt = static_cast<double>(sample.rtt);
  if (gradient2.samples < 10) {
    ++gradient2.samples;
    gradient2.first_sum += rtt;
    gradient2.long_rtt = gradient2.first_sum / gradient2.samples;
  } else {
    const double factor = 2.0 / (spec.long_window + 1.0);
    gradient2.long_rtt = gradient2.long_rtt * (1 - factor) + rtt * factor;
  }
  const double long_rtt = gradient2.long_rtt;
  if (long_rtt / rtt > 2) gradient2.long_rtt *= 0.9;
  if (sample.in_flight < limit_ / 2) return;
  const double gradient = std::clamp(spec.tolerance * long_rtt / rtt, 0.5, 1.0);
  const double next = limit_ * (1 - spec.smoothing) + (limit_ * gradient + spec.queue) * spec.smoothing;
  limit_ = std::clamp<double>(next, spec.min, spec.max);
}

void ConcurrencyLimit::measure_min_rtt(const EnvoyGradientSpec& spec, sim::Time now) {
  auto& envoy = std::get<EnvoyGradient>(state_);
  envoy.deferred = static_cast<std::uint32_t>(limit_);
  limit_ = spec.min_concurrency;
  envoy.at_minimum = 0;
  envoy.rtts = {};
  envoy.epoch = now;
}

/// The end of an update interval.
void ConcurrencyLimit::update_envoy(const EnvoyGradientSpec& spec) {
  auto& envoy = std::get<EnvoyGradient>(state_);
  if (envoy.rtts.count() == 0) return;
  const double gradient = std::clamp(envoy.min_rtt * (1 + spec.buffer) / envoy.rtts.value(spec.quantile), 0.5, 2.0);
  envoy.rtts = {};
  const double scaled = limit_ * gradient;
  const double before = limit_;
  limit_ = std::clamp<double>(std::floor(scaled + std::sqrt(scaled)), spec.min_concurrency, spec.max);
  const bool stays_low = before <= spec.min_concurrency && limit_ <= spec.min_concurrency;
  envoy.at_minimum = stays_low ? envoy.at_minimum + 1 : 0;
}

void ConcurrencyLimit::advance_envoy(const EnvoyGradientSpec& spec, sim::Time now) {
  auto& envoy = std::get<EnvoyGradient>(state_);
  if (envoy.deferred > 0) return;
  const sim::Time until = std::min(now, envoy.next_min_rtt);
  if (envoy.next_update <= until) {
    // Of the intervals that are over only the first can have samples.
    const sim::Time updated = envoy.next_update;
    update_envoy(spec);
    envoy.next_update += ((until - envoy.next_update) / spec.update_interval + 1) * spec.update_interval;
    if (envoy.at_minimum >= 5) return measure_min_rtt(spec, updated);
  }
  if (envoy.next_min_rtt <= now) measure_min_rtt(spec, envoy.next_min_rtt);
}

void ConcurrencyLimit::sample_envoy(const EnvoyGradientSpec& spec, sim::Time now, const RttSample& sample, std::uint64_t random) {
  advance_envoy(spec, now);
  auto& envoy = std::get<EnvoyGradient>(state_);
  if (sample.dropped || now - sample.rtt < envoy.epoch) return;
  envoy.rtts.add(spec.quantile, static_cast<double>(sample.rtt));
  if (envoy.deferred == 0 || envoy.rtts.count() < spec.requests) return;
  envoy.min_rtt = envoy.rtts.value(spec.quantile);
  envoy.rtts = {};
  limit_ = envoy.deferred;
  envoy.deferred = 0;
  envoy.at_minimum = 0;
  envoy.next_update = now + spec.update_interval;
  const auto interval = static_cast<double>(spec.min_rtt_interval);
  envoy.next_min_rtt = now + spec.min_rtt_interval + static_cast<sim::Time>(interval * spec.jitter * sim::unit(random));
}

bool admits(std::uint32_t limit, std::uint32_t in_flight, double share, std::uint32_t own) {
  return in_flight < limit || own < std::max(1.0, std::ceil(limit * share));
}

}  // namespace policies

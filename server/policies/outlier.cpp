#include "policies/outlier.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "sim/random.h"

namespace policies {
namespace {

bool is_gateway_failure(Outcome outcome) {
  return outcome == Outcome::unreachable || outcome == Outcome::timeout || outcome == Outcome::rejected;
}

/// Another 64 bits for each host and purpose, from those of a call.
std::uint64_t vary(std::uint64_t random, std::uint32_t host, std::uint64_t purpose) {
  return sim::mix(random + (std::uint64_t{host} * 4 + purpose) * 0x9e3779b97f4a7c15ULL);
}

}  // namespace

bool OutlierSpec::valid() const {
  const auto percent = [](std::uint32_t p) { return p <= 100; };
  const auto in_a_row = [](std::uint32_t n) { return n >= 1 && n <= 65'535; };
  return in_a_row(consecutive_5xx) && in_a_row(consecutive_gateway_failure) && percent(enforcing_consecutive_5xx) &&
         percent(enforcing_consecutive_gateway_failure) && interval >= 100 * sim::millisecond && interval <= sim::hour &&
         base_ejection >= sim::millisecond && base_ejection <= sim::hour && max_ejection >= base_ejection &&
         max_ejection <= 1'000 * base_ejection && max_ejection <= 24 * sim::hour && max_jitter >= 0 && max_jitter <= sim::hour &&
         percent(max_ejection_percent) && success_rate_stdev_factor >= 0 && success_rate_stdev_factor <= 100 &&
         percent(enforcing_success_rate) && failure_percentage_threshold >= 0 && failure_percentage_threshold <= 100 &&
         percent(enforcing_failure_percentage);
}

std::vector<Outliers::Host>::iterator Outliers::find(std::uint32_t host) {
  return std::lower_bound(hosts_.begin(), hosts_.end(), host, [](const Host& h, std::uint32_t id) { return h.id < id; });
}

bool Outliers::ejected(std::uint32_t host) const {
  if (ejected_ == 0) return false;
  const auto found = std::lower_bound(hosts_.begin(), hosts_.end(), host, [](const Host& h, std::uint32_t id) { return h.id < id; });
  return found != hosts_.end() && found->id == host && found->ejected;
}

bool Outliers::eject(const OutlierSpec& spec, sim::Time now, Host& host, std::uint32_t hosts, std::uint32_t percent, std::uint64_t random) {
  if (host.ejected) return false;
  const bool room = ejected_ == 0 || (ejected_ + std::uint64_t{1}) * 100 <= std::uint64_t{spec.max_ejection_percent} * hosts;
  if (!room || sim::scale(vary(random, host.id, 0), 100) >= percent) return false;
  ++ejected_;
  host.ejected = true;
  if (host.multiplier * spec.base_ejection < spec.max_ejection + spec.base_ejection) ++host.multiplier;
  const auto jitter = static_cast<sim::Time>(sim::scale(vary(random, host.id, 1), static_cast<std::uint64_t>(spec.max_jitter) + 1));
  host.at = now + std::min(host.multiplier * spec.base_ejection, spec.max_ejection) + jitter;
  return true;
}

void Outliers::uneject(Host& host, sim::Time now) {
  --ejected_;
  host.ejected = false;
  host.at = now;
  host.consecutive_5xx = 0;
  host.consecutive_gateway = 0;
}

bool Outliers::record(const OutlierSpec& spec, sim::Time now, std::uint32_t host, Outcome outcome, std::uint32_t hosts,
                      std::uint64_t random) {
  assert(spec.valid());
  if (outcome == Outcome::short_circuited) return false;
  if (next_analysis_ < 0) next_analysis_ = now + spec.interval;
  advance(spec, now, hosts, sim::mix(random));
  auto found = find(host);
  if (found == hosts_.end() || found->id != host) {
    if ((!is_failure(outcome) && !spec.rates()) || hosts_.size() == hosts_max) return false;
    found = hosts_.insert(found, Host{.id = host});
  }
  ++found->requests;
  if (is_failure(outcome)) return failed(spec, now, *found, is_gateway_failure(outcome), hosts, random);
  ++found->successes;
  found->consecutive_5xx = 0;
  found->consecutive_gateway = 0;
  return false;
}

/// A row that is long enough begins anew, whether it ejects or not; not that of a host that is ejected already.
bool Outliers::failed(const OutlierSpec& spec, sim::Time now, Host& host, bool gateway, std::uint32_t hosts, std::uint64_t random) {
  bool done = false;
  const auto longer = [&](std::uint16_t& row, std::uint32_t limit, std::uint32_t enforcing, std::uint64_t bits) {
    if (row < 65'535) ++row;
    if (row != limit || host.ejected) return;
    done |= eject(spec, now, host, hosts, enforcing, bits);
    row = 0;
  };
  if (gateway) {
    longer(host.consecutive_gateway, spec.consecutive_gateway_failure, spec.enforcing_consecutive_gateway_failure, random ^ 1U);
  } else {
    host.consecutive_gateway = 0;
  }
  longer(host.consecutive_5xx, spec.consecutive_5xx, spec.enforcing_consecutive_5xx, random);
  return done;
}

void Outliers::advance(const OutlierSpec& spec, sim::Time now, std::uint32_t hosts, std::uint64_t random) {
  if (next_analysis_ < 0) return;
  for (; next_analysis_ <= now && !hosts_.empty(); next_analysis_ += spec.interval)
    analyse(spec, next_analysis_, hosts, random = sim::mix(random));
  if (next_analysis_ <= now) next_analysis_ += ((now - next_analysis_) / spec.interval + 1) * spec.interval;
}

void Outliers::analyse(const OutlierSpec& spec, sim::Time now, std::uint32_t hosts, std::uint64_t random) {
  for (Host& host : hosts_) {
    if (host.ejected && host.at <= now) uneject(host, now);
  }
  if (spec.enforcing_success_rate > 0) eject_by_success_rate(spec, now, hosts, random);
  if (spec.enforcing_failure_percentage > 0) eject_by_failure_percentage(spec, now, hosts, random ^ 1U);
  std::erase_if(hosts_, [&](Host& host) {
    if (!host.ejected && host.multiplier > 0 && now - host.at >= spec.interval) --host.multiplier;
    const bool nothing_to_say = !host.ejected && host.multiplier == 0 && host.consecutive_5xx == 0 && (!spec.rates() || host.requests == 0);
    host.requests = 0;
    host.successes = 0;
    return nothing_to_say;
  });
}

void Outliers::eject_by_success_rate(const OutlierSpec& spec, sim::Time now, std::uint32_t hosts, std::uint64_t random) {
  const auto enough = [&](const Host& host) {
    return !host.ejected && host.requests > 0 && host.requests >= spec.success_rate_request_volume;
  };
  const auto rate_of = [](const Host& host) { return host.successes * 100.0 / host.requests; };
  std::uint32_t n = 0;
  double sum = 0, squares = 0;
  for (const Host& host : hosts_) {
    if (!enough(host)) continue;
    ++n;
    sum += rate_of(host);
  }
  if (n == 0 || n < spec.success_rate_minimum_hosts) return;
  const double mean = sum / n;
  for (const Host& host : hosts_) {
    if (enough(host)) squares += (rate_of(host) - mean) * (rate_of(host) - mean);
  }
  const double threshold = mean - spec.success_rate_stdev_factor * std::sqrt(squares / n);
  for (Host& host : hosts_) {
    if (enough(host) && rate_of(host) < threshold) eject(spec, now, host, hosts, spec.enforcing_success_rate, random);
  }
}

void Outliers::eject_by_failure_percentage(const OutlierSpec& spec, sim::Time now, std::uint32_t hosts, std::uint64_t random) {
  const auto enough = [&](const Host& host) {
    return !host.ejected && host.requests > 0 && host.requests >= spec.failure_percentage_request_volume;
  };
  const auto n = static_cast<std::uint32_t>(std::count_if(hosts_.begin(), hosts_.end(), enough));
  if (n == 0 || n < spec.failure_percentage_minimum_hosts) return;
  for (Host& host : hosts_) {
    if (enough(host) && 100 - host.successes * 100.0 / host.requests >= spec.failure_percentage_threshold)
      eject(spec, now, host, hosts, spec.enforcing_failure_percentage, random);
  }
}

bool Outliers::health_check_passed(const OutlierSpec& spec, sim::Time now, std::uint32_t host) {
  if (!spec.health_check_unejects || !ejected(host)) return false;
  uneject(*find(host), now);
  return true;
}

void Outliers::remove(std::uint32_t host) {
  const auto found = find(host);
  if (found == hosts_.end() || found->id != host) return;
  if (found->ejected) --ejected_;
  hosts_.erase(found);
}

}  // namespace policies

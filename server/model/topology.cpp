#include "model/topology.h"

#include <cmath>

namespace model {
namespace {

std::uint64_t fixed(double value) {
  return static_cast<std::uint64_t>(std::llround(value * static_cast<double>(std::uint64_t{1} << Dependency::cost_bits)));
}

}  // namespace

Profile make_profile(const ServiceSpec& spec, std::uint32_t service) {
  Profile profile;
  profile.service = service;
  profile.version = spec.version;
  profile.spec.name = spec.version;
  profile.release = release_of(spec.version);
  profile.step = spec.package->step;
  profile.service_time = make_distribution(spec.service_time);
  profile.content = spec.content;
  profile.looks_first = spec.hit_time || spec.miss_time;
  if (profile.looks_first) {
    profile.hit_time = make_distribution(spec.hit_time.value_or(spec.service_time));
    profile.miss_time = make_distribution(spec.miss_time.value_or(spec.service_time));
  }
  profile.queue_limit = spec.function ? 0 : spec.queue_limit;
  profile.workers = static_cast<std::uint16_t>(spec.function ? spec.function->concurrency : spec.concurrency);
  profile.discipline = spec.discipline;
  profile.holds_worker = spec.holds_worker || spec.function.has_value();
  profile.unusual = spec.discipline == Discipline::sharing || spec.function.has_value();
  profile.works = spec.package->works;
  profile.begins_otherwise = profile.unusual || profile.looks_first || !profile.works;
  profile.last_come_above = spec.last_come_above;
  profile.patient = !spec.queue_timeout;
  if (spec.queue_timeout) profile.patience = make_distribution(*spec.queue_timeout);
  profile.contention = spec.contention;
  profile.crosstalk = spec.crosstalk;
  profile.hit = sim::threshold(spec.hit_ratio);
  profile.error = sim::threshold(spec.error_rate);
  profile.error_rate = spec.error_rate;
  return profile;
}

Dependency make_dependency(const DependencySpec& spec) {
  Dependency dependency;
  dependency.calls = static_cast<std::uint64_t>(spec.calls);
  dependency.another = sim::threshold(spec.calls - std::floor(spec.calls));
  dependency.sized = spec.request_bytes || spec.reply_bytes;
  if (spec.request_bytes) dependency.request_bytes = make_distribution(*spec.request_bytes, 1);
  if (spec.reply_bytes) dependency.reply_bytes = make_distribution(*spec.reply_bytes, 1);
  dependency.serialize = fixed(spec.protocol.serialize_ns_per_byte);
  dependency.deserialize = fixed(spec.protocol.deserialize_ns_per_byte);
  dependency.wire = fixed(spec.protocol.size_factor);
  dependency.connections = spec.connections;
  dependency.versions = spec.versions;
  dependency.connection_queue = spec.connection_queue;
  return dependency;
}

}  // namespace model

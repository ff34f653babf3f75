// A registry on the wire: every field, as a document may have it.

#include "http/wire.h"

namespace http {
namespace {

void write_leases(JsonWriter& json, const policies::LeaseSpec& leases) {
  json.member("heartbeatMs", sim::to_ms(leases.heartbeat)).member("leaseMs", sim::to_ms(leases.duration));
  json.member("evictionMs", sim::to_ms(leases.pass)).member("renewalPercent", leases.renewal_percent);
  json.member("selfPreservation", leases.self_preservation).member("recountMs", sim::to_ms(leases.recount));
  json.member("registrationMs", sim::to_ms(leases.registration)).member("startsEmpty", leases.starts_empty);
  json.member("emptyWaitMs", sim::to_ms(leases.empty_wait));
}

void write_probes(JsonWriter& json, const policies::ProbeSpec& probes) {
  const policies::HealthSpec& health = probes.health;
  json.member("intervalMs", sim::to_ms(health.interval)).member("timeoutMs", sim::to_ms(health.timeout));
  json.member("healthy", unsigned{health.healthy}).member("unhealthy", unsigned{health.unhealthy});
  json.member("firstPassIsEnough", health.first_pass_is_enough).member("initialDelayMs", sim::to_ms(probes.initial_delay));
  json.member("failOpen", probes.fails_open);
}

}  // namespace

void write_registry(JsonWriter& json, const model::DiscoverySpec& spec) {
  json.begin_object();
  switch (spec.kind) {
    case model::DiscoveryKind::fixed:
      json.member("kind", "fixed");
      if (spec.delay) json.member("delayMs", sim::to_ms(*spec.delay));
      break;
    case model::DiscoveryKind::leases:
      json.member("kind", "leases");
      write_leases(json, spec.leases);
      break;
    case model::DiscoveryKind::probes:
      json.member("kind", "probes");
      write_probes(json, spec.probes);
      break;
  }
  if (spec.kind != model::DiscoveryKind::fixed) {
    json.member("serverCacheMs", sim::to_ms(spec.caches.server)).member("fetchMs", sim::to_ms(spec.caches.fetch));
    json.member("listMs", sim::to_ms(spec.caches.list));
  }
  json.member("drainLeastMs", sim::to_ms(spec.drain_least)).member("drainLongestMs", sim::to_ms(spec.drain_longest)).end_object();
}

}  // namespace http

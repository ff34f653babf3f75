#include "chaos/list.h"

namespace chaos {

const std::vector<FaultType>& all() {
  static const std::vector<FaultType> list = {
      instance_terminate,  instance_outage,    instance_pause,     instance_slow,     instance_slow_start,  instance_latency,
      instance_clock_skew, instance_disk_full, instance_disk_slow, cpu_stress,        memory_leak,          pool_exhaust,
      service_error,       service_latency,    service_brownout,   service_outage,    dependency_blackhole, dependency_refuse,
      dependency_reset,    network_partition,  network_latency,    network_loss,      network_bandwidth,    network_duplicate,
      dns_failure,         registry_outage,    registry_stale,     registry_split,    zone_outage,          zone_gray,
      zone_latency,        region_outage,      region_isolate,     region_latency,    datastore_node_down,  datastore_replica_lag,
      cache_flush,         queue_stall,        capacity_denied,    autoscaler_freeze, deploy_freeze,        deploy_bad_version,
      config_bad_push,     certificate_expire, load_surge,
  };
  return list;
}

const FaultType* find(std::string_view type) {
  for (const FaultType& fault : all()) {
    if (fault.type == type) return &fault;
  }
  return nullptr;
}

std::string_view name_of(Scope scope) {
  switch (scope) {
    case Scope::any:
      return "any";
    case Scope::instances:
      return "instances";
    case Scope::services:
      return "services";
    case Scope::zones:
      return "zones";
    case Scope::regions:
      return "regions";
  }
  return "";
}

std::vector<std::string> selectors_of(Scope scope) {
  if (scope == Scope::any) return {"services", "instances", "zones", "regions"};
  return {std::string(name_of(scope))};
}

}  // namespace chaos

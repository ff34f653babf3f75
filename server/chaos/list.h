#pragma once
// Every type of fault, each in a file of its own. Adding one: its file, a line here, a line in list.cpp.

#include "chaos/fault.h"

namespace chaos {

extern const FaultType instance_terminate;
extern const FaultType instance_outage;
extern const FaultType instance_pause;
extern const FaultType instance_slow;
extern const FaultType instance_slow_start;
extern const FaultType instance_latency;
extern const FaultType instance_clock_skew;
extern const FaultType instance_disk_full;
extern const FaultType instance_disk_slow;
extern const FaultType cpu_stress;
extern const FaultType memory_leak;
extern const FaultType pool_exhaust;
extern const FaultType service_error;
extern const FaultType service_latency;
extern const FaultType service_brownout;
extern const FaultType service_outage;
extern const FaultType dependency_blackhole;
extern const FaultType dependency_refuse;
extern const FaultType dependency_reset;
extern const FaultType network_partition;
extern const FaultType network_latency;
extern const FaultType network_loss;
extern const FaultType network_bandwidth;
extern const FaultType network_duplicate;
extern const FaultType dns_failure;
extern const FaultType registry_outage;
extern const FaultType registry_stale;
extern const FaultType registry_split;
extern const FaultType zone_outage;
extern const FaultType zone_gray;
extern const FaultType zone_latency;
extern const FaultType region_outage;
extern const FaultType region_isolate;
extern const FaultType region_latency;
extern const FaultType datastore_node_down;
extern const FaultType datastore_replica_lag;
extern const FaultType cache_flush;
extern const FaultType queue_stall;
extern const FaultType capacity_denied;
extern const FaultType autoscaler_freeze;
extern const FaultType deploy_freeze;
extern const FaultType deploy_bad_version;
extern const FaultType config_bad_push;
extern const FaultType certificate_expire;
extern const FaultType load_surge;

}  // namespace chaos

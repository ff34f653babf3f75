#pragma once
// The rules, one a file; the list is in list.cpp.

#include "architecture/lint/lint.h"

namespace architecture::lint {

extern const Rule cycle;
extern const Rule fan_out_without_bulkhead;
extern const Rule missing_health_check;
extern const Rule no_fallback;
extern const Rule no_timeout;
extern const Rule public_data_store;
extern const Rule quorum_zones;
extern const Rule retry_layers;
extern const Rule retry_without_budget;
extern const Rule single_zone;
extern const Rule timeout_inversion;
extern const Rule unreachable;

}  // namespace architecture::lint

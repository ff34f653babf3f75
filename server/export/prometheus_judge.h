#pragma once
// Objectives and incidents of all simulations as families of metrics. Any thread.

#include <vector>

#include "run/simulations.h"

namespace prometheus {
struct MetricFamily;
}

namespace exporting {

void add_judge_families(const run::Simulations& simulations, std::vector<prometheus::MetricFamily>& all);

}  // namespace exporting

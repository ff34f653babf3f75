#pragma once
// A family of metrics in Prometheus' terms. Included by the sources of export alone.

#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

#include "model/histogram.h"

namespace exporting {

using Labels = std::vector<prometheus::ClientMetric::Label>;

class Family {
 public:
  Family(const char* name, const char* help, prometheus::MetricType type);
  void add(Labels labels, double value);
  /// In seconds.
  void add(Labels labels, const model::Histogram& histogram);
  /// Nothing when it has no metrics.
  void move_to(std::vector<prometheus::MetricFamily>& all);

 private:
  prometheus::MetricFamily family_;
};

}  // namespace exporting

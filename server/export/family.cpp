#include "export/family.h"

namespace exporting {
namespace {

/// Upper bounds of the buckets of durations.
constexpr sim::Time bounds[] = {100 * sim::microsecond,
                                250 * sim::microsecond,
                                500 * sim::microsecond,
                                sim::millisecond,
                                2'500 * sim::microsecond,
                                5 * sim::millisecond,
                                10 * sim::millisecond,
                                25 * sim::millisecond,
                                50 * sim::millisecond,
                                100 * sim::millisecond,
                                250 * sim::millisecond,
                                500 * sim::millisecond,
                                sim::second,
                                2'500 * sim::millisecond,
                                5 * sim::second,
                                10 * sim::second,
                                30 * sim::second,
                                60 * sim::second};

}  // namespace

Family::Family(const char* name, const char* help, prometheus::MetricType type) {
  family_.name = name;
  family_.help = help;
  family_.type = type;
}

void Family::add(Labels labels, double value) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  if (family_.type == prometheus::MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
  family_.metric.push_back(std::move(metric));
}

void Family::add(Labels labels, const model::Histogram& histogram) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.histogram.sample_count = histogram.count();
  metric.histogram.sample_sum = static_cast<double>(histogram.sum_ns()) / 1e9;
  for (const sim::Time bound : bounds) metric.histogram.bucket.push_back({histogram.count_at_most(bound), sim::to_seconds(bound)});
  family_.metric.push_back(std::move(metric));
}

void Family::move_to(std::vector<prometheus::MetricFamily>& all) {
  if (!family_.metric.empty()) all.push_back(std::move(family_));
}

}  // namespace exporting

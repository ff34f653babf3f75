#include "operations/analysis.h"

#include <algorithm>
#include <cmath>

#include "model/problem_text.h"

namespace operations {
namespace {

using model::AnalysisSpec;

std::string text_of(double value, AnalysisSpec::Metric metric) {
  const bool share = metric == AnalysisSpec::Metric::error_rate;
  const double shown = share ? value * 100 : value;
  const auto hundredths = std::int64_t{std::lround(shown * 100)};
  const std::string rest = std::to_string(100 + hundredths % 100).substr(1);
  return std::to_string(hundredths / 100) + "." + rest + (share ? " %" : " ms");
}

}  // namespace

Analysis::Seen Analysis::seen(const model::World& world, std::uint32_t profile) const {
  Seen sum;
  for (const std::uint32_t group : world.shared().services[service_].groups) {
    for (const std::uint32_t index : world.shared().groups[group].cells) {
      if (world.shared().cells[index].profile != profile) continue;
      for (const model::Shard& shard : world.shards()) {
        const model::CellCount& cell = shard.cell_counts()[index];
        sum.replies += cell.replies;
        sum.errors += cell.errors;
        sum.response.merge(cell.response);
      }
    }
  }
  return sum;
}

void Analysis::begin(const model::World& world, std::uint32_t service, std::uint32_t old_version, std::uint32_t new_version) {
  *this = Analysis{};
  service_ = service;
  old_ = old_version;
  new_ = new_version;
  old_seen_ = seen(world, old_);
  new_seen_ = seen(world, new_);
}

double Analysis::value_of(const Seen& seen, AnalysisSpec::Metric metric) {
  if (seen.replies == 0) return 0;
  const auto quantile = [&](double p) { return sim::to_ms(seen.response.quantile(p)); };
  switch (metric) {
    case AnalysisSpec::Metric::error_rate:
      return static_cast<double>(seen.errors) / static_cast<double>(seen.replies);
    case AnalysisSpec::Metric::latency_p50:
      return quantile(0.5);
    case AnalysisSpec::Metric::latency_p90:
      return quantile(0.9);
    case AnalysisSpec::Metric::latency_p99:
      return quantile(0.99);
  }
  return 0;
}

/// Which bound is broken, and by how much; "": none.
std::string Analysis::broken(const Seen& fresh, const Seen& old, const AnalysisSpec::Bound& bound) {
  const double value = value_of(fresh, bound.metric);
  const double base = value_of(old, bound.metric);
  const std::string what = model::analysis_metric_names()[static_cast<std::size_t>(bound.metric)] + " is " + text_of(value, bound.metric);
  if (bound.max && value > *bound.max) return what + ", more than " + text_of(*bound.max, bound.metric);
  const std::string against = ", against " + text_of(base, bound.metric) + " of the old version";
  if (bound.max_ratio && old.replies > 0 && value > base * *bound.max_ratio) return what + against;
  if (bound.max_over && old.replies > 0 && value > base + *bound.max_over) return what + against;
  return {};
}

Analysis::Verdict Analysis::look(const model::World& world, const AnalysisSpec& spec) {
  const Seen old_now = seen(world, old_);
  const Seen new_now = seen(world, new_);
  const Seen old = old_now.since(old_seen_);
  const Seen fresh = new_now.since(new_seen_);
  old_seen_ = old_now;
  new_seen_ = new_now;
  if (fresh.replies == 0) {
    reason_ = "no call of the new version was answered";
    return ++errors_ > spec.consecutive_error_limit ? Verdict::failed : Verdict::goes_on;
  }
  errors_ = 0;
  const bool compares = std::any_of(spec.bounds.begin(), spec.bounds.end(), [](const auto& b) { return b.max_ratio || b.max_over; });
  if (fresh.replies < spec.requests_min || (compares && old.replies < spec.requests_min)) {
    reason_ = "inconclusive: " + std::to_string(fresh.replies) + " calls of the new version and " + std::to_string(old.replies) +
              " of the old one, and " + std::to_string(spec.requests_min) + " are needed";
    return Verdict::inconclusive;
  }
  std::string why;
  for (const AnalysisSpec::Bound& bound : spec.bounds) {
    if (why.empty()) why = broken(fresh, old, bound);
  }
  ++looks_;
  if (!why.empty()) {
    reason_ = why;
    if (++failures_ > spec.failure_limit) return Verdict::failed;
  }
  return looks_ >= spec.count ? Verdict::passed : Verdict::goes_on;
}

}  // namespace operations

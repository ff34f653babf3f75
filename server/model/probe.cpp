#include "model/probe.h"

#include <cmath>
#include <cstdio>

#include "model/package.h"
#include "model/problem_text.h"
#include "model/world.h"

namespace model {
namespace {

using Metric = ProbeSpec::Metric;
using Comparator = ProbeSpec::Comparator;

bool is_share(Metric metric) {
  return metric == Metric::success_ratio || metric == Metric::error_ratio || metric == Metric::utilisation;
}

/// Of the response; nothing for what is no quantile.
std::optional<double> share_of(Metric metric) {
  switch (metric) {
    case Metric::p50_ms:
      return 0.5;
    case Metric::p90_ms:
      return 0.9;
    case Metric::p95_ms:
      return 0.95;
    case Metric::p99_ms:
      return 0.99;
    case Metric::p999_ms:
      return 0.999;
    default:
      return std::nullopt;
  }
}

/// What users have none of: they are no instances.
bool of_instances(Metric metric) {
  return metric == Metric::utilisation || metric == Metric::queue || metric == Metric::instances_up;
}

bool is_in(const World& world, const Group& group, const std::string& region) {
  if (region.empty()) return true;
  const std::uint32_t place = world.shared().locations[group.location].region;
  return place != outside && world.regions()[place].name == region;
}

std::vector<std::uint32_t> groups_of(const World& world, const ProbeSpec& spec) {
  std::vector<std::uint32_t> found;
  for (const Service& service : world.shared().services) {
    if (spec.service.empty() ? !service.package->load_source : service.name != spec.service) continue;
    for (const std::uint32_t group : service.groups) {
      if (is_in(world, world.shared().groups[group], spec.region)) found.push_back(group);
    }
  }
  return found;
}

bool reads_users(const World& world, const ProbeSpec& spec) {
  if (spec.service.empty()) return true;
  const auto service = world.find_service(spec.service);
  return service && world.shared().services[*service].package->load_source;
}

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return std::abs(value) < 10'000 ? text : number_text(std::floor(value + 0.5));
}

}  // namespace

const std::vector<std::string>& probe_metric_names() {
  static const std::vector<std::string> names = {"successRatio", "errorRatio", "rate",        "p50Ms", "p90Ms",      "p95Ms",
                                                 "p99Ms",        "p999Ms",     "utilisation", "queue", "instancesUp"};
  return names;
}

const std::vector<std::string>& probe_comparator_names() {
  static const std::vector<std::string> names = {">=", "<=", ">", "<", "within", "outside"};
  return names;
}

ProbeResult result_of(const ProbeSpec& spec, std::optional<double> value) {
  if (!value) return {};
  const auto passes = [&] {
    switch (spec.comparator) {
      case Comparator::at_least:
        return *value >= spec.value;
      case Comparator::at_most:
        return *value <= spec.value;
      case Comparator::over:
        return *value > spec.value;
      case Comparator::under:
        return *value < spec.value;
      case Comparator::within:
        return *value >= spec.value && *value <= spec.high;
      case Comparator::beyond:
        return *value < spec.value || *value > spec.high;
    }
    return false;
  };
  return {value, passes()};
}

std::string describe(const ProbeSpec& spec) {
  std::string text = probe_metric_names()[static_cast<std::size_t>(spec.metric)] + " of ";
  text += spec.service.empty() ? "users" : spec.service;
  if (!spec.region.empty()) text += " in " + spec.region;
  text += " " + probe_comparator_names()[static_cast<std::size_t>(spec.comparator)] + " " + number_text(spec.value);
  if (spec.takes_range()) text += " to " + number_text(spec.high);
  return text;
}

std::string figure_text(Metric metric, double value) {
  if (is_share(metric)) return short_number(value * 100) + " %";
  if (share_of(metric)) return short_number(value) + " ms";
  if (metric == Metric::rate) return short_number(value) + " /s";
  return short_number(value);
}

void check_probe(const World& world, const ProbeSpec& spec, const std::string& pointer, std::vector<Problem>& problems) {
  const auto unknown = [&](const char* field, const char* code, const std::string& name, const std::vector<std::string>& known) {
    const std::vector<std::string> near = nearest_first(name, known);
    problems.push_back(
        {child_pointer(pointer, field), code, std::string("there is no ") + field + " " + quoted(name) + " in this simulation", near});
  };
  std::vector<std::string> services, regions;
  bool has_service = spec.service.empty(), has_region = spec.region.empty();
  for (const Service& service : world.shared().services) {
    services.push_back(service.name);
    has_service = has_service || service.name == spec.service;
  }
  for (const RegionNames& region : world.regions()) {
    regions.push_back(region.name);
    has_region = has_region || region.name == spec.region;
  }
  if (!has_service) unknown("service", "unknownService", spec.service, services);
  if (!has_region) unknown("region", "unknownRegion", spec.region, regions);
  if (!has_service || !has_region) return;
  if (groups_of(world, spec).empty()) {
    const std::string who = spec.service.empty() ? "no load source" : quoted(spec.service);
    const std::string why =
        spec.region.empty() ? who + " is there" : who + (spec.service.empty() ? " is" : " is not") + " in " + spec.region;
    problems.push_back({child_pointer(pointer, spec.region.empty() ? "service" : "region"), "matchesNothing", why, {}});
  } else if (of_instances(spec.metric) && reads_users(world, spec)) {
    problems.push_back({child_pointer(pointer, "service"),
                        "conflict",
                        probe_metric_names()[static_cast<std::size_t>(spec.metric)] + " is of a service; users have none",
                        {}});
  }
}

Prober::Reading Prober::read(const World& world, bool times) const {
  Reading sum;
  sum.at = world.now();
  for (const std::uint32_t g : groups_) {
    const Group& group = world.shared().groups[g];
    sum.up += world.instances_of(group).up;
    for (const std::uint32_t c : group.cells) {
      sum.workers += world.shared().cells[c].workers;
      for (const Shard& shard : world.shards()) {
        const CellCount& cell = shard.cell_counts()[c];
        sum.arrived += users_ ? cell.replies + cell.in_flight.present() : cell.requests;
        sum.replies += cell.replies;
        sum.errors += cell.errors;
        sum.queued_ns += cell.queued.integral(world.now());
        sum.busy_ns += cell.busy.integral(world.now());
        if (times) sum.response.merge(cell.response);
      }
    }
  }
  return sum;
}

void Prober::count_workers(const Reading& now) {
  capacity_ns_ += static_cast<double>(now.workers) * static_cast<double>(now.at - looked_);
  looked_ = now.at;
}

void Prober::begin(const World& world, const ProbeSpec& spec) {
  groups_ = groups_of(world, spec);
  users_ = reads_users(world, spec);
  before_ = read(world, share_of(spec.metric).has_value());
  looked_ = world.now();
  capacity_ns_ = 0;
}

void Prober::look(const World& world) {
  count_workers(read(world, false));
}

ProbeResult Prober::measure(const World& world, const ProbeSpec& spec) {
  const Reading now = read(world, share_of(spec.metric).has_value());
  count_workers(now);
  const auto replies = static_cast<double>(now.replies - before_.replies);
  const auto length = static_cast<double>(now.at - before_.at);
  const auto over = [](double part, double whole) { return whole > 0 ? std::optional(part / whole) : std::nullopt; };
  const auto value = [&]() -> std::optional<double> {
    switch (spec.metric) {
      case Metric::success_ratio:
        return over(replies - static_cast<double>(now.errors - before_.errors), replies);
      case Metric::error_ratio:
        return over(static_cast<double>(now.errors - before_.errors), replies);
      case Metric::rate:
        return over(static_cast<double>(now.arrived - before_.arrived), sim::to_seconds(now.at - before_.at));
      case Metric::utilisation:
        return over(static_cast<double>(now.busy_ns - before_.busy_ns), capacity_ns_);
      case Metric::queue:
        return over(static_cast<double>(now.queued_ns - before_.queued_ns), length);
      case Metric::instances_up:
        return static_cast<double>(now.up);
      default:
        break;
    }
    const Histogram fresh = now.response.since(before_.response);
    if (fresh.count() == 0) return std::nullopt;
    return sim::to_ms(fresh.quantile(*share_of(spec.metric)));
  };
  return result_of(spec, value());
}

}  // namespace model

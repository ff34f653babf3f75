#include "export/prometheus_judge.h"

#include <prometheus/metric_family.h>

#include <map>
#include <string>

namespace exporting {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using Labels = std::vector<ClientMetric::Label>;
using run::judge::Severity;

MetricFamily gauge(const char* name, const char* help) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = prometheus::MetricType::Gauge;
  return family;
}

void add(MetricFamily& family, Labels labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  family.metric.push_back(std::move(metric));
}

/// "60s".
std::string window_text(sim::Time window) {
  return std::to_string(window / sim::second) + "s";
}

struct Families {
  MetricFamily target = gauge("simianviz_objective_target_ratio", "Share of the requests that is promised, by what is promised of them.");
  MetricFamily left =
      gauge("simianviz_objective_error_budget_remaining_ratio", "Share of the error budget that is left; below 0: overspent.");
  MetricFamily burn = gauge("simianviz_objective_burn_rate", "How fast an error budget burns, by window; 1 spends it just in time.");
  MetricFamily firing = gauge("simianviz_objective_burning", "1 when the budget burns too fast over this window and its short one.");
  MetricFamily incidents = gauge("simianviz_incidents_open", "Incidents that are open, by severity.");

  void add_share(const Labels& labels, const run::judge::ShareStatus& share) {
    add(target, labels, share.target);
    add(left, labels, share.left);
    std::map<sim::Time, double> rates;  // one alert's long window is another's short one
    const auto with_window = [&](sim::Time window) {
      Labels more = labels;
      more.push_back({"window", window_text(window)});
      return more;
    };
    for (const run::judge::BurnRate& rate : share.rates) {
      rates[rate.long_window] = rate.over_long;
      rates.emplace(rate.short_window, rate.over_short);
      add(firing, with_window(rate.long_window), rate.fires ? 1 : 0);
    }
    for (const auto& [window, rate] : rates) add(burn, with_window(window), rate);
  }

  void collect(const run::Simulation& simulation) {
    const auto judgement = simulation.snapshot()->judgement;
    for (const run::judge::ObjectiveStatus& objective : judgement->objectives) {
      const auto labels = [&](const char* kind) -> Labels {
        return {{"simulation", simulation.id()}, {"service", objective.service}, {"objective", kind}};
      };
      add_share(labels("success"), objective.success);
      if (objective.latency) add_share(labels("latency"), *objective.latency);
    }
    std::map<Severity, int> open{{Severity::redundant, 0}, {Severity::at_risk, 0}, {Severity::outage, 0}};
    for (const run::judge::Incident& incident : judgement->incidents) {
      if (!incident.closed) ++open[incident.severity];
    }
    for (const auto& [severity, count] : open) add(incidents, {{"simulation", simulation.id()}, {"severity", name_of(severity)}}, count);
  }
};

}  // namespace

void add_judge_families(const run::Simulations& simulations, std::vector<MetricFamily>& all) {
  Families families;
  for (const auto& simulation : simulations.list()) families.collect(*simulation);
  for (MetricFamily* family : {&families.target, &families.left, &families.burn, &families.firing, &families.incidents}) {
    if (!family->metric.empty()) all.push_back(std::move(*family));
  }
}

}  // namespace exporting

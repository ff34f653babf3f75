#include <algorithm>

#include "architecture/lint/rules.h"
#include "architecture/lint/subject.h"

namespace architecture::lint {

const std::vector<const Rule*>& rules() {
  static const std::vector<const Rule*> list = {
      &quorum_zones,         &single_zone,
      &unreachable,          &cycle,
      &public_data_store,    &no_timeout,
      &timeout_inversion,    &retry_layers,
      &retry_without_budget, &fan_out_without_bulkhead,
      &no_fallback,          &missing_health_check,
  };
  return list;
}

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      break;
  }
  return "error";
}

Findings lint(const Architecture& document, const Defaults& defaults, const Regions& regions) {
  const Subject subject(document, defaults, regions);
  Findings findings;
  for (const Rule* rule : rules()) rule->check(subject, findings);
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& x, const Finding& y) { return x.severity > y.severity; });
  return findings;
}

}  // namespace architecture::lint

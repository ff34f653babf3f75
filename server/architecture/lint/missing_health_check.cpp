// Instances whose health nobody asks for.

#include "architecture/lint/rules.h"
#include "architecture/lint/subject.h"

namespace architecture::lint {
namespace {

/// Whether the caller itself notices that an instance answers badly.
bool notices(const Call& call) {
  const model::Policy* policy = call.policy();
  return policy != nullptr && (policy->balancing.checks || policy->balancing.trips || policy->ejects);
}

void check_missing_health_check(const Subject& subject, Findings& findings) {
  const auto& registry = subject.document().registry;
  if (registry && registry->kind != model::DiscoveryKind::fixed) return;
  Finding finding{missing_health_check.name, Severity::info, {}, "", ""};
  if (registry) finding.places.emplace_back("/registry");
  std::size_t calls = 0;
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    for (const Call& call : subject.calls_of(i)) {
      if (notices(call)) continue;
      ++calls;
      finding.places.push_back(subject.place(call));
    }
  }
  if (calls == 0) return;
  finding.why = "Nobody asks instances how they are: the registry tells who is gone after a fixed time, and " +
                counted(calls, "dependency", "dependencies") + " would go on using one that is up and answers badly.";
  finding.mend =
      "Set \"registry\" to \"kubernetes\", \"target-group\" or \"eureka-default\", or give dependencies a \"policy\" with \"healthCheck\" "
      "or "
      "\"outliers\".";
  findings.push_back(std::move(finding));
}

}  // namespace

const Rule missing_health_check = {
    .name = "missingHealthCheck",
    .title = "No health check",
    .description =
        "The registry is the fixed one, which checks nothing, and a dependency's policy has neither health checks nor outlier detection "
        "nor a "
        "breaker of servers. Once a document.",
    .severity = Severity::info,
    .check = check_missing_health_check,
};

}  // namespace architecture::lint

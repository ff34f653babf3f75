// Retries that nothing holds back when everything fails.

#include <algorithm>
#include <variant>

#include "architecture/lint/rules.h"
#include "architecture/lint/subject.h"

namespace architecture::lint {
namespace {

void check_retry_without_budget(const Subject& subject, Findings& findings) {
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    Finding finding{retry_without_budget.name, Severity::warning, {}, "", ""};
    std::vector<std::string> callees;
    std::uint32_t most = 0;
    for (const Call& call : subject.calls_of(i)) {
      const model::Policy* policy = call.policy();
      if (policy == nullptr || policy->attempts < 2 || !std::holds_alternative<std::monostate>(policy->budget)) continue;
      most = std::max(most, policy->attempts);
      callees.push_back(quoted(subject.name(call.callee)));
      finding.places.push_back(subject.place(call) + "/policy");
    }
    if (callees.empty()) continue;
    finding.why = quoted(subject.name(i)) + " retries calls to " + listed(callees) + " however many fail: in an outage they get " +
                  std::to_string(most) + " times the requests, just when they can do least.";
    finding.mend =
        "Give the \"retry\" of its \"policy\" a \"budget\", for example {\"kind\": \"ratioOfActive\", \"percent\": 20, \"minimum\": 3}.";
    findings.push_back(std::move(finding));
  }
}

}  // namespace

const Rule retry_without_budget = {
    .name = "retryWithoutBudget",
    .title = "Retries without a budget",
    .description =
        "A policy tries again without a limit on the share of retries: a failure multiplies the load, and the load keeps the failure going "
        "(a retry storm). Calls without a policy, which are tried once more elsewhere, are left out.",
    .severity = Severity::warning,
    .check = check_retry_without_budget,
};

}  // namespace architecture::lint

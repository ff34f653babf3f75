// One slow dependency that takes down what does not need it.

#include "architecture/lint/rules.h"
#include "architecture/lint/subject.h"

namespace architecture::lint {
namespace {

bool is_limited(const Call& call) {
  return call.spec->connections > 0 || (call.policy() != nullptr && call.policy()->bulkhead_limits);
}

void check_fan_out_without_bulkhead(const Subject& subject, Findings& findings) {
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    const bool held = subject.holds_workers(i);
    const model::FanOut fan_out = subject.service(i).serving.fan_out;
    if (subject.calls_of(i).size() < 2 || !(held || fan_out == model::FanOut::parallel)) continue;
    Finding finding{fan_out_without_bulkhead.name, held ? Severity::warning : Severity::info, {}, "", ""};
    std::vector<std::string> callees;
    for (const Call& call : subject.calls_of(i)) {
      if (is_limited(call)) continue;
      callees.push_back(quoted(subject.name(call.callee)));
      finding.places.push_back(subject.place(call));
    }
    if (callees.empty()) continue;
    finding.why = quoted(subject.name(i)) +
                  (held ? " keeps a worker for each request that waits" : " asks several services for each request") +
                  ": one that is slow (" + listed(callees) + ") gathers all of them, and requests fail that do not need it.";
    finding.mend =
        "Give each of these dependencies a \"policy\" with \"bulkhead\": {\"concurrent\": 10, \"queue\": 0}, or \"connections\".";
    findings.push_back(std::move(finding));
  }
}

}  // namespace

const Rule fan_out_without_bulkhead = {
    .name = "fanOutWithoutBulkhead",
    .title = "Fan-out without a bulkhead",
    .description =
        "A service with several dependencies, calls to one of which are limited neither by a bulkhead nor by a pool of connections. Where "
        "waiting requests hold a worker one slow dependency stops all (warning); where calls go out in parallel it piles up (info).",
    .severity = Severity::warning,
    .check = check_fan_out_without_bulkhead,
};

}  // namespace architecture::lint

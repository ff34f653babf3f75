// A page that needs every one of its parts.

#include <algorithm>

#include "architecture/lint/rules.h"
#include "architecture/lint/subject.h"

namespace architecture::lint {
namespace {

void check_no_fallback(const Subject& subject, Findings& findings) {
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    const Serving& serving = subject.service(i).serving;
    const Calls& calls = subject.calls_of(i);
    if (serving.fan_out != model::FanOut::parallel || serving.fan_out_first != 0 || calls.size() < 2) continue;
    if (std::any_of(calls.begin(), calls.end(), [](const Call& call) { return call.policy() != nullptr && call.policy()->fallback; }))
      continue;
    Finding finding{no_fallback.name, Severity::info, {}, "", ""};
    std::vector<std::string> callees;
    for (const Call& call : calls) {
      callees.push_back(quoted(subject.name(call.callee)));
      finding.places.push_back(subject.place(call));
    }
    finding.why = quoted(subject.name(i)) + " fails when any one of " + listed(callees) +
                  " fails, although it asks all of them at once and so needs none for "
                  "another: one of them may well be optional.";
    finding.mend =
        "Give those that it can do without a \"policy\" with \"timeoutMs\" and \"fallback\": true, or the service \"fanOut\": {\"kind\": "
        "\"parallel\", \"first\": " +
        std::to_string(calls.size() - 1) + "}.";
    findings.push_back(std::move(finding));
  }
}

}  // namespace

const Rule no_fallback = {
    .name = "noFallback",
    .title = "No fallback for an optional dependency",
    .description =
        "A service asks several others in parallel, needs all answers and has a fallback for none. Documents do not say which dependency "
        "is "
        "optional; those that are asked side by side do not need each other's answers, so this is where one may be.",
    .severity = Severity::info,
    .check = check_no_fallback,
};

}  // namespace architecture::lint

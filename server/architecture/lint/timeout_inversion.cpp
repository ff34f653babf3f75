// A caller that gives up while what it asked for goes on.

#include "architecture/lint/rules.h"
#include "architecture/lint/subject.h"

namespace architecture::lint {
namespace {

/// Of all calls of a service, the one that it may wait for longest; nullptr when it waits for none.
const Call* slowest(const Subject& subject, std::uint32_t service) {
  const Call* worst = nullptr;
  if (subject.service(service).serving.fan_out == model::FanOut::asynchronous) return nullptr;
  for (const Call& call : subject.calls_of(service)) {
    const auto limit = subject.limit_ms(call);
    if (limit && (worst == nullptr || *limit > *subject.limit_ms(*worst))) worst = &call;
  }
  return worst;
}

std::string tries_text(const Subject& subject, const Call& call) {
  const std::uint32_t attempts = Subject::attempts(call);
  return attempts == 1 ? "" : " (" + std::to_string(attempts) + " tries of " + duration_text(*subject.try_limit_ms(call)) + ")";
}

void check_timeout_inversion(const Subject& subject, Findings& findings) {
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    for (const Call& call : subject.calls_of(i)) {
      const auto patience = subject.try_limit_ms(call);
      const bool told = call.policy() != nullptr && call.policy()->pass_deadline;
      const Call* below = slowest(subject, call.callee);
      if (!patience || told || below == nullptr || *subject.limit_ms(*below) <= *patience) continue;
      const std::string longest = duration_text(*subject.limit_ms(*below));
      findings.push_back({timeout_inversion.name,
                          Severity::warning,
                          {subject.place(call), subject.place(*below)},
                          quoted(subject.name(i)) + " gives up on " + quoted(subject.name(call.callee)) + " after " +
                              duration_text(*patience) + ", while that may wait " + longest + " for " +
                              quoted(subject.name(below->callee)) + tries_text(subject, *below) +
                              ": work for nobody, and more of it with each retry.",
                          "Give the call to " + quoted(subject.name(below->callee)) + " a \"policy\" with \"timeoutMs\" below " +
                              std::to_string(static_cast<long>(*patience)) + ", or this one more than " + longest +
                              "; \"deadline\": {\"pass\": true, \"cancel\": true} tells those below when it is over."});
    }
  }
}

}  // namespace

const Rule timeout_inversion = {
    .name = "timeoutInversion",
    .title = "A time-out inversion",
    .description =
        "A try of a call has less time than the called service may itself wait for one of its dependencies, tries included: the caller "
        "gives up and asks again while the first request is still worked on. Back-off is not counted; a deadline that is passed on is "
        "no inversion.",
    .severity = Severity::warning,
    .check = check_timeout_inversion,
};

}  // namespace architecture::lint

// Calls that wait for ever, or as long as nobody has thought about.

#include <optional>

#include "architecture/lint/rules.h"
#include "architecture/lint/subject.h"

namespace architecture::lint {
namespace {

/// Which calls are limited by a deadline that comes with the request they are made for.
class Deadlines {
 public:
  explicit Deadlines(const Subject& subject) : subject_(subject), incoming_(subject.size()), dated_(subject.size()) {
    for (std::uint32_t i = 0; i < subject.size(); ++i) {
      for (const Call& call : subject.calls_of(i)) incoming_[call.callee].push_back(call);
    }
  }
  bool limits(const Call& call) { return call.policy()->pass_deadline && comes_with(call.caller); }

 private:
  /// Whether every request that gets to the service has a deadline.
  // NOLINTNEXTLINE(misc-no-recursion): as deep as there are services, at most 1,000
  bool comes_with(std::uint32_t service) {
    if (dated_[service]) return *dated_[service];
    dated_[service] = false;  // of a circle
    bool all = !incoming_[service].empty();
    for (const Call& call : incoming_[service]) {
      if (!all) break;
      all = call.policy() != nullptr && call.policy()->pass_deadline && (subject_.limit_ms(call) || comes_with(call.caller));
    }
    dated_[service] = all;
    return all;
  }

  const Subject& subject_;
  std::vector<Calls> incoming_;
  std::vector<std::optional<bool>> dated_;
};

void check_policies(const Subject& subject, Findings& findings) {
  Deadlines deadlines(subject);
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    for (const Call& call : subject.calls_of(i)) {
      if (subject.limit_ms(call) || deadlines.limits(call)) continue;
      findings.push_back({no_timeout.name,
                          Severity::warning,
                          {subject.place(call) + "/policy"},
                          quoted(subject.name(i)) + " waits for " + quoted(subject.name(call.callee)) +
                              " until it answers or dies; one that hangs makes everybody wait who asks.",
                          "Give its \"policy\" a \"timeoutMs\", for example " +
                              std::to_string(static_cast<long>(subject.usual_limit_ms(call.callee))) +
                              ", a little more than its slowest good answer takes."});
    }
  }
}

void check_defaults(const Subject& subject, Findings& findings) {
  Finding finding{no_timeout.name, Severity::info, {}, "", ""};
  std::string example;
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    for (const Call& call : subject.calls_of(i)) {
      if (call.policy() != nullptr || subject.service(call.callee).settings.timeout_ms) continue;
      if (example.empty())
        example = quoted(subject.name(i)) + " waits " + duration_text(subject.usual_limit_ms(call.callee)) + " for " +
                  quoted(subject.name(call.callee));
      finding.places.push_back(subject.place(call));
    }
  }
  if (finding.places.empty()) return;
  const std::size_t count = finding.places.size();
  finding.why = counted(count, "call waits", "calls wait") + " as long as the default of a package says (" + example +
                "), and nobody has decided that this is right.";
  finding.mend =
      "Say it where it is known: \"timeoutMs\" of the service that is called, or \"policy\": {\"timeoutMs\": ...} of the dependency, the "
      "shorter the further from the users.";
  findings.push_back(std::move(finding));
}

void check_no_timeout(const Subject& subject, Findings& findings) {
  check_policies(subject, findings);
  check_defaults(subject, findings);
}

}  // namespace

const Rule no_timeout = {
    .name = "noTimeout",
    .title = "A call without a time-out",
    .description =
        "A policy without any time-out, to which no deadline comes either, waits for ever (warning). A call without a policy waits as "
        "long as the called service's package says by default (info, once a document).",
    .severity = Severity::warning,
    .check = check_no_timeout,
};

}  // namespace architecture::lint

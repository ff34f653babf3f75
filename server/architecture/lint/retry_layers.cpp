// Retries that multiply along a path.

#include <cstdio>

#include "architecture/lint/rules.h"
#include "architecture/lint/subject.h"

namespace architecture::lint {
namespace {

/// What the tries of all layers of a path come to.
struct Path {
  double requests = 1;         ///< at its end, for one at its beginning
  const Call* call = nullptr;  ///< the first; nullptr: the path ends here
};

class Paths {
 public:
  Paths(const Subject& subject, bool with_usual)
      : subject_(subject), with_usual_(with_usual), from_(subject.size()), known_(subject.size()) {}

  std::uint32_t attempts(const Call& call) const { return call.policy() == nullptr && !with_usual_ ? 1 : Subject::attempts(call); }

  /// The worst that begins at a service.
  // NOLINTNEXTLINE(misc-no-recursion): as deep as there are services, at most 1,000
  const Path& from(std::uint32_t service) {
    if (known_[service]) return from_[service];
    known_[service] = true;  // of a circle: what is known so far
    for (const Call& call : subject_.calls_of(service)) {
      const double requests = attempts(call) * from(call.callee).requests;
      if (requests > from_[service].requests) from_[service] = {requests, &call};
    }
    return from_[service];
  }

 private:
  const Subject& subject_;
  bool with_usual_;
  std::vector<Path> from_;
  std::vector<bool> known_;
};

/// The calls of the worst path that are tried more than once, from the top.
Calls worst_layers(const Subject& subject, Paths& paths) {
  std::uint32_t worst = 0;
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    if (paths.from(i).requests > paths.from(worst).requests) worst = i;
  }
  Calls layers;
  std::vector<bool> passed(subject.size());
  for (const Call* call = paths.from(worst).call; call != nullptr && !passed[call->caller]; call = paths.from(call->callee).call) {
    passed[call->caller] = true;
    if (paths.attempts(*call) > 1) layers.push_back(*call);
  }
  return layers;
}

bool report(const Subject& subject, bool with_usual, Findings& findings) {
  Paths paths(subject, with_usual);
  const Calls layers = worst_layers(subject, paths);
  if (layers.size() < 2) return false;
  Finding finding{retry_layers.name, with_usual ? Severity::info : Severity::warning, {}, "", ""};
  double requests = 1;
  std::vector<std::string> callers;
  for (const Call& layer : layers) {
    requests *= paths.attempts(layer);
    callers.push_back(quoted(subject.name(layer.caller)));
    finding.places.push_back(subject.place(layer));
  }
  char number[32];
  std::snprintf(number, sizeof number, "%.6g", requests);
  finding.why = listed(callers) + " all try again" + (with_usual ? ", some by default when nobody answers" : "") + ": when " +
                quoted(subject.name(layers.back().callee)) + " fails, one request may become " + number + ".";
  finding.mend = "Retry at one layer, the one just above what fails (" + quoted(subject.name(layers.back().caller)) +
                 "): give the others a \"policy\" with \"timeoutMs\" and \"retry\": {\"attempts\": 1}.";
  findings.push_back(std::move(finding));
  return true;
}

void check_retry_layers(const Subject& subject, Findings& findings) {
  if (!report(subject, false, findings)) report(subject, true, findings);
}

}  // namespace

const Rule retry_layers = {
    .name = "retryLayers",
    .title = "Retries at more than one layer",
    .description =
        "More than one call along a path is tried again, so the tries multiply: five layers of three attempts make 243 requests of one. "
        "The worst path of the document: by its policies (warning), else with the one more try of calls without a policy (info).",
    .severity = Severity::warning,
    .check = check_retry_layers,
};

}  // namespace architecture::lint

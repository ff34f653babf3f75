// A service that no request ever gets to.

#include "architecture/lint/rules.h"
#include "architecture/lint/subject.h"

namespace architecture::lint {
namespace {

class Walk {
 public:
  explicit Walk(const Subject& subject) : subject_(subject), takers_(subject.size()), reached_(subject.size()) {
    for (std::uint32_t i = 0; i < subject.size(); ++i) {
      for (const Consume& consume : subject.service(i).consumes) {
        for (std::uint32_t b = 0; b < subject.size(); ++b) {
          if (subject.name(b) == consume.service) takers_[b].push_back(i);
        }
      }
    }
  }

  void from(std::uint32_t start) {
    std::vector<std::uint32_t> waiting{start};
    while (!waiting.empty()) {
      const std::uint32_t i = waiting.back();
      waiting.pop_back();
      if (reached_[i]) continue;
      reached_[i] = true;
      for (const Call& call : subject_.calls_of(i)) waiting.push_back(call.callee);
      waiting.insert(waiting.end(), takers_[i].begin(), takers_[i].end());
    }
  }
  bool reached(std::uint32_t i) const { return reached_[i]; }

 private:
  const Subject& subject_;
  std::vector<std::vector<std::uint32_t>> takers_;  ///< who takes messages from a broker
  std::vector<bool> reached_;
};

void check_unreachable(const Subject& subject, Findings& findings) {
  Walk walk(subject);
  bool any = false;
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    const model::PackageInfo& package = subject.package(i);
    const bool begins = package.load_source || package.wakes;
    if (begins || package.name == "eureka") walk.from(i);
    any = any || begins;
  }
  if (!any) {
    findings.push_back({unreachable.name,
                        Severity::warning,
                        {"/services"},
                        "Nothing sends requests, so nothing will happen.",
                        "Add a service of package \"denominator\" that depends on the first one that users meet."});
    return;
  }
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    if (walk.reached(i)) continue;
    findings.push_back({unreachable.name,
                        Severity::warning,
                        {subject.place(i)},
                        "No path leads from an entry to " + quoted(subject.name(i)) + ": it costs money and serves nobody.",
                        "Name it in the \"dependencies\" of a service that needs it, or leave it out."});
  }
}

}  // namespace

const Rule unreachable = {
    .name = "unreachable",
    .title = "A service on no path from an entry",
    .description =
        "No load source gets to it, over dependencies or over queues that it takes messages from: an orphan, as Janitor Monkey looks for.",
    .severity = Severity::warning,
    .check = check_unreachable,
};

}  // namespace architecture::lint

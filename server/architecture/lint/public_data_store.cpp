// Users that are one step away from the data.

#include "architecture/lint/rules.h"
#include "architecture/lint/subject.h"

namespace architecture::lint {
namespace {

bool keeps_data(const model::PackageInfo& package) {
  return package.looks_up || package.replicates || package.elects;
}

void check_public_data_store(const Subject& subject, Findings& findings) {
  std::vector<bool> edge(subject.size());
  for (std::uint32_t i = 0; i < subject.size(); ++i) edge[i] = subject.package(i).load_source;
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    if (!subject.package(i).load_source) continue;
    for (const Call& call : subject.calls_of(i)) {
      if (subject.package(call.callee).name == "elb") edge[call.callee] = true;
    }
  }
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    if (!edge[i]) continue;
    for (const Call& call : subject.calls_of(i)) {
      if (!keeps_data(subject.package(call.callee))) continue;
      findings.push_back({public_data_store.name,
                          Severity::warning,
                          {subject.place(call)},
                          "From " + quoted(subject.name(i)) + " users get straight to the data of " + quoted(subject.name(call.callee)) +
                              ": nothing between them checks who asks, for what and how often.",
                          "Put a service between them, of package \"staash\" or \"karyon\", that depends on " +
                              quoted(subject.name(call.callee)) + ", and name that one here."});
    }
  }
}

}  // namespace

const Rule public_data_store = {
    .name = "publicDataStore",
    .title = "A public entry straight to a data store",
    .description =
        "A load source, or the load balancer that it calls, depends on a cache, a disk or a database: the store is open to the world, and "
        "every change of the data is a change for all users.",
    .severity = Severity::warning,
    .check = check_public_data_store,
};

}  // namespace architecture::lint

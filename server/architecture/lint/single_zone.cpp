// A service whose instances are all in one zone of a region.

#include "architecture/lint/rules.h"
#include "architecture/lint/subject.h"

namespace architecture::lint {
namespace {

void check_single_zone(const Subject& subject, Findings& findings) {
  for (std::uint32_t i = 0; i < subject.size(); ++i) {
    if (subject.zones_of(i) != 1 || subject.package(i).load_source) continue;
    const Service& service = subject.service(i);
    const bool elsewhere = service.regions > 1;
    const std::string one = service.count == 1 ? "its only instance" : "all its instances";
    findings.push_back({single_zone.name,
                        Severity::warning,
                        {subject.place(i, "count")},
                        quoted(service.name) + " has " + one + (elsewhere ? " of a region" : "") +
                            " in one zone: when that zone is lost, so is the service" + (elsewhere ? " in that region." : "."),
                        subject.zones() > 1 ? "Set \"count\" to " + std::to_string(subject.zones()) + ": an instance in each zone."
                                            : "Set \"regions\" to 2: there is only one zone in a region."});
  }
}

}  // namespace

const Rule single_zone = {
    .name = "singleZone",
    .title = "A service in a single zone",
    .description =
        "All instances of a service in a region are in one zone, so the loss of that zone takes all of them. Services outside of "
        "the zones (count 0) and load sources are left out.",
    .severity = Severity::warning,
    .check = check_single_zone,
};

}  // namespace architecture::lint

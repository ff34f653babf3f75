// Work that takes longer, by a time that also holds the worker: a slow disk, a slow library, a long pause in the RPC layer.
#include "chaos/effect.h"

namespace chaos {
namespace {

class Latency : public Imposing<Latency> {
 public:
  explicit Latency(const Parameters& parameters) : delay_(delay_in(parameters)) {}
  void impose(Imposition& on, double level) const override { delay_.impose(level, on.work.added, on.work.chance); }

 private:
  Delay delay_;
};

std::vector<ParameterSpec> service_latency_parameters() {
  return latency_parameters(200, 0, "a piece of work");
}

}  // namespace

const FaultType instance_latency = {
    .type = "instance.latency",
    .scope = Scope::instances,
    .title = "Latency of instances",
    .description = "Every piece of work at the instances takes longer.",
    .stands_for = "Netflix Latency Monkey and FIT delays (per request), Spring Boot Chaos Monkey (1000 to 3000 ms).",
    .parameters = service_latency_parameters,
    .make = make<Latency>,
    .example = R"({"type":"instance.latency","selector":{"instances":["netflixoss.us-east-1.zoneA.homepage15"]},"durationMs":60000})",
};

const FaultType service_latency = {
    .type = "service.latency",
    .scope = Scope::services,
    .title = "Slow service",
    .description =
        "Every piece of work of the services takes longer, by a time of whatever distribution; where workers are few, callers wait for "
        "them, too.",
    .stands_for = "Netflix Latency Monkey and FIT delays (a large one is an outage), Envoy and Istio fault filter delay.",
    .parameters = service_latency_parameters,
    .make = make<Latency>,
    .example =
        R"({"type":"service.latency","selector":{"services":["subscriber"]},"durationMs":60000,"latencyMs":200,"distribution":"lognormal","probability":0.3})",
};

const FaultType zone_latency = {
    .type = "zone.latency",
    .scope = Scope::zones,
    .title = "Slow zone",
    .description = "Every piece of work in the zones takes longer.",
    .stands_for = "Shared storage or power management of a zone that is degraded.",
    .parameters = service_latency_parameters,
    .make = make<Latency>,
    .example = R"({"type":"zone.latency","selector":{"zones":["us-east-1.zoneB"]},"durationMs":60000})",
};

const FaultType region_latency = {
    .type = "region.latency",
    .scope = Scope::regions,
    .title = "Slow region",
    .description = "Every piece of work in the regions takes longer.",
    .stands_for = "A regional service that everything depends on, and that is slow.",
    .parameters = service_latency_parameters,
    .make = make<Latency>,
    .example = R"({"type":"region.latency","selector":{"regions":["us-east-1"]},"durationMs":60000})",
};

}  // namespace chaos

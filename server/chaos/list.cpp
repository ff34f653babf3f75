#include "chaos/fault.h"

namespace chaos {

const std::vector<FaultType>& all() {
  static const std::vector<FaultType> list = {
      {"instance.outage", Scope::instances, "Instance outage", "The instances are gone until the fault ends.", outage_parameters,
       make_outage},
      {"service.outage", Scope::services, "Service outage", "Every instance of the services is gone until the fault ends.",
       outage_parameters, make_outage},
      {"zone.outage", Scope::zones, "Zone outage", "Everything in the zones is gone until the fault ends, as in a power failure.",
       outage_parameters, make_outage},
      {"region.outage", Scope::regions, "Region outage", "Everything in the regions is gone until the fault ends.", outage_parameters,
       make_outage},
      {"instance.latency", Scope::instances, "Slow instances", "Every piece of work at the instances takes longer.", latency_parameters,
       make_latency},
      {"service.latency", Scope::services, "Slow service", "Every piece of work of the services takes longer.", latency_parameters,
       make_latency},
      {"zone.latency", Scope::zones, "Slow zone", "Every piece of work in the zones takes longer.", latency_parameters, make_latency},
      {"region.latency", Scope::regions, "Slow region", "Every piece of work in the regions takes longer.", latency_parameters,
       make_latency},
  };
  return list;
}

const FaultType* find(std::string_view type) {
  for (const FaultType& fault : all()) {
    if (fault.type == type) return &fault;
  }
  return nullptr;
}

std::string_view name_of(Scope scope) {
  switch (scope) {
    case Scope::instances:
      return "instances";
    case Scope::services:
      return "services";
    case Scope::zones:
      return "zones";
    case Scope::regions:
      return "regions";
  }
  return "";
}

}  // namespace chaos

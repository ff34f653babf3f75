// Instances that are gone: what they were doing is lost, and callers are refused at once or hear nothing. Of instances, services, zones,
// regions, nodes of data stores.
#include "chaos/effect.h"

namespace chaos {
namespace {

class Outage : public Copyable<Outage> {
 public:
  explicit Outage(const Parameters& parameters)
      : reach_(text_in(parameters, "mode") == "blackhole" ? model::Reach::blackhole : model::Reach::refuse) {}
  bool scales() const override { return false; }
  double capacity_lost() const override { return 1; }
  void hit(World& world, const Run& /*run*/, const Instances& ids) override { world.hold_down(ids, reach_); }
  void release(World& world, const Run& /*run*/, const Instances& ids) override { world.release(ids, reach_); }

 private:
  model::Reach reach_;
};

std::vector<ParameterSpec> outage_parameters() {
  return {choice("mode", "fail: callers are refused at once; blackhole: they hear nothing until their time-out", "fail",
                 {"fail", "blackhole"})};
}

}  // namespace

const FaultType instance_outage = {
    .type = "instance.outage",
    .scope = Scope::instances,
    .title = "Instance outage",
    .description = "The instances are gone until the fault ends.",
    .stands_for = "A machine that fails and is started again (Chaos Mesh pod-failure, AWS FIS stop).",
    .parameters = outage_parameters,
    .make = make<Outage>,
    .example = R"({"type":"instance.outage","selector":{"instances":["netflixoss.us-east-1.zoneA.homepage15"]},"durationMs":30000})",
};

const FaultType service_outage = {
    .type = "service.outage",
    .scope = Scope::services,
    .title = "Service outage",
    .description = "Every instance of the services is gone until the fault ends.",
    .stands_for = "A version that does not start anywhere, a poisonous message that kills whoever takes it.",
    .parameters = outage_parameters,
    .make = make<Outage>,
    .example = R"({"type":"service.outage","selector":{"services":["login"]},"durationMs":30000})",
};

const FaultType zone_outage = {
    .type = "zone.outage",
    .scope = Scope::zones,
    .title = "Zone outage",
    .description = "Everything in the zones is gone until the fault ends, as in a power failure.",
    .stands_for = "Chaos Gorilla; AWS FIS \"AZ Availability: Power Interruption\" (30 min fault, 30 min recovery); krkn zone_outage.",
    .parameters = outage_parameters,
    .make = make<Outage>,
    .example = R"({"type":"zone.outage","selector":{"zones":["us-east-1.zoneB"]},"durationMs":1800000})",
};

const FaultType region_outage = {
    .type = "region.outage",
    .scope = Scope::regions,
    .title = "Region outage",
    .description = "Everything in the regions is gone until the fault ends.",
    .stands_for = "Chaos Kong.",
    .parameters = outage_parameters,
    .make = make<Outage>,
    .example = R"({"type":"region.outage","selector":{"regions":["us-east-1"]},"durationMs":1800000})",
};

const FaultType datastore_node_down = {
    .type = "datastore.nodeDown",
    .scope = Scope::any,
    .title = "Data store node down",
    .description =
        "Nodes of data stores are gone until the fault ends: copies are missing, a primary has to be replaced, what was written meanwhile "
        "has to be caught up with.",
    .stands_for = "A node of Cassandra that fails, a primary that is lost: Chaos Monkey on data stores.",
    .parameters = outage_parameters,
    .make = make<Outage>,
    .suits = is_store,
    .suits_what = "data stores",
    .example = R"({"type":"datastore.nodeDown","selector":{"services":["cassSubscriber"],"mode":"one"},"durationMs":60000})",
};

}  // namespace chaos

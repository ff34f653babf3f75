// A network that is cut between two groups of instances: both ways or one, all pairs or some.
#include "chaos/effect.h"

namespace chaos {
namespace {

class Partition : public Imposing<Partition> {
 public:
  explicit Partition(const Parameters& parameters)
      : percent_(number_in(parameters, "percent")), users_(text_in(parameters, "users") == "cut") {}
  bool scales() const override { return true; }
  void impose(Imposition& on, double level) const override {
    on.path.cut = model::PathHindrance::Cut::drop;
    on.path.share = sim::threshold(percent_ / 100 * level);
  }
  bool concerns(const World& world, InstanceId id) const override { return users_ || is_in_a_region(world, id); }

 private:
  double percent_;
  bool users_;
};

std::vector<ParameterSpec> network_partition_parameters() {
  return {number("percent", "of the pairs of instances that are cut: below 100 the partition is partial", 100, 0, 100, "percent"),
          choice("users", "without a target: whether what is outside of all regions is cut off, too", "stay", {"stay", "cut"})};
}

}  // namespace

const FaultType network_partition = {
    .type = "network.partition",
    .scope = Scope::any,
    .title = "Network partition",
    .description =
        "Messages between the selected instances and the target (without one: all others) are dropped, in both directions or in one. Both "
        "sides go on, and each thinks that the other is gone.",
    .stands_for =
        "A failed switch, a wrong route or firewall rule (Chaos Mesh NetworkChaos partition with direction to, from, both; AWS FIS "
        "disrupt-connectivity; Gremlin blackhole; partial partitions: Alfatafta et al., OSDI 2020).",
    .parameters = network_partition_parameters,
    .make = make<Partition>,
    .takes_target = true,
    .example =
        R"({"type":"network.partition","selector":{"zones":["us-east-1.zoneB"]},"target":{"zones":["us-east-1.zoneC"]},"durationMs":60000})",
};

}  // namespace chaos

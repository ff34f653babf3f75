// Instances that die, and are replaced when it ends: Chaos Monkey, and the auto-scaling group that notices.
#include "chaos/effect.h"

namespace chaos {
namespace {

class Terminate : public Copyable<Terminate> {
 public:
  explicit Terminate(const Parameters& parameters) : replaces_(text_in(parameters, "replacement") == "atEnd") {}
  bool scales() const override { return false; }
  bool lets_go() const override { return false; }
  double capacity_lost() const override { return 1; }
  void hit(World& world, const Run& /*run*/, const Instances& ids) override {
    for (const InstanceId id : ids) {
      if (world.instance(id).state == model::InstanceState::dead) continue;
      const model::Group& group = world.shared().groups[world.instance(id).group];
      killed_.emplace_back(group.service, group.location);
      world.kill(id);
    }
  }
  /// As many as were killed, unless there are enough by then.
  void end(World& world, const Run& /*run*/) override {
    if (!replaces_) return;
    for (const auto& [service, location] : killed_) {
      const model::Service& s = world.shared().services[service];
      std::uint64_t wanted = 0;
      for (const std::uint32_t group : s.groups) wanted += world.instances_of(world.shared().groups[group]).wanted();
      if (wanted < s.desired && world.denials().capacity[location] == 0) world.start_instance(service, location, s.current_profile);
    }
  }

 private:
  bool replaces_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> killed_;  ///< service and location
};

std::vector<ParameterSpec> instance_terminate_parameters() {
  return {choice("replacement",
                 "atEnd: others start in their places when it ends, unless somebody has replaced them by then; none: that is left to who "
                 "keeps the number (replaceAfterMs)",
                 "atEnd", {"atEnd", "none"})};
}

}  // namespace

const FaultType instance_terminate = {
    .type = "instance.terminate",
    .scope = Scope::any,
    .title = "Terminate instances",
    .description =
        "The instances die with everything that they have in hand. When the fault ends others start in their places and take their "
        "start-up time, unless there are enough again.",
    .stands_for =
        "Chaos Monkey (an instance of a group), Chaos Mesh pod-kill, AWS FIS terminate and spot interruption, Gremlin shutdown; the "
        "duration is "
        "the time in which an auto-scaling group notices.",
    .parameters = instance_terminate_parameters,
    .make = make<Terminate>,
    .hits = Hits::present,
    .example = R"({"type":"instance.terminate","selector":{"services":["homepage"],"mode":"one"},"durationMs":30000})",
};

}  // namespace chaos

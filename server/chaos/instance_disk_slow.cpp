// A disk that is slow: each read, each write, or both wait for it.
#include "chaos/effect.h"

namespace chaos {
namespace {

class DiskSlow : public Imposing<DiskSlow> {
 public:
  explicit DiskSlow(const Parameters& parameters)
      : delay_(delay_in(parameters)),
        verbs_{.gets = text_in(parameters, "operations") != "writes", .puts = text_in(parameters, "operations") != "reads"} {}
  void impose(Imposition& on, double level) const override {
    on.work.added = delay_.time;
    on.work.chance = sim::threshold(delay_.probability * level);
    on.work.verbs = verbs_;
  }

 private:
  Delay delay_;
  model::Verbs verbs_;
};

std::vector<ParameterSpec> instance_disk_slow_parameters() {
  std::vector<ParameterSpec> specs = latency_parameters(20, 0, "a read or write");
  specs.push_back(choice("operations", "which of them wait", "all", {"all", "reads", "writes"}));
  return specs;
}

}  // namespace

const FaultType instance_disk_slow = {
    .type = "instance.diskSlow",
    .scope = Scope::any,
    .title = "Slow disk",
    .description = "Work that reads or writes waits for the disk; where workers are few, others wait for them.",
    .stands_for =
        "A volume that is degraded, or whose credits are used up (Chaos Mesh IOChaos latency, Simian Army burn I/O, AWS FIS pause volume "
        "I/O).",
    .parameters = instance_disk_slow_parameters,
    .make = make<DiskSlow>,
    .example =
        R"({"type":"instance.diskSlow","selector":{"services":["cassSubscriber"],"zones":["us-east-1.zoneB"]},"durationMs":60000,"latencyMs":20,"operations":"writes"})",
};

}  // namespace chaos

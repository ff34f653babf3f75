// Instances that stand still: a virtual machine that is moved, a collector that stops the world.
#include "chaos/effect.h"

namespace chaos {
namespace {

class Pause : public Imposing<Pause> {
 public:
  explicit Pause(const Parameters& /*parameters*/) {}
  bool scales() const override { return false; }
  double capacity_lost() const override { return 1; }
  void impose(Imposition& on, double /*level*/) const override { on.frozen = true; }
};

}  // namespace

const FaultType instance_pause = {
    .type = "instance.pause",
    .scope = Scope::any,
    .title = "Paused instances",
    .description =
        "The instances stand still: what is sent to them waits, their callers run into their time-outs, no heartbeat comes. When it ends "
        "they go on where they were.",
    .stands_for =
        "A virtual machine that is migrated or suspended, a long pause of a garbage collector, SIGSTOP (Chaos Mesh on physical machines, "
        "AWS FIS pause volume I/O).",
    .parameters = no_parameters,
    .make = make<Pause>,
    .example = R"({"type":"instance.pause","selector":{"services":["homepage"],"mode":"one"},"durationMs":10000})",
};

}  // namespace chaos

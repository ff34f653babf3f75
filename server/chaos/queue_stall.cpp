// A broker that takes messages and hands none out.
#include "chaos/effect.h"

namespace chaos {
namespace {

class QueueStall : public Imposing<QueueStall> {
 public:
  explicit QueueStall(const Parameters& /*parameters*/) {}
  bool scales() const override { return false; }
  void impose(Imposition& on, double /*level*/) const override { on.stalls = true; }
};

}  // namespace

const FaultType queue_stall = {
    .type = "queue.stall",
    .scope = Scope::any,
    .title = "Queue stall",
    .description =
        "The brokers take messages and hand none out: those who send notice nothing, what should be done waits, and comes all at once when "
        "it ends.",
    .stands_for = "A partition leader that is stuck, a consumer group that rebalances for ever.",
    .parameters = no_parameters,
    .make = make<QueueStall>,
    .suits = is_broker,
    .suits_what = "brokers",
    .example = R"({"type":"queue.stall","selector":{"services":["orders"]},"durationMs":60000})",
    .example_architecture = "queue",
};

}  // namespace chaos

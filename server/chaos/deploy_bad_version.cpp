// Whatever comes to be is bad: instances that start while it is on fail, are slow, leak.
#include "chaos/effect.h"

namespace chaos {
namespace {

class BadVersion : public Imposing<BadVersion> {
 public:
  explicit BadVersion(const Parameters& parameters)
      : rate_(number_in(parameters, "rate")), factor_(number_in(parameters, "factor")), full_after_(time_in(parameters, "fullAfterMs")) {}
  void impose(Imposition& on, double level) const override {
    on.arrival.mishap = model::Mishap::error;
    on.arrival.chance = sim::threshold(rate_ * level);
    on.work.factor = 1 + (factor_ - 1) * level;
    on.leak.per_second = full_after_ > 0 ? level / sim::to_seconds(full_after_) : 0;
    on.leak.collector = full_after_ > 0 ? 0.1 : 0;
  }
  bool ticks() const override { return full_after_ > 0; }
  void tick(World& world, const Run& run, const Instances& hit) override { crash_when_full(world, run, hit); }

 private:
  double rate_;
  double factor_;
  sim::Time full_after_;
};

std::vector<ParameterSpec> deploy_bad_version_parameters() {
  return {number("rate", "chance that a request to one of them fails", 0.2, 0, 1, ""),
          number("factor", "on the time of its work", 2, 1, 1'000, ""),
          number("fullAfterMs", "time in which it leaks all its memory and crashes; 0: it does not leak", 0, 0, 86'400'000, "ms")};
}

}  // namespace

const FaultType deploy_bad_version = {
    .type = "deploy.badVersion",
    .scope = Scope::any,
    .title = "Bad version",
    .description =
        "Instances of the services that are started while it is on, by a deployment or by scaling, fail a share of their requests, are "
        "slow and may leak: what a canary is there to catch. They are well again when it ends.",
    .stands_for = "A bad code push, the most frequent cause of outages (Gremlin, State of Chaos Engineering 2021).",
    .parameters = deploy_bad_version_parameters,
    .make = make<BadVersion>,
    .hits = Hits::later,
    .example = R"({"type":"deploy.badVersion","selector":{"services":["homepage"]},"durationMs":600000,"rate":0.2})",
};

}  // namespace chaos

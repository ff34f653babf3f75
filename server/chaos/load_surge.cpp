// More users than usual.
#include <algorithm>

#include "chaos/effect.h"

namespace chaos {
namespace {

class Surge : public Copyable<Surge> {
 public:
  explicit Surge(const Parameters& parameters) : factor_(number_in(parameters, "factor")) {}
  void hit(World& world, const Run& /*run*/, const Instances& ids) override {
    for (const InstanceId id : ids) {
      const std::uint32_t service = world.shared().groups[world.instance(id).group].service;
      if (std::find(services_.begin(), services_.end(), service) == services_.end()) services_.push_back(service);
    }
  }
  void set_level(World& world, const Run& run, double level) override {
    for (const std::uint32_t service : services_) world.surge(run.number, service, 1 + (factor_ - 1) * level);
  }
  void end(World& world, const Run& run) override {
    for (const std::uint32_t service : services_) world.surge(run.number, service, 1);
  }

 private:
  double factor_;
  std::vector<std::uint32_t> services_;  ///< that it hits: a load is that of all instances of a load source
};

std::vector<ParameterSpec> load_surge_parameters() {
  return {number("factor", "on the requests a second, or on the users, of the load sources; a trace is played as it is", 3, 0, 100, "")};
}

}  // namespace

const FaultType load_surge = {
    .type = "load.surge",
    .scope = Scope::any,
    .title = "Load surge",
    .description = "The load sources send a multiple of their load, on top of its shape: queues fill where capacity is short.",
    .stands_for = "A promotion, a news story, a crawler, clients that all come back at once.",
    .parameters = load_surge_parameters,
    .make = make<Surge>,
    .hits = Hits::present,
    .suits = is_load_source,
    .suits_what = "load sources",
    .example =
        R"({"type":"load.surge","selector":{"services":["www"]},"durationMs":120000,"ramp":{"shape":"linear","upMs":30000,"downMs":30000},"factor":3})",
};

}  // namespace chaos

// Work that takes longer, by a fixed time that also holds the worker: a slow disk, a slow library, a long pause in the RPC layer.
#include "chaos/fault.h"

namespace chaos {
namespace {

class Latency : public Effect {
 public:
  explicit Latency(sim::Time latency) : latency_(latency) {}
  void apply(model::World& world, const std::vector<model::InstanceId>& targets) override { world.add_latency(targets, latency_); }
  void undo(model::World& world, const std::vector<model::InstanceId>& targets) override { world.add_latency(targets, -latency_); }
  std::unique_ptr<Effect> clone() const override { return std::make_unique<Latency>(*this); }

 private:
  sim::Time latency_;
};

}  // namespace

std::vector<model::ParameterSpec> latency_parameters() {
  model::ParameterSpec latency;
  latency.name = "latencyMs";
  latency.description = "added to the service time of every piece of work";
  latency.default_value = 200.0;
  latency.min = 0.001;
  latency.max = 3'600'000;
  latency.unit = "ms";
  return {latency};
}

std::unique_ptr<Effect> make_latency(const model::Parameters& parameters) {
  return std::make_unique<Latency>(sim::from_ms(std::get<double>(parameters.at("latencyMs"))));
}

}  // namespace chaos

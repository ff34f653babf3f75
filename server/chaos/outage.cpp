// Instances that are gone: what they were doing is lost, and callers are refused at once or hear nothing.
#include "chaos/fault.h"

namespace chaos {
namespace {

class Outage : public Effect {
 public:
  explicit Outage(model::Reach reach) : reach_(reach) {}
  void apply(model::World& world, const std::vector<model::InstanceId>& targets) override { world.hold_down(targets, reach_); }
  void undo(model::World& world, const std::vector<model::InstanceId>& targets) override { world.release(targets, reach_); }
  std::unique_ptr<Effect> clone() const override { return std::make_unique<Outage>(*this); }

 private:
  model::Reach reach_;
};

}  // namespace

std::vector<model::ParameterSpec> outage_parameters() {
  model::ParameterSpec mode;
  mode.name = "mode";
  mode.kind = model::ParameterSpec::Kind::choice;
  mode.description = "fail: callers are refused at once; blackhole: they hear nothing until their time-out";
  mode.default_value = std::string("fail");
  mode.choices = {"fail", "blackhole"};
  return {mode};
}

std::unique_ptr<Effect> make_outage(const model::Parameters& parameters) {
  const bool silent = std::get<std::string>(parameters.at("mode")) == "blackhole";
  return std::make_unique<Outage>(silent ? model::Reach::blackhole : model::Reach::refuse);
}

}  // namespace chaos

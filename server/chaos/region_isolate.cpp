// A region that no other region can reach.
#include "chaos/effect.h"

namespace chaos {
namespace {

class Isolate : public Imposing<Isolate> {
 public:
  explicit Isolate(const Parameters& parameters) : users_(text_in(parameters, "users") == "cut") {}
  bool scales() const override { return false; }
  void impose(Imposition& on, double /*level*/) const override { on.path.cut = model::PathHindrance::Cut::drop; }
  bool concerns(const World& world, InstanceId id) const override { return users_ || is_in_a_region(world, id); }

 private:
  bool users_;
};

std::vector<ParameterSpec> region_isolate_parameters() {
  return {choice("users", "whether users, and what else is outside of all regions, are cut off, too", "stay", {"stay", "cut"})};
}

}  // namespace

const FaultType region_isolate = {
    .type = "region.isolate",
    .scope = Scope::regions,
    .title = "Isolated region",
    .description =
        "The regions are cut off from all others, but work: their users are served with what is there, writes do not reach the other "
        "regions.",
    .stands_for = "A backbone that fails (AWS FIS cross-region connectivity scenario).",
    .parameters = region_isolate_parameters,
    .make = make<Isolate>,
    .takes_target = true,
    .example = R"({"type":"region.isolate","selector":{"regions":["us-east-1"]},"durationMs":60000,"users":"cut"})",
};

}  // namespace chaos

// A disk without room: what has to be written fails, what is read goes on.
#include "chaos/effect.h"

namespace chaos {
namespace {

class DiskFull : public Imposing<DiskFull> {
 public:
  explicit DiskFull(const Parameters& /*parameters*/) {}
  bool scales() const override { return false; }
  void impose(Imposition& on, double /*level*/) const override {
    on.arrival.mishap = model::Mishap::error;
    on.arrival.chance = sim::threshold(1);
    on.arrival.verbs.gets = false;
  }
};

}  // namespace

const FaultType instance_disk_full = {
    .type = "instance.diskFull",
    .scope = Scope::any,
    .title = "Disk full",
    .description = "Puts to the instances fail at once, gets are answered as before: users can look but not change anything.",
    .stands_for = "Logs or data that fill a volume (Simian Army fill disk, Litmus disk-fill).",
    .parameters = no_parameters,
    .make = make<DiskFull>,
    .example = R"({"type":"instance.diskFull","selector":{"services":["cassSubscriber"],"mode":"one"},"durationMs":60000})",
};

}  // namespace chaos

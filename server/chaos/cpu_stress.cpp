// Something else that needs the processors.
#include "chaos/effect.h"

namespace chaos {
namespace {

class CpuStress : public Imposing<CpuStress> {
 public:
  explicit CpuStress(const Parameters& parameters) : share_(number_in(parameters, "percent") / 100) {}
  double capacity_lost() const override { return share_; }
  void impose(Imposition& on, double level) const override { on.work.stress = share_ * level; }

 private:
  double share_;
};

std::vector<ParameterSpec> cpu_stress_parameters() {
  return {number("percent", "of the workers of an instance that something else keeps busy", 90, 1, 99, "percent")};
}

}  // namespace

const FaultType cpu_stress = {
    .type = "cpu.stress",
    .scope = Scope::any,
    .title = "CPU stress",
    .description =
        "A share of the processors is taken by something else. An idle instance shows nothing of it; one that is busy gets slower, and "
        "does no more than what is left.",
    .stands_for =
        "A runaway process, a backup, a noisy neighbour (Simian Army burn CPU: 32 openssl loops; Spring Boot Chaos Monkey: 90 % for 90 s; "
        "Chaos Mesh, Litmus, krkn, Gremlin).",
    .parameters = cpu_stress_parameters,
    .make = make<CpuStress>,
    .example = R"({"type":"cpu.stress","selector":{"services":["homepage"],"mode":"percent","value":50},"durationMs":90000,"percent":90})",
};

}  // namespace chaos

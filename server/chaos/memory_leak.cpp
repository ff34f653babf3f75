// Memory that is never given back: slower and slower, until the instance crashes, is started again, and leaks again.
#include "chaos/effect.h"

namespace chaos {
namespace {

class MemoryLeak : public Imposing<MemoryLeak> {
 public:
  explicit MemoryLeak(const Parameters& parameters)
      : full_after_(time_in(parameters, "fullAfterMs")),
        full_after_requests_(number_in(parameters, "fullAfterRequests")),
        collector_(number_in(parameters, "collector")) {}
  void impose(Imposition& on, double level) const override {
    on.leak.per_second = full_after_ > 0 ? level / sim::to_seconds(full_after_) : 0;
    on.leak.per_request = full_after_requests_ > 0 ? level / full_after_requests_ : 0;
    on.leak.collector = collector_;
  }
  bool ticks() const override { return true; }
  void tick(World& world, const Run& run, const Instances& hit) override { crash_when_full(world, run, hit); }

 private:
  sim::Time full_after_;
  double full_after_requests_;
  double collector_;
};

std::vector<ParameterSpec> memory_leak_parameters() {
  return {number("fullAfterMs", "time in which it fills the memory; 0: time does not matter", 120'000, 0, 86'400'000, "ms"),
          number("fullAfterRequests", "requests that fill the memory; 0: they do not matter", 0, 0, 1e9, ""),
          number("collector", "work takes 1 + this * used / free times as long", 0.1, 0, 10, "")};
}

}  // namespace

const FaultType memory_leak = {
    .type = "memory.leak",
    .scope = Scope::any,
    .title = "Memory leak",
    .description =
        "The memory of the instances fills up, with time or with requests: the garbage collector slows them more and more, then they crash "
        "and are started again, and leak again.",
    .stands_for =
        "A leak that came with a version (Spring Boot Chaos Monkey fills 25 % of the memory in steps of 15 % and holds it for 90 s; Chaos "
        "Mesh, Litmus and krkn memory hogs).",
    .parameters = memory_leak_parameters,
    .make = make<MemoryLeak>,
    .example = R"({"type":"memory.leak","selector":{"services":["homepage"],"versions":["1.0"]},"durationMs":300000,"fullAfterMs":60000})",
};

}  // namespace chaos

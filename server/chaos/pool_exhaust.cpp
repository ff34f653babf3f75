// Connections that are never given back.
#include "chaos/effect.h"

namespace chaos {
namespace {

class PoolExhaust : public Imposing<PoolExhaust> {
 public:
  explicit PoolExhaust(const Parameters& parameters) : connections_(number_in(parameters, "connections")) {}
  bool scales() const override { return false; }
  void impose(Imposition& on, double /*level*/) const override { on.connections = static_cast<std::uint32_t>(connections_); }

 private:
  double connections_;
};

std::vector<ParameterSpec> pool_exhaust_parameters() {
  return {number("connections", "left to each dependency, of each instance; 0: none", 1, 0, 10'000, "")};
}

}  // namespace

const FaultType pool_exhaust = {
    .type = "pool.exhaust",
    .scope = Scope::any,
    .title = "Connection pool exhausted",
    .description =
        "The instances have only so many connections left to each of those that they call: calls wait for one, longer and longer, up to "
        "their time-outs.",
    .stands_for =
        "Connections that are leaked, a pool that is too small for the load: the most frequent cause of hanging threads in front of a "
        "database that is well.",
    .parameters = pool_exhaust_parameters,
    .make = make<PoolExhaust>,
    .example = R"({"type":"pool.exhaust","selector":{"services":["subscriber"]},"durationMs":60000,"connections":1})",
};

}  // namespace chaos

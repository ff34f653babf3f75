// Copies that are behind: secondaries of a primary, nodes of a cluster that get what others coordinate.
#include "chaos/effect.h"

namespace chaos {
namespace {

class ReplicaLag : public Imposing<ReplicaLag> {
 public:
  explicit ReplicaLag(const Parameters& parameters) : lag_(time_in(parameters, "lagMs")) {}
  void impose(Imposition& on, double level) const override {
    const auto lag = static_cast<sim::Time>(static_cast<double>(lag_) * level);
    on.copy_lag = lag;
    on.work.added = sim::Distribution::constant(lag);
    on.work.chance = lag > 0 ? sim::threshold(1) : 0;
    on.work.verbs.gets = false;
    on.work.copies_only = true;
  }

 private:
  sim::Time lag_;
};

std::vector<ParameterSpec> datastore_replica_lag_parameters() {
  return {number("lagMs", "until a write that is copied is there", 5'000, 1, 3'600'000, "ms")};
}

}  // namespace

const FaultType datastore_replica_lag = {
    .type = "datastore.replicaLag",
    .scope = Scope::any,
    .title = "Replica lag",
    .description =
        "Writes reach the selected copies late: secondaries that are read answer with old data, and have less when they have to take over; "
        "nodes of a cluster are slow to acknowledge what others coordinate.",
    .stands_for = "A replica that cannot keep up: a long query, a slow disk, a burst of writes.",
    .parameters = datastore_replica_lag_parameters,
    .make = make<ReplicaLag>,
    .suits = keeps_copies,
    .suits_what = "data stores that keep copies",
    .example =
        R"({"type":"datastore.replicaLag","selector":{"services":["cassSubscriber"],"zones":["us-east-1.zoneB"]},"durationMs":60000,"lagMs":500})",
};

}  // namespace chaos

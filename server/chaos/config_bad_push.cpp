// A bad configuration that reaches one instance after the other.
#include "chaos/effect.h"

namespace chaos {
namespace {

class BadConfiguration : public Imposing<BadConfiguration> {
 public:
  explicit BadConfiguration(const Parameters& parameters)
      : spread_(time_in(parameters, "spreadMs")), rate_(number_in(parameters, "rate")), factor_(number_in(parameters, "factor")) {}
  bool scales() const override { return false; }
  sim::Time spread() const override { return spread_; }
  double capacity_lost() const override { return 1 - (1 - rate_) / factor_; }
  void impose(Imposition& on, double /*level*/) const override {
    on.arrival.mishap = model::Mishap::error;
    on.arrival.chance = sim::threshold(rate_);
    on.work.factor = factor_;
  }

 private:
  sim::Time spread_;
  double rate_;
  double factor_;
};

std::vector<ParameterSpec> config_bad_push_parameters() {
  return {number("spreadMs", "until all of them have it; a ramp says otherwise", 30'000, 0, 3'600'000, "ms"),
          number("rate", "chance that a request to one that has it fails", 1, 0, 1, ""),
          number("factor", "on the time of its work", 1, 1, 1'000, "")};
}

}  // namespace

const FaultType config_bad_push = {
    .type = "config.badPush",
    .scope = Scope::any,
    .title = "Bad configuration",
    .description =
        "A configuration that breaks them reaches the instances one after the other, in whatever order, without any deployment. Users see "
        "a share of failures that grows until everything fails.",
    .stands_for =
        "A feature flag, a firewall rule, a list of data that is distributed to all at once: Google Cloud (June 2019), Cloudflare (July "
        "2019), "
        "Facebook (October 2021), CrowdStrike (July 2024).",
    .parameters = config_bad_push_parameters,
    .make = make<BadConfiguration>,
    .example = R"({"type":"config.badPush","selector":{"services":["homepage"]},"durationMs":60000,"spreadMs":30000})",
};

}  // namespace chaos

// Answers that are failures, without any work: a bug, a dependency that nobody has drawn, a limit.
#include "chaos/effect.h"

namespace chaos {
namespace {

class ServiceError : public Imposing<ServiceError> {
 public:
  explicit ServiceError(const Parameters& parameters)
      : rate_(number_in(parameters, "rate")), kind_(text_in(parameters, "kind")), requests_(text_in(parameters, "requests")) {}
  double capacity_lost() const override { return rate_; }
  void impose(Imposition& on, double level) const override {
    using model::Mishap;
    on.arrival.mishap = kind_ == "error"      ? Mishap::error
                        : kind_ == "rejected" ? Mishap::rejected
                        : kind_ == "refused"  ? Mishap::refused
                                              : Mishap::silent;
    on.arrival.chance = sim::threshold(rate_ * level);
    on.arrival.verbs = {.gets = requests_ != "puts", .puts = requests_ != "gets"};
  }

 private:
  double rate_;
  std::string kind_;
  std::string requests_;
};

std::vector<ParameterSpec> service_error_parameters() {
  return {number("rate", "chance that a request fails", 0.5, 0, 1, ""),
          choice("kind",
                 "error: a failure is answered at once; rejected: likewise, too much to do; refused: no connection, so another instance is "
                 "tried; silent: no answer, up to the time-out",
                 "error", {"error", "rejected", "refused", "silent"}),
          choice("requests", "which of them", "all", {"all", "gets", "puts"})};
}

}  // namespace

const FaultType service_error = {
    .type = "service.error",
    .scope = Scope::any,
    .title = "Errors",
    .description =
        "A share of the requests that arrive fails at once, without being served. Users see failures where callers have no fallback.",
    .stands_for =
        "A bug, a limit, a dependency that nobody knows of (Netflix FIT, Chaos Mesh HTTPChaos abort, Envoy and Istio fault filter abort, "
        "AWS "
        "FIS inject-api-error, Gremlin).",
    .parameters = service_error_parameters,
    .make = make<ServiceError>,
    .example = R"({"type":"service.error","selector":{"services":["homepage"]},"durationMs":60000,"rate":0.5})",
};

}  // namespace chaos

// Names that do not resolve any more: who knows the address goes on until it expires.
#include "chaos/effect.h"

namespace chaos {
namespace {

class DnsFailure : public Imposing<DnsFailure> {
 public:
  explicit DnsFailure(const Parameters& parameters) : ttl_(time_in(parameters, "ttlMs")) {}
  bool scales() const override { return false; }
  bool reaches_itself() const override { return true; }
  void impose(Imposition& on, double /*level*/) const override {
    on.path.cut = model::PathHindrance::Cut::unresolved;
    on.path.lasting = ttl_;
  }

 private:
  sim::Time ttl_;
};

std::vector<ParameterSpec> dns_failure_parameters() {
  return {number("ttlMs", "how long a name that was resolved is known: each caller has some of that left", 60'000, 0, 86'400'000, "ms")};
}

}  // namespace

const FaultType dns_failure = {
    .type = "dns.failure",
    .scope = Scope::any,
    .title = "DNS failure",
    .description =
        "The selected instances cannot resolve the names of the target (without one: of anybody). Calls go on until the addresses that "
        "were resolved before expire, then fail at once.",
    .stands_for =
        "A name server that is out, a wrong zone file (Simian Army drops port 53; Chaos Mesh DNSChaos; Litmus dns-error; 60 s is the TTL "
        "of load balancers of AWS).",
    .parameters = dns_failure_parameters,
    .make = make<DnsFailure>,
    .takes_target = true,
    .direction = model::Direction::to,
    .example =
        R"({"type":"dns.failure","selector":{"services":["homepage"]},"target":{"services":["subscriber"]},"durationMs":120000,"ttlMs":30000})",
};

}  // namespace chaos

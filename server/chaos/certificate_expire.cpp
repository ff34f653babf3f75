// A certificate that is out of date: nobody can make a new connection to the service.
#include "chaos/effect.h"

namespace chaos {
namespace {

class CertificateExpire : public Imposing<CertificateExpire> {
 public:
  explicit CertificateExpire(const Parameters& parameters) : lasting_(time_in(parameters, "connectionsLastMs")) {}
  bool scales() const override { return false; }
  bool reaches_itself() const override { return true; }
  void impose(Imposition& on, double /*level*/) const override {
    on.path.cut = model::PathHindrance::Cut::refuse;
    on.path.lasting = lasting_;
  }

 private:
  sim::Time lasting_;
};

std::vector<ParameterSpec> certificate_expire_parameters() {
  return {number("connectionsLastMs", "connections that are there go on, and are renewed within this time; 0: each call makes one", 0, 0,
                 86'400'000, "ms")};
}

}  // namespace

const FaultType certificate_expire = {
    .type = "certificate.expire",
    .scope = Scope::services,
    .title = "Expired certificate",
    .description = "New connections to the services fail: nobody can call them any more, however many instances are up.",
    .stands_for =
        "A certificate that nobody renewed: outages of Microsoft Teams (February 2020), Spotify (August 2020), Ericsson and O2 (December "
        "2018).",
    .parameters = certificate_expire_parameters,
    .make = make<CertificateExpire>,
    .takes_target = true,
    .direction = model::Direction::from,
    .example = R"({"type":"certificate.expire","selector":{"services":["subscriber"]},"durationMs":60000})",
};

}  // namespace chaos

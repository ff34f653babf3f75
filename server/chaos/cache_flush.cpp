// Caches that have lost everything: what is behind them is asked for it.
#include "chaos/effect.h"

namespace chaos {
namespace {

class CacheFlush : public Imposing<CacheFlush> {
 public:
  explicit CacheFlush(const Parameters& parameters) : keys_(number_in(parameters, "keys")) {}
  bool scales() const override { return false; }
  bool lets_go() const override { return false; }
  void impose(Imposition& on, double /*level*/) const override { on.cold_keys = keys_; }
  void hit(World& world, const Run& /*run*/, const Instances& ids) override { world.drop_contents(ids); }

 private:
  double keys_;
};

std::vector<ParameterSpec> cache_flush_parameters() {
  return {number("keys", "of a cache that only has a hit ratio: that it had, each as often asked for", 10'000, 1, 1e9, "")};
}

}  // namespace

const FaultType cache_flush = {
    .type = "cache.flush",
    .scope = Scope::any,
    .title = "Cache flush",
    .description =
        "The caches are empty. Gets miss until their keys have been asked for once, and all of that goes to the stores behind them. What "
        "has a "
        "content fills up as it does; what only has a hit ratio gets it back as it is asked, at the latest when the fault ends.",
    .stands_for = "memcached flush_all, a restart of all caches, a change of the key format: the thundering herd.",
    .parameters = cache_flush_parameters,
    .make = make<CacheFlush>,
    .hits = Hits::present,
    .suits = looks_up,
    .suits_what = "services that look keys up",
    .example = R"({"type":"cache.flush","selector":{"services":["evcacheSubscriber"]},"durationMs":60000})",
};

}  // namespace chaos

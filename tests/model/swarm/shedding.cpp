// Load shedding at random: every kind of limit, shares, ranges of utilisation, small numbers so that they bite.

#include "model/swarm/scenario.h"

namespace swarm {
namespace {

policies::ConcurrencySpec some_limit(Dice& dice) {
  const auto few = static_cast<std::uint32_t>(1 + dice.below(5));
  switch (dice.below(5)) {
    case 0:
      return policies::FixedLimit{few};
    case 1:
      return policies::AimdSpec{.initial = few, .min = 1, .max = 20, .timeout = 20 * sim::millisecond};
    case 2:
      return policies::VegasSpec{.initial = few, .max = 50};
    case 3:
      return policies::Gradient2Spec{.initial = few, .min = 1, .max = 50};
    default:
      return policies::EnvoyGradientSpec{
          .update_interval = 20 * sim::millisecond, .min_rtt_interval = 500 * sim::millisecond, .requests = 5};
  }
}

std::optional<model::Shedding> some_shedding(Dice& dice) {
  model::Shedding shedding;
  if (dice.one_in(2)) shedding.limit = some_limit(dice);
  if (shedding.limit && dice.one_in(2)) shedding.shares = model::Shedding::Shares{0.4, 0.3, 0, 0.2};
  if (!shedding.limit || dice.one_in(3)) {
    policies::UtilisationSpec use;
    use.window = static_cast<sim::Time>(1 + dice.below(300)) * sim::millisecond;
    if (dice.one_in(2)) use.ranges = {{{}, {0.5, 1}, {0.3, 0.3}, {0, 0.5}}};
    shedding.utilisation = use;
  }
  return shedding;
}

}  // namespace

void add_shedding(model::WorldSpec& spec, Dice& dice) {
  for (model::ServiceSpec& service : spec.services) {
    if (!service.package->load_source && dice.one_in(2)) service.shedding = some_shedding(dice);
  }
}

void change_some_shedding(model::World& world, Dice& dice) {
  const auto service = static_cast<std::uint32_t>(dice.below(world.shared().services.size()));
  if (world.shared().services[service].package->load_source) return;
  world.set_shedding(service, dice.one_in(4) ? std::nullopt : some_shedding(dice));
}

}  // namespace swarm

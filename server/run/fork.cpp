#include "run/fork.h"

#include <algorithm>

#include "run/apply.h"

namespace run {
namespace {

using model::Refusal;

std::variant<Moment, Refusal> moment_of(const Account& account, const ForkSpec& spec) {
  if (spec.before_command) {
    if (*spec.before_command >= 1 && *spec.before_command <= account.journal.size()) {
      return Moment{account.journal[*spec.before_command - 1].sim_time, *spec.before_command - 1};
    }
    const std::string there = account.journal.empty() ? "there are none yet" : "there are 1 to " + std::to_string(account.journal.size());
    return Refusal{
        Refusal::Kind::invalid, "no such command: " + there, {{"/beforeCommand", "unknownCommand", "no such command: " + there, {}}}};
  }
  if (!spec.at) return present_of(account);
  if (*spec.at <= account.now) return moment_at(account, *spec.at);
  const std::string late = "that has not come: it is " + std::to_string(account.now / sim::millisecond) + " ms now";
  return Refusal{Refusal::Kind::invalid, late, {{"/atSimTimeMs", "outOfRange", late, {}}}};
}

JournalEntry reseeding(const model::World& world, std::uint64_t number, std::uint64_t seed) {
  using namespace std::chrono;
  JournalEntry entry;
  entry.seq = number;
  entry.sim_time = world.now();
  entry.wall_time_ms = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  entry.command = Reseed{seed};
  return entry;
}

}  // namespace

std::variant<std::shared_ptr<Simulation>, Refusal> fork(Simulations& simulations, const Simulation& origin, const Account& account,
                                                        const ForkSpec& spec) {
  const auto wanted = moment_of(account, spec);
  if (const auto* refusal = std::get_if<Refusal>(&wanted)) return *refusal;
  const Moment moment = std::get<Moment>(wanted);
  return simulations.adopt(spec.id, [&](const std::string& id) {
    Settings settings = origin.settings();
    settings.speed = spec.speed.value_or(origin.snapshot()->speed);
    settings.threads = spec.threads.value_or(settings.threads);
    settings.start_paused = spec.start_paused;
    Beginning beginning;
    Judged judged = return_judged(account, moment);
    beginning.spec = account.spec;
    beginning.notes = account.notes;
    beginning.world = std::move(judged.world);
    beginning.judge = std::move(judged.judge);
    beginning.play = std::move(judged.play);
    beginning.journal.assign(account.journal.begin(), account.journal.begin() + static_cast<std::ptrdiff_t>(moment.commands));
    beginning.origin = Origin{origin.id(), moment.at, moment.commands};
    if (spec.seed) {
      settings.seed = *spec.seed;
      beginning.journal.push_back(reseeding(*beginning.world, moment.commands + 1, *spec.seed));
      run::apply(*beginning.world, beginning.journal.back().command);
    }
    return Simulation::resume(id, origin.architecture(), std::move(beginning), settings);
  });
}

}  // namespace run

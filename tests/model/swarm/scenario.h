#pragma once
// A run made at random from a seed: an architecture, and the commands that people give while it runs. The same seed makes the same run;
// what a seed means changes with this file, so that tests/model/swarm/seeds.txt says more of seeds kept since then.

#include <cstdint>
#include <functional>
#include <optional>

#include "chaos/experiment.h"
#include "model/world.h"
#include "sim/random.h"

namespace swarm {

/// A deterministic source of choices.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}
  std::uint64_t below(std::uint64_t n) { return sim::scale(sim::draw(seed_, 0, sim::Purpose::load, n_++), n); }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  double between(std::uint64_t low, std::uint64_t high) { return static_cast<double>(low + below(high - low + 1)); }

 private:
  std::uint64_t seed_;
  std::uint64_t n_ = 0;
};

struct Scenario {
  explicit Scenario(std::uint64_t seed);

  Dice dice;
  bool plain;        ///< services do nothing but what they are asked for, first come first served, and wait for whom they ask
  bool gentle;       ///< nothing dies with work in hand: no kills and no outages
  unsigned threads;  ///< that run it
  bool repeat;       ///< it is worth a second run, alone and unwatched
  bool guarded;      ///< calls are made under policies, which change
  bool platforms;    ///< some services are functions, some run on machines, and they wait for each other when they start
  bool shedding;     ///< services turn calls down, in ways that change
  bool changes;      ///< versions come and are routed to, traffic is shifted, the number of instances is kept
  bool scheduled;    ///< faults come by schedules, too
  Dice timed;        ///< for these
  Dice more;         ///< for what came later: what a seed means otherwise stays as it is
  Dice trials;       ///< for experiments
  model::WorldSpec spec;
};

/// A fault of some kind; nothing when it would not be gentle.
std::optional<chaos::FaultRequest> some_fault(const model::World& world, Dice& dice, bool gentle);
/// Some schedule comes, fires at other times, rests or goes. By dice of its own.
void change_some_schedule(model::World& world, Dice& dice, bool gentle);

/// One command of some kind at the present time; refusals are part of the game.
void give_command(model::World& world, Dice& dice, bool gentle);

/// An experiment begins, is paused, goes on or is stopped; the safety lever is moved; everything is halted.
void try_something(model::World& world, Dice& dice, bool gentle);
void end_experiments(model::World& world);

/// Another policy for some dependency, or none.
void change_some_policy(model::World& world, Dice& dice);
void add_policies(model::WorldSpec& spec, Dice& dice);

/// Some service turns calls down in another way, or takes them all.
void change_some_shedding(model::World& world, Dice& dice);
void add_shedding(model::WorldSpec& spec, Dice& dice);
/// By dice of its own: what a seed means otherwise stays as it is.
void vary_platforms(model::WorldSpec& spec, Dice dice);
/// With what runs on it, if there is one.
void kill_some_machine(model::World& world, Dice& dice);

/// By dice of its own, as platforms.
void keep_numbers(model::WorldSpec& spec, Dice dice);
void change_something(model::World& world, Dice& dice, bool gentle, bool plain);
/// Nothing is denied any more, and nobody scales.
void allow_all(model::World& world);

/// Nothing is broken any more and nobody asks for anything more.
void end_all(
    model::World& world, const std::function<void()>& note = [] {});

}  // namespace swarm

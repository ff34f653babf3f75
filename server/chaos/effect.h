#pragma once
// What the files of single faults have in common: how parameters are described and read, and effects that are one imposition.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chaos/list.h"
#include "sim/distribution.h"

namespace chaos {

using model::Imposition;
using model::InstanceId;
using model::Parameters;
using model::ParameterSpec;
using model::World;
using Instances = std::vector<InstanceId>;

ParameterSpec number(std::string name, std::string description, double by_default, double min, double max, std::string unit);
ParameterSpec choice(std::string name, std::string description, std::string by_default, std::vector<std::string> choices);

// REQUIRES: the parameters are complete.
double number_in(const Parameters& parameters, const char* name);
sim::Time time_in(const Parameters& parameters, const char* name);  ///< in milliseconds
const std::string& text_in(const Parameters& parameters, const char* name);

/// `latencyMs`, its distribution, jitter and chance, under these defaults; and what they say.
std::vector<ParameterSpec> latency_parameters(double latency_ms, double jitter_ms, const std::string& what);
struct Delay {
  sim::Distribution time;
  double probability = 1;

  /// As it is at that level of its fault.
  void impose(double level, sim::Distribution& added, std::uint64_t& chance) const {
    added = level > 0 ? time.scaled(level) : time;
    chance = level > 0 ? sim::threshold(probability) : 0;
  }
};
Delay delay_in(const Parameters& parameters);

/// Places and services that a selector is about, for faults on these as such: those of the instances that it matches, whether there are any
/// or not unless it names some. A place is left out when its zone, region or continent is, a service when it is so wherever it matches.
std::vector<std::uint32_t> locations_of(const World& world, const model::Selector& selector);
std::vector<std::uint32_t> services_of(const World& world, const model::Selector& selector);

/// Of effects that are plain values.
template <class Derived>
class Copyable : public Effect {
 public:
  std::unique_ptr<Effect> clone() const override { return std::make_unique<Derived>(static_cast<const Derived&>(*this)); }
};

/// Of effects that are nothing but an imposition.
template <class Derived>
class Imposing : public Copyable<Derived> {
 public:
  bool imposes() const override { return true; }
};

/// Of effects that cut paths, all of them and at once.
template <model::PathHindrance::Cut cut>
class Cutting : public Imposing<Cutting<cut>> {
 public:
  explicit Cutting(const Parameters& /*parameters*/) {}
  bool scales() const override { return false; }
  void impose(Imposition& on, double /*level*/) const override { on.path.cut = cut; }
};

/// Of effects that deny something to the services or places of a selector: which of World::denials(), and who they are.
template <auto denied, auto those>
class Denying : public Copyable<Denying<denied, those>> {
 public:
  explicit Denying(const Parameters& /*parameters*/) {}
  bool scales() const override { return false; }
  void begin(World& world, const Run& run) override {
    held_ = those(world, run.selector);
    for (const std::uint32_t place : held_) ++(world.denials().*denied)[place];
    world.structure_changed();
  }
  void end(World& world, const Run& /*run*/) override {
    for (const std::uint32_t place : held_) --(world.denials().*denied)[place];
    world.structure_changed();
  }

 private:
  std::vector<std::uint32_t> held_;
};

/// Of effects on the registries of places: see model/registry_faults.cpp.
template <model::RegistryFault::Kind kind>
class OnRegistries : public Copyable<OnRegistries<kind>> {
 public:
  explicit OnRegistries(const Parameters& /*parameters*/) {}
  bool scales() const override { return false; }
  void begin(World& world, const Run& run) override { world.fault_registries({run.number, kind, locations_of(world, run.selector), 0}); }
  void end(World& world, const Run& run) override { world.mend_registries(run.number); }
};

template <class Derived>
std::unique_ptr<Effect> make(const Parameters& parameters) {
  return std::make_unique<Derived>(parameters);
}

inline std::vector<ParameterSpec> no_parameters() {
  return {};
}

/// Whether it keeps data, or hands out messages, or looks keys up.
bool is_store(const World& world, InstanceId id);
bool is_broker(const World& world, InstanceId id);
bool looks_up(const World& world, InstanceId id);
bool keeps_copies(const World& world, InstanceId id);
bool is_load_source(const World& world, InstanceId id);
bool is_in_a_region(const World& world, InstanceId id);  ///< users, for one, are not

/// Those hit whose memory the fault has filled crash and are started again.
void crash_when_full(World& world, const Run& run, const Instances& hit);

}  // namespace chaos

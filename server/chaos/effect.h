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
};
Delay delay_in(const Parameters& parameters);

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

template <class Derived>
std::unique_ptr<Effect> make(const Parameters& parameters) {
  return std::make_unique<Derived>(parameters);
}

inline std::vector<ParameterSpec> no_parameters() {
  return {};
}

/// Places and services that a selector names, for faults that are about these: all when it names none of the kind.
std::vector<std::uint32_t> locations_of(const World& world, const model::SelectorParts& parts);
std::vector<std::uint32_t> services_of(const World& world, const model::SelectorParts& parts);

/// Whether it keeps data, or hands out messages, or looks keys up.
bool is_store(const World& world, InstanceId id);
bool is_broker(const World& world, InstanceId id);
bool looks_up(const World& world, InstanceId id);
bool keeps_copies(const World& world, InstanceId id);
bool is_load_source(const World& world, InstanceId id);

}  // namespace chaos

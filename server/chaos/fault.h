#pragma once
// What a fault is. Each kind is one file with a function that makes its effect; the list in list.cpp says under which types it is offered.
// A fault is an overlay with an end: what apply() did to an instance, undo() takes back, whatever else happened in between.

#include <memory>
#include <string_view>
#include <vector>

#include "model/parameter.h"
#include "model/world.h"

namespace chaos {

class Effect {
 public:
  virtual ~Effect() = default;
  virtual void apply(model::World& world, const std::vector<model::InstanceId>& targets) = 0;
  virtual void undo(model::World& world, const std::vector<model::InstanceId>& targets) = 0;
  virtual std::unique_ptr<Effect> clone() const = 0;

 protected:
  Effect() = default;
  Effect(const Effect&) = default;
  Effect& operator=(const Effect&) = default;
};

enum class Scope { instances, services, zones, regions };
std::string_view name_of(Scope scope);

/// One line of the list of faults.
struct FaultType {
  std::string_view type;  ///< "zone.outage"
  Scope scope;            ///< the part of the selector that must be given
  std::string_view title;
  std::string_view description;
  std::vector<model::ParameterSpec> (*parameters)();
  std::unique_ptr<Effect> (*make)(const model::Parameters& parameters);  ///< REQUIRES: complete parameters
};

/// Every type of fault, in one list.
const std::vector<FaultType>& all();
const FaultType* find(std::string_view type);  ///< nullptr when there is none

// One file each.
std::vector<model::ParameterSpec> outage_parameters();
std::unique_ptr<Effect> make_outage(const model::Parameters& parameters);
std::vector<model::ParameterSpec> latency_parameters();
std::unique_ptr<Effect> make_latency(const model::Parameters& parameters);

}  // namespace chaos

#pragma once
// What a fault is. Each kind is one file with one `const FaultType`; list.cpp names them all. A fault is an overlay with an end: what it
// does is imposed (model/impairment.h), or done to some instances and undone, or said of services and places and taken back; the experiment
// runs it (experiment.cpp): whom it hits, how much, until when.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/parameter.h"
#include "model/records.h"
#include "model/world.h"

namespace chaos {

/// A fault as its effect sees it.
struct Run {
  std::uint64_t number = 0;  ///< from 1, of this World
  std::uint32_t place = 0;   ///< of its imposition
  const model::Selector& selector;
};

/// What a fault does. A plain value: a copy goes on as the original would.
class Effect {
 public:
  virtual ~Effect() = default;
  virtual std::unique_ptr<Effect> clone() const = 0;

  // --- how much of it there is
  /// Its level says how strong it is. Else: how many of those that it selects it hits.
  virtual bool scales() const { return true; }
  /// One that is hit is hit until the end, also when the level sinks.
  virtual bool lets_go() const { return true; }
  /// Share of what one that is hit can do that is gone.
  virtual double capacity_lost() const { return 0; }
  /// So long until all are hit, one after the other, where no ramp is asked for.
  virtual sim::Time spread() const { return 0; }

  /// Why it cannot be done now.
  virtual std::optional<model::Refusal> refuses(const model::World& /*world*/) const { return std::nullopt; }

  // --- what it is
  virtual bool imposes() const { return false; }
  virtual void impose(model::Imposition& /*on*/, double /*level*/) const {}
  /// Whether messages to and from this one are concerned when no target is given. REQUIRES: it is not selected, or reaches_itself().
  virtual bool concerns(const model::World& /*world*/, model::InstanceId /*id*/) const { return true; }
  virtual bool reaches_itself() const { return false; }  ///< those that are selected are among their own targets
  virtual void hit(model::World& /*world*/, const Run& /*run*/, const std::vector<model::InstanceId>& /*ids*/) {}
  virtual void release(model::World& /*world*/, const Run& /*run*/, const std::vector<model::InstanceId>& /*ids*/) {}
  virtual void begin(model::World& /*world*/, const Run& /*run*/) {}
  virtual void set_level(model::World& /*world*/, const Run& /*run*/, double /*level*/) {}
  /// Every second, when it asks for that.
  virtual bool ticks() const { return false; }
  virtual void tick(model::World& /*world*/, const Run& /*run*/, const std::vector<model::InstanceId>& /*hit*/) {}
  virtual void end(model::World& /*world*/, const Run& /*run*/) {}

 protected:
  Effect() = default;
  Effect(const Effect&) = default;
  Effect& operator=(const Effect&) = default;
};

/// Which part of the selector must be given; `any`: one of them at least.
enum class Scope { any, instances, services, zones, regions };
std::string_view name_of(Scope scope);
/// Those that a form offers.
std::vector<std::string> selectors_of(Scope scope);

enum class Hits {
  instances,  ///< those that are there, and those that are started later
  present,    ///< only those that are there
  later,      ///< only those that are started later
  places,     ///< none: services, zones or regions as such
};

/// One line of the list of faults.
struct FaultType {
  std::string_view type;  ///< "zone.outage"
  Scope scope = Scope::any;
  std::string_view title;
  std::string_view description;  ///< what users will see
  std::string_view stands_for;   ///< what it is in the real world, and who has it
  std::vector<model::ParameterSpec> (*parameters)() = nullptr;
  std::unique_ptr<Effect> (*make)(const model::Parameters& parameters) = nullptr;  ///< REQUIRES: complete parameters
  Hits hits = Hits::instances;
  bool takes_target = false;                            ///< between two groups of instances: target and direction may be given
  model::Direction direction = model::Direction::both;  ///< unless the request says otherwise
  /// Whether it can be done to an instance of this kind; nullptr: to all.
  bool (*suits)(const model::World& world, model::InstanceId id) = nullptr;
  std::string_view suits_what = {};  ///< "data stores"
  std::string_view example = {};     ///< body of a request
  std::string_view example_architecture = "netflixoss";
};

/// Every type of fault, in one list.
const std::vector<FaultType>& all();
const FaultType* find(std::string_view type);  ///< nullptr when there is none

}  // namespace chaos

#pragma once
// Something that acts on the World at simulated times of its own choosing: a fault, a deployment. Acts at barriers, between events, in the
// order in which it asked to be woken. Holds plain values and ids only, so that clone() is a copy.

#include <cstdint>
#include <memory>

#include "model/instance.h"

namespace model {

class World;

class Process {
 public:
  virtual ~Process() = default;
  /// The time that it asked for with World::wake_at has come.
  virtual void wake(World& world, std::uint32_t token) = 0;
  /// A new instance was made: whoever holds a zone down holds it, too.
  virtual void instance_started(World& /*world*/, InstanceId /*id*/) {}
  virtual std::unique_ptr<Process> clone() const = 0;

 protected:
  Process() = default;
  Process(const Process&) = default;
  Process& operator=(const Process&) = default;
};

}  // namespace model

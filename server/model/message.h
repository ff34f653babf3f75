#pragma once
// What goes from one shard to another, by value.

#include <cstdint>

#include "model/call.h"
#include "model/instance.h"
#include "model/replication.h"
#include "model/status.h"
#include "sim/time.h"

namespace model {

/// A message to another shard.
struct Message {
  sim::Time time = 0;
  std::uint64_t order = 0;
  std::uint64_t key = 0;
  sim::Time received = 0, answered = 0;  ///< replies only
  TraceMark mark;
  InstanceId source = no_instance, target = no_instance;
  std::uint32_t call = no_call, generation = 0;  ///< the caller's record
  std::uint32_t link = 0;
  std::uint32_t cell = 0;  ///< replies only
  bool is_reply = false;
  Verb verb = Verb::get;
  std::uint8_t priority = usual_priority;
  std::uint8_t level = no_level;
  std::uint16_t flags = 0;  ///< one_way, traced, sized
  std::uint8_t attempt = 1;
  Status status = Status::ok;
  std::uint32_t bytes = 0;  ///< of payload, when sized
  sim::Time deadline = sim::never;
};

}  // namespace model

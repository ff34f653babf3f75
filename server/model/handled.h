#pragma once
// What a shard has handled, event by event, for whoever compares two runs. Plain values without indexes into pools: where a record lies is
// not part of what happened. Nothing is recorded, and nothing is paid, unless somebody asks (Shard::record_to).

#include <cstdint>

#include "model/instance.h"
#include "model/status.h"
#include "sim/time.h"

namespace model {

struct HandledEvent {
  enum class Kind : std::uint8_t {
    arrive,   ///< a request reaches its server
    done,     ///< a worker has finished with a call
    reply,    ///< an answer reaches the caller
    load,     ///< a user sends a request
    resume,   ///< a call that could not be made is over for its caller
    timeout,  ///< the caller of a call gives up
  };
  sim::Time time = 0;
  std::uint64_t order = 0;  ///< sim::order_of; a time-out's sequence is the number of its list of timers
  std::uint64_t key = 0;
  InstanceId caller = no_instance;  ///< none for a user's own request
  InstanceId server = no_instance;  ///< the load source, for `load`
  Kind kind = Kind::arrive;
  Verb verb = Verb::get;
  Status status = Status::ok;  ///< of `reply` and `resume`
  std::uint8_t attempt = 1;
  bool stale = false;  ///< what it was about is gone: nothing happens, and only time, order, kind and (load) server say anything
  bool late = false;   ///< a reply whose caller has given up, or is gone
};

const char* name_of(HandledEvent::Kind kind);

}  // namespace model

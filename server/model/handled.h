#pragma once
// What a shard has handled, event by event, for whoever compares two runs. Plain values without indexes into pools: where a record lies is
// not part of what happened. Nothing is recorded, and nothing is paid, unless somebody asks (Shard::record_to).

#include <cstdint>

#include "model/instance.h"
#include "model/status.h"
#include "sim/time.h"

namespace model {

struct HandledEvent {
  /// In the order of Shard::Kind.
  enum class Kind : std::uint8_t {
    arrive,     ///< a request is at its server
    done,       ///< a worker has done a piece of work
    reply,      ///< an answer is at its caller
    resume,     ///< a request goes on after calls that could not be made
    impatient,  ///< a call waits no longer for a worker
    denied,     ///< a call got no connection
    load,       ///< a load source sends a request, or a user does
    crowd,      ///< the number of users of a source changes
    shared,     ///< shared workers have done the first of their pieces of work
    queue,      ///< messages of a queue are not acknowledged in time
    guard,      ///< a call under a policy makes another try, or its deadline is there
    cancel,     ///< a server hears that a call is not wanted any more
    timeout,    ///< the caller of a call gives up
  };
  sim::Time time = 0;
  std::uint64_t order = 0;  ///< sim::order_of; a time-out's sequence is the number of its list of timers
  std::uint64_t key = 0;
  InstanceId caller = no_instance;  ///< none for a user's own request
  InstanceId server = no_instance;  ///< the instance, for `load`, `crowd` and `shared`; none for `queue`
  Kind kind = Kind::arrive;
  Verb verb = Verb::get;
  Status status = Status::ok;  ///< of `reply` and `resume`
  std::uint8_t attempt = 1;
  std::uint8_t priority = usual_priority;
  bool stale = false;  ///< what it was about is gone: nothing happens, and only time, order, kind and (for those about an instance) server
                       ///< say anything
  bool late = false;   ///< a reply whose caller has given up, or is gone
};

const char* name_of(HandledEvent::Kind kind);

}  // namespace model

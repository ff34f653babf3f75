#pragma once
// How a service calls one of its dependencies when that is more than sending and waiting: time-outs of the whole call and of each try,
// retries, hedges, deadlines. A call under a policy is a record of its own at the caller (Call::logical); its tries are calls whose parent
// it is. See guard.cpp.

#include <cstdint>
#include <initializer_list>

#include "model/status.h"
#include "sim/time.h"

namespace model {

/// A set of outcomes.
class StatusSet {
 public:
  constexpr StatusSet() = default;
  constexpr StatusSet(std::initializer_list<Status> members) {
    for (const Status s : members) add(s);
  }
  constexpr void add(Status s) { bits_ = static_cast<std::uint16_t>(bits_ | (1U << static_cast<unsigned>(s))); }
  constexpr bool contains(Status s) const { return (bits_ >> static_cast<unsigned>(s) & 1U) != 0; }
  bool operator==(const StatusSet&) const = default;

 private:
  std::uint16_t bits_ = 0;
};

struct Policy {
  static constexpr std::uint32_t attempts_max = 10;  ///< of one call, the first one and hedges included
  static constexpr std::uint32_t hedges_max = 4;     ///< gRPC: at most five copies

  sim::Time timeout = 0;          ///< of the whole call, back-off included; 0: none
  sim::Time try_timeout = 0;      ///< of each try; 0: none of its own
  sim::Time connect_timeout = 0;  ///< of a try that reaches nobody who answers at all; 0: as try_timeout

  std::uint32_t attempts = 1;  ///< in all, 1 to attempts_max
  StatusSet retry_on{Status::refused, Status::timeout, Status::error, Status::rejected};
  bool elsewhere = true;  ///< a retry prefers another instance than the try before it

  std::uint32_t hedges = 0;   ///< more copies while no answer is there, 0 to hedges_max
  sim::Time hedge_delay = 0;  ///< before each

  bool pass_deadline = false;    ///< the time left goes with the request, and with what it causes
  bool cancel = false;           ///< who gives up says so: what the server has not done yet it does not do
  bool check_at_dequeue = false;  ///< a server drops a request whose deadline has passed when its turn comes

  bool fallback = false;  ///< a call that fails counts as answered: something else is shown instead

  bool operator==(const Policy&) const = default;
};

}  // namespace model

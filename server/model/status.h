#pragma once
// What a request asks for, and what came of it.

#include <cstdint>

namespace model {

/// Verbs of requests between instances. The other messages of the predecessor (Hello, NameDrop, Inform, Goodbye ...) are changes of who
/// knows whom; here they are acts of the World at barriers, not messages that queue.
enum class Verb : std::uint8_t {
  get,        ///< GetRequest: read a key
  put,        ///< Put: write a key
  replicate,  ///< a copy of a Put, one way
  // Those of peers, one way.
  wake,       ///< not a message: an instance acts on its own
  hello,      ///< you exist
  gold_coin,  ///< here are so many coins
  name_drop,  ///< somebody to talk to
  chat,       ///< start to talk, this often
};

/// How urgent a request is, as RFC 9218 (Extensible Prioritization Scheme for HTTP) has it: 0 the most, 7 the least, 3 unless told
/// otherwise.
inline constexpr std::uint8_t priorities = 8;
inline constexpr std::uint8_t usual_priority = 3;

/// Ordered from best to worst: of several calls that are awaited together the worst counts.
enum class Status : std::uint8_t {
  ok,
  miss,             ///< answered: no such key here
  error,            ///< the service answered with a failure
  rejected,         ///< the instance's queue was full
  refused,          ///< nobody listens there: connection refused or reset
  timeout,          ///< no answer in time
  unavailable,      ///< the caller knows no instance to ask
  short_circuited,  ///< not sent: the caller's breaker is open
  cancelled,        ///< the caller said that it is not interested any more
};

constexpr bool failed(Status s) {
  return s >= Status::error;
}
/// Whether another instance may well answer: only these are tried again.
constexpr bool unreachable(Status s) {
  return s == Status::refused || s == Status::timeout;
}

const char* name_of(Verb verb);
const char* name_of(Status status);

}  // namespace model

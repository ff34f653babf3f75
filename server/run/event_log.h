#pragma once
// The last events of a simulation, numbered from 1. One writer (the simulation thread), any readers.

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "model/records.h"
#include "run/snapshot.h"

namespace run {

class EventLog {
 public:
  EventLog(std::string simulation, std::size_t kept) : simulation_(std::move(simulation)), kept_(kept) {}

  /// Fills in the number and the wall time; returns the number.
  std::uint64_t add(Event event);
  static constexpr std::size_t alike_max = 20;  ///< events of one kind about single instances, of one cause, that are told one by one

  /// What the World reported, in order; what has no cause of its own there is caused by event `cause`. A World does not know which
  /// simulation it is: what it says of that one gets its id. When very many instances do the same, the first are told one by one and the
  /// rest as a number, so that they do not push everything else out of the log.
  void add(std::vector<model::Occurrence> occurrences, std::uint64_t cause);

  std::vector<Event> since(std::uint64_t seq, std::size_t limit) const;
  std::uint64_t last() const;
  std::uint64_t oldest() const;  ///< 0 when empty

 private:
  const std::string simulation_;  ///< its id
  const std::size_t kept_;
  mutable std::mutex mutex_;
  std::deque<Event> events_;
  std::uint64_t last_ = 0;
  std::uint64_t cause_of(std::uint64_t occurrence, std::uint64_t otherwise) const;

  std::map<std::uint64_t, std::uint64_t> event_of_occurrence_;  ///< the writer's own
};

}  // namespace run

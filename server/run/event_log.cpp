#include "run/event_log.h"

#include <algorithm>

namespace run {

std::uint64_t EventLog::add(Event event) {
  event.wall_time = std::chrono::system_clock::now();
  const std::scoped_lock lock(mutex_);
  event.seq = ++last_;
  events_.push_back(std::move(event));
  if (events_.size() > kept_) events_.pop_front();
  return last_;
}

void EventLog::add(std::vector<model::Occurrence> occurrences, std::uint64_t cause) {
  for (model::Occurrence& o : occurrences) {
    Event event;
    event.sim_time = o.at;
    event.type = std::move(o.type);
    event.severity = std::move(o.severity);
    event.subject_kind = std::move(o.subject_kind);
    event.subject_id = std::move(o.subject_id);
    event.message = std::move(o.message);
    event.data = std::move(o.data);
    const auto known = event_of_occurrence_.find(o.cause);
    event.cause_seq = known != event_of_occurrence_.end() ? known->second : cause;
    event_of_occurrence_[o.number] = add(std::move(event));
    if (event_of_occurrence_.size() > kept_) event_of_occurrence_.erase(event_of_occurrence_.begin());
  }
}

std::vector<Event> EventLog::since(std::uint64_t seq, std::size_t limit) const {
  const std::scoped_lock lock(mutex_);
  std::vector<Event> result;
  if (events_.empty() || seq >= last_) return result;
  const std::uint64_t oldest = events_.front().seq;
  std::size_t index = seq < oldest ? 0 : static_cast<std::size_t>(seq - oldest + 1);
  for (; index < events_.size() && result.size() < limit; ++index) result.push_back(events_[index]);
  return result;
}

std::uint64_t EventLog::last() const {
  const std::scoped_lock lock(mutex_);
  return last_;
}

std::uint64_t EventLog::oldest() const {
  const std::scoped_lock lock(mutex_);
  return events_.empty() ? 0 : events_.front().seq;
}

}  // namespace run

#pragma once
// Every event of a run as a line of text, in the total order of (time, source, sequence) across shards, so that two runs can be compared up
// to their first difference: two builds, compilers, widths, seeds. Streams: what is held is one slice of the run.
//
//   time_ns source sequence kind subject
//   1284567 lamp.*.*.www00 1 arrive get 3f0c2ab1d5e79a44 at lamp.us-east-1.*.webserver-elb00 attempt 1
//
// What an event causes within its own instant comes after it, whatever its source. A time-out's sequence is the number of its timer.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/world.h"

namespace run {

/// First line of a file of events; the second says what they are of. Both begin with '#', as any other remark.
inline constexpr std::string_view events_head = "# simianviz events 1";
/// Longest line of such a file.
inline constexpr std::size_t event_line_max = 4'096;

class EventLines {
 public:
  /// Runs the World to a time.
  using Advance = std::function<void(sim::Time)>;
  /// Takes an event; false ends the run.
  using Take = std::function<bool(const std::string& line)>;
  static constexpr std::size_t held_most = 65'536;  ///< events; slices get shorter above, down to a microsecond

  /// Records from here on, until the destructor. The World outlives it.
  EventLines(model::World& world, Advance advance);
  ~EventLines();
  EventLines(const EventLines&) = delete;
  EventLines& operator=(const EventLines&) = delete;

  /// Runs to `end` and hands out what was handled on the way; false when `take` ended it, somewhere within the slice.
  bool run_until(sim::Time end, const Take& take);

 private:
  bool hand_out(const Take& take);
  void write(const model::HandledEvent& event);
  void write_name(model::InstanceId id);

  model::World& world_;
  Advance advance_;
  std::vector<std::vector<model::HandledEvent>> handled_;  ///< by shard
  std::vector<std::string> group_names_;                   ///< all of an instance's name but its number
  sim::Time slice_ = 10 * sim::millisecond;
  std::string line_;
};

}  // namespace run

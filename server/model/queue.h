#pragma once
// Messages of a broker that wait for a consumer, as Amazon SQS and its likes keep them: what is taken and not acknowledged within the
// visibility time-out is there again; what was taken too often in vain is dead. Times are simulated time. A plain value that knows neither
// instances nor events: the Shard sends what it hands out (broker.cpp).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/histogram.h"
#include "model/instance.h"
#include "model/ring.h"
#include "model/status.h"
#include "sim/time.h"

namespace model {

/// A topic, as its document has it. Defaults are those of Amazon SQS: see docs/model.md.
struct TopicSpec {
  static constexpr std::uint32_t depth_max = 10'000'000;
  static constexpr std::uint32_t receives_max = 1'000;

  std::string name;
  sim::Time visibility = 30 * sim::second;  ///< what is taken and not acknowledged for so long is there again; over 0
  std::uint32_t max_receives = 0;           ///< taken so often in vain a message is dead, up to receives_max; 0: never
  std::uint32_t depth_limit = 1'000'000;    ///< messages that may wait, 1 to depth_max; one more is rejected
  std::string dead_letters = {};            ///< the topic of the same broker that the dead go to; "": they are only counted
  bool returns_failures = false;            ///< what a consumer fails at is there again at once, not after the visibility time-out

  bool operator==(const TopicSpec&) const = default;
};

struct QueueSpec {
  static constexpr std::size_t topics_max = 1'000;

  std::vector<TopicSpec> topics{{.name = "messages"}};  ///< at least one; the first is the one that nobody has to name

  bool operator==(const QueueSpec&) const = default;
};

/// What a service takes from a broker.
struct ConsumeSpec {
  static constexpr std::uint32_t at_once_max = 65'535;

  std::uint32_t service = 0;  ///< the broker
  std::string topic;          ///< "": its first
  std::uint32_t at_once = 0;  ///< messages that an instance has in hand at a time, up to at_once_max; 0: as many as it has workers
};

/// Who events about a queue come from, in their order: nobody, beyond all instances of the shard.
constexpr InstanceId queue_source(std::uint32_t shard, std::uint32_t subscription) {
  return instance_id(shard, slots_max - 1 - subscription);
}
constexpr std::uint32_t subscription_of(InstanceId queue_source) {
  return slots_max - 1 - slot_of(queue_source);
}

/// One message. Plain data.
struct QueuedMessage {
  std::uint64_t key = 0;
  sim::Time published = 0;
  std::uint64_t number = 0;    ///< in its queue, from 1
  std::uint32_t receives = 0;  ///< so far
  std::uint8_t priority = usual_priority;
};

/// What has happened to the messages of a queue. published = acknowledged + dead + waiting + in_flight, at every moment.
struct QueueCount {
  std::uint64_t published = 0;
  std::uint64_t rejected = 0;     ///< not published: there was no room
  std::uint64_t delivered = 0;    ///< each time that one is taken
  std::uint64_t redelivered = 0;  ///< of those, not for the first time
  std::uint64_t acknowledged = 0;
  std::uint64_t dead = 0;
  std::uint64_t waiting = 0;
  std::uint64_t in_flight = 0;  ///< taken, and not yet known what came of it

  void add(const QueueCount& other);
};

/// The messages of one topic that one service takes, in one shard.
class Queue {
 public:
  /// One that takes messages: an instance while it is up.
  using Taker = std::uint32_t;
  static constexpr Taker no_taker = 0xffffffffU;

  /// One message for one taker. The receipt says which, and which time that it was taken.
  struct Delivery {
    QueuedMessage message;
    std::uint64_t receipt = 0;
    InstanceId target = no_instance;
    std::uint32_t way = 0;
  };

  bool has_room(const TopicSpec& topic) const { return waiting() < topic.depth_limit; }
  void reject() { ++count_.rejected; }
  /// REQUIRES: has_room(), but for the dead of another queue, which keep the time at which they were published.
  void publish(std::uint64_t key, std::uint8_t priority, sim::Time published);

  /// An instance takes up to at_once messages from now on; `way`: its caller's own.
  void begin_to_take(InstanceId id, std::uint32_t way, std::uint32_t at_once);
  /// It takes no more. What it has in hand may still be acknowledged.
  void end_to_take(InstanceId id);
  /// Whether there is a message, and somebody who has room for it: whoever has waited for the longest.
  bool can_deliver() const { return waiting() > 0 && first_idle_ != no_taker; }
  /// The way of who would get it. REQUIRES: can_deliver().
  std::uint32_t next_way() const { return takers_[first_idle_].way; }
  /// REQUIRES: can_deliver().
  Delivery deliver(const TopicSpec& topic, sim::Time now);

  /// What came of a delivery; nothing when it is known already.
  void settle(std::uint64_t receipt, bool good, const TopicSpec& topic, sim::Time now);
  /// Those whose visibility time-out is over are there again.
  void expire(const TopicSpec& topic, sim::Time now);
  /// When the next of them is; sim::never when nothing is in flight.
  sim::Time next_expiry();

  /// Those that have died since this was last asked.
  std::vector<QueuedMessage>& dead() { return dead_; }

  /// `waiting` and `in_flight` included.
  QueueCount count() const;
  const Histogram& end_to_end() const { return end_to_end_; }  ///< published to acknowledged
  /// When the oldest of those that wait was published; sim::never when none waits.
  sim::Time oldest() const;

  // --- of the shard's events about it
  std::uint64_t sequence = 0;    ///< events so far
  sim::Time wakes = sim::never;  ///< when the next one comes
  std::uint32_t turn = 0;        ///< of the broker's instances that hand messages out

 private:
  struct Flight {
    QueuedMessage message;
    std::uint32_t generation = 0;
    Taker taker = no_taker;
    bool open = false;    ///< not known what came of it
    bool failed = false;  ///< and waits for its time-out
  };
  struct Due {
    sim::Time at = 0;
    std::uint64_t receipt = 0;
  };
  struct TakerState {
    InstanceId id = no_instance;
    std::uint32_t way = 0;
    std::uint32_t at_once = 1;
    std::uint32_t in_hand = 0;
    Taker next = no_taker;  ///< of those that are idle, or of those that are free
    bool takes = false;
    bool idle = false;  ///< in the list of those that have room
  };

  std::uint64_t waiting() const { return fresh_.size() + returned_.size(); }
  void enqueue(const QueuedMessage& message);
  QueuedMessage next();
  Flight* flight_of(std::uint64_t receipt);
  void give_back(const QueuedMessage& message, const TopicSpec& topic);
  void close(Flight& flight);
  void leave_hand(Taker taker);
  void list_if_idle(Taker taker);

  Ring<QueuedMessage> fresh_;            ///< ascending by time of publishing
  std::vector<QueuedMessage> returned_;  ///< a heap, the oldest on top: what is there again
  std::vector<Flight> flights_;
  std::vector<std::uint32_t> free_flights_;
  Ring<Due> due_;  ///< ascending: the time-out is the same for all
  std::vector<TakerState> takers_;
  Taker first_idle_ = no_taker;
  Taker last_idle_ = no_taker;
  Taker free_taker_ = no_taker;
  std::vector<QueuedMessage> dead_;
  QueueCount count_;
  Histogram end_to_end_;
};

}  // namespace model

#pragma once
// Brings simulations to the clients of their streams: one Projection per view, one text per frame for all who have the same view and
// rate. Everything runs on the executor behind `post` (one strand); the functions that others call only post to it.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "http/frames.h"
#include "http/projection.h"
#include "http/stream.h"
#include "run/simulations.h"

namespace http {

class Hub : public StreamSource {
 public:
  using Post = std::function<void(std::function<void()>)>;
  static constexpr std::size_t catch_up_events_max = 5'000;

  /// `post` runs what it is given later, one after the other; nothing may be left in it when the Hub is destroyed.
  Hub(run::Simulations& simulations, Post post, const Limits& limits);
  ~Hub() override;

  /// Has the hub woken whenever `simulation` publishes. Once for each, right after it was made; any thread.
  void watch(run::Simulation& simulation);

  /// The simulation is gone from Simulations: its clients are closed with 1001. Any thread.
  void removed(const std::string& simulation);

  void opened(std::shared_ptr<StreamClient> client, const std::string& simulation) override;
  void received(std::shared_ptr<StreamClient> client, std::string message) override;
  void drained(std::shared_ptr<StreamClient> client) override;
  void closed(std::shared_ptr<StreamClient> client) override;
  bool serves(const std::string& simulation) const override { return simulations_.find(simulation) != nullptr; }

 private:
  using Clock = std::chrono::steady_clock;

  /// Clients who get the same frames with the same sequence numbers.
  struct Channel {
    Projection* projection = nullptr;
    std::int64_t seq = 1;  ///< of the last frame
    std::uint32_t rate = 10;
    bool flows = false;
    Clock::time_point values_at{};
    std::set<StreamClient*> clients;
  };
  struct Stream {
    std::string id;
    std::shared_ptr<const run::Snapshot> snapshot;
    std::uint64_t event_seq = 0;  ///< last one sent
    std::uint64_t flow_cursor = 0;
    Clock::time_point asked_at{};  ///< for wires or for closer snapshots
    std::map<run::ViewSpec, std::unique_ptr<Projection>> projections;
    std::map<Subscription, Channel> channels;  ///< key without since_event
    std::size_t clients = 0;
  };
  struct Client {
    std::shared_ptr<StreamClient> connection;
    std::string simulation;
    Channel* channel = nullptr;
    Subscription key;
    std::uint64_t asked = 0;  ///< subscriptions so far
  };
  /// What one publication brings to every channel of a stream.
  struct News {
    std::shared_ptr<const run::Snapshot> before;
    std::string events;  ///< body, "" for none
    std::string flows;
  };
  class Waker;

  void wake(const std::string& simulation);
  void tick(Stream& stream);
  News collect(Stream& stream, run::Simulation& simulation);
  void update_projections(Stream& stream);
  void publish(Stream& stream, Channel& channel, const News& news);
  void send(Channel& channel, std::string_view type, std::string_view body, FrameKind kind);
  void handle(StreamClient* who, const std::string& text);
  void subscribe(Client& client, const Subscription& wanted);
  void look_first(const Client& client, const Subscription& wanted);
  void subscribe_looked(StreamClient* who, std::uint64_t asked, const Subscription& wanted, const std::optional<model::Refusal>& refusal);
  void join(Client& client, Stream& stream, const Subscription& wanted);
  void send_keyframe(Client& client);
  void leave_channel(Client& client);
  void fail(Client& client, unsigned status, const ProblemDetails& details);
  void forget(StreamClient* who);
  void end_stream(const std::string& simulation);
  Stream* stream_of(const std::string& simulation);
  Client* client_of(StreamClient* who);

  run::Simulations& simulations_;
  const Post post_;
  const Limits limits_;
  std::map<std::string, Stream> streams_;  ///< those that have clients
  std::map<StreamClient*, Client> clients_;
  std::shared_ptr<Waker> waker_;
};

}  // namespace http

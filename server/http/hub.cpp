#include "http/hub.h"

#include <algorithm>
#include <utility>

namespace http {

/// Outlives the hub in the callbacks of simulations; wakes it at most once for any number of publications that it has not seen.
class Hub::Waker {
 public:
  explicit Waker(Hub& hub) : hub_(&hub) {}

  void publish(const std::string& simulation) {
    const std::lock_guard lock(mutex_);
    if (hub_ == nullptr || !pending_.insert(simulation).second) return;
    hub_->post_([hub = hub_, simulation] { hub->wake(simulation); });
  }
  /// Has `task` run on the hub's strand, if there is a hub by then.
  void post(std::function<void(Hub&)> task) {
    const std::lock_guard lock(mutex_);
    if (hub_ != nullptr) hub_->post_([hub = hub_, task = std::move(task)] { task(*hub); });
  }
  void seen(const std::string& simulation) {
    const std::lock_guard lock(mutex_);
    pending_.erase(simulation);
  }
  void detach() {
    const std::lock_guard lock(mutex_);
    hub_ = nullptr;
  }

 private:
  std::mutex mutex_;
  Hub* hub_;
  std::set<std::string> pending_;
};

Hub::Hub(run::Simulations& simulations, Post post, const Limits& limits)
    : simulations_(simulations), post_(std::move(post)), limits_(limits), waker_(std::make_shared<Waker>(*this)) {}

Hub::~Hub() {
  waker_->detach();
}

void Hub::watch(run::Simulation& simulation) {
  simulation.on_publish([waker = waker_, id = simulation.id()] { waker->publish(id); });
}

void Hub::removed(const std::string& simulation) {
  post_([this, simulation] { end_stream(simulation); });
}

void Hub::opened(std::shared_ptr<StreamClient> client, const std::string& simulation) {
  post_([this, client = std::move(client), simulation] {
    if (!serves(simulation)) return client->close(1001, "there is no such simulation any more");
    Client& known = clients_[client.get()];
    known.connection = client;
    known.simulation = simulation;
    client->send(hello_frame(simulation, limits_), FrameKind::kept);
    if (Stream* stream = stream_of(simulation)) ++stream->clients;
  });
}

void Hub::received(std::shared_ptr<StreamClient> client, std::string message) {
  post_([this, client = std::move(client), message = std::move(message)] { handle(client.get(), message); });
}

void Hub::drained(std::shared_ptr<StreamClient> client) {
  post_([this, client = std::move(client)] {
    if (Client* known = client_of(client.get())) send_keyframe(*known);
  });
}

void Hub::closed(std::shared_ptr<StreamClient> client) {
  post_([this, client = std::move(client)] { forget(client.get()); });
}

Hub::Client* Hub::client_of(StreamClient* who) {
  const auto found = clients_.find(who);
  return found == clients_.end() ? nullptr : &found->second;
}

/// Makes the stream when there is none yet; nullptr when there is no such simulation.
Hub::Stream* Hub::stream_of(const std::string& simulation) {
  const auto found = streams_.find(simulation);
  if (found != streams_.end()) return &found->second;
  const auto running = simulations_.find(simulation);
  if (!running) return nullptr;
  Stream& stream = streams_[simulation];
  stream.id = simulation;
  stream.snapshot = running->snapshot();
  stream.event_seq = stream.snapshot->last_event_seq;
  running->flows_since(0, run::flows_kept, stream.flow_cursor);  // those are old
  return &stream;
}

void Hub::forget(StreamClient* who) {
  Client* client = client_of(who);
  if (client == nullptr) return;
  leave_channel(*client);
  const auto stream = streams_.find(client->simulation);
  if (stream != streams_.end() && --stream->second.clients == 0) streams_.erase(stream);
  clients_.erase(who);
}

void Hub::end_stream(const std::string& simulation) {
  for (auto& [who, client] : clients_) {
    if (client.simulation != simulation) continue;
    client.channel = nullptr;
    client.connection->close(1001, "the simulation was deleted");
  }
  std::erase_if(clients_, [&](const auto& entry) { return entry.second.simulation == simulation; });
  streams_.erase(simulation);
}

void Hub::leave_channel(Client& client) {
  if (client.channel == nullptr) return;
  Stream& stream = streams_.at(client.simulation);
  client.channel->clients.erase(client.connection.get());
  if (client.channel->clients.empty()) {
    const run::ViewSpec view = client.key.view;
    stream.channels.erase(client.key);
    const bool used = std::any_of(stream.channels.begin(), stream.channels.end(), [&](const auto& c) { return c.first.view == view; });
    if (!used) stream.projections.erase(view);
  }
  client.channel = nullptr;
}

void Hub::handle(StreamClient* who, const std::string& text) {
  Client* client = client_of(who);
  if (client == nullptr) return;
  ClientMessage message = read_client_message(text);
  if (!message.readable) return client->connection->close(1008, "messages are JSON objects: " + message.problem->detail);
  if (message.problem) return fail(*client, message.status, *message.problem);
  if (!message.resync) return subscribe(*client, message.subscription);
  if (client->channel != nullptr) return send_keyframe(*client);
  fail(*client, 409, *problem(409, "There is nothing to send again: subscribe first.").problem);
}

void Hub::fail(Client& client, unsigned status, const ProblemDetails& details) {
  client.connection->send(error_frame(status, details, "/api/v1/simulations/" + client.simulation + "/stream"), FrameKind::kept);
}

void Hub::subscribe(Client& client, const Subscription& wanted) {
  Stream* stream = stream_of(client.simulation);
  if (stream == nullptr) return client.connection->close(1001, "the simulation was deleted");
  ++client.asked;
  const run::Structure& structure = *stream->snapshot->structure;
  const bool listed = wanted.view.level != run::Level::instance || structure.everything || run::unknown_path(structure, wanted.view.path);
  if (!listed) return look_first(client, wanted);
  join(client, *stream, wanted);
}

/// Instances of a large simulation are listed only when somebody asks for them.
void Hub::look_first(const Client& client, const Subscription& wanted) {
  const auto simulation = simulations_.find(client.simulation);
  if (!simulation) return client.connection->close(1001, "the simulation was deleted");
  simulation->look_at(run::scope_of(wanted.view),
                      [waker = waker_, who = client.connection, asked = client.asked, wanted](const run::LookResult& result) {
                        std::optional<model::Refusal> refusal;
                        if (const auto* why = std::get_if<model::Refusal>(&result)) refusal = *why;
                        waker->post([who, asked, wanted, refusal](Hub& hub) { hub.subscribe_looked(who.get(), asked, wanted, refusal); });
                      });
}

void Hub::subscribe_looked(StreamClient* who, std::uint64_t asked, const Subscription& wanted,
                           const std::optional<model::Refusal>& refusal) {
  Client* client = client_of(who);
  if (client == nullptr || client->asked != asked) return;  // gone, or it wants something else by now
  if (refusal) return fail(*client, 422, *problem(422, refusal->detail, refusal->problems).problem);
  Stream* stream = stream_of(client->simulation);
  if (stream == nullptr) return client->connection->close(1001, "the simulation was deleted");
  tick(*stream);
  join(*client, *stream, wanted);
}

void Hub::join(Client& client, Stream& stream, const Subscription& wanted) {
  Subscription key = wanted;
  key.since_event.reset();
  auto projection = stream.projections.find(wanted.view);
  if (projection == stream.projections.end()) {
    auto fresh = std::make_unique<Projection>(wanted.view);
    if (const auto problem_found = fresh->update(stream.snapshot)) {
      return fail(client, 422, *problem(422, problem_found->message, {*problem_found}).problem);
    }
    projection = stream.projections.emplace(wanted.view, std::move(fresh)).first;
  }
  Channel& channel = stream.channels[key];
  channel.projection = projection->second.get();
  channel.rate = key.rate;
  channel.flows = key.flows;
  channel.clients.insert(client.connection.get());
  if (client.channel != &channel) leave_channel(client);
  client.channel = &channel;
  client.key = key;
  if (wanted.since_event && *wanted.since_event < stream.event_seq) {
    const auto simulation = simulations_.find(client.simulation);
    std::vector<run::Event> missed;
    if (simulation) missed = simulation->events_since(*wanted.since_event, run::events_kept);
    std::erase_if(missed, [&](const run::Event& event) { return event.seq > stream.event_seq; });
    if (missed.size() > catch_up_events_max) missed.erase(missed.begin(), missed.end() - static_cast<std::ptrdiff_t>(catch_up_events_max));
    // Before the keyframe, so that the numbers still grow by one from frame to frame.
    if (!missed.empty()) client.connection->send(make_frame("events", channel.seq - 1, events_body(missed)), FrameKind::kept);
  }
  send_keyframe(client);
}

void Hub::send_keyframe(Client& client) {
  if (client.channel == nullptr) return;
  const std::string& body = client.channel->projection->keyframe_body();
  client.connection->send(make_frame("keyframe", client.channel->seq, body), FrameKind::keyframe);
}

void Hub::wake(const std::string& simulation) {
  waker_->seen(simulation);
  const auto stream = streams_.find(simulation);
  if (stream != streams_.end()) tick(stream->second);
}

Hub::News Hub::collect(Stream& stream, run::Simulation& simulation) {
  News news;
  news.before = stream.snapshot;
  stream.snapshot = simulation.snapshot();
  std::vector<run::Event> events = simulation.events_since(stream.event_seq, run::events_kept);
  if (!events.empty()) {
    stream.event_seq = events.back().seq;
    news.events = events_body(events);
  }
  const auto flows = simulation.flows_since(stream.flow_cursor, run::flows_kept, stream.flow_cursor);
  const bool wanted = std::any_of(stream.channels.begin(), stream.channels.end(), [](const auto& c) { return c.second.flows; });
  if (wanted && !flows.empty()) news.flows = flows_body(flows);
  std::set<run::Scope> scopes;
  for (const auto& [view, projection] : stream.projections) {
    if (view.level == run::Level::instance) scopes.insert(run::scope_of(view));
  }
  const bool closely = std::any_of(stream.channels.begin(), stream.channels.end(), [](const auto& c) { return c.second.rate > 10; });
  if ((!scopes.empty() || closely) && Clock::now() - stream.asked_at > std::chrono::seconds(1)) {
    if (!scopes.empty()) simulation.watch_wires();
    for (const run::Scope& scope : scopes) simulation.look_at(scope, {});
    if (closely) simulation.watch_closely();
    stream.asked_at = Clock::now();
  }
  return news;
}

void Hub::tick(Stream& stream) {
  const auto simulation = simulations_.find(stream.id);
  if (!simulation) return;
  if (simulation->snapshot()->number == stream.snapshot->number) return;
  const News news = collect(stream, *simulation);
  update_projections(stream);
  for (auto& [key, channel] : stream.channels) publish(stream, channel, news);
}

void Hub::update_projections(Stream& stream) {
  std::vector<std::pair<run::ViewSpec, model::Problem>> failed;
  for (auto& [view, projection] : stream.projections) {
    auto problem_found = projection->update(stream.snapshot);
    if (!problem_found) continue;
    if (problem_found->code != run::not_listed) {
      failed.emplace_back(view, *std::move(problem_found));
    } else if (const auto simulation = simulations_.find(stream.id)) {
      simulation->look_at(run::scope_of(view), {});  // nobody asked for a while, or others asked for much: until then all stays as it was
    }
  }
  for (const auto& [view, why] : failed) {
    std::vector<StreamClient*> left;
    for (const auto& [key, channel] : stream.channels) {
      if (key.view == view) left.insert(left.end(), channel.clients.begin(), channel.clients.end());
    }
    for (StreamClient* who : left) {
      Client& client = clients_.at(who);
      leave_channel(client);
      fail(client, 410, *problem(410, "This view has ended: " + why.message, {why}).problem);
    }
  }
}

void Hub::send(Channel& channel, std::string_view type, std::string_view body, FrameKind kind) {
  const Frame frame = make_frame(type, ++channel.seq, body);
  for (StreamClient* who : channel.clients) clients_.at(who).connection->send(frame, kind);
}

void Hub::publish(Stream& stream, Channel& channel, const News& news) {
  Projection& projection = *channel.projection;
  const auto now = Clock::now();
  const bool changed = projection.renumbered() || !projection.structure_body().empty();
  const bool urgent = changed || !news.events.empty();
  if (projection.renumbered())
    send(channel, "keyframe", projection.keyframe_body(), FrameKind::keyframe);
  else if (changed)
    send(channel, "structure", projection.structure_body(), FrameKind::kept);
  if (!news.events.empty()) send(channel, "events", news.events, FrameKind::kept);

  // A little early is better than a whole period late: publications do not come at exact times.
  const auto period = std::chrono::milliseconds(1'000 / channel.rate - 20);
  const bool still = news.before->sim_time == stream.snapshot->sim_time && news.before->state == stream.snapshot->state &&
                     news.before->speed == stream.snapshot->speed && news.before->status == stream.snapshot->status;
  const auto wait = still ? std::chrono::milliseconds(980) : period;
  if (urgent || now - channel.values_at >= wait) {
    channel.values_at = now;
    send(channel, "values", projection.values_body(), FrameKind::droppable);
  }
  if (channel.flows && !news.flows.empty()) send(channel, "flows", news.flows, FrameKind::droppable);
}

}  // namespace http

#include "harness.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "http/listener.h"
#include "http/openapi.h"
#include "http/shared.h"

using http::FrameKind;
using http::StreamClient;

void TestSource::opened(std::shared_ptr<StreamClient> client, const std::string&) {
  const std::lock_guard lock(mutex_);
  clients_.push_back(std::move(client));
  ++opened_count;
}

void TestSource::received(std::shared_ptr<StreamClient> client, std::string message) {
  client->send(std::make_shared<const std::string>(R"({"type":"echo","length":)" + std::to_string(message.size()) + "}"), FrameKind::kept);
}

void TestSource::drained(std::shared_ptr<StreamClient> client) {
  ++drained_count;
  client->send(std::make_shared<const std::string>(R"({"type":"keyframe"})"), FrameKind::keyframe);
}

void TestSource::closed(std::shared_ptr<StreamClient> client) {
  const std::lock_guard lock(mutex_);
  std::erase(clients_, client);
  ++closed_count;
}

bool TestSource::wait_for_clients(std::size_t count) {
  return eventually([&] { return clients().size() == count; });
}

std::vector<std::shared_ptr<StreamClient>> TestSource::clients() const {
  const std::lock_guard lock(mutex_);
  return clients_;
}

void TestSource::broadcast(const std::string& text, FrameKind kind) {
  const auto frame = std::make_shared<const std::string>(text);
  for (const auto& client : clients()) client->send(frame, kind);
}

struct Harness::Parts {
  Parts(http::Limits limits, std::string web)
      : dispatcher(router, http::StaticFiles(std::move(web))), shared{dispatcher, &source, limits,
                                                                      statistics, {},      {"http://friend.example"},
                                                                      {}} {}

  TestSource source;
  http::Statistics statistics;
  http::Router router;
  http::Dispatcher dispatcher;
  http::Shared shared;
  std::mutex mutex;
  std::vector<http::Respond> slow;
  std::atomic<int> things{0};
  boost::asio::io_context io;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  std::shared_ptr<http::Listener> listener;
  std::vector<std::thread> threads;

  void add_routes() {
    using namespace http;
    const std::vector<Answer> fine = {{200, "fine", {text("id", "")}, "application/json"}};
    router.add({"GET",
                "/api/v1/things/{name}",
                "getThing",
                "",
                {integer("size", "", 1, 10), choice("kind", "", {"red", "blue"})},
                {},
                fine,
                [](const Request& request, const Respond& respond) {
                  if (request.params.at("name") == "throw") throw std::runtime_error("as asked");
                  respond(ok(R"({"id":")" + request.params.at("name") + "\"}"));
                }});
    router.add({"PUT",
                "/api/v1/things/{name}",
                "putThing",
                "",
                {},
                object("", "", {number("weight", "", 0, 5).need(), text("label", "")}),
                fine,
                [this](const Request&, const Respond& respond) { respond(ok(R"({"number":)" + std::to_string(++things) + "}")); }});
    router.add({"POST",
                "/api/v1/slow",
                "makeSlow",
                "",
                {},
                object("", "", {text("label", "")}),
                fine,
                [this](const Request&, const Respond& respond) {
                  const std::lock_guard lock(mutex);
                  slow.push_back(respond);
                }});
    router.add({"GET", "/api/v1/dropped", "getDropped", "", {}, {}, fine, [](const Request&, const Respond&) {}});
    router.add({"GET", "/api/v1/large", "getLarge", "", {}, {}, fine, [](const Request&, const Respond& respond) {
                  respond(ok("\"" + std::string(8 << 20, 'x') + "\""));
                }});
    router.add({"GET", "/api/v1/simulations/{id}/stream", "stream", "", {}, {}, {{101, "", {}, "application/json"}}, {}});
  }
};

Harness::Harness(http::Limits limits, std::string web) : parts_(std::make_unique<Parts>(limits, std::move(web))) {
  parts_->add_routes();
  std::string error;
  parts_->listener = http::Listener::open(parts_->io, "127.0.0.1", 0, parts_->shared, error);
  for (int i = 0; i < 2; ++i) parts_->threads.emplace_back([this] { parts_->io.run(); });
}

Harness::~Harness() {
  stop();
  const std::lock_guard lock(parts_->mutex);
  parts_->slow.clear();
  parts_->io.restart();
  parts_->io.poll();
}

void Harness::stop() {
  if (parts_->threads.empty()) return;
  parts_->shared.stopping = true;
  parts_->listener->close();
  parts_->shared.connections.stop_all();
  eventually([&] { return parts_->statistics.connections == 0; }, 1.5);
  parts_->io.stop();
  for (auto& thread : parts_->threads) thread.join();
  parts_->threads.clear();
}

std::uint16_t Harness::port() const {
  return parts_->listener->port();
}
TestSource& Harness::source() {
  return parts_->source;
}
const http::Statistics& Harness::statistics() const {
  return parts_->statistics;
}
const http::Router& Harness::router() const {
  return parts_->router;
}

void Harness::release_slow() {
  std::vector<http::Respond> waiting;
  {
    const std::lock_guard lock(parts_->mutex);
    waiting.swap(parts_->slow);
  }
  for (const auto& respond : waiting) respond(http::ok(R"({"released":true})"));
}

int Harness::slow_waiting() const {
  const std::lock_guard lock(parts_->mutex);
  return static_cast<int>(parts_->slow.size());
}

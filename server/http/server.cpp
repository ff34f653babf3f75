#include "http/server.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <thread>

#include "http/hub.h"
#include "http/listener.h"
#include "http/routes/routes.h"
#include "http/shared.h"

namespace http {

namespace asio = boost::asio;

/// How long stop() waits for clients to go.
constexpr auto patience = std::chrono::milliseconds(1'200);

/// Declared in the order in which they are needed: handlers that die with the io_context still use what is above it.
struct Server::Parts {
  Parts(Options given, run::Simulations& all, Catalogue& catalogue)
      : options(std::move(given)),
        simulations(all),
        context{all, catalogue, scenarios, options.version, {}, {}, {}, {}, options.metrics, {}},
        dispatcher(router, StaticFiles(options.web)),
        shared{dispatcher, nullptr, options.limits, statistics, {}, options.origins, {}},
        strand(asio::make_strand(io)),
        hub(
            all, [this](std::function<void()> task) { asio::post(strand, std::move(task)); }, options.limits) {}

  void remove_simulations() {
    for (const auto& simulation : simulations.list()) simulations.remove(simulation->id());
  }

  const Options options;
  run::Simulations& simulations;
  Statistics statistics;
  std::atomic<bool> ready{false};
  Scenarios scenarios;
  std::vector<std::string> left_out;
  Context context;
  Router router;
  Dispatcher dispatcher;
  Shared shared;
  asio::io_context io;
  asio::strand<asio::io_context::executor_type> strand;
  Hub hub;
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::shared_ptr<Listener> listener;
  std::vector<std::thread> threads;
  asio::thread_pool makers{1};  ///< large simulations come and go here, so that requests need not wait
};

Server::Server(Options options, run::Simulations& simulations, Catalogue& catalogue)
    : parts_(std::make_unique<Parts>(std::move(options), simulations, catalogue)) {
  Parts& parts = *parts_;
  parts.context.post = [&parts](std::function<void()> task) { asio::post(parts.io, std::move(task)); };
  parts.context.take_time = [&parts](std::function<void()> task) { asio::post(parts.makers, std::move(task)); };
  parts.context.made = [&parts](run::Simulation& simulation) { parts.hub.watch(simulation); };
  parts.context.removed = [&parts](const std::string& simulation) { parts.hub.removed(simulation); };
  parts.context.ready = [&parts] { return parts.ready.load(); };
  parts.shared.streams = &parts.hub;
  routes::add_all(parts.router, parts.context);
  parts.left_out = parts.scenarios.load(parts.options.scenarios, parts.router, catalogue);
}

Server::~Server() {
  stop();
  parts_->makers.join();
  parts_->remove_simulations();
  // What the simulations dropped on their way out still wants to be answered, though nobody listens.
  parts_->io.restart();
  parts_->io.poll();
}

const std::vector<std::string>& Server::left_out() const {
  return parts_->left_out;
}

std::string Server::start() {
  std::string error;
  parts_->listener = Listener::open(parts_->io, parts_->options.host, parts_->options.port, parts_->shared, error);
  if (!parts_->listener) return error;
  for (unsigned i = 0; i < std::max(1U, parts_->options.threads); ++i) {
    parts_->threads.emplace_back([this] { parts_->io.run(); });
  }
  parts_->ready = true;
  return "";
}

std::uint16_t Server::port() const {
  return parts_->listener ? parts_->listener->port() : std::uint16_t{0};
}

void Server::watch(run::Simulation& simulation) {
  parts_->hub.watch(simulation);
}

void Server::stop() {
  if (parts_->threads.empty()) return;
  parts_->ready = false;
  parts_->shared.stopping = true;
  parts_->listener->close();
  parts_->shared.connections.stop_all();
  parts_->remove_simulations();  // whoever waits for one is answered now
  parts_->makers.stop();
  const auto end = std::chrono::steady_clock::now() + patience;
  while (parts_->statistics.connections > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  parts_->work.reset();
  parts_->io.stop();
  for (std::thread& thread : parts_->threads) thread.join();
  parts_->threads.clear();
}

const Statistics& Server::statistics() const {
  return parts_->statistics;
}

}  // namespace http

#include "http/listener.h"

#include <spdlog/spdlog.h>

#include "http/net.h"

namespace http {
namespace {

class TcpListener : public Listener, public std::enable_shared_from_this<TcpListener> {
 public:
  TcpListener(asio::io_context& io, Shared& shared)
      : io_(io), acceptor_(asio::make_strand(io)), retry_(acceptor_.get_executor()), shared_(shared) {}

  bool bind(const tcp::endpoint& where, Error& error) {
    acceptor_.open(where.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(where, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    return !error;
  }

  void accept_next() {
    acceptor_.async_accept(asio::make_strand(io_),
                           [self = shared_from_this()](Error error, tcp::socket socket) { self->on_accept(error, std::move(socket)); });
  }

  std::uint16_t port() const override { return port_; }

  void close() override {
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
      Error ignored;
      self->acceptor_.close(ignored);
      self->retry_.cancel();
    });
  }

 private:
  void on_accept(Error error, tcp::socket socket) {
    if (!acceptor_.is_open()) return;
    if (error) {
      // Out of file descriptors, most likely: existing connections go on, new ones wait.
      spdlog::warn("cannot accept a connection: {}", error.message());
      retry_.expires_after(std::chrono::milliseconds(100));
      retry_.async_wait([self = shared_from_this()](Error stopped) {
        if (!stopped) self->accept_next();
      });
      return;
    }
    ++shared_.statistics.accepted;
    socket.set_option(tcp::no_delay(true), error);
    const bool full = shared_.statistics.connections >= static_cast<std::int64_t>(shared_.limits.connections_max);
    start_session(std::move(socket), shared_, full);
    accept_next();
  }

  asio::io_context& io_;
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  Shared& shared_;
  std::uint16_t port_ = 0;
};

}  // namespace

std::shared_ptr<Listener> Listener::open(asio::io_context& io, const std::string& host, std::uint16_t port, Shared& shared,
                                         std::string& error) {
  Error failed;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, failed);
  if (failed) {
    error = "'" + host + "' is not an IP address; use --host 127.0.0.1 (this machine only) or --host 0.0.0.0 (every interface)";
    return nullptr;
  }
  auto listener = std::make_shared<TcpListener>(io, shared);
  if (!listener->bind({address, port}, failed)) {
    error = "cannot listen on " + host + ":" + std::to_string(port) + " (" + failed.message() + "); ";
    error += failed == asio::error::address_in_use ? "stop what uses it, or choose another with --port N (0 takes any free one)"
                                                   : "choose another with --host and --port";
    return nullptr;
  }
  listener->accept_next();
  return listener;
}

}  // namespace http

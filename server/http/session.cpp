#include <boost/beast/websocket/rfc6455.hpp>

#include "http/net.h"

namespace http {
namespace {

namespace bhttp = beast::http;

/// One HTTP connection. Everything runs on the strand of its socket; kept alive by the operation that is pending.
class Session : public Connection, public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Shared& shared) : stream_(std::move(socket)), timer_(stream_.get_executor()), shared_(shared) {
    ++shared_.statistics.connections;
  }
  ~Session() override { --shared_.statistics.connections; }

  void start(bool refuse) {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this(), refuse] {
      if (refuse) {
        Reply reply = self->shared_.dispatcher.complain(503, "The server has as many connections as it can serve.");
        reply.headers.emplace_back("Retry-After", "1");
        self->give_up(std::move(reply));
      } else {
        self->read_next();
      }
    });
  }

  void stop() override {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      self->stopping_ = true;
      if (self->reading_) self->close();
    });
  }

 private:
  void read_next();
  void read_some();
  void on_read(Error error);
  void on_deadline();
  void on_request();
  void on_upgrade(BeastRequest request);
  bool origin_allowed(const BeastRequest& request) const;
  void answer_continue();
  void read_failed(Error error);
  void send(Reply reply);
  void on_sent(Error error);
  void give_up(Reply reply) {
    keep_alive_ = false;
    send(std::move(reply));
  }
  void linger();
  void drain();
  void close();
  void arm(std::chrono::milliseconds time);

  beast::tcp_stream stream_;
  asio::steady_timer timer_;
  Shared& shared_;
  beast::flat_buffer buffer_;
  std::optional<bhttp::request_parser<bhttp::string_body>> parser_;
  std::optional<bhttp::response<bhttp::string_body>> response_;
  std::string drained_;
  bool reading_ = false;
  bool timed_out_ = false;
  bool continued_ = false;
  bool keep_alive_ = true;
  bool head_ = false;
  bool stopping_ = false;
};

void Session::arm(std::chrono::milliseconds time) {
  timed_out_ = false;
  timer_.expires_after(time);
  timer_.async_wait([weak = weak_from_this()](Error error) {
    if (const auto self = weak.lock(); self && !error) self->on_deadline();
  });
}

void Session::on_deadline() {
  // A cancelled or renewed timer may have been due already.
  if (!reading_ || timer_.expiry() > asio::steady_timer::clock_type::now()) return;
  timed_out_ = true;
  stream_.cancel();
}

void Session::close() {
  timer_.cancel();
  Error ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
  stream_.socket().close(ignored);
}

void Session::read_next() {
  parser_.emplace();
  parser_->header_limit(shared_.limits.header_bytes_max);
  parser_->body_limit(shared_.limits.body_bytes_max);
  continued_ = false;
  reading_ = true;
  stream_.expires_never();
  arm(buffer_.size() == 0 ? shared_.limits.idle_time : shared_.limits.request_time);
  read_some();
}

void Session::read_some() {
  const bool fresh = !parser_->got_some();
  bhttp::async_read_some(stream_, buffer_, *parser_, [self = shared_from_this(), fresh](Error error, std::size_t) {
    if (!error && fresh && !self->parser_->is_done()) self->arm(self->shared_.limits.request_time);
    self->on_read(error);
  });
}

void Session::on_read(Error error) {
  if (error) return read_failed(error);
  if (timed_out_ && !parser_->is_done()) return read_failed(asio::error::operation_aborted);
  if (!parser_->is_done()) {
    if (parser_->is_header_done() && !continued_) return answer_continue();
    return read_some();
  }
  reading_ = false;
  timer_.cancel();
  on_request();
}

void Session::answer_continue() {
  continued_ = true;
  if (!beast::iequals(parser_->get()[bhttp::field::expect], "100-continue")) return read_some();
  static const std::string line = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(line), [self = shared_from_this()](Error error, std::size_t) {
    if (!error) self->read_some();
  });
}

void Session::read_failed(Error error) {
  reading_ = false;
  timer_.cancel();
  Dispatcher& dispatcher = shared_.dispatcher;
  if (error == asio::error::operation_aborted && timed_out_) {
    if (!parser_->got_some()) return close();
    return give_up(dispatcher.complain(408, "The request was not finished in time."));
  }
  if (error == bhttp::error::body_limit) {
    return give_up(dispatcher.complain(413, "The body is over " + std::to_string(shared_.limits.body_bytes_max) + " bytes."));
  }
  if (error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow) {
    return give_up(dispatcher.complain(431, "The header is over " + std::to_string(shared_.limits.header_bytes_max) + " bytes."));
  }
  const bool gone = error == bhttp::error::end_of_stream || error == bhttp::error::partial_message;
  if (!gone && error.category() == bhttp::make_error_code(bhttp::error::bad_method).category()) {
    return give_up(dispatcher.complain(400, "This is not an HTTP request that can be read: " + error.message() + "."));
  }
  close();
}

void Session::on_request() {
  BeastRequest request = parser_->release();
  keep_alive_ = request.keep_alive() && !stopping_;
  head_ = request.method() == bhttp::verb::head;
  if (beast::websocket::is_upgrade(request) && shared_.streams != nullptr) return on_upgrade(std::move(request));
  RawRequest raw;
  raw.method = request.method_string();
  raw.target = request.target();
  for (const auto& field : request) {
    std::string name(field.name_string());
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    std::string& value = raw.headers[name];
    value += value.empty() ? "" : ", ";
    value += field.value();
  }
  raw.body = std::move(request.body());
  shared_.dispatcher.handle(std::move(raw), [self = shared_from_this()](Reply reply) {
    asio::post(self->stream_.get_executor(), [self, reply = std::move(reply)]() mutable { self->send(std::move(reply)); });
  });
}

bool Session::origin_allowed(const BeastRequest& request) const {
  const std::string origin(request[bhttp::field::origin]);
  if (origin.empty()) return true;
  const std::size_t scheme = origin.find("://");
  if (scheme != std::string::npos && origin.substr(scheme + 3) == request[bhttp::field::host]) return true;
  return std::find(shared_.origins.begin(), shared_.origins.end(), origin) != shared_.origins.end();
}

void Session::on_upgrade(BeastRequest request) {
  if (!origin_allowed(request)) {
    return give_up(
        shared_.dispatcher.complain(403, "A page from another origin may not open a stream; see allowedOrigins in config/server.json."));
  }
  RawRequest raw;
  raw.method = request.method_string();
  raw.target = request.target();
  Dispatcher::Upgrade upgrade = shared_.dispatcher.upgrade(raw);
  if (!upgrade.accepted) return send(std::move(upgrade.refusal));
  const std::string simulation = upgrade.params["id"];
  if (!shared_.streams->serves(simulation)) return send(shared_.dispatcher.complain(404, "There is no simulation '" + simulation + "'."));
  start_websocket(stream_.release_socket(), std::move(request), simulation, shared_);
}

void Session::send(Reply reply) {
  ++shared_.statistics.answers[std::min<std::size_t>(reply.status / 100, 5)];
  shared_.statistics.sent_bytes += reply.body.size();
  keep_alive_ = keep_alive_ && !stopping_ && !shared_.stopping;
  response_.emplace(static_cast<bhttp::status>(reply.status), 11U);
  response_->keep_alive(keep_alive_);
  response_->set(bhttp::field::server, "simianviz");
  if (!reply.content_type.empty()) response_->set(bhttp::field::content_type, reply.content_type);
  for (const auto& [name, value] : reply.headers) response_->set(name, value);
  if (reply.status != 204 && reply.status != 304) response_->content_length(reply.body.size());
  if (!head_) response_->body() = std::move(reply.body);
  stream_.expires_after(shared_.limits.write_time);
  bhttp::async_write(stream_, *response_, [self = shared_from_this()](Error error, std::size_t) { self->on_sent(error); });
}

void Session::on_sent(Error error) {
  if (error) return close();
  response_.reset();
  if (keep_alive_) return read_next();
  if (stopping_ || shared_.stopping) return close();
  linger();
}

/// Closing while the client still sends would take the answer away from it, so what comes is thrown away for a while.
void Session::linger() {
  Error ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream_.expires_after(shared_.limits.linger_time);
  drained_.resize(16 << 10);
  drain();
}

void Session::drain() {
  stream_.async_read_some(asio::buffer(drained_), [self = shared_from_this()](Error error, std::size_t) {
    if (error) return self->close();
    self->drain();
  });
}

}  // namespace

void start_session(tcp::socket socket, Shared& shared, bool refuse) {
  const auto session = std::make_shared<Session>(std::move(socket), shared);
  shared.connections.add(session);
  session->start(refuse);
}

}  // namespace http

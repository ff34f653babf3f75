#include <boost/beast/websocket.hpp>
#include <deque>

#include "http/net.h"

namespace http {
namespace {

namespace websocket = beast::websocket;

/// One client of a stream. Everything runs on the strand of its socket; one write in flight, a bounded queue behind it.
class WebSocketClient : public StreamClient, public Connection, public std::enable_shared_from_this<WebSocketClient> {
 public:
  WebSocketClient(tcp::socket socket, std::string simulation, Shared& shared)
      : stream_(std::move(socket)), timer_(stream_.get_executor()), simulation_(std::move(simulation)), shared_(shared) {
    ++shared_.statistics.connections;
    ++shared_.statistics.stream_clients;
  }
  ~WebSocketClient() override {
    --shared_.statistics.connections;
    --shared_.statistics.stream_clients;
  }

  void accept(BeastRequest request);

  void send(Frame frame, FrameKind kind) override {
    asio::post(stream_.get_executor(),
               [self = shared_from_this(), frame = std::move(frame), kind]() mutable { self->enqueue(std::move(frame), kind); });
  }
  void close(unsigned code, const std::string& reason) override {
    asio::post(stream_.get_executor(), [self = shared_from_this(), code, reason] { self->start_close(code, reason); });
  }
  void stop() override { close(websocket::close_code::going_away, "the server is stopping"); }

 private:
  void configure();
  void read_next();
  void on_read(Error error);
  void enqueue(Frame frame, FrameKind kind);
  void write_next();
  void on_written(Error error);
  void too_slow();
  void start_close(unsigned code, const std::string& reason);
  void drop_connection();

  websocket::stream<beast::tcp_stream> stream_;
  asio::steady_timer timer_;  ///< of the write in flight, then of the close
  const std::string simulation_;
  Shared& shared_;
  BeastRequest request_;
  beast::flat_buffer buffer_;
  std::deque<Frame> queue_;  ///< the first one is being written
  std::size_t backlog_ = 0;  ///< bytes in queue_
  bool lost_ = false;        ///< frames were dropped, and no keyframe came since
  bool asked_ = false;       ///< for a keyframe
  bool open_ = false;
  bool closing_ = false;
};

void WebSocketClient::configure() {
  websocket::permessage_deflate deflate;
  deflate.server_enable = true;
  deflate.server_max_window_bits = 13;
  deflate.compLevel = 3;
  deflate.memLevel = 5;
  deflate.msg_size_threshold = 512;
  stream_.set_option(deflate);
  const auto& limits = shared_.limits;
  stream_.set_option(websocket::stream_base::timeout{limits.request_time, limits.stream_idle_time, true});
  stream_.set_option(
      websocket::stream_base::decorator([](websocket::response_type& response) { response.set(beast::http::field::server, "simianviz"); }));
  Error ignored;
  beast::get_lowest_layer(stream_).socket().set_option(asio::socket_base::send_buffer_size(limits.stream_send_buffer), ignored);
  stream_.read_message_max(limits.message_bytes_max);
  stream_.write_buffer_bytes(64 << 10);
  stream_.text(true);
}

void WebSocketClient::accept(BeastRequest request) {
  request_ = std::move(request);
  configure();
  beast::get_lowest_layer(stream_).expires_never();
  stream_.async_accept(request_, [self = shared_from_this()](Error error) {
    if (error) return;
    self->request_ = {};
    self->open_ = true;
    self->shared_.streams->opened(self, self->simulation_);
    self->read_next();
    if (self->shared_.stopping) self->stop();
  });
}

void WebSocketClient::read_next() {
  stream_.async_read(buffer_, [self = shared_from_this()](Error error, std::size_t) { self->on_read(error); });
}

void WebSocketClient::on_read(Error error) {
  if (error) {
    // Closed by either side, timed out or broken: Beast has sent the close frame where one is due (1002, 1009).
    open_ = false;
    closing_ = true;
    timer_.cancel();
    queue_.resize(std::min<std::size_t>(queue_.size(), 1));
    return shared_.streams->closed(shared_from_this());
  }
  if (!stream_.got_text()) {
    start_close(websocket::close_code::policy_error, "messages are JSON text");
  } else if (!closing_) {
    shared_.streams->received(shared_from_this(), beast::buffers_to_string(buffer_.data()));
  }
  buffer_.consume(buffer_.size());
  read_next();
}

void WebSocketClient::enqueue(Frame frame, FrameKind kind) {
  if (!open_ || closing_) return;
  if (kind == FrameKind::droppable && (lost_ || backlog_ > shared_.limits.backlog_bytes_soft)) {
    lost_ = true;
    ++shared_.statistics.stream_dropped_frames;
    return;
  }
  if (!queue_.empty() && backlog_ + frame->size() > shared_.limits.backlog_bytes_max) return too_slow();
  if (kind == FrameKind::keyframe) lost_ = asked_ = false;
  backlog_ += frame->size();
  queue_.push_back(std::move(frame));
  if (queue_.size() == 1) write_next();
}

void WebSocketClient::write_next() {
  timer_.expires_after(shared_.limits.stream_write_time);
  timer_.async_wait([weak = weak_from_this()](Error error) {
    if (const auto self = weak.lock(); self && !error) self->too_slow();
  });
  stream_.async_write(asio::buffer(*queue_.front()), [self = shared_from_this()](Error error, std::size_t) { self->on_written(error); });
}

void WebSocketClient::on_written(Error error) {
  if (error) return;  // the read fails too and cleans up
  shared_.statistics.stream_sent_bytes += queue_.front()->size();
  ++shared_.statistics.stream_sent_frames;
  backlog_ -= queue_.front()->size();
  queue_.pop_front();
  if (closing_) return;
  timer_.cancel();
  if (!queue_.empty()) return write_next();
  if (lost_ && !asked_) {
    asked_ = true;
    shared_.streams->drained(shared_from_this());
  }
}

void WebSocketClient::too_slow() {
  if (closing_ || queue_.empty()) return;
  ++shared_.statistics.stream_slow_closed;
  start_close(websocket::close_code::try_again_later, "too slow: more frames waited than the limit allows");
}

void WebSocketClient::start_close(unsigned code, const std::string& reason) {
  if (!open_ || closing_) return;
  closing_ = true;
  queue_.resize(std::min<std::size_t>(queue_.size(), 1));  // what is in flight stays
  backlog_ = queue_.empty() ? 0 : queue_.front()->size();
  timer_.expires_after(shared_.limits.close_time);
  timer_.async_wait([weak = weak_from_this()](Error error) {
    if (const auto self = weak.lock(); self && !error) self->drop_connection();
  });
  websocket::close_reason why(static_cast<websocket::close_code>(code));
  why.reason = reason.substr(0, 120);
  stream_.async_close(why, [self = shared_from_this()](Error) {});
}

/// The client did not take part in the close.
void WebSocketClient::drop_connection() {
  Error ignored;
  beast::get_lowest_layer(stream_).socket().close(ignored);
}

}  // namespace

void start_websocket(tcp::socket socket, BeastRequest request, const std::string& simulation, Shared& shared) {
  const auto client = std::make_shared<WebSocketClient>(std::move(socket), simulation, shared);
  shared.connections.add(std::static_pointer_cast<Connection>(client));
  client->accept(std::move(request));
}

}  // namespace http

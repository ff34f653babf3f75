#include "client.h"

#include <boost/asio/connect.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

namespace client {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using Error = boost::system::error_code;

namespace {

constexpr auto patience = std::chrono::seconds(15);

/// Runs what was started until it is done (Beast's own time-outs end it at the latest).
void finish(asio::io_context& io) {
  io.restart();
  io.run();
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

template <class Message>
Response to_response(const Message& message) {
  Response response;
  response.status = static_cast<int>(message.result_int());
  for (const auto& field : message) response.headers[lower(std::string(field.name_string()))] = std::string(field.value());
  response.body = message.body();
  return response;
}

void vanish(tcp::socket& socket) {
  Error ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

}  // namespace

struct Connection::Parts {
  asio::io_context io;
  beast::tcp_stream stream{io};
  beast::flat_buffer buffer;
};

Connection::Connection(std::uint16_t port) : parts_(std::make_unique<Parts>()) {
  parts_->stream.connect({asio::ip::address_v4::loopback(), port});
}
Connection::~Connection() = default;

void Connection::send(const std::string& bytes) {
  parts_->stream.expires_after(patience);
  asio::async_write(parts_->stream, asio::buffer(bytes), [](Error, std::size_t) {});
  finish(parts_->io);
}

Response Connection::read(bool head) {
  bhttp::response_parser<bhttp::string_body> parser;
  parser.body_limit(64 << 20);
  parser.skip(head);
  parts_->stream.expires_after(patience);
  Error failed;
  bhttp::async_read(parts_->stream, parts_->buffer, parser, [&](Error error, std::size_t) { failed = error; });
  finish(parts_->io);
  return failed ? Response{} : to_response(parser.get());
}

Response Connection::call(const std::string& method, const std::string& target, const std::string& body, const Headers& headers) {
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!body.empty() && !headers.contains("Content-Type")) text += "Content-Type: application/json\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  if (!body.empty() || method == "POST" || method == "PUT") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  send(text + "\r\n" + body);
  return read(method == "HEAD");
}

bool Connection::closed_within(std::chrono::milliseconds time) {
  char byte = 0;
  Error result;
  parts_->stream.expires_after(time);
  parts_->stream.async_read_some(asio::buffer(&byte, 1), [&](Error error, std::size_t) { result = error; });
  finish(parts_->io);
  return result && result != beast::error::timeout;
}

void Connection::reset() {
  vanish(parts_->stream.socket());
}

Response call(std::uint16_t port, const std::string& method, const std::string& target, const std::string& body, const Headers& headers) {
  return Connection(port).call(method, target, body, headers);
}

struct Stream::Parts {
  asio::io_context io;
  websocket::stream<beast::tcp_stream> stream{io};
  beast::flat_buffer buffer;
  bool reading = false;
  bool arrived = false;
  Error error;
  int status = 0;
  std::string extensions;
};

Stream::Stream(std::uint16_t port, const std::string& target, const Headers& headers, bool small_buffers, bool deflate)
    : parts_(std::make_unique<Parts>()) {
  auto& stream = parts_->stream;
  auto& socket = beast::get_lowest_layer(stream).socket();
  socket.open(tcp::v4());
  if (small_buffers) socket.set_option(asio::socket_base::receive_buffer_size(4096));
  socket.connect({asio::ip::address_v4::loopback(), port});
  websocket::permessage_deflate option;
  option.client_enable = deflate;
  stream.set_option(option);
  stream.read_message_max(64 << 20);
  stream.set_option(websocket::stream_base::decorator([&headers](websocket::request_type& request) {
    for (const auto& [name, value] : headers) request.set(name, value);
  }));
  websocket::response_type response;
  Error error;
  stream.handshake(response, "localhost:" + std::to_string(port), target, error);
  parts_->status = static_cast<int>(response.result_int());
  parts_->extensions = std::string(response[bhttp::field::sec_websocket_extensions]);
}
Stream::~Stream() {
  if (parts_->reading) {
    Error ignored;
    beast::get_lowest_layer(parts_->stream).socket().close(ignored);
    finish(parts_->io);
  }
}

int Stream::handshake_status() const {
  return parts_->status;
}
std::string Stream::extensions() const {
  return parts_->extensions;
}
void Stream::send(const json& message) {
  send_text(message.dump());
}
void Stream::send_text(const std::string& text) {
  Error ignored;
  parts_->stream.text(true);
  parts_->stream.write(asio::buffer(text), ignored);
}
void Stream::send_binary(const std::string& bytes) {
  Error ignored;
  parts_->stream.binary(true);
  parts_->stream.write(asio::buffer(bytes), ignored);
}
void Stream::send_raw(const std::string& bytes) {
  Error ignored;
  asio::write(beast::get_lowest_layer(parts_->stream).socket(), asio::buffer(bytes), ignored);
}

std::optional<json> Stream::read(std::chrono::milliseconds time) {
  Parts& parts = *parts_;
  if (!parts.reading) {
    parts.reading = true;
    parts.arrived = false;
    parts.stream.async_read(parts.buffer, [&parts](Error error, std::size_t) {
      parts.reading = false;
      parts.error = error;
      parts.arrived = !error;
    });
  }
  const auto end = std::chrono::steady_clock::now() + time;
  while (parts.reading && std::chrono::steady_clock::now() < end) {
    parts.io.restart();
    parts.io.run_one_until(end);
  }
  if (parts.reading || !parts.arrived) return std::nullopt;
  const std::string text = beast::buffers_to_string(parts.buffer.data());
  parts.buffer.consume(parts.buffer.size());
  parts.arrived = false;
  return json::parse(text);
}

std::optional<json> Stream::read_type(const std::string& type, std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    auto frame = read(std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()));
    if (!frame || (*frame)["type"] == type) return frame;
  }
  return std::nullopt;
}

std::string Stream::error() const {
  return parts_->error.message();
}
int Stream::close_code() const {
  return parts_->error == websocket::error::closed ? parts_->stream.reason().code : 0;
}
std::string Stream::close_reason() const {
  return std::string(parts_->stream.reason().reason.c_str());
}
void Stream::reset() {
  vanish(beast::get_lowest_layer(parts_->stream).socket());
}

}  // namespace client

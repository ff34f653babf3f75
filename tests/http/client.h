#pragma once
// A small HTTP and WebSocket client for tests: one call after the other, every wait bounded.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace client {

using nlohmann::json;
using Headers = std::map<std::string, std::string>;

struct Response {
  int status = 0;   ///< 0: the connection ended without an answer
  Headers headers;  ///< names in lower case
  std::string body;
  json parsed() const { return json::parse(body, nullptr, false); }
  std::string header(const std::string& name) const { return headers.contains(name) ? headers.at(name) : ""; }
};

class Connection {
 public:
  explicit Connection(std::uint16_t port);
  ~Connection();
  void send(const std::string& bytes);
  /// Of a HEAD request there is no body to read.
  Response read(bool head = false);
  Response call(const std::string& method, const std::string& target, const std::string& body = "", const Headers& headers = {});
  /// Whether the server closes within `time`.
  bool closed_within(std::chrono::milliseconds time);
  void reset();  ///< vanishes without a word

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

Response call(std::uint16_t port, const std::string& method, const std::string& target, const std::string& body = "",
              const Headers& headers = {});

class Stream {
 public:
  /// `small_buffers`: little fits into the sockets, so that a client which does not read is noticed soon.
  Stream(std::uint16_t port, const std::string& target, const Headers& headers = {}, bool small_buffers = false, bool deflate = true);
  ~Stream();
  int handshake_status() const;  ///< 101, or why not
  std::string extensions() const;
  void send(const json& message);
  void send_text(const std::string& text);
  void send_binary(const std::string& bytes);
  void send_raw(const std::string& bytes);  ///< past the WebSocket framing
  /// The next frame; nullopt when closed or nothing came in time.
  std::optional<json> read(std::chrono::milliseconds time = std::chrono::seconds(10));
  /// The next frame of this type.
  std::optional<json> read_type(const std::string& type, std::chrono::milliseconds time = std::chrono::seconds(10));
  int close_code() const;  ///< after read() gave nullopt; 0: not closed in due form
  std::string close_reason() const;
  std::string error() const;  ///< why the last read() failed
  void reset();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace client

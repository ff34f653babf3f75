#pragma once
// Accepts connections on one address and hands them on. Runs on the io_context it was given; close() from any thread.

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>

namespace http {

struct Shared;

class Listener {
 public:
  virtual ~Listener() = default;

  /// Opens the port (0: any free one) and starts to accept. On failure: nullptr, and `error` is one line that says what to do.
  static std::shared_ptr<Listener> open(boost::asio::io_context& io, const std::string& host, std::uint16_t port, Shared& shared,
                                        std::string& error);
  virtual std::uint16_t port() const = 0;
  virtual void close() = 0;
};

}  // namespace http

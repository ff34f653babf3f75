#pragma once
// The two sides of a stream: a client that takes frames, and what sends them. Neither knows the other's transport or content.

#include <memory>
#include <string>

namespace http {

using Frame = std::shared_ptr<const std::string>;

enum class FrameKind {
  kept,       ///< must arrive: structure, events, errors, hello
  droppable,  ///< a slow client does without: values, flows
  keyframe,   ///< must arrive, and makes good for what was dropped
};

/// A connected client. Any thread.
class StreamClient {
 public:
  virtual ~StreamClient() = default;
  /// Takes its place in the client's queue; closes the client with 1013 when the queue passes its limit.
  virtual void send(Frame frame, FrameKind kind) = 0;
  virtual void close(unsigned code, const std::string& reason) = 0;
};

/// Told about clients on their strands, in order for each client.
class StreamSource {
 public:
  virtual ~StreamSource() = default;
  virtual void opened(std::shared_ptr<StreamClient> client, const std::string& simulation) = 0;
  virtual void received(std::shared_ptr<StreamClient> client, std::string message) = 0;
  /// The client lost frames and has room again: it needs a keyframe.
  virtual void drained(std::shared_ptr<StreamClient> client) = 0;
  virtual void closed(std::shared_ptr<StreamClient> client) = 0;
  /// Whether there is such a simulation; any thread.
  virtual bool serves(const std::string& simulation) const = 0;
};

}  // namespace http

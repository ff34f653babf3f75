#pragma once
// The frames of the stream, and the messages of its clients, as text. Pure functions, any thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/limits.h"
#include "http/message.h"
#include "http/stream.h"
#include "run/simulation.h"
#include "run/view.h"

namespace http {

inline constexpr int protocol_version = 1;
inline constexpr std::size_t flows_per_frame_max = 20;

/// `{"type":type,"seq":seq` and the body, which starts with a comma and ends the object.
Frame make_frame(std::string_view type, std::int64_t seq, std::string_view body);

Frame hello_frame(const std::string& simulation, const Limits& limits);
Frame error_frame(unsigned status, const ProblemDetails& details, const std::string& instance);
std::string events_body(const std::vector<run::Event>& events);
std::string flows_body(const std::vector<std::shared_ptr<const run::Flow>>& flows);

struct Subscription {
  run::ViewSpec view;
  std::uint32_t rate = 10;  ///< values frames a second: 1, 2, 5, 10 or 20, the one at or below what was asked for
  bool flows = false;
  std::optional<std::uint64_t> since_event;
  auto operator<=>(const Subscription&) const = default;
};

struct ClientMessage {
  bool readable = false;  ///< false: not JSON, the connection is of no use
  std::optional<ProblemDetails> problem;
  unsigned status = 0;
  bool resync = false;
  Subscription subscription;
};
ClientMessage read_client_message(const std::string& text);

}  // namespace http

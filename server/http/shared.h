#pragma once
// What all connections of a server share; outlives them.

#include <atomic>
#include <string>
#include <vector>

#include "http/connections.h"
#include "http/dispatch.h"
#include "http/limits.h"
#include "http/statistics.h"
#include "http/stream.h"

namespace http {

struct Shared {
  Dispatcher& dispatcher;
  StreamSource* streams;  ///< nullptr: there are none
  Limits limits;
  Statistics& statistics;
  Connections connections;
  std::vector<std::string> origins;  ///< of pages that may open a stream, besides our own
  std::atomic<bool> stopping{false};
};

}  // namespace http

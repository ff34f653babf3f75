#pragma once
// From a request to its answer: routing, checks, conditional requests, idempotency and headers, done once for every route. Thread-safe.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "http/files.h"
#include "http/idempotency.h"
#include "http/message.h"
#include "http/router.h"
#include "http/target.h"

namespace http {

/// A request as the session read it.
struct RawRequest {
  std::string method;
  std::string target;
  Headers headers;
  std::string body;
};

class Dispatcher {
 public:
  /// Both must outlive this and every answer that is still to come.
  Dispatcher(const Router& router, StaticFiles files) : router_(router), files_(std::move(files)) {}

  /// `respond` gets a finished Reply (body written, all headers), on any thread, once; for HEAD with the body that GET would have.
  void handle(RawRequest raw, const Respond& respond);

  /// A finished answer of the session's own: to something that is not even a request.
  Reply complain(unsigned status, const std::string& detail);

  /// For an upgrade to a WebSocket: the match, or the answer to give instead.
  struct Upgrade {
    bool accepted = false;
    std::map<std::string, std::string> params;
    Reply refusal;
  };
  Upgrade upgrade(const RawRequest& raw);

 private:
  void route(Request request, const Target& target, const Respond& finish);
  void call(const Route& route, const Request& request, const Respond& finish);
  void if_it_matches(const Request& request, const Target& target, const std::function<void(bool)>& then) const;
  std::string next_id();

  const Router& router_;
  StaticFiles files_;
  Idempotency idempotency_;
  std::atomic<std::uint64_t> requests_{0};
};

}  // namespace http

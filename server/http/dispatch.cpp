#include "http/dispatch.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <memory>
#include <utility>

#include "http/body.h"

namespace http {
namespace {

constexpr const char* content_security_policy =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

std::string header_of(const Request& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? "" : found->second;
}

std::string join(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

std::string etag_of(const std::string& body) {
  std::array<char, 17> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), hash_text(body), 16);
  return "\"" + std::string(digits.data(), end.ptr) + "\"";
}

/// RFC 9110: a list of entity tags or "*"; `W/` does not matter here since our tags are of whole bodies.
bool tag_listed(const std::string& list, const std::string& tag) {
  return list == "*" || list.find(tag) != std::string::npos;
}

bool mutates(const std::string& method) {
  return method == "POST" || method == "PUT" || method == "DELETE" || method == "PATCH";
}

bool is_json(const std::string& content_type) {
  std::string type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

void set_header(Reply& reply, const char* name, std::string value) {
  const auto same = [name](const auto& header) { return header.first == name; };
  if (std::none_of(reply.headers.begin(), reply.headers.end(), same)) reply.headers.emplace_back(name, std::move(value));
}

/// Everything that every answer has; 304 when the client has this body already.
Reply finished(Reply reply, const Request& request) {
  if (reply.problem) {
    reply.body = write_problem(reply.status, *reply.problem, request.path, request.id);
    reply.problem.reset();
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && reply.status == 200) {
    const std::string tag = etag_of(reply.body);
    set_header(reply, "ETag", tag);
    set_header(reply, "Cache-Control", "no-cache");
    if (const std::string known = header_of(request, "if-none-match"); !known.empty() && tag_listed(known, tag)) {
      reply.status = 304;
      reply.body.clear();
      reply.content_type.clear();
    }
  }
  set_header(reply, "Cache-Control", "no-store");
  set_header(reply, "X-Content-Type-Options", "nosniff");
  set_header(reply, "X-Request-Id", request.id);
  if (reply.content_type.starts_with("text/html")) {
    set_header(reply, "Content-Security-Policy", content_security_policy);
    set_header(reply, "Referrer-Policy", "no-referrer");
  }
  return reply;
}

Reply wrong_method(const Request& request, const std::vector<std::string>& allowed) {
  Reply reply = problem(405, request.method + " is not possible here; " + join(allowed) + " are.");
  reply.headers.emplace_back("Allow", join(allowed));
  return reply;
}

Reply options(const std::vector<std::string>& allowed) {
  Reply reply = no_content();
  reply.headers.emplace_back("Allow", join(allowed));
  return reply;
}

bool for_files(const Target& target) {
  return target.segments.empty() || target.segments.front() != "api";
}

/// Answers once, whatever happens: with 503 when the last copy goes away unused (a simulation that ends drops what waits for it).
class Once {
 public:
  explicit Once(Respond finish) : finish_(std::move(finish)) {}
  ~Once() {
    if (!used_.exchange(true)) finish_(problem(503, "What this call was waiting for ended before it was done."));
  }
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;
  void answer(Reply reply) {
    if (!used_.exchange(true)) finish_(std::move(reply));
  }

 private:
  Respond finish_;
  std::atomic<bool> used_{false};
};

void call_handler(const Handler& handler, const Request& request, Respond finish) {
  const auto once = std::make_shared<Once>(std::move(finish));
  try {
    handler(request, [once](Reply reply) { once->answer(std::move(reply)); });
  } catch (const std::exception& e) {
    once->answer(problem(500, std::string("The server made a mistake: ") + e.what()));
  }
}

/// Status 0: nothing is wrong.
InputProblems check_input(const Route& route, const Target& target, Request& request) {
  InputProblems found = read_query(target.query, route.query, request.query);
  if (!route.body || (request.body.empty() && route.method == "POST" && may_be_left_out(*route.body))) return found;
  if (!is_json(header_of(request, "content-type"))) {
    return {415, "The body must be JSON; say so with Content-Type: application/json.", {}};
  }
  InputProblems of_body = read_body(request.body, *route.body, request.fields);
  if (found.status == 0) return of_body;
  found.problems.insert(found.problems.end(), of_body.problems.begin(), of_body.problems.end());
  found.detail = summary_of(found.problems, "the request");
  return found;
}

/// Whether more can be said of a request in which that was wrong: its body is an object.
bool can_be_read_on(const Route& route, const InputProblems& found) {
  return route.reads_on && found.status != 415 &&
         std::none_of(found.problems.begin(), found.problems.end(), [](const model::Problem& problem) { return problem.pointer.empty(); });
}

}  // namespace

std::string Dispatcher::next_id() {
  std::array<char, 17> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), ++requests_, 16);
  return "r" + std::string(digits.data(), end.ptr);
}

void Dispatcher::handle(RawRequest raw, const Respond& respond) {
  Request request;
  request.method = std::move(raw.method);
  request.target = std::move(raw.target);
  request.headers = std::move(raw.headers);
  request.body = std::move(raw.body);
  request.id = next_id();
  const auto target = parse_target(request.target);
  request.path = target ? target->path : "";
  Request about;  // what finished() needs, without the body
  about.method = request.method;
  about.path = request.path;
  about.id = request.id;
  about.headers = request.headers;
  const Respond finish = [respond, about](Reply reply) { respond(finished(std::move(reply), about)); };
  if (!target) return finish(problem(400, "The request target is not a path that can be read.", {}, "bad-target"));
  route(std::move(request), *target, finish);
}

Reply Dispatcher::complain(unsigned status, const std::string& detail) {
  Request nobody;
  nobody.id = next_id();
  return finished(problem(status, detail), nobody);
}

void Dispatcher::route(Request request, const Target& target, const Respond& finish) {
  Router::Match match = router_.find(request.method, target.segments);
  if (match.allowed.empty()) {
    if (!for_files(target)) return finish(problem(404, "There is nothing at this path; GET /api/v1/openapi.json lists what there is."));
    const std::vector<std::string> allowed = {"GET", "HEAD", "OPTIONS"};
    if (request.method == "OPTIONS") return finish(options(allowed));
    if (request.method != "GET" && request.method != "HEAD") return finish(wrong_method(request, allowed));
    return finish(files_.get(target.segments));
  }
  if (request.method == "OPTIONS") return finish(options(match.allowed));
  if (match.route == nullptr) return finish(wrong_method(request, match.allowed));
  request.params = std::move(match.params);
  if (!match.route->handler) {
    Reply reply = problem(426, "This is a WebSocket; ask for an upgrade.");
    reply.headers.emplace_back("Upgrade", "websocket");
    return finish(reply);
  }
  InputProblems found = check_input(*match.route, target, request);
  if (found.status != 0 && !can_be_read_on(*match.route, found)) {
    return finish(problem(found.status, found.detail, std::move(found.problems)));
  }
  request.wrong = std::move(found);
  const Route& found_route = *match.route;
  if (!mutates(request.method) || header_of(request, "if-match").empty()) return call(found_route, request, finish);
  if_it_matches(request, target, [this, &found_route, request, finish](bool holds) {
    if (holds) return call(found_route, request, finish);
    finish(problem(412, "The resource is not (or no longer) what If-Match names; GET it again."));
  });
}

void Dispatcher::call(const Route& route, const Request& request, const Respond& finish) {
  const auto key = request.headers.find("idempotency-key");
  if (key == request.headers.end() || !mutates(request.method)) return call_handler(route.handler, request, finish);
  if (auto reply = idempotency_.begin(key->second, request)) return finish(*std::move(reply));
  call_handler(route.handler, request, [this, name = key->second, about = std::pair(request.path, request.id), finish](Reply reply) {
    // Written here, so that a replay names the request that it repeats.
    if (reply.problem) reply.body = write_problem(reply.status, *reply.problem, about.first, about.second);
    reply.problem.reset();
    idempotency_.finish(name, reply);
    finish(std::move(reply));
  });
}

/// Whether the resource is what If-Match names: its GET says, maybe later and on another thread.
void Dispatcher::if_it_matches(const Request& request, const Target& target, const std::function<void(bool)>& then) const {
  const Router::Match match = router_.find("GET", target.segments);
  if (match.route == nullptr) return then(false);
  Request get;
  get.method = "GET";
  get.path = request.path;
  get.params = match.params;
  call_handler(match.route->handler, get, [wanted = header_of(request, "if-match"), then](const Reply& present) {
    then(present.status == 200 && tag_listed(wanted, etag_of(present.body)));
  });
}

Dispatcher::Upgrade Dispatcher::upgrade(const RawRequest& raw) {
  Upgrade result;
  Request request;
  request.method = raw.method;
  request.headers = raw.headers;
  request.id = next_id();
  const auto target = parse_target(raw.target);
  request.path = target ? target->path : "";
  const auto refuse = [&](Reply reply) {
    result.refusal = finished(std::move(reply), request);
    return result;
  };
  if (!target) return refuse(problem(400, "The request target is not a path that can be read.", {}, "bad-target"));
  Router::Match match = router_.find(raw.method, target->segments);
  if (match.route == nullptr || match.route->handler) return refuse(problem(404, "There is no WebSocket at this path."));
  InputProblems found = read_query(target->query, match.route->query, request.query);
  if (found.status != 0) return refuse(problem(found.status, found.detail, std::move(found.problems)));
  result.accepted = true;
  result.params = std::move(match.params);
  return result;
}

}  // namespace http

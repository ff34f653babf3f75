#include "http/message.h"

#include "http/json_writer.h"

namespace http {
namespace {

template <class Map, class Value>
Value find_or(const Map& map, const std::string& name, Value fallback) {
  const auto found = map.find(name);
  return found == map.end() ? fallback : found->second;
}

const char* status_code_word(unsigned status) {
  switch (status) {
    case 400:
      return "bad-request";
    case 403:
      return "forbidden";
    case 404:
      return "not-found";
    case 405:
      return "method-not-allowed";
    case 408:
      return "request-timeout";
    case 409:
      return "conflict";
    case 410:
      return "gone";
    case 412:
      return "precondition-failed";
    case 413:
      return "body-too-large";
    case 415:
      return "unsupported-media-type";
    case 422:
      return "cannot-be-done";
    case 423:
      return "locked";
    case 426:
      return "upgrade-required";
    case 429:
      return "limit-reached";
    case 431:
      return "header-too-large";
    case 501:
      return "not-implemented";
    case 503:
      return "unavailable";
    default:
      return "internal-error";
  }
}

}  // namespace

bool Fields::has(const std::string& name) const {
  return numbers.contains(name) || texts.contains(name) || flags.contains(name) || lists.contains(name) || counts.contains(name) ||
         objects.contains(name);
}
double Fields::number(const std::string& name, double fallback) const {
  return find_or(numbers, name, fallback);
}
std::string Fields::text(const std::string& name, const std::string& fallback) const {
  return find_or(texts, name, fallback);
}
bool Fields::flag(const std::string& name, bool fallback) const {
  return find_or(flags, name, fallback);
}
const std::vector<std::string>& Fields::list(const std::string& name) const {
  static const std::vector<std::string> none;
  const auto found = lists.find(name);
  return found == lists.end() ? none : found->second;
}

Reply ok(std::string body) {
  Reply reply;
  reply.body = std::move(body);
  return reply;
}

Reply created(std::string body, std::string location) {
  Reply reply = ok(std::move(body));
  reply.status = 201;
  reply.headers.emplace_back("Location", std::move(location));
  return reply;
}

Reply accepted(std::string body, std::string location) {
  Reply reply = created(std::move(body), std::move(location));
  reply.status = 202;
  return reply;
}

Reply no_content() {
  Reply reply;
  reply.status = 204;
  reply.content_type.clear();
  return reply;
}

Reply problem(unsigned status, std::string detail, std::vector<model::Problem> errors, std::string code) {
  Reply reply;
  reply.status = status;
  reply.content_type = "application/problem+json";
  reply.problem = ProblemDetails{code.empty() ? status_code_word(status) : std::move(code), status_phrase(status), std::move(detail),
                                 std::move(errors)};
  return reply;
}

Reply refused(const model::Refusal& refusal) {
  unsigned status = 422;
  switch (refusal.kind) {
    case model::Refusal::Kind::not_found:
      status = 404;
      break;
    case model::Refusal::Kind::gone:
      status = 410;
      break;
    case model::Refusal::Kind::conflict:
      status = 409;
      break;
    case model::Refusal::Kind::invalid:
      status = 422;
      break;
    case model::Refusal::Kind::limit:
      status = 429;
      break;
    case model::Refusal::Kind::locked:
      status = 423;
      break;
  }
  Reply reply = problem(status, refusal.detail, refusal.problems);
  if (status == 429) reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

const char* status_phrase(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

std::string write_problem(unsigned status, const ProblemDetails& details, const std::string& instance, const std::string& request_id) {
  JsonWriter json;
  json.begin_object();
  json.member("type", "/problems/" + details.code).member("title", details.title).member("status", status);
  json.member("detail", details.detail).member("instance", instance);
  json.key("errors").begin_array();
  for (const model::Problem& error : details.errors) {
    json.begin_object().member("pointer", error.pointer).member("code", error.code).member("message", error.message);
    if (!error.known.empty()) json.strings("known", error.known);
    json.end_object();
  }
  json.end_array().member("requestId", request_id).end_object();
  return json.take();
}

}  // namespace http

#include "http/openapi.h"

#include <map>

namespace http {
namespace {

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

/// "/api/v1/simulations/{id}/clock" is about simulations, "/healthz" about the server.
std::string tag_of(const std::string& path) {
  constexpr std::string_view prefix = "/api/v1/";
  if (!path.starts_with(prefix)) return "server";
  const std::string rest = path.substr(prefix.size());
  const std::string simulation = "simulations/{id}/";
  if (rest.starts_with(simulation)) {
    const std::string part = rest.substr(simulation.size());
    return part.substr(0, part.find('/'));
  }
  return rest.substr(0, rest.find('/'));
}

void write_parameter(JsonWriter& json, const std::string& name, const char* in, const Field* field) {
  json.begin_object().member("name", name).member("in", in).member("required", std::string_view(in) == "path");
  json.key("schema");
  if (field != nullptr)
    write_schema(json, *field);
  else
    json.raw(R"({"type":"string"})");
  json.end_object();
}

void write_parameters(JsonWriter& json, const Route& route) {
  json.key("parameters").begin_array();
  std::size_t from = 0;
  while ((from = route.path.find('{', from)) != std::string::npos) {
    const std::size_t to = route.path.find('}', from);
    write_parameter(json, route.path.substr(from + 1, to - from - 1), "path", nullptr);
    from = to;
  }
  for (const Field& field : route.query) write_parameter(json, field.name, "query", &field);
  const auto ref = [&json](const char* name) {
    json.begin_object().member("$ref", std::string("#/components/parameters/") + name).end_object();
  };
  if (route.method == "GET") ref("IfNoneMatch");
  if (route.method == "PUT" || route.method == "PATCH" || route.method == "DELETE") ref("IfMatch");
  if (route.method != "GET") ref("IdempotencyKey");
  json.end_array();
}

void write_answers(JsonWriter& json, const Route& route) {
  json.key("responses").begin_object();
  for (const Answer& answer : route.answers) {
    json.key(std::to_string(answer.status)).begin_object().member("description", answer.description);
    if (answer.status != 204 && answer.status != 101) {
      json.key("content").begin_object().key(answer.content_type).begin_object();
      json.key("schema");
      if (answer.fields.empty()) {
        json.raw(answer.content_type == "application/json" ? R"({"type":"object"})" : R"({"type":"string"})");
      } else {
        write_schema(json, object("", "", answer.fields), false);
      }
      json.end_object().end_object();
    }
    json.end_object();
  }
  json.key("default").raw(R"({"$ref":"#/components/responses/Problem"})");
  json.end_object();
}

void write_operation(JsonWriter& json, const Route& route) {
  json.key(lower(route.method)).begin_object();
  json.member("operationId", route.operation).member("summary", route.summary);
  json.key("tags").begin_array().value(tag_of(route.path)).end_array();
  write_parameters(json, route);
  if (route.body) {
    json.key("requestBody").begin_object().member("required", route.method != "POST" || !may_be_left_out(*route.body));
    json.key("content").begin_object().key("application/json").begin_object().key("schema");
    write_schema(json, *route.body);
    json.end_object().end_object().end_object();
  }
  write_answers(json, route);
  json.end_object();
}

constexpr const char* components = R"({
"parameters": {
  "IdempotencyKey": {
    "name": "Idempotency-Key", "in": "header",
    "description": "Repeating a call with the same key repeats its answer, not its effect.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255}},
  "IfMatch": {
    "name": "If-Match", "in": "header",
    "description": "ETag that the resource must still have, else 412.",
    "schema": {"type": "string"}},
  "IfNoneMatch": {
    "name": "If-None-Match", "in": "header",
    "description": "ETag that the client has; 304 when it is still right.",
    "schema": {"type": "string"}}},
"responses": {
  "Problem": {
    "description": "What is wrong, RFC 9457.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}},
"schemas": {
  "Problem": {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "errors", "requestId"],
    "properties": {
      "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"},
      "instance": {"type": "string"}, "requestId": {"type": "string"},
      "errors": {"type": "array", "items": {
        "type": "object",
        "required": ["pointer", "code", "message"],
        "properties": {
          "pointer": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"},
          "known": {"type": "array", "items": {"type": "string"}}}}}}}}
})";

}  // namespace

std::string write_openapi(const Router& router, const std::string& version) {
  std::map<std::string, std::vector<const Route*>> paths;
  for (const Route& route : router.routes()) paths[route.path].push_back(&route);
  JsonWriter json;
  json.begin_object().member("openapi", "3.1.0");
  json.key("info").begin_object().member("title", "simianviz").member("version", version);
  json.member("description", "Runs simulations of microservice architectures; see docs/api.md.").end_object();
  json.key("servers").raw(R"([{"url":"/"}])");
  json.key("paths").begin_object();
  for (const auto& [path, routes] : paths) {
    json.key(path).begin_object();
    for (const Route* route : routes) write_operation(json, *route);
    json.end_object();
  }
  json.end_object().key("components").raw(components).end_object();
  return json.take();
}

}  // namespace http

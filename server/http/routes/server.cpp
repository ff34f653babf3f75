#include "http/openapi.h"
#include "http/routes/common.h"

namespace http::routes {
namespace {

Reply server_status_reply(bool good) {
  if (good) return ok(R"({"status":"ok"})");
  Reply reply = problem(503, "The server is starting or stopping.");
  reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

Reply version_reply(const Context& context) {
  JsonWriter json;
  json.begin_object().member("name", "simianviz").member("version", context.version).member("apiVersion", "v1");
  json.member("protocolVersion", 1).end_object();
  return ok(json.take());
}

Reply metrics_reply(const Context& context) {
  Reply reply = ok(context.metrics ? context.metrics() : "");
  reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return reply;
}

}  // namespace

std::vector<Route> server(Context& context, const Router& router) {
  const std::vector<Field> status = {text("status", "ok")};
  return {
      {"GET",
       "/healthz",
       "getHealth",
       "Whether the process is alive.",
       {},
       {},
       {answered(200, "It is.", status)},
       [](const Request&, const Respond& respond) { respond(server_status_reply(true)); }},
      {"GET",
       "/readyz",
       "getReadiness",
       "Whether the server takes work.",
       {},
       {},
       {answered(200, "It does.", status)},
       [&context](const Request&, const Respond& respond) { respond(server_status_reply(!context.ready || context.ready())); }},
      {"GET",
       "/metrics",
       "getMetrics",
       "Metrics for Prometheus.",
       {},
       {},
       {{200, "Text format 0.0.4.", {}, "text/plain"}},
       [&context](const Request&, const Respond& respond) { respond(metrics_reply(context)); }},
      {"GET",
       "/api/v1/version",
       "getVersion",
       "Version of the server and its protocols.",
       {},
       {},
       {answered(200, "The versions.",
                 {text("name", ""), text("version", ""), text("apiVersion", ""), integer("protocolVersion", "", 1, 1'000)})},
       [&context](const Request&, const Respond& respond) { respond(version_reply(context)); }},
      {"GET",
       "/api/v1/openapi.json",
       "getOpenapi",
       "This interface as OpenAPI 3.1.",
       {},
       {},
       {answered(200, "The document.")},
       [&context, &router](const Request&, const Respond& respond) { respond(ok(write_openapi(router, context.version))); }},
  };
}

}  // namespace http::routes

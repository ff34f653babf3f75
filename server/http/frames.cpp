#include "http/frames.h"

#include "http/body.h"
#include "http/json_writer.h"
#include "http/wire.h"

namespace http {
namespace {

const std::vector<std::string>& level_names() {
  static const std::vector<std::string> names = {"region", "zone", "service", "group", "instance"};
  return names;
}

const Field& message_schema() {
  static const Field schema =
      object("", "A message of a stream's client.",
             {choice("type", "What it is.", {"subscribe", "resync"}).need(), choice("level", "Level of detail.", level_names()),
              text("path", "A region or zone, \"\" for all."), text("focus", "Id of a node: only it and its neighbours."),
              number("rate", "Values frames a second.", 1, 20), boolean("flows", "Whether to send traced requests."),
              integer("sinceEventSeq", "Send events after this one first.", 0, whole_number_max)});
  return schema;
}

std::uint32_t rate_class(double rate) {
  if (rate >= 20) return 20;
  if (rate >= 10) return 10;
  if (rate >= 5) return 5;
  return rate >= 2 ? 2 : 1;
}

}  // namespace

Frame make_frame(std::string_view type, std::int64_t seq, std::string_view body) {
  auto text = std::make_shared<std::string>();
  text->reserve(body.size() + 64);
  text->append("{\"type\":\"").append(type).append("\",\"seq\":").append(std::to_string(seq)).append(body);
  return text;
}

Frame hello_frame(const std::string& simulation, const Limits& limits) {
  JsonWriter json;
  json.begin_object().member("type", "hello").member("protocol", protocol_version).member("simulation", simulation);
  json.strings("levels", level_names()).key("limits").begin_object().member("rateMax", 20);
  json.member("messageBytes", limits.message_bytes_max).member("backlogBytes", limits.backlog_bytes_max);
  json.member("nodesMax", run::view_nodes_max).member("edgesMax", run::view_edges_max).end_object().end_object();
  return std::make_shared<const std::string>(json.take());
}

Frame error_frame(unsigned status, const ProblemDetails& details, const std::string& instance) {
  JsonWriter json;
  json.begin_object().member("type", "error").key("problem").raw(write_problem(status, details, instance, ""));
  json.end_object();
  return std::make_shared<const std::string>(json.take());
}

std::string events_body(const std::vector<run::Event>& events) {
  JsonWriter json;
  json.begin_array();
  for (const run::Event& event : events) write_event(json, event);
  json.end_array();
  return ",\"events\":" + json.take() + "}";
}

std::string flows_body(const std::vector<std::shared_ptr<const run::Flow>>& flows) {
  JsonWriter json;
  json.begin_array();
  const std::size_t first = flows.size() > flows_per_frame_max ? flows.size() - flows_per_frame_max : 0;
  for (std::size_t i = first; i < flows.size(); ++i) write_flow(json, *flows[i], true);
  json.end_array();
  return ",\"flows\":" + json.take() + "}";
}

ClientMessage read_client_message(const std::string& text) {
  ClientMessage message;
  Fields fields;
  const InputProblems found = read_body(text, message_schema(), fields);
  if (found.status != 0) {
    const bool at_all = !found.problems.empty() && found.problems.front().pointer.empty();
    message.readable = !at_all;
    message.status = found.status;
    message.problem = problem(found.status, found.detail, found.problems).problem;
    return message;
  }
  message.readable = true;
  message.resync = fields.text("type") == "resync";
  Subscription& wanted = message.subscription;
  run::parse_level(fields.text("level", "group"), wanted.view.level);
  wanted.view.path = fields.text("path");
  wanted.view.focus = fields.text("focus");
  wanted.rate = rate_class(fields.number("rate", 10));
  wanted.flows = fields.flag("flows", false);
  if (fields.has("sinceEventSeq")) wanted.since_event = static_cast<std::uint64_t>(fields.number("sinceEventSeq", 0));
  return message;
}

}  // namespace http

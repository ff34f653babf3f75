#include "http/routes/common.h"

namespace http::routes {
namespace {

void write_traffic(JsonWriter& json, const run::Structure& structure, std::uint32_t index) {
  const run::ServiceInfo& service = structure.services[index];
  std::uint32_t alive = 0;
  for (const run::InstanceInfo& instance : structure.instances) {
    if (structure.groups[instance.group].service == index && instance.state != run::InstanceState::dead) ++alive;
  }
  json.begin_object().member("service", service.name).member("requestsPerSecond", service.requests_per_second);
  json.member("instances", alive).end_object();
}

std::vector<std::uint32_t> entries(const run::Structure& structure) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < structure.services.size(); ++i) {
    if (structure.services[i].entry) found.push_back(i);
  }
  return found;
}

Reply one_reply(const run::Simulation& simulation, const std::string& name) {
  const auto snapshot = simulation.snapshot();
  const run::Structure& structure = *snapshot->structure;
  std::vector<std::string> known;
  for (const std::uint32_t index : entries(structure)) {
    known.push_back(structure.services[index].name);
    if (known.back() != name) continue;
    JsonWriter json;
    write_traffic(json, structure, index);
    return ok(json.take());
  }
  return not_found("load source", name, known);
}

void list(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  respond(list_reply(request, entries(*snapshot->structure),
                     [&snapshot](JsonWriter& json, std::uint32_t index) { write_traffic(json, *snapshot->structure, index); }));
}

void put(Context& context, run::Simulation& simulation, const Request& request, const Respond& respond) {
  const std::string service = request.params.at("service");
  const run::SetTraffic command{service, request.fields.number("requestsPerSecond", 0)};
  carry_out(context, simulation, command, respond,
            [service](run::Simulation& present, const run::Applied&) { return one_reply(present, service); });
}

}  // namespace

std::vector<Route> traffic(Context& context) {
  const std::string collection = std::string(prefix) + "/traffic";
  const std::string one = collection + "/{service}";
  const std::vector<Field> shape = {text("service", ""), number("requestsPerSecond", "offered by all its instances", 0, 1e6),
                                    integer("instances", "", 0, 1e6)};
  const Field wanted = object("", "", {number("requestsPerSecond", "Of all its instances together.", 0, 1'000'000).need()});
  return {
      {"GET",
       collection,
       "listTraffic",
       "The load sources and what they offer.",
       page_fields(),
       {},
       {answered(200, "A page of them.", {array("items", "", shape)})},
       in_simulation(context, list)},
      {"GET",
       one,
       "getTraffic",
       "One load source.",
       {},
       {},
       {answered(200, "The load source.", shape)},
       in_simulation(context, [](run::Simulation& s, const Request& request,
                                 const Respond& respond) { respond(one_reply(s, request.params.at("service"))); })},
      {"PUT",
       one,
       "putTraffic",
       "Changes what a load source offers.",
       {},
       wanted,
       {answered(200, "It offers that now.", shape)},
       in_simulation(
           context, [&context](run::Simulation& s, const Request& request, const Respond& respond) { put(context, s, request, respond); })},
  };
}

}  // namespace http::routes

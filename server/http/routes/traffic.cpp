#include "architecture/read.h"
#include "http/routes/common.h"

namespace http::routes {
namespace {

/// `whole`: with the rows of a trace.
void write_traffic(JsonWriter& json, const run::Structure& structure, std::uint32_t index, bool whole) {
  const run::ServiceInfo& service = structure.services[index];
  const run::StateCounts instances = structure.instances_of(index);
  json.begin_object().member("service", service.name);
  if (service.load->requests_per_second) json.member("requestsPerSecond", *service.load->requests_per_second);
  json.member("instances", instances.all() - instances.dead).member("setSimTimeMs", sim_ms(service.load_since)).key("load");
  write_load(json, *service.load, whole);
  json.end_object();
}

std::vector<std::uint32_t> load_sources(const run::Structure& structure) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < structure.services.size(); ++i) {
    if (structure.services[i].entry) found.push_back(i);
  }
  return found;
}

Reply traffic_reply(const run::Simulation& simulation, const std::string& name) {
  const auto snapshot = simulation.snapshot();
  const run::Structure& structure = *snapshot->structure;
  std::vector<std::string> known;
  for (const std::uint32_t index : load_sources(structure)) {
    known.push_back(structure.services[index].name);
    if (known.back() != name) continue;
    JsonWriter json;
    write_traffic(json, structure, index, true);
    return ok(json.take());
  }
  return not_found("load source", name, known);
}

void list_traffic(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  respond(list_reply(request, load_sources(*snapshot->structure),
                     [&snapshot](JsonWriter& json, std::uint32_t index) { write_traffic(json, *snapshot->structure, index, false); }));
}

/// The command that a body asks for, or what is wrong with it.
std::variant<run::SetTraffic, Reply> traffic_command(const std::string& service, const Fields& fields) {
  const bool rate = fields.has("requestsPerSecond");
  if (!fields.has("load")) {
    if (rate) return run::SetTraffic{service, fields.number("requestsPerSecond", 0)};
    return problem(400, "Give a rate, a load or both.",
                   {{"/load", "missingField", "at least one of 'requestsPerSecond' and 'load' is required", {}}});
  }
  auto read = architecture::read_load(fields.text("load"));
  if (auto* problems = std::get_if<architecture::Problems>(&read)) {
    for (model::Problem& found : *problems) found.pointer.insert(0, "/load");
    return wrong_body("the load", std::move(*problems));
  }
  auto& load = std::get<model::LoadSpec>(read);
  if (rate) {
    const double wanted = fields.number("requestsPerSecond", 0);
    if (!load.has_rate() || load.requests_per_second.value_or(wanted) != wanted) {
      return problem(422, "The rate and the load contradict each other.",
                     {{"/requestsPerSecond", "conflict", "the load has another rate, or users or a trace in place of one", {}}});
    }
    load.requests_per_second = wanted;
  }
  return run::SetTraffic{service, 0, std::make_shared<const model::LoadSpec>(std::move(load))};
}

Made put_traffic(const Request& request) {
  auto command = traffic_command(request.params.at("service"), request.fields);
  if (auto* refusal = std::get_if<Reply>(&command)) return std::move(*refusal);
  return std::get<run::SetTraffic>(std::move(command));
}

}  // namespace

std::vector<Route> traffic(Context& context) {
  const std::string collection = std::string(prefix) + "/traffic";
  const std::string one = collection + "/{service}";
  const std::vector<Field> shape = {text("service", ""), number("requestsPerSecond", "offered by all its instances", 0, 1e6),
                                    integer("instances", "", 0, instances_max), number("setSimTimeMs", "when the load was set", 0, 1e13),
                                    anything("load", "see json_arch/architecture.schema.json; every field, defaults filled in")};
  const Field wanted =
      object("", "At least one of the two.",
             {number("requestsPerSecond", "Of all its instances together, for the present load or the one given.", 0, 1'000'000),
              document("load", "What it does from now on: load in json_arch/architecture.schema.json.")});
  return {
      {"GET",
       collection,
       "listTraffic",
       "The load sources and what they offer; of traces, how long they are.",
       page_fields(),
       {},
       {answered(200, "A page of them.", {array("items", "", shape)})},
       in_simulation(context, list_traffic)},
      {"GET",
       one,
       "getTraffic",
       "One load source.",
       {},
       {},
       {answered(200, "The load source.", shape)},
       in_simulation(context, [](run::Simulation& s, const Request& request,
                                 const Respond& respond) { respond(traffic_reply(s, request.params.at("service"))); })},
      commanding(
          context,
          {"PUT", one, "putTraffic", "Changes what a load source offers.", {}, wanted, {answered(200, "It offers that now.", shape)}, {}},
          put_traffic,
          [](run::Simulation& present, const Request& request, const run::Applied&) {
            return traffic_reply(present, request.params.at("service"));
          }),
  };
}

}  // namespace http::routes

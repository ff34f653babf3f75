#include <algorithm>

#include "http/routes/common.h"
#include "http/routes/histograms.h"

namespace http::routes {
namespace {

/// An instance with what its place in the structure says about it.
struct Place {
  const run::InstanceInfo& instance;
  const run::ServiceInfo& service;
  const run::LocationInfo& location;
  const std::string& version;
};

Place place_of(const run::Structure& structure, const run::InstanceInfo& instance) {
  const run::GroupInfo& group = structure.groups[instance.group];
  return {instance, structure.services[group.service], structure.locations[group.location], structure.cells[instance.cell].version};
}

void write_members(JsonWriter& json, const run::Snapshot& snapshot, const run::InstanceInfo& instance) {
  const run::Structure& structure = *snapshot.structure;
  const Place place = place_of(structure, instance);
  const std::string name = structure.name_of(instance);
  json.member("id", name).member("name", name).member("fullName", structure.full_name_of(instance));
  json.member("service", place.service.name).member("package", place.service.package).member("version", place.version);
  json.member("region", place.location.region).member("zone", place.location.id).member("address", instance.address);
  json.member("state", run::name_of(instance.state));
  const run::InstanceCount& now = snapshot.now->of(instance.id);
  const run::InstanceCount& base = snapshot.base->of(instance.id);
  const double seconds = rate_seconds(snapshot);
  json.key("requestsPerSecond").rounded(per_second(now.requests, base.requests, seconds));
  json.key("errorsPerSecond").rounded(per_second(now.errors, base.errors, seconds));
  json.member("inFlight", now.in_flight).member("queue", now.queue).member("workers", instance.workers);
  const double busy = per_second(now.busy_ns, base.busy_ns, seconds) / 1e9;
  json.key("utilisation").rounded(instance.workers == 0 ? 0.0 : std::min(1.0, busy / instance.workers));
  const bool replied = now.replies > base.replies && now.service_ns >= base.service_ns;
  json.key("meanServiceMs")
      .rounded(replied ? static_cast<double>(now.service_ns - base.service_ns) / static_cast<double>(now.replies - base.replies) / 1e6
                       : 0.0);
  json.member("startedSimTimeMs", sim_ms(instance.started));
}

bool wanted(const Fields& query, const Place& place) {
  const auto differs = [&query](const char* name, const std::string& value) { return query.has(name) && query.text(name) != value; };
  return !differs("service", place.service.name) && !differs("zone", place.location.id) && !differs("region", place.location.region) &&
         !differs("version", place.version) && !differs("state", run::name_of(place.instance.state));
}

void list(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  std::vector<const run::InstanceInfo*> found;
  for (const run::InstanceInfo& instance : snapshot->structure->instances) {
    if (wanted(request.query, place_of(*snapshot->structure, instance))) found.push_back(&instance);
  }
  respond(list_reply(request, found, [&snapshot](JsonWriter& json, const run::InstanceInfo* instance) {
    json.begin_object();
    write_members(json, *snapshot, *instance);
    json.end_object();
  }));
}

Reply missing(const std::string& name) {
  return problem(404, "There is no instance '" + name + "'; GET .../instances lists them.");
}

void get(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  const run::Structure& structure = *snapshot->structure;
  const std::string& name = request.params.at("name");
  const run::InstanceInfo* instance = structure.find(name);
  if (instance == nullptr) return respond(missing(name));
  const run::GroupInfo& group = structure.groups[instance->group];
  const model::Histogram response =
      merged_histogram(structure, snapshot->window.get(), group.service, structure.locations[group.location].id, HistogramKind::response);
  JsonWriter json;
  json.begin_object();
  write_members(json, *snapshot, *instance);
  json.key("histogram");
  write_histogram(json, "response", response);
  json.end_object();
  respond(ok(json.take()));
}

void kill(Context& context, run::Simulation& simulation, const Request& request, const Respond& respond) {
  const std::string name = request.params.at("name");
  carry_out(context, simulation, run::KillInstance{name}, respond, [name](run::Simulation& present, const run::Applied& applied) {
    JsonWriter json;
    json.begin_object().member("id", name).member("state", "dead").member("simTimeMs", sim_ms(applied.at)).end_object();
    return accepted(json.take(), path_of(present, "/instances/" + name));
  });
}

std::vector<Field> instance_fields() {
  return {text("id", "the short name"),
          text("name", ""),
          text("fullName", ""),
          text("service", ""),
          text("package", ""),
          text("version", ""),
          text("region", ""),
          text("zone", ""),
          text("address", ""),
          text("state", "starting, up, draining, down or dead"),
          number("requestsPerSecond", "", 0, 1e9),
          number("errorsPerSecond", "", 0, 1e9),
          integer("inFlight", "", 0, 1e9),
          integer("queue", "", 0, 1e9),
          integer("workers", "", 0, 65'535),
          number("utilisation", "", 0, 1),
          number("meanServiceMs", "", 0, 1e9),
          number("startedSimTimeMs", "", 0, 1e13)};
}

}  // namespace

std::vector<Route> instances(Context& context) {
  const std::string collection = std::string(prefix) + "/instances";
  std::vector<Field> query = page_fields();
  for (const char* name : {"service", "zone", "region", "version"}) query.push_back(identifier(name, "Only those of this one."));
  query.push_back(choice("state", "Only those in this state.", {"starting", "up", "draining", "down", "dead"}));
  std::vector<Field> single = instance_fields();
  single.push_back(anything("histogram", "of the responses of its service in its zone"));
  return {
      {"GET",
       collection,
       "listInstances",
       "The instances, by service, zone and number.",
       query,
       {},
       {answered(200, "A page of them.", {array("items", "", instance_fields())})},
       in_simulation(context, list)},
      {"GET",
       collection + "/{name}",
       "getInstance",
       "One instance.",
       {},
       {},
       {answered(200, "The instance.", single)},
       in_simulation(context, get)},
      {"DELETE",
       collection + "/{name}",
       "killInstance",
       "Kills an instance at once.",
       {},
       {},
       {answered(202, "It is dead; its callers find out.", {text("id", ""), text("state", ""), number("simTimeMs", "", 0, 1e13)})},
       in_simulation(context, [&context](run::Simulation& s, const Request& request,
                                         const Respond& respond) { kill(context, s, request, respond); })},
  };
}

}  // namespace http::routes

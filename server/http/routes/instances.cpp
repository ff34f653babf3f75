#include <algorithm>

#include "http/routes/common.h"
#include "http/routes/histograms.h"
#include "run/view.h"

namespace http::routes {
namespace {

/// An instance with what its place in the structure says about it.
struct InstancePlace {
  const run::InstanceInfo& instance;
  const run::ServiceInfo& service;
  const run::LocationInfo& location;
  const std::string& version;
};

InstancePlace instance_place(const run::Structure& structure, const run::InstanceInfo& instance) {
  const run::GroupInfo& group = structure.groups[instance.group];
  return {instance, structure.services[group.service], structure.locations[group.location], structure.cells[instance.cell].version};
}

void write_instance_members(JsonWriter& json, const run::Snapshot& snapshot, const run::InstanceInfo& instance) {
  const run::Structure& structure = *snapshot.structure;
  const InstancePlace place = instance_place(structure, instance);
  const std::string name = structure.name_of(instance);
  json.member("id", name).member("name", name).member("fullName", structure.full_name_of(instance));
  json.member("service", place.service.name).member("package", place.service.package).member("version", place.version);
  json.member("region", place.location.region).member("zone", place.location.id).member("address", instance.address);
  if (instance.machine != run::InstanceInfo::no_machine) json.member("machine", structure.name_of(structure.machines[instance.machine]));
  json.member("state", run::name_of(instance.state));
  if (instance.role != run::Role::none) json.member("role", run::name_of(instance.role));
  const run::InstanceChange last = run::change_of(instance, *snapshot.now, *snapshot.base);
  const double seconds = rate_seconds(snapshot);
  json.key("requestsPerSecond").rounded(per_second(last.requests, 0, seconds));
  json.key("errorsPerSecond").rounded(per_second(last.errors, 0, seconds));
  json.member("inFlight", last.now.in_flight).member("queue", last.now.queue).member("workers", instance.workers);
  const double busy = per_second(last.busy_ns, 0, seconds) / 1e9;
  json.key("utilisation").rounded(instance.workers == 0 ? 0.0 : std::min(1.0, busy / instance.workers));
  json.key("meanServiceMs")
      .rounded(last.replies > 0 ? static_cast<double>(last.service_ns) / static_cast<double>(last.replies) / 1e6 : 0.0);
  json.member("startedSimTimeMs", sim_ms(instance.started));
  if (structure.counted_since > instance.started) json.member("countedSinceSimTimeMs", sim_ms(structure.counted_since));
}

bool instance_wanted(const Fields& query, const InstancePlace& place) {
  const auto differs = [&query](const char* name, const std::string& value) { return query.has(name) && query.text(name) != value; };
  return !differs("service", place.service.name) && !differs("zone", place.location.id) && !differs("region", place.location.region) &&
         !differs("version", place.version) && !differs("state", run::name_of(place.instance.state));
}

Reply found_instances_reply(const Request& request, const run::Snapshot& snapshot, const std::vector<std::uint32_t>& found) {
  return list_reply(request, found, [&snapshot](JsonWriter& json, std::uint32_t index) {
    json.begin_object();
    write_instance_members(json, snapshot, snapshot.structure->instances[index]);
    json.end_object();
  });
}

/// What the query says of places and services. None: nothing is in that.
std::optional<run::Scope> scope_of(const run::Structure& structure, const Fields& query) {
  run::Scope scope;
  scope.service = query.text("service");
  scope.path = query.text("region");
  if (!query.has("zone")) return scope;
  const std::string zone = query.text("zone");
  for (const run::LocationInfo& location : structure.locations) {
    if (location.id != zone || (!scope.path.empty() && location.region != scope.path)) continue;
    scope.path = zone;
    return scope;
  }
  return std::nullopt;
}

std::uint64_t instance_count_in(const run::Structure& structure, const run::Scope& scope) {
  std::uint64_t count = 0;
  for (const run::CellInfo& cell : structure.cells) {
    const run::GroupInfo& group = structure.groups[cell.group];
    if (!run::within(structure.locations[group.location], scope.path)) continue;
    if (scope.service.empty() || structure.services[group.service].name == scope.service) count += cell.instances.all();
  }
  return count;
}

void list_instances(Context& context, run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  const run::Structure& structure = *snapshot->structure;
  auto scope = scope_of(structure, request.query);
  if (!scope) return respond(found_instances_reply(request, *snapshot, {}));
  const bool all_of_scope = !request.query.has("version") && !request.query.has("state");
  if (structure.everything || !all_of_scope) {
    return look_at(context, simulation, *std::move(scope), respond, [request](const run::Looked& looked) {
      std::vector<std::uint32_t> found = looked.instances;
      const run::Structure& shown = *looked.snapshot->structure;
      std::erase_if(found, [&](std::uint32_t i) { return !instance_wanted(request.query, instance_place(shown, shown.instances[i])); });
      return found_instances_reply(request, *looked.snapshot, found);
    });
  }
  // Only the page is looked at, so that there may be any number.
  const Page page = page_of(request, instance_count_in(structure, *scope));
  if (page.problem) return respond(*page.problem);
  scope->from = page.from;
  scope->count = std::max<std::size_t>(1, page.to - page.from);
  look_at(context, simulation, *std::move(scope), respond, [next = page.next](const run::Looked& looked) {
    JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (const std::uint32_t index : looked.instances) {
      json.begin_object();
      write_instance_members(json, *looked.snapshot, looked.snapshot->structure->instances[index]);
      json.end_object();
    }
    json.end_array();
    if (!next.empty()) json.member("nextPageToken", next);
    json.end_object();
    return ok(json.take());
  });
}

Reply missing_instance(const std::string& name) {
  return problem(404, "There is no instance '" + name + "'; GET .../instances lists them.");
}

Reply instance_reply(const run::Snapshot& snapshot, const run::InstanceInfo& instance) {
  const run::Structure& structure = *snapshot.structure;
  const run::GroupInfo& group = structure.groups[instance.group];
  const model::Histogram response =
      merged_histogram(structure, snapshot.window.get(), group.service, structure.locations[group.location].id, HistogramKind::response);
  JsonWriter json;
  json.begin_object();
  write_instance_members(json, snapshot, instance);
  json.key("histogram");
  write_histogram(json, "response", response);
  json.end_object();
  return ok(json.take());
}

void get_instance(Context& context, run::Simulation& simulation, const Request& request, const Respond& respond) {
  const std::string name = request.params.at("name");
  run::Scope scope;
  scope.instance = name;
  simulation.look_at(std::move(scope), [&context, respond, name](run::LookResult result) {
    context.post([respond, name, result = std::move(result)] {
      const auto* looked = std::get_if<run::Looked>(&result);
      if (looked != nullptr)
        return respond(instance_reply(*looked->snapshot, looked->snapshot->structure->instances[looked->instances.at(0)]));
      const model::Refusal& refusal = std::get<model::Refusal>(result);
      respond(refusal.kind == model::Refusal::Kind::not_found ? missing_instance(name) : refused(refusal));
    });
  });
}

Made kill_instance(const Request& request) {
  return run::KillInstance{request.params.at("name")};
}

Reply instance_killed(const run::Simulation& present, const Request& request, const run::Applied& applied) {
  const std::string& name = request.params.at("name");
  JsonWriter json;
  json.begin_object().member("id", name).member("state", "dead").member("simTimeMs", sim_ms(applied.at)).end_object();
  return accepted(json.take(), path_of(present, "/instances/" + name));
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
          text("machine", "that it runs on; absent where machines are not modelled"),
          text("state", "starting, up, draining, down or dead"),
          text("role", "primary or secondary, of a service that has one primary"),
          number("requestsPerSecond", "", 0, 1e9),
          number("errorsPerSecond", "", 0, 1e9),
          integer("inFlight", "", 0, 1e9),
          integer("queue", "", 0, 1e9),
          integer("workers", "", 0, 65'535),
          number("utilisation", "", 0, 1),
          number("meanServiceMs", "", 0, 1e9),
          number("startedSimTimeMs", "", 0, 1e13),
          number("countedSinceSimTimeMs", "since when its requests were counted, if that is not its start", 0, 1e13)};
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
       in_simulation(context, [&context](run::Simulation& s, const Request& request,
                                         const Respond& respond) { list_instances(context, s, request, respond); })},
      {"GET",
       collection + "/{name}",
       "getInstance",
       "One instance.",
       {},
       {},
       {answered(200, "The instance.", single)},
       in_simulation(context, [&context](run::Simulation& s, const Request& request,
                                         const Respond& respond) { get_instance(context, s, request, respond); })},
      commanding(
          context,
          {"DELETE",
           collection + "/{name}",
           "killInstance",
           "Kills an instance at once.",
           {},
           {},
           {answered(202, "It is dead; its callers find out.", {text("id", ""), text("state", ""), number("simTimeMs", "", 0, 1e13)})},
           {}},
          kill_instance, instance_killed),
  };
}

}  // namespace http::routes

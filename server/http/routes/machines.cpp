#include "http/routes/common.h"

namespace http::routes {
namespace {

void write_machine_members(JsonWriter& json, const run::Structure& structure, const run::MachineInfo& machine) {
  const run::MachineTypeInfo& type = structure.machine_types[machine.type];
  const run::LocationInfo& location = structure.locations[machine.location];
  const std::string name = structure.name_of(machine);
  json.member("id", name).member("name", name).member("type", type.name).member("kind", model::name_of(type.kind));
  json.member("region", location.region).member("zone", location.id).member("state", model::name_of(machine.state));
  json.member("shared", machine.shared).member("memoryMb", type.memory_mb).member("usedMb", machine.used_mb);
  json.member("slots", machine.shared ? type.slots : 1).member("instances", machine.instances.size());
  json.member("startedSimTimeMs", sim_ms(machine.started)).member("upSimTimeMs", sim_ms(machine.up_at));
}

bool machine_wanted(const Fields& query, const run::Structure& structure, const run::MachineInfo& machine) {
  const auto differs = [&query](const char* name, const std::string& value) { return query.has(name) && query.text(name) != value; };
  const run::MachineTypeInfo& type = structure.machine_types[machine.type];
  const run::LocationInfo& location = structure.locations[machine.location];
  return !differs("type", type.name) && !differs("kind", model::name_of(type.kind)) && !differs("zone", location.id) &&
         !differs("region", location.region) && !differs("state", model::name_of(machine.state));
}

void list_machines(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  const run::Structure& structure = *snapshot->structure;
  std::vector<const run::MachineInfo*> found;
  for (const run::MachineInfo& machine : structure.machines) {
    if (machine_wanted(request.query, structure, machine)) found.push_back(&machine);
  }
  respond(list_reply(request, found, [&structure](JsonWriter& json, const run::MachineInfo* machine) {
    json.begin_object();
    write_machine_members(json, structure, *machine);
    json.end_object();
  }));
}

Reply missing_machine(const run::Structure& structure, const std::string& name) {
  const char* hint =
      structure.machine_types.empty() ? "; no service of this architecture runs on a type of machine." : "; GET .../machines lists them.";
  return problem(404, "There is no machine '" + name + "'" + hint);
}

void get_machine(run::Simulation& simulation, const Request& request, const Respond& respond) {
  const auto snapshot = simulation.snapshot();
  const run::Structure& structure = *snapshot->structure;
  const std::string& name = request.params.at("machine");
  const run::MachineInfo* machine = structure.find_machine(name);
  if (machine == nullptr) return respond(missing_machine(structure, name));
  JsonWriter json;
  json.begin_object();
  write_machine_members(json, structure, *machine);
  json.key("instanceNames").begin_array();
  for (const auto& [group, serial] : machine->instances) json.value(structure.name_of(group, serial));
  json.end_array().end_object();
  respond(ok(json.take()));
}

Made kill_machine(const Request& request) {
  return run::KillMachine{request.params.at("machine")};
}

Reply machine_killed(const run::Simulation& present, const Request& request, const run::Applied& applied) {
  const std::string& name = request.params.at("machine");
  JsonWriter json;
  json.begin_object().member("id", name).member("state", "dead").member("simTimeMs", sim_ms(applied.at));
  json.member("instances", applied.target_count).strings("instanceNames", applied.targets).end_object();
  return accepted(json.take(), path_of(present, "/machines/" + name));
}

std::vector<Field> machine_fields() {
  return {text("id", "its name"),
          text("name", ""),
          text("type", "as documents name it"),
          text("kind", "datacenter, virtualMachine, container or function"),
          text("region", ""),
          text("zone", ""),
          text("state", "starting, up or dead"),
          boolean("shared", "by containers; else it is of one instance"),
          integer("memoryMb", "", 0, model::MachineTypeSpec::memory_max),
          integer("usedMb", "", 0, model::MachineTypeSpec::memory_max),
          integer("slots", "instances that it has room for", 0, model::MachineTypeSpec::slots_max),
          integer("instances", "that run on it", 0, model::MachineTypeSpec::slots_max),
          number("startedSimTimeMs", "", 0, 1e13),
          number("upSimTimeMs", "when it is, or was, up", 0, 1e13)};
}

}  // namespace

std::vector<Route> machines(Context& context) {
  const std::string collection = std::string(prefix) + "/machines";
  std::vector<Field> query = page_fields();
  for (const char* name : {"type", "zone", "region"}) query.push_back(text(name, "Only those of this one."));
  query.push_back(choice("kind", "Only those of this kind.", model::machine_kind_names()));
  query.push_back(choice("state", "Only those in this state.", {"starting", "up", "dead"}));
  std::vector<Field> single = machine_fields();
  single.push_back(anything("instanceNames", "in the order in which they came"));
  return {
      {"GET",
       collection,
       "listMachines",
       "The machines that instances run on, by place, type and number.",
       query,
       {},
       {answered(200, "A page of them.", {array("items", "", machine_fields())})},
       in_simulation(context, list_machines)},
      {"GET",
       collection + "/{machine}",
       "getMachine",
       "One machine, and what runs on it.",
       {},
       {},
       {answered(200, "The machine.", single)},
       in_simulation(context, get_machine)},
      commanding(
          context,
          {"DELETE",
           collection + "/{machine}",
           "killMachine",
           "Kills a machine with all that runs on it, at once.",
           {},
           {},
           {answered(202, "It is dead; callers find out.",
                     {text("id", ""), text("state", ""), number("simTimeMs", "", 0, 1e13),
                      integer("instances", "that died with it", 0, instances_max), anything("instanceNames", "of those, at most 1,000")})},
           {}},
          kill_machine, machine_killed),
  };
}

}  // namespace http::routes

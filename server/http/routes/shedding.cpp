#include "architecture/read.h"
#include "http/routes/common.h"
#include "http/routes/histograms.h"

namespace http::routes {
namespace {

Reply shedding_reply(const run::Snapshot& snapshot, const Request& request) {
  const run::Structure& structure = *snapshot.structure;
  const std::string& name = request.params.at("service");
  const auto index = structure.service_index(name);
  if (!index) return not_found("service", name, service_names(structure));
  const run::CellCount count = service_count(structure, *snapshot.now, *index);
  JsonWriter json;
  json.begin_object().member("service", name).key("shedding");
  write_shedding(json, structure.services[*index].shedding.get());
  json.key("counts").begin_object().member("requests", count.requests).member("useless", count.useless).key("shed");
  write_shed_count(json, count.shed);
  json.end_object().end_object();
  return ok(json.take());
}

Reply shedding_applied(run::Simulation& present, const Request& request, const run::Applied&) {
  return shedding_reply(*present.snapshot(), request);
}

Made put_shedding(const Request& request) {
  auto read = architecture::read_shedding(request.body);
  if (auto* problems = std::get_if<architecture::Problems>(&read)) return wrong_body("the load shedding", std::move(*problems));
  return run::SetShedding{request.params.at("service"),
                          std::make_shared<const model::Shedding>(std::get<model::Shedding>(std::move(read)))};
}

Made remove_shedding(const Request& request) {
  return run::SetShedding{request.params.at("service"), nullptr};
}

}  // namespace

std::vector<Route> shedding(Context& context) {
  const std::string one = std::string(prefix) + "/services/{service}/shedding";
  const std::vector<Field> shape = {text("service", ""),
                                    anything("shedding", "As a document has it, every field; null: it takes every call."),
                                    anything("counts", "What arrived since the start, was done for nothing, and was shed, by importance.")};
  return {
      {"GET",
       one,
       "getShedding",
       "What a service turns down, and what it has turned down.",
       {},
       {},
       {answered(200, "Its load shedding and counts.", shape)},
       in_simulation(context, [](run::Simulation& s, const Request& request,
                                 const Respond& respond) { respond(shedding_reply(*s.snapshot(), request)); })},
      commanding(context,
                 {"PUT",
                  one,
                  "putShedding",
                  "Another load shedding from now on; limits and averages begin anew.",
                  {},
                  document("shedding", "What is turned down: shedding in json_arch/architecture.schema.json."),
                  {answered(200, "It sheds like that now.", shape)},
                  {}},
                 put_shedding, shedding_applied),
      commanding(context,
                 {"DELETE",
                  one,
                  "deleteShedding",
                  "It takes every call from now on.",
                  {},
                  {},
                  {answered(200, "It sheds nothing now.", shape)},
                  {}},
                 remove_shedding, shedding_applied),
  };
}

}  // namespace http::routes

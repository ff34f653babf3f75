#include <algorithm>

#include "http/routes/common.h"
#include "run/catalogue.h"

namespace http::routes {
namespace {

constexpr const char* architectures_path = "/api/v1/architectures";
constexpr const char* architecture_path = "/api/v1/architectures/{name}";

Reply list_architectures(const Context& context, const Request& request) {
  return list_reply(request, context.catalogue.list(), [](JsonWriter& json, const auto& entry) {
    const architecture::Architecture& document = *entry.second->document;
    json.begin_object().member("name", entry.first).member("description", document.description).member("victim", document.victim);
    json.member("services", document.services.size()).member("builtIn", entry.second->built_in).end_object();
  });
}

Reply get_architecture(const Context& context, const Request& request) {
  const std::string& name = request.params.at("name");
  const auto entry = context.catalogue.find(name);
  return entry ? ok(entry->text) : not_found("architecture", name, context.catalogue.names());
}

Reply put_architecture(const Context& context, const Request& request) {
  const std::string& name = request.params.at("name");
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (name.size() > architecture::name_length_max || !std::all_of(name.begin(), name.end(), allowed)) {
    return problem(422, "The name of an architecture has 1 to 100 letters, digits, - and _.");
  }
  auto stored = context.catalogue.store(name, request.body, false);
  if (auto* problems = std::get_if<architecture::Problems>(&stored)) {
    const std::string detail =
        "The document has " + std::to_string(problems->size()) + (problems->size() == 1 ? " problem." : " problems.");
    return problem(422, detail, std::move(*problems), "bad-document");
  }
  switch (std::get<Catalogue::Stored>(stored)) {
    case Catalogue::Stored::made:
      return created(request.body, request.path);
    case Catalogue::Stored::replaced:
      return ok(request.body);
    case Catalogue::Stored::read_only:
      return problem(409, "'" + name + "' comes with the server and cannot be replaced; store it under another name.");
    case Catalogue::Stored::full:
      break;
  }
  return problem(429, "The server keeps at most " + std::to_string(Catalogue::stored_max) + " documents; delete one first.");
}

Reply remove_architecture(const Context& context, const Request& request) {
  const std::string& name = request.params.at("name");
  switch (context.catalogue.remove(name)) {
    case Catalogue::Removed::done:
      return no_content();
    case Catalogue::Removed::read_only:
      return problem(409, "'" + name + "' comes with the server and cannot be deleted.");
    case Catalogue::Removed::missing:
      break;
  }
  return not_found("architecture", name, context.catalogue.names());
}

Reply validate_architecture(const Context& context, const Request& request) {
  const auto read =
      architecture::read_architecture(request.fields.text("document"), run::package_names(), context.catalogue.defaults().protocols,
                                      context.catalogue.defaults().policies, context.catalogue.defaults().registries);
  JsonWriter json;
  const auto* problems = std::get_if<architecture::Problems>(&read);
  json.begin_object().member("valid", problems == nullptr).key("errors").begin_array();
  if (problems != nullptr) {
    for (const model::Problem& error : *problems) {
      json.begin_object().member("pointer", error.pointer).member("code", error.code).member("message", error.message);
      if (!error.known.empty()) json.strings("known", error.known);
      json.end_object();
    }
  }
  json.end_array();
  if (problems == nullptr) {
    const auto& document = std::get<architecture::Architecture>(read);
    std::size_t dependencies = 0;
    for (const architecture::Service& service : document.services) dependencies += service.dependencies.size();
    const Catalogue& catalogue = context.catalogue;
    json.key("lint").begin_array();
    for (const auto& finding : architecture::lint::lint(document, catalogue.defaults(), catalogue.regions())) write_finding(json, finding);
    json.end_array();
    json.key("counts").begin_object().member("services", document.services.size()).member("dependencies", dependencies).end_object();
  }
  json.end_object();
  return ok(json.take());
}

}  // namespace

std::vector<Route> architectures(Context& context) {
  const Field whole = document("document", "An architecture document, see json_arch/architecture.schema.json.");
  const auto sync = [&context](Reply (*handler)(const Context&, const Request&)) -> Handler {
    return [&context, handler](const Request& request, const Respond& respond) { respond(handler(context, request)); };
  };
  return {
      {"GET",
       architectures_path,
       "listArchitectures",
       "The documents that this server knows.",
       page_fields(),
       {},
       {answered(200, "A page of them.",
                 {array("items", "",
                        {text("name", ""), text("description", ""), text("victim", ""), integer("services", "", 0, 1'000),
                         boolean("builtIn", "")})})},
       sync(list_architectures)},
      {"POST",
       "/api/v1/architectures/validations",
       "validateArchitecture",
       "Checks a document and stores nothing.",
       {},
       object("", "", {Field(whole).need()}),
       {answered(200, "Whether it is valid, every problem if not, and what the rules of lint find if it is.",
                 {boolean("valid", ""), anything("errors", ""), array("lint", "what may hurt, when it is valid", finding_fields()),
                  anything("counts", "")})},
       sync(validate_architecture)},
      {"GET",
       architecture_path,
       "getArchitecture",
       "A document as it was given.",
       {},
       {},
       {answered(200, "The document.")},
       sync(get_architecture)},
      {"PUT",
       architecture_path,
       "putArchitecture",
       "Stores a document, or replaces one.",
       {},
       whole,
       {answered(200, "It was replaced."), answered(201, "It was stored.")},
       sync(put_architecture)},
      {"DELETE",
       architecture_path,
       "deleteArchitecture",
       "Removes a stored document.",
       {},
       {},
       {answered(204, "It is gone.")},
       sync(remove_architecture)},
  };
}

}  // namespace http::routes

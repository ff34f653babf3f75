#include "http/body.h"
#include "http/routes/common.h"

namespace http::routes {
namespace {

constexpr const char* templates_path = "/api/v1/experiment-templates";
constexpr const char* template_path = "/api/v1/experiment-templates/{template}";

/// A text, a number, or an array of them.
void write_value(JsonWriter& json, const architecture::JsonValue& value) {
  using Kind = architecture::JsonValue::Kind;
  if (value.kind == Kind::string) {
    json.value(value.text);
  } else if (value.kind == Kind::number) {
    json.value(value.number);
  } else {
    json.begin_array();
    for (const architecture::JsonValue& entry : value.items) write_value(json, entry);
    json.end_array();
  }
}

Reply list_templates(const Context& context, const Request& request) {
  return list_reply(request, context.catalogue.templates().list(), [](JsonWriter& json, const Templates::EntryPtr& entry) {
    const architecture::ExperimentTemplate& form = entry->form;
    json.begin_object().member("name", form.name).member("title", form.title).member("description", form.description);
    json.key("variables").begin_array();
    for (const auto& variable : form.variables) {
      json.begin_object().member("name", variable.name).member("description", variable.description).key("default");
      write_value(json, variable.value);
      json.end_object();
    }
    json.end_array().member("builtIn", entry->built_in).end_object();
  });
}

Reply get_template(const Context& context, const Request& request) {
  const std::string& name = request.params.at("template");
  const auto entry = context.catalogue.templates().find(name);
  return entry ? ok(entry->text) : not_found("template", name, context.catalogue.templates().names());
}

Reply put_template(const Context& context, const Request& request) {
  const std::string& name = request.params.at("template");
  auto stored = context.catalogue.templates().store(name, request.body, false);
  if (auto* problems = std::get_if<architecture::Problems>(&stored)) {
    const std::string detail = summary_of(*problems, "the template");
    return problem(422, detail, std::move(*problems), "bad-document");
  }
  switch (std::get<Templates::Stored>(stored)) {
    case Templates::Stored::made:
      return created(request.body, request.path);
    case Templates::Stored::replaced:
      return ok(request.body);
    case Templates::Stored::read_only:
      return problem(409, "'" + name + "' comes with the server and cannot be replaced; store it under another name.");
    case Templates::Stored::full:
      break;
  }
  return problem(429, "The server keeps at most " + std::to_string(Templates::stored_max) + " templates; delete one first.");
}

Reply remove_template(const Context& context, const Request& request) {
  const std::string& name = request.params.at("template");
  switch (context.catalogue.templates().remove(name)) {
    case Templates::Removed::done:
      return no_content();
    case Templates::Removed::read_only:
      return problem(409, "'" + name + "' comes with the server and cannot be deleted.");
    case Templates::Removed::missing:
      break;
  }
  return not_found("template", name, context.catalogue.templates().names());
}

}  // namespace

std::vector<Route> experiment_templates(Context& context) {
  const Field whole = document("template", "{name, title, description, variables: [{name, description, default}], experiment}");
  const auto sync = [&context](Reply (*handler)(const Context&, const Request&)) -> Handler {
    return [&context, handler](const Request& request, const Respond& respond) { respond(handler(context, request)); };
  };
  return {
      {"GET",
       templates_path,
       "listExperimentTemplates",
       "Experiments with blanks that this server knows.",
       page_fields(),
       {},
       {answered(200, "A page of them.",
                 {array("items", "",
                        {text("name", ""), text("title", ""), text("description", ""), anything("variables", "name, description, default"),
                         boolean("builtIn", "")})})},
       sync(list_templates)},
      {"GET",
       template_path,
       "getExperimentTemplate",
       "A template as it was given.",
       {},
       {},
       {answered(200, "The template.")},
       sync(get_template)},
      {"PUT",
       template_path,
       "putExperimentTemplate",
       "Stores a template, or replaces one.",
       {},
       whole,
       {answered(200, "It was replaced."), answered(201, "It was stored.")},
       sync(put_template)},
      {"DELETE",
       template_path,
       "deleteExperimentTemplate",
       "Removes a stored template.",
       {},
       {},
       {answered(204, "It is gone.")},
       sync(remove_template)},
  };
}

}  // namespace http::routes

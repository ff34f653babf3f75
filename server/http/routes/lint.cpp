#include "architecture/lint/lint.h"

#include "http/routes/common.h"

namespace http::routes {
namespace {

namespace lint = architecture::lint;

void write_rule(JsonWriter& json, const lint::Rule* rule) {
  json.begin_object().member("name", rule->name).member("title", rule->title).member("description", rule->description);
  json.member("severity", lint::name_of(rule->severity)).end_object();
}

}  // namespace

std::vector<Route> lint_rules(Context& context) {
  return {
      {"GET",
       "/api/v1/lint-rules",
       "listLintRules",
       "What is looked for in an architecture that is valid.",
       page_fields(),
       {},
       {answered(
           200, "A page of rules.",
           {array("items", "",
                  {text("name", ""), text("title", ""), text("description", ""), text("severity", "the worst: info, warning or error")})})},
       [](const Request& request, const Respond& respond) { respond(list_reply(request, lint::rules(), write_rule)); }},
      {"GET",
       std::string(prefix) + "/lint",
       "getLint",
       "What the rules find in the document that the simulation was made of.",
       page_fields(),
       {},
       {answered(200, "A page of findings, the worst first.", {array("items", "", finding_fields())})},
       in_simulation(context, [](run::Simulation& s, const Request& request,
                                 const Respond& respond) { respond(list_reply(request, s.findings(), write_finding)); })},
  };
}

}  // namespace http::routes

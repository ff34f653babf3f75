#include "http/scenarios.h"

#include <algorithm>
#include <optional>

#include "architecture/change_document.h"
#include "architecture/read_probe.h"
#include "http/body.h"
#include "http/routes/routes.h"
#include "http/target.h"
#include "model/problem_text.h"
#include "run/catalogue.h"

namespace http {
namespace {

using architecture::JsonValue;
using architecture::Need;
using architecture::Report;
using architecture::TextRule;

constexpr double ms_max = sim::to_ms(run::Scenario::duration_max);
constexpr TextRule text_rule{2'000, false, true};

/// Reads the document of a scenario.
class Reader {
 public:
  Reader(Report& report, const Router& router, const Catalogue& catalogue) : report_(report), router_(router), catalogue_(catalogue) {}

  void read(architecture::Fields& fields, run::Scenario& scenario) {
    scenario.title = fields.text("title", Need::required, text_rule);
    scenario.summary = fields.text("summary", Need::required, text_rule);
    scenario.next = fields.text("next", Need::optional, {100});
    scenario.seed = fields.integer("seed", Need::optional, 1'000'000'000, 0, 1);
    scenario.regions = fields.integer("regions", Need::optional, 6, 1, 1);
    scenario.scale_percent = fields.integer("scalePercent", Need::optional, run::scale_percent_max, 1, 100);
    scenario.duration = sim::from_ms(fields.number("durationMs", Need::required, {1, ms_max}, ms_max));
    duration_ = scenario.duration;
    read_document(fields, scenario);
    read_load(fields, scenario);
    each(fields, "story", Need::required, run::Scenario::story_max, [&](architecture::Fields& point) {
      scenario.story.push_back({time_of(point, "atMs"), point.text("text", Need::required, text_rule)});
    });
    each(fields, "actions", Need::optional, run::Scenario::actions_max,
         [&](architecture::Fields& action) { read_action(action, scenario); });
    each(fields, "expected", Need::required, run::Scenario::expectations_max, [&](architecture::Fields& expected) {
      if (auto expectation = read_expectation(expected)) scenario.expected.push_back(std::move(*expectation));
    });
    const auto by_time = [](const auto& a, const auto& b) { return a.at < b.at; };
    std::stable_sort(scenario.story.begin(), scenario.story.end(), by_time);
    std::stable_sort(scenario.actions.begin(), scenario.actions.end(), by_time);
  }

 private:
  template <class Read>
  void each(architecture::Fields& fields, const char* name, Need need, std::size_t most, Read read) {
    const JsonValue* list = fields.find(name, need);
    const std::string pointer = fields.pointer_to(name);
    if (list == nullptr || !architecture::check_kind(*list, JsonValue::Kind::array, pointer, report_)) return;
    if (list->items.size() > most) report_.add(pointer, "tooMany", "There are more than " + std::to_string(most) + ".");
    for (std::size_t i = 0; i < std::min(most, list->items.size()); ++i) {
      architecture::Fields item(list->items[i], architecture::item_pointer(pointer, i), report_);
      if (!item.is_object()) continue;
      read(item);
      item.finish();
    }
  }

  sim::Time time_of(architecture::Fields& fields, const char* name) const {
    return sim::from_ms(fields.number(name, Need::required, {0, sim::to_ms(duration_)}));
  }

  const JsonValue* object_at(architecture::Fields& fields, const char* name) {
    const JsonValue* value = fields.find(name, Need::optional);
    if (value == nullptr || !architecture::check_kind(*value, JsonValue::Kind::object, fields.pointer_to(name), report_)) return nullptr;
    return value;
  }

  void read_document(architecture::Fields& fields, run::Scenario& scenario) {
    const JsonValue* whole = object_at(fields, "document");
    const JsonValue* changes = object_at(fields, "changes");
    scenario.architecture = fields.text("architecture", Need::optional, {100});
    if (scenario.architecture.empty() == (whole == nullptr)) {
      report_.add(fields.pointer_to("architecture"), "missingField", "Exactly one of \"architecture\" and \"document\" is needed.");
      return;
    }
    std::optional<JsonValue> base;
    if (whole != nullptr) {
      base = *whole;
    } else if (const auto entry = catalogue_.find(scenario.architecture)) {
      base = std::get<JsonValue>(architecture::parse_json(entry->text));  // it was read before
    } else {
      const auto known = catalogue_.names();
      const std::string near = model::nearest_name(scenario.architecture, known);
      report_.add(fields.pointer_to("architecture"), "unknownArchitecture",
                  "There is no architecture " + model::quoted(scenario.architecture) +
                      (near.empty() ? "." : "; did you mean " + model::quoted(near) + "?"),
                  known);
      return;
    }
    const std::string text = architecture::json_text(changes == nullptr ? *base : architecture::change_document(*base, *changes));
    const architecture::Defaults& defaults = catalogue_.defaults();
    auto read = architecture::read_architecture(text, run::package_names(), defaults.protocols, defaults.policies, defaults.registries);
    if (auto* problems = std::get_if<architecture::Problems>(&read)) {
      const std::string place = fields.pointer_to(changes != nullptr ? "changes" : "document");
      for (const model::Problem& p : *problems) report_.add(place + p.pointer, p.code, p.message, p.known);
      return;
    }
    auto& document = std::get<architecture::Architecture>(read);
    if (whole == nullptr) document.name = scenario.architecture;
    scenario.document = std::make_shared<const architecture::Architecture>(std::move(document));
  }

  /// What load sources do from the beginning on: the first actions.
  void read_load(architecture::Fields& fields, run::Scenario& scenario) {
    const JsonValue* load = object_at(fields, "load");
    if (load == nullptr) return;
    for (std::size_t i = 0; i < load->names.size(); ++i) {
      run::ScenarioAction action;
      action.request = "PUT /traffic/" + load->names[i];
      action.body = architecture::json_text(load->items[i]);
      add(std::move(action), model::child_pointer(fields.pointer_to("load"), load->names[i]), scenario);
    }
  }

  void read_action(architecture::Fields& fields, run::Scenario& scenario) {
    run::ScenarioAction action;
    action.at = time_of(fields, "atMs");
    action.text = fields.text("text", Need::optional, text_rule);
    action.request = fields.text("request", Need::required, text_rule);
    if (const JsonValue* body = object_at(fields, "body")) action.body = architecture::json_text(*body);
    if (!action.request.empty()) add(std::move(action), fields.pointer(), scenario);
  }

  /// With the command that its request means.
  void add(run::ScenarioAction action, const std::string& pointer, run::Scenario& scenario) {
    Request request;
    const Route* route = route_of(action.request, request);
    if (route == nullptr) {
      report_.add(
          pointer + "/request", "unknownRequest",
          model::quoted(action.request) + " is no request that changes a simulation; there are " + model::joined(known_requests()) + ".");
      return;
    }
    request.body = action.body;
    if (route->body) {
      const InputProblems found = read_body(request.body, *route->body, request.fields);
      for (const model::Problem& p : found.problems) report_.add(pointer + "/body" + p.pointer, p.code, p.message, p.known);
      if (found.status != 0) return;
    } else if (!action.body.empty()) {
      report_.add(pointer + "/body", "unknownField", "This request has no body.");
      return;
    }
    auto made = route->command(request);
    const auto* doubtful = std::get_if<Doubtful>(&made);
    if (const auto* refused = doubtful != nullptr ? &doubtful->why : std::get_if<Reply>(&made)) {
      const auto problems = refused->problem ? refused->problem->errors : std::vector<model::Problem>{};
      for (const model::Problem& p : problems) report_.add(pointer + "/body" + p.pointer, p.code, p.message, p.known);
      if (problems.empty()) report_.add(pointer, "badValue", refused->problem ? refused->problem->detail : "This cannot be carried out.");
      return;
    }
    action.command = std::get<run::Command>(std::move(made));
    scenario.actions.push_back(std::move(action));
  }

  /// "POST /faults" of a simulation.
  const Route* route_of(const std::string& text, Request& request) const {
    const std::size_t blank = text.find(' ');
    if (blank == std::string::npos) return nullptr;
    request.method = text.substr(0, blank);
    const auto target = parse_target("/api/v1/simulations/s" + text.substr(blank + 1));
    if (!target || !target->query.empty()) return nullptr;
    Router::Match match = router_.find(request.method, target->segments);
    if (match.route == nullptr || !match.route->command || match.route->method != request.method) return nullptr;
    request.params = std::move(match.params);
    request.path = target->path;
    return match.route;
  }

  std::vector<std::string> known_requests() const {
    const std::string prefix = "/api/v1/simulations/{id}";
    std::vector<std::string> known;
    for (const Route& route : router_.routes()) {
      if (route.command) known.push_back(route.method + " " + route.path.substr(prefix.size()));
    }
    return known;
  }

  std::optional<run::Expectation> read_expectation(architecture::Fields& fields) {
    run::Expectation expectation;
    expectation.text = fields.text("text", Need::required, text_rule);
    const JsonValue* figure = object_at(fields, "figure");
    const JsonValue* incident = object_at(fields, "incident");
    const JsonValue* deployment = object_at(fields, "deployment");
    const int given = static_cast<int>(figure != nullptr) + static_cast<int>(incident != nullptr) + static_cast<int>(deployment != nullptr);
    if (given != 1) {
      report_.add(fields.pointer(), "missingField", "Exactly one of \"figure\", \"incident\" and \"deployment\" is needed.");
      return std::nullopt;
    }
    if (figure != nullptr) {
      architecture::Fields inner(*figure, fields.pointer_to("figure"), report_);
      run::FigureExpected expected;
      expected.at = time_of(inner, "atMs");
      expected.probe = architecture::read_probe(inner);
      inner.finish();
      expectation.what = std::move(expected);
    } else if (incident != nullptr) {
      expectation.what = read_incident(*incident, fields.pointer_to("incident"));
    } else {
      architecture::Fields inner(*deployment, fields.pointer_to("deployment"), report_);
      expectation.what = run::DeploymentExpected{inner.text("service", Need::required, {100, false, true}),
                                                 inner.text("state", Need::required, {100, false, true}), time_of(inner, "atMs")};
      inner.finish();
    }
    return expectation;
  }

  run::IncidentExpected read_incident(const JsonValue& value, const std::string& pointer) {
    using run::judge::Severity;
    architecture::Fields fields(value, pointer, report_);
    run::IncidentExpected expected;
    std::vector<std::string> names;
    for (const Severity severity : {Severity::redundant, Severity::at_risk, Severity::outage}) names.emplace_back(name_of(severity));
    const auto severity = fields.choice("severity", Need::required, names, "a severity");
    expected.severity = static_cast<Severity>(severity.value_or(0) + 1);
    expected.expected = fields.flag("expected", Need::optional, true);
    expected.from = time_of(fields, "fromMs");
    expected.until = time_of(fields, "untilMs");
    expected.about = fields.text("about", Need::optional, {200});
    if (expected.until < expected.from) report_.add(fields.pointer_to("untilMs"), "badOrder", "This is before \"fromMs\".");
    fields.finish();
    return expected;
  }

  Report& report_;
  const Router& router_;
  const Catalogue& catalogue_;
  sim::Time duration_ = 0;
};

}  // namespace

std::variant<run::Scenario, architecture::Problems> read_scenario(const std::string& name, std::string_view text, const Router& router,
                                                                  const Catalogue& catalogue) {
  auto parsed = architecture::parse_json(text);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return architecture::Problems{*problem};
  architecture::Report report;
  run::Scenario scenario;
  scenario.name = name;
  architecture::Fields fields(std::get<architecture::JsonValue>(parsed), "", report);
  if (fields.is_object()) {
    Reader(report, router, catalogue).read(fields, scenario);
    fields.finish();
  }
  if (!report.empty()) return report.take();
  return scenario;
}

std::variant<run::Scenario, architecture::Problems> read_scenario(const std::string& name, std::string_view text, Catalogue& catalogue) {
  run::Simulations none(0);
  Scenarios no_scenarios;
  Context context{none, catalogue, no_scenarios, "", {}, {}, {}, {}, {}, {}};
  Router router;
  routes::add_all(router, context);
  return read_scenario(name, text, router, catalogue);
}

std::vector<std::string> Scenarios::load(const std::map<std::string, std::string>& texts, const Router& router,
                                         const Catalogue& catalogue) {
  std::vector<std::string> left_out;
  for (const auto& [name, text] : texts) {
    auto read = read_scenario(name, text, router, catalogue);
    if (const auto* problems = std::get_if<architecture::Problems>(&read)) {
      left_out.push_back(name + ": " + problems->front().pointer + " " + problems->front().message);
      continue;
    }
    auto scenario = std::make_shared<const run::Scenario>(std::get<run::Scenario>(std::move(read)));
    entries_.push_back(std::make_shared<const Entry>(Entry{text, std::move(scenario)}));
  }
  return left_out;
}

std::shared_ptr<const Scenarios::Entry> Scenarios::find(const std::string& name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry->scenario->name == name; });
  return found == entries_.end() ? nullptr : *found;
}

std::vector<std::string> Scenarios::names() const {
  std::vector<std::string> all;
  for (const auto& entry : entries_) all.push_back(entry->scenario->name);
  return all;
}

}  // namespace http

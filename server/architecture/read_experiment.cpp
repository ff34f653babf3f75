#include "architecture/read_experiment.h"

#include <algorithm>
#include <set>

#include "architecture/read_changes.h"
#include "architecture/read_fault.h"
#include "architecture/read_probe.h"
#include "model/problem_text.h"

namespace architecture {
namespace {

using model::ExperimentFault;
using model::ExperimentSpec;
using model::SteadyState;
using model::StopCondition;

constexpr double experiment_ms_max = sim::to_ms(ExperimentSpec::time_max);
constexpr TextRule id_rule{50, true, true};

/// The items of an array of at most so many.
template <class Item, class Read>
void read_list(Fields& fields, const char* name, Need need, std::size_t most, std::vector<Item>& items, Read read) {
  const JsonValue* list = fields.find(name, need);
  const std::string pointer = fields.pointer_to(name);
  if (list == nullptr || !check_kind(*list, JsonValue::Kind::array, pointer, fields.report())) return;
  if (list->items.size() > most || (need == Need::required && list->items.empty())) {
    const std::string least = need == Need::required ? "1" : "0";
    fields.report().add(pointer, "wrongCount", "There have to be " + least + " to " + std::to_string(most) + " of these.");
    return;
  }
  for (std::size_t i = 0; i < list->items.size(); ++i) items.push_back(read(list->items[i], item_pointer(pointer, i), fields.report()));
}

ExperimentFault read_one(const JsonValue& value, const std::string& pointer, Report& report) {
  ExperimentFault fault;
  fault.request.duration = model::FaultRequest::time_max;
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return fault;
  fault.id = fields.text("id", Need::optional, id_rule);
  read_fault(fields, fault.request, {Need::required, Need::required});
  read_time(fields, "startAfterMs", {0, experiment_ms_max}, fault.offset);
  fault.after = fields.texts("startAfter", Need::optional, id_rule, ExperimentSpec::faults_max);
  fault.with = fields.text("startWith", Need::optional, id_rule);
  fault.probability = fields.number("probability", Need::optional, {0, 1}, 1);
  fault.weight = fields.number("weight", Need::optional, {1, 10}, fault.weight);
  fields.finish();
  return fault;
}

/// Which phases: all, when they are left out.
void read_phases(Fields& fields, SteadyState& state) {
  if (!fields.has("phases")) return;
  state.before = state.during = state.after = false;
  const JsonValue* list = fields.find("phases", Need::optional);
  const std::string pointer = fields.pointer_to("phases");
  if (!check_kind(*list, JsonValue::Kind::array, pointer, fields.report())) return;
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    const auto phase = check_choice(list->items[i], model::experiment_phase_names(), "a phase", item_pointer(pointer, i), fields.report());
    if (!phase) continue;
    (*phase == model::phase_before ? state.before : *phase == model::phase_during ? state.during : state.after) = true;
  }
  if (list->items.empty())
    fields.report().add(pointer, "wrongCount", "There has to be one phase at least.", model::experiment_phase_names());
}

SteadyState read_steady_state(const JsonValue& value, const std::string& pointer, Report& report) {
  SteadyState state;
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return state;
  state.probe = read_probe(fields);
  read_phases(fields, state);
  state.failure_threshold = fields.integer("failureThreshold", Need::optional, 1'000, 1, 1);
  const auto on_failure = fields.choice("onFailure", Need::optional, {"record", "stop"}, "what to do");
  state.stops = on_failure && *on_failure == 1;
  fields.finish();
  if (state.stops && !state.during) {
    report.add(fields.pointer_to("onFailure"), "conflict", "Only a probe of the phase \"during\" can stop the experiment.");
  }
  return state;
}

/// Its window is not longer than it has to last, unless it says so.
StopCondition read_condition(const JsonValue& value, const std::string& pointer, Report& report) {
  StopCondition condition;
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return condition;
  condition.probe = read_probe(fields);
  read_time(fields, "forMs", {0, experiment_ms_max}, condition.lasting);
  fields.finish();
  const bool shorter = condition.lasting > 0 && condition.lasting < condition.probe.window;
  if (shorter && !fields.has("windowMs")) condition.probe.window = std::max(condition.lasting, model::ProbeSpec::window_min);
  return condition;
}

void read_correlation(Fields& outer, ExperimentSpec& spec) {
  const JsonValue* value = outer.find("correlation", Need::optional);
  if (value == nullptr) return;
  Fields fields(*value, outer.pointer_to("correlation"), outer.report());
  if (!fields.is_object()) return;
  spec.correlated = fields.texts("group", Need::required, id_rule, ExperimentSpec::faults_max);
  spec.rho = fields.number("rho", Need::required, {0, 1});
  fields.finish();
}

void read_limits(Fields& outer, ExperimentSpec& spec) {
  const JsonValue* value = outer.find("limits", Need::optional);
  if (value == nullptr) return;
  Fields fields(*value, outer.pointer_to("limits"), outer.report());
  if (!fields.is_object()) return;
  spec.faults_at_a_time = fields.integer("maxConcurrentFaults", Need::optional, ExperimentSpec::faults_max, 1);
  spec.capacity_loss_max = fields.number("maxCapacityLossPercent", Need::optional, {0, 100}, 100);
  read_time(fields, "waitForStableMs", {0, experiment_ms_max}, spec.stable_wait);
  fields.finish();
}

void read_labels(Fields& outer, ExperimentSpec& spec) {
  const JsonValue* value = outer.find("labels", Need::optional);
  if (value == nullptr) return;
  Fields fields(*value, outer.pointer_to("labels"), outer.report());
  if (!fields.is_object()) return;
  if (value->names.size() > ExperimentSpec::labels_max) {
    outer.report().add(fields.pointer(), "tooMany", "There are more than " + std::to_string(ExperimentSpec::labels_max) + " of these.");
    return;
  }
  for (const std::string& name : value->names) spec.labels[name] = fields.text(name.c_str(), Need::optional, {name_length_max});
}

/// Names for those without, each once; what names others names one that is there; nothing waits for itself.
void check_order(ExperimentSpec& spec, const std::string& pointer, Report& report) {
  std::set<std::string> ids;
  for (std::size_t i = 0; i < spec.faults.size(); ++i) {
    ExperimentFault& fault = spec.faults[i];
    const std::string at = pointer + "/faults/" + std::to_string(i);
    if (fault.id.empty()) fault.id = "fault" + std::to_string(i + 1);
    if (!ids.insert(fault.id).second)
      report.add(at + "/id", "duplicate", "There is another fault with the id " + model::quoted(fault.id) + ".");
    if (!fault.after.empty() && !fault.with.empty()) {
      report.add(at + "/startWith", "conflict", "Give either startAfter or startWith.");
    }
  }
  const std::vector<std::string> known(ids.begin(), ids.end());
  bool sound = true;
  const auto check = [&](const std::string& id, const std::string& at) {
    if (ids.count(id) != 0) return;
    sound = false;
    if (id.empty()) return;  // that is told already
    report.add(at, "unknownFault", "There is no fault with the id " + model::quoted(id) + " in this experiment.",
               model::nearest_first(id, known));
  };
  for (std::size_t i = 0; i < spec.faults.size(); ++i) {
    const ExperimentFault& fault = spec.faults[i];
    const std::string at = pointer + "/faults/" + std::to_string(i);
    for (std::size_t j = 0; j < fault.after.size(); ++j) check(fault.after[j], item_pointer(at + "/startAfter", j));
    if (!fault.with.empty()) check(fault.with, at + "/startWith");
  }
  for (std::size_t i = 0; i < spec.correlated.size(); ++i) check(spec.correlated[i], item_pointer(pointer + "/correlation/group", i));
  if (sound && model::planned_times(spec)) return;
  if (sound) report.add(pointer + "/faults", "circle", "Some of these wait for each other, so that none of them ever begins.");
  for (ExperimentFault& fault : spec.faults) {
    fault.after.clear();
    fault.with.clear();
  }
}

}  // namespace

ExperimentSpec read_experiment(const JsonValue& value, const std::string& pointer, Report& report) {
  ExperimentSpec spec;
  Fields fields(value, pointer, report);
  if (!fields.is_object()) return spec;
  spec.name = fields.text("name", Need::optional, {name_length_max, false, true});
  spec.hypothesis = fields.text("hypothesis", Need::optional, {text_length_max});
  read_labels(fields, spec);
  read_list(fields, "faults", Need::required, ExperimentSpec::faults_max, spec.faults, read_one);
  read_correlation(fields, spec);
  read_list(fields, "steadyState", Need::optional, ExperimentSpec::probes_max, spec.steady_state, read_steady_state);
  read_list(fields, "stopConditions", Need::optional, ExperimentSpec::conditions_max, spec.stop_conditions, read_condition);
  read_limits(fields, spec);
  read_time(fields, "startAfterMs", {0, experiment_ms_max}, spec.start_after);
  spec.control = fields.flag("control", Need::optional);
  fields.finish();
  check_order(spec, pointer, report);
  return spec;
}

std::variant<ExperimentSpec, Problems> read_experiment(std::string_view json) {
  auto parsed = parse_json(json);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return Problems{*problem};
  Report report;
  ExperimentSpec spec = read_experiment(std::get<JsonValue>(parsed), "", report);
  if (!report.empty()) return report.take();
  return spec;
}

}  // namespace architecture

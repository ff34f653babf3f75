#include "architecture/read_load.h"

#include <algorithm>

#include "architecture/read_distribution.h"
#include "architecture/read_replication.h"
#include "model/load.h"
#include "model/problem_text.h"

namespace architecture {
namespace {

using Arrivals = model::LoadSpec::Arrivals;

constexpr NumberRange rate_range{0, model::LoadSpec::requests_per_second_max};
constexpr NumberRange weight_range{0, 1'000'000};
constexpr NumberRange arrival_alpha_range{1.2, 100};  // of what a heavier tail has for its mean, draws see too little

/// In the order of LoadSpec::Arrivals; users have a field of their own.
const std::vector<std::string> arrival_names{"poisson", "deterministic", "pareto", "trace"};
const std::vector<std::string> verb_names{"get", "put"};
const std::vector<std::string> key_names{"fixed", "known", "new", "popular"};

void read_popularity(Fields& fields, model::RequestSpec& request) {
  const bool popular = request.key == model::RequestSpec::Key::popular;
  request.keys = fields.integer("keys", popular ? Need::required : Need::optional, model::RequestSpec::keys_max, 1, 1);
  request.zipf = fields.number("zipf", Need::optional, {0, 5}, request.zipf);
  for (const char* name : {"keys", "zipf"}) {
    if (popular || !fields.has(name)) continue;
    fields.report().add(fields.pointer_to(name), "conflict", "Only \"popular\" keys are so many, and asked for by Zipf's law.");
  }
}

model::RequestSpec read_request(const JsonValue& value, const std::string& pointer, Report& report) {
  Fields fields(value, pointer, report);
  model::RequestSpec request;
  if (!fields.is_object()) return request;
  request.name = fields.text("name", Need::required, name_rule);
  request.verb = static_cast<model::Verb>(fields.choice("verb", Need::required, verb_names, "a verb").value_or(0));
  request.key = static_cast<model::RequestSpec::Key>(fields.choice("key", Need::required, key_names, "a choice of keys").value_or(0));
  read_popularity(fields, request);
  request.weight = fields.number("weight", Need::optional, weight_range, 1);
  request.priority = static_cast<std::uint8_t>(fields.integer("priority", Need::optional, model::priorities - 1, 0, model::usual_priority));
  request.consistency = read_consistency(fields, "consistency", request.verb);
  fields.finish();
  return request;
}

std::vector<model::RequestSpec> read_mix(Fields& fields) {
  const JsonValue* list = fields.find("mix", Need::optional);
  const std::string pointer = fields.pointer_to("mix");
  Report& report = fields.report();
  if (list == nullptr || !check_kind(*list, JsonValue::Kind::array, pointer, report)) return model::usual_mix();
  if (list->items.size() > mix_max) {
    report.add(pointer, "tooMany", "There are more than " + std::to_string(mix_max) + " kinds of requests.");
    return model::usual_mix();
  }
  std::vector<model::RequestSpec> mix;
  double sum = 0;
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    model::RequestSpec request = read_request(list->items[i], item_pointer(pointer, i), report);
    const auto same = [&](const model::RequestSpec& other) { return other.name == request.name; };
    if (!request.name.empty() && std::any_of(mix.begin(), mix.end(), same)) {
      report.add(item_pointer(pointer, i) + "/name", "duplicateName",
                 "There is a kind of request " + model::quoted(request.name) + " already.");
    }
    sum += request.weight;
    mix.push_back(std::move(request));
  }
  if (sum <= 0) report.add(pointer, "empty", "At least one kind of request needs a weight over 0.");
  return mix;
}

void read_loop(Fields& fields, model::LoadSpec& load) {
  load.loop_ms = fields.number("loopMs", Need::optional, {0.001, model::LoadSpec::longest_ms});
  if (load.loop_ms == 0 || load.trace.empty()) return;
  const double last_ms = sim::to_ms(load.trace.back().at);
  const double least_ms = std::max(last_ms, static_cast<double>(load.trace.size()) * 1'000 / rate_range.max);
  if (load.loop_ms >= least_ms) return;
  fields.report().add(fields.pointer_to("loopMs"), "outOfRange",
                      "The trace takes at least " + model::number_text(least_ms) + " ms: its last row is at " +
                          model::number_text(last_ms) + " ms, and " + model::number_text(rate_range.max) +
                          " requests a second are possible.");
}

void read_trace_fields(Fields& fields, model::LoadSpec& load) {
  const JsonValue* csv = fields.find("csv", Need::required);
  const std::string pointer = fields.pointer_to("csv");
  if (csv != nullptr && check_kind(*csv, JsonValue::Kind::string, pointer, fields.report())) {
    load.trace = read_trace(csv->text, load.mix, pointer, fields.report());
  }
  read_loop(fields, load);
}

void read_arrivals(const JsonValue& value, const std::string& pointer, model::LoadSpec& load, Report& report) {
  constexpr const char* what = "an arrival process";
  if (value.kind == JsonValue::Kind::string) {
    load.arrivals = static_cast<Arrivals>(check_choice(value, arrival_names, what, pointer, report).value_or(0));
    if (load.arrivals == Arrivals::trace) report.add(pointer, "wrongType", "A trace has to be an object with a field \"csv\".");
    return;
  }
  if (value.kind != JsonValue::Kind::object) {
    report.add(pointer, "wrongType",
               std::string("This has to be the name of an arrival process or an object with its kind, not ") + kind_name(value.kind) + ".");
    return;
  }
  Fields fields(value, pointer, report);
  const auto kind = fields.choice("kind", Need::required, arrival_names, what);
  if (!kind) return;
  load.arrivals = static_cast<Arrivals>(*kind);
  if (load.arrivals == Arrivals::pareto) load.alpha = fields.number("alpha", Need::optional, arrival_alpha_range, load.alpha);
  if (load.arrivals == Arrivals::trace) read_trace_fields(fields, load);
  fields.finish();
}

std::map<std::string, double> read_multipliers(Fields& fields) {
  std::map<std::string, double> result;
  const JsonValue* value = fields.find("regions", Need::optional);
  if (value == nullptr) return result;
  const std::string pointer = fields.pointer_to("regions");
  const Fields list(*value, pointer, fields.report());
  if (!list.is_object()) return result;
  if (value->names.size() > regions_max) {
    fields.report().add(pointer, "tooMany", "There are more than " + std::to_string(regions_max) + " regions.");
    return result;
  }
  for (std::size_t i = 0; i < value->names.size(); ++i) {
    const std::string& name = value->names[i];
    if (check_number(value->items[i], load_factor_range, model::child_pointer(pointer, name), fields.report())) {
      result.emplace(name, value->items[i].number);
    }
  }
  return result;
}

/// Fields that make no sense together with others.
void check_combination(const Fields& fields, const model::LoadSpec& load, Report& report) {
  const auto refuse = [&](const char* name, const char* why) {
    if (fields.has(name)) report.add(fields.pointer_to(name), "conflict", why);
  };
  if (load.arrivals == Arrivals::users) {
    refuse("arrivals", "Users ask when they have thought, not by an arrival process; leave out one of \"users\" and \"arrivals\".");
    refuse("requestsPerSecond",
           "How often users ask comes of their number and their thinking; leave out one of \"users\" and \"requestsPerSecond\".");
  } else {
    refuse("thinkTime", "Only users think; there are no \"users\" here.");
  }
  if (load.arrivals == Arrivals::trace) {
    refuse("requestsPerSecond", "A trace says when requests come; it has no rate.");
    refuse("shape", "A trace says when requests come; it has no shape.");
    refuse("regions", "A trace says when requests come; it has no multipliers.");
  }
}

}  // namespace

model::LoadSpec read_load(const JsonValue& value, const std::string& pointer, Report& report) {
  Fields fields(value, pointer, report);
  model::LoadSpec load;
  if (!fields.is_object()) return load;
  load.mix = read_mix(fields);
  if (const JsonValue* arrivals = fields.find("arrivals", Need::optional)) {
    read_arrivals(*arrivals, fields.pointer_to("arrivals"), load, report);
  }
  const double rate = fields.number("requestsPerSecond", Need::optional, rate_range);
  if (fields.has("requestsPerSecond")) load.requests_per_second = rate;
  load.users = fields.integer("users", Need::optional, static_cast<std::uint32_t>(model::LoadSpec::users_max));
  if (fields.has("users")) load.arrivals = Arrivals::users;
  if (const JsonValue* think = fields.find("thinkTime", fields.has("users") ? Need::required : Need::optional)) {
    load.think_time = read_distribution(*think, fields.pointer_to("thinkTime"), report);
  }
  if (const JsonValue* shape = fields.find("shape", Need::optional)) load.shape = read_shape(*shape, fields.pointer_to("shape"), report);
  load.regions = read_multipliers(fields);
  check_combination(fields, load, report);
  fields.finish();
  if (report.empty()) check_peak(load, pointer, report);
  return load;
}

void check_peak(const model::LoadSpec& load, const std::string& pointer, Report& report) {
  if (const auto problem = model::too_much(load)) report.add(pointer + problem->pointer, problem->code, problem->message);
}

std::variant<model::LoadSpec, Problems> read_load(std::string_view json) {
  auto parsed = parse_json(json);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return Problems{*problem};
  Report report;
  model::LoadSpec load = read_load(std::get<JsonValue>(parsed), "", report);
  if (!report.empty()) return report.take();
  return load;
}

}  // namespace architecture

#include "http/routes/common.h"
#include "run/comparison.h"

namespace http::routes {
namespace {

/// A figure that both sides have, and the difference, if there is an interval for it.
struct Metric {
  const char* name;
  const char* unit;
  model::Interval model::GroupFigures::*figure;
  model::Interval model::GroupDifferences::*difference;
};
constexpr Metric metrics_list[] = {
    {"rate", "1/s", &model::GroupFigures::rate, &model::GroupDifferences::rate},
    {"errorRate", "1/s", &model::GroupFigures::error_rate, &model::GroupDifferences::error_rate},
    {"errorShare", "", &model::GroupFigures::error_share, &model::GroupDifferences::error_share},
    {"utilisation", "", &model::GroupFigures::utilisation, &model::GroupDifferences::utilisation},
    {"inFlight", "", &model::GroupFigures::in_flight, &model::GroupDifferences::in_flight},
    {"queue", "", &model::GroupFigures::queued, &model::GroupDifferences::queued},
    {"meanMs", "ms", &model::GroupFigures::mean_ms, &model::GroupDifferences::mean_ms},
};
constexpr const char* quantile_names[] = {"p50Ms", "p95Ms", "p99Ms", "p999Ms"};
static_assert(std::size(quantile_names) == run::compared_quantiles.size());

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const Metric& metric : metrics_list) names.emplace_back(metric.name);
  names.insert(names.end(), std::begin(quantile_names), std::end(quantile_names));
  names.emplace_back("instances");
  return names;
}

class MetricWriter {
 public:
  MetricWriter(JsonWriter& json, std::string wanted) : json_(json), wanted_(std::move(wanted)) {}

  void write(const run::Compared& compared) {
    for (const Metric& metric : metrics_list) {
      const model::Interval& difference = compared.difference.*metric.difference;
      write(compared.subject, metric.name, metric.unit, compared.base.figures.*metric.figure, compared.candidate.figures.*metric.figure,
            &difference);
    }
    for (std::size_t i = 0; i < run::compared_quantiles.size(); ++i) {
      write(compared.subject, quantile_names[i], "ms", compared.base.quantiles_ms[i], compared.candidate.quantiles_ms[i], nullptr);
    }
    const auto count = [](std::uint64_t n) { return model::Interval{.value = static_cast<double>(n), .doubt = model::Doubt::few_batches}; };
    write(compared.subject, "instances", "", count(compared.base.up), count(compared.candidate.up), nullptr);
  }

 private:
  void write(const std::string& subject, const char* name, const char* unit, const model::Interval& base, const model::Interval& candidate,
             const model::Interval* difference) {
    if (!wanted_.empty() && wanted_ != name) return;
    json_.begin_object().member("subject", subject).member("name", name);
    if (*unit != '\0') json_.member("unit", unit);
    write_value("base", base, base.value);
    write_value("candidate", candidate, candidate.value);
    json_.key("difference");
    base.has_value() && candidate.has_value() ? json_.rounded(candidate.value - base.value, figure_digits) : json_.null();
    if (difference != nullptr && difference->known()) {
      json_.key("low").rounded(difference->low, figure_digits);
      json_.key("high").rounded(difference->high, figure_digits);
    }
    json_.end_object();
  }
  void write_value(const char* name, const model::Interval& interval, double value) {
    json_.key(name);
    interval.has_value() ? json_.rounded(value, figure_digits) : json_.null();
  }

  JsonWriter& json_;
  std::string wanted_;  ///< "": all
};

void write_differences(JsonWriter& json, const run::Comparison& comparison) {
  if (comparison.command) {
    json.key("firstCommand").begin_object().member("simTimeMs", sim_ms(comparison.command->at));
    for (const auto& [name, entry] :
         {std::pair("base", &comparison.command->base), std::pair("candidate", &comparison.command->candidate)}) {
      json.key(name);
      if (*entry) {
        write_command(json, **entry);
      } else {
        json.null();
      }
    }
    json.end_object();
  }
  if (!comparison.event) return;
  json.key("firstEvent").begin_object().member("simTimeMs", sim_ms(comparison.event->at));
  for (const auto& [name, line] : {std::pair("base", &comparison.event->base), std::pair("candidate", &comparison.event->candidate)}) {
    json.key(name);
    line->empty() ? json.null() : json.value(*line);
  }
  json.end_object();
}

Reply comparison_reply(const run::Comparison& comparison, const Request& request) {
  JsonWriter json;
  json.begin_object().member("base", request.query.text("base")).member("candidate", request.query.text("candidate"));
  json.member("related", comparison.related).member("partedSimTimeMs", sim_ms(comparison.parted));
  json.member("fromSimTimeMs", sim_ms(comparison.from)).member("untilSimTimeMs", sim_ms(comparison.until));
  json.member("confidence", request.query.number("confidence", 0.95)).member("same", comparison.same);
  write_differences(json, comparison);
  json.key("requests").begin_object();
  write_requests(json, "base", comparison.base);
  write_requests(json, "candidate", comparison.candidate);
  json.end_object();
  json.key("metrics").begin_array();
  MetricWriter writer(json, request.query.text("metric"));
  const std::string subject = request.query.text("subject");
  for (const run::Compared& compared : comparison.compared) {
    if (subject.empty() || subject == compared.subject) writer.write(compared);
  }
  json.end_array().end_object();
  return ok(json.take());
}

void compare_simulations(Context& context, const Request& request, const Respond& respond) {
  const auto simulation_of = [&](const char* name) { return context.simulations.find(request.query.text(name)); };
  const auto base = simulation_of("base"), candidate = simulation_of("candidate");
  for (const auto& [name, found] : {std::pair("base", base), std::pair("candidate", candidate)}) {
    if (!request.query.has(name)) {
      return respond(
          problem(400, std::string(name) + " is required.", {{std::string("?") + name, "missingField", "the id of a simulation", {}}}));
    }
    if (!found)
      return respond(problem(404, "There is no simulation '" + request.query.text(name) + "'.",
                             {{std::string("?") + name, "unknownSimulation", "there is no such simulation", {}}}));
  }
  run::ComparisonSpec spec;
  if (request.query.has("fromSimTimeMs")) spec.from = sim::from_ms(request.query.number("fromSimTimeMs", 0));
  if (request.query.has("untilSimTimeMs")) spec.until = sim::from_ms(request.query.number("untilSimTimeMs", 0));
  spec.confidence = request.query.number("confidence", 0.95);
  const auto finish = [&context, request, spec, respond](const run::Account& first, const run::Account& second) {
    const auto compared = run::compare(first, second, spec, [&context] { return context.ready(); });
    const auto* refusal = std::get_if<model::Refusal>(&compared);
    respond(refusal != nullptr ? refused(*refusal) : comparison_reply(std::get<run::Comparison>(compared), request));
  };
  ask_account(context, *base, false, respond,
              [&context, id = candidate->id(), finish, respond](run::Simulation&, const run::Account& first) {
                const auto second = context.simulations.find(id);
                if (!second) return respond(problem(410, "The simulation '" + id + "' was deleted meanwhile."));
                ask_account(context, *second, false, respond,
                            [first, finish](run::Simulation&, const run::Account& account) { finish(first, account); });
              });
}

std::vector<Field> comparison_fields() {
  return {text("base", ""),
          text("candidate", ""),
          boolean("related", "whether one is a fork of the other, or both of a third"),
          number("partedSimTimeMs", "up to then they were the same", 0, 1e13),
          number("fromSimTimeMs", "", 0, 1e13),
          number("untilSimTimeMs", "", 0, 1e13),
          number("confidence", "", 0, 1),
          boolean("same", "whether every event up to untilSimTimeMs was the same"),
          anything("firstCommand", "the first that is not the same: simTimeMs, base, candidate"),
          anything("firstEvent", "the first that is not the same: simTimeMs, base, candidate"),
          anything("requests", "of users, exactly: base and candidate"),
          array("metrics", "",
                {text("subject", "users, or a service"), text("name", ""), text("unit", ""), number("base", "", -1e300, 1e300),
                 number("candidate", "", -1e300, 1e300), number("difference", "candidate less base", -1e300, 1e300),
                 number("low", "of the difference, batch beside batch; absent without an interval", -1e300, 1e300),
                 number("high", "", -1e300, 1e300)})};
}

}  // namespace

std::vector<Route> comparisons(Context& context) {
  return {{"GET",
           "/api/v1/comparisons",
           "compareSimulations",
           "Two simulations beside each other, over the same simulated time; both are run once more for it.",
           {identifier("base", "A simulation.").need(), identifier("candidate", "Another.").need(),
            number("fromSimTimeMs", "Absent: where they part.", 0, sim_ms_max),
            number("untilSimTimeMs", "Absent: as far as both have come.", 0, sim_ms_max),
            number("confidence", "Of the intervals.", 0.5, 0.999).otherwise("0.95"),
            choice("metric", "One of them; absent: all.", metric_names()),
            identifier("subject", "users or the name of a service; absent: all.")},
           {},
           {answered(200, "What is different.", comparison_fields())},
           [&context](const Request& request, const Respond& respond) { compare_simulations(context, request, respond); }}};
}

}  // namespace http::routes

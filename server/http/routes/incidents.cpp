#include <algorithm>

#include "http/routes/common.h"

namespace http::routes {
namespace {

using run::judge::Incident;

std::vector<Field> incident_fields() {
  return {text("id", ""),
          text("state", "open or closed"),
          text("severity", "now, or when it was closed: \"degraded, redundant\", \"at risk\" or outage"),
          text("worstSeverity", ""),
          number("openedSimTimeMs", "", 0, sim_ms_max),
          number("detectedAfterMs", "from the last moment without a sign of it", 0, sim_ms_max),
          number("closedSimTimeMs", "absent while it is open", 0, sim_ms_max),
          text("title", ""),
          text("cause", "as far as it can be seen"),
          anything("affected", "service, requests, failed, slow, regions; since it was opened"),
          anything("actions", "what the system has done by itself"),
          text("advice", "what to do or not to do"),
          anything("timeline", "simTimeMs, severity, text")};
}

Reply list_incidents(const run::Snapshot& snapshot, const Request& request) {
  const std::string state = request.query.text("state");
  if (!state.empty() && state != "open" && state != "closed") {
    return problem(400, "state is open or closed.", {{"?state", "badValue", "must be open or closed", {"open", "closed"}}});
  }
  std::vector<const Incident*> wanted;
  for (const Incident& incident : snapshot.judgement->incidents) {
    if (state.empty() || (state == "open") == !incident.closed) wanted.push_back(&incident);
  }
  std::reverse(wanted.begin(), wanted.end());
  return list_reply(request, wanted, [](JsonWriter& json, const Incident* incident) { write_incident(json, *incident); });
}

Reply incident_reply(const run::Snapshot& snapshot, const std::string& id) {
  const Incident* incident = snapshot.judgement->find(id);
  if (incident == nullptr) {
    std::vector<std::string> known;
    for (const Incident& i : snapshot.judgement->incidents) known.push_back(i.id());
    return not_found("incident", id, known);
  }
  JsonWriter json;
  write_incident(json, *incident);
  return ok(json.take());
}

}  // namespace

std::vector<Route> incidents(Context& context) {
  const std::string collection = std::string(prefix) + "/incidents";
  std::vector<Field> query = page_fields();
  query.push_back(identifier("state", "open or closed; absent: both"));
  return {
      {"GET",
       collection,
       "listIncidents",
       "Times in which something was wrong, the newest first.",
       query,
       {},
       {answered(200, "A page of incidents.", {array("items", "", incident_fields())})},
       in_simulation(context, [](run::Simulation& s, const Request& request,
                                 const Respond& respond) { respond(list_incidents(*s.snapshot(), request)); })},
      {"GET",
       collection + "/{incident}",
       "getIncident",
       "One incident.",
       {},
       {},
       {answered(200, "The incident.", incident_fields())},
       in_simulation(context, [](run::Simulation& s, const Request& request,
                                 const Respond& respond) { respond(incident_reply(*s.snapshot(), request.params.at("incident"))); })},
  };
}

}  // namespace http::routes

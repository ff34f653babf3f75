#pragma once
// The explicit list of routes, one function for each resource, and what their handlers work with.

#include <functional>
#include <string>
#include <vector>

#include "http/catalogue.h"
#include "http/router.h"
#include "http/scenarios.h"
#include "run/simulations.h"

namespace http {

/// Outlives every handler. All members may be used on any thread.
struct Context {
  run::Simulations& simulations;
  Catalogue& catalogue;
  const Scenarios& scenarios;
  std::string version;
  std::function<void(std::function<void()>)> post;       ///< runs something later on a thread of the server
  std::function<void(std::function<void()>)> take_time;  ///< runs what takes long, one after the other, on a thread that nobody waits for
  std::function<void(run::Simulation&)> made;            ///< a simulation was created: have it streamed
  std::function<void(const std::string&)> removed;       ///< one was deleted
  std::function<std::string()> metrics;                  ///< the page for Prometheus
  std::function<bool()> ready;
};

namespace routes {

std::vector<Route> server(Context& context, const Router& router);
std::vector<Route> catalogue(Context& context);
std::vector<Route> architectures(Context& context);
std::vector<Route> simulations(Context& context);
std::vector<Route> clock(Context& context);
std::vector<Route> graph(Context& context);
std::vector<Route> instances(Context& context);
std::vector<Route> machines(Context& context);
std::vector<Route> services(Context& context);
std::vector<Route> deployments(Context& context);
std::vector<Route> faults(Context& context);
std::vector<Route> experiments(Context& context);
std::vector<Route> experiment_templates(Context& context);
std::vector<Route> safety(Context& context);
std::vector<Route> scenarios(Context& context);
std::vector<Route> schedules(Context& context);
std::vector<Route> traffic(Context& context);
std::vector<Route> policies(Context& context);
std::vector<Route> registry(Context& context);
std::vector<Route> autoscalers(Context& context);
std::vector<Route> shedding(Context& context);
std::vector<Route> places(Context& context);
std::vector<Route> versions(Context& context);
std::vector<Route> events(Context& context);
std::vector<Route> incidents(Context& context);
std::vector<Route> objectives(Context& context);
std::vector<Route> lint_rules(Context& context);
std::vector<Route> flows(Context& context);
std::vector<Route> metrics(Context& context);
std::vector<Route> statistics(Context& context);
std::vector<Route> stores(Context& context);
std::vector<Route> commands(Context& context);
std::vector<Route> forks(Context& context);
std::vector<Route> comparisons(Context& context);

/// All of them. `router` must stay where it is: GET /api/v1/openapi.json describes it.
void add_all(Router& router, Context& context);

}  // namespace routes
}  // namespace http

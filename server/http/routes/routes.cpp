#include "http/routes/routes.h"

namespace http::routes {

void add_all(Router& router, Context& context) {
  router.add(server(context, router));
  router.add(catalogue(context));
  router.add(architectures(context));
  router.add(lint_rules(context));
  router.add(simulations(context));
  router.add(clock(context));
  router.add(graph(context));
  router.add(instances(context));
  router.add(machines(context));
  router.add(services(context));
  router.add(deployments(context));
  router.add(faults(context));
  router.add(experiments(context));
  router.add(experiment_templates(context));
  router.add(safety(context));
  router.add(scenarios(context));
  router.add(schedules(context));
  router.add(traffic(context));
  router.add(policies(context));
  router.add(registry(context));
  router.add(autoscalers(context));
  router.add(shedding(context));
  router.add(places(context));
  router.add(versions(context));
  router.add(events(context));
  router.add(incidents(context));
  router.add(objectives(context));
  router.add(flows(context));
  router.add(metrics(context));
  router.add(statistics(context));
  router.add(stores(context));
  router.add(commands(context));
  router.add(forks(context));
  router.add(comparisons(context));
}

}  // namespace http::routes

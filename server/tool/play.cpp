#include "tool/play.h"

#include <algorithm>
#include <ostream>

#include "architecture/build.h"
#include "run/pacer.h"
#include "run/scenario/play.h"
#include "run/scenario/report.h"
#include "run/thread_team.h"
#include "tool/command.h"

namespace tool {
namespace {

int refuse(std::ostream& err, const model::Refusal& refusal) {
  err << "simianviz run: " << refusal.detail << '\n';
  for (const model::Problem& problem : refusal.problems) err << "  " << problem.pointer << ": " << problem.message << '\n';
  return bad_document;
}

}  // namespace

int play(const Options& options, const run::ScenarioPtr& scenario, const architecture::Regions& regions,
         const architecture::Defaults& defaults, std::ostream& out, std::ostream& err) {
  const std::uint64_t seed = options.seeded ? options.seed : scenario->seed;
  auto built = architecture::build(*scenario->document, regions, defaults, {seed, scenario->scale_percent, scenario->regions, {}});
  if (const auto* refusal = std::get_if<model::Refusal>(&built)) return refuse(err, *refusal);
  auto& spec = std::get<model::WorldSpec>(built);
  spec.trace_sample_rate = 0;  // nobody looks at single requests here
  run::ThreadTeam team(std::max(1U, options.threads));
  model::World world(spec);
  if (const auto refusal = run::check_scenario(*scenario, world)) return refuse(err, *refusal);
  if (options.threads > 1) world.run_by(&team);
  const run::ScenarioOutcome outcome = run::play_through(world, scenario);
  run::print_report(outcome, out);
  out.flush();
  if (!out) {
    err << "simianviz run: cannot write to the standard output\n";
    return cannot_write;
  }
  return outcome.verdict() == run::ScenarioOutcome::Verdict::met ? went_well : not_as_expected;
}

}  // namespace tool

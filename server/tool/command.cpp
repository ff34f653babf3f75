#include "tool/command.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <ostream>
#include <thread>

#include "model/world.h"
#include "run/pacer.h"
#include "tool/document.h"
#include "tool/event_file.h"
#include "tool/events.h"
#include "tool/report.h"

namespace tool {
namespace {

using Clock = std::chrono::steady_clock;

/// The one place that knows what a World runs on.
void run_world(model::World& world, sim::Time end, [[maybe_unused]] unsigned threads) {
  world.run_until(end);
}

/// Calls `advance` with the time to run to, until `end` is reached or it says false: at once, or as the clock allows.
bool drive(const model::World& world, sim::Time end, double speed, const std::function<bool(sim::Time)>& advance) {
  if (speed == 0) return advance(end);
  constexpr auto pause = std::chrono::milliseconds(5);
  run::Pacer pacer;
  pacer.start(Clock::now(), world.now(), speed);
  while (world.now() < end) {
    const auto wall = Clock::now();
    pacer.forgive(wall, world.now());
    const sim::Time due = std::min(end, pacer.due(wall));
    if (due > world.now() && !advance(due)) return false;
    if (world.now() < end) std::this_thread::sleep_for(pause);
  }
  return true;
}

std::string about(const Options& options, const model::World& world) {
  return world.architecture() + ", seed " + std::to_string(options.seed) + ", regions " + std::to_string(options.regions) + ", scale " +
         std::to_string(options.scale_percent) + " %";
}

int refuse(std::ostream& err, int status, const std::string& line) {
  err << "simianviz run: " << line << '\n';
  return status;
}

int finish(std::ostream& out, std::ostream& err) {
  out.flush();
  return out ? went_well : refuse(err, cannot_write, "cannot write to the standard output");
}

int compare(const Options& options, model::World& world, std::ostream& out, std::ostream& err) {
  EventComparison comparison(options.compare_events);
  if (!comparison.error().empty()) return refuse(err, bad_input, comparison.error());
  EventLines lines(world, [&](sim::Time end) { run_world(world, end, options.threads); });
  const bool same = drive(world, options.duration, options.speed, [&](sim::Time end) {
    return lines.run_until(end, [&](const std::string& line) { return comparison.add(line); });
  });
  if (same && comparison.finish()) {
    out << "no difference in " << comparison.equal() << " events\n";
    return finish(out, err);
  }
  out << comparison.difference() << "this run is " << about(options, world) << '\n';
  const int status = finish(out, err);
  return status == went_well ? event_differs : status;
}

int run_and_write(const Options& options, model::World& world, std::ostream& err) {
  EventWriter writer(options.trace_events, about(options, world));
  if (!writer.error().empty()) return refuse(err, bad_input, writer.error());
  EventLines lines(world, [&](sim::Time end) { run_world(world, end, options.threads); });
  drive(world, options.duration, options.speed, [&](sim::Time end) {
    return lines.run_until(end, [&](const std::string& line) {
      writer.add(line);
      return writer.error().empty();
    });
  });
  const std::string error = writer.finish();
  return error.empty() ? went_well : refuse(err, cannot_write, error);
}

void print(const Options& options, const Report& report, std::ostream& out) {
  if (options.fingerprint && options.form == Form::json) {
    print_json_fingerprint(report, out);
  } else if (options.fingerprint) {
    out << fingerprint_text(report.fingerprint) << '\n';
  } else if (options.form == Form::json) {
    print_json(report, options.histograms, out);
  } else {
    print_text(report, options.histograms, out);
  }
}

}  // namespace

int run(const Options& options, const run::Places& places, std::ostream& out, std::ostream& err) {
  auto spec = read_spec(options, places);
  if (const auto* none = std::get_if<NoSpec>(&spec)) {
    refuse(err, none->status, none->lines.front());
    for (std::size_t i = 1; i < none->lines.size(); ++i) err << none->lines[i] << '\n';
    return none->status;
  }
  model::World world(std::get<model::WorldSpec>(spec));
  if (!options.compare_events.empty()) return compare(options, world, out, err);
  const auto begin = Clock::now();
  if (options.trace_events.empty()) {
    drive(world, options.duration, options.speed, [&](sim::Time end) {
      run_world(world, end, options.threads);
      return true;
    });
  } else if (const int status = run_and_write(options, world, err); status != went_well) {
    return status;
  }
  Report report = make_report(world);
  report.regions = options.regions;
  report.scale_percent = options.scale_percent;
  report.wall_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  print(options, report, out);
  return finish(out, err);
}

}  // namespace tool

#include "tool/command.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <ostream>
#include <thread>

#include "model/world.h"
#include "run/event_lines.h"
#include "run/pacer.h"
#include "run/thread_team.h"
#include "tool/document.h"
#include "tool/event_file.h"
#include "tool/report.h"

namespace tool {
namespace {

using Clock = std::chrono::steady_clock;

/// What a World runs on besides the calling thread; nothing when that is enough. It has to outlive the World.
std::unique_ptr<run::ThreadTeam> make_team(const model::World& world, unsigned threads) {
  const auto members = std::min(threads, static_cast<unsigned>(world.shards().size()));
  return members > 1 ? std::make_unique<run::ThreadTeam>(members) : nullptr;
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
  run::EventLines lines(world, [&](sim::Time end) { world.run_until(end); });
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

/// The run of a report: looked at between its batches, written to a file when that is wanted.
class Reported {
 public:
  Reported(const Options& options, model::World& world) : options_(options), world_(world), measurement_(batch_of(options.duration)) {}

  int run(std::ostream& err) {
    const auto begin = Clock::now();
    const int status = options_.trace_events.empty() ? run_plain() : run_and_write(err);
    wall_seconds_ = std::chrono::duration<double>(Clock::now() - begin - looking_).count();
    return status;
  }

  Report report() const {
    Report report = options_.fingerprint ? make_head(world_) : make_report(world_, measurement_.whole().marks());
    report.regions = options_.regions;
    report.scale_percent = options_.scale_percent;
    report.wall_seconds = wall_seconds_;
    return report;
  }

 private:
  int run_plain() {
    drive(world_, options_.duration, options_.speed, [this](sim::Time end) {
      return measure(end, [this](sim::Time to) {
        world_.run_until(to);
        return true;
      });
    });
    return went_well;
  }

  int run_and_write(std::ostream& err) {
    EventWriter writer(options_.trace_events, about(options_, world_));
    if (!writer.error().empty()) return refuse(err, bad_input, writer.error());
    run::EventLines lines(world_, [this](sim::Time to) { world_.run_until(to); });
    const auto take = [&writer](const std::string& line) {
      writer.add(line);
      return writer.error().empty();
    };
    drive(world_, options_.duration, options_.speed,
          [&](sim::Time end) { return measure(end, [&](sim::Time to) { return lines.run_until(to, take); }); });
    const std::string error = writer.finish();
    return error.empty() ? went_well : refuse(err, cannot_write, error);
  }

  bool measure(sim::Time end, const std::function<bool(sim::Time)>& advance) {
    while (!options_.fingerprint && measurement_.due() <= end) {
      if (measurement_.due() > world_.now() && !advance(measurement_.due())) return false;
      const auto begin = Clock::now();
      measurement_.look(world_);
      looking_ += Clock::now() - begin;
    }
    return advance(end);
  }

  const Options& options_;
  model::World& world_;
  model::Measurement measurement_;
  Clock::duration looking_{};
  double wall_seconds_ = 0;
};

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
  std::unique_ptr<run::ThreadTeam> team;
  model::World world(std::get<model::WorldSpec>(spec));
  team = make_team(world, options.threads);
  world.run_by(team.get());
  if (!options.compare_events.empty()) return compare(options, world, out, err);
  Reported reported(options, world);
  if (const int status = reported.run(err); status != went_well) return status;
  print(options, reported.report(), out);
  return finish(out, err);
}

}  // namespace tool

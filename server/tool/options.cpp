#include "tool/options.h"

#include <CLI/CLI.hpp>
#include <charconv>

#include "architecture/read.h"
#include "model/problem.h"
#include "model/problem_text.h"
#include "run/simulation.h"
#include "tool/duration.h"

namespace tool {
namespace {

constexpr std::uint64_t seed_max = (std::uint64_t{1} << 53) - 1;  ///< as the server's: a JSON number holds it

/// The texts that stand for numbers; "" is what was not given.
struct Flags {
  std::string duration, seed, regions, scale, speed, threads, report;
};

struct Wrong {
  std::string line;
};

void declare(CLI::App& app, Options& options, Flags& flags) {
  app.get_formatter()->column_width(32);
  app.add_option("ARCH", options.architecture, "Name of an architecture (netflixoss), or path of a document (shop.json)")->type_name("");
  const auto option = [&app](const char* name, std::string& value, const char* form, const char* text) {
    return app.add_option(name, value, text)->type_name(form);
  };
  option("--scenario", options.scenario, "NAME", "In place of ARCH: play a scenario and print what came of it");
  option("--duration", flags.duration, "TIME", "Simulated time: 10s, 500ms, 2m, 1h, or a number of seconds; 60s when not given");
  option("--seed", flags.seed, "N", "Same seed, same run; 1 when not given");
  option("--regions", flags.regions, "N", "Multiplies the regions of every service; 1 when not given");
  option("--scale", flags.scale, "PERCENT", "Instances, as a percentage of what the document says; 100 when not given");
  option("--speed", flags.speed, "max|X", "X simulated seconds a second, 0.1 to 1000; or flat out: max, when not given");
  option("--threads", flags.threads, "N", "Threads to run on, at most one a region; the same run with any number; 1 when not given");
  option("--report", flags.report, "text|json", "Form of the report; text when not given");
  app.add_flag("--histograms", options.histograms, "Also how response, service and network times are distributed");
  app.add_flag("--fingerprint", options.fingerprint, "Print only the fingerprint: equal for runs that did the same");
  option("--trace-events", options.trace_events, "FILE", "Write every event to the file, one a line");
  option("--compare-events", options.compare_events, "FILE", "Stop at the first event that differs from such a file, and show both");
  option("--config", options.config, "FILE", "Configuration file, which says where documents are (config/server.json)");
  app.footer(
      "Exit status: 0 when all went well, 1 when the document has problems, an event differs or a scenario does not end as expected, 2 "
      "when "
      "the command line is wrong.\n"
      "Examples:\n"
      "  simianviz run netflixoss --duration 10m --regions 2\n"
      "  simianviz run --scenario zone-power-loss\n"
      "  simianviz run shop.json --report json --histograms >report.json\n"
      "  simianviz run lamp --seed 7 --trace-events a.events\n"
      "  simianviz run lamp --seed 8 --compare-events a.events");
}

std::uint64_t whole(const char* name, const std::string& text, std::uint64_t fallback, std::uint64_t least, std::uint64_t most) {
  if (text.empty()) return fallback;
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || value < least || value > most) {
    const std::string range = least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most);
    throw Wrong{std::string(name) + " is a whole number, " + range + ", not " + model::quoted(text)};
  }
  return value;
}

sim::Time duration_of(const std::string& text, sim::Time fallback) {
  if (text.empty()) return fallback;
  const auto duration = read_duration(text);
  if (!duration) throw Wrong{"--duration is a time such as 10s, 500ms, 2m, 1h or 60 (seconds), not " + model::quoted(text)};
  if (*duration < 1 || *duration > duration_max) {
    throw Wrong{"--duration is more than 0 and at most " + std::to_string(duration_max / sim::hour) + "h, not " + model::quoted(text)};
  }
  return *duration;
}

double speed_of(const std::string& text) {
  if (text.empty() || text == "max") return 0;
  double speed = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), speed);
  const bool good = read.ec == std::errc() && read.ptr == text.data() + text.size();
  if (!good || !(speed >= run::speed_min && speed <= run::speed_max)) {
    throw Wrong{"--speed is max or a number from 0.1 to 1000, not " + model::quoted(text)};
  }
  return speed;
}

Form form_of(const std::string& text) {
  if (text.empty() || text == "text") return Form::text;
  if (text == "json") return Form::json;
  throw Wrong{"--report is text or json, not " + model::quoted(text)};
}

void refuse_empty(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& given : option->results()) {
      if (given.empty()) throw Wrong{option->get_name() + " is empty; leave it out, or see simianviz run --help"};
    }
  }
}

void refuse_contradictions(const CLI::App& app) {
  const auto exclude = [&app](const char* a, const char* b) {
    if (app.count(a) > 0 && app.count(b) > 0) throw Wrong{std::string(a) + " does not go with " + b + "; leave out one of them"};
  };
  exclude("--fingerprint", "--histograms");
  for (const char* other : {"--duration", "--regions", "--scale", "--speed", "--report", "--histograms", "--fingerprint", "--trace-events",
                            "--compare-events"}) {
    exclude("--scenario", other);
  }
  if (app.count("ARCH") > 0 && app.count("--scenario") > 0) throw Wrong{"--scenario says which architecture; leave out one of them"};
  if (app.count("ARCH") == 0 && app.count("--scenario") == 0) {
    throw Wrong{"which architecture? For instance: simianviz run netflixoss; see simianviz run --help"};
  }
  for (const char* other : {"--trace-events", "--report", "--histograms", "--fingerprint"}) exclude("--compare-events", other);
}

void finish(Options& options, const Flags& flags) {
  options.duration = duration_of(flags.duration, options.duration);
  options.seed = whole("--seed", flags.seed, options.seed, 0, seed_max);
  options.seeded = !flags.seed.empty();
  options.regions = static_cast<std::uint32_t>(whole("--regions", flags.regions, options.regions, 1, architecture::regions_max));
  options.scale_percent = static_cast<std::uint32_t>(whole("--scale", flags.scale, options.scale_percent, 1, run::scale_percent_max));
  options.speed = speed_of(flags.speed);
  options.threads = static_cast<unsigned>(whole("--threads", flags.threads, options.threads, 1, threads_max));
  options.form = form_of(flags.report);
}

/// What CLI11 says, and the option that was perhaps meant.
std::string line_of(const CLI::App& app, const CLI::ParseError& error) {
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  for (const std::string& left : app.remaining()) {
    const std::string name = left.substr(0, left.find('='));
    if (!name.starts_with('-')) continue;
    const std::string nearest = model::nearest_name(name, known);
    return "there is no option " + model::quoted(name) + (nearest.empty() ? "; see" : ", did you mean " + nearest + "? See") +
           " simianviz run --help";
  }
  return std::string(error.what()) + "; see simianviz run --help";
}

}  // namespace

std::variant<Options, NoOptions> read_options(int count, const char* const* arguments) {
  CLI::App app{"Runs an architecture without a server and prints what came of it.", "simianviz run"};
  Options options;
  Flags flags;
  declare(app, options, flags);
  try {
    app.parse(count, arguments);
    refuse_empty(app);
    refuse_contradictions(app);
    finish(options, flags);
  } catch (const CLI::CallForHelp&) {
    return NoOptions{0, app.help()};
  } catch (const CLI::ParseError& error) {
    return NoOptions{2, line_of(app, error)};
  } catch (const Wrong& wrong) {
    return NoOptions{2, wrong.line};
  }
  return options;
}

}  // namespace tool

// Wiring of the commands. serve: settings, catalogue, simulations, server; then waits for a signal. run: options, where things lie, the
// tool.

#include <signal.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <filesystem>
#include <iostream>

#include "architecture/read.h"
#include "export/prometheus.h"
#include "http/scenarios.h"
#include "http/server.h"
#include "model/problem_text.h"
#include "run/files.h"
#include "settings.h"
#include "tool/command.h"
#include "tool/play.h"

#ifndef SIMIANVIZ_VERSION
#define SIMIANVIZ_VERSION "1.0.0"
#endif

namespace {

namespace fs = std::filesystem;

/// What stands between the server and its start: one line that says what to do.
struct Obstacle {
  std::string line;
};

template <class Value>
Value need(std::variant<Value, std::string> read) {
  if (auto* line = std::get_if<std::string>(&read)) throw Obstacle{std::move(*line)};
  return std::get<Value>(std::move(read));
}

std::unique_ptr<http::Catalogue> make_catalogue(const run::Places& places) {
  auto regions = need(run::read_regions_file(places.regions, "name another with --regions FILE"));
  auto defaults = need(run::read_defaults_file(places.packages, "name another with --packages FILE"));
  defaults.policies = need(run::read_policies_file(places.policies, "name another with --policies FILE"));
  return std::make_unique<http::Catalogue>(std::move(regions), std::move(defaults));
}

void load_architectures(http::Catalogue& catalogue, const std::string& folder) {
  const auto files = run::document_files(folder);
  if (!files) throw Obstacle{"cannot read the folder " + folder + "; name another with --architectures DIR"};
  for (const auto& [name, path] : *files) {
    std::string text;
    if (!run::read_file(path, text)) continue;
    const auto stored = catalogue.store(name, text, true);
    if (const auto* problems = std::get_if<architecture::Problems>(&stored)) {
      spdlog::warn("left out {}: {} {}", path, problems->front().pointer, problems->front().message);
    }
  }
}

/// Nobody needs them to begin.
void load_templates(http::Catalogue& catalogue, const std::string& folder) {
  const auto files = run::document_files(folder);
  if (!files) {
    spdlog::warn("there are no templates of experiments: cannot read the folder {}; name another with --experiments DIR", folder);
    return;
  }
  for (const auto& [name, path] : *files) {
    std::string text;
    if (!run::read_file(path, text)) continue;
    const auto stored = catalogue.templates().store(name, text, true);
    if (const auto* problems = std::get_if<architecture::Problems>(&stored)) {
      spdlog::warn("left out {}: {} {}", path, problems->front().pointer, problems->front().message);
    }
  }
}

/// By name; the folder may be missing.
std::map<std::string, std::string> read_scenarios(const std::string& folder) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, path] : run::document_files(folder).value_or(std::map<std::string, std::string>{})) {
    std::string text;
    if (run::read_file(path, text)) texts[name] = std::move(text);
  }
  return texts;
}

void start_first(run::Simulations& simulations, const http::Catalogue& catalogue, http::Server& server, const std::string& name) {
  const auto entry = catalogue.find(name);
  if (!entry) {
    const std::string nearest = model::nearest_name(name, catalogue.names());
    throw Obstacle{"there is no architecture '" + name + "'" + (nearest.empty() ? "" : ", did you mean '" + nearest + "'?") +
                   "; choose with --architecture NAME, or start empty with --no-start"};
  }
  auto made = simulations.create("", *entry->document, catalogue.regions(), catalogue.defaults(), run::Settings{});
  if (const auto* refusal = std::get_if<model::Refusal>(&made)) throw Obstacle{"cannot start " + name + ": " + refusal->detail};
  server.watch(*std::get<std::shared_ptr<run::Simulation>>(made));
}

exporting::ServerCounters counters_of(const http::Statistics& statistics) {
  exporting::ServerCounters counters;
  counters.connections = statistics.connections;
  counters.stream_clients = statistics.stream_clients;
  for (std::size_t i = 0; i < counters.answers.size(); ++i) counters.answers[i] = statistics.answers[i];
  counters.sent_bytes = statistics.sent_bytes;
  counters.stream_sent_bytes = statistics.stream_sent_bytes;
  counters.stream_sent_frames = statistics.stream_sent_frames;
  counters.stream_dropped_frames = statistics.stream_dropped_frames;
  counters.stream_slow_closed = statistics.stream_slow_closed;
  return counters;
}

http::Options options_of(const ServerSettings& settings) {
  http::Options options;
  options.host = settings.host;
  options.port = settings.port;
  options.web = settings.web;
  options.origins = settings.origins;
  options.threads = settings.threads;
  options.version = SIMIANVIZ_VERSION;
  return options;
}

/// Blocked in every thread, so that only sigwait() below sees them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

void serve(const ServerSettings& settings, const sigset_t& signals) {
  if (!settings.web.empty() && !fs::is_regular_file(fs::path(settings.web) / "index.html")) {
    throw Obstacle{"there is no dashboard in " + settings.web + "; build it with script/build, or start without it: --web none"};
  }
  const auto catalogue = make_catalogue(settings.places);
  load_architectures(*catalogue, settings.places.architectures);
  load_templates(*catalogue, settings.places.experiments);
  run::Simulations simulations(settings.simulations_max);
  http::Options options = options_of(settings);
  const http::Statistics* statistics = nullptr;
  options.metrics = [&] { return exporting::prometheus_page(simulations, counters_of(*statistics)); };
  options.scenarios = read_scenarios(settings.places.scenarios);
  http::Server server(std::move(options), simulations, *catalogue);
  for (const std::string& line : server.left_out()) spdlog::warn("left out the scenario {}", line);
  statistics = &server.statistics();
  if (!settings.architecture.empty()) start_first(simulations, *catalogue, server, settings.architecture);
  if (const std::string error = server.start(); !error.empty()) throw Obstacle{error};
  spdlog::info("listening on http://{}:{}/", settings.host, server.port());
  int received = 0;
  sigwait(&signals, &received);
  spdlog::info("stopping");
  server.stop();
}

int refuse(int status, const std::string& line, const char* command = "simianviz") {
  std::fprintf(stderr, "%s: %s\n", command, line.c_str());
  return status;
}

int serve_command(int count, char** arguments) {
  spdlog::flush_on(spdlog::level::trace);
  const auto read = read_settings(count, arguments, SIMIANVIZ_VERSION);
  if (const auto* none = std::get_if<NoSettings>(&read)) return none->line.empty() ? none->status : refuse(none->status, none->line);
  const sigset_t signals = block_signals();
  try {
    serve(std::get<ServerSettings>(read), signals);
  } catch (const Obstacle& obstacle) {
    return refuse(1, obstacle.line);
  }
  return 0;
}

int play_scenario(const tool::Options& options, const run::Places& places) {
  const auto catalogue = make_catalogue(places);
  load_architectures(*catalogue, places.architectures);
  const auto texts = read_scenarios(places.scenarios);
  const auto text = texts.find(options.scenario);
  if (text == texts.end()) {
    std::vector<std::string> names;
    names.reserve(texts.size());
    for (const auto& entry : texts) names.push_back(entry.first);
    const std::string nearest = model::nearest_name(options.scenario, names);
    throw Obstacle{"there is no scenario " + model::quoted(options.scenario) + " in " + places.scenarios +
                   (nearest.empty() ? "; there are " + model::joined(names) : "; did you mean " + nearest + "?")};
  }
  auto read = http::read_scenario(options.scenario, text->second, *catalogue);
  if (const auto* problems = std::get_if<architecture::Problems>(&read)) {
    std::fprintf(stderr, "simianviz run: the scenario %s has %zu problems:\n", options.scenario.c_str(), problems->size());
    for (const model::Problem& problem : *problems) std::fprintf(stderr, "  %s: %s\n", problem.pointer.c_str(), problem.message.c_str());
    return tool::bad_document;
  }
  auto scenario = std::make_shared<const run::Scenario>(std::get<run::Scenario>(std::move(read)));
  return tool::play(options, scenario, catalogue->regions(), catalogue->defaults(), std::cout, std::cerr);
}

int run_command(int count, char** arguments) {
  const auto read = tool::read_options(count, arguments);
  if (const auto* none = std::get_if<tool::NoOptions>(&read)) {
    if (none->status != 0) return refuse(none->status, none->text, "simianviz run");
    std::fputs(none->text.c_str(), stdout);
    return 0;
  }
  const auto& options = std::get<tool::Options>(read);
  const auto places = read_places(options.config);
  if (const auto* none = std::get_if<NoSettings>(&places)) return refuse(none->status, none->line, "simianviz run");
  if (options.scenario.empty()) return tool::run(options, std::get<run::Places>(places), std::cout, std::cerr);
  try {
    return play_scenario(options, std::get<run::Places>(places));
  } catch (const Obstacle& obstacle) {
    return refuse(tool::bad_input, obstacle.line, "simianviz run");
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  if (first.empty() || first.front() == '-') return serve_command(argc, argv);
  if (first == "serve") return serve_command(argc - 1, argv + 1);
  if (first == "run") return run_command(argc - 1, argv + 1);
  const std::string nearest = model::nearest_name(first, {"run", "serve"});
  return refuse(2, "there is no command " + model::quoted(first) + (nearest.empty() ? "" : ", did you mean " + nearest + "?") +
                       "; there are run and serve, see simianviz --help");
}

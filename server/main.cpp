// Wiring: settings, catalogue, simulations, server; then waits for a signal.

#include <signal.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <filesystem>

#include "architecture/read.h"
#include "export/prometheus.h"
#include "http/server.h"
#include "run/catalogue.h"
#include "settings.h"

#ifndef SIMIANVIZ_VERSION
#define SIMIANVIZ_VERSION "1.0.0"
#endif

namespace {

namespace fs = std::filesystem;

/// What stands between the server and its start: one line that says what to do.
struct Obstacle {
  std::string line;
};

template <class Value, class Read>
Value read_config(const std::string& path, const char* flag, Read read) {
  std::string text;
  if (!read_file(path, text)) throw Obstacle{"cannot read " + path + "; name another with " + flag + " FILE"};
  auto result = read(text);
  if (auto* value = std::get_if<Value>(&result)) return std::move(*value);
  const auto& problems = std::get<architecture::Problems>(result);
  throw Obstacle{"mend " + path + ": " + problems.front().pointer + " " + problems.front().message};
}

std::unique_ptr<http::Catalogue> make_catalogue(const ServerSettings& settings) {
  auto regions = read_config<architecture::Regions>(settings.regions, "--regions", architecture::read_regions);
  auto defaults = read_config<architecture::Defaults>(
      settings.packages, "--packages", [](const std::string& text) { return architecture::read_defaults(text, run::package_names()); });
  return std::make_unique<http::Catalogue>(std::move(regions), std::move(defaults));
}

/// "json_arch/netflixoss_arch.json" is called netflixoss.
std::string name_of(const fs::path& file) {
  std::string name = file.stem().string();
  if (name.ends_with("_arch")) name.resize(name.size() - 5);
  return name;
}

void load_architectures(http::Catalogue& catalogue, const std::string& folder) {
  std::error_code error;
  fs::directory_iterator files(folder, error);
  if (error) throw Obstacle{"cannot read the folder " + folder + "; name another with --architectures DIR"};
  for (const fs::directory_entry& file : files) {
    if (file.path().extension() != ".json" || file.path().stem().extension() == ".schema") continue;
    std::string text;
    if (!read_file(file.path().string(), text)) continue;
    const auto stored = catalogue.store(name_of(file.path()), text, true);
    if (const auto* problems = std::get_if<architecture::Problems>(&stored)) {
      spdlog::warn("left out {}: {} {}", file.path().string(), problems->front().pointer, problems->front().message);
    }
  }
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
  const auto catalogue = make_catalogue(settings);
  load_architectures(*catalogue, settings.architectures);
  run::Simulations simulations(settings.simulations_max);
  http::Options options = options_of(settings);
  const http::Statistics* statistics = nullptr;
  options.metrics = [&] { return exporting::prometheus_page(simulations, counters_of(*statistics)); };
  http::Server server(std::move(options), simulations, *catalogue);
  statistics = &server.statistics();
  if (!settings.architecture.empty()) start_first(simulations, *catalogue, server, settings.architecture);
  if (const std::string error = server.start(); !error.empty()) throw Obstacle{error};
  spdlog::info("listening on http://{}:{}/", settings.host, server.port());
  int received = 0;
  sigwait(&signals, &received);
  spdlog::info("stopping");
  server.stop();
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::flush_on(spdlog::level::trace);
  const auto read = read_settings(argc, argv, SIMIANVIZ_VERSION);
  if (const auto* none = std::get_if<NoSettings>(&read)) {
    if (!none->line.empty()) std::fprintf(stderr, "simianviz: %s\n", none->line.c_str());
    return none->status;
  }
  const sigset_t signals = block_signals();
  try {
    serve(std::get<ServerSettings>(read), signals);
  } catch (const Obstacle& obstacle) {
    std::fprintf(stderr, "simianviz: %s\n", obstacle.line.c_str());
    return 1;
  }
  return 0;
}

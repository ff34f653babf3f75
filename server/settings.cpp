#include "settings.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "http/body.h"

namespace {

namespace fs = std::filesystem;

http::Field config_schema() {
  using namespace http;
  return object("", "config/server.json",
                {text("host", "Address to listen on."), integer("port", "Port to listen on, 0 for any free one.", 0, 65'535),
                 text("web", "Folder of the dashboard.", 4'096), text("architectures", "Folder of documents.", 4'096),
                 text("regions", "File of regions.", 4'096), text("packages", "File of package defaults.", 4'096),
                 text("policies", "File of policies by name.", 4'096), text("experiments", "Folder of templates of experiments.", 4'096),
                 text("scenarios", "Folder of scenarios.", 4'096), text("architecture", "What to start with."),
                 integer("threads", "Threads of the server.", 1, 16), integer("simulationsMax", "Simulations at a time.", 1, 1'000),
                 texts("allowedOrigins", "Sites whose pages may open streams.", 100)});
}

/// What the command line says; "" and -1: nothing.
struct Flags {
  std::string host, config, architecture, web, architectures, regions, packages, policies, experiments, scenarios;
  int port = -1;
  bool no_start = false;
};

void declare(CLI::App& app, Flags& flags) {
  app.add_option("--host", flags.host, "Address to listen on (127.0.0.1: this machine only)");
  app.add_option("--port", flags.port, "Port to listen on; 0 takes any free one, which is printed")->check(CLI::Range(0, 65'535));
  app.add_option("--config", flags.config, "Configuration file (config/server.json)");
  auto* start = app.add_option("--architecture", flags.architecture, "Architecture to start with");
  app.add_flag("--no-start", flags.no_start, "Start with no simulation")->excludes(start);
  app.add_option("--web", flags.web, "Folder of the built dashboard, or none");
  app.add_option("--architectures", flags.architectures, "Folder of architecture documents");
  app.add_option("--regions", flags.regions, "File of regions");
  app.add_option("--packages", flags.packages, "File of package defaults");
  app.add_option("--policies", flags.policies, "File of policies by name");
  app.add_option("--experiments", flags.experiments, "Folder of templates of experiments");
  app.add_option("--scenarios", flags.scenarios, "Folder of scenarios");
  app.footer(
      "Without a server: simianviz run ARCH runs an architecture and prints what came of it; see simianviz run --help.\n"
      "simianviz serve [OPTIONS] is the same as simianviz [OPTIONS].");
}

/// The one that is named; else config/server.json from here; else the one beside the folder that the program is in, as it is installed.
std::string configuration_file(const std::string& named) {
  if (!named.empty()) return named;
  std::string usual = "config/server.json";
  std::error_code error;
  if (fs::exists(usual, error)) return usual;
  const fs::path installed = fs::read_symlink("/proc/self/exe", error).parent_path().parent_path() / usual;
  return fs::exists(installed, error) ? installed.string() : usual;
}

/// The fields of the configuration, or the line that says why there are none.
std::string read_config(const std::string& file, http::Fields& config) {
  std::string text;
  if (!run::read_file(file, text)) return "cannot read the configuration " + file + "; name one with --config FILE, as script/server does";
  const http::InputProblems found = http::read_body(text, config_schema(), config);
  return found.status == 0 ? "" : "mend " + file + ": " + found.detail;
}

/// Flags are relative to where one is, the configuration's paths to where it is.
std::string path_of(const std::string& flag, const http::Fields& config, const char* name, const char* fallback, const fs::path& folder) {
  if (!flag.empty()) return flag;
  return (folder / config.text(name, fallback)).lexically_normal().string();
}

run::Places places_of(const Flags& flags, const http::Fields& config, const fs::path& folder) {
  return {path_of(flags.architectures, config, "architectures", "../json_arch", folder),
          path_of(flags.regions, config, "regions", "regions.json", folder),
          path_of(flags.packages, config, "packages", "packages.json", folder),
          path_of(flags.policies, config, "policies", "policies.json", folder),
          path_of(flags.experiments, config, "experiments", "../experiments", folder),
          path_of(flags.scenarios, config, "scenarios", "../scenarios", folder)};
}

ServerSettings combine(const Flags& flags, const http::Fields& config, const fs::path& folder) {
  ServerSettings settings;
  settings.host = flags.host.empty() ? config.text("host", settings.host) : flags.host;
  settings.port = static_cast<std::uint16_t>(flags.port >= 0 ? flags.port : config.number("port", settings.port));
  settings.architecture = flags.architecture.empty() ? config.text("architecture", "netflixoss") : flags.architecture;
  if (flags.no_start) settings.architecture.clear();
  settings.web = flags.web == "none" ? "" : path_of(flags.web, config, "web", "../web/dist", folder);
  settings.places = places_of(flags, config, folder);
  settings.threads = static_cast<unsigned>(config.number("threads", settings.threads));
  settings.simulations_max = static_cast<std::size_t>(config.number("simulationsMax", static_cast<double>(settings.simulations_max)));
  settings.origins = config.list("allowedOrigins");
  return settings;
}

}  // namespace

std::variant<ServerSettings, NoSettings> read_settings(int count, const char* const* arguments, const std::string& version) {
  CLI::App app{"simianviz: runs simulations of microservice architectures and shows them in a browser", "simianviz"};
  app.set_version_flag("--version", version);
  Flags flags;
  declare(app, flags);
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return NoSettings{2, std::string(error.what()) + "; see simianviz --help"};
    return NoSettings{app.exit(error), ""};
  }
  const std::string file = configuration_file(flags.config);
  http::Fields config;
  if (std::string line = read_config(file, config); !line.empty()) return NoSettings{1, std::move(line)};
  return combine(flags, config, fs::path(file).parent_path());
}

std::variant<run::Places, NoSettings> read_places(const std::string& named) {
  const std::string file = configuration_file(named);
  http::Fields config;
  if (std::string line = read_config(file, config); !line.empty()) return NoSettings{2, std::move(line)};
  return places_of({}, config, fs::path(file).parent_path());
}

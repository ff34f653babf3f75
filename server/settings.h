#pragma once
// What the server was told: the configuration file, then the command line over it. Names, bounds and defaults are here and nowhere else.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "run/files.h"

struct ServerSettings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  ///< 0: any free one
  std::string web;            ///< folder of the dashboard, "" for none
  run::Places places;
  std::string architecture;  ///< to start with, "" for none
  unsigned threads = 2;      ///< of the server; each simulation has its own
  std::size_t simulations_max = 16;
  std::vector<std::string> origins;  ///< of other sites whose pages may open streams
};

/// Why there are none: the line to print, and the exit status (0 after --help).
struct NoSettings {
  int status = 1;
  std::string line;
};

/// `arguments[0]` is the command itself.
std::variant<ServerSettings, NoSettings> read_settings(int count, const char* const* arguments, const std::string& version);

/// Where things lie by the configuration file alone; `config` as --config gives it, "" for the usual one.
std::variant<run::Places, NoSettings> read_places(const std::string& config);

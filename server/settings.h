#pragma once
// What the server was told: the configuration file, then the command line over it. Names, bounds and defaults are here and nowhere else.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

struct ServerSettings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  ///< 0: any free one
  std::string web;            ///< folder of the dashboard, "" for none
  std::string architectures;  ///< folder of documents
  std::string regions;        ///< file
  std::string packages;       ///< file
  std::string architecture;   ///< to start with, "" for none
  unsigned threads = 2;       ///< of the server; each simulation has its own
  std::size_t simulations_max = 16;
  std::vector<std::string> origins;  ///< of other sites whose pages may open streams
};

/// Why there are none: the line to print, and the exit status (0 after --help).
struct NoSettings {
  int status = 1;
  std::string line;
};

std::variant<ServerSettings, NoSettings> read_settings(int argc, const char* const* argv, const std::string& version);

/// Whole file; false when it cannot be read.
bool read_file(const std::string& path, std::string& text);

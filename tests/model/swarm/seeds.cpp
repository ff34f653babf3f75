#include "model/swarm/seeds.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace swarm {
namespace {

bool is_number(const std::string& text) {
  return !text.empty() && text.size() <= 18 && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::uint64_t number(const char* name, const char* text) {
  if (!is_number(text)) throw std::invalid_argument(std::string(name) + " is \"" + text + "\" and should be a whole number");
  return std::stoull(text);
}

/// All that a signal handler may use.
struct {
  char line[32];     ///< for the file
  char told[96];     ///< for the error output
  char path[1'024];  ///< empty: nothing is under way
} under_way;

void put(int file, const char* text) {
  [[maybe_unused]] const ssize_t written = write(file, text, std::strlen(text));
}

void write_down() {
  put(2, under_way.told);
  const int file = open(under_way.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) return;
  put(file, under_way.line);
  close(file);
}

void on_signal(int signal) {
  if (under_way.path[0] != 0) write_down();
  std::signal(signal, SIG_DFL);
  raise(signal);
}

void prepare(std::uint64_t seed, const std::string& file) {
  std::filesystem::create_directories(std::filesystem::path(file).parent_path());
  const auto copy = [](char* to, std::size_t size, const std::string& text) { to[text.copy(to, size - 1)] = 0; };
  copy(under_way.line, sizeof under_way.line, std::to_string(seed) + "\n");
  copy(under_way.told, sizeof under_way.told, "repeat with: " + command_for(seed) + "\n");
  copy(under_way.path, sizeof under_way.path, file);
}

}  // namespace

Range range_of(const char* seed, const char* from, const char* count, Range otherwise) {
  if (seed != nullptr) return {number("SIMIANVIZ_SEED", seed), 1};
  if (from != nullptr) otherwise.from = number("SIMIANVIZ_FROM", from);
  if (count != nullptr) otherwise.count = number("SIMIANVIZ_SEEDS", count);
  return otherwise;
}

std::vector<std::uint64_t> read_seeds(const std::string& text) {
  std::vector<std::uint64_t> seeds;
  std::istringstream lines(text);
  std::size_t at = 0;
  for (std::string line; std::getline(lines, line);) {
    ++at;
    line.resize(std::min(line.find('#'), line.size()));
    line.erase(line.find_last_not_of(" \t") + 1);
    if (line.empty()) continue;
    if (!is_number(line)) throw std::invalid_argument("line " + std::to_string(at) + ": \"" + line + "\" is no seed, a whole number");
    seeds.push_back(std::stoull(line));
  }
  return seeds;
}

std::string command_for(std::uint64_t seed) {
  return "script/swarm --seed " + std::to_string(seed);
}

void keep(std::uint64_t seed, const std::string& file) {
  prepare(seed, file);
  write_down();
  under_way.path[0] = 0;
}

void keep_if_killed(std::uint64_t seed, const std::string& file) {
  if (seed == 0) {
    under_way.path[0] = 0;
    return;
  }
  prepare(seed, file);
  for (const int signal : {SIGABRT, SIGFPE, SIGILL, SIGTERM}) std::signal(signal, on_signal);
    // A sanitizer has its own for this one, which says more, and ends with SIGABRT where it is told to.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  std::signal(SIGSEGV, on_signal);
#endif
}

}  // namespace swarm

#pragma once
// Files of events (events.h): one is written while a run goes on, or read along with one.

#include <cstdint>
#include <deque>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace tool {

class EventWriter {
 public:
  /// `about`: the second line. What goes wrong is in error(), then and later.
  EventWriter(const std::string& path, const std::string& about);
  void add(const std::string& line);
  /// "" when everything is in the file. REQUIRES: nothing is added later.
  std::string finish();
  const std::string& error() const { return error_; }

 private:
  void check();
  std::string path_;
  std::vector<char> buffer_;
  std::ofstream file_;
  std::string error_;
};

/// Compares events with those of a file, one after the other.
class EventComparison {
 public:
  static constexpr std::size_t shown_before = 5;

  /// What is no file of events is in error().
  explicit EventComparison(const std::string& path);
  const std::string& error() const { return error_; }

  /// False at the first that differs; not to be called after that.
  bool add(const std::string& line);
  /// After the last event of the run: false when the file goes on.
  bool finish();

  std::uint64_t equal() const { return equal_; }
  /// Both sides of the difference, and what came before. REQUIRES: add() or finish() said false.
  std::string difference() const;

 private:
  std::optional<std::string> next();

  std::string path_;
  std::ifstream file_;
  std::string error_;
  std::string about_;
  std::uint64_t equal_ = 0;
  std::deque<std::string> before_;
  std::string in_file_, in_run_;
};

}  // namespace tool

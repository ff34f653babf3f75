#include "tool/event_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "run/event_lines.h"

namespace tool {
namespace {

constexpr std::size_t buffer_bytes = 1 << 20;

}  // namespace

// --- writing

EventWriter::EventWriter(const std::string& path, const std::string& about) : path_(path), buffer_(buffer_bytes) {
  file_.rdbuf()->pubsetbuf(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  file_.open(path, std::ios::binary | std::ios::trunc);
  check();
  add(std::string(run::events_head));
  add("# " + about);
}

void EventWriter::add(const std::string& line) {
  file_.write(line.data(), static_cast<std::streamsize>(line.size()));
  file_.put('\n');
  check();
}

std::string EventWriter::finish() {
  file_.close();
  check();
  return error_;
}

void EventWriter::check() {
  if (file_.good() || !error_.empty()) return;
  error_ = "cannot write " + path_ + ": " + std::strerror(errno);
}

// --- comparing

EventComparison::EventComparison(const std::string& path) : path_(path), file_(path, std::ios::binary) {
  std::error_code none;
  if (!file_.is_open() || std::filesystem::is_directory(path, none)) {
    error_ = "cannot read " + path + "; write one with --trace-events FILE";
    return;
  }
  std::string head(run::event_line_max, '\0');
  file_.getline(head.data(), static_cast<std::streamsize>(head.size()));
  if (std::string_view(head.c_str()) != run::events_head) {
    error_ =
        path + " is no file of events: its first line is not \"" + std::string(run::events_head) + "\"; write one with --trace-events FILE";
  }
}

std::optional<std::string> EventComparison::next() {
  char line[run::event_line_max + 1];
  while (file_.getline(line, sizeof line) || file_.gcount() > 0) {
    if (line[0] == '#') {
      about_ = line;
      continue;
    }
    // A longer line is no event; what is read of it differs from every one.
    if (file_.fail()) return std::string(line) + "…";
    return line;
  }
  return std::nullopt;
}

bool EventComparison::add(const std::string& line) {
  const auto expected = next();
  if (expected && *expected == line) {
    ++equal_;
    before_.push_back(line);
    if (before_.size() > shown_before) before_.pop_front();
    return true;
  }
  in_run_ = line;
  in_file_ = expected.value_or("(the file ends here)");
  return false;
}

bool EventComparison::finish() {
  const auto more = next();
  if (!more) return true;
  in_file_ = *more;
  in_run_ = "(the run ends here)";
  return false;
}

std::string EventComparison::difference() const {
  std::string text = "event " + std::to_string(equal_ + 1) + " differs\n";
  for (const std::string& line : before_) text += "  both  " + line + "\n";
  text += "  file  " + in_file_ + "\n";
  text += "  run   " + in_run_ + "\n";
  text += path_ + " is " + (about_.empty() ? "of an unknown run" : about_.substr(2)) + "\n";
  return text;
}

}  // namespace tool

#include <charconv>
#include <cmath>

#include "architecture/read_load.h"
#include "model/problem_text.h"

namespace architecture {
namespace {

constexpr std::size_t bad_rows_named_max = 20;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// A cell without the blanks and the quotes around it.
std::string_view cell_of(std::string_view text) {
  text = trimmed(text);
  const bool in_quotes = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return in_quotes ? trimmed(text.substr(1, text.size() - 2)) : text;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

class TraceReader {
 public:
  TraceReader(const std::vector<model::RequestSpec>& mix, const std::string& pointer, Report& report)
      : mix_(mix), pointer_(pointer), report_(report) {}

  void read(std::string_view csv) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (csv.starts_with(byte_order_mark)) csv.remove_prefix(byte_order_mark.size());
    while (!csv.empty() && bad_rows_ <= bad_rows_named_max) {
      const std::size_t end = csv.find('\n');
      ++line_;
      if (const std::string_view row = trimmed(csv.substr(0, end)); !row.empty()) read_row(row);
      csv.remove_prefix(end == std::string_view::npos ? csv.size() : end + 1);
      if (rows_.size() <= trace_rows_max) continue;
      report_.add(pointer_, "tooMany", "There are more than " + std::to_string(trace_rows_max) + " rows.");
      return;
    }
    if (rows_.empty() && bad_rows_ == 0) report_.add(pointer_, "empty", "A trace needs at least one row: seconds since the start.");
  }
  std::vector<model::TraceRow> take() { return std::move(rows_); }

 private:
  void read_row(std::string_view row) {
    const std::size_t comma = row.find(',');
    const std::string_view time = cell_of(row.substr(0, comma));
    const bool first = first_;
    first_ = false;
    if (first && !time.empty() && is_letter(time.front())) return;  // a header
    model::TraceRow made;
    if (!read_time(time, made.at)) return;
    if (comma != std::string_view::npos && !read_name(row.substr(comma + 1), made.request)) return;
    rows_.push_back(made);
  }

  bool read_time(std::string_view text, sim::Time& at) {
    double seconds = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || text.empty()) {
      return bad("badRow", model::quoted(text) + " is not a number of seconds.");
    }
    const double longest = model::LoadSpec::longest_ms / 1'000;
    if (!(seconds >= 0 && seconds <= longest)) {
      return bad("outOfRange", model::number_text(seconds) + " is not between 0 and " + model::number_text(longest) + " seconds.");
    }
    at = static_cast<sim::Time>(std::floor(seconds * 1e9 + 0.5));
    if (rows_.empty() || at >= rows_.back().at) return true;
    return bad("badOrder", std::string(text) + " is before the row above; times have to ascend.");
  }

  bool read_name(std::string_view text, std::uint32_t& request) {
    if (text.find(',') != std::string_view::npos) {
      return bad("badRow", "there are more than two cells; a row has seconds and, if it is given, the name of a kind of request.");
    }
    const std::string_view name = cell_of(text);
    if (name.empty()) return true;
    for (std::uint32_t i = 0; i < mix_.size(); ++i) {
      if (mix_[i].name != name) continue;
      request = i;
      return true;
    }
    std::vector<std::string> names;
    for (const model::RequestSpec& known : mix_) names.push_back(known.name);
    const std::string message = "there is no kind of request " + model::quoted(name) + " in the mix; it has " + model::joined(names) + ".";
    return bad("unknownChoice", message, model::nearest_first(name, names));
  }

  bool bad(const char* code, const std::string& message, std::vector<std::string> known = {}) {
    ++bad_rows_;
    if (bad_rows_ > bad_rows_named_max) {
      report_.add(pointer_, "tooManyProblems",
                  "There are more rows that are wrong than the " + std::to_string(bad_rows_named_max) + " named.");
    } else {
      report_.add(pointer_, code, "Line " + std::to_string(line_) + ": " + message, std::move(known));
    }
    return false;
  }

  const std::vector<model::RequestSpec>& mix_;
  const std::string& pointer_;
  Report& report_;
  std::vector<model::TraceRow> rows_;
  std::size_t line_ = 0;
  std::size_t bad_rows_ = 0;
  bool first_ = true;
};

}  // namespace

std::vector<model::TraceRow> read_trace(std::string_view csv, const std::vector<model::RequestSpec>& mix, const std::string& pointer,
                                        Report& report) {
  TraceReader reader(mix, pointer, report);
  reader.read(csv);
  return reader.take();
}

}  // namespace architecture

#include "model/problem.h"

#include <algorithm>
#include <cstddef>
#include <locale>
#include <sstream>

#include "model/problem_text.h"

namespace model {
namespace {

/// Optimal string alignment distance (insert, delete, replace, swap of neighbours), or `limit` + 1 as soon as it must be larger than
/// `limit`.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > limit) return limit + 1;
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    std::size_t least = row[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replace});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    // A swap reaches back two rows, so only two rows over the limit end it.
    const bool hopeless = least > limit && *std::min_element(last.begin(), last.end()) > limit;
    if (hopeless) return limit + 1;
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& known) {
  std::size_t limit = name.size() / 3 + 1;
  const std::string* nearest = nullptr;
  for (const std::string& candidate : known) {
    const std::size_t distance = edit_distance(name, candidate, limit);
    if (distance > limit) continue;
    nearest = &candidate;
    if (distance == 0) break;
    limit = distance - 1;  // from here on only what is strictly nearer counts
  }
  return nearest == nullptr ? std::string() : *nearest;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t shown_max = 60;
  if (text.size() <= shown_max) return "\"" + std::string(text) + "\"";
  std::size_t end = shown_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return "\"" + std::string(text.substr(0, end)) + "…\"";
}

std::string child_pointer(std::string_view pointer, std::string_view token) {
  std::string result(pointer);
  result += '/';
  for (const char c : token) {
    if (c == '~') {
      result += "~0";
    } else if (c == '/') {
      result += "~1";
    } else {
      result += c;
    }
  }
  return result;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

std::vector<std::string> nearest_first(std::string_view name, const std::vector<std::string>& names) {
  std::vector<std::string> sorted = names;
  const auto place = std::find(sorted.begin(), sorted.end(), nearest_name(name, names));
  if (place != sorted.end()) std::rotate(sorted.begin(), place, place + 1);
  return sorted;
}

std::string number_text(double value) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(15);
  text << value;
  return text.str();
}

}  // namespace model

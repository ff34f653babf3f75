#include "model/cron.h"

#include <array>
#include <optional>
#include <vector>

#include "model/problem_text.h"

namespace model {
namespace {

struct FieldRule {
  const char* name;
  std::uint32_t min, max;
  std::vector<std::string_view> names;  ///< of the values from `min` on
};

const std::array<FieldRule, 5>& rules() {
  static const std::array<FieldRule, 5> all{
      {{"minute", 0, 59, {}},
       {"hour", 0, 23, {}},
       {"day of month", 1, 31, {}},
       {"month", 1, 12, {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
       {"day of week", 0, 7, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}}}};
  return all;
}

/// What is wrong with a field; thrown and caught here alone.
struct Wrong {
  std::string why;
};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return result;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  std::size_t from = 0;
  while (true) {
    const std::size_t to = text.find(at, from);
    parts.push_back(text.substr(from, to - from));
    if (to == std::string_view::npos) return parts;
    from = to + 1;
  }
}

std::optional<std::uint32_t> whole(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return value;
}

std::string range_of(const FieldRule& rule) {
  return std::to_string(rule.min) + " to " + std::to_string(rule.max);
}

std::uint32_t value_of(std::string_view text, const FieldRule& rule) {
  const std::string name = lower(text);
  for (std::size_t i = 0; i < rule.names.size(); ++i) {
    if (rule.names[i] == name) return rule.min + static_cast<std::uint32_t>(i);
  }
  const auto value = whole(text);
  if (!value) {
    std::string also;
    if (!rule.names.empty()) also = " or one of " + joined(std::vector<std::string>(rule.names.begin(), rule.names.end()));
    throw Wrong{quoted(text) + " is neither * nor a number from " + range_of(rule) + also};
  }
  if (*value < rule.min || *value > rule.max) throw Wrong{std::to_string(*value) + " is not from " + range_of(rule)};
  return *value;
}

std::uint64_t bits_of_item(std::string_view item, const FieldRule& rule) {
  const std::vector<std::string_view> halves = split(item, '/');
  if (halves.size() > 2) throw Wrong{quoted(item) + " has more than one /"};
  const std::vector<std::string_view> ends = split(halves[0], '-');
  if (ends.size() > 2) throw Wrong{quoted(item) + " has more than one -"};
  std::uint32_t from = rule.min, to = rule.max;
  if (halves[0] != "*") {
    from = value_of(ends[0], rule);
    to = ends.size() == 2 ? value_of(ends[1], rule) : from;
    if (from > to) throw Wrong{"the range " + quoted(halves[0]) + " ends before it begins"};
  }
  std::uint32_t step = 1;
  if (halves.size() == 2) {
    if (halves[0] != "*" && ends.size() == 1) throw Wrong{quoted(item) + ": a step goes with * or with a range"};
    const auto given = whole(halves[1]);
    if (!given || *given < 1 || *given > rule.max) {
      throw Wrong{"the step " + quoted(halves[1]) + " is not a whole number from 1 to " + std::to_string(rule.max)};
    }
    step = *given;
  }
  std::uint64_t bits = 0;
  for (std::uint32_t value = from; value <= to; value += step) bits |= std::uint64_t{1} << value;
  return bits;
}

std::uint64_t bits_of(std::string_view field, const FieldRule& rule) {
  std::uint64_t bits = 0;
  for (const std::string_view item : split(field, ',')) {
    if (item.empty()) throw Wrong{"a list has something before and after each comma"};
    bits |= bits_of_item(item, rule);
  }
  return bits;
}

std::vector<std::string_view> fields_of(std::string_view text) {
  std::vector<std::string_view> fields;
  for (const std::string_view part : split(text, ' ')) {
    if (!part.empty()) fields.push_back(part);
  }
  return fields;
}

bool has(std::uint64_t bits, std::uint64_t value) {
  return (bits >> value & 1) != 0;
}

bool is_its_day(const Cron& cron, std::int64_t day) {
  const Date date = date_of(day);
  if (!has(cron.months, date.month)) return false;
  const bool by_date = has(cron.days, date.day);
  const bool by_weekday = has(cron.weekdays, weekday_of(day));
  return cron.any_day || cron.any_weekday ? by_date && by_weekday : by_date || by_weekday;
}

}  // namespace

std::variant<Cron, Problem> read_cron(std::string_view text) {
  const std::vector<std::string_view> fields = fields_of(text);
  if (fields.size() != rules().size()) {
    return Problem{"",
                   "badValue",
                   "has five fields (minute, hour, day of month, month, day of week), such as \"0 9 * * 1-5\", and not " +
                       std::to_string(fields.size()),
                   {}};
  }
  std::array<std::uint64_t, 5> bits{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    try {
      bits[i] = bits_of(fields[i], rules()[i]);
    } catch (const Wrong& wrong) {
      return Problem{"", "badValue", "field " + std::to_string(i + 1) + ", " + rules()[i].name + ": " + wrong.why, {}};
    }
  }
  Cron cron;
  cron.text = text;
  cron.minutes = bits[0];
  cron.hours = static_cast<std::uint32_t>(bits[1]);
  cron.days = static_cast<std::uint32_t>(bits[2]);
  cron.months = static_cast<std::uint32_t>(bits[3]);
  cron.weekdays = static_cast<std::uint32_t>((bits[4] | bits[4] >> 7) & 0x7f);
  cron.any_day = fields[2].front() == '*';
  cron.any_weekday = fields[4].front() == '*';
  if (next_of(cron, usual_epoch, 0) == sim::never) return Problem{"", "badValue", "names days that there never are", {}};
  return cron;
}

sim::Time next_of(const Cron& cron, Epoch epoch, sim::Time after) {
  constexpr std::int64_t days_tried = 366 * 8 + 1;
  const std::int64_t first = day_of(epoch, after);
  for (std::int64_t day = first; day < first + days_tried; ++day) {
    if (!is_its_day(cron, day)) continue;
    const sim::Time midnight = begin_of_day(epoch, day);
    for (std::uint32_t hour = 0; hour < 24; ++hour) {
      if (!has(cron.hours, hour)) continue;
      for (std::uint32_t minute = 0; minute < 60; ++minute) {
        const sim::Time time = midnight + (hour * 60 + minute) * minute_length;
        if (has(cron.minutes, minute) && time > after) return time;
      }
    }
  }
  return sim::never;
}

}  // namespace model

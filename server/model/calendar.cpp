#include "model/calendar.h"

#include <array>
#include <cstdio>

namespace model {
namespace {

constexpr std::int64_t day_seconds = 86'400;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - static_cast<std::int64_t>(a % b < 0);
}

bool is_leap(std::int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

std::uint32_t days_in(std::int64_t year, std::uint32_t month) {
  constexpr std::array<std::uint32_t, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month - 1] + static_cast<std::uint32_t>(month == 2 && is_leap(year));
}

/// So many digits from `at` on.
std::optional<std::uint32_t> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return value;
}

/// "HH:MM" at a place, in minutes.
std::optional<std::uint32_t> minutes(std::string_view text, std::size_t at) {
  const auto hour = digits(text, at, 2);
  const auto minute = digits(text, at + 3, 2);
  if (!hour || !minute || text[at + 2] != ':' || *minute > 59) return std::nullopt;
  return *hour * 60 + *minute;
}

}  // namespace

std::int64_t day_of(Epoch epoch, sim::Time t) {
  return floor_div(epoch + floor_div(t, sim::second), day_seconds);
}

sim::Time begin_of_day(Epoch epoch, std::int64_t day) {
  return (day * day_seconds - epoch) * sim::second;
}

std::uint32_t weekday_of(std::int64_t day) {
  return static_cast<std::uint32_t>(((day + 4) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
}

// Days from and to dates: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms (public domain), by eras of 400 years from March on.
Date date_of(std::int64_t day) {
  const std::int64_t z = day + 719'468;
  const std::int64_t era = floor_div(z, 146'097);
  const std::int64_t of_era = z - era * 146'097;
  const std::int64_t year_of_era = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;
  Date date;
  date.day = static_cast<std::uint32_t>(of_year - (153 * month + 2) / 5 + 1);
  date.month = static_cast<std::uint32_t>(month < 10 ? month + 3 : month - 9);
  date.year = year_of_era + era * 400 + static_cast<std::int64_t>(date.month <= 2);
  return date;
}

std::int64_t day_of(const Date& date) {
  const std::int64_t year = date.year - static_cast<std::int64_t>(date.month <= 2);
  const std::int64_t era = floor_div(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month = date.month > 2 ? std::int64_t{date.month} - 3 : std::int64_t{date.month} + 9;
  const std::int64_t of_year = (153 * month + 2) / 5 + date.day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719'468;
}

std::string moment_text(Epoch epoch, sim::Time t) {
  const std::int64_t day = day_of(epoch, t);
  const Date date = date_of(day);
  const std::int64_t second = epoch + floor_div(t, sim::second) - day * day_seconds;
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year), date.month, date.day,
                static_cast<int>(second / 3'600), static_cast<int>(second / 60 % 60), static_cast<int>(second % 60));
  return text.data();
}

std::string weekday_text(Epoch epoch, sim::Time t) {
  constexpr std::array<const char*, 7> names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const std::int64_t day = day_of(epoch, t);
  const sim::Time of_day = t - begin_of_day(epoch, day);
  return std::string(names[weekday_of(day)]) + " " + minute_text(static_cast<std::uint32_t>(of_day / minute_length));
}

std::optional<Epoch> read_epoch(std::string_view text) {
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (*year < 1970 || *year > 2200 || *month < 1 || *month > 12 || *day < 1 || *day > days_in(*year, *month)) return std::nullopt;
  const Epoch begin = day_of(Date{*year, *month, *day}) * day_seconds;
  if (text.size() == 10) return begin;
  const auto minute = minutes(text, 11);
  if (text[10] != 'T' || !minute || *minute >= 24 * 60) return std::nullopt;
  if (text.size() == 16) return begin + Epoch{*minute} * 60;
  const auto second = digits(text, 17, 2);
  if (text.size() != 19 || text[16] != ':' || !second || *second > 59) return std::nullopt;
  return begin + Epoch{*minute} * 60 + *second;
}

std::optional<std::uint32_t> read_minute(std::string_view text) {
  if (text.size() != 5) return std::nullopt;
  const auto minute = minutes(text, 0);
  return minute && *minute <= 24 * 60 ? minute : std::nullopt;
}

std::string minute_text(std::uint32_t minute) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%02u:%02u", minute / 60, minute % 60);
  return text.data();
}

}  // namespace model

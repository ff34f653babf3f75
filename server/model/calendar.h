#pragma once
// What time of which day it is in a simulation: simulated time 0 is some moment of the Gregorian calendar, without time zones or leap
// seconds. Pure functions, any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/time.h"

namespace model {

/// Seconds since 1970-01-01 00:00:00 at simulated time 0.
using Epoch = std::int64_t;

/// Monday 2024-01-01 00:00:00: when nobody says otherwise.
inline constexpr Epoch usual_epoch = 1'704'067'200;
inline constexpr sim::Time minute_length = 60 * sim::second;
inline constexpr sim::Time day_length = sim::Time{24} * 60 * minute_length;

struct Date {
  std::int64_t year = 1970;
  std::uint32_t month = 1;  ///< 1 to 12
  std::uint32_t day = 1;    ///< of the month, from 1
};

/// Days since 1970-01-01, of simulated time `t`.
std::int64_t day_of(Epoch epoch, sim::Time t);
/// When that day begins; may be below 0.
sim::Time begin_of_day(Epoch epoch, std::int64_t day);
/// 0: Sunday, to 6: Saturday.
std::uint32_t weekday_of(std::int64_t day);
inline bool is_weekday(std::int64_t day) {
  return weekday_of(day) % 6 != 0;
}
Date date_of(std::int64_t day);
std::int64_t day_of(const Date& date);

/// "2024-01-01T00:00:00".
std::string moment_text(Epoch epoch, sim::Time t);
/// "Mon 09:30".
std::string weekday_text(Epoch epoch, sim::Time t);
/// "YYYY-MM-DD", or with "THH:MM" or "THH:MM:SS"; years 1970 to 2200. Nothing when it is none of these, or there is no such moment.
std::optional<Epoch> read_epoch(std::string_view text);
/// "HH:MM" in minutes of the day, 00:00 to 24:00.
std::optional<std::uint32_t> read_minute(std::string_view text);
/// "09:00".
std::string minute_text(std::uint32_t minute);

}  // namespace model

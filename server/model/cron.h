#pragma once
// Times of a schedule as cron has them: five fields, "minute hour day-of-month month day-of-week". Plain values, pure functions.
//
// A field is a list, with commas, of: *, a number, a range "9-15", either of the first and the last with a step ("*/5", "9-17/2"); months
// and days of the week also by their first three letters. Sunday is 0 or 7. When day of month and day of week are both something other than
// *, a day that is one of them counts (POSIX crontab; Vixie cron). Names like @daily are none of it.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "model/calendar.h"
#include "model/problem.h"

namespace model {

struct Cron {
  std::string text;            ///< as it was given
  std::uint64_t minutes = 0;   ///< bit n: at minute n
  std::uint32_t hours = 0;     ///< likewise
  std::uint32_t days = 0;      ///< of the month, from bit 1
  std::uint32_t months = 0;    ///< from bit 1
  std::uint32_t weekdays = 0;  ///< bit 0: Sunday
  bool any_day = true;         ///< day of month begins with *
  bool any_weekday = true;     ///< likewise
  bool operator==(const Cron&) const = default;
};

/// Or what is wrong with which field; the pointer is the caller's to fill in.
std::variant<Cron, Problem> read_cron(std::string_view text);

/// The first moment after `after` that it names; sim::never when there is none within eight years (from one 29 February over a year that is
/// none to the next).
sim::Time next_of(const Cron& cron, Epoch epoch, sim::Time after);

}  // namespace model

#pragma once
// When a schedule is due: the times, one after the other. A plain value: a copy goes on as the original would, and says the same times.

#include <cstdint>
#include <optional>

#include "model/schedule.h"

namespace chaos {

class Timetable {
 public:
  /// From `began` on. Chance is drawn by seed and number.
  Timetable(model::ScheduleTimes times, model::Epoch epoch, std::uint64_t seed, std::uint64_t number, sim::Time began)
      : times_(std::move(times)), epoch_(epoch), seed_(seed), number_(number), last_(began), began_(began) {}

  /// The next one, after all that it has said; sim::never when there is none.
  sim::Time next();
  /// Goes on from `now`: what would have been due meanwhile is left out.
  void skip_to(sim::Time now);

 private:
  sim::Time next_of(const model::Cron& cron) const;
  sim::Time next_of(const model::EveryTimes& every) const;
  sim::Time next_of(const model::RandomTimes& random);
  sim::Time next_daily(const model::RandomTimes& random);
  sim::Time next_exponential(const model::RandomTimes& random);
  sim::Time after_active(const model::RandomTimes& random, sim::Time from, sim::Time active) const;
  bool is_active(const model::RandomTimes& random, std::int64_t day) const;
  std::uint64_t draw(std::uint64_t n) const;

  model::ScheduleTimes times_;
  model::Epoch epoch_;
  std::uint64_t seed_;
  std::uint64_t number_;
  sim::Time last_;  ///< nothing is due up to and at this time any more
  sim::Time began_;
  std::uint64_t draws_ = 0;               ///< exponential ones
  std::optional<std::int64_t> last_day_;  ///< daily: on which one was due
};

}  // namespace chaos

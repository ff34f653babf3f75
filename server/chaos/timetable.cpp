#include "chaos/timetable.h"

#include <algorithm>

#include "sim/math.h"
#include "sim/random.h"

namespace chaos {
namespace {

using model::RandomTimes;

/// Entities of draws: schedules are no instances.
constexpr std::uint64_t schedule_entities = std::uint64_t{5} << 40;
/// Far longer than anything can take that has a chance each day.
constexpr std::int64_t days_tried = std::int64_t{366} * 200;

/// Exponentially distributed, to the millisecond.
sim::Time exponential(sim::Time mean, std::uint64_t bits) {
  const double share = sim::unit(bits) + 0x1p-53;  // over 0, up to 1
  const double time = -sim::log(share) * static_cast<double>(mean);
  return static_cast<sim::Time>(time) / sim::millisecond * sim::millisecond;
}

}  // namespace

sim::Time Timetable::next() {
  last_ = std::visit([this](const auto& times) { return next_of(times); }, times_);
  return last_;
}

void Timetable::skip_to(sim::Time now) {
  last_ = std::max(last_, now);
}

sim::Time Timetable::next_of(const model::Cron& cron) const {
  return last_ == sim::never ? sim::never : model::next_of(cron, epoch_, last_);
}

sim::Time Timetable::next_of(const model::EveryTimes& every) const {
  return began_ + ((last_ - began_) / every.period + 1) * every.period;
}

sim::Time Timetable::next_of(const RandomTimes& random) {
  if (last_ == sim::never) return sim::never;
  return random.kind == RandomTimes::Kind::daily ? next_daily(random) : next_exponential(random);
}

std::uint64_t Timetable::draw(std::uint64_t n) const {
  return sim::draw(seed_, schedule_entities + number_, sim::Purpose::fault, n);
}

bool Timetable::is_active(const RandomTimes& random, std::int64_t day) const {
  return !random.weekdays_only || model::is_weekday(day);
}

/// A coin for every active day, whatever was due before; what comes too early after the last one is left out.
sim::Time Timetable::next_daily(const RandomTimes& random) {
  const std::uint64_t chance = sim::threshold(static_cast<double>(model::day_length) / static_cast<double>(random.mean));
  const std::uint64_t happens = sim::threshold(random.probability);
  const std::int64_t apart = (random.min_gap + model::day_length - 1) / model::day_length;
  const sim::Time from = random.from * model::minute_length;
  const auto steps = static_cast<std::uint64_t>((random.to - random.from) * model::minute_length / sim::millisecond);
  const std::int64_t first = last_day_ ? *last_day_ + 1 : model::day_of(epoch_, last_);
  std::int64_t gone = 0;  // active days since the last one
  for (std::int64_t day = first; day < first + days_tried; ++day) {
    if (!is_active(random, day)) continue;
    ++gone;
    const auto n = static_cast<std::uint64_t>(day) * 3;
    if ((last_day_ && gone < apart) || draw(n) >= chance || draw(n + 1) >= happens) continue;
    const sim::Time time =
        model::begin_of_day(epoch_, day) + from + static_cast<sim::Time>(sim::scale(draw(n + 2), steps)) * sim::millisecond;
    if (time <= last_) continue;
    last_day_ = day;
    return time;
  }
  return sim::never;
}

sim::Time Timetable::next_exponential(const RandomTimes& random) {
  const std::uint64_t happens = sim::threshold(random.probability);
  sim::Time time = last_;
  for (std::int64_t tries = 0; tries < days_tried; ++tries) {
    const std::uint64_t n = draws_++;
    time = after_active(random, time, random.min_gap + std::max(sim::millisecond, exponential(random.mean, draw(2 * n))));
    if (time == sim::never || draw(2 * n + 1) < happens) return time;
  }
  return sim::never;
}

/// When so much active time has gone.
sim::Time Timetable::after_active(const RandomTimes& random, sim::Time from, sim::Time active) const {
  if (random.from == 0 && random.to == 24 * 60 && !random.weekdays_only) return from + active;
  const std::int64_t first = model::day_of(epoch_, from);
  for (std::int64_t day = first; day < first + days_tried; ++day) {
    if (!is_active(random, day)) continue;
    const sim::Time midnight = model::begin_of_day(epoch_, day);
    const sim::Time begin = std::max(from, midnight + random.from * model::minute_length);
    const sim::Time left = midnight + random.to * model::minute_length - begin;
    if (left <= 0) continue;
    if (active < left) return begin + active;
    active -= left;
  }
  return sim::never;
}

}  // namespace chaos

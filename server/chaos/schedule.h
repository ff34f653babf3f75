#pragma once
// Faults again and again: monkeys on a schedule. A schedule that runs is a Process of its World; each firing is an occurrence that causes
// what it starts, also when that is refused.

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/problem.h"
#include "model/schedule.h"
#include "model/world.h"

namespace chaos {

inline constexpr std::size_t schedules_max = 100;  ///< at a time
inline constexpr std::size_t firings_planned = 10;

/// Its id. A fault that selects nothing is for the architecture's victim. What is wrong with a fault is told now, with pointers into the
/// schedule: /fault/selector/zones/0, or /actions/2/fault/... when there are several.
std::variant<std::string, model::Refusal> add_schedule(model::World& world, const model::ScheduleSpec& spec);
/// The same without doing it: when it would fire, at most firings_planned times. Added at this time it fires then.
std::variant<std::vector<sim::Time>, model::Refusal> plan_schedule(const model::World& world, const model::ScheduleSpec& spec);

/// From now on. not_found; conflict when it is over and gets no other times.
std::optional<model::Refusal> change_schedule(model::World& world, const std::string& id, const model::ScheduleChange& change);
/// What it has started goes on. not_found.
std::optional<model::Refusal> remove_schedule(model::World& world, const std::string& id);

/// chaos-monkey-2, latency-monkey, gorilla, kong, army.
const std::vector<model::SchedulePreset>& schedule_presets();

}  // namespace chaos

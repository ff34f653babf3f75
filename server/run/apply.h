#pragma once
// Carries out a command on a World, between events. The only place that knows which operation or fault a command means.

#include "model/world.h"
#include "run/command.h"
#include "run/judge/judge.h"

namespace run {

Outcome apply(model::World& world, const Command& command);
/// And what it means to whoever judges that World.
Outcome apply(model::World& world, judge::Judge& judge, const Command& command);

/// For people and the log: "scale", and what it is about ("homepage").
std::string verb_of(const Command& command);
std::string subject_of(const Command& command);

}  // namespace run

#pragma once
// Simulations that do what they are told and then stand still: no wall time in what they come to.

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "run/past.h"
#include "run/simulations.h"
#include "support/worlds.h"

namespace stepped {

/// Returns when it is there. False: it is past that time.
inline bool step_to(run::Simulation& simulation, sim::Time until) {
  std::promise<bool> promise;
  simulation.step(until, [&](const auto& result) { promise.set_value(std::holds_alternative<sim::Time>(result)); });
  return promise.get_future().get();
}

inline void set_clock(run::Simulation& simulation, const run::ClockSetting& setting) {
  std::promise<void> promise;
  simulation.set_clock(setting, [&] { promise.set_value(); });
  promise.get_future().get();
}

inline run::Outcome outcome_of(run::Simulation& simulation, run::Command command) {
  std::promise<run::Outcome> promise;
  simulation.post(std::move(command), [&](run::Outcome outcome) { promise.set_value(std::move(outcome)); });
  return promise.get_future().get();
}

/// Throws when it is refused.
inline run::Applied carry_out(run::Simulation& simulation, run::Command command) {
  run::Outcome outcome = outcome_of(simulation, std::move(command));
  if (const auto* refusal = std::get_if<model::Refusal>(&outcome)) {
    std::string why = refusal->detail;
    for (const model::Problem& problem : refusal->problems) why += "; " + problem.pointer + " " + problem.message;
    throw std::runtime_error(why);
  }
  return std::get<run::Applied>(std::move(outcome));
}

/// `present`: it has a copy of the World as it is now.
inline run::Account account_of(run::Simulation& simulation, bool present = false) {
  std::promise<std::variant<run::Account, model::Refusal>> promise;
  simulation.ask_account(present, [&](auto result) { promise.set_value(std::move(result)); });
  return std::get<run::Account>(promise.get_future().get());
}

class Test : public testing::Test {
 protected:
  /// Paused, at its beginning.
  std::shared_ptr<run::Simulation> start(const std::string& architecture = "netflixoss", run::Settings settings = {}) {
    settings.start_paused = true;
    auto made = simulations_.create("", worlds::document(architecture), worlds::catalogue(), worlds::defaults(), settings);
    return std::get<std::shared_ptr<run::Simulation>>(made);
  }

  static void step_to(run::Simulation& simulation, sim::Time until) { ASSERT_TRUE(stepped::step_to(simulation, until)); }

  run::Simulations simulations_{20};
};

}  // namespace stepped

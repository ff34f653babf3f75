#pragma once
// The objective of one entry service and what becomes of it. Plain value; one owner.

#include <optional>

#include "model/objective.h"
#include "run/judge/budget.h"
#include "run/judge/observation.h"

namespace run::judge {

/// How badly an objective is kept.
enum class Burning : std::uint8_t {
  no,
  slowly,  ///< the budget will be spent before its window is over: a ticket
  fast,    ///< broken as it is: somebody is called
};

/// One of the two things that are promised.
class Share {
 public:
  Share(sim::Time window, double ratio) : budget_(window, ratio) {}

  void add(sim::Time before, sim::Time now, Outcomes outcomes);
  Burning burning() const;
  const Budget& budget() const { return budget_; }
  /// When it began not to be kept, as far as that is over: start of the first second of those in which too much was bad.
  sim::Time since() const { return since_; }

 private:
  Budget budget_;
  sim::Time since_ = sim::never;
};

class Promise {
 public:
  Promise(std::uint32_t service, const model::Objective& objective);

  std::uint32_t service() const { return service_; }
  const model::Objective& objective() const { return objective_; }
  sim::Time slow_above() const;  ///< sim::never: nothing is
  const Share& success() const { return success_; }
  const std::optional<Share>& latency() const { return latency_; }

  /// What was seen by now. REQUIRES: `seen` counted slow ones by slow_above().
  void look(sim::Time before, sim::Time now, const EntrySeen& seen);
  /// From what was seen then on; budgets begin anew.
  void begin(const EntrySeen& seen) { last_ = seen; }

 private:
  std::uint32_t service_;
  model::Objective objective_;
  Share success_;
  std::optional<Share> latency_;
  EntrySeen last_;
};

}  // namespace run::judge

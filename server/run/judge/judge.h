#pragma once
// Looks at a World once a simulated second and says what it means for its users: normal, degraded but redundant, at risk, or an outage;
// which incidents there are, why, and what to do or not to do. Reads what users get and what is left, never what was done to the World, and
// changes nothing. A plain value: a copy goes on with a copy of the World. Simulation thread only, between events.
//
// It looks at whole seconds of simulated time, so the same run has the same incidents whatever the speed or the number of threads.

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/records.h"
#include "run/judge/capacity.h"
#include "run/judge/incident.h"
#include "run/judge/observation.h"
#include "run/judge/promise.h"
#include "run/judge/symptom.h"
#include "run/judge/telling.h"

namespace run::judge {

class Judge {
 public:
  static constexpr sim::Time step = sim::second;
  static constexpr std::size_t closed_kept = 100;         ///< incidents
  static constexpr std::size_t open_max = 100;            ///< likewise; more are not told
  static constexpr std::size_t causes_over = 5;           ///< steps that causes are looked for in
  static constexpr sim::Time joins_within = 60 * step;    ///< an objective that burns so soon after a loss belongs to it
  static constexpr sim::Time lately = 300 * sim::second;  ///< deployments are remembered for so long

  using Objectives = std::map<std::string, model::Objective>;  ///< by load source

  /// What `objectives` leaves out has the usual one; names in it that are no load sources are ignored.
  explicit Judge(const model::World& world, const Objectives& objectives = {});

  /// When to look next.
  sim::Time due() const { return next_; }
  /// What the World has told, in its order; before the look that follows it.
  void hear(const std::vector<model::Occurrence>& occurrences);
  /// REQUIRES: world.now() == due(), and the same World each time, or a copy of both.
  void look(const model::World& world);

  /// Of a load source, from now on; its budget begins anew. False: there is no such load source.
  bool set_objective(const model::World& world, const std::string& service, const model::Objective& objective);

  Severity severity() const { return severity_; }
  Judgement judgement() const;
  std::vector<Notice> take_notices();

 private:
  /// What is known of an incident that is open, beside what is told.
  struct Open {
    Incident incident;
    std::vector<Symptom> symptoms;  ///< now
    Telling telling;
    Observation before;              ///< when it was opened, or the look before
    std::vector<std::string> heard;  ///< what the system has done by itself
    std::uint64_t came_up = 0;       ///< instances
  };

  void sort_out(const model::World& world, const std::vector<Symptom>& symptoms, const Observation& before);
  Open* home_of(const model::World& world, const Symptom& symptom);
  void tell(Open& open, const Scene& scene);
  void close(Open& open, const Scene& scene);
  void update_affected(Open& open, const model::World& world, const Observation& now) const;
  void note_unlisted(Open& open, const model::World& world) const;
  void update_actions(Open& open, const Observation& now) const;
  void conclude(sim::Time now);
  std::vector<sim::Time> limits() const;
  std::vector<double> traffic_against_usual(const Observation& before, const Observation& now);

  Observer observer_;
  CapacityWatch watch_;
  std::vector<std::string> names_;  ///< of entries, parallel to observer_.entries() as the next
  std::vector<Promise> promises_;
  std::deque<Observation> past_;                             ///< the last causes_over + 1, the newest last
  std::vector<double> usual_;                                ///< by entry: requests a second, as a mean over the past
  std::vector<std::pair<sim::Time, std::string>> deployed_;  ///< services, and when that began
  std::vector<Open> open_;
  std::deque<Incident> closed_;
  std::uint32_t last_number_ = 0;
  sim::Time next_ = 0;
  Severity severity_ = Severity::normal;
  std::vector<Notice> notices_;
};

}  // namespace run::judge

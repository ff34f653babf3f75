#pragma once
// Each thing that is wrong now, and the words for it. Pure functions of what was seen.

#include <compare>
#include <deque>
#include <string>
#include <vector>

#include "run/judge/capacity.h"
#include "run/judge/cause.h"
#include "run/judge/incident.h"
#include "run/judge/promise.h"

namespace run::judge {

struct Symptom {
  enum class Kind : std::uint8_t {
    loss,      ///< of a part
    unserved,  ///< a load source has no working path
    errors,    ///< an objective on success burns
    slow,      ///< one on latency
  };
  Kind kind = Kind::loss;
  Part part;                ///< of a loss
  std::uint32_t entry = 0;  ///< else: which load source, a number of Observer::entries()
  std::uint64_t lost = 0;   ///< instances
  Severity severity = Severity::normal;
  sim::Time began = 0;  ///< when there was nothing to be seen of it for the last time

  /// The same thing, if perhaps worse.
  bool is(const Symptom& other) const { return kind == other.kind && part == other.part && entry == other.entry; }
  /// Nothing new to be said of it.
  bool same_as(const Symptom& other) const { return is(other) && lost == other.lost && severity == other.severity; }
};

/// `before`: the last look.
std::vector<Symptom> symptoms_of(const Capacity& capacity, const std::vector<Promise>& promises, const Observation& before,
                                 const Observation& now);

/// What the words are about.
struct Scene {
  const model::World& world;
  const Observer& observer;
  const std::deque<Observation>& past;  ///< of the last seconds, the newest last: now
  const Capacity& capacity;
  std::vector<double> traffic;               ///< by entry: requests against what is usual
  std::vector<std::string> deployed_lately;  ///< services that got another version in the last minutes

  const Observation& now() const { return past.back(); }
  /// From when on to look for a cause of what began then: not before, and not longer than the past is.
  const Observation& since(sim::Time began) const;
};

struct Words {
  std::string title, cause, advice;
};
/// Whether users had something of it since then; always true of a loss.
bool is_hurting(const Symptom& symptom, const Scene& scene, const Observation& since);
/// Of what burns an objective, as far as it can be seen now; of anything else unknown: a loss speaks for itself.
Cause cause_of(const Symptom& symptom, const Scene& scene);
/// `cause`: of it, perhaps when it could be seen for the last time.
Words words_of(const Symptom& symptom, const Cause& cause, const Scene& scene);
/// How it ended, in a sentence.
std::string words_at_end(const Symptom& symptom, const Scene& scene);
/// Whether some of what `inner` lost lies in the larger part that `outer` lost.
bool lies_in(const model::World& world, const Symptom& inner, const Symptom& outer);

}  // namespace run::judge

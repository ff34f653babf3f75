#include "run/judge/symptom.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>

namespace run::judge {
namespace {

constexpr double much_traffic = 1.5;  ///< against what is usual

Symptom burning(Symptom::Kind kind, std::uint32_t entry, const Share& share, sim::Time before) {
  Symptom symptom;
  symptom.kind = kind;
  symptom.entry = entry;
  symptom.severity = share.burning() == Burning::fast ? Severity::outage : Severity::at_risk;
  symptom.began = std::min(share.since(), before);
  return symptom;
}

std::string text_of(const char* format, double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

/// Zones of a region.
struct ZonesLeft {
  std::size_t up = 0;  ///< that have anything up
  std::size_t all = 0;
};

ZonesLeft zones_left(const model::World& world, std::uint32_t region) {
  const model::Shared& shared = world.shared();
  std::vector<std::uint32_t> all, up;
  for (const model::Group& group : shared.groups) {
    const model::Location& location = shared.locations[group.location];
    if (location.region != region || location.zone == model::outside) continue;
    const auto note = [&](std::vector<std::uint32_t>& zones) {
      if (std::find(zones.begin(), zones.end(), location.zone) == zones.end()) zones.push_back(location.zone);
    };
    note(all);
    if (world.instances_of(group).up > 0) note(up);
  }
  return {up.size(), all.size()};
}

std::string risk_text(const Risk& risk, const model::World& world) {
  const std::string& service = world.shared().services[risk.service].name;
  const std::string without = "without " + name_of(risk.part, world) + " ";
  if (risk.utilisation == 0) return without + "users of " + service + " have no path left";
  return without + service + " needs " + text_of("%.0f %%", risk.utilisation * 100) + " of the workers that it has then";
}

std::string advice_at_risk(const Scene& scene) {
  return "One more loss is an outage: " + risk_text(scene.capacity.risks.front(), scene.world) +
         ". Do not deploy, drain or scale down; add instances where something is left, and prepare to shift traffic.";
}

/// Of the last look: requests were answered, and none of them failed.
bool are_served(const EntrySeen& before, const EntrySeen& now) {
  return now.ended - before.ended >= least_outcomes && now.failed == before.failed;
}

/// By service, at some look of the last seconds.
std::vector<bool> absent_lately(const Scene& scene) {
  std::vector<bool> absent = scene.now().absent;
  for (const Observation& seen : scene.past) {
    for (std::size_t s = 0; s < absent.size(); ++s) absent[s] = absent[s] || seen.absent[s];
  }
  return absent;
}

constexpr const char* bring_back = "Bring back what is lost, or move users to where everything is up; do not restart what still works.";

/// What to do about a loss that is not an outage, nor next to one.
std::string advice_on_loss(const Part& part, const model::World& world) {
  const std::string not_an_outage = " This is not an outage.";
  switch (part.kind) {
    case Part::Kind::region:
      return "By design the other regions carry the load: inform, do not touch." + not_an_outage;
    case Part::Kind::zone: {
      const std::uint32_t region = world.shared().locations[part.number].region;
      const ZonesLeft zones = zones_left(world, region);
      const std::string count = std::to_string(zones.up) + " of " + std::to_string(zones.all) + " zones ";
      if (zones.up > 1) return "By design " + count + "carry the load: inform, do not touch." + not_an_outage;
      return "Only " + count + "of " + world.regions()[region].name +
             " carry load: do not deploy, drain or scale down there; bring back what is lost." + not_an_outage;
    }
    case Part::Kind::service:
      break;
  }
  return "The others carry the load: inform, replace what is missing without haste." + not_an_outage;
}

Words words_of_loss(const Symptom& symptom, const Scene& scene) {
  const model::World& world = scene.world;
  const std::string name = name_of(symptom.part, world);
  const auto loss =
      std::find_if(scene.capacity.losses.begin(), scene.capacity.losses.end(), [&](const Loss& l) { return l.part == symptom.part; });
  const std::string lost = std::to_string(symptom.lost);
  const std::string of = loss == scene.capacity.losses.end() ? lost : std::to_string(loss->of);
  Words words{name + " lost", "None of the " + lost + " instances in " + name + " answers.", advice_on_loss(symptom.part, world)};
  if (symptom.part.kind == Part::Kind::service) {
    words.title = lost + " of " + of + " instances of " + name + " lost";
    words.cause = "There should be " + of + " instances of " + name + ", and " + lost + " are not there.";
  }
  if (scene.capacity.at_risk()) words.advice = advice_at_risk(scene);
  if (!scene.capacity.unserved.empty()) words.advice = bring_back;
  return words;
}

/// "a, b and c".
std::string names_of(const std::vector<std::uint32_t>& services, const model::World& world) {
  std::string names;
  for (std::size_t i = 0; i < services.size(); ++i) {
    names += (i == 0 ? "" : i + 1 == services.size() ? " and " : ", ") + world.shared().services[services[i]].name;
  }
  return names;
}

/// Services of which nobody is there, as far as they fit a sentence; "": none.
std::string absent_names(const Scene& scene) {
  std::vector<std::uint32_t> absent;
  for (std::uint32_t s = 0; s < scene.now().absent.size(); ++s) {
    const auto& pairs = scene.observer.pairs();
    const bool called = std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.target == s; });
    if (called && scene.now().absent[s]) absent.push_back(s);
  }
  const std::size_t more = absent.size() > Cause::services_max ? absent.size() - Cause::services_max : 0;
  absent.resize(absent.size() - more);
  return names_of(absent, scene.world) + (more == 0 ? "" : " and " + std::to_string(more) + " more");
}

Words words_unserved(const Symptom& symptom, const Scene& scene) {
  const std::string& name = scene.world.shared().services[scene.observer.entries()[symptom.entry]].name;
  const std::string absent = absent_names(scene);
  const std::string why = absent.empty() ? " through everything that it needs." : ": nobody is there of " + absent + ".";
  if (symptom.severity == Severity::at_risk) {
    return {"Users of " + name + " get no answer from " + (absent.empty() ? "everything that they need" : absent),
            "No whole path is left from " + name + why + " Requests are answered all the same, by what is left.",
            "Bring back what is lost; do not deploy or scale down what is left."};
  }
  if (scene.capacity.starting) {
    return {"Users of " + name + " cannot be served yet", "The architecture is still starting.", "Wait until it is up; let users in then."};
  }
  return {"Users of " + name + " cannot be served", "No working path is left from " + name + why, bring_back};
}

std::string advice_on(const Cause& cause, const Scene& scene) {
  if (cause.kind == Cause::Kind::unknown) return "Look at traces of the requests that fail.";
  for (const std::string& deployed : scene.deployed_lately) {
    const auto is = [&](std::uint32_t service) { return scene.world.shared().services[service].name == deployed; };
    if (std::any_of(cause.services.begin(), cause.services.end(), is))
      return "It has been deployed lately: roll " + deployed + " back before anything else.";
  }
  if (cause.kind == Cause::Kind::traffic) return "Shed what is least important and add instances; do not retry more.";
  const std::string name = names_of(cause.services, scene.world);
  if (cause.kind == Cause::Kind::slow)
    return "Look at " + name +
           ": its load, its dependencies, what it waits for. Shorter time-outs above it help others; more retries do not.";
  return "Look at " + name + ": let breakers and fallbacks keep " + (cause.services.size() > 1 ? "them" : "it") +
         " from others; more retries make it worse.";
}

Words words_of_objective(const Symptom& symptom, const Cause& cause, const Scene& scene) {
  const std::string& name = scene.world.shared().services[scene.observer.entries()[symptom.entry]].name;
  const bool slow = symptom.kind == Symptom::Kind::slow;
  Words words;
  const bool ticket = symptom.severity == Severity::at_risk;
  words.title = name + (slow ? ": too many requests are slow" : ": too many requests fail");
  words.cause = cause.kind == Cause::Kind::unknown ? "What it comes from cannot be seen." : cause.text;
  words.advice = advice_on(cause, scene);
  const double traffic = scene.traffic[symptom.entry];
  if (traffic >= much_traffic && is_hurting(symptom, scene, *std::prev(scene.past.end(), 2))) {
    words.cause = "Traffic is " + text_of("%.2g", traffic) + " times the usual. " + words.cause;
    words.advice = advice_on({Cause::Kind::traffic, cause.services, ""}, scene);
  }
  if (ticket) words.advice = "The error budget will not last if this goes on; nobody has to be called. " + words.advice;
  return words;
}

std::string end_of_loss(const Part& part, const model::World& world) {
  std::uint64_t starting = 0;
  for (std::uint32_t g = 0; g < world.shared().groups.size(); ++g) {
    if (within(world, g, part)) starting += world.instances_of(world.shared().groups[g]).starting;
  }
  if (starting == 0) return "Nothing of " + name_of(part, world) + " is missing any more.";
  return "What was lost of " + name_of(part, world) + " is back or on its way: " + std::to_string(starting) +
         (starting == 1 ? " instance is" : " instances are") + " still starting.";
}

}  // namespace

const Observation& Scene::since(sim::Time began) const {
  const auto last = std::prev(past.end());
  const auto place = std::find_if(past.begin(), last, [&](const Observation& seen) { return seen.at >= began; });
  return place == last ? past[past.size() - 2] : *place;
}

std::vector<Symptom> symptoms_of(const Capacity& capacity, const std::vector<Promise>& promises, const Observation& before,
                                 const Observation& now) {
  std::vector<Symptom> symptoms;
  for (const Loss& loss : capacity.losses) {
    const Severity severity = capacity.at_risk() ? Severity::at_risk : Severity::redundant;
    symptoms.push_back({Symptom::Kind::loss, loss.part, 0, loss.lost, severity, before.at});
  }
  for (std::uint32_t e = 0; e < promises.size(); ++e) {
    const bool unserved = std::find(capacity.unserved.begin(), capacity.unserved.end(), promises[e].service()) != capacity.unserved.end();
    if (unserved) {
      const Severity severity = are_served(before.entries[e], now.entries[e]) ? Severity::at_risk : Severity::outage;
      symptoms.push_back({Symptom::Kind::unserved, {}, e, 0, severity, before.at});
    }
    if (promises[e].success().burning() != Burning::no)
      symptoms.push_back(burning(Symptom::Kind::errors, e, promises[e].success(), before.at));
    const auto& latency = promises[e].latency();
    if (latency && latency->burning() != Burning::no) symptoms.push_back(burning(Symptom::Kind::slow, e, *latency, before.at));
  }
  return symptoms;
}

bool is_hurting(const Symptom& symptom, const Scene& scene, const Observation& since) {
  const EntrySeen& before = since.entries[symptom.entry];
  const EntrySeen& now = scene.now().entries[symptom.entry];
  if (symptom.kind == Symptom::Kind::errors) return now.failed > before.failed;
  return symptom.kind != Symptom::Kind::slow || now.slow > before.slow;
}

Cause cause_of(const Symptom& symptom, const Scene& scene) {
  const Observation& before = scene.since(symptom.began);
  const std::uint32_t entry = scene.observer.entries()[symptom.entry];
  if (symptom.kind == Symptom::Kind::errors)
    return cause_of_errors(scene.world, scene.observer, absent_lately(scene), before, scene.now(), entry);
  if (symptom.kind == Symptom::Kind::slow) return cause_of_slowness(scene.world, scene.observer, before, scene.now(), entry);
  return {};
}

Words words_of(const Symptom& symptom, const Cause& cause, const Scene& scene) {
  switch (symptom.kind) {
    case Symptom::Kind::loss:
      return words_of_loss(symptom, scene);
    case Symptom::Kind::unserved:
      return words_unserved(symptom, scene);
    case Symptom::Kind::errors:
    case Symptom::Kind::slow:
      break;
  }
  return words_of_objective(symptom, cause, scene);
}

std::string words_at_end(const Symptom& symptom, const Scene& scene) {
  if (symptom.kind == Symptom::Kind::loss) return end_of_loss(symptom.part, scene.world);
  const std::string& name = scene.world.shared().services[scene.observer.entries()[symptom.entry]].name;
  if (symptom.kind == Symptom::Kind::unserved) return "There is a working path for users of " + name + " again.";
  return std::string("The objective of ") + name + " on " + (symptom.kind == Symptom::Kind::slow ? "latency" : "success") +
         " is kept again.";
}

bool lies_in(const model::World& world, const Symptom& inner, const Symptom& outer) {
  if (inner.kind != Symptom::Kind::loss || outer.kind != Symptom::Kind::loss || outer.part.kind >= inner.part.kind) return false;
  for (std::uint32_t g = 0; g < world.shared().groups.size(); ++g) {
    if (within(world, g, inner.part) && within(world, g, outer.part)) return true;
  }
  return false;
}

}  // namespace run::judge

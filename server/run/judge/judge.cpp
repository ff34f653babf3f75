#include "run/judge/judge.h"

#include <algorithm>
#include <iterator>

#include "sim/math.h"

namespace run::judge {
namespace {

constexpr double usual_over = 60;  ///< seconds

Severity worst_of(const std::vector<Symptom>& symptoms) {
  Severity worst = Severity::normal;
  for (const Symptom& symptom : symptoms) worst = std::max(worst, symptom.severity);
  return worst;
}

/// Whether one of the two parts is in the other.
bool overlap(const model::World& world, const Part& x, const Part& y) {
  if (x.kind == Part::Kind::service || y.kind == Part::Kind::service) return x == y;
  if (x.kind == y.kind) return x == y;
  const Part& region = x.kind == Part::Kind::region ? x : y;
  const Part& zone = x.kind == Part::Kind::region ? y : x;
  return world.shared().locations[zone.number].region == region.number;
}

bool is_own_act(const std::string& type) {
  static const std::vector<std::string> types{"registry.evicted",   "registry.preserving", "primary.elected",        "service.kept",
                                              "service.autoscaled", "deployment.paused",   "deployment.rollingBack", "deployment.ended",
                                              "machine.up",         "evacuation.stage",    "evacuation.capacity"};
  return std::find(types.begin(), types.end(), type) != types.end();
}

ShareStatus status_of(const Share& share) {
  return {share.budget().ratio(), share.budget().outcomes(), share.budget().left(), share.budget().allowed(), share.budget().rates()};
}

}  // namespace

Judge::Judge(const model::World& world, const Objectives& objectives) : observer_(world) {
  for (const std::uint32_t service : observer_.entries()) {
    names_.push_back(world.shared().services[service].name);
    const auto objective = objectives.find(names_.back());
    promises_.emplace_back(service, objective == objectives.end() ? model::Objective{} : objective->second);
  }
  usual_.resize(promises_.size());
  past_.push_back(observer_.look(world, limits()));
  for (std::size_t e = 0; e < promises_.size(); ++e) promises_[e].begin(past_.back().entries[e]);
  watch_.look(world);
  next_ = world.now() + step;
}

std::vector<sim::Time> Judge::limits() const {
  std::vector<sim::Time> limits;
  for (const Promise& promise : promises_) limits.push_back(promise.slow_above());
  return limits;
}

void Judge::hear(const std::vector<model::Occurrence>& occurrences) {
  for (const model::Occurrence& o : occurrences) {
    if (o.type == "deployment.started") {
      for (const auto& [name, value] : o.data) {
        if (name == "service") deployed_.emplace_back(o.at, value);
      }
    }
    for (Open& open : open_) {
      if (o.type == "instance.up") ++open.came_up;
      if (is_own_act(o.type) && open.heard.size() < Incident::actions_max) open.heard.push_back(o.message);
    }
  }
}

bool Judge::set_objective(const model::World& world, const std::string& service, const model::Objective& objective) {
  const auto name = std::find(names_.begin(), names_.end(), service);
  if (name == names_.end()) return false;
  const auto e = static_cast<std::size_t>(name - names_.begin());
  promises_[e] = Promise(promises_[e].service(), objective);
  promises_[e].begin(observer_.look(world, limits()).entries[e]);  // what was slow is counted against another limit
  return true;
}

std::vector<double> Judge::traffic_against_usual(const Observation& before, const Observation& now) {
  std::vector<double> result;
  const double seconds = sim::to_seconds(now.at - before.at);
  const double kept = sim::exp(-seconds / usual_over);
  for (std::size_t e = 0; e < promises_.size(); ++e) {
    const double rate = static_cast<double>(now.entries[e].sent - before.entries[e].sent) / seconds;
    if (usual_[e] == 0) usual_[e] = rate;
    result.push_back(usual_[e] > 0 ? rate / usual_[e] : 1);
    usual_[e] = usual_[e] * kept + rate * (1 - kept);
  }
  return result;
}

void Judge::look(const model::World& world) {
  const sim::Time now = world.now();
  next_ = now + step;
  past_.push_back(observer_.look(world, limits()));
  if (past_.size() > causes_over + 1) past_.pop_front();
  const Observation& seen = past_.back();
  const Observation& before = past_[past_.size() - 2];
  for (std::size_t e = 0; e < promises_.size(); ++e) promises_[e].look(before.at, now, seen.entries[e]);
  const Capacity& capacity = watch_.look(world);
  deployed_.erase(
      std::remove_if(deployed_.begin(), deployed_.end(), [&](const auto& deployment) { return deployment.first < now - lately; }),
      deployed_.end());
  Scene scene{world, observer_, past_, capacity, traffic_against_usual(before, seen), {}};
  for (const auto& deployment : deployed_) scene.deployed_lately.push_back(deployment.second);

  sort_out(world, symptoms_of(capacity, promises_, before, seen), before);
  for (Open& open : open_) {
    update_affected(open, world, seen);
    note_unlisted(open, world);
    update_actions(open, seen);
    if (open.symptoms.empty()) {
      close(open, scene);
    } else {
      tell(open, scene);
    }
  }
  open_.erase(std::remove_if(open_.begin(), open_.end(), [](const Open& open) { return open.incident.closed.has_value(); }), open_.end());
  conclude(now);
}

/// Gives each symptom to the incident that has had it, else to the one that it belongs to, else to a new one.
void Judge::sort_out(const model::World& world, const std::vector<Symptom>& symptoms, const Observation& before) {
  std::vector<std::vector<Symptom>> kept(open_.size());
  std::vector<Symptom> fresh;
  for (const Symptom& symptom : symptoms) {
    const auto home = std::find_if(open_.begin(), open_.end(), [&](const Open& open) {
      return std::any_of(open.symptoms.begin(), open.symptoms.end(), [&](const Symptom& s) { return s.is(symptom); });
    });
    if (home == open_.end()) {
      fresh.push_back(symptom);
    } else {
      kept[static_cast<std::size_t>(home - open_.begin())].push_back(symptom);
    }
  }
  for (const Symptom& symptom : fresh) {
    Open* home = home_of(world, symptom);
    if (home == nullptr) {
      if (open_.size() >= open_max) continue;
      Open open;
      open.before = before;
      open.incident.number = ++last_number_;
      open.incident.began = symptom.began;
      open.incident.opened = world.now();
      open_.push_back(std::move(open));
      kept.emplace_back();
      home = &open_.back();
    }
    kept[static_cast<std::size_t>(home - open_.data())].push_back(symptom);
    home->symptoms.push_back(symptom);  // those that follow may belong to it
  }
  for (std::size_t i = 0; i < open_.size(); ++i) open_[i].symptoms = std::move(kept[i]);
}

Judge::Open* Judge::home_of(const model::World& world, const Symptom& symptom) {
  for (auto open = open_.rbegin(); open != open_.rend(); ++open) {
    for (const Symptom& s : open->symptoms) {
      const bool loss = s.kind == Symptom::Kind::loss;
      if (symptom.kind == Symptom::Kind::loss) {
        if (loss && overlap(world, symptom.part, s.part)) return &*open;
        continue;
      }
      if (loss && (symptom.kind == Symptom::Kind::unserved || world.now() - open->incident.opened <= joins_within)) return &*open;
      if (!loss && (s.entry == symptom.entry || s.kind == symptom.kind)) return &*open;
    }
  }
  return nullptr;
}

/// Says what is new of an incident, if anything is.
void Judge::tell(Open& open, const Scene& scene) {
  Incident& incident = open.incident;
  Telling& telling = open.telling;
  telling.look(open.symptoms, scene);
  incident.title = telling.words().title;
  incident.cause = telling.words().cause;
  incident.advice = telling.words().advice;
  if (!telling.is_news()) return;
  incident.severity = worst_of(open.symptoms);
  incident.worst = telling.first() ? incident.severity : std::max(incident.worst, incident.severity);
  if (incident.timeline.size() < Incident::moments_max) {
    incident.timeline.push_back({scene.now().at, incident.severity, telling.headline()});
  }
  notices_.push_back({telling.first() ? Notice::Kind::opened : Notice::Kind::changed, scene.now().at, incident.severity, incident.id(),
                      incident.title, incident.cause, incident.advice, incident.actions});
}

/// What it was about is over, or a larger one has it now.
void Judge::close(Open& open, const Scene& scene) {
  Incident& incident = open.incident;
  const sim::Time now = scene.now().at;
  incident.closed = now;
  const Open* larger = nullptr;
  std::string end;
  for (const Symptom& symptom : open.telling.symptoms()) {
    for (const Open& other : open_) {
      const auto has = [&](const Symptom& s) { return lies_in(scene.world, symptom, s); };
      if (&other != &open && std::any_of(other.symptoms.begin(), other.symptoms.end(), has)) larger = &other;
    }
    end += (end.empty() ? "" : " ") + words_at_end(symptom, scene);
  }
  std::string title = "Over: " + incident.title, advice = "Look at what users saw of it, and whether it was as designed.";
  if (larger != nullptr) {
    title = incident.title + ": part of " + larger->incident.id() + " now";
    end = "It is part of " + larger->incident.id() + " now.";
    advice = "Look at " + larger->incident.id() + ".";
  }
  incident.timeline.push_back({now, Severity::normal, end});
  notices_.push_back(
      {Notice::Kind::closed, now, Severity::normal, incident.id(), std::move(title), std::move(end), std::move(advice), incident.actions});
  closed_.push_back(incident);
  if (closed_.size() > closed_kept) closed_.pop_front();
}

void Judge::update_affected(Open& open, const model::World& world, const Observation& now) const {
  open.incident.affected.clear();
  for (std::size_t e = 0; e < promises_.size(); ++e) {
    const EntrySeen& a = open.before.entries[e];
    const EntrySeen& b = now.entries[e];
    Affected affected{names_[e], b.ended - a.ended, b.failed - a.failed, 0, {}};
    if (promises_[e].latency() && b.slow >= a.slow) affected.slow = b.slow - a.slow;
    const bool named = std::any_of(open.symptoms.begin(), open.symptoms.end(),
                                   [&](const Symptom& s) { return s.kind != Symptom::Kind::loss && s.entry == e; });
    if (affected.failed == 0 && affected.slow == 0 && !named) continue;
    for (std::size_t r = 0; r < b.failed_in.size(); ++r) {
      if (b.failed_in[r] > a.failed_in[r]) affected.regions.push_back(world.regions()[r].name);
    }
    open.incident.affected.push_back(std::move(affected));
  }
}

void Judge::note_unlisted(Open& open, const model::World& world) const {
  for (const Symptom& symptom : open.symptoms) {
    if (symptom.kind != Symptom::Kind::loss || !CapacityWatch::unlisted(world, symptom.part)) continue;
    std::string act = "The registry named none of the instances in " + name_of(symptom.part, world) + " any more: callers asked others.";
    if (std::find(open.heard.begin(), open.heard.end(), act) == open.heard.end()) open.heard.insert(open.heard.begin(), std::move(act));
  }
}

void Judge::update_actions(Open& open, const Observation& now) const {
  std::vector<std::string>& actions = open.incident.actions;
  actions.clear();
  const auto count = [&](std::uint64_t n, const char* what) {
    if (n > 0) actions.push_back(std::to_string(n) + " " + what);
  };
  const model::PolicyCount& a = open.before.policies;
  const model::PolicyCount& b = now.policies;
  count(b.retries - a.retries, "calls were tried again.");
  count(b.short_circuited - a.short_circuited, "calls were not sent: breakers are open.");
  count(b.fallbacks - a.fallbacks, "calls that failed were answered by a fallback.");
  count(b.ejected - a.ejected, "times an instance was left alone by outlier detection.");
  count(b.throttled + b.no_room - a.throttled - a.no_room, "calls were held back by throttles and bulkheads.");
  count(open.came_up, "instances came up.");
  actions.insert(actions.end(), open.heard.begin(), open.heard.end());
  if (actions.size() > Incident::actions_max) actions.resize(Incident::actions_max);
}

void Judge::conclude(sim::Time now) {
  Severity severity = Severity::normal;
  for (const Open& open : open_) severity = std::max(severity, open.incident.severity);
  if (severity == severity_) return;
  severity_ = severity;
  Notice notice;
  notice.at = now;
  notice.severity = severity;
  notice.title = std::string("The system is now: ") + name_of(severity);
  notices_.insert(notices_.begin(), std::move(notice));
}

Judgement Judge::judgement() const {
  Judgement judgement;
  judgement.severity = severity_;
  judgement.detail = "Everything is up; users are served.";
  judgement.incidents.assign(closed_.begin(), closed_.end());
  const Incident* worst = nullptr;
  for (const Open& open : open_) {
    judgement.incidents.push_back(open.incident);
    if (worst == nullptr || open.incident.severity > worst->severity) worst = &open.incident;
  }
  std::sort(judgement.incidents.begin(), judgement.incidents.end(),
            [](const Incident& x, const Incident& y) { return x.number < y.number; });
  if (worst != nullptr) judgement.detail = worst->title + ". " + worst->advice;
  if (open_.size() > 1) judgement.detail += open_.size() == 2 ? " There is one incident more." : " There are more incidents.";
  for (std::size_t e = 0; e < promises_.size(); ++e) {
    ObjectiveStatus status{names_[e], promises_[e].objective(), status_of(promises_[e].success()), {}};
    if (promises_[e].latency()) status.latency = status_of(*promises_[e].latency());
    judgement.objectives.push_back(std::move(status));
  }
  return judgement;
}

std::vector<Notice> Judge::take_notices() {
  return std::exchange(notices_, {});
}

}  // namespace run::judge

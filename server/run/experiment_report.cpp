#include "run/experiment_report.h"

#include <algorithm>
#include <map>
#include <set>

#include "run/replay.h"

namespace run {
namespace {

using model::ExperimentRecord;
using model::Refusal;

/// Who it is that does something by itself.
const std::map<std::string, std::string>& own_acts() {
  static const std::map<std::string, std::string> who{
      {"registry.evicted", "the registry"},    {"registry.preserving", "the registry"},
      {"primary.lost", "the data store"},      {"primary.elected", "the data store"},
      {"service.kept", "the platform"},        {"service.autoscaled", "the autoscaler"},
      {"deployment.paused", "the deployment"}, {"deployment.rollingBack", "the deployment"},
      {"deployment.late", "the deployment"},
  };
  return who;
}

/// Goes along with a part of the run, with the judge, and keeps what was told on the way.
class Witness : public JudgeListener {
 public:
  Witness(judge::Judge judge, const model::World& world, const std::function<bool()>& wanted)
      : JudgeListener(std::move(judge)), wanted_(wanted), bands_(world) {
    bands_.look(world);
  }

  bool wants_more() override { return wanted_(); }
  void look(model::World& world) override {
    JudgeListener::look(world);
    for (judge::Notice& notice : judge().take_notices()) notices_.push_back(std::move(notice));
    bands_.look(world);
  }
  void hear(model::World& world) override {
    std::vector<model::Occurrence> fresh = world.take_occurrences();
    judge().hear(fresh);
    std::move(fresh.begin(), fresh.end(), std::back_inserter(told_));
    for (model::Shard& shard : world.shards()) shard.spans().clear();
  }

  Bands& bands() { return bands_; }
  const std::vector<model::Occurrence>& told() const { return told_; }
  const std::vector<judge::Notice>& notices() const { return notices_; }

 private:
  const std::function<bool()>& wanted_;
  Bands bands_;
  std::vector<model::Occurrence> told_;
  std::vector<judge::Notice> notices_;
};

/// At that time before the commands of it.
Moment moment_before(const Account& account, sim::Time time) {
  const auto first = std::lower_bound(account.journal.begin(), account.journal.end(), time,
                                      [](const JournalEntry& entry, sim::Time t) { return entry.sim_time < t; });
  return {time, static_cast<std::uint64_t>(first - account.journal.begin())};
}

/// What users had by one moment.
struct UsersBy {
  std::vector<judge::ObjectiveStatus> objectives;
  judge::Observation seen;
};

UsersBy users_by(const model::World& world, const judge::Judge& judge, const judge::Observer& observer) {
  UsersBy users{judge.judgement().objectives, {}};
  std::vector<sim::Time> limits;
  for (const judge::ObjectiveStatus& status : users.objectives) {
    limits.push_back(status.objective.latency_ms ? sim::from_ms(*status.objective.latency_ms) : sim::never);
  }
  users.seen = observer.look(world, limits);
  return users;
}

std::vector<ExperimentReport::Impact> impact_between(const UsersBy& before, const UsersBy& after) {
  std::vector<ExperimentReport::Impact> impacts;
  for (std::size_t e = 0; e < after.objectives.size(); ++e) {
    const judge::EntrySeen& x = before.seen.entries[e];
    const judge::EntrySeen& y = after.seen.entries[e];
    ExperimentReport::Impact impact;
    impact.service = after.objectives[e].service;
    impact.requests = y.ended - x.ended;
    impact.failed = y.failed - x.failed;
    if (after.objectives[e].objective.latency_ms) impact.slow = y.slow - x.slow;
    const double allowed = after.objectives[e].success.allowed;
    if (allowed > 0) impact.budget_burnt = static_cast<double>(impact.failed) / allowed;
    impacts.push_back(std::move(impact));
  }
  return impacts;
}

/// Occurrences that the experiment led to.
std::set<std::uint64_t> due_to(const std::string& experiment, const std::vector<model::Occurrence>& told) {
  std::set<std::uint64_t> numbers;
  for (const model::Occurrence& o : told) {
    const bool own = o.subject_kind == "experiment" && o.subject_id == experiment;
    if (own || numbers.count(o.cause) != 0) numbers.insert(o.number);
  }
  return numbers;
}

/// Many instances that do the same at one time are one line.
std::vector<ExperimentReport::Line> lines_of(const std::vector<model::Occurrence>& told, const std::set<std::uint64_t>& due) {
  std::vector<ExperimentReport::Line> lines;
  std::vector<std::size_t> alike;
  for (const model::Occurrence& o : told) {
    if (!lines.empty() && o.subject_kind == "instance" && lines.back().type == o.type && lines.back().at == o.at &&
        lines.back().cause == o.cause) {
      ++alike.back();
      continue;
    }
    lines.push_back({o.at, o.number, o.cause, due.count(o.number) != 0, o.type, o.severity, o.subject_kind, o.subject_id, o.message});
    alike.push_back(0);
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (alike[i] > 0) lines[i].message += ", and the same of " + std::to_string(alike[i]) + " more";
  }
  return lines;
}

/// " (f3, which is not of the experiment, was on.)": what else an incident may be due to.
std::string others_on(const model::World& world, const ExperimentRecord& record, sim::Time at) {
  std::string others;
  std::size_t number = 0;
  for (const model::FaultRecord& fault : world.faults()) {
    if (fault.started > at || (fault.ended && *fault.ended <= at)) continue;
    const auto is = [&](const model::ExperimentFaultRecord& own) { return own.fault == fault.id; };
    if (std::any_of(record.faults.begin(), record.faults.end(), is)) continue;
    others += (others.empty() ? "" : ", ") + fault.id;
    ++number;
  }
  if (number == 0) return {};
  return " (" + others + ", which " + (number == 1 ? "is" : "are") + " not of the experiment, " + (number == 1 ? "was" : "were") + " on.)";
}

void add_notices(const std::vector<judge::Notice>& notices, const model::World& world, ExperimentReport& report) {
  using Kind = judge::Notice::Kind;
  std::set<std::string> due;
  for (const judge::Notice& notice : notices) {
    if (notice.at < report.record->accepted || notice.kind == Kind::status) continue;
    if (notice.kind == Kind::opened && report.first_fault && notice.at >= *report.first_fault) due.insert(notice.incident);
    const char* type = notice.kind == Kind::opened    ? "incident.opened"
                       : notice.kind == Kind::changed ? "incident.changed"
                                                      : "incident.closed";
    const bool bad = notice.severity == judge::Severity::outage;
    const bool due_to_it = due.count(notice.incident) != 0;
    report.timeline.push_back({notice.at, 0, 0, due_to_it, type, bad ? "error" : "warning", "incident", notice.incident, notice.title});
    if (notice.kind != Kind::opened || !due_to_it) continue;
    report.incidents.push_back(notice.incident);
    report.noticed.push_back({notice.at, "the operators",
                              "incident " + notice.incident + ", " + judge::name_of(notice.severity) + ": " + notice.title + "." +
                                  others_on(world, *report.record, notice.at)});
    if (!report.detected) report.detected = notice.at;
  }
}

/// Each of those who act by themselves is named once for each thing that they do.
void add_noticed(const ExperimentRecord& record, const std::vector<model::Occurrence>& told, const std::set<std::uint64_t>& due,
                 ExperimentReport& report) {
  std::set<std::string> known;
  for (const model::Occurrence& o : told) {
    if (!report.first_fault || o.at < *report.first_fault) continue;
    if (o.type == "experiment.probeFailed" && o.subject_id == record.id) {
      report.noticed.push_back({o.at, "the steady state", o.message});
      continue;
    }
    const auto who = own_acts().find(o.type);
    if (who == own_acts().end() || due.count(o.number) == 0 || !known.insert(o.type + o.subject_id).second) continue;
    report.noticed.push_back({o.at, who->second, o.message});
  }
  for (const Bands::Departure& departure : report.path) {
    const bool users = std::any_of(report.users.begin(), report.users.end(), [&](const auto& u) { return u.service == departure.service; });
    if (!users) continue;
    const std::string what = departure.errors ? "more of their requests failed than usual" : "their requests took longer than usual";
    report.noticed.push_back({departure.at, "the users of " + departure.service, what});
  }
  std::stable_sort(report.noticed.begin(), report.noticed.end(), [](const auto& x, const auto& y) { return x.at < y.at; });
}

/// When the last of them was back.
std::optional<sim::Time> recovered_at(const std::vector<Bands::Departure>& path) {
  std::optional<sim::Time> last;
  for (const Bands::Departure& departure : path) {
    if (!departure.back) return std::nullopt;
    last = std::max(last.value_or(0), *departure.back);
  }
  return last;
}

/// The same run without the experiment; nothing when no command asked for it.
std::optional<Account> without(const Account& account, const ExperimentRecord& record) {
  const auto asked = std::find_if(account.journal.begin(), account.journal.end(), [&](const JournalEntry& entry) {
    const auto* start = std::get_if<StartExperiment>(&entry.command);
    return start != nullptr && entry.sim_time == record.accepted && same_value(start->experiment, record.spec);
  });
  if (asked == account.journal.end()) return std::nullopt;
  const auto place = static_cast<std::uint64_t>(asked - account.journal.begin());
  Account base = account;
  base.journal.erase(base.journal.begin() + static_cast<std::ptrdiff_t>(place));
  std::erase_if(base.journal, [&](const JournalEntry& entry) {
    const auto* state = std::get_if<SetExperimentState>(&entry.command);
    return state != nullptr && state->experiment == record.id;
  });
  std::erase_if(base.checkpoints, [&](const Checkpoint& checkpoint) { return checkpoint.commands > place; });
  return base;
}

std::optional<Refusal> too_much(const Account& account, sim::Time from, sim::Time until) {
  if (messages_again(account, moment_before(account, from), until) <= static_cast<double>(compared_messages_max)) return std::nullopt;
  return Refusal{Refusal::Kind::invalid, "the run is too much to be run again for a report", {}};
}

}  // namespace

std::variant<ExperimentReport, Refusal> report_experiment(const Account& account, std::shared_ptr<const ExperimentRecord> record,
                                                          const std::function<bool()>& wanted) {
  if (!record->checking) return Refusal{Refusal::Kind::conflict, "the experiment has not begun: there is nothing to report yet", {}};
  ExperimentReport report;
  const sim::Time began = record->faults_began.value_or(*record->checking);
  report.from = std::max<sim::Time>(0, std::min(record->accepted, began - ExperimentReport::normal_before));
  report.until = record->ended ? std::min(account.now, *record->ended + ExperimentReport::looks_after) : account.now;
  if (auto refusal = too_much(account, report.from, report.until)) return std::move(*refusal);

  for (const model::ExperimentFaultRecord& fault : record->faults) {
    if (fault.started) report.first_fault = std::min(report.first_fault.value_or(sim::never), *fault.started);
  }
  const Moment from = moment_before(account, report.from);
  Judged judged = return_judged(account, from);
  Replay replay(account, std::move(judged.world), from);
  const model::World& world = replay.world();
  Witness witness(std::move(judged.judge), world, wanted);
  report.architecture = world.architecture();
  if (report.first_fault) witness.bands().begin(*report.first_fault);
  replay.go_on(report.first_fault.value_or(began), witness);
  const judge::Observer observer(world);
  const UsersBy before = users_by(world, witness.judge(), observer);
  replay.go_on(report.until, witness);
  if (!wanted()) return Refusal{Refusal::Kind::gone, "the server is stopping", {}};
  if (auto now = world.experiments()->find(record->id)) record = std::move(now);
  report.record = record;
  bool on = false;
  for (const model::ExperimentFaultRecord& fault : record->faults) {
    if (fault.ended) report.last_fault = std::max(report.last_fault.value_or(0), *fault.ended);
    on = on || (fault.started && !fault.ended);
  }
  if (on) report.last_fault.reset();

  report.users = impact_between(before, users_by(world, witness.judge(), observer));
  report.path = witness.bands().departures();
  report.recovered = recovered_at(report.path);
  std::vector<model::Occurrence> told = witness.told();
  std::erase_if(told, [&](const model::Occurrence& o) { return o.at < record->accepted; });
  const std::set<std::uint64_t> due = due_to(record->id, told);
  report.timeline = lines_of(told, due);
  add_notices(witness.notices(), world, report);
  add_noticed(*record, told, due, report);
  std::stable_sort(report.timeline.begin(), report.timeline.end(), [](const auto& x, const auto& y) { return x.at < y.at; });
  if (report.timeline.size() > ExperimentReport::lines_max) {
    report.lines_left_out = report.timeline.size() - ExperimentReport::lines_max;
    report.timeline.resize(ExperimentReport::lines_max);
  }
  const auto base = record->spec->control ? without(account, *record) : std::nullopt;
  ComparisonSpec spec;
  spec.until = record->ended.value_or(account.now);
  if (base && *spec.until - record->accepted >= comparison_least) {
    auto compared = compare(*base, account, spec, wanted);
    if (auto* refusal = std::get_if<Refusal>(&compared)) return std::move(*refusal);
    report.control = std::get<Comparison>(std::move(compared));
  }
  return report;
}

}  // namespace run

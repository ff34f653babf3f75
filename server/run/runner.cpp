#include "run/runner.h"

#include <algorithm>

#include "run/apply.h"
#include "run/structure.h"

namespace run {

namespace {

model::Refusal ended() {
  return {model::Refusal::Kind::gone, "the simulation has ended", {}};
}

}  // namespace

Simulation::Runner::Runner(std::string given_id, std::string given_architecture, Beginning beginning, const Settings& given)
    : id(std::move(given_id)),
      architecture(std::move(given_architecture)),
      settings(given),
      origin(std::move(beginning.origin)),
      notes(std::move(beginning.notes)),
      scenario(beginning.play ? beginning.play->outcome(0).scenario : nullptr),
      flows(flows_kept, beginning.world->now()),
      spec_(std::move(beginning.spec)),
      owned_(std::move(beginning.world)),
      world_(*owned_),
      judge_(beginning.judge ? *std::move(beginning.judge) : judge::Judge(world_, notes->objectives)),
      play_(std::move(beginning.play)),
      running_(!given.start_paused),
      speed_(given.speed),
      journal_(std::move(beginning.journal)) {
  const std::string size = std::to_string(world_.instance_count()) + " instances, seed " + std::to_string(given.seed);
  events.add(origin ? told("simulation.forked", "goes on from " + origin->simulation + " with " + size)
                    : told("simulation.created", architecture + " starts with " + size));
  if (speed_ > 0) pacer_.start(Clock::now(), world_.now(), speed_);
  const auto members = std::min(given.threads, static_cast<unsigned>(world_.shards().size()));
  if (members > 1) {
    team_ = std::make_unique<ThreadTeam>(members);
    world_.run_by(team_.get());
  }
  measurement_.look(world_);
  go_on_playing();
  publish();
  thread_ = std::thread([this] { loop(); });
}

Simulation::Runner::~Runner() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  for (const Request& request : inbox_) request.abandon();
  if (step_done_) step_done_(ended());
}

// --- any thread

std::shared_ptr<const Snapshot> Simulation::Runner::snapshot() const {
  const std::scoped_lock lock(mutex_);
  return snapshot_;
}

void Simulation::Runner::submit(Request request) {
  {
    const std::scoped_lock lock(mutex_);
    inbox_.push_back(std::move(request));
  }
  wake_.notify_all();
}

void Simulation::Runner::post(Command command, CommandDone done) {
  bool full = false;
  {
    const std::scoped_lock lock(mutex_);
    full = commands_waiting_ >= command_queue_max || journal_.size() + commands_waiting_ >= journal_max;
    if (!full) ++commands_waiting_;
  }
  if (full) {
    done(model::Refusal{model::Refusal::Kind::limit, "too many commands: at most 1000 waiting and 100000 in all", {}});
    return;
  }
  auto outcome = std::make_shared<Outcome>(ended());
  const std::function<void()> answer = [done = std::move(done), outcome] { done(*outcome); };
  submit({[this, command = std::move(command), outcome] { *outcome = carry_out(command); }, answer, answer});
}

void Simulation::Runner::set_clock(ClockSetting setting, std::function<void()> done) {
  submit({[this, setting] { apply_clock(setting); }, done, std::move(done)});
}

void Simulation::Runner::step(sim::Time until, StepDone done) {
  submit({[this, until, done] {
            if (step_until_ || until < world_.now()) {
              const char* why = step_until_ ? "another step is under way" : "that time is past";
              done(model::Refusal{model::Refusal::Kind::conflict, why, {}});
              return;
            }
            running_ = false;
            step_until_ = until;
            step_done_ = done;
          },
          {},
          [done = std::move(done)] { done(ended()); }});
}

void Simulation::Runner::look_at(Scope scope, const LookDone& done) {
  if (done) {
    const auto shown = snapshot();
    if (shown->structure->everything) {
      Looked looked{shown, instances_in(*shown->structure, scope)};
      if (scope.instance.empty() || !looked.instances.empty()) return done(std::move(looked));
      return done(model::Refusal{model::Refusal::Kind::not_found, "there is no instance \"" + scope.instance + "\"", {}});
    }
  }
  auto found = std::make_shared<std::variant<std::vector<model::InstanceId>, model::Refusal>>(ended());
  const auto answer = [this, done, found] {
    if (!done) return;
    if (auto* refusal = std::get_if<model::Refusal>(found.get())) return done(std::move(*refusal));
    done(Looked{snapshot(), places_of(world_, *structure_, std::get<std::vector<model::InstanceId>>(*found))});
  };
  const auto abandon = [done] {
    if (done) done(ended());
  };
  submit({[this, scope = std::move(scope), found] { *found = looks_.look(world_, scope, Clock::now()); }, answer, abandon});
}

void Simulation::Runner::ask_beliefs(BeliefScope scope, const BeliefDone& done) {
  auto found = std::make_shared<BeliefResult>(ended());
  const auto answer = [done, found] { done(std::move(*found)); };
  submit({[this, scope = std::move(scope), found] { *found = beliefs_of(world_, scope); }, answer, answer});
}

void Simulation::Runner::ask_account(bool present, const AccountDone& done) {
  auto found = std::make_shared<std::variant<Account, model::Refusal>>(ended());
  const auto answer = [done, found] { done(std::move(*found)); };
  submit({[this, present, found] { *found = account(present); }, answer, answer});
}

void Simulation::Runner::watch_wires() {
  const std::scoped_lock lock(mutex_);
  wires_until_ = Clock::now() + watched_for;
}

void Simulation::Runner::watch_closely() {
  const std::scoped_lock lock(mutex_);
  closely_until_ = Clock::now() + watched_for;
}

std::vector<JournalEntry> Simulation::Runner::journal(std::uint64_t since, std::size_t limit) const {
  const std::scoped_lock lock(mutex_);
  std::vector<JournalEntry> result;
  for (std::uint64_t i = since; i < journal_.size() && result.size() < limit; ++i) result.push_back(journal_[i]);
  return result;
}

void Simulation::Runner::on_publish(std::function<void()> callback) {
  const std::scoped_lock lock(mutex_);
  on_publish_ = std::move(callback);
}

// --- the simulation thread

void Simulation::Runner::loop() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (inbox_.empty() && !stopping_) {
        if (idle()) {
          wake_.wait(lock);
        } else if (!step_until_ && speed_ > 0 && pacer_.due(Clock::now()) <= world_.now() + sim::microsecond) {
          wake_.wait_for(lock, slice);
        }
      }
      if (stopping_) return;
    }
    const bool changed = handle_requests();
    if (!idle()) {
      run_slice();
      past_.look(world_, judge_, play_ ? &*play_ : nullptr, journal_.size(), Clock::now());
    }
    if (step_until_ && world_.now() >= *step_until_) {
      finish_step();
    } else if (!changed && Clock::now() - last_publish_ >= interval_) {
      publish();
    }
  }
}

bool Simulation::Runner::handle_requests() {
  std::vector<Request> requests;
  {
    const std::scoped_lock lock(mutex_);
    requests.swap(inbox_);
    commands_waiting_ = 0;
  }
  if (requests.empty()) return false;
  for (const Request& request : requests) request.act();
  publish();
  for (const Request& request : requests) {
    if (request.answer) request.answer();
  }
  return true;
}

void Simulation::Runner::run_slice() {
  const auto begin = Clock::now();
  sim::Time target = world_.now() + slice_length_;
  if (step_until_) {
    target = std::min(target, *step_until_);
  } else if (speed_ > 0) {
    pacer_.forgive(begin, world_.now());
    target = std::min(target, pacer_.due(begin));
  }
  if (target > world_.now()) {
    const sim::Time length = target - world_.now();
    const std::uint64_t before = world_.events();
    run_to(target);
    flows.collect(world_);
    const auto took = Clock::now() - begin;
    const bool worked = world_.events() - before > slice_events;
    if (took > slice && worked) {
      slice_length_ = std::max<sim::Time>(sim::microsecond, length / 2);
    } else if ((took < slice / 2 || !worked) && length == slice_length_) {
      slice_length_ = std::min<sim::Time>(slice_length_ * 2, 3600 * sim::second);
    }
  }
}

/// Measured and judged at fixed moments of simulated time, whatever the slices are.
void Simulation::Runner::run_to(sim::Time end) {
  while (true) {
    const sim::Time due = std::min(judge_.due(), play_ ? play_->due() : sim::never);
    if (due > end) break;
    model::run_measured(world_, due, measurement_);
    if (judge_.due() <= due) judge_now();
    go_on_playing();
  }
  model::run_measured(world_, end, measurement_);
}

void Simulation::Runner::judge_now() {
  hear(0);
  judge_.look(world_);
  judgement_.reset();
  for (const judge::Notice& notice : judge_.take_notices()) tell(notice);
  if (play_) play_->look(world_, judge_);
}

/// What the scenario has for this time.
void Simulation::Runner::go_on_playing() {
  if (!play_) return;
  if (play_->look_due() <= world_.now()) play_->look(world_, judge_);
  while (const auto number = play_->next(world_.now())) {
    const ScenarioAction& action = play_->action(*number);
    Event event = told("scenario.action", action.text.empty() ? action.request : action.text);
    event.data = {{"request", action.request}};
    events.add(std::move(event));
    const Outcome outcome = carry_out(action.command, *number);
    play_->done(*number, outcome);
    if (const auto* refusal = std::get_if<model::Refusal>(&outcome)) {
      Event refused = told("scenario.refused", action.request + ": " + refusal->detail);
      refused.severity = "warning";
      events.add(std::move(refused));
    }
  }
}

/// What the World has told, to the judge and to the log.
void Simulation::Runner::hear(std::uint64_t cause) {
  std::vector<model::Occurrence> told = world_.take_occurrences();
  judge_.hear(told);
  events.add(std::move(told), cause);
}

void Simulation::Runner::finish_step() {
  step_until_.reset();
  publish();
  const StepDone done = std::exchange(step_done_, {});
  done(world_.now());
}

void Simulation::Runner::apply_clock(const ClockSetting& setting) {
  if (setting.speed) speed_ = *setting.speed;
  if (setting.running && !step_until_) running_ = *setting.running;
  if (speed_ > 0) pacer_.start(Clock::now(), world_.now(), speed_);
  progress_.clear();
  char text[64];
  std::snprintf(text, sizeof text, speed_ > 0 ? "runs at %g x" : "runs flat out", speed_);
  events.add(told("clock.changed", running_ ? text : "paused"));
}

Account Simulation::Runner::account(bool present) const {
  Account account;
  account.spec = spec_;
  account.notes = notes;
  account.journal = journal_;
  account.checkpoints = past_.kept();
  account.now = world_.now();
  account.messages = world_.messages();
  account.scenario = scenario;
  if (present) {
    account.checkpoints.push_back({world_.now(), journal_.size(), std::make_shared<const model::World>(world_),
                                   std::make_shared<const judge::Judge>(judge_), play_ ? std::make_shared<const Play>(*play_) : nullptr});
  }
  return account;
}

/// Something that the simulation itself does.
Event Simulation::Runner::told(const char* type, const std::string& message) const {
  Event event;
  event.sim_time = world_.now();
  event.type = type;
  event.severity = "info";
  event.subject_kind = "simulation";
  event.subject_id = id;
  event.message = message;
  return event;
}

Outcome Simulation::Runner::carry_out(const Command& command, std::size_t action) {
  Outcome outcome = apply(world_, judge_, command);
  judgement_.reset();
  const auto* applied = std::get_if<Applied>(&outcome);
  if (applied == nullptr || applied->dry_run) {
    hear(0);
    return outcome;
  }
  JournalEntry entry;
  entry.sim_time = world_.now();
  entry.wall_time_ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  entry.command = command;
  entry.action = action;
  Event event;
  event.sim_time = world_.now();
  event.type = "command.applied";
  event.severity = "info";
  event.subject_kind = "command";
  event.subject_id = verb_of(command);
  event.message = verb_of(command) + " " + subject_of(command);
  {
    const std::scoped_lock lock(mutex_);
    entry.seq = journal_.size() + 1;
    event.data = {{"journalSeq", std::to_string(entry.seq)}};
    journal_.push_back(std::move(entry));
  }
  hear(events.add(std::move(event)));
  return outcome;
}

// --- publishing

void Simulation::Runner::publish() {
  const auto wall = Clock::now();
  last_publish_ = wall;
  const bool fresh = wall - last_histograms_ >= std::chrono::seconds(1) || idle();
  if (fresh) last_histograms_ = wall;
  flows.next_interval();
  update_structure();
  recorder_.sample(world_, fresh, listing_);
  if (published_readings_ != measurement_.readings()) {
    published_readings_ = measurement_.readings();
    measured_ = std::make_shared<Measured>(Measured{measurement_.whole().marks(), measurement_.recent().marks()});
  }
  hear(0);

  progress_.emplace_back(wall, std::pair(world_.now(), world_.events()));
  while (progress_.size() > 2 && progress_[1].first <= wall - std::chrono::seconds(1)) progress_.pop_front();
  const double passed = std::chrono::duration<double>(wall - progress_.front().first).count();

  auto s = std::make_shared<Snapshot>();
  s->number = ++snapshots_;
  s->wall_time = std::chrono::system_clock::now();
  s->sim_time = world_.now();
  s->state = running_ || step_until_ ? "running" : "paused";
  s->speed = speed_;
  if (passed > 0 && !idle()) {
    s->achieved_speed = sim::to_seconds(world_.now() - progress_.front().second.first) / passed;
    s->events_per_second = static_cast<double>(world_.events() - progress_.front().second.second) / passed;
  }
  s->fingerprint = world_.fingerprint();
  if (!judgement_) judgement_ = std::make_shared<const judge::Judgement>(judge_.judgement());
  s->status = judge::name_of(judgement_->severity);
  s->status_detail = judgement_->detail;
  s->judgement = judgement_;
  if (play_) s->scenario = std::make_shared<const ScenarioOutcome>(play_->outcome(world_.now()));
  s->last_event_seq = events.last();
  s->structure = structure_;
  s->now = recorder_.now();
  s->base = recorder_.base();
  s->total = recorder_.total();
  s->window = recorder_.window();
  s->measured = measured_;
  s->registries = world_.registries();
  s->experiments = world_.experiments();
  std::function<void()> callback;
  bool watch = false;
  {
    const std::scoped_lock lock(mutex_);
    snapshot_ = std::move(s);
    callback = on_publish_;
    watch = wall < wires_until_;
    interval_ = wall < closely_until_ ? close_interval : publish_interval;
  }
  for (model::Shard& shard : world_.shards()) shard.count_pairs(watch);
  if (callback) callback();
}

void Simulation::Runner::update_structure() {
  const auto wall = Clock::now();
  const bool looked = looks_.settle(world_, wall);
  const bool met = world_.meetings() != described_meetings_ && (idle() || wall - last_structure_ >= meetings_interval);
  if (structure_ && !looked && !met && structure_->version == world_.structure_version()) return;
  listing_ = looks_.listing(world_);
  described_meetings_ = world_.meetings();
  last_structure_ = wall;
  structure_ = describe(world_, listing_);
}

void Simulation::Runner::tell(const judge::Notice& notice) {
  using judge::Severity;
  Event event;
  event.sim_time = notice.at;
  event.severity = notice.severity == Severity::outage ? "error" : notice.severity == Severity::at_risk ? "warning" : "info";
  event.data = {{"status", judge::name_of(notice.severity)}};
  if (notice.kind == judge::Notice::Kind::status) {
    event.type = "status.changed";
    event.subject_kind = "simulation";
    event.subject_id = id;
    event.message = notice.title;
    status_event_ = events.add(std::move(event));
    return;
  }
  event.type = notice.kind == judge::Notice::Kind::closed ? "notice.cleared" : "notice.raised";
  event.subject_kind = "incident";
  event.subject_id = notice.incident;
  event.message = notice.title + ". " + notice.advice;
  event.data.emplace_back("cause", notice.cause);
  event.data.emplace_back("advice", notice.advice);
  std::string actions;
  for (const std::string& action : notice.actions) actions += (actions.empty() ? "" : " ") + action;
  if (!actions.empty()) event.data.emplace_back("actions", std::move(actions));
  event.cause_seq = status_event_;
  events.add(std::move(event));
}

}  // namespace run

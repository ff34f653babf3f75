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

Simulation::Runner::Runner(std::string given_id, std::string given_architecture, const model::WorldSpec& spec, const Settings& given)
    : id(std::move(given_id)),
      architecture(std::move(given_architecture)),
      settings(given),
      world_(spec),
      running_(!given.start_paused),
      speed_(given.speed) {
  Event created;
  created.type = "simulation.created";
  created.severity = "info";
  created.subject_kind = "simulation";
  created.subject_id = id;
  created.message =
      architecture + " starts with " + std::to_string(world_.instance_count()) + " instances, seed " + std::to_string(given.seed);
  events.add(std::move(created));
  if (speed_ > 0) pacer_.start(Clock::now(), 0, speed_);
  const auto members = std::min(given.threads, static_cast<unsigned>(world_.shards().size()));
  if (members > 1) {
    team_ = std::make_unique<ThreadTeam>(members);
    world_.run_by(team_.get());
  }
  measurement_.look(world_);
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
    if (!idle()) run_slice();
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
    model::run_measured(world_, target, measurement_);
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
  Event event;
  event.sim_time = world_.now();
  event.type = "clock.changed";
  event.severity = "info";
  event.subject_kind = "simulation";
  event.subject_id = id;
  event.message = running_ ? text : "paused";
  events.add(std::move(event));
}

Outcome Simulation::Runner::carry_out(const Command& command) {
  Outcome outcome = apply(world_, command);
  const auto* applied = std::get_if<Applied>(&outcome);
  if (applied == nullptr || applied->predicted) {
    events.add(world_.take_occurrences(), 0);
    return outcome;
  }
  JournalEntry entry;
  entry.sim_time = world_.now();
  entry.wall_time_ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  entry.command = command;
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
  events.add(world_.take_occurrences(), events.add(std::move(event)));
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
  events.add(world_.take_occurrences(), 0);
  const Verdict verdict = judge(*structure_, *recorder_.now(), *recorder_.base());
  tell_status(verdict);

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
  s->status = verdict.status;
  s->status_detail = verdict.detail;
  s->last_event_seq = events.last();
  s->structure = structure_;
  s->now = recorder_.now();
  s->base = recorder_.base();
  s->total = recorder_.total();
  s->window = recorder_.window();
  s->measured = measured_;
  s->registries = world_.registries();
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

void Simulation::Runner::tell_status(const Verdict& verdict) {
  if (verdict.status == told_status_ && (verdict.status == "degraded" || verdict.detail == told_detail_)) return;
  const bool changed = verdict.status != told_status_;
  const bool first = told_detail_.empty();
  told_status_ = verdict.status;
  told_detail_ = verdict.detail;
  if (first && !changed) return;
  Event event;
  event.sim_time = world_.now();
  event.subject_kind = "simulation";
  event.subject_id = id;
  event.severity = verdict.status == "outage" ? "error" : verdict.status == "degraded" ? "warning" : "info";
  if (changed) {
    event.type = "status.changed";
    event.message = "The system is now: " + verdict.status;
    event.data = {{"status", verdict.status}};
    status_event_ = events.add(event);
  }
  event.type = verdict.status == "healthy" ? "notice.cleared" : "notice.raised";
  event.message = verdict.detail;
  event.cause_seq = status_event_;
  events.add(std::move(event));
}

}  // namespace run

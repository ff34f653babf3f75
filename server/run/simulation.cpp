#include "run/simulation.h"

#include "architecture/build.h"
#include "run/runner.h"
#include "run/simulations.h"

namespace run {

Simulation::Simulation(std::unique_ptr<Runner> runner) : runner_(std::move(runner)) {}
Simulation::~Simulation() = default;

std::variant<std::unique_ptr<Simulation>, model::Refusal> Simulation::start(std::string id, const architecture::Architecture& document,
                                                                            const architecture::Regions& regions,
                                                                            const architecture::Defaults& defaults,
                                                                            const Settings& settings, ScenarioPtr scenario) {
  auto spec =
      architecture::build(document, regions, defaults, {settings.seed, settings.scale_percent, settings.regions, settings.starts_at});
  if (auto* refusal = std::get_if<model::Refusal>(&spec)) return std::move(*refusal);
  Beginning beginning;
  beginning.spec = std::make_shared<const model::WorldSpec>(std::get<model::WorldSpec>(std::move(spec)));
  beginning.notes =
      std::make_shared<const DocumentNotes>(DocumentNotes{document.objectives, architecture::lint::lint(document, defaults, regions)});
  beginning.world = std::make_unique<model::World>(*beginning.spec);
  if (scenario) {
    if (auto refusal = check_scenario(*scenario, *beginning.world)) return std::move(*refusal);
    beginning.play.emplace(std::move(scenario));
  }
  return resume(std::move(id), document.name, std::move(beginning), settings);
}

std::unique_ptr<Simulation> Simulation::resume(std::string id, std::string architecture, Beginning beginning, const Settings& settings) {
  auto runner = std::make_unique<Runner>(std::move(id), std::move(architecture), std::move(beginning), settings);
  return std::unique_ptr<Simulation>(new Simulation(std::move(runner)));
}

const std::string& Simulation::id() const {
  return runner_->id;
}
const std::string& Simulation::architecture() const {
  return runner_->architecture;
}
const Settings& Simulation::settings() const {
  return runner_->settings;
}
const std::optional<Origin>& Simulation::origin() const {
  return runner_->origin;
}
const architecture::lint::Findings& Simulation::findings() const {
  return runner_->notes->findings;
}
ScenarioPtr Simulation::scenario() const {
  return runner_->scenario;
}
std::shared_ptr<const Snapshot> Simulation::snapshot() const {
  return runner_->snapshot();
}
void Simulation::post(Command command, CommandDone done) {
  runner_->post(std::move(command), std::move(done));
}
void Simulation::set_clock(ClockSetting setting, std::function<void()> done) {
  runner_->set_clock(setting, std::move(done));
}
void Simulation::step(sim::Time until, StepDone done) {
  runner_->step(until, std::move(done));
}
void Simulation::watch_closely() {
  runner_->watch_closely();
}
void Simulation::look_at(Scope scope, const LookDone& done) {
  runner_->look_at(std::move(scope), done);
}
void Simulation::ask_beliefs(BeliefScope scope, const BeliefDone& done) {
  runner_->ask_beliefs(std::move(scope), done);
}
void Simulation::ask_account(bool present, const AccountDone& done) {
  runner_->ask_account(present, done);
}
void Simulation::watch_wires() {
  runner_->watch_wires();
}
std::vector<Event> Simulation::events_since(std::uint64_t since, std::size_t limit) const {
  return runner_->events.since(since, limit);
}
std::uint64_t Simulation::oldest_event() const {
  return runner_->events.oldest();
}
std::vector<std::shared_ptr<const Flow>> Simulation::flows(std::size_t limit) const {
  return runner_->flows.newest(limit);
}
std::shared_ptr<const Flow> Simulation::flow(std::uint64_t trace) const {
  return runner_->flows.find(trace);
}
std::vector<std::shared_ptr<const Flow>> Simulation::flows_since(std::uint64_t since, std::size_t limit, std::uint64_t& next) const {
  return runner_->flows.since(since, limit, next);
}
std::vector<JournalEntry> Simulation::journal(std::uint64_t since, std::size_t limit) const {
  return runner_->journal(since, limit);
}
void Simulation::on_publish(std::function<void()> callback) {
  runner_->on_publish(std::move(callback));
}

std::variant<std::shared_ptr<Simulation>, model::Refusal> Simulations::create(std::string id, const architecture::Architecture& document,
                                                                              const architecture::Regions& regions,
                                                                              const architecture::Defaults& defaults,
                                                                              const Settings& settings, const ScenarioPtr& scenario) {
  return adopt(std::move(id),
               [&](const std::string& reserved) { return Simulation::start(reserved, document, regions, defaults, settings, scenario); });
}

std::variant<std::shared_ptr<Simulation>, model::Refusal> Simulations::adopt(
    std::string id, const std::function<std::variant<std::unique_ptr<Simulation>, model::Refusal>(const std::string&)>& make) {
  if (auto refusal = reserve(id)) return std::move(*refusal);
  auto made = make(id);  // takes a second when it is large
  const std::scoped_lock lock(mutex_);
  making_.erase(id);
  if (auto* refusal = std::get_if<model::Refusal>(&made)) return std::move(*refusal);
  std::shared_ptr<Simulation> simulation = std::move(std::get<std::unique_ptr<Simulation>>(made));
  simulations_[id] = simulation;
  return simulation;
}

/// Keeps a place for one that is being made; makes up its id when that is "".
std::optional<model::Refusal> Simulations::reserve(std::string& id) {
  using Kind = model::Refusal::Kind;
  const std::scoped_lock lock(mutex_);
  if (simulations_.size() + making_.size() >= limit_)
    return model::Refusal{Kind::limit, "at most " + std::to_string(limit_) + " simulations at a time", {}};
  const auto taken = [this](const std::string& name) { return simulations_.contains(name) || making_.contains(name); };
  if (id.empty()) {
    do {
      id = "s" + std::to_string(next_++);
    } while (taken(id));
  }
  if (taken(id)) return model::Refusal{Kind::conflict, "there is a simulation \"" + id + "\" already", {}};
  making_.insert(id);
  return std::nullopt;
}

std::shared_ptr<Simulation> Simulations::find(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = simulations_.find(id);
  return found == simulations_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Simulation>> Simulations::list() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::shared_ptr<Simulation>> result;
  for (const auto& [id, simulation] : simulations_) result.push_back(simulation);
  return result;
}

std::shared_ptr<Simulation> Simulations::remove(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  const auto found = simulations_.find(id);
  if (found == simulations_.end()) return nullptr;
  std::shared_ptr<Simulation> last = std::move(found->second);
  simulations_.erase(found);
  return last;
}

}  // namespace run

// Making a World out of its spec, copying it, running it.

#include "model/world.h"

#include <algorithm>
#include <cassert>

#include "model/experiment.h"
#include "model/registry.h"

namespace model {
namespace {

/// What a service of so many instances does, with everything filled in.
LoadSpecPtr load_of(const ServiceSpec& service, std::uint32_t instances) {
  LoadSpec load = service.load ? *service.load : LoadSpec{};
  if (load.has_rate() && !load.requests_per_second) load.requests_per_second = service.requests_per_second * instances;
  return std::make_shared<const LoadSpec>(std::move(load));
}

}  // namespace

World::World(const WorldSpec& spec)
    : architecture_(spec.architecture),
      victim_(spec.victim),
      starts_at_(spec.starts_at),
      regions_(spec.regions),
      shared_(std::make_unique<Shared>()),
      registry_delay_(spec.registry_delay),
      experiments_(std::make_shared<const Experiments>()) {
  shared_->seed = shared_->phase_seed = spec.seed;
  shared_->trace_threshold = sim::threshold(spec.trace_sample_rate);
  shared_->function_limit = spec.function_concurrency;
  make_locations(spec);
  make_services(spec);
  make_subscriptions(spec);
  make_sets(spec);
  wire(*shared_);
  wire_subscriptions(*shared_);
  arrange(*shared_);
  const std::size_t count = std::max<std::size_t>(1, regions_.size());
  for (std::uint32_t s = 0; s < count; ++s) shards_.emplace_back(s, *shared_);
  free_slots_.resize(shared_->groups.size());
  denials_.capacity.resize(shared_->locations.size());
  denials_.autoscalers.resize(shared_->services.size());
  denials_.deployments.resize(shared_->services.size());
  make_discovery(spec);
  make_instances(spec);
  made_ = true;
  if (std::any_of(shared_->dependencies.begin(), shared_->dependencies.end(), [](const Dependency& d) { return d.versions.has_value(); }))
    steer();
  for (std::uint32_t s = 0; s < spec.services.size(); ++s) {
    if (spec.services[s].autoscaler) set_autoscaler(s, spec.services[s].autoscaler);
  }
}

World::World(const World& other)
    : architecture_(other.architecture_),
      victim_(other.victim_),
      starts_at_(other.starts_at_),
      regions_(other.regions_),
      shared_(std::make_unique<Shared>(*other.shared_)),
      shards_(other.shards_),
      free_slots_(other.free_slots_),
      now_(other.now_),
      look_ahead_(other.look_ahead_),
      window_(other.window_),
      registry_delay_(other.registry_delay_),
      discovery_(other.discovery_),
      made_(other.made_),
      agenda_(other.agenda_),
      next_item_(other.next_item_),
      control_fingerprint_(other.control_fingerprint_),
      machines_(other.machines_),
      start_ups_(other.start_ups_),
      last_process_(other.last_process_),
      faults_(other.faults_),
      deployments_(other.deployments_),
      last_record_(other.last_record_),
      autoscalers_(other.autoscalers_),
      looked_at_(other.looked_at_),
      deployments_wait_(other.deployments_wait_),
      place_traffic_(other.place_traffic_),
      evacuations_(other.evacuations_),
      experiments_(other.experiments_),
      schedules_(other.schedules_),
      denials_(other.denials_),
      registry_faults_(other.registry_faults_),
      surges_(other.surges_),
      occurrences_(other.occurrences_),
      last_occurrence_(other.last_occurrence_),
      cause_(other.cause_),
      structure_version_(other.structure_version_),
      instance_count_(other.instance_count_),
      last_node_(other.last_node_) {
  for (Shard& shard : shards_) shard.attach(*shared_);
  for (const auto& [number, process] : other.processes_) processes_[number] = process->clone();
}

void World::make_locations(const WorldSpec& spec) {
  shared_->locations.push_back({outside, outside, "*.*"});
  shared_->shard_of_location.push_back(0);
  for (std::uint32_t r = 0; r < spec.regions.size(); ++r) {
    const RegionNames& region = spec.regions[r];
    for (std::uint32_t z = 0; z < region.zones.size(); ++z) shared_->locations.push_back({r, z, region.name + "." + region.zones[z]});
    shared_->locations.push_back({r, outside, region.name + ".*"});
    shared_->shard_of_location.resize(shared_->locations.size(), r);
  }
  shared_->network = Network(spec.network, shared_->locations);
  look_ahead_ = shared_->network.look_ahead(shared_->shard_of_location);
}

void World::make_services(const WorldSpec& spec) {
  for (const ServiceSpec& s : spec.services) {
    const auto index = static_cast<std::uint32_t>(shared_->services.size());
    Service service;
    service.name = s.name;
    service.package = s.package;
    service.dependencies = s.dependencies;
    service.everywhere = s.everywhere;
    service.regions = s.regions;
    service.count = s.count;
    service.levels = s.levels;
    service.timeout = s.timeout;
    service.start_up = s.start_up;
    service.keeping.replace_after = s.replace_after;
    service.starting = s.starting;
    if (s.starting.time) service.start_up_time = make_distribution(*s.starting.time);
    service.placement = s.placement;
    service.labels = s.labels;

    service.fan_out = s.fan_out;
    service.replication = s.replication;
    service.fan_out_first = s.fan_out_first;
    if (s.shedding) {
      service.shedding = static_cast<std::uint32_t>(shared_->sheddings.size());
      shared_->sheddings.push_back(*s.shedding);
    }
    for (std::size_t d = 0; d < s.dependencies.size(); ++d) {
      service.calls.push_back(static_cast<std::uint32_t>(shared_->dependencies.size()));
      const DependencySpec call = d < s.calls.size() ? s.calls[d] : DependencySpec{};
      shared_->dependencies.push_back(make_dependency(call));
      if (!call.policy) continue;
      shared_->dependencies.back().policy = static_cast<std::uint32_t>(shared_->policies.size());
      shared_->policies.push_back(*call.policy);
    }
    service.current_profile = static_cast<std::uint32_t>(shared_->profiles.size());
    service.profiles.push_back(service.current_profile);
    shared_->profiles.push_back(make_profile(s, index));
    if (s.function) {
      shared_->profiles.back().function = static_cast<std::uint32_t>(shared_->functions.size());
      shared_->functions.push_back({*s.function, make_distribution(s.function->cold_start), index});
    }
    service.first = shared_->profiles.back();
    if (service.first.release) service.interface = service.first.release->interface;

    for (std::uint32_t l = 0; l < shared_->locations.size(); ++l) {
      const Location& location = shared_->locations[l];
      const bool global = location.region == outside;
      if (global != (s.regions == 0)) continue;
      if (!global && (location.region >= s.regions || (location.zone == outside) != (s.count == 0))) continue;
      Group group;
      group.service = index;
      group.location = l;
      group.shard = shared_->shard_of_location[l];
      group.cell = static_cast<std::uint32_t>(shared_->cells.size());
      group.cells.push_back(group.cell);
      shared_->cells.push_back({static_cast<std::uint32_t>(shared_->groups.size()), service.current_profile, {}, 0});
      service.groups.push_back(static_cast<std::uint32_t>(shared_->groups.size()));
      shared_->groups.push_back(std::move(group));
    }
    shared_->services.push_back(std::move(service));
  }
}

void World::make_instances(const WorldSpec& spec) {
  for (Shard& shard : shards_) shard.grow_statistics();
  machines_ = Machines(spec.machine_types);
  start_ups_.cold = spec.cold_start;
  for (std::uint32_t s = 0; s < spec.services.size(); ++s) {
    Service& service = shared_->services[s];
    const std::uint32_t per_region = std::max(1U, spec.services[s].count);
    const std::uint32_t total = std::max(1U, service.regions) * per_region;
    for (std::uint32_t i = 0; i < total; ++i) {
      std::uint32_t group = service.groups[0];
      if (service.regions > 0) {
        const std::uint32_t region = i / per_region;
        const auto zones = static_cast<std::uint32_t>(regions_[region].zones.size());
        group = service.count == 0 ? service.groups[region] : service.groups[region * zones + i % zones];
      }
      const InstanceId id = new_instance(group, service.current_profile, service.next_serial++);
      if (start_ups_.cold) {
        begin_start(id);
        continue;
      }
      detail_at(id).ready = true;
      set_state(id, InstanceState::up);
      at(id).reach = shards_[shard_of(id)].open_reach(slot_of(id));
      announce(id);
      found_there(id);
    }
    service.desired = total;
    service.keeping.fleets.push_back({service.current_profile, total});
    if (service.package->load_source) set_load(s, load_of(spec.services[s], total));
  }
  const bool histories = std::any_of(shared_->policies.begin(), shared_->policies.end(),
                                     [](const Policy& policy) { return policy.balancing.needs_histories(); });
  if (histories) keep_histories();
  elect_first();
  add_spare_machines();
  start_ups_.first_nodes = last_node_;
  if (start_ups_.cold) {
    start_ups_.left = last_node_;
  } else {
    start_ups_.complete = 0;
    for (Shard& shard : shards_) {
      for (std::uint32_t slot = 0; slot < shard.slots(); ++slot) shard.come_up(slot);
    }
  }
  occurrences_.clear();
  last_occurrence_ = 0;
}

// --- running

void World::run_until(sim::Time end) {
  while (now_ < end || (!agenda_.empty() && agenda_.front().time <= end)) {
    const sim::Time next = agenda_.empty() ? end : std::min(end, agenda_.front().time);
    if (next > now_) run_shards(next);
    now_ = next;
    while (!agenda_.empty() && agenda_.front().time <= now_) {
      const AgendaItem item = agenda_.front();
      std::pop_heap(agenda_.begin(), agenda_.end());
      agenda_.pop_back();
      act(item);
    }
  }
}

void World::run_shards(sim::Time end) {
  if (shards_.size() == 1) {
    shards_.front().run_until(end);
    return;
  }
  const unsigned members = team_ == nullptr ? 1 : std::min(team_->size(), static_cast<unsigned>(shards_.size()));
  if (members == 1) {
    run_windows(end, 0, 1);
  } else {
    team_->run([&](unsigned member) { run_windows(end, member, members); });
  }
  for (Shard& shard : shards_) shard.receive(shards_, window_);
}

/// What one of `members` threads does: every members-th shard, window by window. No message between shards takes less than the look-ahead,
/// so what is sent in a window arrives after it, and is fetched at the beginning of the next. A member without shards only meets the
/// others.
void World::run_windows(sim::Time end, unsigned member, unsigned members) {
  std::uint64_t window = window_;
  for (sim::Time at = now_; at < end;) {
    at = look_ahead_ < end - at ? at + look_ahead_ : end;
    for (std::size_t s = member; member < members && s < shards_.size(); s += members) {
      shards_[s].receive(shards_, window);
      shards_[s].run_until(at, window + 1);
    }
    ++window;
    if (members > 1) team_->meet();
  }
  if (member == 0) window_ = window;
}

std::uint64_t World::fingerprint() const {
  sim::Fingerprint whole = control_fingerprint_;
  for (const Shard& shard : shards_) whole.add(shard.engine().fingerprint());
  return whole.value();
}

std::uint64_t World::events() const {
  std::uint64_t sum = 0;
  for (const Shard& shard : shards_) sum += shard.engine().events();
  return sum;
}

std::uint64_t World::messages() const {
  std::uint64_t sum = 0;
  for (const Shard& shard : shards_) sum += shard.messages();
  return sum;
}

std::uint64_t World::bytes() const {
  constexpr std::uint64_t per_call = 2 * (sizeof(Call) + sizeof(TraceMark));  // pools grow by doubling
  constexpr std::uint64_t per_instance = sizeof(Instance) + sizeof(InstanceDetail) + sizeof(Source) + 2 * sizeof(InstanceId);
  constexpr std::uint64_t per_cell = sizeof(CellCount) + std::uint64_t{3} * 4'096;  // histograms of a few octaves
  std::uint64_t sum = shared_->links.size() * shards_.size() * (sizeof(Link) + sizeof(LinkCount) + sizeof(PolicyCount));
  for (const Shard& shard : shards_) {
    sum += shard.calls_in_flight() * per_call + shard.slots() * per_instance + shard.cell_counts().size() * per_cell;
  }
  return sum;
}

// --- the agenda

void World::plan(sim::Time time, Act act, std::uint32_t subject, std::uint32_t incarnation) {
  agenda_.push_back({time, ++next_item_, act, subject, incarnation, cause_});
  std::push_heap(agenda_.begin(), agenda_.end());
}

void World::wake_at(sim::Time time, std::uint32_t process, std::uint32_t token) {
  plan(time, act_wake, process, token);
}

std::uint32_t World::add_process(std::unique_ptr<Process> process) {
  processes_[++last_process_] = std::move(process);
  return last_process_;
}

void World::end_process(std::uint32_t number) {
  processes_.erase(number);
}

void World::act(const AgendaItem& item) {
  cause_ = item.cause;
  if (item.act == act_wake) {
    const auto process = processes_.find(item.subject);
    if (process != processes_.end()) {
      control_fingerprint_.add(now_, item.number, item.act);
      // Out of the map while it runs: it may end itself.
      std::unique_ptr<Process> running = std::move(process->second);
      running->wake(*this, item.incarnation);
      const auto place = processes_.find(item.subject);
      if (place != processes_.end()) place->second = std::move(running);
    }
  } else if (item.act == act_deal) {
    control_fingerprint_.add(now_, item.number, item.act);
    deal_load(item.subject);
  } else if (item.act == act_set) {
    control_fingerprint_.add(now_, item.number, item.act);
    act_on_set(item.subject, item.incarnation);
  } else if (item.act == act_machine_up || item.act == act_machine_remove) {
    if (machines_[item.subject].in_use && machines_[item.subject].generation == item.incarnation) {
      control_fingerprint_.add(now_, item.number, item.act);
      item.act == act_machine_up ? machine_up(item.subject) : remove_machine(item.subject);
    }
  } else if (item.act == act_keep) {
    control_fingerprint_.add(now_, item.number, item.act);
    look_at_number(item.subject);
  } else if (item.act == act_leak) {
    run_out_of_memory(item);
  } else if (item.act >= act_register) {
    discover(item);
  } else if (detail(item.subject).in_use && detail(item.subject).incarnation == item.incarnation) {
    control_fingerprint_.add(now_, item.number, item.act);
    switch (item.act) {
      case act_ready:
        go_on_starting(item.subject);
        break;
      case act_announce:
        announce(item.subject);
        break;
      case act_withdraw:
        withdraw(item.subject);
        break;
      case act_drain:
        check_drained(item.subject);
        break;
      case act_remove:
        remove(item.subject);
        break;
      default:
        assert(false);
    }
  }
  cause_ = 0;
}

// --- the log

std::uint64_t World::report(Occurrence occurrence) {
  occurrence.number = ++last_occurrence_;
  occurrence.at = now_;
  if (occurrence.cause == 0) occurrence.cause = cause_;
  occurrences_.push_back(std::move(occurrence));
  return last_occurrence_;
}

std::vector<Occurrence> World::take_occurrences() {
  std::vector<Occurrence> taken;
  taken.swap(occurrences_);
  return taken;
}

}  // namespace model

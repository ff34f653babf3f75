#pragma once
// A simulated system: shards that run, and what is shared between them and changes only at barriers. A plain value: a copy is a fork that
// does what the original would have done. One thread at a time. Knows neither wall time nor files nor JSON.
//
// Control acts (instances that become ready, view changes, faults that end, deployments that go on) wait in an agenda and happen at
// barriers: all shards run to that time first. At equal times control comes before messages.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/denials.h"
#include "model/discovery.h"
#include "model/distribution_spec.h"
#include "model/machines.h"
#include "model/problem.h"
#include "model/process.h"
#include "model/records.h"
#include "model/schedule.h"
#include "model/service_spec.h"
#include "model/shard.h"
#include "model/start_up.h"
#include "model/team.h"

namespace model {

struct Experiments;

struct WorldSpec {
  std::string architecture;
  std::uint64_t seed = 1;
  std::vector<RegionNames> regions;  ///< those that are used
  NetworkSpec network;
  std::vector<ServiceSpec> services;
  std::vector<MachineTypeSpec> machine_types;
  bool cold_start = false;                     ///< nothing is up at the beginning: all instances start
  std::uint32_t function_concurrency = 1'000;  ///< calls of functions at a time in a region
  sim::Time registry_delay =
      0;  ///< until callers know of a change, when discovery is fixed; and until the nodes of a store know of each other
  DiscoverySpec discovery;
  double trace_sample_rate = 0;
  std::string victim;             ///< service whose instances monkeys hit unless told otherwise, "" for none
  Epoch starts_at = usual_epoch;  ///< what simulated time 0 is
};

class World {
 public:
  static constexpr std::uint64_t instances_max = 2'000'000;
  static constexpr sim::Time removed_after = 10 * sim::second;  ///< a dead instance is shown for so long
  static constexpr sim::Time drain_least = 1 * sim::second;     ///< so that calls on their way still find it
  static constexpr sim::Time drain_poll = 100 * sim::millisecond;
  static constexpr sim::Time drain_longest = 30 * sim::second;
  static constexpr std::size_t records_kept = 100;              ///< ended faults and deployments
  static constexpr std::uint64_t beliefs_counted_max = 20'000;  ///< instances of a service that are looked at one by one

  /// REQUIRES: the spec was checked (architecture::build does).
  explicit World(const WorldSpec& spec);
  World(const World& other);
  World& operator=(const World&) = delete;

  // --- running
  sim::Time now() const { return now_; }
  /// From now on the shards are run by this team; nullptr: by the caller's thread. It has to outlive the World, or this. A copy has none.
  void run_by(Team* team) { team_ = team; }
  /// Handles all events before `end` and all control acts up to and at `end`.
  void run_until(sim::Time end);
  std::uint64_t fingerprint() const;
  std::uint64_t events() const;
  std::uint64_t messages() const;
  /// About how much memory it takes: what grows with instances, calls under way and groups.
  std::uint64_t bytes() const;
  /// Other random numbers from now on; what was drawn before stays as it is.
  void reseed(std::uint64_t seed) { shared_->seed = seed; }

  // --- what is there
  const std::string& architecture() const { return architecture_; }
  const std::string& victim() const { return victim_; }
  Epoch starts_at() const { return starts_at_; }
  const Shared& shared() const { return *shared_; }
  const std::vector<RegionNames>& regions() const { return regions_; }
  const std::vector<Shard>& shards() const { return shards_; }
  std::vector<Shard>& shards() { return shards_; }
  const Instance& instance(InstanceId id) const { return shards_[shard_of(id)].instance(slot_of(id)); }
  const InstanceDetail& detail(InstanceId id) const { return shards_[shard_of(id)].detail(slot_of(id)); }
  InstanceRef ref(InstanceId id) const { return {id, detail(id).incarnation}; }
  /// Whether it is still the same instance, in whatever state.
  bool still_there(const InstanceRef& r) const { return detail(r.id).in_use && detail(r.id).incarnation == r.incarnation; }
  /// Counts per instance, from now on or no longer; see Shard::count_of.
  void count_instances(bool on) {
    looked_at_ = on;
    count_for_all();
  }
  /// REQUIRES: they are counted.
  const InstanceCount& count_of(InstanceId id) const { return *shards_[shard_of(id)].count_of(slot_of(id)); }
  std::uint64_t instance_count() const { return instance_count_; }  ///< not removed
  std::uint64_t wire_count() const;                                 ///< pairs of instances of which one knows the other
  std::uint64_t meetings() const;  ///< grows whenever an instance gets to know another by itself: not a change of the structure's version
  StateCounts instances_of(const Group& group) const;
  /// Whether its set has it for its primary; it may be gone, and nobody know.
  bool is_primary(InstanceId id) const;
  /// Grows whenever something in the structure changes: instances, states, versions, faults, deployments, rates.
  std::uint64_t structure_version() const { return structure_version_; }
  void structure_changed() { ++structure_version_; }
  sim::Time registry_delay() const { return registry_delay_; }
  const Discovery& discovery() const { return discovery_; }
  std::vector<RegistryStatus> registries() const;  ///< of the regions, then of what is outside all, if there is any
  /// As of when an instance sees the lists of the registry; now() when it sees them as they are.
  sim::Time view_of(InstanceId caller) const;
  std::vector<Belief> beliefs_of(InstanceId caller) const;  ///< one a service that it calls, its own cluster last
  /// Those of them of one service, as it sees them: at most `count` from the nth on. Some may have been removed.
  std::vector<InstanceId> believed_by(InstanceId caller, std::uint32_t service, std::uint64_t from, std::uint64_t count) const;
  /// Whether all callers believe in it.
  bool seen_by_all(InstanceId id) const;
  std::optional<std::uint32_t> find_service(const std::string& name) const;
  std::optional<std::uint32_t> find_location(const std::string& id) const;
  InstanceId find_instance(const std::string& short_name) const;  ///< no_instance when there is none
  InstanceId find_member(const Group& group, std::uint32_t serial) const;
  std::string name_of(InstanceId id) const;            ///< "netflixoss.us-east-1.zoneA.homepage15"
  std::string prefix_of(const Group& group) const;     ///< of the names of its instances
  std::string address_of(InstanceId id) const;         ///< "54.198.0.1"
  bool was_here(const std::string& short_name) const;  ///< one that is no more
  // selector.cpp
  /// Instances that match all parts, by id; dead ones left out, and, unless their state is asked for, draining ones.
  std::vector<InstanceId> select(const SelectorParts& parts) const;
  bool matches(const Selector& selector, InstanceId id) const;  ///< and is not excluded
  bool matches(const SelectorParts& parts, InstanceId id) const;
  bool matches(const SelectorParts& parts, const Group& group) const;  ///< but for what instances differ in
  bool matches(const SelectorParts& parts, const Service& service) const;
  bool matches(const SelectorParts& parts, const Location& location) const;
  /// Those that match and are not excluded, by id.
  std::vector<InstanceId> candidates(const Selector& selector) const;
  /// Those of them that the selector's mode and limits leave, by chance and spread over the zones; the same for the same number.
  std::vector<InstanceId> choose(const Selector& selector, std::uint64_t number) const;
  std::vector<InstanceId> in_fair_order(const std::vector<InstanceId>& ids, std::uint64_t number) const;
  /// Whether every load source has at least one path of instances that are up.
  bool redundant() const;

  // --- changes; each tells the structure version and the log
  InstanceId start_instance(std::uint32_t service, std::uint32_t location, std::uint32_t profile);
  /// Says Goodbye: leaves the registry, serves what still comes, stops.
  void retire(InstanceId id);
  /// Dies at once; callers are refused until the registry has found out and they have heard of it.
  void kill(InstanceId id);
  void hold_down(const std::vector<InstanceId>& ids, Reach reach);
  void release(const std::vector<InstanceId>& ids, Reach reach);
  /// It crashes, and is started again: in its place, under its name. Nothing when it is not up.
  void restart(InstanceId id, const std::string& why);

  // --- what faults impose: impair.cpp
  /// There is this imposition from now on, and touches nobody: its place.
  std::uint32_t impose(Imposition imposition);
  /// REQUIRES: of the same fault.
  void change_imposition(std::uint32_t place, Imposition imposition);
  const Imposition& imposition(std::uint32_t place) const { return shared_->impositions[place]; }
  void touch(std::uint32_t place, const std::vector<InstanceId>& ids, std::uint8_t sides = side_a);
  void let_go(std::uint32_t place, const std::vector<InstanceId>& ids, std::uint8_t sides = side_a);
  void lift(std::uint32_t place);
  Overlays overlays() const;
  bool is_frozen(InstanceId id) const;
  double memory_used(InstanceId id, std::uint32_t place);  ///< share, by what leaks; 1 and more: it is full
  void drop_contents(const std::vector<InstanceId>& ids);  ///< keys that caches have
  /// The load of a load source times this, as long as the fault says so; 1: as it is.
  void surge(std::uint64_t fault, std::uint32_t service, double factor);
  // registry_faults.cpp
  void fault_registries(RegistryFault fault);
  void mend_registries(std::uint64_t fault);
  bool splits_registries() const;
  // steering.cpp
  std::uint32_t add_version(std::uint32_t service, const VersionSpec& spec);
  /// REQUIRES: it is the newest of all versions, and nothing has been made of it: no instance, route or flag.
  void take_back_version(std::uint32_t profile);
  /// REQUIRES: the versions that rules and flags name are the service's.
  void set_routing(std::uint32_t service, RoutingSpec routing);
  void set_shares(std::uint32_t service, std::vector<VersionShare> shares);
  void set_flags(std::uint32_t service, std::vector<FeatureFlag> flags);
  /// Percent of the traffic that a zone ("us-east-1.zoneA") or a region would get. REQUIRES: it is in place_traffic().
  void set_weight(const std::string& place, double percent);
  double weight_of(const std::string& place) const;
  std::map<std::string, PlaceTraffic>& place_traffic() { return place_traffic_; }  ///< those that ever were shifted
  const std::map<std::string, PlaceTraffic>& place_traffic() const { return place_traffic_; }
  /// Whether a client can do with a version, and whether it gets it when no rule says so. `dependency`: of Shared.
  bool can_do_with(std::uint32_t dependency, std::uint32_t profile) const;
  bool is_given(std::uint32_t dependency, std::uint32_t profile) const;
  bool runs(std::uint32_t service, std::uint32_t profile) const;  ///< there are instances of it, or there should be
  /// What is made of all that anew; call when a version's last instance is gone.
  void steer();
  void set_current_version(std::uint32_t service, std::uint32_t profile);
  void set_desired(std::uint32_t service, std::uint32_t count);
  // keeping.cpp; these return who starts or stops
  /// How many of a version there should be; keep() makes it so.
  void set_fleet(std::uint32_t service, std::uint32_t profile, std::uint32_t wanted);
  void set_spare(std::uint32_t service, std::uint32_t profile, bool spare);
  void set_changing(std::uint32_t service, bool changing);  ///< a deployment is at work, or no longer
  std::uint32_t fleet_of(std::uint32_t service, std::uint32_t profile) const;
  /// So many in total, alike in all places; those of other versions than the current one stay as far as they may.
  std::vector<InstanceId> set_number(std::uint32_t service, std::uint32_t count);
  /// So many in each place, parallel to the service's groups.
  std::vector<InstanceId> set_places(std::uint32_t service, std::vector<std::uint32_t> places);
  /// Starts what lacks and retires what is too many, now; goes on by itself while it cannot.
  std::vector<InstanceId> keep(std::uint32_t service);
  /// The load of a load source, from now on: shapes and traces begin, those who think begin anew. REQUIRES: the spec was checked; it has
  /// requests_per_second if has_rate().
  void set_load(std::uint32_t service, LoadSpecPtr load);
  /// Another rate for the present load. REQUIRES: it has_rate().
  void set_traffic(std::uint32_t service, double requests_per_second);

  /// How a service calls its nth dependency from now on; nullopt: without a policy. Calls under way go on as they began; breakers, budgets
  /// and the rest begin anew. Costs the number of the service's instances.
  void set_policy(std::uint32_t service, std::uint32_t dependency, const std::optional<Policy>& policy);

  /// What a service turns down from now on; nullopt: nothing. Limits and averages begin anew. Costs the calls that it has in hand.
  /// REQUIRES: it is no load source.
  void set_shedding(std::uint32_t service, const std::optional<Shedding>& shedding);

  // --- machines
  const Machines& machines() const { return machines_; }
  std::string machine_name(std::uint32_t machine) const;      ///< "shop.us-east-1.zoneA.m3.xlarge03"
  std::uint32_t find_machine(const std::string& name) const;  ///< Machines::none when there is none
  /// Dies at once, with all that runs on it. REQUIRES: it is not dead.
  void kill_machine(std::uint32_t machine);

  // --- those that start
  const StartUps& start_ups() const { return start_ups_; }
  /// Services that it depends on and the registry names nobody of to the instances of this group.
  std::vector<std::uint32_t> missing_for(std::uint32_t group) const;

  // --- processes
  std::uint32_t add_process(std::unique_ptr<Process> process);  ///< its number, from 1
  Process& process(std::uint32_t number) { return *processes_.at(number); }
  void end_process(std::uint32_t number);
  void wake_at(sim::Time time, std::uint32_t process, std::uint32_t token);

  std::vector<FaultRecord>& faults() { return faults_; }
  const std::vector<FaultRecord>& faults() const { return faults_; }
  std::vector<DeploymentRecord>& deployments() { return deployments_; }
  const std::vector<DeploymentRecord>& deployments() const { return deployments_; }
  std::vector<EvacuationRecord>& evacuations() { return evacuations_; }
  const std::vector<EvacuationRecord>& evacuations() const { return evacuations_; }
  /// Never nullptr. Immutable: whoever changes something puts another one in its place.
  const std::shared_ptr<const Experiments>& experiments() const { return experiments_; }
  void set_experiments(std::shared_ptr<const Experiments> experiments) { experiments_ = std::move(experiments); }
  std::vector<ScheduleRecord>& schedules() { return schedules_; }
  const std::vector<ScheduleRecord>& schedules() const { return schedules_; }
  std::uint64_t next_record() { return ++last_record_; }
  /// Another autoscaler from now on; nullopt: none. REQUIRES: valid(*spec); it is no load source.
  void set_autoscaler(std::uint32_t service, const std::optional<policies::AutoscalerSpec>& spec);
  std::map<std::uint32_t, AutoscalerRecord>& autoscalers() { return autoscalers_; }  ///< by service
  const std::map<std::uint32_t, AutoscalerRecord>& autoscalers() const { return autoscalers_; }
  /// Whether deployments wait while a zone or a region is down.
  bool deployments_wait() const { return deployments_wait_; }
  void set_deployments_wait(bool wait) {
    deployments_wait_ = wait;
    structure_changed();
  }
  std::uint64_t last_record() const { return last_record_; }
  Denials& denials() { return denials_; }
  const Denials& denials() const { return denials_; }

  // --- the log
  std::uint64_t report(Occurrence occurrence);  ///< fills in number, time and cause; returns the number
  std::vector<Occurrence> take_occurrences();
  std::uint64_t cause() const { return cause_; }
  void set_cause(std::uint64_t number) { cause_ = number; }

 private:
  enum Act : std::uint32_t {
    act_ready,
    act_announce,
    act_withdraw,
    act_drain,
    act_remove,
    act_wake,
    act_deal,
    act_set,
    act_register,  // this and the next two are about an instance, the two after those about a registry
    act_check,
    act_free,
    act_evict,
    act_answer,
    act_machine_up,  // this and the next one are about a machine
    act_machine_remove,
    act_keep,  // about a service
    act_leak,  // about an instance
  };
  struct AgendaItem {
    sim::Time time = 0;
    std::uint64_t number = 0;
    std::uint32_t act = 0;
    std::uint32_t subject = 0;      ///< instance, process, service, set, registry or machine
    std::uint32_t incarnation = 0;  ///< of the instance; token of the process; term of the set; generation of the machine
    std::uint64_t cause = 0;
    bool operator<(const AgendaItem& other) const { return time != other.time ? time > other.time : number > other.number; }
  };

  void make_locations(const WorldSpec& spec);
  void make_services(const WorldSpec& spec);
  void make_instances(const WorldSpec& spec);
  // what instances share: shared_stores.cpp, election.cpp
  void make_subscriptions(const WorldSpec& spec);
  void make_sets(const WorldSpec& spec);
  void follow(InstanceId id);
  void follow_member(InstanceId id, std::uint32_t set);
  void reconsider(std::uint32_t set);
  std::vector<InstanceId> members_up(const ReplicaSet& set) const;
  bool can_elect(const ReplicaSet& set) const;
  bool is_sound(const ReplicaSet& set) const;
  void act_on_set(std::uint32_t set, std::uint32_t term);
  void depose(std::uint32_t set, const char* why);
  void plan_election(std::uint32_t set);
  void elect(std::uint32_t set);
  void elect_first();
  void size_sets();
  void run_shards(sim::Time end);
  void run_windows(sim::Time end, unsigned member, unsigned members);
  void plan(sim::Time time, Act act, std::uint32_t subject, std::uint32_t incarnation);
  void act(const AgendaItem& item);
  Instance& at(InstanceId id) { return shards_[shard_of(id)].instance(slot_of(id)); }
  InstanceDetail& detail_at(InstanceId id) { return shards_[shard_of(id)].detail(slot_of(id)); }
  std::uint32_t take_slot(std::uint32_t group);
  InstanceId new_instance(std::uint32_t group, std::uint32_t profile, std::uint32_t serial);
  std::uint32_t cell_for(std::uint32_t group, std::uint32_t profile);
  void set_state(InstanceId id, InstanceState state);
  void set_reach(InstanceId id, Reach reach);
  void keep_histories();
  void begin_history(InstanceId id);
  std::size_t member_index(const Group& group, InstanceId id) const;
  void deal_load(std::uint32_t service);
  void plan_deal(std::uint32_t service);
  void become_ready(InstanceId id);
  void begin_leak(InstanceId id);
  void run_out_of_memory(const AgendaItem& item);
  // keeping.cpp
  bool rebalance(std::uint32_t service, const Fleet& fleet, std::vector<InstanceId>& touched);
  VersionTable version_table(const Service& service) const;
  void settle_interfaces();
  void accept_versions();
  void know_versions(bool wanted);
  void know_version(InstanceId id);
  void shape_version(std::uint32_t profile);
  void count_for_all();
  void look_at_number(std::uint32_t service);
  void count_loss(InstanceId id);
  // start_up.cpp
  void begin_start(InstanceId id);
  void go_on_starting(InstanceId id);
  void look_at_dependencies(InstanceId id);
  void dependencies_are_there(InstanceId id);
  void plan_start(InstanceId id, sim::Time time);
  sim::Time start_up_time(InstanceId id);
  std::string services_text(const std::vector<std::uint32_t>& services) const;
  void crash(InstanceId id, const std::vector<std::uint32_t>& missing);
  void tell_those_that_wait();
  void report_deadlock(std::uint32_t service);
  void count_started(InstanceId id);
  // machines.cpp
  void add_spare_machines();
  void place(InstanceId id);
  std::uint32_t start_machine(const PlacementSpec& placement, std::uint32_t location);
  void leave_machine(InstanceId id);
  void machine_up(std::uint32_t machine);
  void remove_machine(std::uint32_t machine);
  std::uint64_t tell_machine(std::uint32_t machine, const char* type, const char* severity, const std::string& message);
  void announce(InstanceId id);
  void withdraw(InstanceId id);
  bool join_ring(InstanceId id, bool joins);
  void free_slot(InstanceId id);

  // discovery.cpp, leases.cpp, probes.cpp
  void make_discovery(const WorldSpec& spec);
  void discover(const AgendaItem& item);
  void list(InstanceId id);
  void unlist(InstanceId id);
  void change_lists();
  std::uint32_t registry_of(InstanceId id) const;
  Registry& registry_for(InstanceId id) { return discovery_.registries[registry_of(id)]; }
  RegistryStatus status_of(std::size_t registry) const;
  void tell_registry(std::uint32_t registry, const char* type, const char* severity, const std::string& message);
  void born(InstanceId id);         ///< it has the slot now
  void found_there(InstanceId id);  ///< it was there before the run began
  void appear(InstanceId id);       ///< it is up from now on ...
  void vanish(InstanceId id);       ///< ... or no longer, without a word
  void leave_registry(InstanceId id);
  void haunt(InstanceId id);  ///< it was removed
  void stop_haunting(InstanceId id);
  sim::Time sees_as_of(InstanceId caller) const;
  std::vector<const Route*> routes_to(const Group& caller, std::uint32_t service) const;
  // leases
  sim::Time beat_phase(InstanceId id) const;
  void register_lease(InstanceId id);
  void hear_beats(InstanceId id);
  bool miss_beats(InstanceId id);
  void await_end(InstanceId id);
  void cancel_lease(InstanceId id);
  bool is_silent(const Expiry& expiry) const;
  void plan_pass(std::uint32_t registry);
  void pass(std::uint32_t registry);
  std::uint64_t evict(Registry& registry, std::uint32_t index);
  void begin_answering(std::uint32_t registry);
  // probes
  void change_finding(InstanceId id);
  void check(InstanceId id);
  void add_target(InstanceId id);
  void drop_target(InstanceId id);
  void set_healthy(InstanceId id, bool healthy);
  void close_targets(TargetGroup& targets);
  TargetGroup& target_group_of(InstanceId id) { return discovery_.target_groups[discovery_.target_group_of[at(id).group]]; }
  // impair.cpp, registry_faults.cpp
  bool matches_itself(const SelectorParts& parts, InstanceId id) const;
  std::uint32_t burden_of(const std::vector<Touch>& touches);
  void set_burden(InstanceId id, std::uint32_t burden);
  template <class Change>
  void change_burdens(const std::vector<InstanceId>& ids, const Change& change);
  std::vector<InstanceId> touched_by(std::uint32_t place) const;
  void forget_burden(InstanceId id);
  void refresh(const std::vector<InstanceId>& ids);
  void freeze(InstanceId id, bool on);
  void begin_anew(InstanceId id);
  sim::Time slowed_start_up(InstanceId id, sim::Time time) const;
  void release_kept(const std::vector<InstanceId>& ids);
  void lag_behind(InstanceId id);
  void mark_links();
  bool is_blind(InstanceId id) const;
  void view_registries();
  void register_held();
  void free_kept_slots();
  bool is_noted() const;
  sim::Time horizon() const;
  void check_drained(InstanceId id);
  void stop(InstanceId id);
  void remove(InstanceId id);
  void abort(const std::vector<InstanceId>& ids);
  void tell_instance(InstanceId id, const char* type, const char* severity, const std::string& message);

  std::string architecture_;
  std::string victim_;
  Epoch starts_at_ = usual_epoch;
  std::vector<RegionNames> regions_;
  std::unique_ptr<Shared> shared_;
  std::vector<Shard> shards_;
  std::vector<std::vector<std::uint32_t>> free_slots_;  ///< by group
  sim::Time now_ = 0;
  sim::Time look_ahead_ = sim::never;
  std::uint64_t window_ = 0;  ///< of those in which all shards ran, how many
  Team* team_ = nullptr;
  sim::Time registry_delay_ = 0;
  Discovery discovery_;
  bool made_ = false;               ///< all instances of the beginning are there
  std::vector<AgendaItem> agenda_;  ///< a heap
  std::uint64_t next_item_ = 0;
  sim::Fingerprint control_fingerprint_;
  Machines machines_;
  StartUps start_ups_;
  std::map<std::uint32_t, std::unique_ptr<Process>> processes_;
  std::uint32_t last_process_ = 0;
  std::vector<FaultRecord> faults_;
  std::vector<DeploymentRecord> deployments_;
  std::uint64_t last_record_ = 0;
  std::map<std::uint32_t, AutoscalerRecord> autoscalers_;
  bool looked_at_ = false;  ///< what each instance does is counted for somebody who looks
  bool deployments_wait_ = true;
  std::map<std::string, PlaceTraffic> place_traffic_;
  std::vector<EvacuationRecord> evacuations_;
  std::shared_ptr<const Experiments> experiments_;
  std::vector<ScheduleRecord> schedules_;
  Denials denials_;
  std::vector<RegistryFault> registry_faults_;
  struct Surge {
    std::uint64_t fault;
    std::uint32_t service;
    double factor;
  };
  std::vector<Surge> surges_;
  std::vector<Occurrence> occurrences_;
  std::uint64_t last_occurrence_ = 0;
  std::uint64_t cause_ = 0;
  std::uint64_t structure_version_ = 1;
  std::uint64_t instance_count_ = 0;
  std::uint32_t last_node_ = 0;
};

}  // namespace model

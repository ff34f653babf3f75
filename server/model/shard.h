#pragma once
// One region as a logical process: its instances, the calls in flight in it, its events. Here is the life of a call, once: send, network
// delay, arrival, queue, service time, calls to dependencies, reply, time-out, retry. Runs on one thread at a time; touches nothing that
// another shard writes: messages to other shards go to the outbox, by value. Plain data throughout, so that a copy is a fork.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "model/call.h"
#include "model/coordination.h"
#include "model/gate.h"
#include "model/handled.h"
#include "model/instance.h"
#include "model/message.h"
#include "model/package.h"
#include "model/pool.h"
#include "model/replica_log.h"
#include "model/shared.h"
#include "model/sharing.h"
#include "model/statistics.h"
#include "sim/engine.h"
#include "sim/large_allocator.h"

namespace model {

class Shard {
 public:
  static constexpr std::uint8_t attempts_max = 2;             ///< of a call: an instance that cannot be reached is tried once elsewhere
  static constexpr sim::Time think_least = sim::microsecond;  ///< so that users whose requests fail at once do not stop time
  static constexpr std::size_t spans_kept = 65'536;           ///< spans that wait to be collected; more are dropped and counted

  Shard(std::uint32_t number, const Shared& shared);

  /// For a copied World: the copy's Shared. The shard itself is a plain value.
  void attach(const Shared& shared) {
    shared_ = &shared;
    recorded_ = nullptr;
  }

  /// From now on each event is added to `events` just before it is handled; nullptr: to nothing, as in a copied World. Others empty it.
  void record_to(std::vector<HandledEvent>* events) { recorded_ = events; }

  // --- running
  /// Messages to other shards go to those of `window`.
  void run_until(sim::Time end, std::uint64_t window = 0);
  /// Takes what other shards have sent here in `window`. They must not be running in it any more.
  void receive(std::vector<Shard>& all, std::uint64_t window);
  const sim::Engine& engine() const { return engine_; }

  // --- changes, between events only
  /// Makes room for new links, cells and profiles of Shared.
  void grow_statistics();
  std::uint32_t add_slot();
  Instance& instance(std::uint32_t slot) { return instances_[slot]; }
  const Instance& instance(std::uint32_t slot) const { return instances_[slot]; }
  InstanceDetail& detail(std::uint32_t slot) { return details_[slot]; }
  const InstanceDetail& detail(std::uint32_t slot) const { return details_[slot]; }
  std::uint32_t slots() const { return static_cast<std::uint32_t>(instances_.size()); }
  /// What an instance of this profile needs beside its record: classes of its queue, shared workers, connections; nothing else is kept.
  void equip(std::uint32_t slot);
  /// The instance there begins: what its package does first.
  void come_up(std::uint32_t slot);
  /// A source that does nothing yet, for the instance there.
  void make_source(std::uint32_t slot);
  bool has_source(std::uint32_t slot) const { return details_[slot].source != no_source; }
  Source& source(std::uint32_t slot) { return sources_[details_[slot].source]; }
  const Source& source(std::uint32_t slot) const { return sources_[details_[slot].source]; }
  /// (Re)starts a load source as assign() has it: from the present place in its shape or trace. Nothing when the instance is not up or has
  /// none.
  void start_load(std::uint32_t slot);
  /// Another policy for what it calls over one of its routes: what the instance knew about that is forgotten, and those of its calls that
  /// wait for room begin.
  void renew_gate(std::uint32_t slot, std::uint32_t route);
  /// What the instance turns down from now on, as its service has it: forgets what it has learned.
  void renew_shedder(std::uint32_t slot);
  Reach open_reach(std::uint32_t slot) const;  ///< while it serves
  /// Everything that this instance has in hand is lost: its callers are refused or hear nothing, what its own calls bring is dropped. Costs
  /// what it has in hand. REQUIRES: its `reach` says what arrivals find from now on.
  void abort_calls(std::uint32_t slot);

  // --- statistics
  const std::vector<LinkCount>& link_counts() const { return link_counts_; }
  const std::vector<PolicyCount>& policy_counts() const { return policy_counts_; }  ///< by link; the last is of routes without any
  const std::vector<CellCount>& cell_counts() const { return cell_counts_; }
  const RequestCount& requests() const { return requests_; }
  std::uint64_t messages() const { return messages_; }  ///< requests and replies delivered
  std::uint64_t late_replies() const { return late_; }
  std::size_t calls_in_flight() const { return calls_.live(); }
  std::vector<Span>& spans() { return spans_; }
  const ReplicationCount& replication_count(std::uint32_t service) const { return replication_counts_[service]; }
  /// Of a function of Shared; environments whose time is over are not in it any more.
  FunctionCount function_count(std::uint32_t function) const;
  std::uint64_t spans_dropped() const { return spans_dropped_; }
  /// Counts per instance and per pair of instances, from now on or no longer.
  void count_instances(bool on);
  void count_pairs(bool on);
  const PairCounts& pairs() const { return pairs_; }
  /// nullptr while they are not counted.
  const InstanceCount* count_of(std::uint32_t slot) const { return count_instances_ ? &instance_counts_[slot] : nullptr; }
  void forget_counts(std::uint32_t slot);  ///< another instance has the slot now

  // --- peers: whom instances know by their own memory (PackageInfo::acquaintances)
  std::span<const InstanceId> acquaintances_of(std::uint32_t slot) const;
  std::uint64_t acquaintances() const { return acquaintances_; }  ///< of all instances
  std::uint64_t meetings() const { return meetings_; }            ///< grows whenever one gets to know another
  void forget_memory(std::uint32_t slot);                         ///< of its package
  void drop_hints(std::uint32_t slot);                            ///< another instance has the slot now
  void drop_content(std::uint32_t slot);                          ///< its keys are lost

  // --- stores that instances of a service share, by index of Shared::subscriptions and Shared::sets; those of other shards are empty
  const Queue& queue(std::uint32_t subscription) const { return queues_[subscription]; }
  /// An instance that takes messages, over that way of the subscription, begins or ends to do so.
  void change_taker(std::uint32_t subscription, std::uint32_t way, InstanceId id, bool takes, std::uint32_t at_once);
  void deliver_messages(std::uint32_t subscription);
  const ReplicaLog& replica_log(std::uint32_t set) const { return replica_logs_[set]; }
  ReplicaLog& replica_log(std::uint32_t set) { return replica_logs_[set]; }

  // --- for sim::Engine
  void handle(const sim::Event& event);
  void expire(std::uint32_t call, std::uint64_t order);
  sim::Subjects subjects() const;
  void fetch_early(const sim::Event& event) const;
  void fetch_ahead(const sim::Event& event) const;
  sim::TimerKey timer_key(sim::Timers::List list, std::uint32_t call) const;

 private:
  // What few calls need is not to be inlined: most calls would pay for its registers and its room on the stack.
  friend class Task;
  friend class Impaired;
  friend class Steerer;
  enum Kind : std::uint32_t {
    arrive_kind,
    done_kind,
    reply_kind,
    resume_kind,
    impatient_kind,
    denied_kind,
    load_kind,  // this and the next three are not about a call: about an instance
    crowd_kind,
    shared_kind,
    queue_kind,  // about a queue
    guard_kind,
    cancel_kind,
    kinds
  };
  static constexpr bool about_instance(std::uint32_t kind) { return kind - load_kind <= queue_kind - load_kind; }

  InstanceId id(std::uint32_t slot) const { return instance_id(number_, slot); }
  std::uint32_t slot_number(const Instance& instance) const { return static_cast<std::uint32_t>(&instance - instances_.data()); }
  Instance& at(InstanceId id) { return instances_[slot_of(id)]; }
  std::uint64_t random(InstanceId id, sim::Purpose purpose) { return sim::draw(shared_->seed, id, purpose, at(id).draws++); }
  std::uint64_t next_order(InstanceId id) { return sim::order_of(id, at(id).sequence++); }
  sim::Time network_delay(InstanceId sender, std::uint16_t way) {
    return shared_->network.delay(way, shared_->network.jittered() ? random(sender, sim::Purpose::network) : 0);
  }

  void fetch_beside(const Call& c) const;
  [[gnu::noinline]] void handle_instance(const sim::Event& event);
  bool is_stale(const sim::Event& event) const;

  // what is handled, for record_to()
  struct Watching;
  void run_watched(sim::Time end);
  void record(const sim::Event& event);
  void record_timeout(std::uint32_t call, std::uint64_t order);
  void describe(std::uint32_t call, HandledEvent& handled) const;
  bool caller_is_gone(std::uint32_t call) const;

  // the server's side
  void arrive(std::uint32_t call);
  [[gnu::noinline]] bool arrive_at_odd(std::uint32_t call, Instance& server);
  void accept_call(std::uint32_t call, Instance& server);
  void take_in_hand(std::uint32_t call, Instance& server);
  void release_from_hand(std::uint32_t call, Instance& server);
  [[gnu::noinline]] void turn_away(std::uint32_t call, Reach reach);
  void step(std::uint32_t call);
  void reply(std::uint32_t call, Status status);
  void tell_reply(std::uint32_t call, Status status);
  void release_call(std::uint32_t call, Instance& server);
  void send_reply(std::uint32_t call, Status status);

  // what it turns down: shed.cpp
  Shedder* shedder_of(std::uint32_t slot);  ///< nullptr: nothing
  bool is_shed(std::uint32_t call, const Instance& server);
  void shed(std::uint32_t call, Instance& server);
  void enter_shedder(std::uint32_t call, const Instance& server);
  void leave_shedder(std::uint32_t call);
  void tell_limit(std::uint32_t call, Status status);
  void tell_busy(const Instance& server);

  // workers and who waits for them
  void begin(std::uint32_t call, Instance& server);
  [[gnu::noinline]] bool begin_otherwise(std::uint32_t call, Instance& server);
  void start_work(std::uint32_t call, Instance& server);
  void finish_work(std::uint32_t call);
  void take_worker(Instance& server);
  void tell_worker(const Instance& server, bool taken);
  void leave_worker(Instance& server);
  void enqueue(std::uint32_t call, Instance& server);
  void dequeue(std::uint32_t call, Instance& server);
  std::uint32_t next_in_queue(const Instance& server) const;
  sim::Time demand(std::uint32_t call, const Instance& server);
  void lose_patience_later(std::uint32_t call, const Profile& profile);
  [[gnu::noinline]] void lose_patience(std::uint32_t call);
  void share(std::uint32_t call, Instance& server);
  void share_out(Instance& server, Sharing& sharing);
  void plan_shared(std::uint32_t slot, const Instance& server, Sharing& sharing);
  void finish_shared(std::uint32_t slot);
  void abort_shared(std::uint32_t slot);

  // functions: function.cpp
  void invoke(std::uint32_t call, Instance& server);
  sim::Time begin_environment(std::uint32_t slot, const Function& function);
  [[gnu::noinline]] void end_invocation(std::uint32_t call, Instance& server);
  void bill(std::uint32_t call, const Function& function);
  void abort_invocations(std::uint32_t slot);

  // what messages cost, and connections
  const Dependency& dependency_of(std::uint32_t call) const;
  std::uint64_t wire_bytes(std::uint32_t call, std::uint32_t payload) const;
  void prepare(std::uint32_t call, std::uint64_t note);
  void dispatch(std::uint32_t call);
  Pool& pool_of(const Call& call);
  bool connect(std::uint32_t call);
  void disconnect(std::uint32_t call);
  void give_connection(Pool& pool);
  void stop_waiting_for_connection(std::uint32_t call, Pool& pool);
  [[gnu::noinline]] void put_together(std::uint32_t call);
  [[gnu::noinline]] bool take_apart(std::uint32_t call);
  void work_at_caller(std::uint32_t call, std::uint8_t what);
  [[gnu::noinline]] void start_caller_work(std::uint32_t call);
  [[gnu::noinline]] void finish_caller_work(std::uint32_t call);
  [[gnu::noinline]] sim::Time message_work(std::uint32_t call);
  void forget(std::uint32_t call);
  void abort_own_work(std::uint32_t slot);
  bool withdraw_before_sending(std::uint32_t call);

  // calls under a policy
  const Policy& policy_of(std::uint32_t call);
  bool is_guarded(const Route& route) const { return shared_->dependencies[route.dependency].policy != 0; }
  [[gnu::noinline]] void call_guarded(std::uint32_t parent, std::uint32_t route, bool awaited);
  void limit_time(std::uint32_t call, std::uint32_t parent);
  void act_later(std::uint32_t call, sim::Time time);
  [[gnu::noinline]] void act_guarded(std::uint32_t call);
  void begin_tries(std::uint32_t call);
  bool start_try(std::uint32_t call, bool hedge);
  void keep_back(std::uint32_t call, bool hedge, Status why);
  void prepare_try(std::uint32_t call, std::uint32_t parent);
  void unlist_try(std::uint32_t call, std::uint32_t tried);
  [[gnu::noinline]] void settle_guarded(std::uint32_t tried, const Call& over);
  void try_again(std::uint32_t call, Status cause);
  void abandon_tries(std::uint32_t call, bool in_time, bool alive);
  void abandon(std::uint32_t tried, bool in_time, bool alive);
  void cancel_later(std::uint32_t tried);
  void end_if_over(std::uint32_t call);
  [[gnu::noinline]] void end_guarded(std::uint32_t call, Status status);
  void record_unsent(std::uint32_t call, Status status);
  void drop_guarded(std::uint32_t call, bool alive);
  void drop_all_guarded(std::uint32_t slot);
  const Policy& policy_to(const Call& call) const;
  [[gnu::noinline]] void fail_to_connect(std::uint32_t call, sim::Time patience);
  bool too_late(std::uint32_t call);
  [[gnu::noinline]] void watch_deadline(std::uint32_t call);
  [[gnu::noinline]] void cancel_at_server(std::uint32_t call);
  void cancel_calls_for(std::uint32_t parent, Instance& server);

  // their gates
  Gate& gate_of(std::uint32_t call);
  bool has_gate(std::uint32_t call);
  PolicyCount& policy_count_of(std::uint32_t call);
  policies::Bulkhead::Entry enter_gate(std::uint32_t call);
  void stop_waiting_for_room(std::uint32_t call);
  void leave_gate(std::uint32_t call, Status status);
  void hear_of_call(std::uint32_t call, Status status);
  void hear_of_start(std::uint32_t call, InstanceId host);
  void hear_of_try(std::uint32_t call, const Call& tried, Status status);
  bool may_retry(std::uint32_t call, Status cause);
  Status admit_try(std::uint32_t call);
  void take_back_try(std::uint32_t call);
  void end_budget(std::uint32_t call);
  void hear_of_server(Gate& gate, const policies::RibbonSpec& spec, InstanceId host, policies::Outcome outcome);

  // whom a call under a policy asks: balance.cpp
  struct Choosing;
  struct Ends;
  std::uint64_t known_in(std::uint32_t group, sim::Time as_of) const { return Believed(shared_->groups[group], as_of).size(); }
  std::uint32_t known_to(const Route& route, sim::Time as_of) const;
  std::uint64_t known_at(const Route& route, Ends ends, sim::Time as_of) const;
  Peer nth_known(const Choosing& c, Ends ends, std::uint64_t n) const;
  Peer balance(std::uint32_t call, const Route& route, InstanceId avoid);
  Peer balance_among(std::uint32_t call, const Route& route, InstanceId avoid, const WantedVersions* wanted);
  Peer nearest(const Choosing& c);
  Peer by_priority(const Choosing& c);
  Peer in_own_region(const Choosing& c);
  Peer as_ribbon(const Choosing& c);
  Ends ribbon_ends(const Choosing& c);
  Peer choose(const Choosing& c, Ends ends, bool anybody);
  std::uint64_t draw_place(const Choosing& c, std::uint64_t known, std::uint32_t n);
  bool usable(const Choosing& c, InstanceId host) const;
  bool healthy(const Policy& policy, InstanceId self, InstanceId host) const;
  bool suits(const Choosing& c, const Peer& peer, bool anybody) const;
  bool takes(const Choosing& c, const Peer& peer);
  sim::Time check_phase(InstanceId self, InstanceId host, sim::Time interval) const;
  bool all_healthy(const Choosing& c) const;
  const Census& census_of(const Choosing& c);
  void take_census(const Choosing& c);
  void split_zones(const Choosing& c);
  void hear_checks(std::uint32_t call, Gate& gate);
  const policies::TargetHistory& history_of(InstanceId host) const { return shared_->histories[shard_of(host)][slot_of(host)]; }

  void equip_gates(std::uint32_t slot);
  void make_gates(std::uint32_t slot);

  // load sources
  const Load& load_of(std::uint32_t slot) const { return shared_->services[shared_->groups[instances_[slot].group].service].load; }
  /// Numbered by themselves: when users ask, and for what, is the same whatever becomes of their requests.
  std::uint64_t load_bits(std::uint32_t slot) { return sim::draw(shared_->seed, id(slot), sim::Purpose::load, source(slot).draws++); }
  void schedule_load(std::uint32_t slot, Kind kind, sim::Time time);
  void generate(std::uint32_t slot);
  void ask(std::uint32_t slot, std::uint32_t traced, std::uint16_t flags);
  void finish_root(std::uint32_t call);
  void resize_crowd(std::uint32_t slot);
  void think(std::uint32_t slot, bool joins);
  bool leaves(std::uint32_t slot);
  void end_wait(std::uint32_t slot);

  // packages that act on their own
  void wake(std::uint32_t slot);
  void hear(std::uint32_t slot, Verb verb, std::uint64_t key);

  // stores with copies: coordinate.cpp, hints.cpp
  bool look_up(std::uint32_t call);
  static std::uint32_t token_of(std::uint64_t key);
  bool is_coordinated(std::uint32_t call) const { return calls_[call].is(Call::quorum) && calls_[call].pending == 0; }
  Consistency level_of(std::uint32_t call, const Replication& replication) const;
  /// What few requests have, and pass on to the calls that they make.
  struct Note {
    sim::Time version = 0;  ///< of a write to a copy: when it was written; of a copy's answer: see packed()
    std::uint8_t level = no_level;
  };
  void set_note(std::uint32_t call, Note note) {
    if (notes_.size() <= call) notes_.resize(calls_.size() + calls_.size() / 2);
    notes_[call] = note;
  }
  Note note(std::uint32_t call) const { return call < notes_.size() ? notes_[call] : Note{}; }
  Node& node(InstanceId id) { return nodes_[details_[slot_of(id)].node_state]; }
  ReplicationCount& count_of_cluster(InstanceId id) { return replication_counts_[shared_->groups[at(id).group].service]; }
  void list_copies(InstanceId self, const Replication& replication, std::uint32_t token);
  void coordinate(std::uint32_t call, std::uint32_t token);
  void write_copies(std::uint32_t call);
  void read_copies(std::uint32_t call, const Replication& replication);
  void ask_copy(std::uint32_t call, const Copy& copy, std::size_t bucket);
  static void count_answer(Coordination& here, std::size_t bucket);
  void await_copies(std::uint32_t call);
  [[gnu::noinline]] void settle_copy(std::uint32_t copy, const Call& over);
  void answer_as_copy(std::uint32_t call);
  bool repair(std::uint32_t call);
  sim::Time patience_of_read(std::uint32_t call, const Replication& replication);
  void end_if_decided(std::uint32_t call);
  [[gnu::noinline]] void speculate(std::uint32_t call);
  bool keep_hint(InstanceId self, InstanceId target, std::uint32_t link, HintQueue::Hint hint);
  void wake_for_hints(std::uint32_t slot, sim::Time after);
  void deliver_hints(std::uint32_t call);

  // the caller's side
  using Pick = Peer;
  /// As of when it sees the lists of groups; sim::never: as they are.
  sim::Time view_of(InstanceId from) const;
  sim::Time old_view_of(InstanceId from) const;
  template <class Lists>
  Pick pick_among(InstanceId from, const Route& route, InstanceId avoid, std::uint32_t avoid_group, const Lists& lists);

  // queues: broker.cpp
  bool publish(std::uint32_t call);
  Pick speaker(std::uint32_t subscription);
  [[gnu::noinline]] void settle_delivery(std::uint32_t call, const Call& over);
  void expire_deliveries(std::uint32_t subscription);
  void bury(std::uint32_t subscription);

  // sets with a primary: primary_set.cpp
  std::uint32_t set_of(InstanceId id) const { return shared_->groups[instances_[slot_of(id)].group].set; }
  bool is_primary(InstanceId id) const;
  const Primary& primary_of(std::uint32_t set) const { return *shared_->services[shared_->sets[set].service].primary; }
  std::uint64_t write(std::uint32_t call);
  void await_secondaries(std::uint32_t call);
  Pick pick_member(std::uint32_t request, InstanceId from, const Route& route, InstanceId avoid);
  [[gnu::noinline]] Pick pick_directed(std::uint32_t request, InstanceId from, const Route& route, InstanceId avoid,
                                       std::uint32_t avoid_group);
  /// As pick(), for a call that `request` is about, which says whom of a set it needs.
  Pick pick_for(std::uint32_t request, InstanceId from, const Route& route, InstanceId avoid = no_instance,
                std::uint32_t avoid_group = outside);

  unsigned pick_dependency(InstanceId from, const Group& group);
  /// One of those that `from` knows, nearest first; neither `avoid` nor, if there is another, one of `avoid_group`.
  Pick pick(InstanceId from, const Route& route, InstanceId avoid = no_instance, std::uint32_t avoid_group = outside);
  void call(std::uint32_t parent, const Pick& pick, std::uint16_t flags);
  void call_each(std::uint32_t parent, const Group& group);
  struct CallPlace;
  CallPlace place_of_call(const Group& group, std::uint64_t place) const;
  bool is_made(InstanceId caller, const Dependency& dependency, std::uint64_t nth);
  struct Made;
  Made make_calls(std::uint32_t parent, const Group& group, bool awaited);
  void call_parallel(std::uint32_t parent, const Group& group);
  void call_without_waiting(std::uint32_t parent, const Group& group);
  std::uint32_t send(std::uint32_t parent, const Pick& pick, Verb verb, std::uint16_t flags, std::uint8_t attempt, bool awaited = true);
  void accept(const Message& message);
  void post(const Message& message);
  [[gnu::noinline]] void send_afar(std::uint32_t call, sim::Time time, std::uint64_t order);
  [[gnu::noinline]] void reply_afar(std::uint32_t call, sim::Time time, std::uint64_t order);
  void accept_request(const Message& message);
  [[gnu::noinline]] void resume_later(std::uint32_t parent, Status status);
  void receive_reply(std::uint32_t call);
  /// Which request, in which life of its instance, a call belongs to: what is noted beside its time-out.
  struct Caller {
    std::uint32_t generation;
    std::uint32_t life;
  };
  Caller caller_of(std::uint32_t call) const;
  std::uint64_t note_of(std::uint32_t parent) const;
  bool awaited(const Call& call, Caller caller) const;
  /// The cell that an answer is counted in when its server does not say.
  std::uint32_t at_target_cell(const Call& call) const;
  void complete(std::uint32_t call);
  void settle(std::uint32_t call, const Call& over, Caller caller);
  [[gnu::noinline]] void hint(std::uint32_t call, const Call& over, Caller caller);
  [[gnu::noinline]] bool retry(const Call& over);
  void resume(std::uint32_t parent, Status status);
  [[gnu::noinline]] void resume_quorum(std::uint32_t parent, Status status);
  void record_span(std::uint32_t call, Status status, sim::Time answered, sim::Time cr);
  void count_reply(const Call& call, Status status, sim::Time response);
  void count_over(const Call& call, bool error);
  void orphan(std::uint32_t call);
  void lose(std::uint32_t call);
  void abort_at_server(std::uint32_t call);

  const std::uint32_t number_;
  const Shared* shared_;
  sim::Engine engine_;
  CallPool calls_;
  std::vector<Instance, sim::LargeAllocator<Instance>> instances_;
  std::vector<InstanceDetail, sim::LargeAllocator<InstanceDetail>> details_;
  std::vector<Source> sources_;
  using Classes = std::array<std::uint32_t, priorities>;  ///< of an instance's queue: the last of each class
  std::vector<Classes> classes_;
  std::vector<Sharing> sharing_;
  std::vector<std::vector<Pool>> pools_;
  std::vector<FunctionState> functions_;    ///< by index of Shared::functions
  std::vector<Environments> environments_;  ///< of instances of functions
  std::vector<sim::Time> invoked_;          ///< by call: from when on a call to a function is billed
  std::uint32_t functions_busy_ = 0;        ///< environments with a call, of all functions
  std::vector<Shedder> shedders_;
  std::vector<std::uint32_t> entered_;    ///< by call: how many its instance had in hand when it came; for those that may shed
  std::vector<std::vector<Gate>> gates_;  ///< by route
  using Memory = std::array<std::uint64_t, Task::memory_bytes / sizeof(std::uint64_t)>;
  std::vector<Memory, sim::LargeAllocator<Memory>> memories_;
  std::vector<Note> notes_;  ///< of calls; empty until one has any
  std::vector<Node> nodes_;
  std::vector<Coordination> coordinations_;  ///< of calls
  std::vector<Copy> copies_;                 ///< scratch of list_copies
  std::vector<Hints> hints_;
  std::vector<Content> contents_;
  std::vector<Queue> queues_;                         ///< by subscription
  std::vector<std::uint64_t> receipts_;               ///< of calls that deliver a message
  std::vector<ReplicaLog> replica_logs_;              ///< by set
  std::vector<std::uint64_t> numbers_;                ///< of calls: what they wrote
  std::vector<ReplicationCount> replication_counts_;  ///< by service
  std::uint64_t acquaintances_ = 0;
  std::uint64_t meetings_ = 0;
  std::vector<sim::Timers::List> timer_of_link_;
  std::vector<PolicyTimers> timers_of_policy_;
  std::vector<LinkCount> link_counts_;
  std::vector<PolicyCount> policy_counts_;
  std::vector<policies::ZoneHosts> zones_;  ///< for split_zones() alone
  std::vector<CellCount> cell_counts_;
  RequestCount requests_;
  std::uint64_t messages_ = 0;
  std::uint64_t late_ = 0;
  std::uint64_t spans_dropped_ = 0;
  std::uint32_t next_span_ = 1;
  std::vector<Span> spans_;
  /// Of this window and of the one before, by the receiving shard: one is written while the other is read.
  std::array<std::vector<std::vector<Message>>, 2> outboxes_;
  std::size_t outbox_ = 0;  ///< which is written
  std::vector<InstanceCount> instance_counts_;
  PairCounts pairs_;
  std::vector<std::uint32_t> lost_;  ///< scratch of abort_calls
  bool count_instances_ = false;
  bool count_pairs_ = false;
  bool sheds_ = false;    ///< some instance does, or did
  bool watched_ = false;  ///< instances are counted, or one sheds: workers and answers are told
  std::vector<HandledEvent>* recorded_ = nullptr;
  Hindrances hindrances_;
};

}  // namespace model

#include "model/shard_inline.h"  // IWYU pragma: keep

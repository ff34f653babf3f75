// An autoscaler at work: at each sync it measures every instance of its service, asks policies::Autoscaler and changes the number.

#include <algorithm>
#include <map>

#include "model/world.h"

namespace model {
namespace {

using policies::AutoscalerSpec;
using policies::InstanceSample;

constexpr std::int64_t thousandths = 1'000;

class Autoscaling : public Process {
 public:
  explicit Autoscaling(std::uint32_t service) : service_(service) {}

  void begin(World& world, std::uint32_t number) {
    number_ = number;
    take_readings(world);
    world.wake_at(world.now() + record(world).spec.sync, number_, 0);
  }

  void wake(World& world, std::uint32_t) override {
    AutoscalerRecord& mine = record(world);
    const AutoscalerSpec& spec = mine.spec;
    const std::uint32_t current = world.shared().services[service_].desired;
    if (spec.enabled) {
      policies::Autoscaler::Decision decision;
      if (world.denials().autoscalers[service_] > 0) {
        decision = {current, current, current, current, "frozen by a fault: the number stays as it is"};
      } else {
        decision = value_.decide(spec, samples(world, spec), current, world.now(), world.now() - read_at_);
      }
      if (mine.decisions.size() >= AutoscalerRecord::decisions_kept) mine.decisions.erase(mine.decisions.begin());
      mine.decisions.push_back({world.now(), decision});
      if (decision.applied != current) apply(world, decision);
      world.structure_changed();
    }
    take_readings(world);
    world.wake_at(world.now() + spec.sync, number_, 0);
  }

  std::unique_ptr<Process> clone() const override { return std::make_unique<Autoscaling>(*this); }

 private:
  /// What an instance had done when it was last measured.
  struct Reading {
    std::uint32_t incarnation = 0;
    std::uint32_t life = 0;  ///< what was counted before another one is forgotten
    std::uint64_t requests = 0;
    std::uint64_t busy = 0;  ///< integral
  };

  AutoscalerRecord& record(World& world) const { return world.autoscalers().at(service_); }

  template <class Visit>
  void each(const World& world, Visit visit) const {
    const auto is_spare = [&](std::uint32_t profile) {
      const std::vector<Fleet>& fleets = world.shared().services[service_].keeping.fleets;
      return std::any_of(fleets.begin(), fleets.end(), [profile](const Fleet& fleet) { return fleet.spare && fleet.profile == profile; });
    };
    for (const std::uint32_t group : world.shared().services[service_].groups) {
      for (const InstanceId id : world.shared().groups[group].members) {
        const InstanceState state = world.instance(id).state;
        if (is_spare(world.instance(id).profile)) continue;
        if (state == InstanceState::starting || state == InstanceState::up || state == InstanceState::down) visit(id, state);
      }
    }
  }

  void take_readings(const World& world) {
    readings_.clear();
    read_at_ = world.now();
    each(world, [&](InstanceId id, InstanceState state) {
      if (state != InstanceState::up) return;
      const InstanceCount& count = world.count_of(id);
      readings_[id] = {world.detail(id).incarnation, world.instance(id).life, count.requests, count.busy.integral(world.now())};
    });
  }

  std::vector<std::vector<InstanceSample>> samples(const World& world, const AutoscalerSpec& spec) const {
    std::vector<std::vector<InstanceSample>> all(spec.metrics.size());
    const sim::Time period = world.now() - read_at_;
    each(world, [&](InstanceId id, InstanceState state) {
      const InstanceDetail& detail = world.detail(id);
      InstanceSample sample;
      sample.pending = state == InstanceState::starting;
      sample.ready = state == InstanceState::up;
      sample.started = detail.started;
      sample.changed = sample.ready ? detail.draining_since : world.now();
      sample.capacity = std::int64_t{world.instance(id).workers} * thousandths;
      const auto reading = readings_.find(id);
      const bool measured = sample.ready && reading != readings_.end() && reading->second.incarnation == detail.incarnation &&
                            reading->second.life == world.instance(id).life;
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (measured) sample.value = value_of(world, id, spec.metrics[i].metric, reading->second, period);
        all[i].push_back(sample);
      }
    });
    return all;
  }

  static std::int64_t value_of(const World& world, InstanceId id, AutoscalerSpec::Metric metric, const Reading& before, sim::Time period) {
    const InstanceCount& count = world.count_of(id);
    const auto per = [&](std::uint64_t amount, std::int64_t unit) {
      return static_cast<std::int64_t>(static_cast<double>(amount) * static_cast<double>(unit) / static_cast<double>(period));
    };
    switch (metric) {
      case AutoscalerSpec::Metric::utilisation:
        return per(count.busy.integral(world.now()) - before.busy, thousandths);
      case AutoscalerSpec::Metric::requests:
        return per(count.requests - before.requests, sim::second * thousandths);
      case AutoscalerSpec::Metric::queue:
        return std::int64_t{world.instance(id).queued} * thousandths;
    }
    return 0;
  }

  void apply(World& world, const policies::Autoscaler::Decision& decision) {
    const std::string& name = world.shared().services[service_].name;
    Occurrence o;
    o.type = "service.autoscaled";
    o.severity = "info";
    o.subject_kind = "service";
    o.subject_id = name;
    o.message =
        name + " goes from " + std::to_string(decision.current) + " to " + std::to_string(decision.applied) + ": " + decision.reason;
    o.data = {{"desired", std::to_string(decision.applied)}};
    const std::uint64_t outer = world.cause();
    world.set_cause(world.report(std::move(o)));
    world.set_number(service_, decision.applied);
    value_.changed(record(world).spec, decision.current, decision.applied, world.now());
    world.set_cause(outer);
  }

  std::uint32_t service_;
  std::uint32_t number_ = 0;
  policies::Autoscaler value_;
  std::map<InstanceId, Reading> readings_;
  sim::Time read_at_ = 0;
};

}  // namespace

void World::set_autoscaler(std::uint32_t service, const std::optional<policies::AutoscalerSpec>& spec) {
  const auto present = autoscalers_.find(service);
  if (present != autoscalers_.end()) {
    end_process(present->second.process);
    autoscalers_.erase(present);
  }
  if (spec) {
    AutoscalerRecord& record = autoscalers_[service];
    record.spec = *spec;
    record.since = now_;
  }
  count_for_all();
  if (spec) {
    auto process = std::make_unique<Autoscaling>(service);
    Autoscaling& running = *process;
    autoscalers_[service].process = add_process(std::move(process));
    running.begin(*this, autoscalers_[service].process);
  }
  structure_changed();
}

/// What instances do is counted while somebody looks, and for autoscalers.
void World::count_for_all() {
  for (Shard& shard : shards_) shard.count_instances(looked_at_ || !autoscalers_.empty());
}

}  // namespace model

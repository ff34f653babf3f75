#pragma once
// A fault that runs: whom it has hit, at which level, until when. A Process of its World.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chaos/experiment.h"
#include "chaos/fault.h"

namespace chaos {

/// "zone us-east-1.zoneB, service homepage": for people.
std::string describe(const model::SelectorParts& parts);
/// Of records of faults that have ended the oldest, when there are too many.
void forget_old(model::World& world);

/// What a ramp and a jitter come to at a time, 0 to 1. `ends`: when it is planned to be over.
double level_at(const model::Ramp& ramp, double jitter, std::uint64_t seed, std::uint64_t number, sim::Time began,
                std::optional<sim::Time> ends, sim::Time now);

class RunningFault : public model::Process {
 public:
  enum Token : std::uint32_t { tick_token, end_token };

  /// `targets`: in the order in which they are hit.
  RunningFault(const FaultType& type, FaultRequest request, std::uint64_t number, std::unique_ptr<Effect> effect,
               const std::vector<model::InstanceRef>& targets);
  RunningFault(const RunningFault& other);
  RunningFault& operator=(const RunningFault&) = delete;

  /// REQUIRES: it is a process of the World, of that number, and has a record.
  void begin(model::World& world, std::uint32_t process, std::optional<sim::Time> ends);
  void end(model::World& world);

  void wake(model::World& world, std::uint32_t token) override;
  void instance_started(model::World& world, model::InstanceId id) override;
  std::unique_ptr<Process> clone() const override { return std::make_unique<RunningFault>(*this); }

 private:
  Run run() const { return {number_, place_, request_.selector}; }
  model::Imposition imposition(double level) const;
  void take_sides(model::World& world);
  bool is_other(const model::World& world, model::InstanceId id) const;
  void set_level(model::World& world);
  void hit_as_many(model::World& world, std::size_t wanted);
  std::vector<model::InstanceId> there(const model::World& world, std::size_t from, std::size_t upto) const;
  void plan_tick(model::World& world);

  const FaultType* type_;
  FaultRequest request_;
  std::uint64_t number_;
  std::unique_ptr<Effect> effect_;
  std::vector<model::InstanceRef> targets_;
  std::size_t reached_ = 0;  ///< of the targets, the first ones
  std::uint32_t place_ = 0;
  std::uint32_t process_ = 0;
  sim::Time began_ = 0;
  std::optional<sim::Time> ends_;
  double level_ = 0;
};

}  // namespace chaos

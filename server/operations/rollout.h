#pragma once
// A deployment at work. A strategy is a plan: steps, one after the other, each done when what it asks for is so. One file makes the plan of
// each strategy; deployment.cpp carries them out.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/deployment_spec.h"
#include "model/world.h"
#include "operations/analysis.h"

namespace operations {

struct PlanStep {
  enum class Kind : std::uint8_t {
    size,               ///< so many of the new version, up and known; `value` percent of those there should be, or `value` when `absolute`
    roll,               ///< as Kubernetes rolls, until the new version is alone
    shift,              ///< `value` percent of the traffic to the new version, the rest to the old one
    shrink,             ///< `value` percent of the old version remain
    empty,              ///< none of the old version is there any more
    wait,               ///< for `time`; without one until somebody goes on
    analyse,            ///< looks at the new version's calls
    current,            ///< the new version is the service's from now on: scaling adds to it
    thin_out,           ///< of older versions that get no traffic at most `value` remain
    restore,            ///< back to the old version, all at once
    restore_by_weight,  ///< the same, as fast as there are instances for it
  };
  Kind kind = Kind::size;
  double value = 0;
  bool absolute = false;
  std::optional<sim::Time> time;
  std::string text;
  std::size_t number = 0;  ///< of the step that people gave of which it is a part, from 1; 0: they gave none
};
using Plan = std::vector<PlanStep>;

// One file each. The old version's instances are there, the new one's are not.
Plan rolling_plan(const model::DeploymentSpec& spec);
Plan recreate_plan(const model::DeploymentSpec& spec);
Plan canary_plan(const model::DeploymentSpec& spec);
Plan blue_green_plan(const model::DeploymentSpec& spec);
Plan red_black_plan(const model::DeploymentSpec& spec);
Plan rolling_red_black_plan(const model::DeploymentSpec& spec);
Plan asgard_plan(const model::DeploymentSpec& spec);
Plan plan_for(const model::DeploymentSpec& spec);

class Deployment : public model::Process {
 public:
  static constexpr sim::Time poll = 100 * sim::millisecond;

  Deployment(std::string id, std::uint32_t service, std::uint32_t from, std::uint32_t to, model::DeploymentSpec spec);

  void begin(model::World& world, Plan plan);
  void wake(model::World& world, std::uint32_t token) override;
  std::unique_ptr<Process> clone() const override { return std::make_unique<Deployment>(*this); }

  /// A person's wishes.
  void pause(model::World& world);
  void resume(model::World& world);
  bool promote(model::World& world);  ///< ends the present pause or analysis; false: there is none
  void roll_back(model::World& world, const std::string& why);
  bool is_paused() const { return paused_; }
  /// Another deployment takes over.
  void give_up(model::World& world);

 private:
  model::DeploymentRecord& record(model::World& world) const;
  std::uint32_t desired(const model::World& world) const { return world.shared().services[service_].desired; }
  std::uint32_t available(const model::World& world, std::uint32_t profile, bool surely) const;
  std::uint32_t old_wanted(const model::World& world) const;
  void set_old(model::World& world, std::uint32_t count);
  void shift(model::World& world, double percent);
  void enter(model::World& world);
  bool carry_out(model::World& world);
  bool roll(model::World& world);
  bool restore(model::World& world, bool by_weight);
  bool analyse(model::World& world);
  void thin_out(model::World& world, std::uint32_t remain);
  void finish(model::World& world);
  void fail(model::World& world, const std::string& why);
  void show(model::World& world);
  void set_state(model::World& world, const std::string& state, const std::string& reason);
  void tell(model::World& world, const char* type, const char* severity, const std::string& message) const;
  void watch_progress(model::World& world);

  std::string id_;
  std::uint32_t service_;
  std::uint32_t from_;
  std::uint32_t to_;
  model::DeploymentSpec spec_;
  Plan plan_;
  std::size_t at_ = 0;
  sim::Time entered_ = 0;
  bool paused_ = false;    ///< by a person, or by an analysis that could not tell
  bool waits_ = false;     ///< for a zone, or a fault
  bool promoted_ = false;  ///< a person has ended the present wait
  bool back_ = false;
  bool fleet_pinned_ = true;  ///< the old version has as many as old_percent_ says
  bool gone_at_end_ = false;  ///< the old version goes when it has no traffic
  double old_percent_ = 100;
  double weight_ = -1;  ///< of the new version; below 0: none is set
  Analysis analysis_;
  std::uint64_t progress_ = 0;  ///< a sum of what has been reached
  sim::Time progressed_ = 0;
  bool late_ = false;
};

/// The record of a deployment; nullptr when there is none.
model::DeploymentRecord* record_of(model::World& world, const std::string& id);
/// Why no deployment of the service may go on now; "": it may.
std::string held_by(const model::World& world, std::uint32_t service, bool force);
/// Services that can do with none of the versions that are left when `gone` goes and `fresh` comes, if any does, as text for people; "":
/// all can.
std::string in_need_of(const model::World& world, std::uint32_t service, const std::vector<std::uint32_t>& gone,
                       std::optional<std::uint32_t> fresh);

}  // namespace operations

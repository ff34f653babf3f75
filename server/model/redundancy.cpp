// Whether users can still be served, by the wiring alone.

#include <algorithm>

#include "model/world.h"

namespace model {
namespace {

/// Depth-first over groups; a group that is being looked at counts as working, so that a cycle does not condemn itself.
class Paths {
 public:
  explicit Paths(const World& world) : world_(world), verdict_(world.shared().groups.size(), Verdict::unknown) {}

  bool works(std::uint32_t group) {
    if (verdict_[group] != Verdict::unknown) return verdict_[group] != Verdict::broken;
    verdict_[group] = Verdict::looking;
    const bool result = has_instance(group) && has_dependencies(group);
    verdict_[group] = result ? Verdict::working : Verdict::broken;
    return result;
  }

 private:
  enum class Verdict : std::uint8_t { unknown, looking, working, broken };

  bool has_instance(std::uint32_t group) const { return world_.instances_of(world_.shared().groups[group]).up > 0; }

  bool has_dependencies(std::uint32_t index) {
    const Group& group = world_.shared().groups[index];
    const auto answered = [&](const Route& route) {
      return std::any_of(route.ends.begin(), route.ends.end(), [&](const RouteEnd& end) { return works(end.group); });
    };
    if (group.routes.empty()) return true;
    const Service& service = world_.shared().services[group.service];
    if (service.fan_out == FanOut::asynchronous) return true;
    if (service.fan_out != FanOut::any) return has_calls(group, service.fan_out_first, answered);
    if (service.package->any_dependency) return std::any_of(group.routes.begin(), group.routes.end(), answered);
    return std::all_of(group.routes.begin(), group.routes.end(), answered);
  }

  /// Whether enough of the calls that are made for a request have somebody who answers: the first so many, or all.
  template <class Answered>
  bool has_calls(const Group& group, std::uint32_t first, const Answered& answered) const {
    std::uint64_t made = 0;
    std::uint64_t good = 0;
    for (const Route& route : group.routes) {
      const Dependency& dependency = world_.shared().dependencies[route.dependency];
      const std::uint64_t calls = dependency.calls + (dependency.another != 0 ? 1 : 0);
      made += calls;
      if (calls > 0 && answered(route)) good += calls;
    }
    return good >= (first == 0 ? made : std::min<std::uint64_t>(first, made));
  }

  const World& world_;
  std::vector<Verdict> verdict_;
};

}  // namespace

bool World::redundant() const {
  Paths paths(*this);
  for (const Service& service : shared_->services) {
    if (!service.package->load_source) continue;
    if (std::none_of(service.groups.begin(), service.groups.end(), [&](std::uint32_t group) { return paths.works(group); })) return false;
  }
  return true;
}

}  // namespace model

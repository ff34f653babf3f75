#include "model/redundancy.h"

#include <algorithm>

namespace model {
namespace {

/// Depth-first over groups; a group that is being looked at counts as working, so that a cycle does not condemn itself.
class Paths {
 public:
  Paths(const Shared& shared, const std::vector<bool>& there)
      : shared_(shared), there_(there), verdict_(shared.groups.size(), Verdict::unknown) {}

  bool works(std::uint32_t group) {
    if (verdict_[group] != Verdict::unknown) return verdict_[group] != Verdict::broken;
    verdict_[group] = Verdict::looking;
    const bool result = there_[group] && has_dependencies(group);
    verdict_[group] = result ? Verdict::working : Verdict::broken;
    return result;
  }

 private:
  enum class Verdict : std::uint8_t { unknown, looking, working, broken };

  bool has_dependencies(std::uint32_t index) {
    const Group& group = shared_.groups[index];
    const auto answered = [&](const Route& route) {
      if (shared_.policies[shared_.dependencies[route.dependency].policy].fallback) return true;
      return std::any_of(route.ends.begin(), route.ends.end(), [&](const RouteEnd& end) { return works(end.group); });
    };
    if (group.routes.empty()) return true;
    const Service& service = shared_.services[group.service];
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
      const Dependency& dependency = shared_.dependencies[route.dependency];
      const std::uint64_t calls = dependency.calls + (dependency.another != 0 ? 1 : 0);
      made += calls;
      if (calls > 0 && answered(route)) good += calls;
    }
    return good >= (first == 0 ? made : std::min<std::uint64_t>(first, made));
  }

  const Shared& shared_;
  const std::vector<bool>& there_;
  std::vector<Verdict> verdict_;
};

}  // namespace

std::vector<bool> groups_up(const World& world) {
  std::vector<bool> up;
  up.reserve(world.shared().groups.size());
  for (const Group& group : world.shared().groups) up.push_back(world.instances_of(group).up > 0);
  return up;
}

std::vector<std::uint32_t> unserved(const Shared& shared, const std::vector<bool>& there) {
  Paths paths(shared, there);
  std::vector<std::uint32_t> result;
  for (std::uint32_t s = 0; s < shared.services.size(); ++s) {
    const Service& service = shared.services[s];
    if (!service.package->load_source) continue;
    if (std::none_of(service.groups.begin(), service.groups.end(), [&](std::uint32_t group) { return paths.works(group); }))
      result.push_back(s);
  }
  return result;
}

bool World::redundant() const {
  return unserved(*shared_, groups_up(*this)).empty();
}

}  // namespace model

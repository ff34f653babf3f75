#include "run/looks.h"

#include <algorithm>
#include <span>

#include "run/view.h"

namespace run {

static_assert(instances_max == model::World::instances_max);

namespace {

using model::InstanceId;
using model::Refusal;

Refusal too_many(const Scope& scope, std::uint64_t count) {
  const std::string detail = std::to_string(count) + " instances" + (scope.service.empty() ? "" : " of \"" + scope.service + "\"") +
                             (scope.path.empty() ? "" : " in " + scope.path) + " are too many to be shown one by one (at most " +
                             std::to_string(instances_shown_max) +
                             "); narrow it to a zone, of the list of instances also to a service, or take level group";
  return {Refusal::Kind::invalid, detail, {{"/path", "tooMany", detail, {}}}};
}

bool in_scope(const model::World& world, const model::Group& group, const Scope& scope) {
  const model::Location& location = world.shared().locations[group.location];
  const bool here = scope.path.empty() || location.id == scope.path ||
                    (location.region == model::outside ? scope.path == "*" : world.regions()[location.region].name == scope.path);
  return here && (scope.service.empty() || world.shared().services[group.service].name == scope.service);
}

bool small(const model::World& world) {
  return world.instance_count() <= instances_shown_max;
}

}  // namespace

std::variant<std::vector<InstanceId>, Refusal> instances_in(const model::World& world, const Scope& scope) {
  std::vector<InstanceId> found;
  if (!scope.instance.empty()) {
    found.push_back(world.find_instance(scope.instance));
    if (found.front() != model::no_instance) return found;
    return Refusal{Refusal::Kind::not_found, "there is no instance \"" + scope.instance + "\"", {}};
  }
  std::uint64_t first = 0;  // of a group, among all in the scope
  const std::uint64_t end = scope.count == 0 ? UINT64_MAX : scope.from + scope.count;
  std::vector<std::span<const InstanceId>> parts;
  std::uint64_t total = 0;
  for (const model::Group& group : world.shared().groups) {
    if (!in_scope(world, group, scope)) continue;
    const std::uint64_t size = group.members.size();
    const std::uint64_t from = std::clamp(scope.from, first, first + size) - first;
    const std::uint64_t to = std::clamp(end, first, first + size) - first;
    first += size;
    total += to - from;
    if (from < to) parts.push_back(std::span(group.members).subspan(from, to - from));
  }
  if (total > instances_shown_max) return too_many(scope, total);
  for (const std::span<const InstanceId> part : parts) found.insert(found.end(), part.begin(), part.end());
  return found;
}

std::vector<std::uint32_t> instances_in(const Structure& structure, const Scope& scope) {
  std::vector<std::uint32_t> found;
  if (!scope.instance.empty()) {
    const InstanceInfo* instance = structure.find(scope.instance);
    if (instance != nullptr) found.push_back(static_cast<std::uint32_t>(instance - structure.instances.data()));
    return found;
  }
  std::uint64_t place = 0;
  for (std::uint32_t i = 0; i < structure.instances.size(); ++i) {
    const GroupInfo& group = structure.groups[structure.instances[i].group];
    if (!within(structure.locations[group.location], scope.path)) continue;
    if (!scope.service.empty() && structure.services[group.service].name != scope.service) continue;
    if (place++ < scope.from) continue;
    found.push_back(i);
    if (scope.count != 0 && found.size() == scope.count) break;
  }
  return found;
}

std::vector<std::uint32_t> places_of(const model::World& world, const Structure& structure, const std::vector<InstanceId>& ids) {
  std::vector<std::uint32_t> places;
  places.reserve(ids.size());
  for (const InstanceId id : ids) {
    const InstanceInfo* instance = structure.find(world.instance(id).group, world.detail(id).serial);
    if (instance != nullptr) places.push_back(static_cast<std::uint32_t>(instance - structure.instances.data()));
  }
  return places;
}

std::variant<std::vector<InstanceId>, Refusal> Looks::look(const model::World& world, const Scope& scope, Clock::time_point now) {
  auto found = instances_in(world, scope);
  const auto* ids = std::get_if<std::vector<InstanceId>>(&found);
  if (ids == nullptr) return found;
  const auto [place, fresh] = looks_.try_emplace(scope);
  looked_at_ += ids->size() - place->second.instances;
  place->second = {now, ids->size()};
  changed_ = changed_ || fresh;
  while (looks_.size() > looks_max || looked_at_ > instances_looked_at_max) drop_oldest();
  return found;
}

void Looks::drop_oldest() {
  const auto older = [](const auto& x, const auto& y) { return x.second.asked < y.second.asked; };
  const auto oldest = std::min_element(looks_.begin(), looks_.end(), older);
  looked_at_ -= oldest->second.instances;
  looks_.erase(oldest);
  changed_ = true;
}

bool Looks::settle(model::World& world, Clock::time_point now) {
  for (auto look = looks_.begin(); look != looks_.end();) {
    if (now - look->second.asked < kept_for) {
      ++look;
      continue;
    }
    looked_at_ -= look->second.instances;
    look = looks_.erase(look);
    changed_ = true;
  }
  changed_ = changed_ || everything_ != small(world);
  everything_ = small(world);
  const bool wanted = everything_ || !looks_.empty();
  if (wanted != counting_) {
    world.count_instances(wanted);
    counting_ = wanted;
    counted_since_ = world.now();
  }
  return std::exchange(changed_, false);
}

Listing Looks::listing(const model::World& world) const {
  Listing listing;
  listing.everything = everything_;
  listing.counted_since = counted_since_;
  if (everything_) return listing;
  for (const auto& [scope, look] : looks_) {
    const auto found = instances_in(world, scope);  // one that has grown too large since shows nothing
    if (const auto* ids = std::get_if<std::vector<InstanceId>>(&found)) {
      listing.instances.insert(listing.instances.end(), ids->begin(), ids->end());
    }
  }
  const auto key = [&](InstanceId id) { return std::pair(world.instance(id).group, world.detail(id).serial); };
  std::sort(listing.instances.begin(), listing.instances.end(), [&](InstanceId x, InstanceId y) { return key(x) < key(y); });
  listing.instances.erase(std::unique(listing.instances.begin(), listing.instances.end()), listing.instances.end());
  return listing;
}

}  // namespace run

// Who matches a selector, and whom of those chance chooses.

#include "model/selector.h"

#include <algorithm>
#include <map>

#include "model/world.h"

namespace model {
namespace {

/// Entities of draws: choices are no instances.
constexpr std::uint64_t choice_entities = std::uint64_t{3} << 40;

/// An empty list holds everything.
bool holds(const std::vector<std::string>& list, const std::string& name) {
  return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
}

/// In an order that `next` makes (64 random bits each time).
template <class Value, class Next>
void shuffle(std::vector<Value>& values, const Next& next) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[sim::scale(next(), i)]);
}

std::uint64_t wanted_of(const Selector& selector, std::uint64_t candidates) {
  switch (selector.mode) {
    case Selector::Mode::all:
      return candidates;
    case Selector::Mode::one:
      return 1;
    case Selector::Mode::count:
      return static_cast<std::uint64_t>(selector.value);
    case Selector::Mode::percent:
      return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(static_cast<double>(candidates) * selector.value / 100));
  }
  return candidates;
}

}  // namespace

const std::vector<std::string>& selector_mode_names() {
  static const std::vector<std::string> names{"all", "one", "count", "percent"};
  return names;
}

const std::vector<std::string>& ramp_shape_names() {
  static const std::vector<std::string> names{"step", "linear", "exponential"};
  return names;
}

const std::vector<std::string>& direction_names() {
  static const std::vector<std::string> names{"both", "to", "from"};
  return names;
}

const std::vector<std::string>& selectable_states() {
  static const std::vector<std::string> names{"starting", "up", "draining", "down"};
  return names;
}

bool World::matches(const SelectorParts& parts, const Location& location) const {
  const bool in_region = location.region != outside;
  if (!parts.zones.empty() && (location.zone == outside || !holds(parts.zones, location.id))) return false;
  if (!parts.regions.empty() && (!in_region || !holds(parts.regions, regions_[location.region].name))) return false;
  return parts.continents.empty() || (in_region && holds(parts.continents, regions_[location.region].continent));
}

bool World::matches(const SelectorParts& parts, const Service& service) const {
  if (!holds(parts.services, service.name)) return false;
  return std::all_of(parts.labels.begin(), parts.labels.end(), [&](const auto& label) {
    const auto found = service.labels.find(label.first);
    return found != service.labels.end() && found->second == label.second;
  });
}

bool World::matches(const SelectorParts& parts, const Group& group) const {
  return matches(parts, shared_->services[group.service]) && matches(parts, shared_->locations[group.location]);
}

/// Of an instance whose group matches.
bool World::matches_itself(const SelectorParts& parts, InstanceId id) const {
  const Instance& i = instance(id);
  const auto state = static_cast<std::size_t>(i.state);
  if (!parts.states.empty() && (state >= selectable_states().size() || !holds(parts.states, selectable_states()[state]))) return false;
  if (!holds(parts.versions, shared_->profiles[i.profile].version)) return false;
  return parts.instances.empty() || holds(parts.instances, name_of(id));
}

bool World::matches(const SelectorParts& parts, InstanceId id) const {
  return matches(parts, shared_->groups[instance(id).group]) && matches_itself(parts, id);
}

bool World::matches(const Selector& selector, InstanceId id) const {
  return matches(static_cast<const SelectorParts&>(selector), id) && (selector.exclude.empty() || !matches(selector.exclude, id));
}

std::vector<InstanceId> World::select(const SelectorParts& parts) const {
  std::vector<InstanceId> found;
  const auto add = [&](InstanceId id) {
    const InstanceState state = instance(id).state;
    if (state == InstanceState::dead || (state == InstanceState::draining && parts.states.empty())) return;
    if (matches_itself(parts, id)) found.push_back(id);
  };
  for (const std::string& name : parts.instances) {
    const InstanceId id = find_instance(name);
    if (id != no_instance && matches(parts, shared_->groups[instance(id).group])) add(id);
  }
  for (const Group& group : shared_->groups) {
    if (!parts.instances.empty() || !matches(parts, group)) continue;
    for (const InstanceId id : group.members) add(id);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<InstanceId> World::candidates(const Selector& selector) const {
  std::vector<InstanceId> found = select(selector);
  if (!selector.exclude.empty()) {
    std::erase_if(found, [&](InstanceId id) { return matches(selector.exclude, id); });
  }
  return found;
}

/// One zone after the other, each in an order of its own.
std::vector<InstanceId> World::in_fair_order(const std::vector<InstanceId>& ids, std::uint64_t number) const {
  std::uint64_t n = 0;
  const auto next = [&] { return sim::draw(shared_->seed, choice_entities + number, sim::Purpose::fault, n++); };
  std::map<std::uint32_t, std::vector<InstanceId>> by_location;
  for (const InstanceId id : ids) by_location[shared_->groups[instance(id).group].location].push_back(id);
  std::vector<std::vector<InstanceId>> zones;
  for (auto& entry : by_location) {
    shuffle(entry.second, next);
    zones.push_back(std::move(entry.second));
  }
  shuffle(zones, next);
  std::vector<InstanceId> order;
  for (std::size_t turn = 0; order.size() < ids.size(); ++turn) {
    for (const std::vector<InstanceId>& zone : zones) {
      if (turn < zone.size()) order.push_back(zone[turn]);
    }
  }
  return order;
}

std::vector<InstanceId> World::choose(const Selector& selector, std::uint64_t number) const {
  std::vector<InstanceId> all = candidates(selector);
  if (selector.mode == Selector::Mode::percent && selector.states.empty()) {
    std::erase_if(all, [&](InstanceId id) { return instance(id).state == InstanceState::down; });
  }
  const std::vector<InstanceId> order = in_fair_order(all, number);
  if (order.empty()) return {};
  const std::uint64_t wanted = wanted_of(selector, order.size());
  std::map<std::uint32_t, std::uint64_t> left;  // of each service, those that are up and not chosen
  const auto left_of = [&](std::uint32_t service) -> std::uint64_t& {
    const auto [place, fresh] = left.try_emplace(service, 0);
    if (fresh) {
      for (const std::uint32_t group : shared_->services[service].groups) place->second += instances_of(shared_->groups[group]).up;
    }
    return place->second;
  };
  std::vector<InstanceId> chosen;
  for (const InstanceId id : order) {
    if (chosen.size() >= wanted) break;
    if (selector.min_remaining > 0 && instance(id).state == InstanceState::up) {
      std::uint64_t& up = left_of(shared_->groups[instance(id).group].service);
      if (up <= selector.min_remaining) continue;
      --up;
    }
    chosen.push_back(id);
  }
  return chosen;
}

}  // namespace model

// How many there should be, where: see keeping.h.

#include "model/keeping.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "model/world.h"

namespace model {
namespace {

/// The instances of one version of a service in one place that count, while it grows and shrinks.
struct Place {
  std::uint32_t group = 0;
  std::uint32_t location = 0;
  StateCounts left;                   ///< of this version, of those that were there
  std::uint64_t count = 0;            ///< of this version, of those that there will be
  std::uint64_t all = 0;              ///< of all versions
  std::int64_t over = 0;              ///< all versions, against what should be there
  bool denied = false;                ///< nothing may start there
  bool failed = false;                ///< all of them are held down by a fault
  std::array<std::size_t, 5> seen{};  ///< by state: members, from the newest on, that need not be looked at again
};

/// Whether faults hold down everything that is there.
bool is_down(const World& world, std::uint32_t location) {
  StateCounts all;
  for (const Group& group : world.shared().groups) {
    if (group.location == location) all.add(world.instances_of(group));
  }
  return all.down > 0 && all.up == 0;
}

class Places {
 public:
  Places(World& world, std::uint32_t service, std::uint32_t profile) : world_(world), service_(service), profile_(profile) {
    const Service& s = world.shared().services[service];
    for (std::size_t i = 0; i < s.groups.size(); ++i) {
      Place place;
      place.group = s.groups[i];
      const Group& group = world.shared().groups[place.group];
      place.location = group.location;
      StateCounts all;
      for (const std::uint32_t c : group.cells) {
        const Cell& cell = world.shared().cells[c];
        all.add(cell.instances);
        if (cell.profile == profile) place.left = cell.instances;
      }
      place.count = place.left.wanted();
      place.all = all.wanted();
      weighted_ = !s.keeping.places.empty();
      if (weighted_) place.over = static_cast<std::int64_t>(place.all) - static_cast<std::int64_t>(s.keeping.places[i]);
      place.denied = world.denials().capacity[place.location] > 0;
      place.failed = all.wanted() > 0 ? all.down == all.wanted() : is_down(world, place.location);
      count_ += place.count;
      places_.push_back(place);
    }
  }

  std::uint64_t count() const { return count_; }

  /// One more, where there are fewest, but rather not where everything is down. False: there is no place where anything may start.
  bool grow(std::vector<InstanceId>& touched) {
    Place* best = nullptr;
    for (Place& place : places_) {
      if (!place.denied && (best == nullptr || room(place) < room(*best))) best = &place;
    }
    if (best == nullptr || world_.instance_count() >= World::instances_max) return false;
    start(*best, touched);
    return true;
  }

  /// One fewer: of those that a fault holds down if there are any, where there are most. REQUIRES: count() > 0.
  void shrink(std::vector<InstanceId>& touched) {
    Place* best = nullptr;
    for (Place& place : places_) {
      if (place.count > 0 && (best == nullptr || load(place) >= load(*best))) best = &place;
    }
    stop(*best, touched);
  }

  /// Until so many are in that place; starts none where nothing may.
  void set(std::uint32_t group, std::uint64_t wanted, std::vector<InstanceId>& touched) {
    for (Place& place : places_) {
      if (place.group != group) continue;
      while (place.count < wanted && !place.denied) start(place, touched);
      while (place.count > wanted) stop(place, touched);
    }
  }

  std::uint64_t count_in(std::uint32_t group) const {
    for (const Place& place : places_) {
      if (place.group == group) return place.count;
    }
    return 0;
  }

  /// Where one more should be in place of one elsewhere; nothing: it is in balance as far as may be.
  bool unbalanced(bool* blocked) const {
    const Place* emptiest = nullptr;
    const Place* fullest = nullptr;
    bool waits = false;
    for (const Place& place : places_) {
      if (place.count > 0 && (fullest == nullptr || height(place) > height(*fullest))) fullest = &place;
    }
    if (fullest == nullptr) return false;
    for (const Place& place : places_) {
      if (!should_move(place, *fullest)) continue;
      if (place.denied || place.failed) {
        waits = true;
      } else if (emptiest == nullptr || room(place) < room(*emptiest)) {
        emptiest = &place;
      }
    }
    *blocked = emptiest == nullptr && waits;
    return emptiest != nullptr;
  }

 private:
  std::tuple<bool, std::int64_t, std::uint64_t, std::uint64_t> room(const Place& place) const {
    return {place.failed, weighted_ ? place.over : 0, place.count, place.all};
  }
  std::tuple<bool, std::int64_t, std::uint64_t, std::uint64_t> load(const Place& place) const {
    return {place.left.down > 0, weighted_ ? place.over : 0, place.count, place.all};
  }
  std::tuple<std::int64_t, std::uint64_t> height(const Place& place) const { return {weighted_ ? place.over : 0, place.count}; }
  bool should_move(const Place& to, const Place& from) const {
    return weighted_ ? to.over < 0 && from.over > 0 : to.count + 2 <= from.count;
  }

  void start(Place& place, std::vector<InstanceId>& touched) {
    touched.push_back(world_.start_instance(service_, place.location, profile_));
    ++place.count;
    ++place.all;
    ++place.over;
    ++count_;
  }

  /// First what a fault holds down, then what has not started yet, then the newest.
  void stop(Place& place, std::vector<InstanceId>& touched) {
    const std::vector<InstanceId>& members = world_.shared().groups[place.group].members;
    const InstanceState state = place.left.down > 0       ? InstanceState::down
                                : place.left.starting > 0 ? InstanceState::starting
                                                          : InstanceState::up;
    --place.left[state];
    // Those that went at once are no members any more: then the place is one further than it was, among those that have been seen.
    std::size_t& seen = place.seen[static_cast<std::size_t>(state)];
    const auto fits = [&](InstanceId id) { return world_.instance(id).state == state && world_.instance(id).profile == profile_; };
    while (!fits(members[members.size() - 1 - seen])) ++seen;
    touched.push_back(members[members.size() - 1 - seen]);
    world_.retire(touched.back());
    --place.count;
    --place.all;
    --place.over;
    --count_;
  }

  World& world_;
  std::uint32_t service_;
  std::uint32_t profile_;
  bool weighted_ = false;
  std::uint64_t count_ = 0;
  std::vector<Place> places_;
};

}  // namespace

void World::set_fleet(std::uint32_t service, std::uint32_t profile, std::uint32_t wanted) {
  std::vector<Fleet>& fleets = shared_->services[service].keeping.fleets;
  for (Fleet& fleet : fleets) {
    if (fleet.profile != profile) continue;
    fleet.wanted = wanted;
    return;
  }
  fleets.push_back({profile, wanted});
}

void World::set_spare(std::uint32_t service, std::uint32_t profile, bool spare) {
  for (Fleet& fleet : shared_->services[service].keeping.fleets) {
    if (fleet.profile == profile) fleet.spare = spare;
  }
}

void World::set_changing(std::uint32_t service, bool changing) {
  shared_->services[service].keeping.changing = changing;
}

std::uint32_t World::fleet_of(std::uint32_t service, std::uint32_t profile) const {
  for (const Fleet& fleet : shared_->services[service].keeping.fleets) {
    if (fleet.profile == profile) return fleet.wanted;
  }
  return 0;
}

std::vector<InstanceId> World::set_number(std::uint32_t service, std::uint32_t count) {
  Service& s = shared_->services[service];
  s.keeping.places.clear();
  s.keeping.losses.clear();
  std::uint32_t others = 0;
  for (const Fleet& fleet : s.keeping.fleets) others += fleet.profile == s.current_profile || fleet.spare ? 0 : fleet.wanted;
  set_fleet(service, s.current_profile, count - std::min(count, others));
  for (Fleet& fleet : s.keeping.fleets) {
    if (others <= count || fleet.profile == s.current_profile || fleet.spare) continue;
    const std::uint32_t fewer = std::min(fleet.wanted, others - count);
    fleet.wanted -= fewer;
    others -= fewer;
  }
  set_desired(service, count);
  return keep(service);
}

std::vector<InstanceId> World::set_places(std::uint32_t service, std::vector<std::uint32_t> places) {
  std::vector<InstanceId> touched;
  Service& s = shared_->services[service];
  s.keeping.places = std::move(places);
  s.keeping.losses.clear();
  std::uint32_t total = 0;
  for (std::size_t i = 0; i < s.groups.size(); ++i) {
    const std::uint32_t group = s.groups[i];
    const std::uint32_t wanted = s.keeping.places[i];
    total += wanted;
    std::uint64_t others = instances_of(shared_->groups[group]).wanted();
    Places current(*this, service, s.current_profile);
    others -= current.count_in(group);
    current.set(group, wanted - std::min<std::uint64_t>(wanted, others), touched);
    for (const Fleet& fleet : std::vector<Fleet>(s.keeping.fleets)) {
      if (others <= wanted || fleet.profile == s.current_profile) continue;
      Places older(*this, service, fleet.profile);
      const std::uint64_t there = older.count_in(group);
      const std::uint64_t fewer = std::min(there, others - wanted);
      older.set(group, there - fewer, touched);
      set_fleet(service, fleet.profile, static_cast<std::uint32_t>(older.count()));
      others -= fewer;
    }
  }
  std::uint32_t others = 0;
  for (const Fleet& fleet : s.keeping.fleets) others += fleet.profile == s.current_profile ? 0 : fleet.wanted;
  set_fleet(service, s.current_profile, total - std::min(total, others));
  set_desired(service, total);
  for (const InstanceId id : keep(service)) touched.push_back(id);
  return touched;
}

/// Of a fleet that has what it should have: one more in the emptier place, so that one can go from the fuller one. Whether it waits for a
/// place, or for one that starts.
bool World::rebalance(std::uint32_t service, const Fleet& fleet, std::vector<InstanceId>& touched) {
  Keeping& keeping = shared_->services[service].keeping;
  const std::size_t most = std::max<std::size_t>(1, std::size_t{fleet.wanted} * Keeping::moved_percent / 100);
  bool blocked = false;
  Places places(*this, service, fleet.profile);
  while (keeping.moving.size() < most && places.unbalanced(&blocked) && places.grow(touched)) keeping.moving.push_back(ref(touched.back()));
  return blocked || !keeping.moving.empty();
}

std::vector<InstanceId> World::keep(std::uint32_t service) {
  Keeping& keeping = shared_->services[service].keeping;
  std::erase_if(keeping.losses, [this](const Keeping::Loss& loss) { return loss.due <= now_; });
  std::erase_if(keeping.moving, [this](const InstanceRef& r) {
    const bool comes = still_there(r) && (instance(r.id).state == InstanceState::starting || instance(r.id).state == InstanceState::up);
    return !comes || seen_by_all(r.id);
  });
  std::vector<InstanceId> touched;
  bool lacks = false;
  for (const Fleet& fleet : std::vector<Fleet>(keeping.fleets)) {
    const auto missing = static_cast<std::uint64_t>(
        std::count_if(keeping.losses.begin(), keeping.losses.end(), [&](const auto& loss) { return loss.profile == fleet.profile; }));
    const auto moving = static_cast<std::uint64_t>(std::count_if(
        keeping.moving.begin(), keeping.moving.end(), [&](const InstanceRef& r) { return instance(r.id).profile == fleet.profile; }));
    Places places(*this, service, fleet.profile);
    while (places.count() + missing < fleet.wanted) {
      if (places.grow(touched)) continue;
      lacks = true;
      break;
    }
    while (places.count() > fleet.wanted + moving) places.shrink(touched);
    if (!lacks && !keeping.changing && missing == 0 && fleet.wanted > 0 && rebalance(service, fleet, touched)) lacks = true;
  }
  if (keeping.fleets.size() > 1) {
    std::erase_if(keeping.fleets, [this, service](const Fleet& fleet) {
      return fleet.wanted == 0 && fleet.profile != shared_->services[service].current_profile;
    });
  }
  if (lacks && keeping.next_look <= now_) keeping.next_look = sim::never;
  if (lacks && keeping.next_look == sim::never) {
    keeping.next_look = now_ + Keeping::look_again;
    plan(keeping.next_look, act_keep, service, 0);
  }
  return touched;
}

/// The planned look at a service: something was lost a while ago, or lacks.
void World::look_at_number(std::uint32_t service) {
  Keeping& keeping = shared_->services[service].keeping;
  if (keeping.next_look <= now_) keeping.next_look = sim::never;
  const std::vector<InstanceId> touched = keep(service);
  if (touched.empty()) return;
  std::size_t started = 0;
  for (const InstanceId id : touched) started += instance(id).state == InstanceState::starting ? 1U : 0U;
  Occurrence o;
  o.type = "service.kept";
  o.severity = "info";
  o.subject_kind = "service";
  o.subject_id = shared_->services[service].name;
  o.message = o.subject_id + ": " + std::to_string(started) + " started and " + std::to_string(touched.size() - started) +
              " retired, so that there are " + std::to_string(shared_->services[service].desired) + ", in balance";
  o.data = {{"started", std::to_string(started)}, {"retired", std::to_string(touched.size() - started)}};
  report(std::move(o));
}

/// One that counted is dead.
void World::count_loss(InstanceId id) {
  const std::uint32_t service = shared_->groups[at(id).group].service;
  Keeping& keeping = shared_->services[service].keeping;
  if (keeping.replace_after == sim::never) {
    const std::uint32_t wanted = fleet_of(service, at(id).profile);
    if (wanted > 0) set_fleet(service, at(id).profile, wanted - 1);
    return;
  }
  keeping.losses.push_back({now_ + keeping.replace_after, at(id).profile});
  plan(now_ + keeping.replace_after, act_keep, service, 0);
}

}  // namespace model

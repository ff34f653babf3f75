// Evacuating a region: people decide, capacity is provided elsewhere, it starts up, traffic is switched; later it fails back. How long each
// stage takes is what differs between a region that nobody was prepared to lose and one whose load others can take at once.

#include <algorithm>
#include <cmath>

#include "model/package.h"
#include "model/problem_text.h"
#include "operations/operations.h"
#include "operations/shift.h"

namespace operations {
namespace {

using model::EvacuationRecord;
using model::Refusal;

EvacuationRecord* evacuation_of(model::World& world, const std::string& id) {
  for (EvacuationRecord& record : world.evacuations()) {
    if (record.id == id) return &record;
  }
  return nullptr;
}

/// Those that keep data are not moved by scaling them.
bool can_grow(const model::Service& service) {
  return service.count > 0 && service.regions > 0 && !service.package->load_source && !service.package->replicates &&
         !service.package->elects && !service.package->publishes && !service.package->looks_up;
}

class Evacuation : public model::Process {
 public:
  Evacuation(std::string id, std::uint32_t region) : id_(std::move(id)), region_(region) {}

  void begin(model::World& world, std::uint32_t number) {
    number_ = number;
    enter(world, 0);
  }

  void wake(model::World& world, std::uint32_t token) override {
    if (token != turn_) return;
    EvacuationRecord& mine = *evacuation_of(world, id_);
    if (mine.state == "failingBack") {
      end_failing_back(world, mine);
    } else if (stage_ + 1 < model::evacuation_stage_names().size()) {
      enter(world, stage_ + 1);
    } else {
      mine.state = "succeeded";
      mine.stage.clear();
      tell(world, "evacuation.ended", "info", "is evacuated");
      world.structure_changed();
    }
  }

  void fail_back(model::World& world) {
    EvacuationRecord& mine = *evacuation_of(world, id_);
    mine.state = "failingBack";
    mine.stage = "switch";
    ++turn_;
    tell(world, "evacuation.failingBack", "info", "gets its traffic back");
    const sim::Time takes = mine.stages[3];
    shift_traffic(world, {mine.region, true, 100, takes});
    world.wake_at(world.now() + takes, number_, turn_);
  }

  std::unique_ptr<Process> clone() const override { return std::make_unique<Evacuation>(*this); }

 private:
  struct Before {
    std::uint32_t service = 0;
    std::vector<std::uint32_t> places;  ///< what was kept there; empty: alike everywhere
    std::uint32_t desired = 0;
  };

  void enter(model::World& world, std::size_t stage) {
    EvacuationRecord& mine = *evacuation_of(world, id_);
    stage_ = stage;
    mine.state = "running";
    mine.stage = model::evacuation_stage_names()[stage];
    mine.stage_began = world.now();
    ++turn_;
    tell(world, "evacuation.stage", "info", "stage " + model::evacuation_stage_names()[stage]);
    if (stage == 2 && mine.adds_capacity) provide(world);
    if (stage == 3) shift_traffic(world, {mine.region, true, 0, mine.stages[3]});
    world.structure_changed();
    world.wake_at(world.now() + mine.stages[stage], number_, turn_);
  }

  /// The others get as many instances more as the region's share of all.
  void provide(model::World& world) {
    const model::Shared& shared = world.shared();
    std::uint64_t added = 0;
    for (std::uint32_t s = 0; s < shared.services.size(); ++s) {
      const model::Service& service = shared.services[s];
      if (!can_grow(service)) continue;
      std::vector<std::uint32_t> places;
      std::uint64_t here = 0, elsewhere = 0;
      for (const std::uint32_t group : service.groups) {
        places.push_back(static_cast<std::uint32_t>(world.instances_of(shared.groups[group]).wanted()));
        (shared.locations[shared.groups[group].location].region == region_ ? here : elsewhere) += places.back();
      }
      if (here == 0 || elsewhere == 0) continue;
      before_.push_back({s, service.keeping.places, service.desired});
      for (std::size_t i = 0; i < places.size(); ++i) {
        if (shared.locations[shared.groups[service.groups[i]].location].region == region_) continue;
        const double grown =
            std::ceil(static_cast<double>(places[i]) * static_cast<double>(here + elsewhere) / static_cast<double>(elsewhere));
        added += static_cast<std::uint64_t>(grown) - places[i];
        places[i] = static_cast<std::uint32_t>(grown);
      }
      world.set_places(s, std::move(places));
    }
    tell(world, "evacuation.capacity", "info", std::to_string(added) + " instances more start in other regions");
  }

  void end_failing_back(model::World& world, EvacuationRecord& mine) {
    for (const Before& before : before_) {
      if (before.places.empty()) {
        world.set_number(before.service, before.desired);
      } else {
        world.set_places(before.service, before.places);
      }
    }
    mine.state = "failedBack";
    mine.stage.clear();
    mine.ended = world.now();
    tell(world, "evacuation.ended", "info", "is in use again");
    world.structure_changed();
    world.end_process(number_);
  }

  void tell(model::World& world, const char* type, const char* severity, const std::string& message) const {
    const EvacuationRecord& mine = *evacuation_of(world, id_);
    model::Occurrence o;
    o.type = type;
    o.severity = severity;
    o.subject_kind = "region";
    o.subject_id = mine.region;
    o.message = mine.region + ": " + message;
    o.data = {{"evacuation", id_}, {"state", mine.state}};
    world.report(std::move(o));
  }

  std::string id_;
  std::uint32_t region_;
  std::uint32_t number_ = 0;
  std::uint32_t turn_ = 0;
  std::size_t stage_ = 0;
  std::vector<Before> before_;
};

}  // namespace

std::variant<std::string, Refusal> evacuate(model::World& world, const EvacuationRequest& request) {
  std::vector<std::string> regions;
  for (const model::RegionNames& region : world.regions()) regions.push_back(region.name);
  const auto found = std::find(regions.begin(), regions.end(), request.region);
  std::vector<model::Problem> problems;
  if (found == regions.end())
    problems.push_back({"/region", "unknownRegion", "there is no region " + model::quoted(request.region), regions});
  for (std::size_t i = 0; i < request.stages.size(); ++i) {
    if (request.stages[i] >= 0 && request.stages[i] <= drain_max) continue;
    problems.push_back({"/" + model::evacuation_stage_names()[i] + "Ms", "outOfRange", "must be 0 to 86400000", {}});
  }
  if (!problems.empty()) return Refusal{Refusal::Kind::invalid, problems.front().message, std::move(problems)};
  if (regions.size() < 2) return Refusal{Refusal::Kind::conflict, request.region + " is the only region: there is nowhere to go", {}};
  for (const EvacuationRecord& record : world.evacuations()) {
    if (record.region != request.region || record.ended) continue;
    return Refusal{Refusal::Kind::conflict, request.region + " is being evacuated, or is evacuated: " + record.id, {}};
  }
  if (std::none_of(regions.begin(), regions.end(),
                   [&](const std::string& region) { return region != request.region && keeps_traffic(world, region); })) {
    return Refusal{Refusal::Kind::conflict, "every other region is evacuated or gets no traffic: there is nowhere to go", {}};
  }
  EvacuationRecord record;
  record.id = "e" + std::to_string(world.next_record());
  record.region = request.region;
  record.preset = request.preset;
  record.stages = request.stages;
  record.adds_capacity = request.adds_capacity;
  record.started = world.now();
  if (world.evacuations().size() >= model::World::records_kept) {
    const auto old =
        std::find_if(world.evacuations().begin(), world.evacuations().end(), [](const auto& r) { return r.ended.has_value(); });
    if (old != world.evacuations().end()) world.evacuations().erase(old);
  }
  const std::string id = record.id;
  const auto region = static_cast<std::uint32_t>(found - regions.begin());
  record.process = world.add_process(std::make_unique<Evacuation>(id, region));
  const std::uint32_t process = record.process;
  world.evacuations().push_back(std::move(record));
  model::Occurrence o;
  o.type = "evacuation.started";
  o.severity = "warning";
  o.subject_kind = "region";
  o.subject_id = request.region;
  o.message = request.region + " is to be evacuated";
  o.data = {{"evacuation", id}};
  const std::uint64_t outer = world.cause();
  world.set_cause(world.report(std::move(o)));
  static_cast<Evacuation&>(world.process(process)).begin(world, process);
  world.set_cause(outer);
  return id;
}

std::variant<std::string, Refusal> fail_back(model::World& world, const std::string& evacuation) {
  EvacuationRecord* record = evacuation_of(world, evacuation);
  if (record == nullptr) return Refusal{Refusal::Kind::not_found, "there is no evacuation " + model::quoted(evacuation), {}};
  if (record->ended || record->state == "failingBack") {
    return Refusal{Refusal::Kind::conflict, "evacuation " + evacuation + " is " + record->state, {}};
  }
  static_cast<Evacuation&>(world.process(record->process)).fail_back(world);
  return evacuation;
}

}  // namespace operations

// Traffic shift: a zone or a region gets a part of the traffic that callers would send there, or none; gradually, as connections drain.

#include <algorithm>

#include "model/problem_text.h"
#include "operations/operations.h"
#include "operations/shift.h"

namespace operations {
namespace {

using model::Refusal;

constexpr sim::Time shortest_step = 100 * sim::millisecond;
constexpr int steps = 20;  ///< of a shift that takes time

class Shift : public model::Process {
 public:
  Shift(std::string place, double from, double to, sim::Time began, sim::Time takes)
      : place_(std::move(place)), from_(from), to_(to), began_(began), takes_(takes) {}

  void wake(model::World& world, std::uint32_t) override {
    model::PlaceTraffic& mine = world.place_traffic().at(place_);
    const sim::Time gone = world.now() - began_;
    const bool over = gone >= takes_;
    world.set_weight(place_, over ? to_ : from_ + (to_ - from_) * static_cast<double>(gone) / static_cast<double>(takes_));
    if (!over) {
      world.wake_at(std::min(began_ + takes_, world.now() + std::max(shortest_step, takes_ / steps)), mine.process, 0);
      return;
    }
    model::Occurrence o;
    o.type = "traffic.shifted";
    o.severity = "info";
    o.subject_kind = mine.region ? "region" : "zone";
    o.subject_id = place_;
    o.message = place_ + " gets " + model::number_text(to_) + " % of its traffic";
    o.data = {{"weight", model::number_text(to_)}};
    world.report(std::move(o));
    const std::uint32_t process = mine.process;
    mine.process = 0;
    world.end_process(process);
  }
  std::unique_ptr<Process> clone() const override { return std::make_unique<Shift>(*this); }

 private:
  std::string place_;
  double from_;
  double to_;
  sim::Time began_;
  sim::Time takes_;
};

std::vector<std::string> places_of(const model::World& world, bool region) {
  std::vector<std::string> names;
  if (region) {
    for (const model::RegionNames& r : world.regions()) names.push_back(r.name);
  } else {
    for (const model::Location& location : world.shared().locations) {
      if (location.zone != model::outside) names.push_back(location.id);
    }
  }
  return names;
}

/// Whether another region, or another zone of the same region, does.
bool others_get_traffic(const model::World& world, const ShiftRequest& request) {
  const auto gets = [&](const std::string& place) { return place != request.place && keeps_traffic(world, place); };
  if (request.region) {
    const auto& regions = world.regions();
    return std::any_of(regions.begin(), regions.end(), [&](const model::RegionNames& region) { return gets(region.name); });
  }
  const auto& all = world.shared().locations;
  const auto mine = std::find_if(all.begin(), all.end(), [&](const model::Location& l) { return l.id == request.place; });
  return std::any_of(all.begin(), all.end(), [&](const model::Location& location) {
    return location.region == mine->region && location.zone != model::outside && gets(location.id);
  });
}

}  // namespace

bool keeps_traffic(const model::World& world, const std::string& place) {
  const auto& evacuations = world.evacuations();
  const auto leaves = [&](const model::EvacuationRecord& record) {
    return record.region == place && !record.ended && record.state != "failingBack";
  };
  const auto shifted = world.place_traffic().find(place);
  return (shifted == world.place_traffic().end() || shifted->second.target > 0) &&
         std::none_of(evacuations.begin(), evacuations.end(), leaves);
}

std::optional<Refusal> shift_traffic(model::World& world, const ShiftRequest& request) {
  const std::vector<std::string> known = places_of(world, request.region);
  const std::string kind = request.region ? "region" : "zone";
  if (std::find(known.begin(), known.end(), request.place) == known.end()) {
    const std::string near = model::nearest_name(request.place, known);
    return Refusal{Refusal::Kind::not_found,
                   "there is no " + kind + " " + model::quoted(request.place) + " in this simulation" +
                       (near.empty() ? "" : "; did you mean " + model::quoted(near) + "?"),
                   {}};
  }
  std::vector<model::Problem> problems;
  if (!(request.weight >= 0 && request.weight <= 100)) problems.push_back({"/weight", "outOfRange", "must be 0 to 100", {}});
  if (request.drain < 0 || request.drain > drain_max) problems.push_back({"/drainMs", "outOfRange", "must be 0 to 86400000", {}});
  if (!problems.empty()) return Refusal{Refusal::Kind::invalid, "the traffic cannot be shifted", std::move(problems)};
  if (request.weight == 0 && !others_get_traffic(world, request)) {
    return Refusal{Refusal::Kind::conflict,
                   request.region ? "every other region is evacuated or gets no traffic: there is nowhere to go"
                                  : "no other zone of its region gets traffic: shift that of the region",
                   {}};
  }
  const double from = world.weight_of(request.place);
  model::PlaceTraffic& place = world.place_traffic()[request.place];
  if (place.process != 0) world.end_process(place.process);
  place.region = request.region;
  place.weight = from;
  place.target = request.weight;
  place.ends = world.now() + request.drain;
  model::Occurrence o;
  o.type = "traffic.shifting";
  o.severity = request.weight < from ? "warning" : "info";
  o.subject_kind = kind;
  o.subject_id = request.place;
  o.message = request.place + ": from " + model::number_text(from) + " % of its traffic to " + model::number_text(request.weight) +
              (request.drain > 0 ? " % over " + std::to_string(request.drain / sim::second) + " s" : " % at once");
  o.data = {{"weight", model::number_text(request.weight)}};
  const std::uint64_t outer = world.cause();
  world.set_cause(world.report(std::move(o)));
  place.process = world.add_process(std::make_unique<Shift>(request.place, from, request.weight, world.now(), request.drain));
  const std::uint32_t process = place.process;
  world.process(process).wake(world, 0);
  world.set_cause(outer);
  return std::nullopt;
}

}  // namespace operations

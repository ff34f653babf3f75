#include <cmath>
#include <utility>

#include "model/problem_text.h"
#include "operations/operations.h"

namespace operations {
namespace {

std::variant<std::uint32_t, model::Refusal> load_source_named(const model::World& world, const std::string& name) {
  const auto found = service_named(world, name);
  if (const auto* service = std::get_if<std::uint32_t>(&found)) {
    if (world.shared().services[*service].package->load_source) return *service;
    return model::Refusal{model::Refusal::Kind::invalid, "service \"" + name + "\" is not a load source (package denominator)", {}};
  }
  return std::get<model::Refusal>(found);
}

model::Refusal invalid(std::vector<model::Problem> problems) {
  return {model::Refusal::Kind::invalid, problems.front().message, std::move(problems)};
}

void tell(model::World& world, const std::string& name, std::uint32_t service) {
  const model::LoadSpec& load = *world.shared().services[service].load.spec;
  model::Occurrence o;
  o.type = "traffic.changed";
  o.severity = "info";
  o.subject_kind = "service";
  o.subject_id = name;
  o.message = name + " now " + model::describe(load);
  if (load.has_rate()) o.data = {{"requestsPerSecond", model::number_text(*load.requests_per_second)}};
  if (load.arrivals == model::LoadSpec::Arrivals::users) o.data = {{"users", std::to_string(load.users)}};
  world.report(std::move(o));
}

}  // namespace

std::optional<model::Refusal> set_traffic(model::World& world, const std::string& name, double requests_per_second) {
  const auto found = load_source_named(world, name);
  if (const auto* refusal = std::get_if<model::Refusal>(&found)) return *refusal;
  const std::uint32_t service = std::get<std::uint32_t>(found);
  const model::LoadSpec& present = *world.shared().services[service].load.spec;
  if (!present.has_rate()) {
    return invalid(
        {{"/requestsPerSecond", "conflict", name + " " + model::describe(present) + " and has no rate; give it another load", {}}});
  }
  if (!(requests_per_second >= 0 && requests_per_second <= model::LoadSpec::requests_per_second_max)) {
    return model::Refusal{model::Refusal::Kind::invalid,
                          "requestsPerSecond is out of range",
                          {{"/requestsPerSecond", "outOfRange", "must be 0 to 1000000", {}}}};
  }
  model::LoadSpec wanted = present;
  wanted.requests_per_second = requests_per_second;
  if (auto problem = model::too_much(wanted)) return invalid({std::move(*problem)});
  world.set_traffic(service, requests_per_second);
  tell(world, name, service);
  return std::nullopt;
}

std::optional<model::Refusal> set_load(model::World& world, const std::string& name, model::LoadSpecPtr load) {
  const auto found = load_source_named(world, name);
  if (const auto* refusal = std::get_if<model::Refusal>(&found)) return *refusal;
  const std::uint32_t service = std::get<std::uint32_t>(found);
  if (load->has_rate() && !load->requests_per_second) {
    model::LoadSpec whole = *load;
    whole.requests_per_second = world.shared().services[service].load.spec->requests_per_second;
    if (!whole.requests_per_second) {
      return invalid({{"/load/requestsPerSecond", "missingField", "requestsPerSecond is required: " + name + " had no rate before", {}}});
    }
    load = std::make_shared<const model::LoadSpec>(std::move(whole));
  }
  std::vector<std::string> regions;
  for (const model::RegionNames& region : world.regions()) regions.push_back(region.name);
  std::vector<model::Problem> problems = model::unknown_regions(*load, regions);
  if (auto problem = model::too_much(*load)) problems.push_back(std::move(*problem));
  for (model::Problem& problem : problems) problem.pointer.insert(0, "/load");
  if (!problems.empty()) return invalid(std::move(problems));
  world.set_load(service, std::move(load));
  tell(world, name, service);
  return std::nullopt;
}

}  // namespace operations

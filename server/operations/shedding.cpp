#include "model/problem_text.h"
#include "operations/operations.h"

namespace operations {
namespace {

void tell(model::World& world, const std::string& service, const model::Shedding* shedding) {
  model::Occurrence o;
  o.type = "shedding.changed";
  o.severity = "info";
  o.subject_kind = "service";
  o.subject_id = service;
  std::vector<std::string> by;
  if (shedding != nullptr && shedding->limit) by.push_back("a limit (" + model::limit_names()[shedding->limit->index()] + ")");
  if (shedding != nullptr && shedding->utilisation) by.emplace_back("utilisation");
  o.message =
      service + (by.empty() ? " now takes every call" : " now sheds load by " + by.front() + (by.size() > 1 ? " and " + by[1] : ""));
  world.report(std::move(o));
}

}  // namespace

std::optional<model::Refusal> set_shedding(model::World& world, const std::string& service, const model::Shedding* shedding) {
  const auto found = service_named(world, service);
  if (const auto* refusal = std::get_if<model::Refusal>(&found)) return *refusal;
  const std::uint32_t index = std::get<std::uint32_t>(found);
  if (world.shared().services[index].package->load_source) {
    return model::Refusal{
        model::Refusal::Kind::invalid, model::quoted(service) + " is a load source: it is asked by nobody, so it has nothing to shed", {}};
  }
  world.set_shedding(index, shedding == nullptr ? std::nullopt : std::optional<model::Shedding>(*shedding));
  tell(world, service, shedding);
  return std::nullopt;
}

}  // namespace operations

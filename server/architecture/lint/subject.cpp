#include "architecture/lint/subject.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <unordered_map>

#include "packages/list.h"

namespace architecture::lint {

Subject::Subject(const Architecture& document, const Defaults& defaults, const Regions& regions)
    : document_(document), defaults_(defaults), calls_(document.services.size()) {
  std::unordered_map<std::string, std::uint32_t> numbers;
  std::uint32_t used = 1;
  for (const Service& s : document.services) {
    numbers.emplace(s.name, static_cast<std::uint32_t>(numbers.size()));
    packages_.push_back(packages::find(s.package));
    used = std::max(used, s.regions);
  }
  for (std::uint32_t i = 0; i < size(); ++i) {
    for (std::uint32_t d = 0; d < service(i).dependencies.size(); ++d) {
      const auto callee = numbers.find(service(i).dependencies[d]);
      if (callee == numbers.end() || callee->second == i) continue;  // eureka; a cluster
      calls_[i].push_back({i, callee->second, d, &service(i).calls[d]});
    }
  }
  std::size_t fewest = regions.regions.empty() ? 1 : regions.regions.front().zones.size();
  for (std::size_t r = 0; r < std::min<std::size_t>(used, regions.regions.size()); ++r)
    fewest = std::min(fewest, regions.regions[r].zones.size());
  zones_ = static_cast<std::uint32_t>(fewest);
}

std::uint32_t Subject::zones_of(std::uint32_t index) const {
  return service(index).regions == 0 ? 0 : std::min(service(index).count, zones_);
}

bool Subject::holds_workers(std::uint32_t index) const {
  return service(index).serving.worker_held || package(index).on_demand;
}

double Subject::usual_limit_ms(std::uint32_t callee) const {
  const ServiceSettings& own = service(callee).settings;
  return own.timeout_ms ? *own.timeout_ms : defaults_.packages.at(service(callee).package).settings.timeout_ms.value_or(0);
}

std::optional<double> Subject::try_limit_ms(const Call& call) const {
  const model::Policy* policy = call.policy();
  if (policy == nullptr) return usual_limit_ms(call.callee);
  const sim::Time whole = policy->timeout > 0 ? policy->timeout : sim::never;
  const sim::Time each = policy->try_timeout > 0 ? policy->try_timeout : sim::never;
  if (std::min(whole, each) == sim::never) return std::nullopt;
  return sim::to_ms(std::min(whole, each));
}

std::optional<double> Subject::limit_ms(const Call& call) const {
  const auto each = try_limit_ms(call);
  if (!each) return std::nullopt;
  const double tries = *each * attempts(call);
  const model::Policy* policy = call.policy();
  return policy != nullptr && policy->timeout > 0 ? std::min(tries, sim::to_ms(policy->timeout)) : tries;
}

std::string Subject::place(std::uint32_t index, const char* field) const {
  const std::string service = "/services/" + std::to_string(index);
  return field == nullptr ? service : service + "/" + field;
}

std::string Subject::place(const Call& call) const {
  return place(call.caller, "dependencies/") + std::to_string(service(call.caller).items[call.number]);
}

std::string quoted(const std::string& name) {
  return "\"" + name + "\"";
}

std::string listed(const std::vector<std::string>& words) {
  constexpr std::size_t shown_max = 6;
  const std::size_t shown = words.size() > shown_max ? shown_max - 1 : words.size();
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == words.size();
    text += (i == 0 ? "" : last ? " and " : ", ") + words[i];
  }
  return shown == words.size() ? text : text + " and " + std::to_string(words.size() - shown) + " more";
}

std::string duration_text(double ms) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), ms < 1'000 ? "%.4g ms" : "%.4g s", ms < 1'000 ? ms : ms / 1'000);
  return text.data();
}

std::string counted(std::size_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

}  // namespace architecture::lint

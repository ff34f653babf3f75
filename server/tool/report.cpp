#include "tool/report.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <numeric>
#include <tuple>

namespace tool {
namespace {

/// Services along the way of a request: by tier, then by lane.
std::vector<std::uint32_t> order_of(const model::Shared& shared) {
  std::vector<std::uint32_t> order(shared.services.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const model::Service& first = shared.services[a];
    const model::Service& second = shared.services[b];
    return std::tuple(first.tier, first.lane) < std::tuple(second.tier, second.lane);
  });
  return order;
}

/// What happened in the groups, all shards together.
void add_groups(const model::World& world, const model::Period& period, const std::vector<std::uint32_t>& groups, ServiceFigures& figures) {
  const model::Shared& shared = world.shared();
  for (const std::uint32_t g : groups) figures.instances += shared.groups[g].members.size();
  for (const model::Shard& shard : world.shards()) {
    for (std::size_t c = 0; c < shared.cells.size(); ++c) {
      if (std::find(groups.begin(), groups.end(), shared.cells[c].group) == groups.end()) continue;
      const model::CellCount& cell = shard.cell_counts()[c];
      figures.requests += cell.requests;
      figures.replies += cell.replies;
      figures.errors += cell.errors;
      figures.response.merge(cell.response);
      figures.service.merge(cell.service);
      figures.network.merge(cell.network);
    }
  }
  figures.figures = model::group_figures(period, groups, confidence);
  figures.quantiles_ms = model::response_quantiles_ms(period, groups, quantile_shares, confidence);
}

std::vector<FunctionFigures> functions_of(const model::World& world) {
  std::vector<FunctionFigures> result;
  for (std::uint32_t f = 0; f < world.shared().functions.size(); ++f) {
    const model::Function& function = world.shared().functions[f];
    FunctionFigures& figures = result.emplace_back();
    figures.service = world.shared().services[function.service].name;
    for (const model::Shard& shard : world.shards()) figures.count.add(shard.function_count(f));
    figures.gb_seconds = model::gb_seconds(function.spec, figures.count);
    figures.dollars = model::dollars(function.spec, figures.count);
  }
  return result;
}

std::vector<LinkFigures> links_of(const model::World& world, const model::Period& period, const std::vector<std::uint32_t>& place_of,
                                  const std::vector<ServiceFigures>& services) {
  const model::Shared& shared = world.shared();
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint32_t>> links_between;
  for (std::uint32_t l = 0; l < shared.links.size(); ++l) {
    const model::Link& link = shared.links[l];
    links_between[{place_of[shared.groups[link.source].service], place_of[shared.groups[link.target].service]}].push_back(l);
  }
  std::vector<LinkFigures> result;
  for (const auto& [ends, links] : links_between) {
    model::LinkCount sum;
    for (const model::Shard& shard : world.shards()) {
      for (const std::uint32_t l : links) sum.add(shard.link_counts()[l]);
    }
    result.push_back({services[ends.first].name, services[ends.second].name, sum.requests, sum.replies - sum.one_way, sum.errors,
                      model::link_figures(period, links, confidence)});
  }
  return result;
}

}  // namespace

sim::Time batch_of(sim::Time duration) {
  constexpr sim::Time batches = 32;
  static_assert(batches < static_cast<sim::Time>(model::Batches::batches_max));
  return std::max<sim::Time>(1, duration / batches);
}

Report make_head(const model::World& world) {
  Report report;
  report.architecture = world.architecture();
  report.seed = world.shared().seed;
  report.simulated = world.now();
  report.instances = world.instance_count();
  report.cold_start = world.start_ups().cold;
  report.all_up = world.start_ups().complete;
  report.events = world.events();
  report.messages = world.messages();
  report.fingerprint = world.fingerprint();
  return report;
}

Report make_report(const model::World& world, const model::Marks& marks) {
  const model::Shared& shared = world.shared();
  const std::vector<std::uint32_t> users = model::user_groups(shared);
  Report report = make_head(world);
  report.period = model::steady_period(marks, users);
  report.users.name = "all";
  report.users.load_source = true;
  add_groups(world, report.period, users, report.users);
  std::vector<std::uint32_t> place_of(shared.services.size());
  for (const std::uint32_t s : order_of(shared)) {
    const model::Service& service = shared.services[s];
    place_of[s] = static_cast<std::uint32_t>(report.services.size());
    ServiceFigures& figures = report.services.emplace_back();
    figures.name = service.name;
    figures.package = service.package->name;
    figures.load_source = service.package->load_source;
    add_groups(world, report.period, service.groups, figures);
  }
  report.functions = functions_of(world);
  report.links = links_of(world, report.period, place_of, report.services);
  return report;
}

std::string fingerprint_text(std::uint64_t fingerprint) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(fingerprint));
  return text;
}

}  // namespace tool

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

void add_instances(const model::World& world, const model::Service& service, ServiceFigures& figures) {
  for (const std::uint32_t g : service.groups) {
    for (const model::InstanceId id : world.shared().groups[g].members) {
      ++figures.instances;
      figures.worker_ns += static_cast<double>(world.instance(id).workers) * static_cast<double>(world.now() - world.detail(id).started);
    }
  }
}

void add_cells(const model::World& world, const std::vector<std::uint32_t>& place_of, std::vector<ServiceFigures>& services) {
  const model::Shared& shared = world.shared();
  for (const model::Shard& shard : world.shards()) {
    for (std::size_t c = 0; c < shared.cells.size(); ++c) {
      const model::CellCount& cell = shard.cell_counts()[c];
      ServiceFigures& figures = services[place_of[shared.groups[shared.cells[c].group].service]];
      figures.requests += cell.requests;
      figures.replies += cell.replies;
      figures.errors += cell.errors;
      figures.busy_ns += static_cast<double>(cell.busy.integral(world.now()));
      figures.response.merge(cell.response);
      figures.service.merge(cell.service);
      figures.network.merge(cell.network);
    }
  }
}

std::vector<LinkFigures> links_of(const model::World& world, const std::vector<std::uint32_t>& place_of,
                                  const std::vector<ServiceFigures>& services) {
  const model::Shared& shared = world.shared();
  std::map<std::pair<std::uint32_t, std::uint32_t>, model::LinkCount> sums;
  for (const model::Shard& shard : world.shards()) {
    for (std::size_t l = 0; l < shared.links.size(); ++l) {
      const model::Link& link = shared.links[l];
      sums[{place_of[shared.groups[link.source].service], place_of[shared.groups[link.target].service]}].add(shard.link_counts()[l]);
    }
  }
  std::vector<LinkFigures> links;
  for (const auto& [ends, sum] : sums) {
    links.push_back(
        {services[ends.first].name, services[ends.second].name, sum.requests, sum.replies - sum.one_way, sum.errors, sum.response_ns});
  }
  return links;
}

}  // namespace

Report make_report(const model::World& world) {
  const model::Shared& shared = world.shared();
  Report report;
  report.architecture = world.architecture();
  report.seed = shared.seed;
  report.simulated = world.now();
  report.instances = world.instance_count();
  report.events = world.events();
  report.messages = world.messages();
  report.fingerprint = world.fingerprint();
  std::vector<std::uint32_t> place_of(shared.services.size());
  for (const std::uint32_t s : order_of(shared)) {
    const model::Service& service = shared.services[s];
    place_of[s] = static_cast<std::uint32_t>(report.services.size());
    ServiceFigures& figures = report.services.emplace_back();
    figures.name = service.name;
    figures.package = service.package->name;
    figures.load_source = service.package->load_source;
    add_instances(world, service, figures);
  }
  add_cells(world, place_of, report.services);
  report.links = links_of(world, place_of, report.services);
  return report;
}

std::string fingerprint_text(std::uint64_t fingerprint) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(fingerprint));
  return text;
}

}  // namespace tool

#include "run/flow_log.h"

#include <algorithm>

namespace run {
namespace {

std::string service_of(const model::World& world, model::InstanceId id) {
  return world.shared().services[world.shared().groups[world.instance(id).group].service].name;
}

SpanRecord record_of(const model::World& world, const model::Span& span) {
  SpanRecord record;
  record.span = span.span;
  record.parent = span.parent;
  record.source = span.source;
  record.target = span.target;
  if (span.source != model::no_instance) record.source_name = world.name_of(span.source);
  if (span.target != model::no_instance) {
    record.target_name = world.name_of(span.target);
    record.service = service_of(world, span.target);
  } else {
    record.service = world.shared().services[world.shared().groups[span.group].service].name;
  }
  record.operation = model::name_of(span.verb);
  record.status = model::name_of(span.status);
  record.attempt = span.attempt;
  record.shed = span.shed;
  record.cs = span.cs;
  record.sr = span.sr;
  record.ss = span.ss;
  record.cr = span.cr;
  return record;
}

}  // namespace

void FlowLog::collect(model::World& world) {
  for (model::Shard& shard : world.shards()) {
    std::vector<model::Span>& spans = shard.spans();
    if (taken_ >= per_interval_max || open_.size() > open_max) {
      open_.clear();
      spans.clear();
      continue;
    }
    for (const model::Span& span : spans) {
      if (span.root && span.cs < since_) {
        open_.erase(span.trace);
      } else if (span.root) {
        complete(world, span);
      } else {
        open_[span.trace].push_back(span);
      }
    }
    spans.clear();
  }
}

void FlowLog::complete(const model::World& world, const model::Span& root) {
  auto flow = std::make_shared<Flow>();
  flow->trace = root.trace;
  flow->root_service = service_of(world, root.target);
  flow->status = model::name_of(root.status);
  flow->start = root.cs;
  flow->end = root.cr;
  flow->spans.push_back(record_of(world, root));
  const auto hops = open_.find(root.trace);
  if (hops != open_.end()) {
    std::sort(hops->second.begin(), hops->second.end(), [](const model::Span& a, const model::Span& b) {
      return std::pair(a.cs != 0 ? a.cs : a.sr, a.span) < std::pair(b.cs != 0 ? b.cs : b.sr, b.span);
    });
    for (const model::Span& span : hops->second) flow->spans.push_back(record_of(world, span));
    open_.erase(hops);
  }
  ++taken_;
  const std::scoped_lock lock(mutex_);
  flows_.push_back(std::move(flow));
  ++last_;
  if (flows_.size() > kept_) flows_.pop_front();
}

std::vector<std::shared_ptr<const Flow>> FlowLog::newest(std::size_t limit) const {
  const std::scoped_lock lock(mutex_);
  const std::size_t count = std::min(limit, flows_.size());
  return {flows_.rbegin(), flows_.rbegin() + static_cast<std::ptrdiff_t>(count)};
}

std::shared_ptr<const Flow> FlowLog::find(std::uint64_t trace) const {
  const std::scoped_lock lock(mutex_);
  const auto flow = std::find_if(flows_.begin(), flows_.end(), [&](const auto& f) { return f->trace == trace; });
  return flow == flows_.end() ? nullptr : *flow;
}

std::vector<std::shared_ptr<const Flow>> FlowLog::since(std::uint64_t number, std::size_t limit, std::uint64_t& next) const {
  const std::scoped_lock lock(mutex_);
  const std::uint64_t oldest = last_ - flows_.size();  // the number before the oldest kept
  const std::uint64_t newer = last_ - std::min(last_, std::max(number, oldest));
  const std::size_t count = std::min<std::size_t>(newer, limit);
  next = last_;
  return {flows_.end() - static_cast<std::ptrdiff_t>(count), flows_.end()};
}

}  // namespace run

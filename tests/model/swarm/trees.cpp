// Spans: what one request did, as those who follow it see it.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "model/swarm/watch.h"
#include "support/worlds.h"

namespace swarm {

void Watch::take_spans() {
  for (model::Shard& shard : world_.shards()) {
    spans_.insert(spans_.end(), shard.spans().begin(), shard.spans().end());
    shard.spans().clear();
  }
}

void Watch::look_at_trees() {
  std::uint64_t dropped = 0;
  for (const model::Shard& shard : world_.shards()) dropped += shard.spans_dropped();
  ASSERT_EQ(dropped, 0U) << "too much is asked of the spans";
  const auto place = [](const model::Span& span) { return std::pair(span.trace, span.span); };
  std::sort(spans_.begin(), spans_.end(), [&](const model::Span& a, const model::Span& b) { return place(a) < place(b); });
  for (std::size_t begin = 0, end = 0; begin < spans_.size(); begin = end) {
    while (end < spans_.size() && spans_[end].trace == spans_[begin].trace) ++end;
    ASSERT_NO_FATAL_FAILURE(look_at_trace(begin, end));
  }
  std::uint64_t untraced = 0;  // hints are no user's requests, nor are messages that are delivered
  for (const model::Shard& shard : world_.shards()) {
    for (std::uint32_t s = 0; s < world_.shared().services.size(); ++s) untraced += shard.replication_count(s).hints_sent;
    for (std::uint32_t queue = 0; queue < world_.shared().subscriptions.size(); ++queue) untraced += shard.queue(queue).count().delivered;
  }
  if (world_.shared().trace_threshold == ~std::uint64_t{0} && untraced == 0) {
    ASSERT_NO_FATAL_FAILURE(look_at_all_traces());
  }
}

/// A caller waits for its answer for so long and no longer.
void Watch::look_at_timeout(const model::Span& span) const {
  if (guarded_) return;                            // as long as one of several policies says, which have changed
  if (stood_still_.contains(span.source)) return;  // it does not see what the time is
  const sim::Time timeout = world_.shared().services[world_.shared().groups[world_.instance(span.target).group].service].timeout;
  if (span.status == model::Status::timeout && span.ss == 0) {  // its own, and not one that it was told of
    ASSERT_EQ(span.cr - span.cs, timeout);
  } else {
    ASSERT_LE(span.cr - span.cs, timeout);
  }
}

/// One root; children start after their parent and, when they were waited for, end before it; who is tried elsewhere had failed.
void Watch::look_at_trace(std::size_t begin, std::size_t end) {
  const auto first = spans_.begin() + static_cast<std::ptrdiff_t>(begin), last = spans_.begin() + static_cast<std::ptrdiff_t>(end);
  ASSERT_EQ(std::count_if(first, last, [](const model::Span& span) { return span.root; }), 1) << "roots of a trace";
  ASSERT_TRUE(std::adjacent_find(first, last, [](const auto& a, const auto& b) { return a.span == b.span; }) == last) << "a span twice";
  for (auto span = first; span != last; ++span) {
    if (span->sr != 0 && span->ss != 0) {
      ASSERT_LE(span->sr, span->ss);
    }
    if (span->cs != 0 && span->sr != 0) {
      ASSERT_LE(span->cs, span->sr);
    }
    if (span->ss != 0 && span->cr != 0) {
      ASSERT_LE(span->ss, span->cr);
    }
    if (span->shed) {
      ASSERT_EQ(span->status, model::Status::rejected);
      ASSERT_EQ(span->sr, span->ss) << "it costs nobody any time";
    }
    ++spans_checked_;
    if (span->root) {
      ASSERT_EQ(span->parent, 0U);
      continue;
    }
    const auto parent = std::lower_bound(first, last, span->parent, [](const model::Span& s, std::uint32_t id) { return s.span < id; });
    if (parent == last || parent->span != span->parent) {
      ASSERT_FALSE(worn_.empty()) << "a span without the one above it, and nobody died";
      continue;
    }
    ASSERT_EQ(parent->target, span->source);
    if (span->attempt > 1 && !guarded_) {
      ASSERT_TRUE(std::any_of(first, last, [&](const model::Span& earlier) {
        return earlier.parent == span->parent && earlier.attempt + 1 == span->attempt && model::unreachable(earlier.status) &&
               earlier.cr == span->cs;
      })) << "tried again, but what for?";
    }
    if (span->cs == 0 || span->cr == 0) continue;  // nobody waited
    ASSERT_NO_FATAL_FAILURE(look_at_timeout(*span));
    ASSERT_LE(parent->sr, span->cs);
    // A coordinator does not wait for all copies, nor does a primary.
    const model::Service& caller = world_.shared().services[world_.shared().groups[world_.instance(span->source).group].service];
    const bool to_copy = caller.replication || caller.primary;
    if (plain_ && !to_copy && parent->ss != 0) {
      ASSERT_LE(span->cr, parent->ss);
    }
  }
}

/// Requests = replies + time-outs + rejections + refusals and the like + those whose caller died, none of them twice.
void Watch::look_at_all_traces() const {
  std::array<std::uint64_t, static_cast<std::size_t>(model::Status::cancelled) + 1> calls{};
  std::uint64_t roots = 0, failed_roots = 0, stopped = 0;
  for (const model::Span& span : spans_) {
    if (span.target == model::no_instance) {  // a policy did not send it: no request of anybody
      ASSERT_TRUE(guarded_ && model::failed(span.status) && !span.root);
      ASSERT_EQ(span.sr + span.ss, 0);
      ASSERT_LE(span.cs, span.cr);
      stopped += span.status == model::Status::short_circuited ? 1U : 0U;
    } else if (span.root) {
      ++roots;
      failed_roots += model::failed(span.status) ? 1U : 0U;
    } else if (span.cr != 0) {
      ++calls[static_cast<std::size_t>(span.status)];
    }
  }
  const worlds::Sums sums = worlds::requests_of(world_);
  ASSERT_EQ(roots, sums.sent);
  ASSERT_EQ(failed_roots, sums.failed);
  model::LinkCount links;
  std::uint64_t replies = 0, errors = 0;
  model::PolicyCount policies;
  for (const model::Shard& shard : world_.shards()) {
    for (const model::PolicyCount& count : shard.policy_counts()) policies.add(count);
    for (const model::LinkCount& link : shard.link_counts()) links.add(link);
    for (std::uint32_t c = 0; c < shard.cell_counts().size(); ++c) {
      if (is_source(c)) continue;
      replies += shard.cell_counts()[c].replies;
      errors += shard.cell_counts()[c].errors;
    }
  }
  ASSERT_LE(stopped, policies.short_circuited) << "tries are stopped, too, and those that nobody waited for";
  std::uint64_t over = 0, bad = 0;
  for (std::size_t status = 0; status < calls.size(); ++status) {
    if (static_cast<model::Status>(status) == model::Status::cancelled) continue;
    over += calls[status];
    if (model::failed(static_cast<model::Status>(status))) bad += calls[status];
  }
  ASSERT_EQ(over, replies);
  ASSERT_EQ(bad, errors);
  ASSERT_LE(over + links.one_way, links.requests);
  const std::uint64_t of_the_dead = links.requests - links.one_way - over - calls[static_cast<std::size_t>(model::Status::cancelled)];
  if (worn_.empty()) {
    ASSERT_EQ(of_the_dead, 0U);
  }
  ASSERT_EQ(links.errors, bad + of_the_dead);
}

}  // namespace swarm

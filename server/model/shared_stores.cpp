// What instances of a service share beside their shard's events: queues of brokers, sets with a primary. Made with the World; told of
// instances that come and go, at barriers.

#include <algorithm>
#include <cassert>

#include "model/registry.h"
#include "model/world.h"

namespace model {
namespace {

std::uint32_t number_of(const QueueSpec& spec, const std::string& topic) {
  if (topic.empty()) return 0;
  const auto place = std::find_if(spec.topics.begin(), spec.topics.end(), [&](const TopicSpec& t) { return t.name == topic; });
  assert(place != spec.topics.end());
  return static_cast<std::uint32_t>(place - spec.topics.begin());
}

}  // namespace

/// A queue for each service that takes from a topic; one for a topic that nobody takes from.
void World::make_subscriptions(const WorldSpec& spec) {
  const auto topics_of = [&](std::uint32_t broker) { return spec.services[broker].queue.value_or(QueueSpec{}); };
  for (std::uint32_t b = 0; b < spec.services.size(); ++b) {
    if (!spec.services[b].package->publishes) continue;
    const QueueSpec queues = topics_of(b);
    shared_->services[b].topics.resize(queues.topics.size());
    const auto add = [&](std::uint32_t topic, std::uint32_t consumer, std::uint32_t at_once) {
      Subscription s;
      s.broker = b;
      s.consumer = consumer;
      s.at_once = at_once;
      s.topic = queues.topics[topic];
      if (!s.topic.dead_letters.empty()) s.dead_letters = number_of(queues, s.topic.dead_letters);
      s.dependency = static_cast<std::uint32_t>(shared_->dependencies.size());
      shared_->dependencies.emplace_back();
      const auto number = static_cast<std::uint32_t>(shared_->subscriptions.size());
      shared_->services[b].topics[topic].push_back(number);
      if (consumer != Subscription::nobody) shared_->services[consumer].takes.push_back(number);
      shared_->subscriptions.push_back(std::move(s));
    };
    for (std::uint32_t c = 0; c < spec.services.size(); ++c) {
      for (const ConsumeSpec& consumes : spec.services[c].consumes) {
        if (consumes.service == b) add(number_of(queues, consumes.topic), c, consumes.at_once);
      }
    }
    for (std::uint32_t topic = 0; topic < queues.topics.size(); ++topic) {
      if (shared_->services[b].topics[topic].empty()) add(topic, Subscription::nobody, 0);
    }
  }
  for (std::uint32_t s = 0; s < spec.services.size(); ++s) {
    for (std::size_t d = 0; d < spec.services[s].calls.size() && d < shared_->services[s].calls.size(); ++d) {
      const std::string& topic = spec.services[s].calls[d].topic;
      if (!topic.empty())
        shared_->dependencies[shared_->services[s].calls[d]].topic = number_of(topics_of(spec.services[s].dependencies[d]), topic);
    }
  }
}

/// One in each region, of all instances there.
void World::make_sets(const WorldSpec& spec) {
  for (std::uint32_t s = 0; s < spec.services.size(); ++s) {
    Service& service = shared_->services[s];
    if (!service.package->elects) continue;
    service.primary = make_primary(spec.services[s].primary.value_or(primary_preset(0)));
    const std::size_t first = shared_->sets.size();
    for (const std::uint32_t g : service.groups) {
      Group& group = shared_->groups[g];
      const auto set = std::find_if(shared_->sets.begin() + static_cast<std::ptrdiff_t>(first), shared_->sets.end(),
                                    [&](const ReplicaSet& other) { return other.shard == group.shard; });
      group.set = static_cast<std::uint32_t>(set - shared_->sets.begin());
      if (set == shared_->sets.end()) {
        shared_->sets.emplace_back();
        shared_->sets.back().service = s;
        shared_->sets.back().shard = group.shard;
      }
      shared_->sets[group.set].groups.push_back(g);
    }
  }
}

/// An instance is in another state: what its service shares with others hears of it.
void World::follow(InstanceId id) {
  const Instance& i = instance(id);
  const Group& group = shared_->groups[i.group];
  const Service& service = shared_->services[group.service];
  for (const std::uint32_t number : service.takes) {
    const Subscription& s = shared_->subscriptions[number];
    for (std::uint32_t way = 0; way < s.ways.size(); ++way) {
      if (s.ways[way].group != i.group) continue;
      for (std::uint32_t shard = 0; shard < shards_.size(); ++shard) {
        const auto is_there = [&](const RouteEnd& end) { return shared_->groups[end.group].shard == shard; };
        if (std::any_of(s.ways[way].ends.begin(), s.ways[way].ends.end(), is_there)) {
          shards_[shard].change_taker(number, way, id, i.state == InstanceState::up, s.at_once > 0 ? s.at_once : i.workers);
        }
      }
    }
  }
  for (const std::vector<std::uint32_t>& queues : service.topics) {
    for (const std::uint32_t number : queues) {
      if (i.state == InstanceState::up) shards_[group.shard].deliver_messages(number);
    }
  }
  if (group.set != ReplicaSet::none) follow_member(id, group.set);
}

}  // namespace model

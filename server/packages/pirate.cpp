// A social network of pirates, peer to peer: each is told of two others, is given gold, and at its own interval tells a friend about
// another friend or gives it a coin. The set-up comes from outside (spigo calls it the flying spaghetti monster).
#include <array>

#include "packages/list.h"

namespace packages {
namespace {

using model::Verb;

constexpr std::uint32_t friends_max = 8;      ///< one more takes the place of another
constexpr std::uint64_t gold_at_first = 100;  ///< coins, below
constexpr sim::Time chat_least = 100 * sim::millisecond;
constexpr sim::Time chat_most = 10 * sim::second;

struct Pirate {
  std::array<model::InstanceId, friends_max> who;
  std::array<std::uint16_t, friends_max> where;  ///< ends of its cluster
  std::uint32_t coins;
  std::uint32_t interval_us;  ///< between two things said
  std::uint16_t friends;
  std::uint8_t heard;  ///< so much of the set-up has been sent to it
};

/// As one pirate tells another of a third.
std::uint64_t name_of(model::Task& task, const model::Peer& peer) {
  return (std::uint64_t{peer.id} << 32) | task.group_of(peer);
}

void befriend(model::Task& task, Pirate& me) {
  const auto id = static_cast<model::InstanceId>(task.key() >> 32);
  const std::uint32_t end = task.end_of_group(static_cast<std::uint32_t>(task.key()));
  if (id == task.self() || end == model::Task::no_end) return;
  for (std::uint32_t i = 0; i < me.friends; ++i) {
    if (me.who[i] == id) return;
  }
  const bool one_more = me.friends < friends_max;
  const std::uint64_t place = one_more ? me.friends++ : task.draw(friends_max);
  task.befriended(one_more);
  me.who[place] = id;
  me.where[place] = static_cast<std::uint16_t>(end);
}

/// One thing after the other: its name, gold, two others, how often to talk.
void hear_next(model::Task& task, Pirate& me) {
  switch (me.heard++) {
    case 0:
      task.hear(Verb::hello, 0);
      break;
    case 1:
      task.hear(Verb::gold_coin, task.draw(gold_at_first));
      break;
    case 2:
    case 3: {
      const model::Peer other = task.any_peer();
      task.hear(Verb::name_drop, other.id == model::no_instance ? 0 : name_of(task, other));
      break;
    }
    case 4:
      task.hear(Verb::chat, static_cast<std::uint64_t>(chat_least) + task.draw(static_cast<std::uint64_t>(chat_most - chat_least)));
      break;
    default:
      break;
  }
}

void talk(model::Task& task, Pirate& me) {
  if (me.friends == 0) return;
  const std::uint64_t to = task.draw(me.friends);
  const model::Peer peer = task.at_end(me.where[to], me.who[to]);
  if (me.coins > 0 && (me.friends == 1 || task.draw(2) == 0)) {
    --me.coins;
    task.tell(peer, Verb::gold_coin, 1);
  } else if (me.friends > 1) {
    const std::uint64_t other = (to + 1 + task.draw(me.friends - 1U)) % me.friends;
    task.tell(peer, Verb::name_drop, name_of(task, task.at_end(me.where[other], me.who[other])));
  }
}

void wake(model::Task& task, Pirate& me) {
  if (me.heard == 0) {
    hear_next(task, me);
    return;
  }
  talk(task, me);
  task.wake_after(sim::microsecond * me.interval_us);
}

void pirate(model::Task& task) {
  Pirate& me = task.memory<Pirate>();
  switch (task.verb()) {
    case Verb::wake:
      wake(task, me);
      return;
    case Verb::gold_coin:
      me.coins += static_cast<std::uint32_t>(task.key());
      break;
    case Verb::name_drop:
      befriend(task, me);
      break;
    case Verb::chat:
      me.interval_us = static_cast<std::uint32_t>(task.key() / sim::microsecond);
      task.wake_after(sim::microsecond * me.interval_us);
      break;
    default:
      break;  // its name, or what is none of its business
  }
  if (task.from_outside()) hear_next(task, me);
  task.reply(model::Status::ok);
}

std::span<const model::InstanceId> friends_in(const std::uint64_t* memory) {
  const Pirate& pirate = *reinterpret_cast<const Pirate*>(memory);
  return {pirate.who.data(), pirate.friends};
}

}  // namespace

const model::PackageInfo pirate_info = {
    .name = "pirate",
    .title = "Pirate, peer to peer",
    .description =
        "Is told of two others and given gold from outside; then, at its own interval, tells a friend of another or gives it a coin.",
    .step = pirate,
    .works = false,
    .wakes = true,
    .acquaintances = friends_in,
};

}  // namespace packages

#include "run/comparison.h"

#include <algorithm>

#include "model/batches.h"
#include "run/event_lines.h"
#include "run/replay.h"

namespace run {
namespace {

using model::Refusal;

constexpr sim::Time slice = sim::millisecond;  ///< of events that are looked at one by one
constexpr std::size_t steps = 32;              ///< that a comparison is made in, and batches of its figures
static_assert(comparison_least == steps * sim::microsecond);
static_assert(steps < model::Batches::batches_max);

/// Looks at one of the two.
class Meter : public Listener {
 public:
  explicit Meter(sim::Time step) : measurement_(step) {}

  sim::Time due() const override { return measurement_.due(); }
  void look(model::World& world) override { measurement_.look(world); }
  const model::Marks& marks() const { return measurement_.whole().marks(); }

 private:
  model::Measurement measurement_;
};

/// How many commands the two have in common.
std::uint64_t common_commands(const Account& base, const Account& candidate) {
  const std::size_t most = std::min(base.journal.size(), candidate.journal.size());
  std::uint64_t n = 0;
  const auto same = [](const JournalEntry& x, const JournalEntry& y) { return x.sim_time == y.sim_time && x.command == y.command; };
  while (n < most && same(base.journal[n], candidate.journal[n])) ++n;
  return n;
}

std::optional<CommandDifference> first_command(const Account& base, const Account& candidate, std::uint64_t common, sim::Time until) {
  CommandDifference found;
  found.at = sim::never;
  const auto look = [&](const Account& account, std::optional<JournalEntry>& entry) {
    if (common >= account.journal.size()) return;
    entry = account.journal[common];
    found.at = std::min(found.at, entry->sim_time);
  };
  look(base, found.base);
  look(candidate, found.candidate);
  if (found.at > until) return std::nullopt;
  return found;
}

Moment beginning_of(const Account& account, sim::Time from, sim::Time parted, std::uint64_t common) {
  Moment moment = moment_at(account, from);
  if (from <= parted) moment.commands = std::min(moment.commands, common);
  return moment;
}

/// The present of an account as far as it is new to whoever comes from `other`: the same run up to a moment is run once.
Account with_checkpoints(const Account& account, const Account& other, std::uint64_t common, sim::Time parted) {
  Account all = account;
  for (const Checkpoint& checkpoint : other.checkpoints) {
    if (checkpoint.commands <= common && checkpoint.at <= parted) all.checkpoints.push_back(checkpoint);
  }
  std::stable_sort(all.checkpoints.begin(), all.checkpoints.end(),
                   [](const Checkpoint& x, const Checkpoint& y) { return std::pair(x.at, x.commands) < std::pair(y.at, y.commands); });
  return all;
}

bool same_events(const model::World& x, const model::World& y) {
  for (std::size_t s = 0; s < x.shards().size(); ++s) {
    if (x.shards()[s].engine().fingerprint().value() != y.shards()[s].engine().fingerprint().value()) return false;
  }
  return true;
}

/// Event by event, from where they still are the same.
EventDifference first_event(Replay& base, Replay& candidate, sim::Time until) {
  Listener nobody;
  EventLines base_lines(base.world(), [&](sim::Time to) { base.go_on(to, nobody); });
  EventLines candidate_lines(candidate.world(), [&](sim::Time to) { candidate.go_on(to, nobody); });
  while (base.at().at < until) {
    std::vector<std::string> x, y;
    const sim::Time end = std::min(until, base.at().at + slice);
    const auto keep = [](std::vector<std::string>& lines) {
      return [&lines](const std::string& line) {
        lines.push_back(line);
        return true;
      };
    };
    base_lines.run_until(end, keep(x));
    candidate_lines.run_until(end, keep(y));
    const auto [in_base, in_candidate] = std::mismatch(x.begin(), x.end(), y.begin(), y.end());
    if (in_base == x.end() && in_candidate == y.end()) continue;
    EventDifference found;
    found.at = end;
    for (const std::string* line : {in_base == x.end() ? nullptr : &*in_base, in_candidate == y.end() ? nullptr : &*in_candidate}) {
      if (line != nullptr) found.at = std::min<sim::Time>(found.at, std::stoll(*line));
    }
    if (in_base != x.end()) found.base = *in_base;
    if (in_candidate != y.end()) found.candidate = *in_candidate;
    return found;
  }
  return {until, "", ""};
}

std::vector<std::uint32_t> groups_of(const model::World& world, const std::string& service) {
  const auto found = world.find_service(service);
  return found ? world.shared().services[*found].groups : std::vector<std::uint32_t>{};
}

Side side_of(const model::World& world, const model::Period& period, const std::vector<std::uint32_t>& groups, double confidence) {
  Side side;
  side.figures = model::group_figures(period, groups, confidence);
  side.quantiles_ms = model::response_quantiles_ms(period, groups, compared_quantiles, confidence);
  for (const std::uint32_t group : groups) side.up += world.instances_of(world.shared().groups[group]).up;
  return side;
}

model::RequestCount requests_of(const model::World& world) {
  model::RequestCount sum;
  for (const model::Shard& shard : world.shards()) {
    sum.sent += shard.requests().sent;
    sum.succeeded += shard.requests().succeeded;
    sum.failed += shard.requests().failed;
  }
  return sum;
}

void subtract(model::RequestCount& count, const model::RequestCount& before) {
  count.sent -= before.sent;
  count.succeeded -= before.succeeded;
  count.failed -= before.failed;
}

/// Runs both to the end, side by side, and says after which step their events were not the same any more; steps when they always are.
std::size_t run_both(Replay& base, Replay& candidate, Comparison& result, std::array<Meter, 2>& meters,
                     const std::function<bool()>& wanted) {
  std::size_t same = 0;
  const sim::Time length = (result.until - result.from) / static_cast<sim::Time>(steps);
  const model::RequestCount base_before = requests_of(base.world()), candidate_before = requests_of(candidate.world());
  meters[0].look(base.world());
  meters[1].look(candidate.world());
  for (std::size_t i = 0; i < steps && wanted(); ++i) {
    const sim::Time to = result.from + static_cast<sim::Time>(i + 1) * length;
    base.go_on(to, meters[0]);
    candidate.go_on(to, meters[1]);
    if (same == i && result.related && same_events(base.world(), candidate.world())) ++same;
  }
  result.base = requests_of(base.world());
  result.candidate = requests_of(candidate.world());
  subtract(result.base, base_before);
  subtract(result.candidate, candidate_before);
  return same;
}

void add_figures(Comparison& result, const model::World& base, const model::World& candidate, const std::array<Meter, 2>& meters,
                 double confidence) {
  const model::Period base_period = model::period_from(meters[0].marks(), 0);
  const model::Period candidate_period = model::period_from(meters[1].marks(), 0);
  const auto add = [&](const std::string& subject, const std::vector<std::uint32_t>& x, const std::vector<std::uint32_t>& y) {
    if (x.empty() || y.empty()) return;
    result.compared.push_back({subject, side_of(base, base_period, x, confidence), side_of(candidate, candidate_period, y, confidence),
                               model::group_differences(base_period, x, candidate_period, y, confidence)});
  };
  add("users", model::user_groups(base.shared()), model::user_groups(candidate.shared()));
  for (const model::Service& service : base.shared().services) {
    add(service.name, service.groups, groups_of(candidate, service.name));
  }
}

std::optional<Refusal> check(const Account& base, const Account& candidate, const ComparisonSpec& spec, Comparison& result) {
  using Kind = Refusal::Kind;
  const auto ms = [](sim::Time time) { return std::to_string(time / sim::millisecond); };
  const sim::Time both = std::min(base.now, candidate.now);
  if (spec.until && *spec.until > both) {
    const std::string late = "that time has not come for both: they are at " + ms(base.now) + " and " + ms(candidate.now) + " ms";
    return Refusal{Kind::invalid, late, {{"?untilSimTimeMs", "outOfRange", late, {}}}};
  }
  result.until = spec.until.value_or(both);
  result.from = spec.from.value_or(result.command ? std::min(result.parted, result.until) : 0);  // the same all along: all of it
  if (result.until - result.from >= comparison_least) return std::nullopt;
  if (spec.from || spec.until) {
    const std::string order = "has to be before untilSimTimeMs, and before " + ms(both) + ", as far as both have come";
    return Refusal{Kind::invalid, "fromSimTimeMs " + order, {{"?fromSimTimeMs", "outOfRange", order, {}}}};
  }
  return Refusal{Kind::conflict,
                 "nothing to compare yet: they part at " + ms(result.parted) + " ms and both have come as far as " + ms(both) + " ms",
                 {}};
}

}  // namespace

std::variant<Comparison, Refusal> compare(const Account& given_base, const Account& given_candidate, const ComparisonSpec& spec,
                                          const std::function<bool()>& wanted) {
  Comparison result;
  result.related = given_base.spec == given_candidate.spec;
  const std::uint64_t common = result.related ? common_commands(given_base, given_candidate) : 0;
  if (result.related) {
    result.command = first_command(given_base, given_candidate, common, std::min(given_base.now, given_candidate.now));
    result.parted = result.command ? result.command->at : std::min(given_base.now, given_candidate.now);
  }
  if (auto refusal = check(given_base, given_candidate, spec, result)) return std::move(*refusal);
  const Account base = result.related ? with_checkpoints(given_base, given_candidate, common, result.parted) : given_base;
  const Account candidate = result.related ? with_checkpoints(given_candidate, given_base, common, result.parted) : given_candidate;
  const Moment base_from = beginning_of(base, result.from, result.parted, common);
  const Moment candidate_from = beginning_of(candidate, result.from, result.parted, common);
  const double again = messages_again(base, base_from, result.until) + messages_again(candidate, candidate_from, result.until);
  if (again > static_cast<double>(compared_messages_max)) {
    const std::string much = "the two runs are too much to run again; compare less of them with fromSimTimeMs and untilSimTimeMs";
    return Refusal{Refusal::Kind::invalid, much, {{"?untilSimTimeMs", "tooMuch", much, {}}}};
  }
  Replay first(base, return_to(base, base_from), base_from);
  const bool together = result.related && result.from <= result.parted;
  Replay second(candidate, together ? std::make_unique<model::World>(first.world()) : return_to(candidate, candidate_from), candidate_from);
  const sim::Time length = (result.until - result.from) / static_cast<sim::Time>(steps);
  result.until = result.from + length * static_cast<sim::Time>(steps);
  std::array<Meter, 2> meters{Meter(length), Meter(length)};
  const std::size_t same = run_both(first, second, result, meters, wanted);
  if (!wanted()) return Refusal{Refusal::Kind::gone, "the server is stopping", {}};
  add_figures(result, first.world(), second.world(), meters, spec.confidence);
  result.same = together && same == steps;
  if (!together || result.same) return result;
  const sim::Time last_same = result.from + length * static_cast<sim::Time>(same);
  Replay base_again(base, return_to(base, base_from), base_from);
  Replay candidate_again(candidate, std::make_unique<model::World>(base_again.world()), candidate_from);
  Listener nobody;
  base_again.go_on(last_same, nobody);
  candidate_again.go_on(last_same, nobody);
  result.event = first_event(base_again, candidate_again, last_same + length);
  return result;
}

}  // namespace run

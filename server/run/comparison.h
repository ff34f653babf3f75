#pragma once
// Two runs beside each other: what people did otherwise, the first event in which they part, and what came of it in figures. Both are run
// once more, from the nearest copies that were kept, so the figures are of the same simulated time for both, to the event, whatever their
// clocks show. Any thread; takes as long as running both.

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/figures.h"
#include "run/past.h"

namespace run {

struct ComparisonSpec {
  std::optional<sim::Time> from;   ///< nothing: where they part, or 0 when they do not
  std::optional<sim::Time> until;  ///< nothing: as far as both are
  double confidence = 0.95;        ///< of the intervals, over 0 and below 1
};

inline constexpr sim::Time comparison_least = 32 * sim::microsecond;  ///< from where to where
inline constexpr std::uint64_t compared_messages_max = 500'000'000;   ///< of both together: a minute or two

/// The first command that is not the same in both; one may have none.
struct CommandDifference {
  sim::Time at = 0;
  std::optional<JournalEntry> base, candidate;
};

/// The first event that is not the same in both, as lines of EventLines; "" where one of them has none as far as they were
/// looked at: to the end of the step of the comparison in which they part.
struct EventDifference {
  sim::Time at = 0;
  std::string base, candidate;
};

/// Shares of the response times that are given.
inline constexpr std::array<double, 4> compared_quantiles = {0.5, 0.95, 0.99, 0.999};

struct Side {
  model::GroupFigures figures;
  std::vector<model::Interval> quantiles_ms;  ///< parallel to compared_quantiles
  std::uint64_t up = 0;                       ///< instances, at the end
};

struct Compared {
  std::string subject;  ///< "users", or a service
  Side base, candidate;
  model::GroupDifferences difference;
};

struct Comparison {
  bool related = false;  ///< both are forks of one run, or one of the other
  sim::Time parted = 0;  ///< up to then they were the same
  sim::Time from = 0, until = 0;
  std::optional<CommandDifference> command;
  bool same = false;                     ///< every event from `from` to `until` was; both were at `from`, too
  std::optional<EventDifference> event;  ///< of related runs that were the same at `from`; nothing when they are the same
  model::RequestCount base, candidate;   ///< of users, from `from` to `until`
  std::vector<Compared> compared;        ///< the users first, then services that are in both
};

/// Refused: conflict when there is no time yet that both have been through, invalid when `from` or `until` are not possible or it is too
/// much. `wanted` is asked now and then; gone when it says no.
std::variant<Comparison, model::Refusal> compare(const Account& base, const Account& candidate, const ComparisonSpec& spec,
                                                 const std::function<bool()>& wanted);

}  // namespace run

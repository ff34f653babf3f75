#pragma once
// Which instances a client wants to see one by one. Plain values.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "model/problem.h"
#include "run/snapshot.h"

namespace run {

/// In one simulation.
inline constexpr std::uint64_t instances_max = 2'000'000;
/// A simulation of at most so many shows each of them, and so does a scope.
inline constexpr std::uint64_t instances_shown_max = 20'000;
/// Of all scopes together: past it, those that were asked for longest ago are dropped.
inline constexpr std::uint64_t instances_looked_at_max = 5 * instances_shown_max;
inline constexpr std::size_t looks_max = 1'000;

/// What somebody looks at: the instances of a service, or of all, in a place; or one of them.
struct Scope {
  std::string path;         ///< "" for everywhere, a region or a zone ("us-east-1.zoneB")
  std::string service;      ///< "" for all
  std::string instance;     ///< a short name: only that one; "" for all
  std::uint64_t from = 0;   ///< leaves out the first so many, by group and serial
  std::uint64_t count = 0;  ///< takes at most so many of the others; 0: all, and then there may be instances_shown_max
  auto operator<=>(const Scope&) const = default;
};

/// The instances of a scope, once a snapshot shows them.
struct Looked {
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<std::uint32_t> instances;  ///< indexes of snapshot->structure->instances, ascending
};
using LookResult = std::variant<Looked, model::Refusal>;

}  // namespace run

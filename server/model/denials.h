#pragma once
// What faults deny to those who change things: scaling, deployments, autoscalers. Counts, so that faults overlap; 0 is allowed. Owned by
// the World, changed and read at barriers only.

#include <cstdint>
#include <vector>

namespace model {

struct Denials {
  std::vector<std::uint32_t> capacity;     ///< by location: nothing new can start there
  std::vector<std::uint32_t> autoscalers;  ///< by service: they leave the number of instances as it is
  std::vector<std::uint32_t> deployments;  ///< by service: none begins, and those that run stand still

  bool operator==(const Denials&) const = default;
};

}  // namespace model

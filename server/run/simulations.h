#pragma once
// The simulations of this server by id. Thread-safe.

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "run/simulation.h"

namespace run {

class Simulations {
 public:
  explicit Simulations(std::size_t limit) : limit_(limit) {}

  /// `id` "" makes one ("s1", "s2", ...). Refused: conflict when the id is taken, limit when there are too many.
  std::variant<std::shared_ptr<Simulation>, model::Refusal> create(std::string id, const architecture::Architecture& document,
                                                                   const architecture::Regions& regions,
                                                                   const architecture::Defaults& defaults, const Settings& settings);
  std::shared_ptr<Simulation> find(const std::string& id) const;  ///< nullptr when there is none
  std::vector<std::shared_ptr<Simulation>> list() const;          ///< by id
  bool remove(const std::string& id);                             ///< its thread ends when the last user lets go

 private:
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Simulation>> simulations_;
  std::size_t next_ = 1;
};

}  // namespace run

#pragma once
// The simulations of this server by id. Thread-safe.

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "run/simulation.h"

namespace run {

class Simulations {
 public:
  explicit Simulations(std::size_t limit) : limit_(limit) {}

  /// Makes it on the caller's thread; nobody else waits for that. `id` "" makes one ("s1", "s2", ...). Refused: conflict when the id is
  /// taken, limit when there are too many.
  std::variant<std::shared_ptr<Simulation>, model::Refusal> create(std::string id, const architecture::Architecture& document,
                                                                   const architecture::Regions& regions,
                                                                   const architecture::Defaults& defaults, const Settings& settings,
                                                                   const ScenarioPtr& scenario = nullptr);
  /// One that `make` makes, given its id. As create().
  std::variant<std::shared_ptr<Simulation>, model::Refusal> adopt(
      std::string id, const std::function<std::variant<std::unique_ptr<Simulation>, model::Refusal>(const std::string&)>& make);
  std::shared_ptr<Simulation> find(const std::string& id) const;  ///< nullptr when there is none
  std::vector<std::shared_ptr<Simulation>> list() const;          ///< by id
  /// nullptr when there is none. Its thread ends, and its memory is freed, when the last user lets go: that may take a while.
  std::shared_ptr<Simulation> remove(const std::string& id);

 private:
  std::optional<model::Refusal> reserve(std::string& id);

  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Simulation>> simulations_;
  std::set<std::string> making_;
  std::size_t next_ = 1;
};

}  // namespace run

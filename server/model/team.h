#pragma once
// Threads that run the shards of a World together. Made and owned outside (run::ThreadTeam): the model itself has no thread. What comes out
// does not depend on how many there are.

#include <functional>

namespace model {

class Team {
 public:
  virtual ~Team() = default;
  virtual unsigned size() const = 0;  ///< at least 1
  /// Calls job(0) to job(size() - 1), each on a thread of its own, one of them the caller's; returns when all have returned.
  virtual void run(const std::function<void(unsigned member)>& job) = 0;
  /// Within a job: returns when every member is there. What one did before, all see afterwards.
  virtual void meet() = 0;
};

}  // namespace model

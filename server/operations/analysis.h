#pragma once
// Whether a new version's calls are as good as they have to be: looks at what was counted since the look before, at the new version and at
// the old one. A plain value.

#include <cstdint>
#include <string>

#include "model/deployment_spec.h"
#include "model/histogram.h"
#include "model/world.h"

namespace operations {

class Analysis {
 public:
  enum class Verdict : std::uint8_t { goes_on, passed, failed, inconclusive };

  /// Begins, with what was counted up to now.
  void begin(const model::World& world, std::uint32_t service, std::uint32_t old_version, std::uint32_t new_version);
  /// The next look.
  Verdict look(const model::World& world, const model::AnalysisSpec& spec);
  const std::string& reason() const { return reason_; }  ///< of a verdict that is not good

 private:
  /// What callers saw of a version.
  struct Seen {
    std::uint64_t replies = 0;
    std::uint64_t errors = 0;
    model::Histogram response;

    Seen since(const Seen& before) const { return {replies - before.replies, errors - before.errors, response.since(before.response)}; }
  };
  Seen seen(const model::World& world, std::uint32_t profile) const;
  static double value_of(const Seen& seen, model::AnalysisSpec::Metric metric);
  static std::string broken(const Seen& fresh, const Seen& old, const model::AnalysisSpec::Bound& bound);

  std::uint32_t service_ = 0;
  std::uint32_t old_ = 0;
  std::uint32_t new_ = 0;
  Seen old_seen_;
  Seen new_seen_;
  std::uint32_t looks_ = 0;
  std::uint32_t failures_ = 0;
  std::uint32_t errors_ = 0;
  std::string reason_;
};

}  // namespace operations

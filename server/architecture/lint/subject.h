#pragma once
// A document as the rules of lint look at it: who calls whom, how long each waits, where it is in the document. Lives as long as what it
// was made of. Not changed after it was made; any thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "architecture/lint/lint.h"
#include "model/package.h"

namespace architecture::lint {

/// A dependency on another service.
struct Call {
  std::uint32_t caller = 0;  ///< service, as `callee`
  std::uint32_t callee = 0;
  std::uint32_t number = 0;  ///< among the caller's dependencies
  const model::DependencySpec* spec = nullptr;

  const model::Policy* policy() const { return spec->policy ? &*spec->policy : nullptr; }
};
using Calls = std::vector<Call>;

class Subject {
 public:
  Subject(const Architecture& document, const Defaults& defaults, const Regions& regions);

  const Architecture& document() const { return document_; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(document_.services.size()); }
  const Service& service(std::uint32_t index) const { return document_.services[index]; }
  const std::string& name(std::uint32_t index) const { return service(index).name; }
  const model::PackageInfo& package(std::uint32_t index) const { return *packages_[index]; }
  /// What it calls; itself and the registry left out.
  const Calls& calls_of(std::uint32_t index) const { return calls_[index]; }
  /// Zones of the region that has the fewest, of those that the document needs.
  std::uint32_t zones() const { return zones_; }
  /// Zones that its instances in a region are in; 0: it is outside of them.
  std::uint32_t zones_of(std::uint32_t index) const;

  /// A worker stays with its request while that waits for others.
  bool holds_workers(std::uint32_t index) const;

  // How long a caller waits, in ms; nothing: for ever. Without a policy as long as the called service says, and that long once more
  // elsewhere. Back-off is left out, so all tries may take longer.
  std::optional<double> try_limit_ms(const Call& call) const;
  std::optional<double> limit_ms(const Call& call) const;
  double usual_limit_ms(std::uint32_t callee) const;  ///< without a policy
  static constexpr std::uint32_t usual_attempts = 2;  ///< likewise
  static std::uint32_t attempts(const Call& call) { return call.policy() == nullptr ? usual_attempts : call.policy()->attempts; }

  std::string place(std::uint32_t index, const char* field = nullptr) const;  ///< "/services/3/count"
  std::string place(const Call& call) const;                                  ///< "/services/3/dependencies/0"

 private:
  const Architecture& document_;
  const Defaults& defaults_;
  std::vector<const model::PackageInfo*> packages_;
  std::vector<Calls> calls_;
  std::uint32_t zones_ = 1;
};

// Words for people.
std::string quoted(const std::string& name);                                ///< "\"login\""
std::string listed(const std::vector<std::string>& words);                  ///< "a, b and c", at most six of them
std::string duration_text(double ms);                                       ///< "900 ms", "2 s"
std::string counted(std::size_t count, const char* one, const char* many);  ///< "1 call", "3 calls"

}  // namespace architecture::lint

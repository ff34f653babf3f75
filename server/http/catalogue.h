#pragma once
// What simulations can be made of: the architecture documents by name, the regions, the defaults of packages. Thread-safe.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "architecture/architecture.h"
#include "architecture/read.h"
#include "http/templates.h"

namespace http {

class Catalogue {
 public:
  static constexpr std::size_t stored_max = 200;  ///< documents besides the built-in ones

  struct Entry {
    std::string text;  ///< as it was given
    std::shared_ptr<const architecture::Architecture> document;
    bool built_in = false;
  };

  Catalogue(architecture::Regions regions, architecture::Defaults defaults)
      : regions_(std::move(regions)), defaults_(std::move(defaults)) {}

  enum class Stored { made, replaced, read_only, full };
  /// The name in the document is replaced by `name`.
  std::variant<Stored, architecture::Problems> store(const std::string& name, std::string_view text, bool built_in);
  enum class Removed { done, missing, read_only };
  Removed remove(const std::string& name);
  std::shared_ptr<const Entry> find(const std::string& name) const;                ///< nullptr when there is none
  std::vector<std::pair<std::string, std::shared_ptr<const Entry>>> list() const;  ///< by name
  std::vector<std::string> names() const;

  Templates& templates() { return templates_; }
  const Templates& templates() const { return templates_; }
  const architecture::Regions& regions() const { return regions_; }
  const architecture::Defaults& defaults() const { return defaults_; }

 private:
  const architecture::Regions regions_;
  const architecture::Defaults defaults_;
  Templates templates_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Entry>> entries_;
};

}  // namespace http

#pragma once
// The templates of experiments that this server knows: those that come with it, and those that were stored. Thread-safe.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "architecture/experiment_template.h"

namespace http {

class Templates {
 public:
  static constexpr std::size_t stored_max = 200;  ///< besides the built-in ones

  struct Entry {
    std::string text;  ///< as it was given
    architecture::ExperimentTemplate form;
    bool built_in = false;
  };
  using EntryPtr = std::shared_ptr<const Entry>;

  enum class Stored { made, replaced, read_only, full };
  /// A problem when the document has another name.
  std::variant<Stored, architecture::Problems> store(const std::string& name, std::string_view text, bool built_in);
  enum class Removed { done, missing, read_only };
  Removed remove(const std::string& name);
  EntryPtr find(const std::string& name) const;  ///< nullptr when there is none
  std::vector<EntryPtr> list() const;            ///< by name
  std::vector<std::string> names() const;

  struct Read {
    model::ExperimentPtr experiment;  ///< with stand-ins for what is wrong; nullptr: there is too little to make one
    architecture::Problems problems;
  };
  /// An experiment, as it is or as {template, variables}.
  Read read(std::string_view body) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, EntryPtr> entries_;
};

}  // namespace http

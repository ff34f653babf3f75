#pragma once
// The files that simulations are made of: documents by name, the regions, the defaults of packages, the policies by name. Whoever cannot go
// on without one gets a line that says what to do. Any thread.

#include <map>
#include <optional>
#include <string>
#include <variant>

#include "architecture/architecture.h"

namespace run {

/// Where they lie, as the configuration or the command line says.
struct Places {
  std::string architectures;     ///< folder of documents
  std::string regions;           ///< file
  std::string packages;          ///< file
  std::string policies;          ///< file
  std::string experiments = {};  ///< folder of templates
  std::string scenarios = {};    ///< folder of documents
};

/// Whole file; false when it cannot be read.
bool read_file(const std::string& path, std::string& text);

/// The documents of a folder, each by its path; nothing when the folder cannot be read. "json_arch/netflixoss_arch.json" is called
/// netflixoss, "scenarios/zone-power-loss.json" zone-power-loss; schemas are left out.
std::optional<std::map<std::string, std::string>> document_files(const std::string& folder);

/// The content of the file, or one line for a person; `remedy` ends the one for a file that cannot be read: "name another with ...".
std::variant<architecture::Regions, std::string> read_regions_file(const std::string& path, const std::string& remedy);
std::variant<architecture::Defaults, std::string> read_defaults_file(const std::string& path, const std::string& remedy);
std::variant<architecture::PolicyPresets, std::string> read_policies_file(const std::string& path, const std::string& remedy);

}  // namespace run

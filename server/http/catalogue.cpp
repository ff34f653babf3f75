#include "http/catalogue.h"

#include <algorithm>

#include "run/catalogue.h"

namespace http {

std::variant<Catalogue::Stored, architecture::Problems> Catalogue::store(const std::string& name, std::string_view text, bool built_in) {
  auto read = architecture::read_architecture(text, run::package_names(), defaults_.protocols, defaults_.policies, defaults_.registries);
  if (auto* problems = std::get_if<architecture::Problems>(&read)) return std::move(*problems);
  auto document = std::make_shared<architecture::Architecture>(std::move(std::get<architecture::Architecture>(read)));
  document->name = name;
  const std::lock_guard lock(mutex_);
  const auto present = entries_.find(name);
  if (present != entries_.end() && present->second->built_in && !built_in) return Stored::read_only;
  const auto stored = std::count_if(entries_.begin(), entries_.end(), [](const auto& entry) { return !entry.second->built_in; });
  if (present == entries_.end() && !built_in && static_cast<std::size_t>(stored) >= stored_max) return Stored::full;
  const bool replaced = present != entries_.end();
  entries_[name] = std::make_shared<const Entry>(Entry{std::string(text), std::move(document), built_in});
  return replaced ? Stored::replaced : Stored::made;
}

Catalogue::Removed Catalogue::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto present = entries_.find(name);
  if (present == entries_.end()) return Removed::missing;
  if (present->second->built_in) return Removed::read_only;
  entries_.erase(present);
  return Removed::done;
}

std::shared_ptr<const Catalogue::Entry> Catalogue::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto present = entries_.find(name);
  return present == entries_.end() ? nullptr : present->second;
}

std::vector<std::pair<std::string, std::shared_ptr<const Catalogue::Entry>>> Catalogue::list() const {
  const std::lock_guard lock(mutex_);
  return {entries_.begin(), entries_.end()};
}

std::vector<std::string> Catalogue::names() const {
  std::vector<std::string> all;
  for (const auto& [name, entry] : list()) all.push_back(name);
  return all;
}

}  // namespace http

#include "http/templates.h"

#include <algorithm>

#include "model/problem_text.h"

namespace http {

using architecture::Problems;

std::variant<Templates::Stored, Problems> Templates::store(const std::string& name, std::string_view text, bool built_in) {
  auto read = architecture::read_experiment_template(text);
  if (auto* problems = std::get_if<Problems>(&read)) return std::move(*problems);
  auto entry = std::make_shared<Entry>();
  entry->text = text;
  entry->form = std::get<architecture::ExperimentTemplate>(std::move(read));
  entry->built_in = built_in;
  if (entry->form.name != name) {
    return Problems{{"/name", "badValue", "this has to be " + model::quoted(name) + ", as in the path", {name}}};
  }
  const std::scoped_lock lock(mutex_);
  const auto place = entries_.find(name);
  if (place != entries_.end()) {
    if (place->second->built_in) return Stored::read_only;
    place->second = std::move(entry);
    return Stored::replaced;
  }
  const auto stored = std::count_if(entries_.begin(), entries_.end(), [](const auto& e) { return !e.second->built_in; });
  if (!built_in && static_cast<std::size_t>(stored) >= stored_max) return Stored::full;
  entries_.emplace(name, std::move(entry));
  return Stored::made;
}

Templates::Removed Templates::remove(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  const auto place = entries_.find(name);
  if (place == entries_.end()) return Removed::missing;
  if (place->second->built_in) return Removed::read_only;
  entries_.erase(place);
  return Removed::done;
}

Templates::EntryPtr Templates::find(const std::string& name) const {
  const std::scoped_lock lock(mutex_);
  const auto place = entries_.find(name);
  return place == entries_.end() ? nullptr : place->second;
}

std::vector<Templates::EntryPtr> Templates::list() const {
  const std::scoped_lock lock(mutex_);
  std::vector<EntryPtr> all;
  for (const auto& entry : entries_) all.push_back(entry.second);
  return all;
}

std::vector<std::string> Templates::names() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> all;
  for (const auto& entry : entries_) all.push_back(entry.first);
  return all;
}

Templates::Read Templates::read(std::string_view body) const {
  using architecture::Need;
  const auto shared = [](model::ExperimentSpec spec) { return std::make_shared<const model::ExperimentSpec>(std::move(spec)); };
  auto parsed = architecture::parse_json(body);
  if (const auto* problem = std::get_if<model::Problem>(&parsed)) return {nullptr, {*problem}};
  const auto& value = std::get<architecture::JsonValue>(parsed);
  architecture::Report report;
  if (std::find(value.names.begin(), value.names.end(), "template") == value.names.end()) {
    auto experiment = shared(architecture::read_experiment(value, "", report));
    return {std::move(experiment), report.take()};
  }
  architecture::Fields fields(value, "", report);
  const std::string name = fields.text("template", Need::required, {architecture::name_length_max, false, true});
  const architecture::JsonValue* variables = fields.find("variables", Need::optional);
  fields.finish();
  const EntryPtr entry = find(name);
  if (!entry && report.empty()) {
    report.add("/template", "unknownTemplate", "There is no template " + model::quoted(name) + ".", model::nearest_first(name, names()));
  }
  if (!report.empty()) return {nullptr, report.take()};
  auto filled = architecture::fill_in(entry->form, variables, "/variables");
  if (auto* problems = std::get_if<Problems>(&filled)) return {nullptr, std::move(*problems)};
  return {shared(std::get<model::ExperimentSpec>(std::move(filled))), {}};
}

}  // namespace http

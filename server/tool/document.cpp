#include "tool/document.h"

#include "architecture/build.h"
#include "architecture/read.h"
#include "model/problem_text.h"
#include "run/catalogue.h"
#include "tool/command.h"

namespace tool {
namespace {

struct Document {
  std::string path;
  std::string name;  ///< under which it was found; "" for one that was named by its path
};

NoSpec one_line(int status, std::string line) {
  return {status, {std::move(line)}};
}

std::variant<Document, NoSpec> find_document(const std::string& wanted, const std::string& folder) {
  const auto known = run::document_files(folder);
  if (known) {
    if (const auto found = known->find(wanted); found != known->end()) return Document{found->second, wanted};
  }
  std::string text;
  if (run::read_file(wanted, text)) return Document{wanted, ""};
  const bool looks_like_a_path = wanted.find('/') != std::string::npos || wanted.ends_with(".json");
  if (looks_like_a_path) return one_line(bad_input, "cannot read the document " + wanted);
  if (!known) return one_line(bad_input, "cannot read the folder " + folder + ", where architectures are; name another with --config FILE");
  std::vector<std::string> names;
  for (const auto& [name, path] : *known) names.push_back(name);
  const std::string nearest = model::nearest_name(wanted, names);
  return one_line(bad_input, "there is no architecture " + model::quoted(wanted) + " in " + folder + ", and no file" +
                                 (nearest.empty() ? "; there are " + model::joined(names) : "; did you mean " + nearest + "?"));
}

/// The problems of a document, all of them.
NoSpec problems_of(const Document& document, const architecture::Problems& problems) {
  NoSpec none{bad_document, {}};
  none.lines.push_back(document.path + " has " + std::to_string(problems.size()) + (problems.size() == 1 ? " problem:" : " problems:"));
  for (const model::Problem& problem : problems) {
    none.lines.push_back("  " + (problem.pointer.empty() ? "the document" : problem.pointer) + ": " + problem.message);
  }
  return none;
}

/// What only a run can check: of the document, or the option that is too much for it.
NoSpec refused(const Document& document, const model::Refusal& refusal, const Options& options) {
  const std::string in_document = "/document";
  architecture::Problems problems;
  for (const model::Problem& problem : refusal.problems) {
    if (problem.pointer.rfind(in_document, 0) != 0) continue;
    problems.push_back(problem);
    problems.back().pointer.erase(0, in_document.size());
  }
  if (!problems.empty()) return problems_of(document, problems);
  const std::string pointer = refusal.problems.empty() ? "" : refusal.problems.front().pointer;
  std::string option;
  if (pointer == "/regions") option = "--regions " + std::to_string(options.regions) + " ";
  if (pointer == "/scalePercent") option = "--scale " + std::to_string(options.scale_percent) + " ";
  return one_line(bad_input, option + refusal.detail);
}

}  // namespace

std::variant<model::WorldSpec, NoSpec> read_spec(const Options& options, const run::Places& places) {
  const std::string remedy = "name another in the configuration";
  auto regions = run::read_regions_file(places.regions, remedy);
  if (auto* line = std::get_if<std::string>(&regions)) return one_line(bad_input, std::move(*line));
  auto read_defaults = run::read_defaults_file(places.packages, remedy);
  if (auto* line = std::get_if<std::string>(&read_defaults)) return one_line(bad_input, std::move(*line));
  auto policies = run::read_policies_file(places.policies, remedy);
  if (auto* line = std::get_if<std::string>(&policies)) return one_line(bad_input, std::move(*line));
  auto& defaults = std::get<architecture::Defaults>(read_defaults);
  defaults.policies = std::get<architecture::PolicyPresets>(std::move(policies));
  auto found = find_document(options.architecture, places.architectures);
  if (auto* none = std::get_if<NoSpec>(&found)) return std::move(*none);
  const auto& document = std::get<Document>(found);
  std::string text;
  if (!run::read_file(document.path, text)) return one_line(bad_input, "cannot read the document " + document.path);
  auto read = architecture::read_architecture(text, run::package_names(), defaults.protocols, defaults.policies, defaults.registries);
  if (const auto* problems = std::get_if<architecture::Problems>(&read)) return problems_of(document, *problems);
  auto& architecture = std::get<architecture::Architecture>(read);
  if (!document.name.empty()) architecture.name = document.name;  // as the server calls it
  auto built = architecture::build(architecture, std::get<architecture::Regions>(regions), defaults,
                                   {options.seed, options.scale_percent, options.regions});
  if (const auto* refusal = std::get_if<model::Refusal>(&built)) return refused(document, *refusal, options);
  auto& spec = std::get<model::WorldSpec>(built);
  spec.trace_sample_rate = 0;  // nobody looks at single requests here
  return std::move(spec);
}

}  // namespace tool

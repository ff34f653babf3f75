#include "run/files.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "architecture/read.h"
#include "run/catalogue.h"

namespace run {
namespace {

namespace fs = std::filesystem;

template <class Value, class Read>
std::variant<Value, std::string> read_config(const std::string& path, const std::string& remedy, Read read) {
  std::string text;
  if (!read_file(path, text)) return "cannot read " + path + "; " + remedy;
  auto result = read(text);
  if (auto* value = std::get_if<Value>(&result)) return std::move(*value);
  const auto& problems = std::get<architecture::Problems>(result);
  return "mend " + path + ": " + problems.front().pointer + " " + problems.front().message;
}

std::string name_of(const fs::path& file) {
  std::string name = file.stem().string();
  if (name.ends_with("_arch")) name.resize(name.size() - 5);
  return name;
}

}  // namespace

bool read_file(const std::string& path, std::string& text) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open()) return false;
  text.assign(std::istreambuf_iterator<char>(in), {});
  return !in.bad();
}

std::optional<std::map<std::string, std::string>> document_files(const std::string& folder) {
  std::error_code error;
  fs::directory_iterator files(folder, error);
  if (error) return std::nullopt;
  std::map<std::string, std::string> result;
  for (const fs::directory_entry& file : files) {
    if (file.path().extension() != ".json" || file.path().stem().extension() == ".schema") continue;
    result[name_of(file.path())] = file.path().string();
  }
  return result;
}

std::variant<architecture::Regions, std::string> read_regions_file(const std::string& path, const std::string& remedy) {
  return read_config<architecture::Regions>(path, remedy, architecture::read_regions);
}

std::variant<architecture::Defaults, std::string> read_defaults_file(const std::string& path, const std::string& remedy) {
  return read_config<architecture::Defaults>(path, remedy,
                                             [](const std::string& text) { return architecture::read_defaults(text, package_names()); });
}

std::variant<architecture::PolicyPresets, std::string> read_policies_file(const std::string& path, const std::string& remedy) {
  return read_config<architecture::PolicyPresets>(path, remedy, architecture::read_policies);
}

}  // namespace run

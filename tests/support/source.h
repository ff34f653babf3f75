#pragma once
// The files of the project that tests read, wherever it is.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace source {

/// That path of the project, as an absolute one.
inline std::string at(const std::string& path) {
  return (std::filesystem::path(SIMIANVIZ_SOURCE_DIR) / path).string();
}

/// The text of that file of the project; throws when there is none.
inline std::string text_of(const std::string& path) {
  std::ifstream file(at(path), std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace source

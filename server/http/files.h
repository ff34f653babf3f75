#pragma once
// The files of the dashboard, read from its folder when they are asked for. Thread-safe (no state but the folder's name).

#include <string>
#include <vector>

#include "http/message.h"

namespace http {

class StaticFiles {
 public:
  static constexpr std::size_t file_size_max = 32 << 20;  ///< bytes

  /// `folder` "" has no files.
  explicit StaticFiles(std::string folder) : folder_(std::move(folder)) {}

  /// "/" is index.html; 404 for what is not a plain file inside the folder or has a name that starts with a dot.
  Reply get(const std::vector<std::string>& segments) const;

 private:
  std::string folder_;
};

}  // namespace http

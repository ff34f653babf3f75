#include "http/files.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace http {
namespace {

const char* content_type_of(const std::string& extension) {
  static const std::map<std::string, const char*> types = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".webp", "image/webp"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".woff", "font/woff"},
      {".txt", "text/plain; charset=utf-8"},
      {".webmanifest", "application/manifest+json"},
  };
  const auto found = types.find(extension);
  return found == types.end() ? "application/octet-stream" : found->second;
}

bool is_plain(const std::string& segment) {
  return !segment.empty() && segment.front() != '.' && segment.find_first_of("/\\") == std::string::npos;
}

}  // namespace

Reply StaticFiles::get(const std::vector<std::string>& segments) const {
  std::filesystem::path file(folder_);
  bool has_hash = false;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].empty() && i + 1 == segments.size()) break;
    if (!is_plain(segments[i])) return problem(404, "There is no such file.");
    file /= segments[i];
    has_hash |= i == 0 && segments[i] == "assets";
  }
  if (segments.empty() || segments.back().empty()) file /= "index.html";
  std::error_code error;
  const auto size = std::filesystem::is_regular_file(file, error) ? std::filesystem::file_size(file, error) : 0;
  std::ifstream in;
  if (!folder_.empty() && !error && size <= file_size_max) in.open(file, std::ios::binary);
  if (!in.is_open() || !std::filesystem::is_regular_file(file, error)) return problem(404, "There is no such file.");
  Reply reply;
  reply.body.assign(std::istreambuf_iterator<char>(in), {});
  reply.content_type = content_type_of(file.extension().string());
  // Files under assets/ have a hash of their content in their name, so they never change.
  reply.headers.emplace_back("Cache-Control", has_hash ? "public, max-age=31536000, immutable" : "no-cache");
  return reply;
}

}  // namespace http

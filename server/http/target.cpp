#include "http/target.h"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

namespace http {

std::optional<Target> parse_target(std::string_view text) {
  if (text.empty() || text.size() > target_length_max || text.front() != '/') return std::nullopt;
  const auto parsed = boost::urls::parse_origin_form(text);
  if (!parsed) return std::nullopt;
  boost::urls::url url(*parsed);
  url.normalize_path();
  Target target;
  for (const auto& segment : url.segments()) {
    const std::string_view decoded(segment.data(), segment.size());
    if (decoded == "..") continue;
    target.segments.emplace_back(decoded);
    target.path += "/";
    target.path += decoded;
  }
  if (target.path.empty()) target.path = "/";
  for (const auto& parameter : url.params()) {
    if (target.query.size() == query_parameters_max) return std::nullopt;
    target.query.emplace_back(std::string(parameter.key.data(), parameter.key.size()),
                              std::string(parameter.value.data(), parameter.value.size()));
  }
  if (target.path.find('\0') != std::string::npos) return std::nullopt;
  return target;
}

}  // namespace http

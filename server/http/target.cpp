#include "http/target.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace http {

std::optional<Target> parse_target(std::string_view text) {
  if (text.empty() || text.size() > target_length_max || text.front() != '/') return std::nullopt;
  const auto parsed = boost::urls::parse_origin_form(text);
  if (!parsed) return std::nullopt;
  Target target;
  // Split before decoding: an encoded slash is part of its segment, and an encoded dot is a dot.
  for (const std::string& segment : parsed->segments()) {
    if (segment == "..") {
      if (!target.segments.empty()) target.segments.pop_back();
    } else if (segment != ".") {
      target.segments.push_back(segment);
    }
  }
  for (const std::string& segment : target.segments) target.path.append("/").append(segment);
  if (target.path.empty()) target.path = "/";
  for (const auto& parameter : parsed->params()) {
    if (target.query.size() == query_parameters_max) return std::nullopt;
    target.query.emplace_back(std::string(parameter.key.data(), parameter.key.size()),
                              std::string(parameter.value.data(), parameter.value.size()));
  }
  if (target.path.find('\0') != std::string::npos) return std::nullopt;
  return target;
}

}  // namespace http

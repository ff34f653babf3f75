#include "http/router.h"

#include <algorithm>
#include <cassert>

namespace http {
namespace {

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> segments;
  std::size_t from = 1;
  while (from <= path.size()) {
    const std::size_t to = std::min(path.find('/', from), path.size());
    segments.push_back(path.substr(from, to - from));
    from = to + 1;
  }
  return segments;
}

bool is_parameter(const std::string& segment) {
  return segment.size() > 2 && segment.front() == '{';
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  if (pattern.size() != segments.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_parameter(pattern[i]) ? segments[i].empty() : pattern[i] != segments[i]) return false;
  }
  return true;
}

/// Whether `a` says more than `b` at the first place where they differ in kind.
bool more_literal(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (is_parameter(a[i]) != is_parameter(b[i])) return is_parameter(b[i]);
  }
  return false;
}

}  // namespace

void Router::add(Route route) {
  for ([[maybe_unused]] const Route& other : routes_) {
    assert(other.operation != route.operation);
    assert(other.method != route.method || other.path != route.path);
  }
  templates_.push_back(split(route.path));
  routes_.push_back(std::move(route));
}

void Router::add(std::vector<Route> routes) {
  for (Route& route : routes) add(std::move(route));
}

Router::Match Router::find(const std::string& method, const std::vector<std::string>& segments) const {
  const std::vector<std::string>* best = nullptr;
  for (const auto& pattern : templates_) {
    if (matches(pattern, segments) && (best == nullptr || more_literal(pattern, *best))) best = &pattern;
  }
  Match match;
  if (best == nullptr) return match;
  const std::string& wanted = method == "HEAD" ? "GET" : method;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (templates_[i] != *best) continue;
    match.allowed.push_back(routes_[i].method);
    if (routes_[i].method == "GET") match.allowed.push_back("HEAD");
    if (routes_[i].method == wanted) match.route = &routes_[i];
  }
  match.allowed.push_back("OPTIONS");
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string& pattern = (*best)[i];
    if (is_parameter(pattern)) match.params[pattern.substr(1, pattern.size() - 2)] = segments[i];
  }
  return match;
}

}  // namespace http

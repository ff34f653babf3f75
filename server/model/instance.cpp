#include "model/instance.h"

#include <charconv>

namespace model {

std::uint32_t& StateCounts::operator[](InstanceState state) {
  switch (state) {
    case InstanceState::starting:
      return starting;
    case InstanceState::up:
      return up;
    case InstanceState::draining:
      return draining;
    case InstanceState::down:
      return down;
    case InstanceState::dead:
      break;
  }
  return dead;
}

void StateCounts::add(const StateCounts& other) {
  starting += other.starting;
  up += other.up;
  draining += other.draining;
  down += other.down;
  dead += other.dead;
}

std::string serial_text(std::uint32_t serial) {
  std::string text = std::to_string(serial);
  return serial < 10 ? '0' + text : text;
}

std::optional<std::uint32_t> serial_in(const std::string& name, const std::string& prefix) {
  if (name.size() <= prefix.size() || name.compare(0, prefix.size(), prefix) != 0) return std::nullopt;
  std::uint32_t serial = 0;
  const auto [end, error] = std::from_chars(name.data() + prefix.size(), name.data() + name.size(), serial);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return name.compare(prefix.size(), std::string::npos, serial_text(serial)) == 0 ? std::optional(serial) : std::nullopt;
}

}  // namespace model

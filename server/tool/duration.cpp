#include "tool/duration.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "model/problem_text.h"

namespace tool {

std::optional<sim::Time> read_duration(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + digits, number, std::chars_format::fixed);
  if (digits == 0 || read.ec != std::errc() || read.ptr != text.data() + digits) return std::nullopt;
  const std::string_view unit = text.substr(digits);
  constexpr std::pair<std::string_view, sim::Time> units[] = {
      {"", sim::second}, {"ms", sim::millisecond}, {"s", sim::second}, {"m", 60 * sim::second}, {"h", sim::hour}};
  const auto* const known = std::find_if(std::begin(units), std::end(units), [&](const auto& u) { return u.first == unit; });
  if (known == std::end(units)) return std::nullopt;
  const double ns = number * static_cast<double>(known->second) + 0.5;
  if (ns >= static_cast<double>(sim::never)) return std::nullopt;
  return static_cast<sim::Time>(ns);
}

std::string seconds_text(sim::Time time) {
  return model::number_text(sim::to_seconds(time)) + " s";
}

}  // namespace tool

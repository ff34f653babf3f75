#include "model/release.h"

#include <array>

namespace model {
namespace {

/// One to three numbers with dots between; how many there are.
std::optional<std::size_t> numbers_of(const std::string& text, std::array<std::uint32_t, 3>& numbers) {
  std::size_t count = 0;
  std::size_t digits = 0;
  for (const char c : text + ".") {
    if (c == '.') {
      if (digits == 0 || ++count > numbers.size()) return std::nullopt;
      digits = 0;
      continue;
    }
    if (c < '0' || c > '9' || count >= numbers.size()) return std::nullopt;
    const std::uint32_t next = numbers[count] * 10 + static_cast<std::uint32_t>(c - '0');
    if (next > Release::number_max || ++digits > 6) return std::nullopt;
    numbers[count] = next;
  }
  return count;
}

}  // namespace

std::optional<Release> release_of(const std::string& version) {
  std::array<std::uint32_t, 3> numbers{};
  if (numbers_of(version, numbers) != numbers.size()) return std::nullopt;
  return Release{numbers[0], numbers[1], numbers[2]};
}

std::string to_text(const Release& release) {
  return std::to_string(release.interface) + "." + std::to_string(release.feature) + "." + std::to_string(release.bugfix);
}

std::optional<VersionRange> range_of(const std::string& text) {
  std::array<std::uint32_t, 3> numbers{};
  const auto count = numbers_of(text, numbers);
  if (!count) return std::nullopt;
  VersionRange range{{numbers[0], numbers[1], numbers[2]}, {numbers[0], numbers[1], numbers[2]}};
  if (*count < 3) range.max.bugfix = Release::number_max;
  if (*count < 2) range.max.feature = Release::number_max;
  return range;
}

std::optional<VersionRange> range_between(const std::string& min, const std::string& max) {
  const auto low = range_of(min);
  const auto high = range_of(max);
  if (!low || !high || low->min > high->max) return std::nullopt;
  return VersionRange{low->min, high->max};
}

std::string to_text(const VersionRange& range) {
  const auto [min, max] = range;
  if (min == max) return to_text(min);
  const bool whole = min.bugfix == 0 && max.bugfix == Release::number_max && min.interface == max.interface;
  if (whole && min.feature == max.feature) return std::to_string(min.interface) + "." + std::to_string(min.feature);
  if (whole && min.feature == 0 && max.feature == Release::number_max) return std::to_string(min.interface);
  return to_text(min) + " to " + to_text(max);
}

}  // namespace model

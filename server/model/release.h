#pragma once
// Versions of services: Interface.Feature.Bugfix ("1.2.3"). A client that is bound to an interface can do with any feature and any bugfix
// of it. Names that are no such three numbers are allowed; those have no order, and everybody can do with them. Pure functions, plain data.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace model {

struct Release {
  static constexpr std::uint32_t number_max = 999'999;

  std::uint32_t interface = 0;
  std::uint32_t feature = 0;
  std::uint32_t bugfix = 0;

  auto operator<=>(const Release&) const = default;
};
/// Nothing when it is another name.
std::optional<Release> release_of(const std::string& version);
std::string to_text(const Release& release);

/// Which versions a client can do with, or a version can stand for.
struct VersionRange {
  Release min;
  Release max;

  bool takes(const Release& release) const { return min <= release && release <= max; }
  bool meets(const VersionRange& other) const { return min <= other.max && other.min <= max; }
  bool operator==(const VersionRange&) const = default;
};
/// Of one to three numbers: "1.3" is every bugfix of that feature. Nothing when it is none of these.
std::optional<VersionRange> range_of(const std::string& text);
/// From the first of `min` to the last of `max`, each as above. Nothing when one is wrong or there is nothing between.
std::optional<VersionRange> range_between(const std::string& min, const std::string& max);
std::string to_text(const VersionRange& range);

/// What a version is in itself: what of it may be pushed.
struct VersionSpec {
  std::string name;
  double service_time_factor = 1;        ///< against the service's settings, 0.001 to 1,000
  double error_rate = 0;                 ///< chance that a call fails in it, 0 to 1
  std::optional<double> start_up_ms;     ///< of its instances; nothing: the service's
  std::optional<double> crash_after_ms;  ///< a leak: an instance dies about so long after it came up
  std::optional<VersionRange> contract;  ///< it can stand for these; nothing: for itself

  bool operator==(const VersionSpec&) const = default;
};

}  // namespace model

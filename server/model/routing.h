#pragma once
// Which version of a service a request goes to, when that matters: rules that people make, shares that a deployment gives to versions, what
// clients can do with, and how much traffic places get. Plain data. People's part is RoutingSpec; VersionTable and Steering are made of it,
// at barriers, for shards to read: see steering.cpp. What decides is in steer.cpp.

#include <cstdint>
#include <string>
#include <vector>

#include "model/release.h"

namespace model {

struct RouteRule {
  // Which requests: all parts have to hold.
  std::string header;          ///< those that carry a header of this name; a user's requests all do, or none does; "": whatever they carry
  double percent = 100;        ///< how many of the users that is: a cohort; 0 to 100
  std::string client;          ///< from instances of this service; "": of any
  std::string client_version;  ///< of this version of it; "": of any
  // What becomes of them.
  std::string to_version;
  double weight = 100;  ///< so many percent of them go there; the others go on to the next rule
  bool sticky = false;  ///< always the same users' of them, not any
  bool mirror = false;  ///< a copy goes there, whose answer nobody waits for; the request goes on to the next rule

  bool operator==(const RouteRule&) const = default;
};

struct RoutingSpec {
  static constexpr std::size_t rules_max = 100;
  std::vector<RouteRule> rules;

  bool operator==(const RoutingSpec&) const = default;
};

/// A feature that one version has, and can be switched on and off while it runs.
struct FeatureFlag {
  static constexpr std::size_t flags_max = 100;
  std::string name;
  std::string version;  ///< which has it
  bool on = false;
  double service_time_factor = 1;  ///< while it is on, on top of the version's; 0.001 to 1,000
  double error_rate = 0;           ///< while it is on, beside the version's; 0 to 1

  bool operator==(const FeatureFlag&) const = default;
};

/// How much of the traffic of a service its versions get, as a deployment has it.
struct VersionShare {
  std::uint32_t profile = 0;
  double percent = 0;

  bool operator==(const VersionShare&) const = default;
};

/// The same, for shards. Versions are numbered by their place in Service::profiles.
struct VersionTable {
  static constexpr std::uint32_t any = 0xffffffffU;

  struct Rule {
    std::uint32_t version = 0;
    std::uint32_t client = any;           ///< service
    std::vector<std::uint32_t> profiles;  ///< of the client; when `by_version`
    bool by_version = false;
    std::uint64_t salt = 0;    ///< of the cohort
    std::uint64_t cohort = 0;  ///< sim::threshold
    std::uint64_t weight = 0;  ///< likewise
    bool sticky = false;
    bool mirror = false;
  };
  struct Share {
    std::uint32_t version = 0;
    std::uint64_t weight = 0;
  };
  std::vector<Rule> rules;
  std::vector<Share> shares;          ///< those that are not there get none; empty: all alike
  std::vector<std::uint8_t> for_all;  ///< by version: gets requests that no rule is about
};

/// Which versions fit: one, or of those that the client can do with and that are for all.
struct WantedVersions {
  static constexpr std::uint32_t any = VersionTable::any;
  std::uint32_t version = any;
  const std::vector<std::uint8_t>* accepted = nullptr;  ///< by version; nullptr or empty: all
  const std::vector<std::uint8_t>* for_all = nullptr;   ///< likewise

  static bool has(const std::vector<std::uint8_t>* versions, std::uint32_t v) {
    return versions == nullptr || versions->empty() || (v < versions->size() && (*versions)[v] != 0);
  }
  bool take(std::uint32_t v) const { return version != any ? v == version : has(accepted, v) && has(for_all, v); }
};

/// What the shards' side of all that is made of, in one place. Nothing in it while nobody steers.
struct Steering {
  static constexpr std::uint32_t whole = 10'000;  ///< of a place's traffic, that it gets its usual part

  std::vector<VersionTable> tables;                  ///< by service; empty: no versions matter
  std::vector<std::vector<std::uint32_t>> versions;  ///< by shard and slot: the version of the instance that has it, or had it last
  std::vector<std::vector<std::uint8_t>> accepted;   ///< by dependency and version: whether the client can do with it; empty: any
  std::vector<std::vector<std::uint8_t>> preferred;  ///< likewise: and gets it without a rule
  std::vector<std::uint32_t> traffic;                ///< by location, up to `whole`; empty: everywhere the whole

  bool fits(const WantedVersions& wanted, std::uint32_t shard, std::uint32_t slot) const {
    return versions.empty() || wanted.take(versions[shard][slot]);
  }
  std::uint32_t traffic_in(std::uint32_t location) const { return traffic.empty() ? whole : traffic[location]; }
};

}  // namespace model

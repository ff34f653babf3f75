#pragma once
// Which calls a service turns down as they arrive, before they cost it any work: when so many are in hand already (a limit, fixed or found
// out from response times, with shares for classes of requests), or when its workers are so busy (prioritised shedding). What decides is in
// policies/; see shed.cpp. Plain data.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policies/concurrency.h"
#include "policies/shedding.h"

namespace model {

struct Shedding {
  using Shares = std::array<double, policies::importances>;

  std::optional<policies::ConcurrencySpec> limit;        ///< calls in hand of an instance
  std::optional<Shares> shares;                          ///< of the limit, each 0 to 1, of all at most 1; needs one
  std::optional<policies::UtilisationSpec> utilisation;  ///< of its workers

  bool operator==(const Shedding&) const = default;
};

/// "critical", "degraded", "bestEffort", "bulk"; "fixed", "aimd", "vegas", "gradient2", "envoy": in the order of the values.
const std::vector<std::string>& importance_names();
const std::vector<std::string>& limit_names();

/// Of the eight priorities two are a class: 0 and 1 are critical, 6 and 7 bulk.
constexpr policies::Importance importance_of(std::uint8_t priority) {
  return static_cast<policies::Importance>(priority / 2);
}

/// What one instance keeps for it. Lost when the instance dies.
struct Shedder {
  std::uint32_t spec = 0;  ///< index of Shared::sheddings; 0: it sheds nothing
  std::optional<policies::ConcurrencyLimit> limit;
  std::array<std::uint32_t, policies::importances> in_hand{};  ///< calls accepted and not answered
  policies::MeanShare busy;
};

}  // namespace model

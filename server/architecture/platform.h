#pragma once
// What a document says of the platform that its services run on: machines, functions, how things start. Plain data.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/function.h"
#include "model/machines.h"
#include "model/start_up.h"

namespace architecture {

/// Of a function; what its document leaves out comes from "functions" in config/packages.json.
struct FunctionSettings {
  std::optional<std::uint32_t> memory_mb;    ///< 1 to 1,048,576
  std::optional<std::uint32_t> concurrency;  ///< calls at a time in a region, 1 to 65,535
  std::optional<double> keep_alive_ms;       ///< 0 to 86,400,000
  std::optional<model::DistributionSpec> cold_start;
  std::optional<double> billed_by_ms;  ///< 1 to 60,000
  std::optional<bool> cold_start_billed;
  std::optional<double> dollars_per_gb_second;  ///< 0 to 1,000
  std::optional<double> dollars_per_million;    ///< 0 to 1,000,000
};
/// `own` over `usual`, which has everything.
model::FunctionSpec function_spec(const FunctionSettings& own, const FunctionSettings& usual);

/// Of a service.
struct Platform {
  model::StartUpSpec starting;
  std::optional<std::uint32_t> memory_mb;  ///< of an instance, 1 to MachineTypeSpec::memory_max
  FunctionSettings function;
};

/// Of a document, and of the catalogue (config/packages.json).
struct Platforms {
  std::vector<model::MachineTypeSpec> machines;       ///< types that services may name as their `machine`
  bool cold_start = false;                            ///< documents only
  FunctionSettings function;                          ///< catalogue only, everything
  std::optional<std::uint32_t> function_concurrency;  ///< of all functions in a region, 1 to 1,000,000
};

}  // namespace architecture

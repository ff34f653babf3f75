#pragma once
// JSON text to plain data, with every problem of a bad document at once. Pure functions of their input, any thread.
// The form of the documents is in json_arch/architecture.schema.json.

#include <cstddef>
#include <string_view>
#include <variant>
#include <vector>

#include "architecture/architecture.h"
#include "model/deployment_spec.h"
#include "model/problem.h"
#include "model/routing.h"
#include "policies/autoscaler.h"

namespace architecture {

using Problems = std::vector<model::Problem>;

/// Named limits of a document; one past each is a problem.
inline constexpr std::size_t services_max = 1'000;
inline constexpr std::size_t name_length_max = 100;
inline constexpr std::size_t text_length_max = 10'000;  ///< description, args ..., in characters
inline constexpr std::uint32_t count_max = 1'000'000;
inline constexpr std::uint32_t regions_max = 64;
inline constexpr std::size_t trace_rows_max = 1'000'000;
inline constexpr std::size_t mix_max = 100;  ///< kinds of requests in a mix
inline constexpr std::size_t shape_points_max = 10'000;
inline constexpr std::size_t protocols_max = 100;
inline constexpr std::size_t registries_max = 100;  ///< presets
inline constexpr std::size_t policies_max = 100;    ///< presets
inline constexpr std::size_t machine_types_max = 100;
inline constexpr std::uint32_t function_concurrency_max = 1'000'000;  ///< of all functions in a region
inline constexpr std::uint32_t workers_max = 65'535;
inline constexpr std::uint32_t queue_limit_max = 1'000'000;
inline constexpr std::uint32_t connections_max = 65'535;
inline constexpr double message_bytes_max = 1e9;
inline constexpr std::size_t message_tables_max = 2'000;  ///< distributions of bytes in a document that take a table (21 KB each)

/// Reads an architecture document. Accepts every document that spigo accepts, apart from unknown fields. `packages` are the known package
/// names, `protocols`, `policies` and `registries` those that it may name. A dependency is another service, the service itself (a cluster)
/// or "eureka". `regions` and `count` that are left out are 0, as in spigo.
std::variant<Architecture, Problems> read_architecture(std::string_view json, const std::vector<std::string>& packages,
                                                       const std::vector<model::Protocol>& protocols, const PolicyPresets& policies = {},
                                                       const RegistryPresets& registries = {});

/// Reads the policy of a dependency, as a document has it.
std::variant<model::Policy, Problems> read_policy(std::string_view json, const PolicyPresets& policies);

/// Reads the load shedding of a service, as a document has it.
std::variant<model::Shedding, Problems> read_shedding(std::string_view json);

/// Reads an autoscaler, as a document has it.
std::variant<policies::AutoscalerSpec, Problems> read_autoscaler(std::string_view json);

/// Reads a deployment: a version and how it is to replace the one before (docs/api.md).
std::variant<model::DeploymentSpec, Problems> read_deployment(std::string_view json);
std::variant<model::RoutingSpec, Problems> read_routing(std::string_view json);
std::variant<std::vector<model::FeatureFlag>, Problems> read_flags(std::string_view json);

/// Reads the load of a load source, as a service's `load` has it. A rate that is left out stays out: it is what the service had.
std::variant<model::LoadSpec, Problems> read_load(std::string_view json);

/// Reads config/regions.json.
std::variant<Regions, Problems> read_regions(std::string_view json);

/// Reads config/packages.json; every package in `packages` must be there with every field, and protocols.
std::variant<Defaults, Problems> read_defaults(std::string_view json, const std::vector<std::string>& packages);

/// Reads config/policies.json: policies by name, each with why and source.
std::variant<PolicyPresets, Problems> read_policies(std::string_view json);

}  // namespace architecture

#pragma once
// Adding up what a snapshot knows of a service.

#include <cstdint>
#include <string>

#include "http/json_writer.h"
#include "run/snapshot.h"

namespace http::routes {

enum class HistogramKind { response, service, network };

/// Of all cells of a service, or of those in one zone ("us-east-1.zoneA") when `zone` is not "".
model::Histogram merged_histogram(const run::Structure& structure, const run::Histograms* histograms, std::uint32_t service,
                                  const std::string& zone, HistogramKind kind);

/// How many responses of a service failed.
std::uint64_t error_count(const run::Structure& structure, const run::Histograms* histograms, std::uint32_t service);

/// `{kind, unit, count, p50Ms, p95Ms, p99Ms, meanMs, buckets: [{fromMs, toMs, count}]}`
void write_histogram(JsonWriter& json, const char* kind, const model::Histogram& histogram);

/// Requests and errors of a service up to the moment of `counters`.
run::CellCount service_count(const run::Structure& structure, const run::Counters& counters, std::uint32_t service);

}  // namespace http::routes

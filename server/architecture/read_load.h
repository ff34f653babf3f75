#pragma once
// The load of a load source: one reader for documents and for requests that change a running simulation.

#include <string_view>

#include "architecture/read_fields.h"
#include "model/load_spec.h"

namespace architecture {

/// What a rate is multiplied by.
inline constexpr NumberRange load_factor_range{0, model::LoadSpec::factor_max};

model::LoadSpec read_load(const JsonValue& value, const std::string& pointer, Report& report);

/// Reports a load whose rate or number of users is too large where its factors are largest.
void check_peak(const model::LoadSpec& load, const std::string& pointer, Report& report);

// Its larger parts.
model::ShapeSpec read_shape(const JsonValue& value, const std::string& pointer, Report& report);
/// CSV, each row the seconds since the load was set, and after a comma, if it is given, the name of one of `mix`. The first row may be a
/// header: its first cell begins with a letter. Ends of lines are LF or CR LF; empty lines are skipped.
std::vector<model::TraceRow> read_trace(std::string_view csv, const std::vector<model::RequestSpec>& mix, const std::string& pointer,
                                        Report& report);

}  // namespace architecture

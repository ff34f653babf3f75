#include "architecture/read_settings.h"

#include "architecture/read_distribution.h"
#include "architecture/read_load.h"

namespace architecture {
namespace {

std::optional<double> read_number(Fields& fields, const char* name, Need need, NumberRange range) {
  if (!fields.has(name)) {
    fields.find(name, need);
    return std::nullopt;
  }
  return fields.number(name, need, range, range.min);
}

std::optional<std::uint32_t> read_integer(Fields& fields, const char* name, Need need, std::uint32_t min, std::uint32_t max) {
  if (!fields.has(name)) {
    fields.find(name, need);
    return std::nullopt;
  }
  return fields.integer(name, need, max, min, min);
}

/// A number, or null for never.
std::optional<std::optional<double>> read_number_or_null(Fields& fields, const char* name, Need need, NumberRange range) {
  if (!fields.is_null(name)) {
    const std::optional<double> number = read_number(fields, name, need, range);
    if (!number) return std::nullopt;
    return std::optional<std::optional<double>>(std::in_place, number);
  }
  fields.find(name, need);
  return std::optional<std::optional<double>>(std::in_place, std::nullopt);
}

}  // namespace

ServiceSettings read_settings(Fields& fields, Need need) {
  ServiceSettings settings;
  if (const JsonValue* value = fields.find("serviceTime", need)) {
    settings.service_time = read_distribution(*value, fields.pointer_to("serviceTime"), fields.report());
  }
  settings.concurrency = read_integer(fields, "concurrency", need, 1, workers_max);
  settings.queue_limit = read_integer(fields, "queueLimit", need, 0, queue_limit_max);
  settings.hit_ratio = read_number(fields, "hitRatio", need, {0, 1});
  settings.error_rate = read_number(fields, "errorRate", need, {0, 1});
  settings.timeout_ms = read_number(fields, "timeoutMs", need, {0.001, 3'600'000});
  settings.start_up_ms = read_number(fields, "startUpMs", need, {0, 86'400'000});
  settings.replace_after_ms = read_number_or_null(fields, "replaceAfterMs", need, {0, 86'400'000});
  settings.requests_per_second = read_number(fields, "requestsPerSecond", need, {0, 1'000'000});
  if (need == Need::optional) {
    if (const JsonValue* value = fields.find("load", need)) {
      settings.load = read_load(*value, fields.pointer_to("load"), fields.report());
      if (settings.load->requests_per_second && settings.requests_per_second) {
        fields.report().add(fields.pointer_to("requestsPerSecond"), "conflict",
                            "The load says how many requests a second there are, of all instances together; give one of the two.");
      }
    }
  }
  return settings;
}

}  // namespace architecture

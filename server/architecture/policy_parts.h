#pragma once
// What readers of parts of a policy have in common. Any thread.

#include <cstdint>
#include <string>

#include "architecture/read_fields.h"
#include "architecture/read_json.h"
#include "model/policy.h"
#include "sim/time.h"

namespace architecture {

inline constexpr NumberRange patience_range{0.001, hour_ms};
inline constexpr NumberRange delay_range{0, hour_ms};
inline constexpr NumberRange some_percent_range{0.001, 100};

/// A problem with two members that do not go together, at the one that is there.
inline void conflict(Fields& fields, const char* first, const char* second, const char* code, const std::string& message) {
  fields.report().add(fields.pointer_to(fields.has(first) ? first : second), code, message);
}

/// Reads members over what is there already.
class Over {
 public:
  explicit Over(Fields& fields) : fields_(fields) {}

  /// In ms.
  void time(const char* name, NumberRange range, sim::Time& value, Need need = Need::optional) {
    const bool given = fields_.has(name);
    const double ms = fields_.number(name, need, range, sim::to_ms(value));
    if (given) value = sim::from_ms(ms);
  }
  /// As time(); null is `none`.
  void time_or(const char* name, NumberRange range, sim::Time none, sim::Time& value) {
    if (is_null(name)) {
      value = none;
      fields_.find(name, Need::optional);
    } else {
      time(name, range, value);
    }
  }
  void integer(const char* name, std::uint32_t min, std::uint32_t max, std::uint32_t& value, Need need = Need::optional) {
    value = fields_.integer(name, need, max, min, value);
  }
  void integer_or(const char* name, std::uint32_t min, std::uint32_t max, std::uint32_t none, std::uint32_t& value) {
    if (is_null(name)) {
      value = none;
      fields_.find(name, Need::optional);
    } else {
      integer(name, min, max, value);
    }
  }
  void number(const char* name, NumberRange range, double& value) { value = fields_.number(name, Need::optional, range, value); }
  void flag(const char* name, bool& value) { value = fields_.flag(name, Need::optional, value); }
  bool is_null(const char* name) const { return fields_.is_null(name); }

 private:
  Fields& fields_;
};

/// An object of the policy: null brings `value` back to `without`, an object is read over it. `read` says whether it knew what the members
/// are; else they are not judged.
template <class Value, class Read>
void section(Fields& outer, const char* name, Value& value, const Value& without, Read read) {
  const JsonValue* given = outer.find(name, Need::optional);
  if (given == nullptr) return;
  if (given->kind == JsonValue::Kind::null) {
    value = without;
    return;
  }
  Fields fields(*given, outer.pointer_to(name), outer.report());
  if (!fields.is_object()) return;
  if (read(fields, value)) fields.finish();
}

/// Which instances are asked, and which are left alone: `balancer`, `outliers`, `healthCheck`, `serverBreaker`.
void read_balancing_sections(Fields& fields, model::Policy& policy);

}  // namespace architecture

#pragma once
// Reading an object member by member: each read names a field, its type and its bounds once; what is wrong is reported and a stand-in
// returned, so that reading goes on and finds every problem; what nobody asked for is reported at the end.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "architecture/read.h"
#include "architecture/read_json.h"
#include "sim/time.h"

namespace architecture {

/// Collects problems, at most problems_max (a hostile document must not make a huge answer).
class Report {
 public:
  static constexpr std::size_t problems_max = 1'000;
  /// What an optional member that is null is: wrong as any other value of a wrong type, or as good as left out.
  enum class Null { wrong, absent };

  explicit Report(Null null = Null::wrong) : null_(null) {}
  void add(std::string pointer, std::string code, std::string message, std::vector<std::string> known = {});
  bool empty() const { return problems_.empty(); }
  std::size_t size() const { return problems_.size(); }
  Problems take() { return std::move(problems_); }
  Null null() const { return null_; }

 private:
  Null null_;
  Problems problems_;
};

enum class Need { required, optional };

struct NumberRange {
  double min;
  double max;
};

struct TextRule {
  std::size_t length_max;
  bool name = false;    ///< letters, digits, "-" and "_", at least one
  bool filled = false;  ///< not ""
};

// What more than one part of a document is held to.
inline constexpr TextRule name_rule{name_length_max, true};
inline constexpr TextRule filled_rule{name_length_max, false, true};
inline constexpr TextRule text_rule{text_length_max};
inline constexpr TextRule filled_text_rule{text_length_max, false, true};
inline constexpr NumberRange percent_range{0, 100};
inline constexpr NumberRange chance_range{0, 1};
inline constexpr double hour_ms = 3'600'000;
inline constexpr double day_ms = 24 * hour_ms;
inline constexpr double week_ms = 7 * day_ms;
inline constexpr std::uint32_t many = 1'000'000;

/// The members of one JSON object. REQUIRES: the value and the report outlive it.
class Fields {
 public:
  /// Reports a value that is no object, and names that are given twice (the first one counts).
  Fields(const JsonValue& value, std::string pointer, Report& report);

  /// The member, or nullptr when it is not there (reported when it is required).
  const JsonValue* find(const char* name, Need need);

  // Each returns the member, or `fallback` when it is missing or wrong.
  std::string text(const char* name, Need need, TextRule rule);
  bool flag(const char* name, Need need, bool fallback = false);
  double number(const char* name, Need need, NumberRange range, double fallback = 0);
  std::uint32_t integer(const char* name, Need need, std::uint32_t max, std::uint32_t min = 0, std::uint32_t fallback = 0);
  /// Index in `names`; nothing when the member is missing or none of them. `what` says what they are: "a distribution".
  std::optional<std::size_t> choice(const char* name, Need need, const std::vector<std::string>& names, const char* what);
  /// "" stands for an item that is wrong.
  std::vector<std::string> texts(const char* name, Need need, TextRule rule, std::size_t items_max);

  bool has(std::string_view name) const;
  /// Whether it is there and null.
  bool is_null(std::string_view name) const;
  bool is_object() const { return is_object_; }
  std::string pointer_to(std::string_view name) const;
  const std::string& pointer() const { return pointer_; }
  Report& report() { return report_; }

  /// The members that nobody asks for may be there: finish() does not report them.
  void leave_rest();
  /// Reports every member that was not asked for; call once, last.
  void finish();

 private:
  std::string pointer_;
  Report& report_;
  bool is_object_;
  std::map<std::string_view, const JsonValue*> members_;
  std::vector<std::string> asked_;
};

/// A time in ms, over what is there; it stays when the member is missing or wrong.
void read_time(Fields& fields, const char* name, NumberRange range, sim::Time& time);

/// The pieces Fields is made of, for values that are not members.
bool check_kind(const JsonValue& value, JsonValue::Kind kind, const std::string& pointer, Report& report);
bool check_number(const JsonValue& value, NumberRange range, const std::string& pointer, Report& report);
bool check_text(const JsonValue& value, TextRule rule, const std::string& pointer, Report& report);
std::optional<std::size_t> check_choice(const JsonValue& value, const std::vector<std::string>& names, const char* what,
                                        const std::string& pointer, Report& report);
bool is_name_character(char c);
std::string item_pointer(const std::string& pointer, std::size_t index);

}  // namespace architecture

#include "architecture/read_fields.h"

#include <algorithm>
#include <cmath>

#include "model/problem_text.h"

namespace architecture {
namespace {

bool control_character(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

std::size_t characters(std::string_view text) {
  const auto count = std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  return static_cast<std::size_t>(count);
}

}  // namespace

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

void Report::add(std::string pointer, std::string code, std::string message, std::vector<std::string> known) {
  if (problems_.size() >= problems_max) return;
  if (problems_.size() + 1 == problems_max) {
    problems_.push_back({"", "tooManyProblems", "There are more problems than the " + std::to_string(problems_max - 1) + " listed.", {}});
    return;
  }
  problems_.push_back({std::move(pointer), std::move(code), std::move(message), std::move(known)});
}

std::string item_pointer(const std::string& pointer, std::size_t index) {
  return pointer + "/" + std::to_string(index);
}

bool check_kind(const JsonValue& value, JsonValue::Kind kind, const std::string& pointer, Report& report) {
  if (value.kind == kind) return true;
  report.add(pointer, "wrongType", std::string("This has to be ") + kind_name(kind) + ", not " + kind_name(value.kind) + ".");
  return false;
}

bool check_number(const JsonValue& value, NumberRange range, const std::string& pointer, Report& report) {
  if (!check_kind(value, JsonValue::Kind::number, pointer, report)) return false;
  if (value.number >= range.min && value.number <= range.max) return true;
  report.add(pointer, "outOfRange",
             model::number_text(value.number) + " is not between " + model::number_text(range.min) + " and " +
                 model::number_text(range.max) + ".");
  return false;
}

bool check_text(const JsonValue& value, TextRule rule, const std::string& pointer, Report& report) {
  if (!check_kind(value, JsonValue::Kind::string, pointer, report)) return false;
  const std::string& text = value.text;
  if (characters(text) > rule.length_max) {
    report.add(pointer, "tooLong", "This is longer than " + std::to_string(rule.length_max) + " characters.");
    return false;
  }
  if (rule.filled && text.empty()) {
    report.add(pointer, "empty", "This must not be empty.");
    return false;
  }
  if (rule.name && (text.empty() || !std::all_of(text.begin(), text.end(), is_name_character))) {
    report.add(pointer, "badName", model::quoted(text) + " is not a name: letters, digits, \"-\" and \"_\", at least one.");
    return false;
  }
  if (std::any_of(text.begin(), text.end(), control_character)) {
    report.add(pointer, "badText", "This holds a control character.");
    return false;
  }
  return true;
}

std::optional<std::size_t> check_choice(const JsonValue& value, const std::vector<std::string>& names, const char* what,
                                        const std::string& pointer, Report& report) {
  if (!check_kind(value, JsonValue::Kind::string, pointer, report)) return std::nullopt;
  const auto found = std::find(names.begin(), names.end(), value.text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  report.add(pointer, "unknownChoice", model::quoted(value.text) + " is not " + what + "; it is one of " + model::joined(names) + ".",
             model::nearest_first(value.text, names));
  return std::nullopt;
}

Fields::Fields(const JsonValue& value, std::string pointer, Report& report)
    : pointer_(std::move(pointer)), report_(report), is_object_(check_kind(value, JsonValue::Kind::object, pointer_, report)) {
  for (std::size_t i = 0; is_object_ && i < value.names.size(); ++i) {
    const std::string& name = value.names[i];
    if (members_.emplace(name, &value.items[i]).second) continue;
    report_.add(pointer_to(name), "duplicateField", "The field " + model::quoted(name) + " is given more than once.");
  }
}

std::string Fields::pointer_to(std::string_view name) const {
  return model::child_pointer(pointer_, name);
}

bool Fields::has(std::string_view name) const {
  return members_.count(name) != 0 && !(report_.null() == Report::Null::absent && is_null(name));
}

bool Fields::is_null(std::string_view name) const {
  const auto member = members_.find(name);
  return member != members_.end() && member->second->kind == JsonValue::Kind::null;
}

const JsonValue* Fields::find(const char* name, Need need) {
  if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) asked_.emplace_back(name);
  const auto member = members_.find(name);
  if (member != members_.end() && (need == Need::required || has(name))) return member->second;
  if (need == Need::required && is_object_)
    report_.add(pointer_to(name), "missingField", std::string("The field \"") + name + "\" is missing.");
  return nullptr;
}

std::string Fields::text(const char* name, Need need, TextRule rule) {
  const JsonValue* value = find(name, need);
  if (value == nullptr || !check_text(*value, rule, pointer_to(name), report_)) return {};
  return value->text;
}

bool Fields::flag(const char* name, Need need, bool fallback) {
  const JsonValue* value = find(name, need);
  if (value == nullptr || !check_kind(*value, JsonValue::Kind::boolean, pointer_to(name), report_)) return fallback;
  return value->boolean;
}

double Fields::number(const char* name, Need need, NumberRange range, double fallback) {
  const JsonValue* value = find(name, need);
  if (value == nullptr || !check_number(*value, range, pointer_to(name), report_)) return fallback;
  return value->number;
}

std::uint32_t Fields::integer(const char* name, Need need, std::uint32_t max, std::uint32_t min, std::uint32_t fallback) {
  const JsonValue* value = find(name, need);
  if (value == nullptr || !check_kind(*value, JsonValue::Kind::number, pointer_to(name), report_)) return fallback;
  if (value->number != std::floor(value->number)) {
    report_.add(pointer_to(name), "wrongType", model::number_text(value->number) + " is not a whole number.");
    return fallback;
  }
  const NumberRange range{static_cast<double>(min), static_cast<double>(max)};
  if (!check_number(*value, range, pointer_to(name), report_)) return fallback;
  return static_cast<std::uint32_t>(value->number);
}

std::optional<std::size_t> Fields::choice(const char* name, Need need, const std::vector<std::string>& names, const char* what) {
  const JsonValue* value = find(name, need);
  if (value == nullptr) return std::nullopt;
  return check_choice(*value, names, what, pointer_to(name), report_);
}

std::vector<std::string> Fields::texts(const char* name, Need need, TextRule rule, std::size_t items_max) {
  const JsonValue* value = find(name, need);
  std::vector<std::string> result;
  if (value == nullptr || !check_kind(*value, JsonValue::Kind::array, pointer_to(name), report_)) return result;
  if (value->items.size() > items_max) {
    report_.add(pointer_to(name), "tooMany", "There are more than " + std::to_string(items_max) + " of these.");
    return result;
  }
  for (std::size_t i = 0; i < value->items.size(); ++i) {
    const bool good = check_text(value->items[i], rule, item_pointer(pointer_to(name), i), report_);
    result.push_back(good ? value->items[i].text : std::string());
  }
  return result;
}

void Fields::leave_rest() {
  for (const auto& [name, member] : members_) asked_.emplace_back(name);
}

void Fields::finish() {
  for (const auto& [name, member] : members_) {
    if (std::find(asked_.begin(), asked_.end(), name) != asked_.end()) continue;
    const std::string nearest = model::nearest_name(name, asked_);
    const std::string hint = nearest.empty() ? "; known are " + model::joined(asked_) + "." : "; did you mean \"" + nearest + "\"?";
    report_.add(pointer_to(name), "unknownField", "There is no field " + model::quoted(name) + " here" + hint,
                model::nearest_first(name, asked_));
  }
}

void read_time(Fields& fields, const char* name, NumberRange range, sim::Time& time) {
  const double ms = fields.number(name, Need::optional, range, sim::to_ms(time));
  if (fields.has(name)) time = sim::from_ms(ms);
}

}  // namespace architecture

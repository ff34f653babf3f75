#include "architecture/read_json.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace architecture {
namespace {

/// Where in a text something is, as people count: from 1, columns in characters.
std::string line_and_column(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const std::string_view line = before.substr(line_start);
  const auto characters = std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  return "line " + std::to_string(lines + 1) + ", column " + std::to_string(characters + 1);
}

/// Builds the tree while the library reads; returning false stops the library.
class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit TreeBuilder(std::string_view text) : text_(text) {}

  JsonValue take_root() { return std::move(root_); }
  const model::Problem& problem() const { return problem_; }

  bool null() override { return place({}); }
  bool boolean(bool value) override {
    JsonValue made;
    made.kind = JsonValue::Kind::boolean;
    made.boolean = value;
    return place(std::move(made));
  }
  bool number_integer(number_integer_t value) override { return place_number(static_cast<double>(value)); }
  bool number_unsigned(number_unsigned_t value) override { return place_number(static_cast<double>(value)); }
  bool number_float(number_float_t value, const string_t&) override { return place_number(value); }
  bool string(string_t& value) override {
    JsonValue made;
    made.kind = JsonValue::Kind::string;
    made.text = std::move(value);
    return place(std::move(made));
  }
  bool binary(binary_t&) override { return false; }  // not in JSON text

  bool start_object(std::size_t) override { return open(JsonValue::Kind::object); }
  bool key(string_t& value) override {
    open_.back()->names.push_back(std::move(value));
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(JsonValue::Kind::array); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    constexpr int number_overflow = 406;
    const std::size_t offset = position == 0 ? 0 : position - 1;
    const std::string place = line_and_column(text_, offset);
    if (error.id == number_overflow) {
      problem_ = {"", "outOfRange", "The number that ends at " + place + " is too large.", {}};
    } else if (std::string_view(error.what()).find("UTF-8") != std::string_view::npos) {
      problem_ = {"", "malformedJson", "The text is not UTF-8 at " + place + ".", {}};
    } else if (position > text_.size()) {
      problem_ = {"", "malformedJson", "The text is not JSON: it ends too early, at " + place + ".", {}};
    } else {
      problem_ = {"", "malformedJson", "The text is not JSON from " + place + " on.", {}};
    }
    return false;
  }

 private:
  bool place_number(double value) {
    JsonValue made;
    made.kind = JsonValue::Kind::number;
    made.number = value;
    return place(std::move(made));
  }

  JsonValue& slot() {
    if (open_.empty()) return root_;
    return open_.back()->items.emplace_back();
  }

  bool place(JsonValue value) {
    slot() = std::move(value);
    return true;
  }

  // The pointers stay good: a vector grows only while its last element is closed.
  bool open(JsonValue::Kind kind) {
    if (open_.size() == nesting_max) {
      problem_ = {"", "tooDeep", "Arrays and objects are nested more than " + std::to_string(nesting_max) + " deep.", {}};
      return false;
    }
    JsonValue& value = slot();
    value.kind = kind;
    open_.push_back(&value);
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  JsonValue root_;
  std::vector<JsonValue*> open_;
  model::Problem problem_;
};

}  // namespace

const char* kind_name(JsonValue::Kind kind) {
  switch (kind) {
    case JsonValue::Kind::null:
      return "null";
    case JsonValue::Kind::boolean:
      return "a boolean";
    case JsonValue::Kind::number:
      return "a number";
    case JsonValue::Kind::string:
      return "a string";
    case JsonValue::Kind::array:
      return "an array";
    case JsonValue::Kind::object:
      return "an object";
  }
  return "";
}

std::variant<JsonValue, model::Problem> parse_json(std::string_view text) {
  if (text.size() > document_bytes_max) {
    return model::Problem{"", "tooLarge", "The text is longer than " + std::to_string(document_bytes_max) + " bytes.", {}};
  }
  // The library takes a NUL for the end of the text.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return model::Problem{"", "malformedJson", "The text is not JSON from " + line_and_column(text, nul) + " on.", {}};
  }
  TreeBuilder builder(text);
  try {
    if (nlohmann::json::sax_parse(text, &builder)) return builder.take_root();
  } catch (const nlohmann::json::exception&) {
    return model::Problem{"", "malformedJson", "The text is not JSON.", {}};
  }
  return builder.problem();
}

}  // namespace architecture

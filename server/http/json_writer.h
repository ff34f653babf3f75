#pragma once
// Writes JSON text, member by member, without a tree in between: frames are written ten times a second for every view. nlohmann/json writes
// the strings, the standard library the numbers; only brackets and commas are put here. One thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace http {

class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  JsonWriter& key(std::string_view name);

  /// Bytes that are not UTF-8 become U+FFFD.
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  /// Shortest form that reads back the same, without an exponent for whole numbers below 2^53 and for others from 1e-6 to 1e15; what is
  /// not finite is written as null.
  JsonWriter& value(double number);
  template <class T>
  requires std::is_integral_v<T> JsonWriter& value(T number) {
    if constexpr (std::is_same_v<T, bool>)
      return raw(number ? "true" : "false");
    else if constexpr (std::is_signed_v<T>)
      return signed_value(number);
    else
      return unsigned_value(number);
  }
  JsonWriter& null() { return raw("null"); }

  /// So many significant digits, but never less than the whole part. REQUIRES: 1 <= digits <= 15.
  JsonWriter& rounded(double number, int digits = 3);

  /// Text that is JSON already.
  JsonWriter& raw(std::string_view json);

  template <class T>
  JsonWriter& member(std::string_view name, const T& v) {
    key(name);
    return value(v);
  }
  template <class List>
  JsonWriter& strings(std::string_view name, const List& list) {
    key(name).begin_array();
    for (const auto& entry : list) value(entry);
    return end_array();
  }

  const std::string& text() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& signed_value(std::int64_t number);
  JsonWriter& unsigned_value(std::uint64_t number);
  void separate() {
    if (comma_) out_.push_back(',');
    comma_ = true;
  }
  void quote(std::string_view text);

  std::string out_;
  bool comma_ = false;
};

}  // namespace http

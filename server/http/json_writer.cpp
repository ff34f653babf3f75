#include "http/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace http {
namespace {

constexpr double whole_max = 9007199254740992.0;         ///< 2^53: whole numbers below it are digits alone
constexpr double plain_least = 1e-6, plain_most = 1e15;  ///< between these others have no exponent either
constexpr double general_least = 1e-4;

}  // namespace

/// The library knows how to escape, and what to do with bytes that are not UTF-8.
void JsonWriter::quote(std::string_view text) {
  out_ += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_.push_back(bracket);
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_.push_back(bracket);
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  quote(name);
  out_.push_back(':');
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  quote(text);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  const double size = std::fabs(number);
  if (size < whole_max && number == std::floor(number)) return signed_value(static_cast<std::int64_t>(number));
  separate();
  std::array<char, 32> buffer;
  const bool plain = size >= plain_least && size < plain_most;
  const auto result = plain ? std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed)
                            : std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  out_.append(buffer.data(), result.ptr);
  return *this;
}

JsonWriter& JsonWriter::rounded(double number, int digits) {
  if (!std::isfinite(number)) return null();
  if (number == 0) return raw("0");
  double all_whole = 1;
  for (int i = 1; i < digits; ++i) all_whole *= 10;
  if (std::fabs(number) >= all_whole) {
    const double whole = std::round(number);
    return value(whole);
  }
  std::array<char, 32> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::general, digits);
  if (std::fabs(number) < general_least) {  // "general" has an exponent there
    double fewer = 0;
    std::from_chars(buffer.data(), result.ptr, fewer);
    return value(fewer);
  }
  separate();
  out_.append(buffer.data(), result.ptr);
  return *this;
}

JsonWriter& JsonWriter::signed_value(std::int64_t number) {
  separate();
  std::array<char, 24> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  out_.append(buffer.data(), result.ptr);
  return *this;
}

JsonWriter& JsonWriter::unsigned_value(std::uint64_t number) {
  separate();
  std::array<char, 24> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  out_.append(buffer.data(), result.ptr);
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

}  // namespace http

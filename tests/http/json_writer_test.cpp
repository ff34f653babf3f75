#include "http/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace {

std::string quoted(const std::string& text) {
  return http::JsonWriter().value(text).take();
}
std::string rounded(double number) {
  return http::JsonWriter().rounded(number).take();
}

TEST(JsonWriter, puts_commas_between_members_and_elements) {
  http::JsonWriter json;
  json.begin_object()
      .member("a", 1)
      .key("b")
      .begin_array()
      .value(true)
      .null()
      .begin_object()
      .end_object()
      .end_array()
      .member("c", "d")
      .end_object();
  EXPECT_EQ(json.take(), R"({"a":1,"b":[true,null,{}],"c":"d"})");
}

TEST(JsonWriter, escapes_what_json_does_not_allow) {
  const std::string every = std::string("q\"b\\n\nt\t") + '\x01' + '\x7f' + "\xE2\x82\xAC";
  EXPECT_EQ(nlohmann::json::parse(quoted(every)).get<std::string>(), every);
}

TEST(JsonWriter, replaces_bytes_that_are_not_utf8) {
  for (const char* bad : {"\xFF", "\xC0\xAF", "\xE2\x82", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\x80"}) {
    const std::string text = quoted(bad);
    EXPECT_TRUE(nlohmann::json::accept(text)) << text;
    EXPECT_NE(text.find("\xEF\xBF\xBD"), std::string::npos);
  }
}

TEST(JsonWriter, rounds_to_three_digits_but_keeps_the_whole_part) {
  EXPECT_EQ(rounded(0), "0");
  EXPECT_EQ(rounded(1234567.8), "1234568");
  EXPECT_EQ(rounded(99.94), "99.9");
  EXPECT_EQ(rounded(1.23456), "1.23");
  EXPECT_EQ(rounded(0.00123456), "0.00123");
  EXPECT_EQ(rounded(-1234.5), "-1235");
  EXPECT_EQ(rounded(std::nan("")), "null");
  EXPECT_EQ(rounded(INFINITY), "null");
  EXPECT_EQ(http::JsonWriter().rounded(98.9833333, 6).take(), "98.9833");
  EXPECT_EQ(http::JsonWriter().rounded(1234.56789, 6).take(), "1234.57");
  EXPECT_EQ(http::JsonWriter().rounded(1234567.8, 6).take(), "1234568");
}

TEST(JsonWriter, has_no_exponent_where_people_write_none) {
  const auto text = [](double number) { return http::JsonWriter().value(number).take(); };
  EXPECT_EQ(text(300'000), "300000");
  EXPECT_EQ(text(-1e6), "-1000000");
  EXPECT_EQ(text(9007199254740991.0), "9007199254740991");
  EXPECT_EQ(text(0), "0");
  EXPECT_EQ(text(0.000001), "0.000001");
  EXPECT_EQ(text(0.00001234), "0.00001234");
  EXPECT_EQ(text(123456789012345.5), "123456789012345.5");
  EXPECT_EQ(text(2.5e-10), "2.5e-10");
  EXPECT_EQ(text(1e300), "1e+300");
  EXPECT_EQ(rounded(0.0000123456), "0.0000123");
  EXPECT_EQ(rounded(-0.0000999999), "-0.0001");
  EXPECT_EQ(rounded(3e12), "3000000000000");
}

TEST(JsonWriter, writes_numbers_that_read_back_the_same) {
  for (const double number : {0.1, 1e300, -2.5e-10, 9007199254740991.0}) {
    EXPECT_EQ(nlohmann::json::parse(http::JsonWriter().value(number).take()).get<double>(), number);
  }
  EXPECT_EQ(http::JsonWriter().value(std::uint64_t{18446744073709551615ULL}).take(), "18446744073709551615");
}

}  // namespace

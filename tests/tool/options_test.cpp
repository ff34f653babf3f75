// The command line of `simianviz run`: what it takes, and what it says to what it does not take.

#include "tool/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tool/duration.h"

namespace {

using testing::HasSubstr;
using tool::Options;

std::variant<Options, tool::NoOptions> read(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "run");
  return tool::read_options(static_cast<int>(arguments.size()), arguments.data());
}

Options good(const std::vector<const char*>& arguments) {
  const auto result = read(arguments);
  if (const auto* none = std::get_if<tool::NoOptions>(&result)) {
    ADD_FAILURE() << none->text;
    return {};
  }
  return std::get<Options>(result);
}

void expect_refused(const std::vector<const char*>& arguments, const std::string& says) {
  const auto result = read(arguments);
  const auto* none = std::get_if<tool::NoOptions>(&result);
  ASSERT_NE(none, nullptr) << says;
  EXPECT_EQ(none->status, 2);
  EXPECT_THAT(none->text, HasSubstr(says));
  EXPECT_EQ(none->text.find('\n'), std::string::npos) << none->text;
}

TEST(Duration, IsReadAsItIsWritten) {
  EXPECT_EQ(tool::read_duration("10s"), 10 * sim::second);
  EXPECT_EQ(tool::read_duration("500ms"), 500 * sim::millisecond);
  EXPECT_EQ(tool::read_duration("2m"), 120 * sim::second);
  EXPECT_EQ(tool::read_duration("1h"), 3'600 * sim::second);
  EXPECT_EQ(tool::read_duration("1.5h"), 5'400 * sim::second);
  EXPECT_EQ(tool::read_duration("60"), 60 * sim::second);
  EXPECT_EQ(tool::read_duration("0.25"), 250 * sim::millisecond);
  EXPECT_EQ(tool::read_duration("0.000001ms"), 1);
  EXPECT_EQ(tool::read_duration("0"), 0);
}

TEST(Duration, AnythingElseIsNone) {
  for (const char* text : {"", "s", "10x", "10 s", "-1s", "+1", "1e3", "1.2.3", ".", "inf", "nan", "0x10", "10S", "10sec", "s10"}) {
    EXPECT_EQ(tool::read_duration(text), std::nullopt) << text;
  }
  EXPECT_EQ(tool::read_duration("9223372036s"), 9'223'372'036 * sim::second);
  EXPECT_EQ(tool::read_duration("9223372037s"), std::nullopt);
  EXPECT_EQ(tool::read_duration(std::string(400, '9')), std::nullopt);
}

TEST(Duration, IsSaidInSeconds) {
  EXPECT_EQ(tool::seconds_text(60 * sim::second), "60 s");
  EXPECT_EQ(tool::seconds_text(250 * sim::millisecond), "0.25 s");
}

TEST(Options, HaveDefaults) {
  const Options options = good({"lamp"});
  EXPECT_EQ(options.architecture, "lamp");
  EXPECT_EQ(options.duration, 60 * sim::second);
  EXPECT_EQ(options.seed, 1U);
  EXPECT_EQ(options.regions, 1U);
  EXPECT_EQ(options.scale_percent, 100U);
  EXPECT_EQ(options.speed, 0);
  EXPECT_EQ(options.threads, 1U);
  EXPECT_EQ(options.form, tool::Form::text);
  EXPECT_FALSE(options.fingerprint || options.histograms);
  EXPECT_EQ(options.trace_events + options.compare_events + options.config, "");
}

TEST(Options, AreAllRead) {
  const Options options = good({"--duration", "2m", "lamp", "--seed=7", "--regions", "3", "--scale", "250", "--speed", "2.5", "--threads",
                                "1", "--report", "json", "--histograms", "--trace-events", "e", "--config", "c"});
  EXPECT_EQ(options.architecture, "lamp");
  EXPECT_EQ(options.duration, 120 * sim::second);
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(options.regions, 3U);
  EXPECT_EQ(options.scale_percent, 250U);
  EXPECT_EQ(options.speed, 2.5);
  EXPECT_EQ(options.form, tool::Form::json);
  EXPECT_TRUE(options.histograms);
  EXPECT_EQ(options.trace_events, "e");
  EXPECT_EQ(options.config, "c");
  EXPECT_EQ(good({"lamp", "--speed", "max"}).speed, 0);
  EXPECT_EQ(good({"lamp", "--compare-events", "e"}).compare_events, "e");
  EXPECT_TRUE(good({"lamp", "--fingerprint", "--report", "json"}).fingerprint);
}

TEST(Options, HaveBounds) {
  EXPECT_EQ(good({"lamp", "--seed", "9007199254740991"}).seed, 9'007'199'254'740'991U);
  expect_refused({"lamp", "--seed", "9007199254740992"}, "--seed is a whole number, 0 to 9007199254740991, not \"9007199254740992\"");
  EXPECT_EQ(good({"lamp", "--seed", "0"}).seed, 0U);
  expect_refused({"lamp", "--seed", "-1"}, "--seed is a whole number");
  expect_refused({"lamp", "--seed", "1.5"}, "not \"1.5\"");
  EXPECT_EQ(good({"lamp", "--regions", "64"}).regions, 64U);
  expect_refused({"lamp", "--regions", "65"}, "--regions is a whole number, 1 to 64");
  expect_refused({"lamp", "--regions", "0"}, "--regions is a whole number, 1 to 64");
  EXPECT_EQ(good({"lamp", "--scale", "100000000"}).scale_percent, 100'000'000U);
  expect_refused({"lamp", "--scale", "100000001"}, "--scale is a whole number, 1 to 100000000");
  EXPECT_EQ(good({"lamp", "--threads", "64"}).threads, tool::threads_max);
  expect_refused({"lamp", "--threads", "0"}, "--threads is a whole number, 1 to 64");
  expect_refused({"lamp", "--threads", "65"}, "--threads is a whole number, 1 to 64");
  EXPECT_EQ(good({"lamp", "--duration", "8760h"}).duration, tool::duration_max);
  expect_refused({"lamp", "--duration", "8761h"}, "at most 8760h");
  expect_refused({"lamp", "--duration", "0"}, "--duration is more than 0");
  expect_refused({"lamp", "--duration", "soon"}, "a time such as 10s, 500ms, 2m, 1h or 60 (seconds), not \"soon\"");
  EXPECT_EQ(good({"lamp", "--speed", "0.1"}).speed, 0.1);
  EXPECT_EQ(good({"lamp", "--speed", "1000"}).speed, 1000);
  expect_refused({"lamp", "--speed", "0"}, "--speed is max or a number from 0.1 to 1000, not \"0\"");
  expect_refused({"lamp", "--speed", "1001"}, "--speed is max");
  expect_refused({"lamp", "--speed", "nan"}, "--speed is max");
  expect_refused({"lamp", "--report", "xml"}, "--report is text or json, not \"xml\"");
}

TEST(Options, SayWhatWasMeant) {
  expect_refused({}, "which architecture?");
  expect_refused({"lamp", "--durtion", "3"}, "there is no option \"--durtion\", did you mean --duration?");
  expect_refused({"lamp", "--sede=3"}, "did you mean --seed?");
  expect_refused({"lamp", "--something-else"}, "simianviz run --help");
  expect_refused({"lamp", "riak"}, "riak");
  expect_refused({"lamp", "--seed"}, "--seed");
  expect_refused({"lamp", "--seed", ""}, "--seed is empty");
  expect_refused({"lamp", "--seed", "1", "--seed", "2"}, "--seed");
  expect_refused({"lamp", "--fingerprint", "--histograms"}, "--fingerprint does not go with --histograms");
  expect_refused({"lamp", "--compare-events", "a", "--trace-events", "b"}, "--compare-events does not go with --trace-events");
  expect_refused({"lamp", "--compare-events", "a", "--report", "json"}, "--compare-events does not go with --report");
  EXPECT_EQ(good({"--scenario", "retry-storm", "--seed", "7"}).scenario, "retry-storm");
  EXPECT_TRUE(good({"--scenario", "retry-storm", "--seed", "7"}).seeded);
  EXPECT_FALSE(good({"--scenario", "retry-storm"}).seeded);
  expect_refused({"lamp", "--scenario", "retry-storm"}, "--scenario says which architecture");
  expect_refused({"--scenario", "retry-storm", "--regions", "2"}, "--scenario does not go with --regions");
  expect_refused({"--scenario", "retry-storm", "--report", "json"}, "--scenario does not go with --report");
}

TEST(Options, AreExplained) {
  const auto result = read({"--help"});
  const auto* help = std::get_if<tool::NoOptions>(&result);
  ASSERT_NE(help, nullptr);
  EXPECT_EQ(help->status, 0);
  for (const char* word :
       {"ARCH", "--scenario", "--duration", "--seed", "--regions", "--scale", "--speed", "--threads", "--report", "--fingerprint",
        "--histograms", "--trace-events", "--compare-events", "Exit status", "simianviz run netflixoss"}) {
    EXPECT_THAT(help->text, HasSubstr(word));
  }
}

}  // namespace

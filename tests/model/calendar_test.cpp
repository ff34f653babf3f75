#include "model/calendar.h"

#include <gtest/gtest.h>

#include "model/cron.h"

namespace {

using model::usual_epoch;

sim::Time at(const char* moment) {
  const auto read = model::read_epoch(moment);
  if (!read) throw std::runtime_error(moment);
  return (*read - usual_epoch) * sim::second;
}

std::string text(sim::Time time) {
  return model::moment_text(usual_epoch, time);
}

TEST(Calendar, TimeZeroIsAMonday) {
  EXPECT_EQ(text(0), "2024-01-01T00:00:00");
  EXPECT_EQ(model::weekday_text(usual_epoch, 0), "Mon 00:00");
  EXPECT_EQ(model::weekday_text(usual_epoch, 6 * model::day_length - 1), "Sat 23:59");
  EXPECT_EQ(text(-1), "2023-12-31T23:59:59");
}

TEST(Calendar, EveryDayFollowsTheOneBefore) {
  const std::uint32_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  model::Date expected{1970, 1, 1};
  const std::int64_t last = model::day_of(model::Date{2200, 12, 31});
  EXPECT_EQ(last, 84'370);  // 231 years, 56 of them leap
  for (std::int64_t day = 0; day <= last; ++day) {
    const model::Date date = model::date_of(day);
    ASSERT_TRUE(date.year == expected.year && date.month == expected.month && date.day == expected.day) << day;
    ASSERT_EQ(model::day_of(date), day);
    const bool leap = (expected.year % 4 == 0 && expected.year % 100 != 0) || expected.year % 400 == 0;
    if (++expected.day <= lengths[expected.month - 1] + static_cast<std::uint32_t>(leap && expected.month == 2)) continue;
    expected.day = 1;
    if (++expected.month <= 12) continue;
    expected.month = 1;
    ++expected.year;
  }
}

TEST(Calendar, ReadsMomentsAndNothingElse) {
  EXPECT_EQ(model::read_epoch("1970-01-01"), 0);
  EXPECT_EQ(model::read_epoch("2024-01-01T09:30"), usual_epoch + 34'200);
  EXPECT_EQ(model::read_epoch("2024-01-01T09:30:15"), usual_epoch + 34'215);
  EXPECT_TRUE(model::read_epoch("2024-02-29"));
  for (const char* bad : {"", "2024", "2024-1-1", "2023-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "1969-12-31", "2201-01-01",
                          "2024-01-01 09:30", "2024-01-01T24:00", "2024-01-01T09:60", "2024-01-01T09:30:60", "2024-01-01T09:30:1",
                          "2024-01-01T09:30:15Z", "2024-01-01T0930", "2o24-01-01"}) {
    EXPECT_FALSE(model::read_epoch(bad)) << bad;
  }
  EXPECT_EQ(model::read_minute("24:00"), 1'440U);
  EXPECT_EQ(model::minute_text(545), "09:05");
  for (const char* bad : {"9:00", "24:01", "12:60", "12.30", "12:3", "12:300", ""}) EXPECT_FALSE(model::read_minute(bad)) << bad;
}

std::string why(const char* cron) {
  const auto read = model::read_cron(cron);
  const auto* problem = std::get_if<model::Problem>(&read);
  return problem == nullptr ? "" : problem->message;
}

/// The first so many times after the beginning.
std::vector<std::string> times(const char* cron, std::size_t count, sim::Time after = -1) {
  const auto read = std::get<model::Cron>(model::read_cron(cron));
  std::vector<std::string> all;
  while (all.size() < count) {
    after = model::next_of(read, usual_epoch, after);
    all.push_back(text(after));
  }
  return all;
}

using Texts = std::vector<std::string>;

TEST(Cron, NamesItsTimes) {
  EXPECT_EQ(times("* * * * *", 2), (Texts{"2024-01-01T00:00:00", "2024-01-01T00:01:00"}));
  EXPECT_EQ(times("*/20 9-10 * * *", 7), (Texts{"2024-01-01T09:00:00", "2024-01-01T09:20:00", "2024-01-01T09:40:00", "2024-01-01T10:00:00",
                                                "2024-01-01T10:20:00", "2024-01-01T10:40:00", "2024-01-02T09:00:00"}));
  EXPECT_EQ(times("30 9 * * 1-5", 2, at("2024-01-05T09:30")), (Texts{"2024-01-08T09:30:00", "2024-01-09T09:30:00"}));
  EXPECT_EQ(times("0 0 * * mon,Wed", 3), (Texts{"2024-01-01T00:00:00", "2024-01-03T00:00:00", "2024-01-08T00:00:00"}));
  EXPECT_EQ(times("0 0 * * 7", 1), times("0 0 * * 0", 1));
  EXPECT_EQ(times("0 0 * * 6-7", 3), (Texts{"2024-01-06T00:00:00", "2024-01-07T00:00:00", "2024-01-13T00:00:00"}));
  EXPECT_EQ(times("15 8-17/3 1 feb-apr/2 *", 2), (Texts{"2024-02-01T08:15:00", "2024-02-01T11:15:00"}));
  EXPECT_EQ(times("0 12 29 2 *", 2), (Texts{"2024-02-29T12:00:00", "2028-02-29T12:00:00"}));
  EXPECT_EQ(model::next_of(std::get<model::Cron>(model::read_cron("0 0 29 2 *")), *model::read_epoch("2096-02-29"), 0),
            (366 + 7 * 365 + 1) * model::day_length);  // 2100 is no leap year: eight years
}

TEST(Cron, DayOfMonthOrDayOfWeekWhenBothAreGiven) {
  EXPECT_EQ(times("0 0 13 * 5", 3), (Texts{"2024-01-05T00:00:00", "2024-01-12T00:00:00", "2024-01-13T00:00:00"}));
  EXPECT_EQ(times("0 0 13 * *", 2), (Texts{"2024-01-13T00:00:00", "2024-02-13T00:00:00"}));
  EXPECT_EQ(times("0 0 */2 * 5", 2), (Texts{"2024-01-05T00:00:00", "2024-01-19T00:00:00"}));  // begins with *: both have to be so
}

TEST(Cron, SaysWhatIsWrongWithWhichField) {
  EXPECT_EQ(why("0 9 * * 1-5"), "");
  EXPECT_NE(why("").find("has five fields"), std::string::npos);
  EXPECT_NE(why("0 9 * *").find("and not 4"), std::string::npos);
  EXPECT_NE(why("0 0 9 * * 1").find("and not 6"), std::string::npos);
  EXPECT_EQ(why("60 * * * *"), "field 1, minute: 60 is not from 0 to 59");
  EXPECT_EQ(why("* 24 * * *"), "field 2, hour: 24 is not from 0 to 23");
  EXPECT_EQ(why("* * 0 * *"), "field 3, day of month: 0 is not from 1 to 31");
  EXPECT_EQ(why("* * * 13 *"), "field 4, month: 13 is not from 1 to 12");
  EXPECT_EQ(why("* * * * 8"), "field 5, day of week: 8 is not from 0 to 7");
  EXPECT_EQ(why("5-1 * * * *"), "field 1, minute: the range \"5-1\" ends before it begins");
  EXPECT_EQ(why("1-2-3 * * * *"), "field 1, minute: \"1-2-3\" has more than one -");
  EXPECT_EQ(why("*/0 * * * *"), "field 1, minute: the step \"0\" is not a whole number from 1 to 59");
  EXPECT_EQ(why("5/10 * * * *"), "field 1, minute: \"5/10\": a step goes with * or with a range");
  EXPECT_EQ(why("1,,2 * * * *"), "field 1, minute: a list has something before and after each comma");
  EXPECT_NE(why("* * * juni *").find("one of jan, feb"), std::string::npos);
  EXPECT_NE(why("-5 * * * *"), "");
  EXPECT_NE(why("1.5 * * * *"), "");
  EXPECT_NE(why("99999999999 * * * *"), "");
  EXPECT_NE(why("@daily"), "");
  EXPECT_EQ(why("0 0 30 2 *"), "names days that there never are");
  EXPECT_EQ(why("0 0 31 4,6,9,11 *"), "names days that there never are");
}

}  // namespace

// bench/compare on builds whose benchmarks are made up: what it runs in which order, and what it makes of the figures.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "support/program.h"
#include "support/source.h"

namespace {

using program::Ended;
using testing::ContainsRegex;
using testing::HasSubstr;

class Compare : public testing::Test {
 protected:
  /// A benchmark program that says what `figures` (lines of shell) sets, and writes its name to the log.
  void build(const std::string& name, const std::string& benchmarks, const std::string& figures) const {
    std::filesystem::create_directories(folder_.path / name / "bench");
    const std::string file = folder_.write(name + "/bench/bench_fake", "#!/bin/sh\nlog='" + folder_.at("log") + "'\nname=" + name + R"(
for word in "$@"; do
  case "$word" in
    --benchmark_list_tests*) printf ')" + benchmarks + R"('; exit ;;
    --benchmark_filter=*) echo "$name ${word#*=}" >>"$log" ;;
  esac
done
run=$(grep -c "^$name " "$log")
)" + figures + R"(
printf '{"context": {"num_cpus": 2},\n"benchmarks": [\n{\n"name": "x",\n"real_time": %s,\n"cpu_time": %s%s\n}\n]}\n' "$real" "$cpu" "$more"
)");
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  Ended compare(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {folder_.at("a"), folder_.at("b")});
    return program::run(source::at("bench/compare"), std::move(more), folder_.path.string());
  }
  program::Folder folder_;
};

TEST_F(Compare, RunsBothInTurn) {
  build("a", "one\\n", "real=1 cpu=1 more=");
  build("b", "one\\n", "real=1 cpu=1 more=");
  EXPECT_EQ(compare({"--rounds", "4"}).status, 0);
  EXPECT_EQ(program::text_of(folder_.at("log")), "a ^one$\nb ^one$\nb ^one$\na ^one$\na ^one$\nb ^one$\nb ^one$\na ^one$\n");
}

TEST_F(Compare, ComparesPairsByMessages) {
  // A says 100, 200, 300 ...; B twice, 1.5 times, once, twice, three times that.
  build("a", "one\\n", R"(real=1 cpu=1 more=$(printf ',\n"messages/s": %s' $((run * 100))))");
  build("b", "one\\n", R"(set -- 0 200 300 300 800 1500; shift $run; real=9 cpu=9 more=$(printf ',\n"messages/s": %s' $1))");
  const Ended ended = compare();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(ended.out, ContainsRegex("one +messages/s +2\\.000 +1\\.500-2\\.000 +1\\.000-3\\.000 +300 +300\n"));
  EXPECT_THAT(ended.out, HasSubstr("median of 5 pairs"));
}

TEST_F(Compare, ComparesTimeWhereThereAreNoMessages) {
  build("a", "one\\ntwo/real_time\\n", "real=30 cpu=4 more=");
  build("b", "one\\ntwo/real_time\\n", "real=10 cpu=2 more=");
  const Ended ended = compare({"--rounds=2"});
  EXPECT_THAT(ended.out, ContainsRegex("one +time +2\\.000 +2\\.000-2\\.000 +2\\.000-2\\.000 +4 +2\n"));
  EXPECT_THAT(ended.out, ContainsRegex("two/real_time +time +3\\.000 "));
  EXPECT_THAT(ended.out, HasSubstr("geometric mean of 2 ratios: 2.449\n"));
}

TEST_F(Compare, TakesTheSameBenchmarkWhateverItsLength) {
  build("a", "one/a:1/min_time:2.000\\nold\\n", "real=1 cpu=1 more=");
  build("b", "one/a:1/min_time:0.500\\nnew\\n", "real=1 cpu=1 more=");
  const Ended ended = compare({"--rounds", "1"});
  EXPECT_THAT(ended.out, ContainsRegex("one/a:1 +time +1\\.000"));
  EXPECT_THAT(ended.out, HasSubstr("\nold is only in A\n"));
  EXPECT_THAT(ended.out, HasSubstr("\nnew is only in B\n"));
  EXPECT_EQ(program::text_of(folder_.at("log")), "a ^one/a:1/min_time:2\\.000$\nb ^one/a:1/min_time:0\\.500$\n");
}

TEST_F(Compare, SaysWhichBenchmarkFailed) {
  build("a", "one\\ntwo\\n", "real=1 cpu=1 more=");
  build("b", "one\\ntwo\\n", "case \"$*\" in *one*) exit 1 ;; esac; real=1 cpu=1 more=");
  const Ended ended = compare({"--rounds", "1"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.err, HasSubstr("one has no figures to compare (A: 'time 1', B: ''); run bench_fake by itself"));
  EXPECT_THAT(ended.out, ContainsRegex("two +time +1\\.000"));
}

TEST_F(Compare, SaysWhatIsWrong) {
  build("a", "one\\n", "real=1 cpu=1 more=");
  build("b", "two\\n", "real=1 cpu=1 more=");
  const auto expect_refused = [this](const std::vector<std::string>& words, const std::string& says) {
    const Ended ended = program::run(source::at("bench/compare"), words, folder_.path.string());
    EXPECT_EQ(ended.status, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, HasSubstr(says));
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  };
  expect_refused({}, "usage: bench/compare A B");
  expect_refused({"a", "b", "c", "d"}, "usage: bench/compare A B");
  expect_refused({"a", "b", "--round", "3"}, "there is no option --round");
  expect_refused({"a", "b", "--rounds", "0"}, "--rounds is a whole number, 1 to 1000, not '0'");
  expect_refused({"a", "b", "--rounds", "1001"}, "--rounds is a whole number");
  expect_refused({"a", "b", "--rounds"}, "--rounds is a whole number");
  expect_refused({"a", "no-such-revision"}, "no-such-revision is neither a folder nor a git revision");
  expect_refused({"a", "."}, "there is no program ./bench/bench_*");
  expect_refused({"a", "b"}, "no benchmark that matches '.' is in both");
}

}  // namespace

// Every event as a line: complete, in order, the same however the run is cut; and the first that differs is found.

#include "run/event_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/program.h"
#include "support/worlds.h"
#include "tool/event_file.h"

namespace {

using testing::HasSubstr;

/// What a World does until `end`, in stretches of `slice`.
std::vector<std::string> lines_of(model::World& world, sim::Time end, sim::Time slice) {
  std::vector<std::string> lines;
  run::EventLines events(world, [&world](sim::Time to) { world.run_until(to); });
  for (sim::Time t = world.now(); t < end; t += slice) {
    EXPECT_TRUE(events.run_until(std::min(t + slice, end), [&](const std::string& line) {
      lines.push_back(line);
      return true;
    }));
  }
  return lines;
}

std::size_t count_of(const std::vector<std::string>& lines, const std::string& part) {
  return static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(), [&](const std::string& line) { return line.find(part) != std::string::npos; }));
}

/// www -> web, both constant; `ms` is the service time of web, which its callers wait 20 ms for.
model::WorldSpec pair_of(double ms, double rate = 50) {
  auto www = worlds::service("www", "denominator", 0, {1}, 0);
  www.requests_per_second = rate;
  auto web = worlds::service("web", "store", 2, {}, ms);
  web.timeout = 20 * sim::millisecond;
  return worlds::small({www, web});
}

TEST(Events, AreThoseOfTheFingerprint) {
  for (const std::uint32_t regions : {1U, 3U}) {
    model::World world(worlds::spec_of("netflixoss", {5, 100, regions}));
    std::vector<std::vector<model::HandledEvent>> handled(world.shards().size());
    for (std::size_t s = 0; s < handled.size(); ++s) world.shards()[s].record_to(&handled[s]);
    world.run_until(2 * sim::second);
    world.kill(world.shared().groups[world.shared().services[*world.find_service("subscriber")].groups[0]].members[0]);
    world.run_until(4 * sim::second);
    for (std::size_t s = 0; s < handled.size(); ++s) {
      sim::Fingerprint fingerprint;
      for (const model::HandledEvent& event : handled[s]) {
        const bool timeout = event.kind == model::HandledEvent::Kind::timeout;
        fingerprint.add(event.time, event.order, timeout ? sim::timeout_kind : static_cast<std::uint64_t>(event.kind));
      }
      EXPECT_EQ(handled[s].size(), world.shards()[s].engine().events());
      EXPECT_EQ(fingerprint.value(), world.shards()[s].engine().fingerprint().value());
    }
  }
}

TEST(Events, WatchingDoesNotMatterAndSlicesNeither) {
  const model::WorldSpec spec = worlds::spec_of("netflixoss", {5, 100, 3});
  model::World plain(spec), whole(spec), cut(spec);
  plain.run_until(5 * sim::second);
  const auto lines = lines_of(whole, 5 * sim::second, 5 * sim::second);
  EXPECT_EQ(lines, lines_of(cut, 5 * sim::second, 7'777'777));
  EXPECT_EQ(whole.fingerprint(), plain.fingerprint());
  EXPECT_EQ(lines.size(), plain.events());
}

TEST(Events, AreInTheTotalOrder) {
  const model::WorldSpec spec = worlds::spec_of("netflixoss", {5, 100, 3});
  model::World world(spec), other(spec);
  std::vector<std::vector<model::HandledEvent>> handled(other.shards().size());
  for (std::size_t s = 0; s < handled.size(); ++s) other.shards()[s].record_to(&handled[s]);
  other.run_until(5 * sim::second);
  std::vector<model::HandledEvent> all;
  for (const auto& events : handled) all.insert(all.end(), events.begin(), events.end());
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return std::tuple(a.time, a.order) < std::tuple(b.time, b.order); });

  const auto lines = lines_of(world, 5 * sim::second, 777 * sim::millisecond);
  ASSERT_EQ(lines.size(), all.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto sequence = all[i].order & ((std::uint64_t{1} << sim::sequence_bits) - 1);
    const std::string source = world.name_of(static_cast<model::InstanceId>(all[i].order >> sim::sequence_bits));
    const std::string begin = std::to_string(all[i].time) + " " + source + " " + std::to_string(sequence) + " ";
    ASSERT_EQ(lines[i].substr(0, begin.size()), begin) << "event " << i;
  }
}

TEST(Events, OfQueuesNameBrokerAndTopic) {
  model::World world(worlds::spec_of("queue")), plain(worlds::spec_of("queue"));
  const auto lines = lines_of(world, 10 * sim::second, sim::second);
  plain.run_until(10 * sim::second);
  EXPECT_EQ(lines.size(), plain.events());
  EXPECT_GE(count_of(lines, " orders/orders 0 queue"), 1U) << "a visibility time-out of the first queue";
}

TEST(Events, ACopyRecordsNothing) {
  model::World world(pair_of(1));
  std::vector<model::HandledEvent> handled;
  world.shards()[0].record_to(&handled);
  world.run_until(sim::second);
  const std::size_t size = handled.size();
  EXPECT_GT(size, 0U);
  model::World copy(world);
  copy.run_until(2 * sim::second);
  EXPECT_EQ(handled.size(), size);
  world.run_until(2 * sim::second);
  EXPECT_GT(handled.size(), size);
}

TEST(Events, EndWithTheLines) {
  model::World world(pair_of(1));
  lines_of(world, sim::second, sim::second);
  world.run_until(2 * sim::second);  // writes to nothing that is gone: the sanitizers would tell
  EXPECT_GT(lines_of(world, 3 * sim::second, sim::second).size(), 0U);
}

TEST(Events, ARequestReadsAsWhatHappens) {
  model::World world(pair_of(1));
  const auto lines = lines_of(world, 200 * sim::millisecond, sim::second);
  ASSERT_GE(lines.size(), 4U);
  const std::string www = "small.*.*.www00";
  EXPECT_THAT(lines[0], testing::MatchesRegex("[0-9]+ small\\.\\*\\.\\*\\.www00 0 load"));
  EXPECT_THAT(lines[1],
              testing::MatchesRegex(
                  "[0-9]+ small\\.\\*\\.\\*\\.www00 [0-9]+ arrive (get|put) [0-9a-f]{16} at small\\.us-east-1\\.zone[ABC]\\.web0[01]"));
  EXPECT_GT(count_of(lines, " arrive get 0000000000000000 at small.us-east-1.zone"), 0U);
  EXPECT_GT(count_of(lines, " reply ok get 0000000000000000 from small.us-east-1.zone"), 0U);
  EXPECT_GT(count_of(lines, "00 to " + www), 0U);
  EXPECT_EQ(count_of(lines, "attempt"), 0U);
}

TEST(Events, TellTimeoutsRetriesAndLateReplies) {
  model::World world(pair_of(100));  // longer than anybody waits
  const auto lines = lines_of(world, 2 * sim::second, sim::second);
  const std::size_t timeouts = count_of(lines, " timeout ");
  EXPECT_GT(timeouts, 0U);
  EXPECT_GT(count_of(lines, " to small.*.*.www00 attempt 2"), 0U);
  EXPECT_GT(count_of(lines, " reply late ok "), 0U);
  std::uint64_t errors = 0;
  for (const model::LinkCount& link : world.shards()[0].link_counts()) errors += link.errors;
  EXPECT_EQ(timeouts, errors);
}

TEST(Events, TellWhatIsGone) {
  model::World world(pair_of(10, 500));  // five at work at any time
  const auto first = worlds::instances_of(world, "web");
  auto lines = lines_of(world, sim::second, sim::second);
  // Both die with work under way; callers know nobody once that is known.
  for (const model::InstanceId id : first) world.kill(id);
  const auto more = lines_of(world, 3 * sim::second, sim::second);
  lines.insert(lines.end(), more.begin(), more.end());
  EXPECT_GT(count_of(lines, " reply refused "), 0U);
  EXPECT_GT(count_of(lines, " resume unavailable "), 0U);
  EXPECT_EQ(lines.size(), world.events());
  EXPECT_GT(count_of(lines, " done of what is gone"), 0U);
}

TEST(Events, TellUsersWhoComeAndGo) {
  model::WorldSpec spec = pair_of(10);
  model::LoadSpec load;
  load.arrivals = model::LoadSpec::Arrivals::users;
  load.users = 20;
  load.think_time.mean_ms = 100;
  load.shape.kind = model::ShapeSpec::Kind::step;
  load.shape.at_ms = 1'000;
  load.shape.to_factor = 0.5;
  load.mix = {{"urgent", model::Verb::get, model::RequestSpec::Key::fixed, 1, 0}};
  spec.services[0].load = std::make_shared<const model::LoadSpec>(load);
  model::World world(spec);
  const auto lines = lines_of(world, 2 * sim::second, sim::second);
  EXPECT_EQ(lines.size(), world.events());
  EXPECT_GT(count_of(lines, " load"), 20U);
  EXPECT_EQ(count_of(lines, " crowd"), 1U);
  EXPECT_GT(count_of(lines, " priority 0"), 20U);
}

TEST(Events, EndWhenNobodyWantsMore) {
  model::World world(pair_of(1));
  run::EventLines events(world, [&world](sim::Time to) { world.run_until(to); });
  int taken = 0;
  EXPECT_FALSE(events.run_until(sim::second, [&](const std::string&) { return ++taken < 3; }));
  EXPECT_EQ(taken, 3);
}

// --- files

class EventFile : public testing::Test {
 protected:
  std::string file_of(const std::vector<std::string>& lines) {
    tool::EventWriter writer(folder_.at("events"), "of a test");
    for (const std::string& line : lines) writer.add(line);
    EXPECT_EQ(writer.finish(), "");
    return folder_.at("events");
  }
  program::Folder folder_;
};

TEST_F(EventFile, HoldsALineAnEvent) {
  EXPECT_EQ(program::text_of(file_of({"1 a", "2 b"})), "# simianviz events 1\n# of a test\n1 a\n2 b\n");
}

TEST_F(EventFile, IsEqualToItself) {
  tool::EventComparison comparison(file_of({"1 a", "2 b"}));
  ASSERT_EQ(comparison.error(), "");
  EXPECT_TRUE(comparison.add("1 a"));
  EXPECT_TRUE(comparison.add("2 b"));
  EXPECT_TRUE(comparison.finish());
  EXPECT_EQ(comparison.equal(), 2U);
}

TEST_F(EventFile, ShowsTheFirstDifferenceAndWhatCameBefore) {
  tool::EventComparison comparison(file_of({"1", "2", "3", "4", "5", "6", "7 a", "8"}));
  for (const char* line : {"1", "2", "3", "4", "5", "6"}) EXPECT_TRUE(comparison.add(line));
  EXPECT_FALSE(comparison.add("7 b"));
  EXPECT_EQ(comparison.difference(), "event 7 differs\n  both  2\n  both  3\n  both  4\n  both  5\n  both  6\n  file  7 a\n  run   7 b\n" +
                                         folder_.at("events") + " is of a test\n");
}

TEST_F(EventFile, EndsDiffer) {
  tool::EventComparison short_file(file_of({"1"}));
  EXPECT_TRUE(short_file.add("1"));
  EXPECT_FALSE(short_file.add("2"));
  EXPECT_THAT(short_file.difference(), HasSubstr("  file  (the file ends here)\n  run   2\n"));
  tool::EventComparison short_run(file_of({"1", "2"}));
  EXPECT_TRUE(short_run.add("1"));
  EXPECT_FALSE(short_run.finish());
  EXPECT_THAT(short_run.difference(), HasSubstr("  file  2\n  run   (the run ends here)\n"));
}

TEST_F(EventFile, LinesHaveALimit) {
  const std::string head = std::string(run::events_head) + "\n";
  const std::string longest(run::event_line_max - 1, 'x');
  tool::EventComparison good(folder_.write("good", head + longest + "\n"));
  EXPECT_TRUE(good.add(longest));
  EXPECT_TRUE(good.finish());
  tool::EventComparison bad(folder_.write("bad", head + longest + "xx\n"));
  EXPECT_FALSE(bad.add(longest));
}

TEST_F(EventFile, OtherFilesAreRefused) {
  EXPECT_THAT(tool::EventComparison(folder_.at("nowhere")).error(), HasSubstr("cannot read " + folder_.at("nowhere")));
  EXPECT_THAT(tool::EventComparison(folder_.path.string()).error(), HasSubstr("cannot read"));
  for (const char* text : {"", "1 a\n", "# simianviz events 2\n", "{}"}) {
    EXPECT_THAT(tool::EventComparison(folder_.write("other", text)).error(), HasSubstr("is no file of events")) << text;
  }
  EXPECT_THAT(tool::EventWriter(folder_.at("no/where"), "").error(), HasSubstr("cannot write " + folder_.at("no/where")));
  tool::EventWriter full("/dev/full", "");
  EXPECT_THAT(full.finish(), HasSubstr("cannot write /dev/full: No space left"));
}

}  // namespace

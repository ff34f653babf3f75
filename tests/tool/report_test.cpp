// The figures of a report, and its two forms as files: a change of either shows there (not of the fingerprint, which has a file of its
// own). UPDATE_GOLDEN=1 writes them anew; review is git diff.

#include "tool/report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <sstream>

#include "support/program.h"
#include "support/source.h"
#include "support/worlds.h"
#include "tool/table.h"

namespace {

tool::Report report_of(const model::WorldSpec& spec, sim::Time duration) {
  model::World world(spec);
  model::Measurement measurement(tool::batch_of(duration));
  model::run_measured(world, duration, measurement);
  tool::Report report = tool::make_report(world, measurement.whole().marks());
  report.wall_seconds = 0.5;
  report.fingerprint = 0x0123456789abcdef;
  return report;
}

const tool::ServiceFigures& service(const tool::Report& report, const std::string& name) {
  for (const tool::ServiceFigures& s : report.services) {
    if (s.name == name) return s;
  }
  throw std::runtime_error("no service " + name);
}

const tool::LinkFigures& link(const tool::Report& report, const std::string& source, const std::string& target) {
  for (const tool::LinkFigures& l : report.links) {
    if (l.source == source && l.target == target) return l;
  }
  throw std::runtime_error("no link " + source + " " + target);
}

/// www -> web -> db, everything constant: 0.1 ms each way, db 2 ms, web 5 ms.
model::WorldSpec constant() {
  auto www = worlds::service("www", "denominator", 0, {1}, 0);
  www.requests_per_second = 50;
  return worlds::small({www, worlds::service("web", "monolith", 3, {2}, 5), worlds::service("db", "store", 2, {}, 2)});
}

TEST(Report, SaysWhenAColdStartIsOverAndWhatFunctionsCost) {
  const tool::Report plain = report_of(constant(), sim::second);
  std::ostringstream text;
  tool::print_text(plain, false, text);
  EXPECT_EQ(text.str().find("Start "), std::string::npos);
  EXPECT_EQ(text.str().find("Function "), std::string::npos);
  const tool::Report cold = report_of(worlds::spec_of("cold-start"), 20 * sim::second);
  ASSERT_TRUE(cold.all_up.has_value());
  text.str("");
  tool::print_text(cold, false, text);
  EXPECT_NE(text.str().find("Start         cold, all up after "), std::string::npos);
  const tool::Report serverless = report_of(worlds::spec_of("serverless"), 10 * sim::second);
  ASSERT_EQ(serverless.functions.size(), 2U);
  EXPECT_EQ(serverless.functions[1].service, "checkout");
  EXPECT_EQ(serverless.functions[1].count.invocations, service(serverless, "checkout").requests - serverless.functions[1].count.throttled);
  EXPECT_GT(serverless.functions[1].dollars, 0);
  text.str("");
  tool::print_text(serverless, false, text);
  EXPECT_NE(text.str().find("Function  calls  cold"), std::string::npos) << text.str();
  text.str("");
  tool::print_json(serverless, false, text);
  EXPECT_NE(text.str().find("\"gbSeconds\""), std::string::npos);
}

TEST(Report, CountsWhatHappened) {
  model::World world(constant());
  model::Measurement measurement;
  model::run_measured(world, 20 * sim::second, measurement);
  const tool::Report report = tool::make_report(world, measurement.whole().marks());
  EXPECT_EQ(report.architecture, "small");
  EXPECT_EQ(report.seed, 1U);
  EXPECT_EQ(report.simulated, 20 * sim::second);
  EXPECT_EQ(report.instances, 6U);
  EXPECT_EQ(report.events, world.events());
  EXPECT_EQ(report.messages, world.messages());
  EXPECT_EQ(report.fingerprint, world.fingerprint());
  ASSERT_EQ(report.services.size(), 3U);
  EXPECT_EQ(report.services[0].name, "www");  // the way of a request, not of the document
  EXPECT_EQ(report.services[1].name, "web");
  EXPECT_EQ(report.services[2].name, "db");
  const worlds::Sums users = worlds::requests_of(world);
  EXPECT_EQ(service(report, "www").requests, users.sent);
  EXPECT_EQ(service(report, "www").replies - service(report, "www").errors, users.succeeded);
  EXPECT_EQ(service(report, "www").errors, users.failed);
  EXPECT_EQ(report.users.requests, users.sent);
  EXPECT_EQ(report.users.errors, users.failed);
  EXPECT_EQ(service(report, "web").instances, 3U);
  EXPECT_EQ(service(report, "db").instances, 2U);
  EXPECT_EQ(service(report, "db").package, "store");
}

TEST(Report, TimesAreTheHopsTogether) {
  const tool::Report report = report_of(constant(), 20 * sim::second);
  EXPECT_EQ(service(report, "db").response.mean_ns(), 2.2e6);
  EXPECT_EQ(service(report, "db").service.mean_ns(), 2e6);
  EXPECT_EQ(service(report, "db").network.mean_ns(), 2e5);
  EXPECT_EQ(service(report, "web").service.mean_ns(), 7.2e6);
  EXPECT_EQ(service(report, "www").response.mean_ns(), 7.4e6);
  EXPECT_DOUBLE_EQ(service(report, "www").figures.mean_ms.value, 7.4);
  EXPECT_DOUBLE_EQ(service(report, "web").figures.service_mean_ms.value, 7.2);
  EXPECT_DOUBLE_EQ(service(report, "web").figures.network_mean_ms.value, 0.2);
  EXPECT_DOUBLE_EQ(link(report, "web", "db").figures.mean_ms.value, 2.2);
  EXPECT_EQ(link(report, "www", "web").requests, service(report, "www").requests);
}

TEST(Report, FiguresAreOfTheSteadyPartWithIntervals) {
  auto spec = constant();
  for (auto& s : spec.services) s.service_time.kind = model::DistributionSpec::Kind::exponential;
  const tool::Report report = report_of(spec, 320 * sim::second);
  EXPECT_EQ(report.period.batch(), 10 * sim::second);
  EXPECT_EQ(report.period.to(), 320 * sim::second);
  EXPECT_EQ(report.period.from(), report.period.warm_up);
  ASSERT_EQ(service(report, "www").quantiles_ms.size(), tool::quantile_shares.size());
  // web has as many workers as it needs: its time is the sum of two exponential ones of 5 and 2 ms and three hops of 0.1 ms and one more.
  EXPECT_TRUE(service(report, "www").figures.mean_ms.contains(7.4)) << service(report, "www").figures.mean_ms.value;
  EXPECT_TRUE(service(report, "www").figures.rate.contains(50)) << service(report, "www").figures.rate.value;
  EXPECT_TRUE(service(report, "db").quantiles_ms[0].contains(0.2 + 2 * std::log(2))) << service(report, "db").quantiles_ms[0].value;
}

TEST(Report, UtilisationIsWorkOverWorkers) {
  auto spec = constant();
  spec.services[2].concurrency = 1;
  const tool::Report report = report_of(spec, 100 * sim::second);
  // Each piece of work has 2 ms on one of 2 workers.
  const tool::ServiceFigures& db = service(report, "db");
  EXPECT_TRUE(db.figures.utilisation.contains(50 * 0.002 / 2)) << db.figures.utilisation.value;
  EXPECT_EQ(service(report, "www").figures.utilisation.value, 0);
}

TEST(Report, MessagesThatNobodyAnswersHaveNoResponseTime) {
  auto spec = constant();
  spec.services[2].dependencies = {2};  // a cluster: puts are copied
  const tool::Report report = report_of(spec, 20 * sim::second);
  const tool::LinkFigures& copies = link(report, "db", "db");
  EXPECT_GT(copies.requests, 0U);
  EXPECT_EQ(copies.replies, 0U);
  EXPECT_EQ(copies.errors, 0U);

  // Cassandra forwards, which is answered, and copies, which is not, between the same instances.
  spec = constant();
  spec.services[2] = worlds::service("db", "priamCassandra", 6, {2}, 2);
  const tool::Report ring = report_of(spec, 20 * sim::second);
  const tool::LinkFigures& both = link(ring, "db", "db");
  EXPECT_GT(both.replies, 0U);
  EXPECT_LT(both.replies, both.requests);
  EXPECT_DOUBLE_EQ(both.figures.mean_ms.value, 2.2);
}

TEST(Report, FailuresAreShares) {
  auto spec = constant();
  spec.services[2].error_rate = 0.25;
  const tool::Report report = report_of(spec, 200 * sim::second);
  const tool::ServiceFigures& db = service(report, "db");
  const double share = static_cast<double>(db.errors) / static_cast<double>(db.replies);
  EXPECT_NEAR(share, 0.25, 4 * std::sqrt(0.25 * 0.75 / static_cast<double>(db.replies)));
  EXPECT_EQ(link(report, "web", "db").errors, db.errors);
  EXPECT_EQ(service(report, "www").errors, service(report, "web").errors);
}

void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = source::at("tests/golden/tool/" + name);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  EXPECT_EQ(text, program::text_of(path)) << "make " << path << " with UPDATE_GOLDEN=1";
}

TEST(Report, TextIsTheOneOnFile) {
  std::ostringstream text;
  tool::print_text(report_of(worlds::spec_of("storage"), 10 * sim::second), true, text);
  expect_golden("storage.txt", text.str());
}

TEST(Report, JsonIsTheOneOnFile) {
  std::ostringstream text;
  tool::print_json(report_of(constant(), 2 * sim::second), true, text);
  tool::print_json_fingerprint(report_of(constant(), 2 * sim::second), text);
  expect_golden("constant.json.txt", text.str());
}

TEST(Report, OfNothingHasNoFigures) {
  auto spec = constant();
  spec.services[0].requests_per_second = 0;
  std::ostringstream text, json;
  tool::Report report = report_of(spec, sim::second);
  report.wall_seconds = 0;
  tool::print_text(report, true, text);
  EXPECT_EQ(text.str().find("nan"), std::string::npos) << text.str();
  EXPECT_EQ(text.str().find("inf"), std::string::npos) << text.str();
  EXPECT_EQ(text.str().find("Prob"), std::string::npos) << text.str();
  tool::print_json(report, true, json);
  EXPECT_NE(json.str().find("\"reason\": \"nothingSeen\""), std::string::npos) << json.str();
}

TEST(Table, NamesStandLeftAndFiguresRight) {
  tool::Table table({{"Name", true}, {"n"}, {"end", true}});
  table.add({"a", "1", ""});
  table.add({"größer", "1000", "x"});
  std::ostringstream text;
  table.print(text);
  EXPECT_EQ(text.str(),
            "Name       n  end\n"
            "a          1\n"
            "größer  1000  x\n");
}

TEST(Table, FiguresHaveTheDigitsTheyNeed) {
  EXPECT_EQ(tool::decimal_text(0), "0.000");
  EXPECT_EQ(tool::decimal_text(12.3456), "12.346");
  EXPECT_EQ(tool::decimal_text(0.0471), "0.0471");
  EXPECT_EQ(tool::decimal_text(0.00471), "0.00471");
  EXPECT_EQ(tool::decimal_text(0.000047), "0.000047");
  EXPECT_EQ(tool::decimal_text(0.0471, 12.3), "0.047");
  EXPECT_EQ(tool::decimal_text(0.0000471, 12.3), "0.001");
  EXPECT_EQ(tool::decimal_text(0, 12.3), "0.000");
  EXPECT_EQ(tool::decimal_text(0.001, 0.0471), "0.0010");
  EXPECT_EQ(tool::percent_text(0), "0.00");
  EXPECT_EQ(tool::percent_text(0.00001), "<0.01");
  EXPECT_EQ(tool::percent_text(0.12345), "12.35");
  EXPECT_EQ(tool::percent_text(1), "100.00");
  EXPECT_EQ(tool::rate_text(100.25), "100.2");
}

}  // namespace

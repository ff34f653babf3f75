// The report for people: tables, and distributions as bars.

#include <algorithm>
#include <cstdio>
#include <ostream>

#include "model/problem_text.h"
#include "tool/duration.h"
#include "tool/report.h"
#include "tool/table.h"

namespace tool {
namespace {

constexpr std::size_t bar_longest = 40;
/// Of the 128 buckets an octave that are kept, so many make one row: four rows an octave.
constexpr int row_bits = model::Histogram::octave_bits - 2;

double share(std::uint64_t part, std::uint64_t whole) {
  return per(static_cast<double>(part), static_cast<double>(whole));
}

std::string quantile_text(const model::Histogram& times, double p) {
  return decimal_text(sim::to_ms(times.quantile(p)));
}

/// "12.345", "12.345 ± 0.067", or "-".
std::string value_text(const model::Interval& interval) {
  return interval.has_value() ? decimal_text(interval.value) : "-";
}
std::string mean_text(const model::Interval& interval) {
  return value_text(interval) + (interval.known() ? " ± " + decimal_text(interval.half_width(), interval.value) : "");
}
std::string range_text(const model::Interval& interval) {
  return interval.known() ? decimal_text(interval.low) + " - " + decimal_text(interval.high) : "-";
}
std::string share_text(const model::Interval& interval) {
  return interval.has_value() ? percent_text(interval.value) : "-";
}
std::string rate_of(const model::Interval& interval) {
  return interval.has_value() ? rate_text(interval.value) : "-";
}

void print_head(const Report& report, std::ostream& out) {
  char line[200];
  out << "Architecture  " << report.architecture << ", seed " << report.seed << ", regions " << report.regions << ", scale "
      << report.scale_percent << " %\n";
  out << "Size          " << report.instances << " instances of " << report.services.size() << " services\n";
  if (report.cold_start) {
    out << "Start         cold, " << (report.all_up ? "all up after " + seconds_text(*report.all_up) : "not all up yet") << "\n";
  }
  const double pace = per(sim::to_seconds(report.simulated), report.wall_seconds);
  std::snprintf(line, sizeof line, pace < 100 ? "%.3g" : "%.0f", pace);
  out << "Time          " << seconds_text(report.simulated) << " simulated in " << decimal_text(report.wall_seconds) << " s: " << line
      << " times as fast as the clock\n";
  std::snprintf(line, sizeof line, "%.0f events/s, %.0f messages/s", per(static_cast<double>(report.events), report.wall_seconds),
                per(static_cast<double>(report.messages), report.wall_seconds));
  out << "Work          " << report.events << " events, " << report.messages << " messages; " << line << "\n";
  out << "Fingerprint   " << fingerprint_text(report.fingerprint) << "\n";
  const model::Period& period = report.period;
  out << "Figures       of the last " << seconds_text(period.to() - period.from()) << ", "
      << (period.warm_up_over ? "after" : "perhaps still in") << " the warm-up, in " << period.batches()
      << " batches; ± and between: " << model::number_text(confidence * 100) << " % confidence\n";
}

/// A heading for each of quantile_shares.
void add_quantile_columns(std::vector<Table::Column>& columns) {
  for (const double p : quantile_shares) columns.push_back({"p" + model::number_text(p * 100) + " ms"});
}

/// Of the whole run, as the counts beside it are.
model::Interval whole_share(const ServiceFigures& s) {
  model::Interval share;
  share.value = per(static_cast<double>(s.errors), static_cast<double>(s.replies));
  return share;
}

void print_users(const Report& report, std::ostream& out) {
  std::vector<Table::Column> columns = {{"Users of", true}, {"sent"}, {"per s"}, {"succeeded"}, {"failed"}, {"failed %"}, {"mean ms"}};
  add_quantile_columns(columns);
  Table table(std::move(columns));
  const auto add = [&table](const ServiceFigures& s) {
    std::vector<std::string> row = {s.name,
                                    std::to_string(s.requests),
                                    rate_of(s.figures.rate),
                                    std::to_string(s.replies - s.errors),
                                    std::to_string(s.errors),
                                    share_text(whole_share(s)),
                                    mean_text(s.figures.mean_ms)};
    for (const model::Interval& quantile : s.quantiles_ms) row.push_back(value_text(quantile));
    table.add(std::move(row));
  };
  std::size_t sources = 0;
  for (const ServiceFigures& s : report.services) {
    if (!s.load_source) continue;
    ++sources;
    add(s);
  }
  if (sources > 1) add(report.users);
  table.print(out);
}

void print_services(const Report& report, std::ostream& out) {
  std::vector<Table::Column> columns = {{"Service", true}, {"package", true}, {"instances"}, {"requests"},
                                        {"per s"},         {"errors %"},      {"busy %"},    {"mean ms"}};
  add_quantile_columns(columns);
  columns.insert(columns.end(), {{"service ms"}, {"network ms"}});
  Table table(std::move(columns));
  for (const ServiceFigures& s : report.services) {
    std::vector<std::string> row = {s.name,
                                    s.package,
                                    std::to_string(s.instances),
                                    std::to_string(s.requests),
                                    rate_of(s.figures.rate),
                                    share_text(s.figures.error_share),
                                    share_text(s.figures.utilisation),
                                    mean_text(s.figures.mean_ms)};
    for (const model::Interval& quantile : s.quantiles_ms) row.push_back(value_text(quantile));
    row.push_back(value_text(s.figures.service_mean_ms));
    row.push_back(value_text(s.figures.network_mean_ms));
    table.add(std::move(row));
  }
  table.print(out);
}

void print_ranges(const Report& report, std::ostream& out) {
  std::vector<Table::Column> columns = {{"Between", true}};
  add_quantile_columns(columns);
  Table table(std::move(columns));
  for (const ServiceFigures& s : report.services) {
    std::vector<std::string> row = {s.name};
    for (const model::Interval& quantile : s.quantiles_ms) row.push_back(range_text(quantile));
    table.add(std::move(row));
  }
  table.print(out);
}

void print_links(const Report& report, std::ostream& out) {
  Table table({{"From", true}, {"to", true}, {"requests"}, {"per s"}, {"errors %"}, {"mean ms"}});
  for (const LinkFigures& l : report.links) {
    table.add({l.source, l.target, std::to_string(l.requests), rate_of(l.figures.rate), share_text(l.figures.error_share),
               mean_text(l.figures.mean_ms)});
  }
  table.print(out);
}

void print_functions(const Report& report, std::ostream& out) {
  Table table({{"Function", true}, {"calls"}, {"cold"}, {"cold %"}, {"throttled"}, {"environments"}, {"billed s"}, {"GB s"}, {"dollars"}});
  for (const FunctionFigures& f : report.functions) {
    table.add({f.service, std::to_string(f.count.invocations), std::to_string(f.count.cold_starts),
               percent_text(share(f.count.cold_starts, f.count.invocations)),
               std::to_string(f.count.throttled + f.count.throttled_by_region), std::to_string(f.count.environments.present()),
               decimal_text(static_cast<double>(f.count.billed_ns) / 1e9), decimal_text(f.gb_seconds), decimal_text(f.dollars)});
  }
  table.print(out);
}

void print_histogram(const std::string& title, const model::Histogram& times, std::ostream& out) {
  if (times.count() == 0) return;
  std::vector<model::Histogram::Bucket> rows;
  std::size_t last = 0;
  for (const model::Histogram::Bucket& bucket : times.buckets()) {
    const std::size_t row = model::Histogram::bucket_of(static_cast<std::uint64_t>(bucket.from)) >> row_bits;
    if (rows.empty() || row != last) {
      rows.push_back({model::Histogram::lower_bound(row << row_bits), model::Histogram::lower_bound((row + 1) << row_bits), 0});
    }
    rows.back().count += bucket.count;
    last = row;
  }
  std::uint64_t most = 0;
  for (const auto& row : rows) most = std::max(most, row.count);
  out << "\n"
      << title << ": " << times.count() << " times, p50 " << quantile_text(times, 0.5) << " ms, p99 " << quantile_text(times, 0.99)
      << " ms\n";
  Table table({{"From ms"}, {"To ms"}, {"Count"}, {"Prob"}, {"Bar", true}});
  for (const auto& row : rows) {
    const double length = share(row.count, most) * static_cast<double>(bar_longest) + 0.5;
    char prob[16];
    std::snprintf(prob, sizeof prob, "%.4f", share(row.count, times.count()));
    table.add({decimal_text(sim::to_ms(row.from)), decimal_text(sim::to_ms(row.to)), std::to_string(row.count), prob,
               std::string(static_cast<std::size_t>(length), '#')});
  }
  table.print(out);
}

}  // namespace

void print_histograms(const Report& report, std::ostream& out) {
  for (const ServiceFigures& s : report.services) {
    print_histogram(s.name + (s.load_source ? ", response as users see it" : ", response"), s.response, out);
    print_histogram(s.name + ", service", s.service, out);
    print_histogram(s.name + ", network", s.network, out);
  }
}

void print_text(const Report& report, bool histograms, std::ostream& out) {
  print_head(report, out);
  out << "\n";
  print_users(report, out);
  out << "\n";
  print_services(report, out);
  out << "\n";
  print_ranges(report, out);
  out << "\n";
  print_links(report, out);
  if (!report.functions.empty()) {
    out << "\n";
    print_functions(report, out);
  }
  if (histograms) print_histograms(report, out);
}

}  // namespace tool

#include "model/figures.h"

#include <algorithm>

#include "model/warm_up.h"

namespace model {
namespace {

/// What was added in each batch to a sum over the marks.
template <class Sum>
std::vector<double> changes(const Period& period, Sum sum) {
  std::vector<double> result;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < period.marks.size(); ++i) {
    const std::uint64_t now = sum(*period.marks[i]);
    if (i > 0) result.push_back(static_cast<double>(now - before));
    before = now;
  }
  return result;
}

std::vector<double> changes(const Period& period, std::span<const std::uint32_t> groups, std::uint64_t GroupTotals::*member) {
  return changes(period, [&](const Totals& totals) {
    std::uint64_t sum = 0;
    for (const std::uint32_t group : groups) sum += totals.groups[group].*member;
    return sum;
  });
}

std::vector<double> changes(const Period& period, std::span<const std::uint32_t> links, std::uint64_t LinkCount::*member) {
  return changes(period, [&](const Totals& totals) {
    std::uint64_t sum = 0;
    for (const std::uint32_t link : links) sum += totals.links[link].*member;
    return sum;
  });
}

/// Sums of the response times, ns.
std::vector<double> responses(const Period& period, std::span<const std::uint32_t> groups) {
  return changes(period, [&](const Totals& totals) {
    std::uint64_t sum = 0;
    for (const std::uint32_t group : groups) sum += totals.groups[group].response.sum_ns();
    return sum;
  });
}

std::vector<double> seconds(const Period& period) {
  std::vector<double> result = changes(period, [](const Totals& totals) { return static_cast<std::uint64_t>(totals.at); });
  for (double& length : result) length /= 1e9;
  return result;
}

/// What cannot be below `least` or above `most` by its nature has no interval that is; and in another unit.
Interval within(Interval interval, double least, double most, double unit = 1) {
  interval.value *= unit;
  if (!interval.known()) return interval;
  interval.low = std::clamp(interval.low * unit, least, most);
  interval.high = std::clamp(interval.high * unit, least, most);
  return interval;
}

constexpr double no_limit = 1e300;

Interval mean_ms(std::span<const double> sums_ns, std::span<const double> counts, double confidence) {
  return within(ratio_interval(sums_ns, counts, confidence), 0, no_limit, 1e-6);
}

/// Values at or below each limit in each batch. REQUIRES: limits ascending.
std::vector<std::vector<double>> counts_at_most(const Period& period, std::span<const std::uint32_t> groups,
                                                std::span<const sim::Time> limits) {
  std::vector<std::vector<double>> result(limits.size());
  std::vector<std::uint64_t> before;
  for (const auto& mark : period.marks) {
    std::vector<std::uint64_t> now(limits.size());
    for (const std::uint32_t group : groups) mark->groups[group].response.add_counts_at_most(limits, now);
    for (std::size_t i = 0; i < before.size(); ++i) result[i].push_back(static_cast<double>(now[i] - before[i]));
    before = std::move(now);
  }
  return result;
}

/// The quantile on the way to p whose crowds are ten times as common.
double nearer(double p) {
  const double beyond = std::min(0.5, 10 * std::min(p, 1 - p));
  return p < 0.5 ? beyond : 1 - beyond;
}

Histogram responses_at(const Totals& totals, std::span<const std::uint32_t> groups) {
  Histogram all;
  for (const std::uint32_t group : groups) totals.groups[group].response.add_to(all);
  return all;
}

}  // namespace

Period period_from(const Marks& marks, sim::Time from) {
  Period period;
  const auto late_enough = [from](const std::shared_ptr<const Totals>& mark) { return mark->at >= from; };
  period.marks.assign(std::find_if(marks.begin(), marks.end(), late_enough), marks.end());
  period.warm_up_over = true;
  return period;
}

Period steady_period(const Marks& marks, std::span<const std::uint32_t> groups) {
  Period all = period_from(marks, 0);
  if (all.marks.empty()) return all;
  const WarmUp warm_up = mser(changes(all, groups, &GroupTotals::in_flight_ns), 1);
  Period period = period_from(marks, all.marks[warm_up.length]->at);
  period.warm_up = period.from() - all.from();
  period.warm_up_over = warm_up.over;
  return period;
}

GroupFigures group_figures(const Period& period, std::span<const std::uint32_t> groups, double confidence) {
  const auto sums = [&](std::uint64_t GroupTotals::*member) { return changes(period, groups, member); };
  const std::vector<double> time = seconds(period), replies = sums(&GroupTotals::replies), errors = sums(&GroupTotals::errors);
  const std::vector<double> services = sums(&GroupTotals::services), responses_ns = responses(period, groups);
  GroupFigures f;
  f.rate = count_interval(sums(&GroupTotals::requests), time, confidence);
  f.error_rate = count_interval(errors, time, confidence);
  f.error_share = share_interval(errors, replies, confidence);
  f.utilisation = within(ratio_interval(sums(&GroupTotals::busy_ns), sums(&GroupTotals::capacity_ns), confidence), 0, 1);
  const auto level = [&](std::uint64_t GroupTotals::*member) {
    return within(ratio_interval(sums(member), time, confidence), 0, no_limit, 1e-9);
  };
  f.in_flight = level(&GroupTotals::in_flight_ns);
  f.queued = level(&GroupTotals::queued_ns);
  f.mean_ms = mean_ms(responses_ns, replies, confidence);
  f.service_mean_ms = mean_ms(sums(&GroupTotals::service_ns), services, confidence);
  f.network_mean_ms = mean_ms(sums(&GroupTotals::network_ns), services, confidence);
  return f;
}

GroupDifferences group_differences(const Period& base, std::span<const std::uint32_t> base_groups, const Period& candidate,
                                   std::span<const std::uint32_t> candidate_groups, double confidence) {
  using Series = std::vector<double>;
  const auto compare = [&](const auto& tops, const auto& bottoms, double unit) {
    const Series base_bottoms = bottoms(base, base_groups), candidate_bottoms = bottoms(candidate, candidate_groups);
    Interval difference =
        ratio_difference(tops(base, base_groups), base_bottoms, tops(candidate, candidate_groups), candidate_bottoms, confidence);
    for (double* figure : {&difference.value, &difference.low, &difference.high}) *figure *= unit;
    return difference;
  };
  const auto sum_of = [](std::uint64_t GroupTotals::*member) {
    return [member](const Period& period, std::span<const std::uint32_t> groups) { return changes(period, groups, member); };
  };
  const auto time = [](const Period& period, std::span<const std::uint32_t>) { return seconds(period); };
  GroupDifferences d;
  d.rate = compare(sum_of(&GroupTotals::requests), time, 1);
  d.error_rate = compare(sum_of(&GroupTotals::errors), time, 1);
  d.error_share = compare(sum_of(&GroupTotals::errors), sum_of(&GroupTotals::replies), 1);
  d.utilisation = compare(sum_of(&GroupTotals::busy_ns), sum_of(&GroupTotals::capacity_ns), 1);
  d.in_flight = compare(sum_of(&GroupTotals::in_flight_ns), time, 1e-9);
  d.queued = compare(sum_of(&GroupTotals::queued_ns), time, 1e-9);
  d.mean_ms = compare(responses, sum_of(&GroupTotals::replies), 1e-6);
  return d;
}

std::vector<Interval> response_quantiles_ms(const Period& period, std::span<const std::uint32_t> groups, std::span<const double> shares,
                                            double confidence) {
  std::vector<Interval> result(shares.size());
  if (period.batches() == 0) return result;
  const Histogram values = responses_at(*period.marks.back(), groups).since(responses_at(*period.marks.front(), groups));
  if (values.count() == 0) return result;
  std::vector<sim::Time> limits = {sim::never};
  for (const double p : shares) limits.insert(limits.end(), {values.quantile(p), values.quantile(nearer(p))});
  std::sort(limits.begin(), limits.end());
  const std::vector<std::vector<double>> counts = counts_at_most(period, groups, limits);
  const auto evidence_at = [&](double p) {
    const auto place = std::lower_bound(limits.begin(), limits.end(), values.quantile(p)) - limits.begin();
    return evidence_of(counts[static_cast<std::size_t>(place)], counts.back());
  };
  const auto bucket_at = [&](double share) { return Histogram::bucket_of(static_cast<std::uint64_t>(values.quantile(share))); };
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double p = shares[i];
    Evidence evidence = evidence_at(p);
    evidence.trials = std::min(evidence.trials, evidence_at(nearer(p)).trials);
    const double beyond = std::min(p, 1 - p) * static_cast<double>(values.count());
    if (evidence.doubt == Doubt::none && beyond < values_beyond_min) evidence.doubt = Doubt::few_values;
    result[i] = score_interval(p, evidence, confidence);
    result[i].value = sim::to_ms(values.quantile(p));
    if (!result[i].known()) continue;
    result[i].low = sim::to_ms(Histogram::lower_bound(bucket_at(result[i].low)));
    result[i].high = sim::to_ms(Histogram::lower_bound(bucket_at(result[i].high) + 1));
  }
  return result;
}

LinkFigures link_figures(const Period& period, std::span<const std::uint32_t> links, double confidence) {
  const auto sums = [&](std::uint64_t LinkCount::*member) { return changes(period, links, member); };
  const std::vector<double> time = seconds(period), errors = sums(&LinkCount::errors), one_way = sums(&LinkCount::one_way);
  std::vector<double> replies = sums(&LinkCount::replies);
  for (std::size_t i = 0; i < replies.size(); ++i) replies[i] -= one_way[i];
  LinkFigures f;
  f.rate = count_interval(sums(&LinkCount::requests), time, confidence);
  f.error_rate = count_interval(errors, time, confidence);
  f.error_share = share_interval(errors, replies, confidence);
  f.mean_ms = mean_ms(sums(&LinkCount::response_ns), replies, confidence);
  return f;
}

}  // namespace model

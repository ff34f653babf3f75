// One request, many calls: the slowest decides.

#include <cmath>
#include <ostream>

#include "oracles/measured.h"
#include "oracles/theory.h"

namespace {

/// Pages of n parts at a time, each of which takes an exponential time of 1 ms and waits for nobody.
class Pages {
 public:
  Pages(unsigned parts, double pages, std::uint64_t seed) : parts_(parts), measured_(spec_of(parts, seed), pages / rate) {
    page_ = worlds::cells_of(measured_.world, "page").service;
  }

  const oracle::Measured& measured() const { return measured_; }

  /// `chance` is that of a page within t ms. Pages are independent of each other, so how many are is binomial; 3.89 standard deviations
  /// are passed by one in ten thousand. The histogram knows t to a bucket: as many as are in it are allowed, either way.
  void expect_within(double t_ms, double chance) const {
    const sim::Time t = sim::from_ms(t_ms + oracle::there_ms + oracle::back_ms);
    const auto bucket = model::Histogram::bucket_of(static_cast<std::uint64_t>(t));
    const auto n = static_cast<double>(page_.count());
    const double deviation = 3.89 * std::sqrt(n * chance * (1 - chance));
    EXPECT_GT(n, 400);
    EXPECT_LT(deviation, n * std::max(chance, 1 - chance) * oracle::sharp);
    EXPECT_LE(static_cast<double>(page_.count_at_most(model::Histogram::lower_bound(bucket) - 1)), n * chance + deviation)
        << parts_ << " parts, " << t_ms << " ms";
    EXPECT_GE(static_cast<double>(page_.count_at_most(t)), n * chance - deviation) << parts_ << " parts, " << t_ms << " ms";
  }

 private:
  static constexpr double rate = 50;

  static model::WorldSpec spec_of(unsigned parts, std::uint64_t seed) {
    model::ServiceSpec page = oracle::front("page", {0}, model::FanOut::parallel);
    page.calls.resize(1);
    page.calls[0].calls = parts;
    return oracle::asked({oracle::queue("part", 65'535), page}, rate, seed);
  }

  unsigned parts_;
  oracle::Measured measured_;
  model::Histogram page_;
};

struct Row {
  unsigned parts;
  double mean, p50, p99;  ///< published; ms
  double pages;           ///< in the run
  std::uint64_t seed;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << "parts_" << row.parts;
}

class OrderStatistics : public testing::TestWithParam<Row> {};

TEST_P(OrderStatistics, OfExponentialTimes) {
  const Row& row = GetParam();
  const auto quantile = [&row](double p) { return -std::log(1 - std::pow(p, 1.0 / row.parts)); };
  EXPECT_NEAR(theory::harmonic(row.parts), row.mean, 5.1e-6);
  EXPECT_NEAR(quantile(.5), row.p50, 5.1e-5);
  EXPECT_NEAR(quantile(.99), row.p99, 5.1e-5);
  const Pages pages(row.parts, row.pages, row.seed);
  oracle::expect(pages.measured().figures("page").service_mean_ms, theory::harmonic(row.parts) + oracle::there_ms + oracle::back_ms,
                 "mean of the slowest");
  pages.expect_within(quantile(.5), .5);
  pages.expect_within(quantile(.99), .99);
}

INSTANTIATE_TEST_SUITE_P(Oracles, OrderStatistics,
                         testing::Values(Row{10, 2.92897, 2.7036, 6.9032, 1e5, 1}, Row{100, 5.18738, 4.9751, 9.2054, 2e4, 2},
                                         Row{1000, 7.48547, 7.2746, 11.5079, 2e3, 3}));

// Dean and Barroso: a part in a hundred is slow, and with a hundred parts most pages are. Slow: beyond the quantile of a single part.
TEST(TailAtScale, WhatIsRareForOnePartIsUsualForAPage) {
  struct Tail {
    double slow;
    unsigned parts;
    double published, pages;
  };
  for (const Tail& tail :
       {Tail{.01, 10, .095618, 3e4}, Tail{.01, 100, .633968, 5e3}, Tail{.001, 1000, .632305, 600}, Tail{.0001, 2000, .181277, 500}}) {
    const double slow_page = 1 - std::pow(1 - tail.slow, tail.parts);
    EXPECT_NEAR(slow_page, tail.published, 5.1e-7);
    Pages(tail.parts, tail.pages, 4).expect_within(-std::log(tail.slow), 1 - slow_page);
  }
}

/// n queues that all have a part of every request: mean time of the slowest, in ms.
void expect_forked(unsigned n, double rho, double join_ms, double allowed, double arrivals, std::uint64_t seed) {
  std::vector<model::ServiceSpec> services;
  std::vector<std::uint32_t> all;
  for (unsigned i = 0; i < n; ++i) {
    services.push_back(oracle::queue("queue" + std::to_string(i), 1));
    all.push_back(i);
  }
  services.push_back(oracle::front("fork", all, model::FanOut::parallel));
  const double rate = 1000 * rho;
  const oracle::Measured run(oracle::asked(services, rate, seed), arrivals / rate);
  for (unsigned i = 0; i < n; ++i) oracle::expect(run.figures("queue" + std::to_string(i)).utilisation, rho, "utilisation");
  oracle::expect(run.figures("fork").service_mean_ms, join_ms + oracle::there_ms + oracle::back_ms, "join of " + std::to_string(n),
                 allowed);
}

// Flatto and Hahn 1984: exact for two.
TEST(ForkJoin, OfTwoQueues) {
  const auto join_ms = [](double rho) { return (12 - rho) / 8 / (1 - rho); };
  EXPECT_NEAR(join_ms(.8), 7.0, 1e-9);
  EXPECT_NEAR(join_ms(.9), 13.875, 1e-9);
  expect_forked(2, .8, join_ms(.8), oracle::table, theory::run_length(.8, .03), 1);
  expect_forked(2, .9, join_ms(.9), oracle::table, theory::run_length(.9, .04), 2);
}

// Nelson and Tantawi 1988: an approximation for more, good to 4 %.
TEST(ForkJoin, OfTenQueues) {
  const double n = 10, rho = .8, ratio = theory::harmonic(10) / theory::harmonic(2);
  const double join_ms = (ratio + (1 - ratio) * 4 * rho / 11) * (12 - rho) / 8 / (1 - rho);
  EXPECT_NEAR(join_ms, 11.73, 5.1e-3);
  expect_forked(static_cast<unsigned>(n), rho, join_ms, .04, theory::run_length(.8, .05), 3);
}

}  // namespace

#include "model/packed_histogram.h"

namespace model {
namespace {

void put(std::vector<std::uint8_t>& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<std::uint8_t>(number | 0x80));
  bytes.push_back(static_cast<std::uint8_t>(number));
}

std::uint64_t take(const std::uint8_t*& at) {
  std::uint64_t number = 0;
  int shift = 0;
  for (; (*at & 0x80) != 0; ++at, shift += 7) number |= std::uint64_t{*at & 0x7fU} << shift;
  return number | std::uint64_t{*at++} << shift;
}

}  // namespace

PackedHistogram::PackedHistogram(const Histogram& histogram) : count_(histogram.count()), sum_(histogram.sum_ns()) {
  packed_.reserve(2 * histogram.counts_.size());
  std::size_t last = 0;
  for (std::size_t i = 0; i < histogram.counts_.size(); ++i) {
    if (histogram.counts_[i] == 0) continue;
    put(packed_, histogram.first_ + i - last);
    put(packed_, histogram.counts_[i]);
    last = histogram.first_ + i;
  }
  packed_.shrink_to_fit();
}

void PackedHistogram::add_to(Histogram& histogram) const {
  std::size_t bucket = 0;
  for (const std::uint8_t* at = packed_.data(); at != packed_.data() + packed_.size();) {
    bucket += take(at);
    if (bucket - histogram.first_ >= histogram.counts_.size()) histogram.cover(bucket, bucket);
    histogram.counts_[bucket - histogram.first_] += take(at);
  }
  histogram.count_ += count_;
  histogram.sum_ += sum_;
}

void PackedHistogram::add_counts_at_most(std::span<const sim::Time> limits, std::span<std::uint64_t> counts) const {
  std::size_t bucket = 0;
  std::size_t limit = 0;
  std::uint64_t sum = 0;
  for (const std::uint8_t* at = packed_.data(); at != packed_.data() + packed_.size();) {
    bucket += take(at);
    for (; limit < limits.size() && Histogram::bucket_of(static_cast<std::uint64_t>(limits[limit])) < bucket; ++limit) counts[limit] += sum;
    sum += take(at);
  }
  for (; limit < limits.size(); ++limit) counts[limit] += sum;
}

}  // namespace model

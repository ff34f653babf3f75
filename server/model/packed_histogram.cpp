#include "model/packed_histogram.h"

#include <memory>

namespace model {
namespace {

constexpr std::size_t number_bytes_max = 10;  ///< of 64 bits, 7 at a time

std::uint8_t* put(std::uint8_t* to, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) *to++ = static_cast<std::uint8_t>(number | 0x80);
  *to++ = static_cast<std::uint8_t>(number);
  return to;
}

std::uint64_t take(const std::uint8_t*& at) {
  std::uint64_t number = 0;
  int shift = 0;
  for (; (*at & 0x80) != 0; ++at, shift += 7) number |= std::uint64_t{*at & 0x7fU} << shift;
  return number | std::uint64_t{*at++} << shift;
}

}  // namespace

PackedHistogram::PackedHistogram(const Histogram& histogram) : count_(histogram.count()), sum_(histogram.sum_ns()) {
  const auto bytes = std::make_unique_for_overwrite<std::uint8_t[]>(2 * number_bytes_max * (histogram.counts_.size() + 1));
  std::uint8_t* end = bytes.get();
  std::size_t last = 0;
  for (std::size_t i = histogram.first_; i < histogram.first_ + histogram.counts_.size(); ++i) {
    const std::uint64_t count = histogram.at(i - histogram.first_);
    if ((count | (i - last)) >= 0x80) {
      if (count == 0) continue;
      end = put(put(end, i - last), count);
      last = i;
      continue;
    }
    // Which buckets are empty is chance: all are written, and those that are not are kept, so that no branch has to be guessed.
    end[0] = static_cast<std::uint8_t>(i - last);
    end[1] = static_cast<std::uint8_t>(count);
    end += count != 0 ? 2 : 0;
    last = count != 0 ? i : last;
  }
  packed_.assign(bytes.get(), end);
}

void PackedHistogram::add_to(Histogram& histogram) const {
  std::size_t bucket = 0;
  for (const std::uint8_t* at = packed_.data(); at != packed_.data() + packed_.size();) {
    bucket += take(at);
    if (bucket - histogram.first_ >= histogram.counts_.size()) histogram.cover(bucket, bucket);
    const std::size_t place = bucket - histogram.first_;
    histogram.set(place, histogram.at(place) + take(at));
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

#include "model/histogram.h"

#include <algorithm>
#include <cassert>

namespace model {
namespace {

constexpr std::size_t octave = std::size_t{1} << Histogram::octave_bits;

}  // namespace

sim::Time Histogram::lower_bound(std::size_t bucket) {
  if (bucket < 2 * octave) return static_cast<sim::Time>(bucket);
  const std::size_t shift = (bucket >> octave_bits) - 1;
  return static_cast<sim::Time>(((bucket & (octave - 1)) | octave) << shift);
}

void Histogram::add_outside(std::uint64_t v) {
  const std::size_t bucket = bucket_of(v);
  cover(bucket, bucket);
  set(bucket - first_, at(bucket - first_) + 1);
  ++count_;
  sum_ += v;
}

void Histogram::cover(std::size_t first, std::size_t last) {
  first &= ~(octave - 1);
  std::size_t end = (last | (octave - 1)) + 1;
  if (!counts_.empty()) {
    first = std::min(first, first_);
    end = std::max(end, first_ + counts_.size());
    if (end - first == counts_.size()) return;
  }
  const std::size_t before = counts_.empty() ? 0 : first_ - first;
  const auto widen = [&](std::vector<std::uint32_t>& halves) {
    std::vector<std::uint32_t> wider(end - first);
    std::copy(halves.begin(), halves.end(), wider.begin() + static_cast<std::ptrdiff_t>(before));
    halves = std::move(wider);
  };
  widen(counts_);
  if (!upper_.empty()) widen(upper_);
  first_ = first;
}

void Histogram::carry(std::size_t place) {
  if (upper_.empty()) upper_.resize(counts_.size());
  ++upper_[place];
}

void Histogram::set(std::size_t place, std::uint64_t count) {
  counts_[place] = static_cast<std::uint32_t>(count);
  const auto upper = static_cast<std::uint32_t>(count >> 32);
  if (upper != 0 && upper_.empty()) upper_.resize(counts_.size());
  if (!upper_.empty()) upper_[place] = upper;
}

sim::Time Histogram::quantile(double p) const {
  if (count_ == 0) return 0;
  const double wanted = std::clamp(p, 0.0, 1.0) * static_cast<double>(count_);
  std::uint64_t rank = static_cast<std::uint64_t>(wanted);
  if (static_cast<double>(rank) < wanted) ++rank;
  rank = std::clamp<std::uint64_t>(rank, 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += at(i);
    if (seen >= rank) {
      const sim::Time low = lower_bound(first_ + i);
      return low + (lower_bound(first_ + i + 1) - low) / 2;
    }
  }
  return 0;
}

std::uint64_t Histogram::count_at_most(sim::Time limit) const {
  if (limit < 0) return 0;
  const std::size_t last = bucket_of(static_cast<std::uint64_t>(limit));
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < counts_.size() && first_ + i <= last; ++i) sum += at(i);
  return sum;
}

void Histogram::merge(const Histogram& other) {
  if (other.counts_.empty()) return;
  cover(other.first_, other.first_ + other.counts_.size() - 1);
  for (std::size_t i = 0; i < other.counts_.size(); ++i) {
    const std::size_t place = other.first_ - first_ + i;
    set(place, at(place) + other.at(i));
  }
  count_ += other.count_;
  sum_ += other.sum_;
}

Histogram Histogram::since(const Histogram& earlier) const {
  Histogram difference;
  difference.counts_.resize(counts_.size());
  difference.first_ = first_;
  difference.count_ = count_ - earlier.count_;
  difference.sum_ = sum_ - earlier.sum_;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const std::size_t then = first_ + i - earlier.first_;
    difference.set(i, at(i) - (then < earlier.counts_.size() ? earlier.at(then) : 0));
  }
  return difference;
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> result;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (const std::uint64_t count = at(i); count != 0) result.push_back({lower_bound(first_ + i), lower_bound(first_ + i + 1), count});
  }
  return result;
}

}  // namespace model

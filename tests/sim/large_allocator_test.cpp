#include "sim/large_allocator.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace {

struct alignas(64) Record {
  std::uint64_t number = 0;
};
using Records = std::vector<Record, sim::LargeAllocator<Record>>;

TEST(LargeAllocator, WhatIsLargeBeginsAHugePage) {
  Records records(sim::LargeAllocator<Record>::huge_page / sizeof(Record));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(records.data()) % sim::LargeAllocator<Record>::huge_page, 0U);
}

TEST(LargeAllocator, WhatIsSmallIsAlignedAsItsType) {
  const Records records(3);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(records.data()) % alignof(Record), 0U);
}

TEST(LargeAllocator, KeepsWhatIsThereWhileItGrowsAndIsCopied) {
  Records records;
  for (std::uint64_t n = 0; n < 100'000; ++n) records.push_back({n});
  const Records copy = records;
  records.clear();
  records.shrink_to_fit();
  for (std::uint64_t n = 0; n < copy.size(); ++n) ASSERT_EQ(copy[n].number, n);
}

}  // namespace

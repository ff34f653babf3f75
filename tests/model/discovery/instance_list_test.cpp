// A list that knows who is where without being read, against a plain one.

#include "model/instance_list.h"

#include <gtest/gtest.h>

#include <vector>

#include "sim/random.h"

namespace {

using model::InstanceId;
using model::InstanceList;

void expect_same(const InstanceList& list, const std::vector<InstanceId>& plain) {
  ASSERT_EQ(list.size(), plain.size());
  ASSERT_EQ(list.empty(), plain.empty());
  ASSERT_EQ(std::vector<InstanceId>(list.begin(), list.end()), plain);
  for (std::size_t n = 0; n < plain.size(); ++n) ASSERT_EQ(list[n], plain[n]) << n;
  if (!plain.empty()) {
    ASSERT_EQ(list.back(), plain.back());
  }
}

/// Runs of equal distances, either way, and others in between; taken out from all over, down to nobody.
TEST(InstanceList, IsThePlainList) {
  for (std::uint64_t run = 0; run < 300; ++run) {
    auto draw = [run, n = std::uint64_t{0}](std::uint64_t below) mutable {
      return sim::scale(sim::draw(2, run, sim::Purpose::discovery, n++), below);
    };
    InstanceList list;
    std::vector<InstanceId> plain;
    InstanceId next = static_cast<InstanceId>(draw(1'000'000));
    const auto step = static_cast<InstanceId>(draw(7)) - 3;
    for (int change = 0; change < 400; ++change) {
      const bool grows = change / 100 % 2 == 0;
      if (plain.empty() || draw(10) < (grows ? 9U : 2U)) {
        next += draw(20) == 0 ? static_cast<InstanceId>(draw(100)) : step;
        list.push_back(next);
        plain.push_back(next);
      } else {
        const std::size_t place = draw(plain.size());
        list.take(place);
        plain[place] = plain.back();
        plain.pop_back();
      }
      ASSERT_NO_FATAL_FAILURE(expect_same(list, plain)) << run << ": " << change;
    }
  }
}

TEST(InstanceList, ACopyIsOfItsOwn) {
  InstanceList list;
  for (InstanceId id = 10; id < 200; id += 3) list.push_back(id);
  InstanceList copy = list;
  list.take(0);
  EXPECT_EQ(copy[0], 10U);
  EXPECT_EQ(list[0], 199U);
}

}  // namespace

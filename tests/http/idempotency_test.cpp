#include "http/idempotency.h"

#include <gtest/gtest.h>

namespace {

http::Request request(const std::string& body) {
  http::Request request;
  request.method = "POST";
  request.target = "/x";
  request.body = body;
  return request;
}

TEST(Idempotency, gives_the_first_answer_again) {
  http::Idempotency kept;
  EXPECT_FALSE(kept.begin("k", request("a")));
  kept.finish("k", http::created("{}", "/x/1"));
  const auto again = kept.begin("k", request("a"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->status, 201U);
  EXPECT_EQ(again->headers.back(), (std::pair<std::string, std::string>{"Idempotent-Replayed", "true"}));
}

TEST(Idempotency, refuses_while_in_flight_and_for_other_requests) {
  http::Idempotency kept;
  EXPECT_FALSE(kept.begin("k", request("a")));
  EXPECT_EQ(kept.begin("k", request("a"))->status, 409U);
  EXPECT_EQ(kept.begin("k", request("b"))->status, 422U);
  kept.finish("k", http::ok("{}"));
  EXPECT_EQ(kept.begin("k", request("b"))->status, 422U);
}

TEST(Idempotency, takes_keys_of_1_to_255_characters) {
  http::Idempotency kept;
  EXPECT_EQ(kept.begin("", request("a"))->status, 400U);
  EXPECT_FALSE(kept.begin(std::string(255, 'k'), request("a")));
  EXPECT_EQ(kept.begin(std::string(256, 'k'), request("a"))->status, 400U);
}

TEST(Idempotency, forgets_after_ten_minutes) {
  auto now = http::Idempotency::Clock::time_point{};
  http::Idempotency kept([&now] { return now; });
  EXPECT_FALSE(kept.begin("k", request("a")));
  kept.finish("k", http::ok("{}"));
  now += std::chrono::minutes(10);
  EXPECT_TRUE(kept.begin("k", request("a")));
  now += std::chrono::seconds(1);
  EXPECT_FALSE(kept.begin("k", request("a")));
}

TEST(Idempotency, keeps_a_thousand_and_drops_the_oldest_first) {
  http::Idempotency kept;
  for (std::size_t i = 0; i < http::Idempotency::keys_max; ++i) {
    EXPECT_FALSE(kept.begin("k" + std::to_string(i), request("a")));
    kept.finish("k" + std::to_string(i), http::ok("{}"));
  }
  EXPECT_TRUE(kept.begin("k0", request("a")));
  EXPECT_FALSE(kept.begin("one more", request("a")));
  EXPECT_FALSE(kept.begin("k0", request("a")));
  EXPECT_TRUE(kept.begin("k2", request("a")));
}

TEST(Idempotency, says_so_when_a_thousand_are_in_flight) {
  http::Idempotency kept;
  for (std::size_t i = 0; i < http::Idempotency::keys_max; ++i) EXPECT_FALSE(kept.begin("k" + std::to_string(i), request("a")));
  EXPECT_EQ(kept.begin("one more", request("a"))->status, 429U);
}

}  // namespace

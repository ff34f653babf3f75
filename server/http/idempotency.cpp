#include "http/idempotency.h"

#include <string_view>

namespace http {
namespace {

std::uint64_t fingerprint_of(const Request& request) {
  std::uint64_t hash = hash_text(request.method);
  hash = hash_text(" ", hash_text(request.target, hash_text(" ", hash)));
  return hash_text(request.body, hash);
}

}  // namespace

std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
  for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return seed;
}

std::optional<Reply> Idempotency::begin(const std::string& key, const Request& request) {
  if (key.empty() || key.size() > key_length_max) {
    return problem(400, "An Idempotency-Key has 1 to 255 characters.", {}, "bad-idempotency-key");
  }
  const std::uint64_t fingerprint = fingerprint_of(request);
  const std::lock_guard lock(mutex_);
  auto found = records_.find(key);
  if (found != records_.end() && found->second.reply && now_() - found->second.begun > kept_for) {
    order_.erase(found->second.place);
    records_.erase(found);
    found = records_.end();
  }
  if (found != records_.end()) {
    const Record& record = found->second;
    if (record.fingerprint != fingerprint) {
      return problem(422, "This Idempotency-Key was used with another method, path or body.", {}, "idempotency-key-reused");
    }
    if (!record.reply) return problem(409, "The first call with this Idempotency-Key is still in flight.", {}, "idempotency-key-in-flight");
    Reply again = *record.reply;
    again.headers.emplace_back("Idempotent-Replayed", "true");
    return again;
  }
  if (!make_room()) return problem(429, "Too many calls with an Idempotency-Key are in flight.");
  order_.push_back(key);
  records_[key] = Record{fingerprint, now_(), std::nullopt, std::prev(order_.end())};
  return std::nullopt;
}

void Idempotency::finish(const std::string& key, const Reply& reply) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(key);
  if (found != records_.end()) found->second.reply = reply;
}

bool Idempotency::make_room() {
  for (auto key = order_.begin(); key != order_.end();) {
    const auto record = records_.find(*key);
    const bool old = now_() - record->second.begun > kept_for;
    if (!old && records_.size() < keys_max) break;
    if (!record->second.reply) {
      ++key;
      continue;
    }
    records_.erase(record);
    key = order_.erase(key);
  }
  return records_.size() < keys_max;
}

}  // namespace http

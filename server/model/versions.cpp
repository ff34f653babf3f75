#include "model/versions.h"

#include <algorithm>

namespace model {

void Versions::write(std::uint64_t key, sim::Time written) {
  if (written <= before_) return;
  if (writes_.size() == kept_max) drop_oldest();
  sim::Time& newest = newest_.at(key);
  if (newest >= written) return;
  newest = written;
  writes_.push_back({key, written});
}

Versions::Answer Versions::read(std::uint64_t key) const {
  const sim::Time* newest = newest_.find(key);
  return newest != nullptr ? Answer{*newest, true} : Answer{before_, false};
}

void Versions::drop_oldest() {
  const Write oldest = writes_.front();
  writes_.pop_front();
  if (*newest_.find(oldest.key) != oldest.at) return;  // written again since
  newest_.erase(oldest.key);
  before_ = std::max(before_, oldest.at);
}

}  // namespace model

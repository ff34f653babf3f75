#include "run/judge/cause.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

namespace run::judge {
namespace {

/// Calls from one service to another between two looks.
struct Calls {
  std::uint32_t target = 0;
  double ended = 0;
  double failed = 0;
  double response_ns = 0;
  double failing() const { return ended > 0 ? failed / ended : 0; }
  double mean_ms() const { return ended > 0 ? response_ns / ended / 1e6 : 0; }
};

std::vector<Calls> calls_of(const Observer& observer, const Observation& before, const Observation& now, std::uint32_t service) {
  std::vector<Calls> result;
  for (std::size_t p = 0; p < observer.pairs().size(); ++p) {
    const Observer::Pair& pair = observer.pairs()[p];
    if (pair.source != service || pair.target == service) continue;
    const model::LinkCount& a = before.calls[p];
    const model::LinkCount& b = now.calls[p];
    result.push_back({pair.target, static_cast<double>(b.replies - a.replies), static_cast<double>(b.errors - a.errors),
                      static_cast<double>(b.response_ns - a.response_ns)});
  }
  return result;
}

/// Follows the worst call downwards from `entry` while `explains(call, worst call of its target)`.
template <class Worse, class Explains>
std::optional<Calls> deepest(const Observer& observer, const Observation& before, const Observation& now, std::uint32_t entry, Worse worse,
                             Explains explains) {
  std::optional<Calls> last;
  std::vector<std::uint32_t> passed{entry};
  while (true) {
    const std::vector<Calls> calls = calls_of(observer, before, now, passed.back());
    const auto worst = std::max_element(calls.begin(), calls.end(), worse);
    if (worst == calls.end() || !explains(last, *worst)) return last;
    if (std::find(passed.begin(), passed.end(), worst->target) != passed.end()) return last;
    last = *worst;
    passed.push_back(worst->target);
  }
}

template <class... Values>
std::string text_of(const char* format, Values... values) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

}  // namespace

Cause cause_of_errors(const model::World& world, const Observer& observer, const Observation& before, const Observation& now,
                      std::uint32_t entry) {
  const auto worst = deepest(
      observer, before, now, entry, [](const Calls& x, const Calls& y) { return x.failed < y.failed; },
      // Fewer failures below than half of those above come from somewhere else, too.
      [](const std::optional<Calls>& above, const Calls& call) { return call.failed > 0 && (!above || call.failed * 2 >= above->failed); });
  if (!worst) return {};
  const std::string& name = world.shared().services[worst->target].name;
  return {Cause::Kind::errors, worst->target,
          text_of("%.3g %%", worst->failing() * 100) + " of the calls to " + name + " fail, and nothing below it explains that."};
}

Cause cause_of_slowness(const model::World& world, const Observer& observer, const Observation& before, const Observation& now,
                        std::uint32_t entry) {
  const auto worst = deepest(
      observer, before, now, entry, [](const Calls& x, const Calls& y) { return x.response_ns < y.response_ns; },
      [](const std::optional<Calls>& above, const Calls& call) {
        return call.response_ns > 0 && (!above || call.response_ns * 2 >= above->response_ns);
      });
  if (!worst) return {};
  const std::string& name = world.shared().services[worst->target].name;
  return {Cause::Kind::slow, worst->target,
          "Most of the time is spent waiting for " + name + ", which takes " + text_of("%.3g ms", worst->mean_ms()) + " on average."};
}

}  // namespace run::judge

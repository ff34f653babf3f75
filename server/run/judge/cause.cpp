#include "run/judge/cause.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

namespace run::judge {
namespace {

/// Calls to one service between two looks.
struct Calls {
  std::uint32_t target = 0;
  double ended = 0;
  double failed = 0;
  double response_ns = 0;
  double failing() const { return ended > 0 ? failed / ended : 0; }
  double mean_ms() const { return ended > 0 ? response_ns / ended / 1e6 : 0; }
};

/// Of every pair of services.
std::vector<Calls> calls_between(const Observer& observer, const Observation& before, const Observation& now) {
  std::vector<Calls> result;
  for (std::size_t p = 0; p < observer.pairs().size(); ++p) {
    const model::LinkCount& a = before.calls[p];
    const model::LinkCount& b = now.calls[p];
    result.push_back({observer.pairs()[p].target, static_cast<double>(b.replies - a.replies), static_cast<double>(b.errors - a.errors),
                      static_cast<double>(b.response_ns - a.response_ns)});
  }
  return result;
}

std::vector<Calls> calls_of(const Observer& observer, const std::vector<Calls>& calls, std::uint32_t service) {
  std::vector<Calls> result;
  for (std::size_t p = 0; p < calls.size(); ++p) {
    if (observer.pairs()[p].source == service && calls[p].target != service) result.push_back(calls[p]);
  }
  return result;
}

/// Where calls fail and nothing below explains it.
struct Culprit {
  std::uint32_t service = 0;
  double failing = 0;                     ///< of the calls to it, or to the one that needs it
  std::optional<std::uint32_t> needs_it;  ///< nobody of it was there, so that calls to this one fail
};

/// Goes down from an entry along the calls that fail.
class ErrorSearch {
 public:
  ErrorSearch(const Observer& observer, const std::vector<bool>& absent, std::vector<Calls> calls)
      : observer_(observer), absent_(absent), calls_(std::move(calls)), passed_(absent.size()) {}

  /// The worst first.
  std::vector<Culprit> from(std::uint32_t entry) {
    follow(entry, 0);
    std::stable_sort(found_.begin(), found_.end(), [](const Found& x, const Found& y) { return x.failed > y.failed; });
    if (found_.size() > Cause::services_max) found_.resize(Cause::services_max);
    std::vector<Culprit> culprits;
    for (const Found& found : found_) culprits.push_back(found.culprit);
    return culprits;
  }

 private:
  struct Found {
    double failed = 0;  ///< calls
    Culprit culprit;
  };

  /// `failed`: calls to the service; 0: it is the entry. Fewer failures below than half of those come from somewhere else, too.
  void follow(std::uint32_t service, double failed) {
    passed_[service] = true;
    std::vector<Calls> below = calls_of(observer_, calls_, service);
    std::sort(below.begin(), below.end(), [](const Calls& x, const Calls& y) { return x.failed > y.failed; });
    double sum = 0;
    for (const Calls& call : below) sum += call.failed;
    if (sum == 0 || sum * 2 < failed) return blame(service, failed);
    for (const Calls& call : below) {
      if (call.failed * 2 >= below.front().failed && !passed_[call.target]) follow(call.target, call.failed);
    }
  }

  void blame(std::uint32_t service, double failed) {
    for (const Observer::Pair& pair : observer_.pairs()) {
      if (pair.source != service || pair.target == service || !absent_[pair.target]) continue;
      const auto same = std::find_if(found_.begin(), found_.end(), [&](const Found& f) { return f.culprit.service == pair.target; });
      if (same == found_.end()) {
        found_.push_back({failed, {pair.target, failing(service), service}});
      } else {
        same->failed += failed;
      }
      return;
    }
    if (failed > 0) found_.push_back({failed, {service, failing(service), std::nullopt}});
  }

  /// Of all calls to it, whoever makes them.
  double failing(std::uint32_t service) const {
    Calls all;
    for (const Calls& calls : calls_) {
      if (calls.target != service) continue;
      all.ended += calls.ended;
      all.failed += calls.failed;
    }
    return all.failing();
  }

  const Observer& observer_;
  const std::vector<bool>& absent_;
  std::vector<Calls> calls_;
  std::vector<bool> passed_;
  std::vector<Found> found_;
};

/// The call that takes the most time, downwards while it explains at least half of the one above.
std::optional<Calls> slowest(const Observer& observer, const std::vector<Calls>& all, std::uint32_t entry) {
  std::optional<Calls> last;
  std::vector<std::uint32_t> passed{entry};
  while (true) {
    const std::vector<Calls> calls = calls_of(observer, all, passed.back());
    const auto worst =
        std::max_element(calls.begin(), calls.end(), [](const Calls& x, const Calls& y) { return x.response_ns < y.response_ns; });
    if (worst == calls.end() || worst->response_ns == 0 || (last && worst->response_ns * 2 < last->response_ns)) return last;
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

/// "12 % of the calls to a fail, and nothing below it explains that."
std::string sentences(const model::World& world, const std::vector<Culprit>& culprits) {
  const auto name = [&](std::uint32_t service) { return world.shared().services[service].name; };
  std::string gone, failing;
  std::size_t number = 0;
  for (const Culprit& culprit : culprits) {
    const std::string share = text_of("%.3g %%", culprit.failing * 100);
    if (culprit.needs_it) {
      gone += "No instance of " + name(culprit.service) + " was there, which " + name(*culprit.needs_it) + " needs";
      gone += culprit.failing > 0 ? ": " + share + " of the calls to " + name(*culprit.needs_it) + " fail. " : ". ";
      continue;
    }
    failing += (number == 0 ? share + " of the calls to " : " and " + share + " of those to ") + name(culprit.service);
    ++number;
  }
  if (number > 0) failing += std::string(" fail, and nothing below ") + (number == 1 ? "it" : "them") + " explains that.";
  if (number == 0) gone.pop_back();
  return gone + failing;
}

}  // namespace

Cause cause_of_errors(const model::World& world, const Observer& observer, const std::vector<bool>& absent, const Observation& before,
                      const Observation& now, std::uint32_t entry) {
  const std::vector<Culprit> culprits = ErrorSearch(observer, absent, calls_between(observer, before, now)).from(entry);
  if (culprits.empty()) return {};
  Cause cause{Cause::Kind::errors, {}, sentences(world, culprits)};
  for (const Culprit& culprit : culprits) cause.services.push_back(culprit.service);
  return cause;
}

Cause cause_of_slowness(const model::World& world, const Observer& observer, const Observation& before, const Observation& now,
                        std::uint32_t entry) {
  const auto worst = slowest(observer, calls_between(observer, before, now), entry);
  if (!worst) return {};
  const std::string& name = world.shared().services[worst->target].name;
  return {Cause::Kind::slow,
          {worst->target},
          "Most of the time is spent waiting for " + name + ", which takes " + text_of("%.3g ms", worst->mean_ms()) + " on average."};
}

}  // namespace run::judge

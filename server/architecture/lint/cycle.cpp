// Services that depend on each other in a circle.

#include <algorithm>

#include "architecture/lint/rules.h"
#include "architecture/lint/subject.h"

namespace architecture::lint {
namespace {

/// Strongly connected components with more than one service, by Tarjan's algorithm (SIAM Journal on Computing 1, 1972).
class Components {
 public:
  explicit Components(const Subject& subject) : subject_(subject), number_(subject.size()), low_(subject.size()), open_(subject.size()) {
    for (std::uint32_t i = 0; i < subject.size(); ++i) {
      if (number_[i] == 0) visit(i);
    }
  }
  const std::vector<std::vector<std::uint32_t>>& found() const { return found_; }

 private:
  // NOLINTNEXTLINE(misc-no-recursion): as deep as there are services, at most 1,000
  void visit(std::uint32_t i) {
    number_[i] = low_[i] = ++visited_;
    stack_.push_back(i);
    open_[i] = true;
    for (const Call& call : subject_.calls_of(i)) {
      if (number_[call.callee] == 0) {
        visit(call.callee);
        low_[i] = std::min(low_[i], low_[call.callee]);
      } else if (open_[call.callee]) {
        low_[i] = std::min(low_[i], number_[call.callee]);
      }
    }
    if (low_[i] != number_[i]) return;
    const auto begin = std::find(stack_.begin(), stack_.end(), i);
    for (auto member = begin; member != stack_.end(); ++member) open_[*member] = false;
    if (stack_.end() - begin > 1) found_.emplace_back(begin, stack_.end());
    stack_.erase(begin, stack_.end());
  }

  const Subject& subject_;
  std::vector<std::uint32_t> number_, low_;  ///< numbers from 1; 0: not seen yet
  std::vector<bool> open_;
  std::vector<std::uint32_t> stack_;
  std::vector<std::vector<std::uint32_t>> found_;
  std::uint32_t visited_ = 0;
};

/// A shortest circle through the first member.
Calls circle(const Subject& subject, const std::vector<std::uint32_t>& members) {
  const auto inside = [&](std::uint32_t i) { return std::find(members.begin(), members.end(), i) != members.end(); };
  std::vector<const Call*> by(subject.size());
  std::vector<std::uint32_t> order{members.front()};
  for (std::size_t next = 0; next < order.size(); ++next) {
    for (const Call& call : subject.calls_of(order[next])) {
      if (!inside(call.callee) || by[call.callee] != nullptr) continue;
      by[call.callee] = &call;
      order.push_back(call.callee);
    }
  }
  Calls calls;
  std::uint32_t at = members.front();
  do {
    calls.push_back(*by[at]);
    at = by[at]->caller;
  } while (at != members.front());
  std::reverse(calls.begin(), calls.end());
  return calls;
}

void check_cycle(const Subject& subject, Findings& findings) {
  const Components components(subject);
  for (const auto& members : components.found()) {
    const Calls calls = circle(subject, members);
    Finding finding{cycle.name, Severity::warning, {}, "", ""};
    std::string path = subject.name(calls.front().caller);
    for (const Call& call : calls) {
      finding.places.push_back(subject.place(call));
      path += " to " + subject.name(call.callee);
    }
    finding.why = "Services call each other in a circle (" + path + "): none can be deployed, started or saved without the others.";
    finding.mend = "Take " + quoted(subject.name(calls.back().callee)) + " out of the \"dependencies\" of " +
                   quoted(subject.name(calls.back().caller)) + "; what both need belongs in a service below them.";
    findings.push_back(std::move(finding));
  }
}

}  // namespace

const Rule cycle = {
    .name = "cycle",
    .title = "A circle of dependencies",
    .description =
        "Services that depend on each other, directly or by way of others, fail together and cannot start in any order. A service "
        "that depends on itself is a cluster and no circle.",
    .severity = Severity::warning,
    .check = check_cycle,
};

}  // namespace architecture::lint

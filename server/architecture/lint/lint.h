#pragma once
// What is wrong with an architecture that a document may say all the same: it runs, and a known failure will hurt more than it has to.
// Pure functions of plain data, any thread. Each rule is a file of its own beside this one; list.cpp has them all.
//
// Sources: Conformity and Security Monkey of the Simian Army (rules as checks of a configuration); Nygard, Release It! (2nd ed., 2018),
// stability antipatterns; Beyer et al., Site Reliability Engineering (2016), Addressing Cascading Failures.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "architecture/architecture.h"

namespace architecture::lint {

enum class Severity : std::uint8_t { info, warning, error };
std::string_view name_of(Severity severity);  ///< "info", "warning", "error"

struct Finding {
  std::string_view rule;
  Severity severity = Severity::info;
  std::vector<std::string> places;  ///< JSON pointers into the document, at least one; what is said is true of each
  std::string why;                  ///< one sentence about this document
  std::string mend;                 ///< which field to give which value
};
using Findings = std::vector<Finding>;

class Subject;

/// One line of the list of rules.
struct Rule {
  std::string_view name;  ///< "singleZone"
  std::string_view title;
  std::string_view description;        ///< when it finds something, and why that matters
  Severity severity = Severity::info;  ///< the worst that it finds
  void (*check)(const Subject& subject, Findings& findings) = nullptr;
};
const std::vector<const Rule*>& rules();

/// All findings, the worst first, then in the order of the rules and of the document. REQUIRES: read() found no problem in it. Takes time
/// in proportion to the dependencies of the document.
Findings lint(const Architecture& document, const Defaults& defaults, const Regions& regions);

}  // namespace architecture::lint

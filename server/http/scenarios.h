#pragma once
// Scenarios by name, read from their documents. Their actions are requests as REST has them, so it is the routes that say what they mean.
// Built once at start, then constant: any thread.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "architecture/read.h"
#include "http/catalogue.h"
#include "http/router.h"
#include "run/scenario/scenario.h"

namespace http {

/// Reads one; the form is in scenarios/scenario.schema.json. Problems have pointers into it. The routes need not have been called.
std::variant<run::Scenario, architecture::Problems> read_scenario(const std::string& name, std::string_view text, const Router& router,
                                                                  const Catalogue& catalogue);

/// The same for somebody without a server.
std::variant<run::Scenario, architecture::Problems> read_scenario(const std::string& name, std::string_view text, Catalogue& catalogue);

class Scenarios {
 public:
  struct Entry {
    std::string text;  ///< as it was given
    run::ScenarioPtr scenario;
  };

  /// Those with problems are left out; a line about each comes back.
  std::vector<std::string> load(const std::map<std::string, std::string>& texts, const Router& router, const Catalogue& catalogue);
  std::shared_ptr<const Entry> find(const std::string& name) const;                   ///< nullptr when there is none
  const std::vector<std::shared_ptr<const Entry>>& list() const { return entries_; }  ///< by name
  std::vector<std::string> names() const;

 private:
  std::vector<std::shared_ptr<const Entry>> entries_;
};

}  // namespace http

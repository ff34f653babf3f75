#pragma once
// The table of routes, and which of them a request is for. Built once at start, then constant: any thread.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "http/message.h"
#include "http/schema.h"
#include "run/command.h"

namespace http {

/// One answer that a route can give.
struct Answer {
  unsigned status;
  std::string description;
  std::vector<Field> fields;  ///< of its body, where that is an object worth describing
  std::string content_type = "application/json";
};

/// A body with something wrong in it, and what it asks for with stand-ins in place of that: whatever else is wrong the simulation can say.
struct Doubtful {
  Reply why;
  run::Command trial;  ///< a dry run
};

/// What a request asks a simulation for, or why that makes no sense. Looks at no simulation; any thread.
using Made = std::variant<run::Command, Reply, Doubtful>;
using CommandOf = std::function<Made(const Request&)>;

/// One line of the interface: what dispatches a request, checks it and describes it.
struct Route {
  std::string method;
  std::string path;       ///< template: "/api/v1/simulations/{id}"
  std::string operation;  ///< unique name, lowerCamelCase
  std::string summary;
  std::vector<Field> query;
  std::optional<Field> body;  ///< an object or a document
  std::vector<Answer> answers;
  Handler handler;         ///< empty: only to be had by a WebSocket upgrade
  CommandOf command = {};  ///< of those that are one command to a simulation: what the actions of scenarios are made of
  bool reads_on = false;   ///< it is asked also when fields of the body are wrong (Request::wrong), and answers with all that is
};

class Router {
 public:
  /// REQUIRES: method and path are not there yet, nor the operation.
  void add(Route route);
  void add(std::vector<Route> routes);

  struct Match {
    const Route* route = nullptr;  ///< nullptr: nothing here (allowed is empty) or not with this method
    std::map<std::string, std::string> params;
    std::vector<std::string> allowed;  ///< the methods of this path
  };
  /// HEAD finds the GET route. A literal segment goes before a parameter.
  Match find(const std::string& method, const std::vector<std::string>& segments) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> templates_;  ///< parallel to routes_: the segments
};

}  // namespace http

#pragma once
// A request and its answer without any transport: what a route handler sees. Plain values.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/problem.h"

namespace http {

/// What a checked JSON body or query holds, by name and kind; made by read_body() and read_query().
struct Fields {
  std::map<std::string, double> numbers;     ///< also integers, all within 2^53
  std::map<std::string, std::string> texts;  ///< also choices, and documents as JSON text
  std::map<std::string, bool> flags;
  std::map<std::string, std::vector<std::string>> lists;
  std::map<std::string, std::map<std::string, double>> counts;
  std::map<std::string, Fields> objects;

  bool has(const std::string& name) const;
  double number(const std::string& name, double fallback) const;
  std::string text(const std::string& name, const std::string& fallback = "") const;
  bool flag(const std::string& name, bool fallback) const;
  const std::vector<std::string>& list(const std::string& name) const;  ///< empty when absent
};

/// What was wrong with some input: the status to answer with (0: nothing was), and each problem.
struct InputProblems {
  unsigned status = 0;
  std::string detail;
  std::vector<model::Problem> problems;
};

using Headers = std::map<std::string, std::string>;  ///< names in lower case

struct Request {
  std::string method;
  std::string target;                         ///< as it was sent
  std::string path;                           ///< decoded
  std::map<std::string, std::string> params;  ///< of the path template, decoded
  Fields query;
  Headers headers;
  std::string body;     ///< as it was sent
  Fields fields;        ///< the body, checked against the route's schema
  InputProblems wrong;  ///< what that found, where the route reads on; what is wrong is not in `fields` then
  std::string id;       ///< names this request in the log and in problems
};

/// RFC 9457; where and by whom is added when it is written.
struct ProblemDetails {
  std::string code;  ///< last part of `type`
  std::string title;
  std::string detail;
  std::vector<model::Problem> errors;
};

struct Reply {
  unsigned status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<ProblemDetails> problem;  ///< written as the body, in place of `body`
};

/// Takes the one answer of a request; may be called from any thread, also after the client is gone.
using Respond = std::function<void(Reply)>;
using Handler = std::function<void(const Request&, const Respond&)>;

Reply ok(std::string body);
Reply created(std::string body, std::string location);
Reply accepted(std::string body, std::string location);
Reply no_content();

/// Title and code from the status when they are empty.
Reply problem(unsigned status, std::string detail, std::vector<model::Problem> errors = {}, std::string code = "");
Reply refused(const model::Refusal& refusal);

/// The standard phrase: "Not Found".
const char* status_phrase(unsigned status);

/// The whole problem document as JSON.
std::string write_problem(unsigned status, const ProblemDetails& details, const std::string& instance, const std::string& request_id);

}  // namespace http

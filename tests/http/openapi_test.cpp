// The document and the table of routes are the same thing said twice; so are the document and docs/api.md.

#include "http/openapi.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <set>

#include "http/routes/routes.h"
#include "server_fixture.h"
#include "support/source.h"

namespace {

using client::json;

class Openapi : public ServerTest {
 protected:
  Openapi() : context_{*simulations_, *catalogue_, no_scenarios_, "1.2.3", {}, {}, {}, {}, {}, {}} {
    http::routes::add_all(router_, context_);
    document_ = get("/api/v1/openapi.json");
  }
  const http::Scenarios no_scenarios_;
  http::Context context_;
  http::Router router_;
  json document_;
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

TEST_F(Openapi, has_each_route_and_nothing_else) {
  EXPECT_EQ(document_["openapi"], "3.1.0");
  std::set<std::string> described;
  for (const auto& [path, operations] : document_["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) described.insert(method + " " + path);
  }
  std::set<std::string> dispatched;
  for (const http::Route& route : router_.routes()) dispatched.insert(lower(route.method) + " " + route.path);
  EXPECT_EQ(described, dispatched);
  EXPECT_GE(dispatched.size(), 40U);
}

TEST_F(Openapi, describes_each_route_as_it_is) {
  for (const http::Route& route : router_.routes()) {
    const json& operation = document_["paths"][route.path][lower(route.method)];
    EXPECT_EQ(operation["operationId"], route.operation);
    EXPECT_FALSE(route.summary.empty()) << route.operation;
    std::set<std::string> wanted, got;
    for (const auto& field : route.query) wanted.insert("query " + field.name);
    for (std::size_t from = 0; (from = route.path.find('{', from)) != std::string::npos; ++from) {
      wanted.insert("path " + route.path.substr(from + 1, route.path.find('}', from) - from - 1));
    }
    for (const auto& parameter : operation["parameters"]) {
      if (parameter.contains("name")) got.insert(parameter["in"].get<std::string>() + " " + parameter["name"].get<std::string>());
    }
    EXPECT_EQ(got, wanted) << route.operation;
    EXPECT_EQ(operation.contains("requestBody"), route.body.has_value()) << route.operation;
    EXPECT_EQ(operation["responses"].size(), route.answers.size() + 1) << route.operation;
    if (!route.body || (route.body->kind != http::Field::Kind::object && route.body->fields.empty())) continue;
    const json& schema = operation["requestBody"]["content"]["application/json"]["schema"];
    EXPECT_EQ(schema["properties"].size(), route.body->fields.size()) << route.operation;
    if (!route.body->open) {
      EXPECT_EQ(schema["additionalProperties"], false) << route.operation;
    }
  }
}

TEST_F(Openapi, has_no_dangling_reference) {
  const std::function<void(const json&)> visit = [&](const json& node) {
    if (node.is_object() && node.contains("$ref")) {
      EXPECT_TRUE(document_.contains(json::json_pointer(node["$ref"].get<std::string>().substr(1)))) << node;
    }
    for (const auto& child : node) {
      if (child.is_structured()) visit(child);
    }
  };
  visit(document_);
}

TEST_F(Openapi, each_described_route_answers) {
  const std::string s = make("lamp", {{"id", "sim"}});
  for (const http::Route& route : router_.routes()) {
    std::string path = route.path;
    for (std::size_t at; (at = path.find('{')) != std::string::npos;) {
      const std::string name = path.substr(at, path.find('}') - at + 1);
      path.replace(at, name.size(), name == "{id}" ? "sim" : "nothing");
    }
    if (route.operation == "deleteSimulation") continue;
    const auto response = call(route.method, path, route.body ? json::object() : json(nullptr));
    EXPECT_NE(response.status, 405) << route.operation;
    EXPECT_NE(response.status, 500) << route.operation << response.body;
    EXPECT_NE(response.status, 0) << route.operation;
    if (response.status == 404 && route.operation != "getOutcome") {  // a simulation that plays no scenario has none
      EXPECT_NE(response.body.find("nothing"), std::string::npos) << route.operation << response.body;
    }
  }
}

TEST_F(Openapi, is_what_the_manual_says) {
  const std::string manual = source::text_of("docs/api.md");
  for (const http::Route& route : router_.routes()) {
    std::string path = route.path;
    const std::string simulation = "/api/v1/simulations/{id}/";
    if (path.starts_with(simulation)) path = path.substr(simulation.size());
    const std::string last = path.substr(path.find_last_of("/{") + 1);
    const std::string word = last.back() == '}' ? path.substr(0, path.find_last_of('/')) : path;
    const std::string tail = word.substr(word.find_last_of('/') + 1);
    EXPECT_NE(manual.find(tail), std::string::npos) << route.path;
  }
}

}  // namespace

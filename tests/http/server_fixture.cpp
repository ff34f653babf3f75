#include "server_fixture.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "run/catalogue.h"
#include "support/source.h"

namespace {

std::unique_ptr<http::Catalogue> load_catalogue() {
  auto regions = std::get<architecture::Regions>(architecture::read_regions(source::text_of("config/regions.json")));
  auto defaults =
      std::get<architecture::Defaults>(architecture::read_defaults(source::text_of("config/packages.json"), run::package_names()));
  defaults.policies = std::get<architecture::PolicyPresets>(architecture::read_policies(source::text_of("config/policies.json")));
  auto catalogue = std::make_unique<http::Catalogue>(std::move(regions), std::move(defaults));
  for (const char* name : {"netflixoss", "lamp"})
    catalogue->store(name, source::text_of(std::string("json_arch/") + name + "_arch.json"), true);
  return catalogue;
}

}  // namespace

ServerTest::ServerTest() : catalogue_(load_catalogue()) {
  restart({});
}
ServerTest::~ServerTest() {
  server_.reset();
}

void ServerTest::restart(const http::Limits& limits) {
  server_.reset();
  simulations_ = std::make_unique<run::Simulations>(4);
  http::Options options;
  options.version = "1.2.3";
  options.limits = limits;
  options.scenarios = scenarios_;
  server_ = std::make_unique<http::Server>(options, *simulations_, *catalogue_);
  const std::string error = server_->start();
  if (!error.empty()) throw std::runtime_error(error);
}

client::Response ServerTest::call(const std::string& method, const std::string& target, const client::json& body,
                                  const client::Headers& headers) const {
  return client::call(port(), method, target, body.is_null() ? "" : body.dump(), headers);
}

client::json ServerTest::get(const std::string& target) const {
  const auto response = call("GET", target);
  EXPECT_EQ(response.status, 200) << target << ": " << response.body;
  return response.parsed();
}

std::string ServerTest::make(const std::string& architecture, const client::json& more) {
  client::json body = {{"architecture", architecture}, {"startPaused", true}};
  body.update(more);
  const auto response = call("POST", "/api/v1/simulations", body);
  EXPECT_EQ(response.status, 201) << response.body;
  return response.header("location");
}

client::json ServerTest::run_to(const std::string& simulation, double sim_time_ms) const {
  const auto response = call("POST", simulation + "/clock/steps", {{"untilSimTimeMs", sim_time_ms}});
  EXPECT_EQ(response.status, 200) << response.body;
  return response.parsed();
}

void expect_problem(const client::Response& response, int status, const std::string& pointer) {
  EXPECT_EQ(response.status, status) << response.body;
  EXPECT_EQ(response.header("content-type"), "application/problem+json");
  const auto body = response.parsed();
  ASSERT_TRUE(body.is_object());
  EXPECT_EQ(body["status"], status);
  if (pointer.empty()) return;
  bool found = false;
  for (const auto& error : body["errors"]) found |= error["pointer"] == pointer;
  EXPECT_TRUE(found) << pointer << " in " << response.body;
}

#pragma once
// The whole server on 127.0.0.1, with the documents and the configuration of this repository, and simulations made through REST.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "client.h"
#include "http/server.h"

class ServerTest : public ::testing::Test {
 protected:
  ServerTest();
  ~ServerTest() override;

  /// Restarts with other limits; simulations are gone.
  void restart(const http::Limits& limits);

  std::uint16_t port() const { return server_->port(); }
  client::Response call(const std::string& method, const std::string& target, const client::json& body = nullptr,
                        const client::Headers& headers = {}) const;
  client::json get(const std::string& target) const;
  /// Makes one and answers with its path; `more` is merged into the body.
  std::string make(const std::string& architecture, const client::json& more = client::json::object());
  /// Runs to this simulated time and pauses there.
  client::json run_to(const std::string& simulation, double sim_time_ms) const;

  std::map<std::string, std::string> scenarios_;  ///< of the next restart
  std::unique_ptr<http::Catalogue> catalogue_;
  std::unique_ptr<run::Simulations> simulations_;
  std::unique_ptr<http::Server> server_;
};

/// The problem with this status; its pointer when it has one.
void expect_problem(const client::Response& response, int status, const std::string& pointer = "");

// The metrics page: accepted by promtool (Debian package prometheus), in agreement with the snapshot it was made from.

#include "export/prometheus.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "architecture/read.h"
#include "run/catalogue.h"
#include "support/source.h"

namespace {

class Prometheus : public ::testing::Test {
 protected:
  Prometheus() {
    simulation_ = create("one", "netflixoss");
    create("two", "netflixoss");
    run_to(*simulation_, 20 * sim::second);
    read_page();
  }

  std::shared_ptr<run::Simulation> create(const std::string& id, const std::string& architecture) {
    const auto regions = std::get<architecture::Regions>(architecture::read_regions(source::text_of("config/regions.json")));
    const auto defaults =
        std::get<architecture::Defaults>(architecture::read_defaults(source::text_of("config/packages.json"), run::package_names()));
    const auto document = std::get<architecture::Architecture>(architecture::read_architecture(
        source::text_of("json_arch/" + architecture + "_arch.json"), run::package_names(), defaults.protocols));
    run::Settings settings;
    settings.start_paused = true;
    return std::get<std::shared_ptr<run::Simulation>>(simulations_.create(id, document, regions, defaults, settings));
  }

  static void run_to(run::Simulation& simulation, sim::Time time) {
    std::promise<void> there;
    simulation.step(time, [&there](auto) { there.set_value(); });
    there.get_future().wait();
  }

  void read_page() {
    exporting::ServerCounters counters;
    counters.stream_clients = 3;
    counters.answers[2] = 5;
    page_ = exporting::prometheus_page(simulations_, counters);
    samples_.clear();
    std::istringstream lines(page_);
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || line[0] == '#') continue;
      const auto space = line.rfind(' ');
      EXPECT_TRUE(samples_.emplace(line.substr(0, space), std::stod(line.substr(space + 1))).second) << "twice: " << line;
    }
  }

  /// Sum of the samples whose name and labels hold all of `parts`.
  double sum(const std::vector<std::string>& parts) const {
    double total = 0;
    for (const double value : values(parts)) total += value;
    return total;
  }
  std::vector<double> values(const std::vector<std::string>& parts) const {
    std::vector<double> result;
    for (const auto& [name, value] : samples_) {
      bool all = true;
      for (const auto& part : parts) all &= name.find(part) != std::string::npos;
      if (all) result.push_back(value);
    }
    return result;
  }

  run::Simulations simulations_{4};
  std::shared_ptr<run::Simulation> simulation_;
  std::string page_;
  std::map<std::string, double> samples_;
};

TEST_F(Prometheus, counts_what_policies_did) {
  EXPECT_EQ(sum({"simianviz_policy_"}), 0) << "nobody has one";
  model::Policy open;
  open.breaker = policies::HystrixSpec{.force = {.open = true}};
  open.fallback = true;
  std::promise<void> there;
  simulation_->post(run::SetPolicy{"homepage", "subscriber", std::make_shared<const model::Policy>(open)}, [](const run::Outcome&) {});
  simulation_->step(30 * sim::second, [&there](auto) { there.set_value(); });
  there.get_future().wait();
  read_page();
  const run::Structure& structure = *simulation_->snapshot()->structure;
  const model::PolicyCount count = run::policy_count(structure, *simulation_->snapshot()->now, *structure.service_index("homepage"),
                                                     structure.service_index("subscriber"));
  EXPECT_GT(count.short_circuited, 0U);
  const std::string labels = R"({simulation="one",service="homepage",dependency="subscriber")";
  EXPECT_EQ(samples_.at("simianviz_policy_stopped_total" + labels + R"(,reason="breaker"})"), count.short_circuited);
  EXPECT_EQ(samples_.at("simianviz_policy_fallbacks_total" + labels + "}"), count.fallbacks);
  EXPECT_EQ(samples_.at("simianviz_policy_retries_total" + labels + "}"), 0);
  EXPECT_EQ(sum({"simianviz_policy_"}), static_cast<double>(count.short_circuited + count.fallbacks)) << "and nothing else happened";
}

TEST_F(Prometheus, counts_what_shared_stores_did) {
  EXPECT_EQ(sum({"simianviz_queue_"}) + sum({"simianviz_primary_"}), 0) << "there are none";
  std::vector<std::shared_ptr<run::Simulation>> all;
  for (const char* name : {"queue", "primary"}) {
    all.push_back(create(name, name));
    run_to(*all.back(), 10 * sim::second);
  }
  read_page();
  const run::StoreCounts& queues = all[0]->snapshot()->now->stores;
  ASSERT_EQ(queues.queues.size(), 3U);
  for (std::size_t q = 0; q < queues.queues.size(); ++q) {
    const run::QueueInfo& info = all[0]->snapshot()->structure->stores.queues[q];
    const model::QueueCount& count = queues.queues[q].count;
    const std::string labels =
        R"({simulation="queue",service="orders",topic=")" + info.topic + R"(",consumer=")" + info.consumer + R"(",region="us-east-1")";
    const auto events = [&](const char* event) {
      return samples_.at("simianviz_queue_messages_total" + labels + R"(,event=")" + event + R"("})");
    };
    EXPECT_EQ(events("published"), count.published);
    EXPECT_EQ(events("acknowledged"), count.acknowledged);
    EXPECT_EQ(events("redelivered"), count.redelivered);
    EXPECT_EQ(events("deadLettered"), count.dead);
    EXPECT_EQ(samples_.at("simianviz_queue_messages" + labels + R"(,state="waiting"})"), count.waiting);
    EXPECT_EQ(samples_.at("simianviz_queue_end_to_end_seconds_count" + labels + "}"), count.acknowledged);
  }
  EXPECT_GT(sum({"simianviz_queue_messages_total", "redelivered"}), 0);
  const model::PrimaryCount& profiles = all[1]->snapshot()->now->stores.sets.at(0).count;
  const std::string labels = R"({simulation="primary",service="profiles",region="us-east-1")";
  EXPECT_GT(profiles.writes, 0U);
  EXPECT_EQ(samples_.at("simianviz_primary_writes_total" + labels + R"(,outcome="acknowledged"})"), profiles.writes);
  EXPECT_EQ(sum({"simianviz_primary_secondary_reads_total" + labels}), profiles.secondary_reads);
  EXPECT_EQ(samples_.at("simianviz_primary_up" + labels + "}"), 1);
  EXPECT_EQ(sum({"simianviz_replication_total", "simulation=\"one\"", "hintKept"}), 0);
}

TEST_F(Prometheus, counts_what_was_shed) {
  EXPECT_EQ(sum({"simianviz_requests_shed_total"}), 0) << "nobody does";
  EXPECT_EQ(page_.find("simianviz_requests_shed_total"), std::string::npos);
  const model::Shedding one{.limit = policies::FixedLimit{1}, .shares = {}, .utilisation = {}};
  std::promise<void> there;
  simulation_->post(run::SetShedding{"subscriber", std::make_shared<const model::Shedding>(one)}, [](const run::Outcome&) {});
  simulation_->step(30 * sim::second, [&there](auto) { there.set_value(); });
  there.get_future().wait();
  read_page();
  std::uint64_t shed = 0;
  for (const run::CellCount& cell : simulation_->snapshot()->now->cells) shed += cell.shed[1];
  EXPECT_GT(shed, 0U);
  EXPECT_EQ(sum({"simianviz_requests_shed_total", R"(service="subscriber")", R"(importance="degraded")"}), static_cast<double>(shed));
  EXPECT_EQ(sum({"simianviz_requests_shed_total"}), static_cast<double>(shed)) << "and nobody else";
  EXPECT_EQ(sum({"simianviz_requests_useless_total"}), 0) << "nobody gives up";
}

TEST_F(Prometheus, shows_how_many_there_should_be_and_what_is_deployed) {
  EXPECT_EQ(sum({"simianviz_service_desired_instances", "one", "service=\"homepage\""}), 24);
  EXPECT_EQ(page_.find("simianviz_service_deploying{"), std::string::npos);
  model::DeploymentSpec spec;
  spec.version.name = "1.2.4";
  std::promise<void> done;
  simulation_->post(run::Push{"homepage", std::make_shared<const model::DeploymentSpec>(spec)},
                    [&done](const run::Outcome&) { done.set_value(); });
  done.get_future().wait();
  read_page();
  EXPECT_EQ(sum({"simianviz_service_deploying", "homepage", "version=\"1.2.4\"", "state=\"progressing\""}), 1);
}

TEST_F(Prometheus, shows_what_registries_count) {
  const std::string region = "region=\"us-east-1\"";
  EXPECT_EQ(sum({"simianviz_registry_listed", "simulation=\"one\""}),
            static_cast<double>(simulation_->snapshot()->structure->instances.size()));
  EXPECT_EQ(sum({"simianviz_registry_self_preservation"}), 0);
  EXPECT_EQ(page_.find("simianviz_registry_evicted_total"), std::string::npos) << "a fixed one evicts nobody";
  const auto defaults =
      std::get<architecture::Defaults>(architecture::read_defaults(source::text_of("config/packages.json"), run::package_names()));
  auto document = std::get<architecture::Architecture>(architecture::read_architecture(
      source::text_of("json_arch/eureka_arch.json"), run::package_names(), defaults.protocols, {}, defaults.registries));
  for (architecture::Service& service : document.services) service.settings.replace_after_ms.emplace();  // nobody does
  run::Settings settings;
  settings.start_paused = true;
  const auto regions = std::get<architecture::Regions>(architecture::read_regions(source::text_of("config/regions.json")));
  const auto eureka = std::get<std::shared_ptr<run::Simulation>>(simulations_.create("three", document, regions, defaults, settings));
  const auto step_to = [&eureka](int seconds) {
    std::promise<void> there;
    eureka->step(seconds * sim::second, [&there](auto) { there.set_value(); });
    there.get_future().wait();
  };
  step_to(100);
  for (int serial = 0; serial < 12; ++serial) {
    const std::string name = eureka->snapshot()->structure->name_of(eureka->snapshot()->structure->instances[0]);
    std::promise<void> done;
    eureka->post(run::KillInstance{name}, [&done](auto) { done.set_value(); });
    done.get_future().wait();
    step_to(100 + 15 * (serial + 1));
  }
  step_to(300);
  read_page();
  EXPECT_EQ(sum({"simianviz_registry_registered", "three", region}), 46) << "45 and the load balancer";
  EXPECT_EQ(sum({"simianviz_registry_self_preservation", "three", region}), 1);
  EXPECT_EQ(sum({"simianviz_registry_self_preservation", "three", "region=\"*\""}), 0);
  EXPECT_EQ(sum({"simianviz_registry_evicted_total", "three"}), static_cast<double>(eureka->snapshot()->registries[0].evicted));
}

TEST_F(Prometheus, shows_functions_and_machines) {
  EXPECT_EQ(page_.find("simianviz_function_"), std::string::npos) << "there are none";
  EXPECT_EQ(page_.find("simianviz_machines"), std::string::npos);
  const auto regions = std::get<architecture::Regions>(architecture::read_regions(source::text_of("config/regions.json")));
  const auto defaults =
      std::get<architecture::Defaults>(architecture::read_defaults(source::text_of("config/packages.json"), run::package_names()));
  for (const char* name : {"serverless", "containers"}) {
    const auto document = std::get<architecture::Architecture>(architecture::read_architecture(
        source::text_of(std::string("json_arch/") + name + "_arch.json"), run::package_names(), defaults.protocols));
    run::Settings settings;
    settings.start_paused = true;
    const auto simulation = std::get<std::shared_ptr<run::Simulation>>(simulations_.create(name, document, regions, defaults, settings));
    std::promise<void> there;
    simulation->step(10 * sim::second, [&there](auto) { there.set_value(); });
    there.get_future().wait();
  }
  read_page();
  const std::string checkout = R"({simulation="serverless",service="checkout")";
  EXPECT_GT(samples_.at("simianviz_function_cold_starts_total" + checkout + "}"), 0);
  EXPECT_GT(samples_.at("simianviz_function_invocations_total" + checkout + "}"),
            samples_.at("simianviz_function_cold_starts_total" + checkout + "}"));
  const auto environments = [&](const char* state) {
    return samples_.at("simianviz_function_environments" + checkout + ",state=\"" + state + "\"}");
  };
  EXPECT_GT(environments("warm") + environments("busy"), 0);
  EXPECT_EQ(samples_.at("simianviz_function_throttled_total" + checkout + R"(,limit="region"})"), 0);
  EXPECT_NEAR(samples_.at("simianviz_function_gb_seconds_total" + checkout + "}"),
              samples_.at("simianviz_function_billed_seconds_total" + checkout + "}") / 2, 1e-3)
      << "512 MB";
  EXPECT_GT(samples_.at("simianviz_function_cost_dollars_total" + checkout + "}"), 0);
  EXPECT_EQ(sum({"simianviz_machines", "terabyte", "up"}), 3);
}

TEST_F(Prometheus, promtool_accepts_the_page) {
  for (const char* name : {"queue", "primary"}) run_to(*create(name, name), 10 * sim::second);
  read_page();
  const auto file = std::filesystem::path(::testing::TempDir()) / ("simianviz_metrics_" + std::to_string(getpid()));
  std::ofstream(file) << page_;
  const int status = std::system(("promtool check metrics < " + file.string()).c_str());
  std::filesystem::remove(file);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Prometheus, promtool_accepts_the_configuration) {
  const int status = std::system(("promtool check config " + source::at("config/prometheus.yml") + " > /dev/null").c_str());
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Prometheus, agrees_with_the_snapshot) {
  const auto snapshot = simulation_->snapshot();
  std::uint64_t requests = 0, errors = 0;
  for (const run::CellCount& cell : snapshot->now->cells) {
    requests += cell.requests;
    errors += cell.errors;
  }
  EXPECT_GT(requests, 0U);
  EXPECT_EQ(sum({"simianviz_requests_total{simulation=\"one\""}), static_cast<double>(requests));
  EXPECT_EQ(sum({"simianviz_request_errors_total{simulation=\"one\""}), static_cast<double>(errors));
  EXPECT_EQ(sum({"simianviz_simulated_time_seconds{simulation=\"one\"}"}), 20);
  EXPECT_EQ(sum({"simianviz_instances{simulation=\"one\"", "state=\"up\""}), 65);
  EXPECT_EQ(sum({"simianviz_instances{simulation=\"one\"", "service=\"homepage\"", "state=\"dead\""}), 0);
  EXPECT_EQ(sum({"simianviz_events_total{simulation=\"one\"}"}), static_cast<double>(snapshot->now->events));
  EXPECT_EQ(sum({"simianviz_status{simulation=\"one\""}), 1);
  EXPECT_EQ(sum({"simianviz_user_requests_total{simulation=\"one\""}),
            static_cast<double>(snapshot->now->succeeded + snapshot->now->failed));
  EXPECT_EQ(sum({"simianviz_simulated_time_seconds{simulation=\"two\"}"}), 0);
}

TEST_F(Prometheus, has_objectives_and_incidents) {
  const auto objective = [](const char* name, const char* more = "\"") {
    return std::vector<std::string>{std::string(name) + "{simulation=\"one\",service=\"www\",objective=\"success\"", more};
  };
  EXPECT_EQ(sum(objective("simianviz_objective_target_ratio")), 0.999);
  EXPECT_EQ(sum(objective("simianviz_objective_error_budget_remaining_ratio")), 1);
  for (const char* window : {"5s", "30s", "60s", "360s", "4320s"}) {
    const std::string label = std::string("window=\"") + window + "\"";
    EXPECT_EQ(values(objective("simianviz_objective_burn_rate", label.c_str())).size(), 1U) << window;
  }
  EXPECT_EQ(values(objective("simianviz_objective_burning")).size(), 3U);
  EXPECT_EQ(values({"simianviz_incidents_open{simulation=\"one\""}).size(), 3U);
  EXPECT_EQ(sum({"simianviz_incidents_open{simulation=\"one\""}), 0);
}

TEST_F(Prometheus, histograms_are_cumulative_and_in_seconds) {
  const std::string prefix = "simianviz_request_duration_seconds_";
  const std::string labels = "{simulation=\"one\",service=\"www\",version=\"1.0\",region=\"*\",zone=\"*\"";
  double previous = 0;
  for (const char* bound : {"0.0001", "0.001", "0.01", "0.1", "1", "10", "60", "+Inf"}) {
    const auto bucket = samples_.find(prefix + "bucket" + labels + ",le=\"" + bound + "\"}");
    ASSERT_NE(bucket, samples_.end()) << bound;
    EXPECT_GE(bucket->second, previous);
    previous = bucket->second;
  }
  const double count = samples_.at(prefix + "count" + labels + "}");
  EXPECT_EQ(count, previous);
  EXPECT_GT(count, 0);
  const double mean = samples_.at(prefix + "sum" + labels + "}") / count;
  EXPECT_GT(mean, 0.001);
  EXPECT_LT(mean, 1);
}

TEST_F(Prometheus, counts_what_the_server_does) {
  EXPECT_EQ(sum({"simianviz_server_stream_clients"}), 3);
  EXPECT_EQ(sum({"simianviz_server_http_responses_total{class=\"2xx\"}"}), 5);
}

TEST_F(Prometheus, follows_instances_that_die) {
  const auto snapshot = simulation_->snapshot();
  const std::string victim = snapshot->structure->name_of(snapshot->structure->instances.back());
  std::promise<void> done;
  simulation_->post(run::KillInstance{victim}, [&done](auto) { done.set_value(); });
  done.get_future().wait();
  read_page();
  EXPECT_EQ(sum({"simianviz_instances{simulation=\"one\"", "state=\"up\""}), 64);
  EXPECT_EQ(sum({"simianviz_instances{simulation=\"one\"", "state=\"dead\""}), 1);
}

}  // namespace

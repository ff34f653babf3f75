// The program as scripts see it: what it prints, how it ends.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "client.h"
#include "support/source.h"

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class Process {
 public:
  explicit Process(std::vector<std::string> arguments, const fs::path& directory = source::at("")) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("pipe");
    pid_ = fork();
    if (pid_ == 0) {
      dup2(ends[1], 1);
      dup2(ends[1], 2);
      close(ends[0]);
      close(ends[1]);
      if (chdir(directory.c_str()) != 0) _exit(126);
      std::vector<char*> argv = {const_cast<char*>(SIMIANVIZ_SERVER)};
      for (std::string& argument : arguments) argv.push_back(argument.data());
      argv.push_back(nullptr);
      execv(SIMIANVIZ_SERVER, argv.data());
      _exit(127);
    }
    close(ends[1]);
    output_ = ends[0];
    fcntl(output_, F_SETFL, O_NONBLOCK);
  }
  ~Process() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    close(output_);
  }

  /// The port of the line that says it listens; 0 when it does not come.
  std::uint16_t port() {
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (std::chrono::steady_clock::now() < end) {
      read_some();
      const auto place = text_.find("listening on http://127.0.0.1:");
      if (place != std::string::npos && text_.find("/\n", place) != std::string::npos) {
        return static_cast<std::uint16_t>(std::stoi(text_.substr(place + 30)));
      }
      if (ended()) break;
      std::this_thread::sleep_for(5ms);
    }
    return 0;
  }

  void signal(int number) { kill(pid_, number); }

  /// Exit status; -1 when it was a signal, -2 when it does not end in time.
  int wait(std::chrono::milliseconds time = 20s) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (!ended()) {
      if (std::chrono::steady_clock::now() > end) return -2;
      read_some();
      std::this_thread::sleep_for(5ms);
    }
    read_some();
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
  }
  const std::string& text() const { return text_; }
  std::ptrdiff_t lines() const { return std::count(text_.begin(), text_.end(), '\n'); }

 private:
  void read_some() {
    char buffer[4096];
    for (ssize_t size; (size = read(output_, buffer, sizeof buffer)) > 0;) text_.append(buffer, static_cast<std::size_t>(size));
  }
  bool ended() {
    if (pid_ > 0 && waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = 0;
    return pid_ == 0;
  }
  pid_t pid_ = 0;
  int output_ = -1;
  int status_ = 0;
  std::string text_;
};

void expect_refusal(std::vector<std::string> arguments, const std::string& says) {
  arguments.insert(arguments.end(), {"--port", "0"});
  Process process(arguments);
  EXPECT_GT(process.wait(), 0) << process.text();
  EXPECT_EQ(process.lines(), 1) << process.text();
  EXPECT_NE(process.text().find(says), std::string::npos) << process.text();
}

class TemporaryFolder {
 public:
  TemporaryFolder() : path(fs::path(::testing::TempDir()) / ("simianviz_process_" + std::to_string(getpid()))) {
    fs::create_directories(path);
  }
  ~TemporaryFolder() { fs::remove_all(path); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name) << text;
    return (path / name).string();
  }
  const fs::path path;
};

TEST(Process, starts_with_an_architecture_and_says_where_it_listens) {
  Process process({"--port", "0", "--web", "none", "--architecture", "lamp"});
  const auto port = process.port();
  ASSERT_NE(port, 0) << process.text();
  const auto simulations = client::call(port, "GET", "/api/v1/simulations").parsed()["items"];
  ASSERT_EQ(simulations.size(), 1U);
  EXPECT_EQ(simulations[0]["architecture"], "lamp");
  EXPECT_NE(client::call(port, "GET", "/metrics").body.find("simianviz_requests_total{simulation="), std::string::npos);
}

TEST(Process, starts_from_anywhere_and_empty) {
  const TemporaryFolder folder;
  Process process({"--port", "0", "--web", "none", "--no-start", "--config", source::at("config/server.json")}, folder.path);
  const auto port = process.port();
  ASSERT_NE(port, 0) << process.text();
  EXPECT_EQ(client::call(port, "GET", "/api/v1/simulations").parsed()["items"].size(), 0U);
  EXPECT_GT(client::call(port, "GET", "/api/v1/architectures").parsed()["items"].size(), 10U);
}

TEST(Process, serves_the_dashboard) {
  const TemporaryFolder folder;
  folder.write("index.html", "<!doctype html><title>x</title>");
  Process process({"--port", "0", "--no-start", "--web", folder.path.string()});
  const auto port = process.port();
  ASSERT_NE(port, 0) << process.text();
  EXPECT_EQ(client::call(port, "GET", "/").body, "<!doctype html><title>x</title>");
}

TEST(Process, ends_well_on_sigterm_with_clients) {
  for (const int number : {SIGTERM, SIGINT}) {
    Process process({"--port", "0", "--web", "none"});
    const auto port = process.port();
    ASSERT_NE(port, 0) << process.text();
    client::Stream stream(port, "/api/v1/simulations/s1/stream");
    stream.send({{"type", "subscribe"}, {"level", "instance"}});
    EXPECT_TRUE(stream.read_type("values"));
    client::Connection idle(port);
    EXPECT_EQ(idle.call("GET", "/healthz").status, 200);
    client::Connection half(port);
    half.send("POST /api/v1/simulations HTTP/1.1\r\nHost:");
    client::Connection stepping(port);
    stepping.send(
        "POST /api/v1/simulations/s1/clock/steps HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
        "30\r\n\r\n{\"untilSimTimeMs\": 1000000000}");
    client::Stream silent(port, "/api/v1/simulations/s1/stream", {}, true, false);
    silent.send({{"type", "subscribe"}, {"level", "instance"}});
    const auto begin = std::chrono::steady_clock::now();
    process.signal(number);
    std::thread reader([&stream] {
      while (stream.read(3s)) {
      }
    });
    EXPECT_EQ(process.wait(5s), 0) << process.text();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
    reader.join();
    EXPECT_EQ(stream.close_code(), 1001);
  }
}

TEST(Process, says_what_to_do_when_the_port_is_taken) {
  Process first({"--port", "0", "--web", "none", "--no-start"});
  const auto port = first.port();
  ASSERT_NE(port, 0);
  Process second({"--port", std::to_string(port), "--web", "none", "--no-start"});
  EXPECT_EQ(second.wait(), 1);
  EXPECT_EQ(second.lines(), 1) << second.text();
  EXPECT_NE(second.text().find("--port"), std::string::npos) << second.text();
}

TEST(Process, says_what_to_do_about_its_files) {
  const TemporaryFolder folder;
  expect_refusal({"--config", "nowhere.json"}, "cannot read the configuration nowhere.json");
  expect_refusal({"--config", folder.path.string()}, "cannot read the configuration");
  expect_refusal({"--config", folder.write("broken.json", "{")}, "mend ");
  expect_refusal({"--config", folder.write("unknown.json", R"({"prot": 3})")}, "did you mean 'port'");
  expect_refusal({"--config", folder.write("range.json", R"({"port": 70000})")}, "/port must be 0 to 65535");
  expect_refusal({"--web", folder.path.string()}, "there is no dashboard in");
  expect_refusal({"--web", "none", "--regions", "nowhere.json"}, "--regions FILE");
  expect_refusal({"--web", "none", "--packages", folder.write("packages.json", "{}")}, "mend ");
  expect_refusal({"--web", "none", "--policies", "nowhere.json"}, "--policies FILE");
  expect_refusal(
      {"--web", "none", "--policies", folder.write("policies.json", R"({"policies": {"p": {"why": "w", "source": "s", "timeoutMs": 0}}})")},
      "/policies/p/timeoutMs");
  expect_refusal({"--web", "none", "--architectures", "nowhere"}, "--architectures DIR");
  expect_refusal({"--web", "none", "--architecture", "netflixos"}, "did you mean 'netflixoss'");
  expect_refusal({"--web", "none", "--host", "example.invalid"}, "--host");
}

TEST(Process, refuses_bad_options) {
  expect_refusal({"--prot", "3"}, "--help");
  expect_refusal({"--architecture", "lamp", "--no-start"}, "--help");
  Process range({"--port", "65536"});
  EXPECT_GT(range.wait(), 0);
  Process help({"--help"});
  EXPECT_EQ(help.wait(), 0);
  EXPECT_NE(help.text().find("--no-start"), std::string::npos);
}

}  // namespace

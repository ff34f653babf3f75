#pragma once
// The HTTP and WebSocket server: owns its threads, its connections and the streams. start(), stop() and the destructor belong to one
// thread; the rest may be called from any.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "http/catalogue.h"
#include "http/limits.h"
#include "http/scenarios.h"
#include "http/statistics.h"
#include "run/simulations.h"

namespace http {

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;            ///< 0: any free one
  std::string web;                   ///< folder of the dashboard, "" for none
  std::vector<std::string> origins;  ///< of other sites whose pages may open streams
  unsigned threads = 2;
  std::string version;
  std::function<std::string()> metrics;               ///< the page for Prometheus; called on the server's threads
  std::map<std::string, std::string> scenarios = {};  ///< documents by name
  Limits limits;
};

class Server {
 public:
  /// Both must outlive the Server. stop() and the destructor remove all simulations, since they
  /// may hold answers that are still to be given.
  Server(Options options, run::Simulations& simulations, Catalogue& catalogue);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// A line about each scenario that was left out.
  const std::vector<std::string>& left_out() const;
  /// "" or one line that says what is wrong and what to do.
  std::string start();

  /// Of the listener; 0 before start().
  std::uint16_t port() const;

  /// Streams `simulation`, which was made by someone else than a client; right after it was made.
  void watch(run::Simulation& simulation);

  /// Closes streams with 1001, removes all simulations, lets answers under way finish; takes at most 1.2 s.
  void stop();

  const Statistics& statistics() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace http
